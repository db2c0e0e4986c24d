"""What any process may publish, a worker too: events, ticks, notifications, the outbox, signs of life.

Imports only `realtime.contract` below it, and neither Flask nor the server.
"""
