"""The HTTP API: one blueprint a file, and the models of what they take and answer.

Imports `webapp.http` and `webapp.process`; only the app factory imports it.
"""
