"""Servers that relay events from Redis to Socket.IO clients: how each is started, and how it is sent events.

The contract is `benchmarks/relay_system.py`. Only `benchmarks` may import from here.
"""
