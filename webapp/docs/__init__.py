"""The documents that the web process serves or that others are generated from: events, JSON Schemas.

Imports `webapp.api` for its models, and `realtime.contract`.
"""
