"""The `flask` commands."""

from flask import Flask


def register(app: Flask) -> None:
    """Puts the commands on the app."""
