"""How events travel in a web process: from Redis and the outbox to the bytes of each socket, and back.

Knows no user and no handler; imports `realtime.publish` and what is below it.
"""
