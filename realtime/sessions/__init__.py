"""Who is connected: tokens, what a client may do, which rooms it is in, and who else is there.

Imports `realtime.transport` and what is below it.
"""
