"""The memory: tables, migrations and queries, on SQLite or PostgreSQL.

The database is the truth; what Redis holds can be lost. Functions take the `Connection` of the
caller's transaction, so that several of them make one commit. May import: settings, errors.
"""
