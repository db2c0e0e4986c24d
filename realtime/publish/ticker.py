"""Progress ticks: the newest state of each batch, at a bounded rate that all processes share."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import RedisError

from realtime.contract.events import BATCH_PROGRESS, BatchProgress, batch_rooms
from realtime.publish.emitter import Emitter
from supervisor import Loop

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
# A loop that has nothing to send says so often that it is there.
IDLE_SECONDS = 1.0


@dataclass(slots=True)
class _Waiting:
    """The newest state of a batch, and when its turn comes on the monotonic clock.

    Attributes:
        then: Called once the state went out, or something newer did.
    """

    owner_id: str
    tick: BatchProgress
    due: float = 0.0
    then: list[Callable[[], None]] = field(default_factory=list)


class Ticker:
    """Sends ticks from a loop of its own, so that the work never waits for Redis, nor for a tick's turn.

    A state that comes too early is kept until its turn and replaced by any newer one; thus the last
    state always goes out.
    """

    def __init__(self, emitter: Emitter, ticks_per_second: float) -> None:
        self._emitter = emitter
        # A little more than the exact distance, so that jitter on the way does not push one too many
        # into a second.
        self._interval_ms = max(1, round(1050 / ticks_per_second))
        self._script = emitter.redis.register_script(_SEND)
        self._waiting: dict[str, _Waiting] = {}
        self._unfinished = 0  # Calls of `finish` whose `then` has not returned yet.
        self._changed = threading.Condition()
        self._supervisor = emitter.supervisor
        self._loop: Loop | None = None

    def offer(self, owner_id: str, tick: BatchProgress) -> None:
        """Sends the tick when its turn comes, unless a newer one replaces it first."""
        self._put(_Waiting(owner_id, tick))

    def finish(self, owner_id: str, tick: BatchProgress, then: Callable[[], None]) -> None:
        """Sends the last tick of a batch, now if that is its turn, and what is to follow it.

        Args:
            then: Sends what comes after the last tick; it must not raise.
        """
        with self._changed:
            earlier = self._waiting.pop(tick.batch_id, None)
            self._unfinished += 1
        last = _Waiting(owner_id, tick, then=[*(earlier.then if earlier else ()), then])
        self._send_or_put(last)

    def flush(self, seconds: float) -> None:
        """Waits until all last ticks went out with what follows them, but not longer than so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._unfinished == 0, seconds)

    def send_next(self) -> None:
        """Waits for the state whose turn it is, and sends it; comes back without one after a while."""
        with self._changed:
            while (delay := self._seconds_to_next()) > 0:
                if not self._changed.wait(min(delay, IDLE_SECONDS)):
                    return
            batch_id = min(self._waiting, key=lambda key: self._waiting[key].due)
            next_one = self._waiting.pop(batch_id)
        self._send_or_put(next_one)

    def _seconds_to_next(self) -> float:
        if not self._waiting:
            return float("inf")
        return min(one.due for one in self._waiting.values()) - time.monotonic()

    def _send_or_put(self, one: _Waiting) -> None:
        wait_ms: int | None = 0  # A tick that cannot be sent at all is left out; what follows it is not.
        try:
            wait_ms = self._send(one.owner_id, one.tick)
        finally:
            if wait_ms is None:
                wait_ms = REDIS_PAUSE_MS
            if wait_ms > 0:
                one.due = time.monotonic() + wait_ms / 1000
                self._put(one)
            else:
                self._conclude(one.then)

    def _conclude(self, then: list[Callable[[], None]]) -> None:
        try:
            for call in then:
                call()
        finally:
            with self._changed:
                self._unfinished -= len(then)
                self._changed.notify_all()

    def _put(self, one: _Waiting) -> None:
        """Keeps the newer state, the later time, and all that is to follow."""
        with self._changed:
            other = self._waiting.get(one.tick.batch_id)
            if other:
                newer = max(other, one, key=lambda state: state.tick.version)
                due = max(other.due, one.due)
                one = _Waiting(newer.owner_id, newer.tick, due, [*other.then, *one.then])
            self._waiting[one.tick.batch_id] = one
            if self._loop is None or not self._loop.is_running:
                self._loop = self._supervisor.keep(self.send_next, "ticker")
            self._changed.notify_all()

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
