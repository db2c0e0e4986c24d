"""Ports that nobody else gets, however many tests run side by side."""

from __future__ import annotations

import socket

from local.ports import LOOPBACK

_held: list[socket.socket] = []


def own_port() -> int:
    """A port for one server of this test, which may stop and start again on it.

    It stays bound, without listening, until this process ends. Linux gives such a port to nobody who asks for
    any, and to no outgoing connection, but lets a server listen on it that names it and sets SO_REUSEADDR, as
    Redis, PostgreSQL, nginx and the web process do.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((LOOPBACK, 0))
    _held.append(holder)
    return int(holder.getsockname()[1])
