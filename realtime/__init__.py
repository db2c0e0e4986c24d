"""The live face: what is said to clients, how it gets there, who is connected, and what they do together.

Its rooms import only downwards: `features → sessions → transport → publish → contract`. Imports `store`,
`settings` and `errors`; `tasks` may import `contract` and `publish` only.
"""
