"""Progress ticks: the newest state of each batch, at a bounded rate that all processes share."""

from __future__ import annotations

import logging
import threading
import time

from redis import RedisError

from realtime.emitter import Emitter
from realtime.events import BATCH_PROGRESS, BatchProgress, batch_rooms

logger = logging.getLogger(__name__)

# One step in Redis: refuse a state that is not newer than what went out, keep the distance between two
# ticks, publish. Returns 0 when sent, -1 when refused, else how many milliseconds to wait.
_SEND = """
if tonumber(ARGV[1]) <= tonumber(redis.call('GET', KEYS[2]) or '-1') then return -1 end
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[2]) then
  return math.max(1, redis.call('PTTL', KEYS[1]))
end
redis.call('SET', KEYS[2], ARGV[1], 'EX', 3600)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 0
"""

REDIS_PAUSE_MS = 1000
FINISH_SECONDS = 3.0


class Ticker:
    """Sends ticks from a thread of its own, so that the work never waits for Redis.

    A state that comes too early is kept until its turn and replaced by any newer one; thus the last
    state always goes out.
    """

    def __init__(self, emitter: Emitter, ticks_per_second: float) -> None:
        self._emitter = emitter
        # A little more than the exact distance, so that jitter on the way does not push one too many
        # into a second.
        self._interval_ms = max(1, round(1050 / ticks_per_second))
        self._script = emitter.redis.register_script(_SEND)
        self._waiting: dict[str, tuple[float, str, BatchProgress]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def offer(self, owner_id: str, tick: BatchProgress) -> None:
        """Sends the tick when its turn comes, unless a newer one replaces it first."""
        with self._changed:
            due = self._waiting[tick.batch_id][0] if tick.batch_id in self._waiting else 0.0
            self._waiting[tick.batch_id] = (due, owner_id, tick)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
                self._thread.start()
            self._changed.notify()

    def finish(self, owner_id: str, tick: BatchProgress) -> None:
        """Sends the last tick of a batch now, waiting for its turn; returns once it went out.

        Where Redis is away the tick is left to the thread, and the work goes on.
        """
        with self._changed:
            self._waiting.pop(tick.batch_id, None)
        deadline = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < deadline:
            wait_ms = self._send(owner_id, tick)
            if wait_ms is None:
                break
            if wait_ms <= 0:
                return
            time.sleep(wait_ms / 1000)
        self.offer(owner_id, tick)

    def _run(self) -> None:
        while True:
            with self._changed:
                while (delay := self._seconds_to_next()) > 0:
                    self._changed.wait(None if delay == float("inf") else delay)
                batch_id = min(self._waiting, key=lambda key: self._waiting[key][0])
                _, owner_id, tick = self._waiting.pop(batch_id)
            wait_ms = self._send(owner_id, tick)
            if wait_ms is None:
                wait_ms = REDIS_PAUSE_MS
            if wait_ms > 0:
                self._put_back(owner_id, tick, time.monotonic() + wait_ms / 1000)

    def _seconds_to_next(self) -> float:
        if not self._waiting:
            return float("inf")
        return min(due for due, _, _ in self._waiting.values()) - time.monotonic()

    def _put_back(self, owner_id: str, tick: BatchProgress, due: float) -> None:
        with self._changed:
            newer = self._waiting.get(tick.batch_id)
            if newer and newer[2].version > tick.version:
                owner_id, tick = newer[1], newer[2]
            self._waiting[tick.batch_id] = (due, owner_id, tick)

    def _send(self, owner_id: str, tick: BatchProgress) -> int | None:
        """What the script says, or None where Redis is away."""
        message = self._emitter.form(BATCH_PROGRESS, tick, batch_rooms(owner_id, tick.batch_id))
        name = f"batchwire:tick:{self._emitter.channel}:{tick.batch_id}"
        try:
            arguments: list[str | int | bytes] = [tick.version, self._interval_ms]
            arguments += [self._emitter.channel, message]
            return int(self._script(keys=[name, f"{name}:version"], args=arguments))
        except RedisError as error:
            # The circuit has already said so, once.
            logger.debug("A tick of batch %s waits, Redis is away: %s", tick.batch_id, error)
            return None
