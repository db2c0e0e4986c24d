"""The HTTP face: the app factory, login, REST blueprints, the flask CLI, and the built UI.

May import: tasks, realtime, store, settings, errors. It never runs an item of a batch.
"""
