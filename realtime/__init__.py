"""The live face: the event catalogue, the emitter, the Socket.IO handlers, rooms and statistics.

`events`, `emitter`, `ticker` and `outbox` also run in workers and know neither Flask nor eventlet;
the handlers run in the web process. May import: store, settings, errors.
"""
