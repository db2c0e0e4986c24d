"""The circuit to Redis: while it is open, whoever needs Redis is told at once, and nobody waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from redis import ConnectionError as RedisConnectionError
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry

from supervisor import DONE, Supervisor

logger = logging.getLogger(__name__)

T = TypeVar("T")

PROBE_SECONDS = 0.5
TIMEOUT_SECONDS = 2.0


class Circuit:
    """Opens when a call to Redis has failed, and closes as soon as Redis answers again.

    Without it each call waits for its own time-out, which a slice of work or an HTTP request with several
    calls cannot afford. A loop asks Redis in the meantime, so that no caller has to be the one who tries.
    """

    def __init__(self, redis_url: str, supervisor: Supervisor) -> None:
        self._url = redis_url
        self._supervisor = supervisor
        self._is_open = False
        self._lock = threading.Lock()
        self._closed_callbacks: list[Callable[[], object]] = []

    @property
    def is_open(self) -> bool:
        """True while Redis is known to be away."""
        return self._is_open

    def on_closed(self, callback: Callable[[], object]) -> None:
        """Has the callback called, in the circuit's loop, each time that Redis is back."""
        self._closed_callbacks.append(callback)

    def check(self) -> None:
        """Lets pass while the circuit is closed.

        Raises:
            redis.ConnectionError: Redis is away.
        """
        if self._is_open:
            raise RedisConnectionError("Redis is away; it is asked again all the time")

    def trip(self, error: Exception) -> None:
        """Opens the circuit, since a call has failed."""
        with self._lock:
            if self._is_open:
                return
            self._is_open = True
        logger.warning("Redis is away: %s", error)
        self._supervisor.every(
            PROBE_SECONDS,
            self._probe,
            "redis-probe",
            delay_seconds=PROBE_SECONDS,
            longest_pause_seconds=PROBE_SECONDS,
        )

    def _probe(self) -> object:
        """Closes the circuit if Redis answers, and is done then."""
        try:
            with _connect(self._url, Retry(NoBackoff(), 0)) as client:
                client.ping()
        except (RedisError, OSError):
            return None  # It has been said that Redis is away.
        self._is_open = False
        logger.warning("Redis is back")
        for callback in self._closed_callbacks:
            try:
                callback()
            except Exception:
                logger.exception("What was to be done once Redis is back has failed")
        return DONE


class _GuardedRetry(Retry):
    """redis-py's retry, through which each of its commands goes, behind a circuit.

    It tries once more where a connection turns out to be closed, as idle ones are after a restart, and
    not at all after a time-out.
    """

    def __init__(self, circuit: Circuit) -> None:
        super().__init__(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        self._circuit = circuit

    def __deepcopy__(self, _memo: Any) -> _GuardedRetry:
        return _GuardedRetry(self._circuit)  # redis-py copies it for each connection; the circuit is one.

    def call_with_retry(self, do: Callable[[], T], *arguments: Any, **options: Any) -> T:
        """Calls, unless the circuit is open."""
        self._circuit.check()
        try:
            return super().call_with_retry(do, *arguments, **options)
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            self._circuit.trip(error)
            raise


def connect_redis(url: str, circuit: Circuit) -> Redis:
    """A Redis client that fails within seconds, and at once while Redis is known to be away."""
    return _connect(url, _GuardedRetry(circuit))


def _connect(url: str, retry: Retry) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=retry,
        health_check_interval=30,
    )
