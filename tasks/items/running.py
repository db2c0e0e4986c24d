"""Runs the items of a lease for a while, one by one, several at a time, or apart from each other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from functools import partial

from store.leases import Lease
from tasks.items.isolation import run_isolated
from tasks.items.retries import RetryPolicy
from tasks.items.timeouts import GRACE_SECONDS, TimeIsUp, time_limit, watchdog
from tasks.operation import Context, Operation, Skip
from tasks.outcomes import INTERRUPTED, SKIPPED, Item, ItemTimeout, Outcome, WorkerLost, describe_error

# A chunk over which so many workers were lost without any progress has an item that kills even the process
# which watches it.
MAX_LOSSES = 5


@dataclass(slots=True)
class Runner:
    """How the items of a batch are run.

    Attributes:
        timeout_seconds: How long an item may take, or None.
        may_exit: True in a process that is there for items only, and may be ended for one that hangs.
        has_hung_threads: Becomes True once an item hangs in a thread, which nothing can end.
    """

    operation: Operation
    context: Context
    retry: RetryPolicy
    timeout_seconds: float | None = None
    may_exit: bool = False
    has_hung_threads: bool = False

    def run(self, lease: Lease, until: float, limit: int | None = None) -> list[Outcome]:
        """Runs the lease's next items until a time, and at least one if any is due.

        Args:
            until: On the monotonic clock, in seconds.
            limit: How many items at most.
        """
        pending = self._pending(lease)
        if lease.careful_ms > 0:
            return self._run_carefully(lease, pending)
        if limit is not None:
            pending = (one for one, _ in zip(pending, range(limit), strict=False))
        if self.operation.concurrency > 1:
            return self._run_concurrently(pending, until)
        limit_seconds = None
        if self.timeout_seconds is not None and self.may_exit:
            limit_seconds = max(0.0, until - time.monotonic()) + self.timeout_seconds + GRACE_SECONDS
        with watchdog(limit_seconds):
            return self._run_in_turn(pending, until)

    def run_item(self, context: Context, item: Item, attempts: int = 0) -> Outcome:
        """Runs one item; whatever it raises is its own failure."""
        operation = self.operation
        start = time.perf_counter_ns()
        outcome = Outcome(item, attempts=attempts)
        try:
            if self.timeout_seconds is None:
                outcome.result = operation.run(item, context.options, context)
            else:
                with time_limit(self.timeout_seconds):
                    outcome.result = operation.run(item, context.options, context)
                if time.perf_counter_ns() - start > self.timeout_seconds * 1e9:
                    raise TimeIsUp  # It was told so, and went on.
        except Skip as reason:
            outcome.kind, outcome.error = SKIPPED, describe_error(reason)
        except TimeIsUp:
            outcome.fail(self._timeout())
            self.retry.apply(outcome, ItemTimeout)
        except BaseException as error:
            if _is_from_celery(error):
                raise
            outcome.fail(error)
            self.retry.apply(outcome, type(error))
        if context.was_told:
            outcome.kind, outcome.error, outcome.result = INTERRUPTED, None, None
        outcome.duration_us = (time.perf_counter_ns() - start) // 1000
        return outcome

    def _pending(self, lease: Lease) -> Iterator[tuple[Item, int]]:
        """Items with the number of attempts made: first those whose time to be tried again has come."""
        now = self.retry.now()
        due = [(one.due_ms, position) for position, one in lease.deferred.items() if one.due_ms <= now]
        for _, position in sorted(due):
            key, data = lease.items[position - lease.first]
            yield Item(position, key, data), lease.deferred[position].attempts
        for offset in range(lease.done, lease.size):
            key, data = lease.items[offset]
            yield Item(lease.first + offset, key, data), 0

    def _run_in_turn(self, pending: Iterator[tuple[Item, int]], until: float) -> list[Outcome]:
        outcomes = []
        context = self.context
        for item, attempts in pending:
            context.was_told = False
            outcomes.append(self.run_item(context, item, attempts))
            if time.monotonic() >= until or context.stop_requested():
                break
        return outcomes

    def _run_carefully(self, lease: Lease, pending: Iterator[tuple[Item, int]]) -> list[Outcome]:
        """Runs one item in a process of its own."""
        for item, attempts in pending:
            outcome = Outcome(item, attempts=attempts)
            if lease.losses >= MAX_LOSSES:
                outcome.fail(WorkerLost(f"{lease.losses} workers were lost in a row while they worked on it"))
                return [outcome]
            context = replace(self.context, was_told=False)
            run = partial(self.run_item, context, item, attempts)
            start = time.perf_counter_ns()
            ended = run_isolated(run, context, self.timeout_seconds)
            if isinstance(ended, Outcome):
                return [replace(ended, item=item)]
            outcome.fail(ended)
            self.retry.apply(outcome, type(ended))
            outcome.duration_us = (time.perf_counter_ns() - start) // 1000
            return [outcome]
        return []

    def _run_concurrently(self, pending: Iterator[tuple[Item, int]], until: float) -> list[Outcome]:
        """Runs up to `concurrency` items at a time; those begun are waited for, so that no gap is left."""
        outcomes: list[Outcome] = []
        pool = ThreadPoolExecutor(self.operation.concurrency, thread_name_prefix=self.operation.name)
        running: list[tuple[Future[Outcome], Item, int, float]] = []

        def start_next() -> None:
            if (found := next(pending, None)) is not None:
                item, attempts = found
                context = replace(self.context, was_told=False)
                future = pool.submit(self.run_item, context, item, attempts)
                running.append((future, item, attempts, time.monotonic()))

        for _ in range(self.operation.concurrency):
            start_next()
        has_hung = False
        while running:
            future, item, attempts, started = running.pop(0)
            try:
                outcomes.append(future.result(self._seconds_left(started)))
            except FutureTimeout:
                has_hung = self.has_hung_threads = True
                until = 0.0  # The hung thread takes the place of the next item's.
                outcome = Outcome(item, attempts=attempts)
                outcome.fail(self._timeout())
                self.retry.apply(outcome, ItemTimeout)
                outcomes.append(outcome)
            if time.monotonic() < until and not self.context.stop_requested():
                start_next()
        pool.shutdown(wait=not has_hung)
        return outcomes

    def _seconds_left(self, started: float) -> float | None:
        if self.timeout_seconds is None:
            return None
        return max(0.0, started + self.timeout_seconds - time.monotonic())

    def _timeout(self) -> ItemTimeout:
        return ItemTimeout(f"took longer than {self.timeout_seconds:g} s")


def _is_from_celery(error: BaseException) -> bool:
    """True for the SystemExit with which billiard, Celery's pool, ends a process that gets a SIGTERM."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        isinstance(error, SystemExit)
        and trace is not None
        and "billiard" in trace.tb_frame.f_code.co_filename
    )
