"""What HTTP requests and answers look like: a module for each blueprint, and what all have in common.

OpenAPI and the TypeScript types are made from these models.
"""
