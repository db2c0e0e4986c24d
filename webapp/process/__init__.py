"""What runs in a web process beside its requests: its health, alarms, the graceful end, the Admin UI.

Imports `webapp.http`, `webapp.services`, `tasks` and what is below it.
"""
