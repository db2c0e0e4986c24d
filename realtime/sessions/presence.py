"""Presence: who is connected, every connection of every web process, for admins.

Each process keeps its own connections in a hash in Redis and writes, with each report, only what has changed
since the last one: it costs nothing where nobody comes or goes, and what is read is at most two seconds old.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from redis import Redis

from realtime.publish import heartbeats
from realtime.publish.emitter import Emitter


class Presence:
    """The part of it that one process writes."""

    def __init__(self, emitter: Emitter, process: str) -> None:
        self._emitter = emitter
        self._process = process
        self._changed: set[str] = set()
        self._unwritten: set[str] = set()

    def change(self, sid: str) -> None:
        """Notes that a connection has come, is different, or is gone."""
        self._changed.add(sid)

    def write(self, entries: Mapping[str, Any]) -> None:
        """Writes what has changed; all of it where Redis has forgotten what it knew.

        Args:
            entries: All connections of this process by id; each tells what it is with `entry()`.

        Raises:
            RedisError: Redis is away; the next call makes it good.
        """
        # One at a time, since others go on noting. What they note from now on is for the next call, even
        # where this one writes the same connection.
        while self._changed:
            self._unwritten.add(self._changed.pop())
        redis, key = self._emitter.redis, _key(self._emitter.channel, self._process)
        is_known = bool(redis.expire(key, heartbeats.LIFETIME_SECONDS))
        changed = self._unwritten if is_known else set(entries)
        present = {sid: one.entry() for sid in changed if (one := entries.get(sid)) is not None}
        gone = changed - set(present)
        if changed:
            with redis.pipeline() as pipeline:
                if present:
                    pipeline.hset(key, mapping={sid: orjson.dumps(entry) for sid, entry in present.items()})
                if gone:
                    pipeline.hdel(key, *gone)
                pipeline.expire(key, heartbeats.LIFETIME_SECONDS)
                pipeline.execute()
        self._unwritten.clear()


def connections(redis: Redis, channel: str) -> list[dict[str, Any]]:
    """All connections of all living web processes, the newest first, each with its `id` and `process`."""
    processes = list(heartbeats.alive(redis, channel, "web"))
    with redis.pipeline(transaction=False) as pipeline:
        for process in processes:
            pipeline.hgetall(_key(channel, process))
        hashes = pipeline.execute() if processes else []
    found = [
        {"id": sid.decode(), "process": process, **orjson.loads(entry)}
        for process, entries in zip(processes, hashes, strict=True)
        for sid, entry in entries.items()
    ]
    return sorted(found, key=lambda one: (-one["connectedMs"], one["id"]))


def _key(channel: str, process: str) -> str:
    return f"batchwire:{channel}:connections:{process}"
