"""`make run`: everything on one machine, from nothing.

A private Redis, the database, demo accounts and a demo catalog, the built UI, and the Procfile's
processes. Production does not use it. May import: all packages.
"""
