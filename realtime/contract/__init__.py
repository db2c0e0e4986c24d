"""What is said: the event catalogue, what clients see of the store's rows, and the documents of both.

Imports only `store`, `settings` and `errors`; everybody may import it.
"""
