"""The answers of 5xx that a soak got: a fault in the run explains them, or the soak fails."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

# What was away is not back at once: a circuit looks whether it can close, and connections are made anew.
AFTERMATH_SECONDS = 5.0
_ID = re.compile(r"(?<=/)[0-9a-f]{8}-?[0-9a-f-]{20,}")


class ServerErrors:
    """Counts answers of 5xx by their kind. No connection at all is no answer."""

    def __init__(self) -> None:
        self.unexplained: Counter[str] = Counter()
        self.explained: Counter[str] = Counter()
        # Until when each fault explains a 503.
        self._until: dict[str, float] = {}

    @contextmanager
    def explained_by(self, fault: str) -> Iterator[None]:
        """From here on until a little later, an answer of 503 has a reason."""
        self._until[fault] = float("inf")
        try:
            yield
        finally:
            self._until[fault] = time.monotonic() + AFTERMATH_SECONDS

    def note(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        """Takes an answer; a hook for `requests`."""
        if answer.status_code < 500:
            return
        now = time.monotonic()
        reasons = [fault for fault, until in self._until.items() if now <= until]
        if answer.status_code == 503 and reasons:
            self.explained[reasons[-1]] += 1
            return
        path = _ID.sub("{id}", urlsplit(answer.url).path)
        self.unexplained[f"{answer.status_code} {answer.request.method} {path}"] += 1

    def describe(self) -> str:
        """One line for the report."""
        return (
            f"5xx: {self.unexplained.total()} unexplained{_list(self.unexplained)}, "
            f"{self.explained.total()} explained{_list(self.explained)}"
        )


def _list(counts: Counter[str]) -> str:
    return f" ({', '.join(f'{count} x {name}' for name, count in sorted(counts.items()))})" if counts else ""
