"""The batch engine: create, admit, plan, run a slice, commit, end, announce, recover.

Knows operations only by their contract; imports `tasks.items` and what is below it.
"""
