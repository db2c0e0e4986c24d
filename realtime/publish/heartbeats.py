"""Who is alive: workers and web processes say so in Redis, and are forgotten when they stop saying it."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from typing import Any, Literal

import orjson
from redis import Redis, RedisError

from store.clock import now_ms

logger = logging.getLogger(__name__)

LIFETIME_SECONDS = 8
SAY_SECONDS = 2.0

Kind = Literal["web", "worker"]


def about_this_process() -> dict[str, Any]:
    """Where this process runs and since when: what each kind says of itself."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "startedMs": now_ms()}


def say_alive(redis: Redis, channel: str, kind: Kind, name: str, state: dict[str, Any]) -> None:
    """Notes that a process is alive, and what it wants to say of itself."""
    redis.set(f"{_prefix(channel, kind)}{name}", orjson.dumps(state), ex=LIFETIME_SECONDS)


def leave(redis: Redis, channel: str, kind: Kind, name: str) -> None:
    """Notes that a process ends, so that nobody has to wait until it is forgotten."""
    redis.delete(f"{_prefix(channel, kind)}{name}")


def keep_saying(redis: Redis, channel: str, kind: Kind, name: str, state: dict[str, Any]) -> threading.Thread:
    """Says it from a thread of its own: a process that waits for the database is not dead."""

    def run() -> None:
        while True:
            try:
                say_alive(redis, channel, kind, name, state)
            except RedisError as error:
                logger.debug("Redis is away: %s", error)
            time.sleep(SAY_SECONDS)

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    return thread


def alive(redis: Redis, channel: str, kind: Kind) -> dict[str, dict[str, Any]]:
    """All processes of a kind that said so lately, by name."""
    prefix = _prefix(channel, kind)
    keys = list(redis.scan_iter(match=f"{prefix}*", count=500))
    values = redis.mget(keys) if keys else []
    return {
        key.decode().removeprefix(prefix): orjson.loads(value)
        for key, value in zip(keys, values, strict=True)
        if value is not None
    }


def _prefix(channel: str, kind: Kind) -> str:
    return f"batchwire:{channel}:{kind}:"
