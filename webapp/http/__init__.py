"""What every request needs, whichever view answers: who asks, how much, how often, and how failures look.

Imports `webapp.services`, `tasks` and what is below it.
"""
