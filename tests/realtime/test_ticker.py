"""Ticks: bounded in rate over processes, never backwards, and the last one always goes out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from redis import Redis

from realtime.contract.events import BatchProgress
from realtime.publish.emitter import Emitter
from realtime.publish.ticker import Ticker
from settings import Settings
from tests.waiting import wait_for


def tick(version: int, batch_id: str = "b1") -> BatchProgress:
    return BatchProgress(
        batch_id=batch_id,
        version=version,
        status="running",
        phase="running",
        progress=0,
        processed=version,
        total=1000,
        planned=1000,
        successful=version,
        failed=0,
        skipped=0,
        retries=0,
        recoveries=0,
        redeliveries=0,
        rate=1.0,
        eta_seconds=None,
        message="",
        timestamp=datetime.now(UTC),
    )


class Channel:
    """What web processes would receive."""

    def __init__(self, url: str, channel: str) -> None:
        self.messages: list[tuple[float, dict[str, Any]]] = []
        self._redis = Redis.from_url(url)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(channel)
        self._pubsub.get_message(timeout=1)
        self._open = True
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def versions(self) -> list[int]:
        return [message["data"][0]["version"] for _, message in list(self.messages)]

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._pubsub.close()
        self._redis.close()

    def _listen(self) -> None:
        while self._open:
            message = self._pubsub.get_message(timeout=0.1)
            if message:
                self.messages.append((time.monotonic(), orjson.loads(message["data"])))


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture
def channel(settings: Settings) -> Iterator[Channel]:
    channel = Channel(settings.effective_redis_url, settings.socketio_channel)
    yield channel
    channel.close()


@pytest.fixture
def make_ticker(settings: Settings) -> Iterator[Callable[[], Ticker]]:
    """Makes tickers as so many processes would."""
    emitters: list[Emitter] = []

    def make() -> Ticker:
        emitters.append(Emitter(settings.effective_redis_url, settings.socketio_channel))
        return Ticker(emitters[-1], 10)

    yield make
    for emitter in emitters:
        emitter.redis.close()


def test_two_processes_together_send_at_most_ten_ticks_a_second(
    make_ticker: Callable[[], Ticker], channel: Channel
) -> None:
    tickers = [make_ticker(), make_ticker()]
    started = time.monotonic()
    version = 0
    while time.monotonic() < started + 2.5:
        version += 1
        tickers[version % 2].offer("u1", tick(version))
        time.sleep(0.002)
    wait_for(lambda: channel.versions() and channel.versions()[-1] == version, 3, "the last tick")
    times = [at for at, _ in channel.messages]
    for first in times:
        assert sum(1 for at in times if first <= at < first + 1) <= 10
    assert len(times) >= 15
    assert channel.versions() == sorted(channel.versions())


def test_the_last_state_goes_out_though_nothing_follows(
    make_ticker: Callable[[], Ticker], channel: Channel
) -> None:
    ticker = make_ticker()
    for version in range(1, 51):
        ticker.offer("u1", tick(version))
    wait_for(lambda: 50 in channel.versions(), 3, "the last tick")


def test_what_is_older_than_what_went_out_is_dropped(
    make_ticker: Callable[[], Ticker], channel: Channel
) -> None:
    for version in (9, 5, 10):
        make_ticker().finish("u1", tick(version), then=lambda: None)
    wait_for(lambda: 10 in channel.versions(), 3, "the newest tick")
    assert channel.versions() == [9, 10]


@pytest.mark.alone
def test_what_follows_the_last_tick_waits_for_it_and_nobody_waits_for_both(
    make_ticker: Callable[[], Ticker], channel: Channel
) -> None:
    ticker, seen = make_ticker(), []
    ticker.offer("u1", tick(1))
    wait_for(lambda: channel.versions() == [1], 3, "the first tick")
    started = time.monotonic()
    ticker.finish("u1", tick(2), then=lambda: seen.append(time.monotonic()))
    assert time.monotonic() - started < 0.05, "the work goes on"
    ticker.offer("u1", tick(3))  # Retried at once: what was to follow still follows.
    ticker.flush(3)
    wait_for(lambda: channel.versions() == [1, 3], 3, "the last tick")
    assert seen
    assert seen[0] >= channel.messages[0][0] + 0.08


def test_a_tick_goes_to_the_owner_and_to_those_who_watch_the_batch(
    make_ticker: Callable[[], Ticker], channel: Channel
) -> None:
    make_ticker().offer("u1", tick(1, "b7"))
    wait_for(lambda: channel.messages, 3, "the tick")
    assert channel.messages[0][1]["room"] == ["user:u1", "batch:b7"]
