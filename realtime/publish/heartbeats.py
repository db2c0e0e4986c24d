"""Who is alive: workers and web processes say so in Redis, and are forgotten when they stop saying it."""

from __future__ import annotations

import os
import socket
from typing import Any, Literal

import orjson
from redis import Redis, RedisError

from realtime.publish.emitter import Emitter
from store.clock import now_ms
from supervisor import Loop, Supervisor

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


def about_loops(supervisor: Supervisor) -> dict[str, Any]:
    """How the loops of this process do, for what it says of itself."""
    return {"loops": [report.entry() for report in supervisor.reports()]}


def keep_saying(emitter: Emitter, kind: Kind, name: str, state: dict[str, Any]) -> Loop:
    """Says it, and how the loops do, in a loop of its own: who waits for the database is not dead."""

    def say() -> None:
        say_alive(emitter.redis, emitter.channel, kind, name, state | about_loops(emitter.supervisor))

    return emitter.supervisor.every(SAY_SECONDS, say, "process-heartbeat", expected=(RedisError,))


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
