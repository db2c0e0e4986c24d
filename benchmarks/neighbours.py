"""Another user, who starts small batches while a large one is running."""

from __future__ import annotations

import re
import threading
import time
from types import TracebackType
from typing import Self

from benchmarks.client import Client

SMALL_BATCHES = 10
ITEMS_PER_BATCH = 10
# The share of the large batch that is done when the first one starts, and from one to the next.
FIRST_AT, DISTANCE = 0.1, 0.08
PAUSE_SECONDS = 0.02
# How long after the end of the large batch the small ones are waited for.
MAX_SECONDS = 60
_EVENT = re.compile(rb'"(batch:progress|batch:complete)".*"batchId":"([^"]+)"')


class Neighbours:
    """Starts the batches from a thread, spread over the large one's run, while its block lasts.

    Attributes:
        done: How many items of the large batch are done; to be kept up to date from outside.
    """

    def __init__(self, environment: dict[str, str], large: int) -> None:
        self.done = 0
        self._large = large
        self._client = Client(environment)
        self._user_id = self._client.add_user()
        self._started: dict[str, float] = {}
        self._first_seen: dict[tuple[str, str], float] = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._listen, self._start)]

    def waits(self) -> list[tuple[float, float]]:
        """For each small batch the seconds from the request to its first tick and to its end.

        What never came counts as infinite.
        """
        never = float("inf")
        return [
            tuple(self._first_seen.get((event, batch), never) - start for event in ("progress", "complete"))
            for batch, start in self._started.items()
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        deadline = time.monotonic() + (MAX_SECONDS if _error is None else 0)
        while time.monotonic() < deadline and not self._have_all_ended():
            time.sleep(PAUSE_SECONDS)
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _have_all_ended(self) -> bool:
        ended = sum(("complete", batch) in self._first_seen for batch in self._started)
        return ended == SMALL_BATCHES

    def _start(self) -> None:
        for number in range(SMALL_BATCHES):
            while self.done < self._large * (FIRST_AT + number * DISTANCE):
                if self._over.wait(PAUSE_SECONDS):
                    return
            start = time.perf_counter()
            self._started[self._client.start(self._user_id, "benchmark-noop", count=ITEMS_PER_BATCH)] = start

    def _listen(self) -> None:
        pubsub = self._client.listen()
        while not self._over.is_set():
            message = pubsub.get_message(timeout=PAUSE_SECONDS)
            found = _EVENT.search(message["data"]) if message else None
            if found:
                event, batch = found[1].decode().removeprefix("batch:"), found[2].decode()
                self._first_seen.setdefault((event, batch), time.perf_counter())
        pubsub.close()
