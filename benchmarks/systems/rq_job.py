"""RQ's item. Apart from `rq.py`, since each forked process imports it anew."""

from __future__ import annotations

from rq import get_current_job

from benchmarks.work import COUNTER, work


def run(load: str) -> None:
    """Does an item and counts it over the connection that RQ has open anyway."""
    work(load)
    job = get_current_job()
    assert job is not None
    job.connection.incr(COUNTER)
