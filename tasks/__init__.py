"""The work: the Celery app, the batch engine, the operations and the catalog jobs.

Runs in worker processes, and in part in the web process (to create and control batches).
May import: realtime (the emitter and the events), store, settings, errors. Never Flask, never eventlet.
"""
