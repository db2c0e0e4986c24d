"""One loop sends the pings of all connections: nothing that happens to one may end it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from engineio import exceptions

from realtime.transport.direct import send_pings


class Asked:
    """A socket that notes when it is asked, and may fail at it."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.count = 0
        self.problem = problem

    def ping_if_due(self, now: float) -> None:
        assert abs(now - time.time()) < 5
        self.count += 1
        if self.problem:
            raise self.problem


@pytest.mark.parametrize("problem", [exceptions.SocketIsClosedError(), RuntimeError("odd")], ids=repr)
def test_a_connection_that_fails_does_not_keep_the_others_from_being_asked(problem: Exception) -> None:
    bad, good = Asked(problem), Asked()
    engine: Any = SimpleNamespace(sockets={"a": bad, "b": good})
    for _ in range(3):
        send_pings(engine)
    assert (bad.count, good.count) == (3, 3)
