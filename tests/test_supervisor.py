"""The supervisor: whatever goes wrong in a loop, the loop goes on, and it is seen how it does."""

from __future__ import annotations

import ast
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from settings import ROOT
from supervisor import DONE, LONGEST_PAUSE_SECONDS, Supervisor, describe
from tests.waiting import wait_for

# Where a loop that sleeps may be written by hand, since it ends by itself or does not run in the background.
BY_HAND = {
    ("realtime/transport/listener.py", "_listen"),  # In the library's thread, and watched.
    ("realtime/transport/listener.py", "_receive"),  # The same.
    ("realtime/publish/ticker.py", "send_next"),  # Until somebody's turn has come, which is soon.
    ("tasks/consumer.py", "start"),  # The main loop of a worker.
    ("tasks/engine/retry.py", "retry_while_away"),  # Until a deadline.
    ("webapp/cli/watching.py", "watch"),  # A person looks on.
    ("webapp/process/shutdown.py", "wait"),  # The process ends meanwhile.
    ("webapp/process/shutdown.py", "_finish_requests"),  # Until a deadline.
}
# Where tasks and threads may be started that come to an end by themselves.
STARTED = {
    ("realtime/transport/direct.py", "_take_over"),  # Reads from one connection, while it lasts.
    ("realtime/transport/listener.py", "_receive"),  # Looks once at the outbox.
}


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(clock: Clock) -> Iterator[Supervisor]:
    supervisor = Supervisor(clock)
    yield supervisor
    supervisor.stop(5)


def test_work_that_raises_is_done_again_and_counted(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    runs = []

    def work() -> None:
        runs.append(threading.current_thread())
        if len(runs) < 3:
            raise KeyError("nobody has foreseen this")

    supervisor.every(0.001, work, "some-work", longest_pause_seconds=0.001)
    wait_for(lambda: len(runs) >= 5, 5, "it to go on")
    (report,) = supervisor.reports()
    assert (report.name, report.failures, report.is_overdue) == ("some-work", 2, False)
    assert report.runs >= 4
    assert report.last_error == "KeyError: 'nobody has foreseen this'"
    assert report.last_run_ms
    assert {(one.name, one.daemon) for one in runs} == {("some-work", True)}
    errors = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert len(errors) == 2
    assert all(one.exc_info for one in errors)


def test_outages_are_logged_once_and_leave_the_pace_as_it_is(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loop = supervisor.watch(2.0, "some-work", expected=(OSError,))
    assert [loop.fail(ConnectionError("away")) for _ in range(9)] == [2.0] * 9
    assert loop.succeed() == 2.0
    loop.fail(ConnectionError("away again"))
    assert [one.message for one in caplog.records] == [
        "some-work waits: ConnectionError: away",
        "some-work works again, after 9 errors in a row",
        "some-work waits: ConnectionError: away again",
    ]
    assert not any(one.exc_info for one in caplog.records)
    assert loop.report().failures == 10


def test_pauses_grow_after_errors_that_nobody_has_foreseen_up_to_a_bound(supervisor: Supervisor) -> None:
    loop = supervisor.watch(1.0, "some-work")
    assert [loop.fail(ValueError()) for _ in range(4)] == [1, 2, 4, LONGEST_PAUSE_SECONDS]
    assert loop.fail(ValueError()) == LONGEST_PAUSE_SECONDS
    assert loop.succeed() == 1.0
    assert loop.fail(ValueError()) == 1.0
    slow, busy = supervisor.watch(60.0, "slow"), supervisor.watch(0.0, "busy")
    assert [slow.fail(ValueError()) for _ in range(2)] == [60.0, 60.0]
    assert [busy.fail(ValueError()) for _ in range(3)] == pytest.approx([0.1, 0.2, 0.4])
    assert busy.succeed() == 0.0


def test_pauses_differ_at_random_where_that_is_asked_for(supervisor: Supervisor) -> None:
    loop = supervisor.watch(1.0, "some-work")
    loop.jitter = 0.25
    pauses = [loop.succeed() for _ in range(100)]
    assert len(set(pauses)) > 50
    assert all(0.75 <= one <= 1.25 for one in pauses)


def test_a_loop_that_hangs_is_overdue_until_it_goes_on(supervisor: Supervisor, clock: Clock) -> None:
    go_on, hangs = threading.Event(), threading.Event()

    def work() -> None:
        hangs.set()
        go_on.wait(10)

    loop = supervisor.every(3.0, work, "some-work")
    assert hangs.wait(5)
    clock.now += 15
    assert not loop.report().is_overdue, "five intervals are not over"
    clock.now += 0.1
    assert loop.report().is_overdue
    go_on.set()
    wait_for(lambda: loop.report().runs, 5, "its end")
    assert not loop.report().is_overdue
    clock.now += 15.1
    assert loop.report().is_overdue, "it should have begun again"


def test_short_loops_have_ten_seconds(supervisor: Supervisor, clock: Clock) -> None:
    loop = supervisor.watch(0.1, "some-work")
    clock.now += 10
    assert not loop.report().is_overdue
    clock.now += 0.1
    assert loop.report().is_overdue
    loop.begin()
    assert not loop.report().is_overdue


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_whose_thread_is_gone_is_shown_as_overdue(supervisor: Supervisor, clock: Clock) -> None:
    def work() -> None:
        raise SystemExit

    loop = supervisor.every(1.0, work, "some-work")
    wait_for(lambda: not loop.is_running, 5, "the end of the thread")
    clock.now += 11
    assert [one.is_overdue for one in supervisor.reports()] == [True]
    supervisor.every(1.0, lambda: None, "some-work")
    assert [one.is_overdue for one in supervisor.reports()] == [False], "whoever starts it again replaces it"


def test_work_that_waits_itself_is_done_again_at_once(supervisor: Supervisor) -> None:
    runs = []
    supervisor.keep(lambda: runs.append(threading.Event().wait(0.001)), "some-work")
    wait_for(lambda: len(runs) >= 20, 5, "twenty runs")
    assert supervisor.reports()[0].seconds == 0


def test_work_that_is_done_ends_its_loop(supervisor: Supervisor) -> None:
    loop = supervisor.every(0.001, lambda: DONE, "some-work")
    wait_for(lambda: not loop.is_running, 5, "the end")
    assert (loop.runs, supervisor.reports()) == (1, [])


def test_work_may_begin_later(supervisor: Supervisor) -> None:
    loop = supervisor.every(0.001, lambda: None, "some-work", delay_seconds=60)
    assert loop.report().last_run_ms is None
    assert loop.is_running


def test_stopping_ends_every_thread_and_what_is_started_later_begins_anew(supervisor: Supervisor) -> None:
    loops = [supervisor.every(60, lambda: None, f"some-work-{number}") for number in range(3)]
    supervisor.stop(5)
    threads = [one.thread for one in loops]
    assert not any(one.is_alive() for one in threads if one)
    assert supervisor.reports() == []
    runs: list[None] = []
    later = supervisor.every(0.001, lambda: runs.append(None), "some-work-0")
    wait_for(lambda: len(runs) > 2, 5, "the new loop")
    assert later.is_running
    assert not loops[0].is_running


def test_a_forked_child_has_none_of_its_parents_loops(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = supervisor.every(60, lambda: None, "some-work")
    with supervisor._lock, monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        assert supervisor.reports() == []
        child = supervisor.every(60, lambda: None, "some-work")
        supervisor.stop(5)
    assert not child.is_running
    assert held.is_running
    held.stopping.set()


IN_ANY_MODE = """
import sys, warnings
warnings.simplefilter("ignore")
if sys.argv[1] == "eventlet":
    import eventlet; eventlet.monkey_patch()
elif sys.argv[1] == "gevent":
    from gevent import monkey; monkey.patch_all()
import threading, time
from supervisor import Supervisor
supervisor, runs = Supervisor(), []
def work():
    runs.append(threading.current_thread().name)
    if len(runs) == 2:
        raise RuntimeError("odd")
loop = supervisor.every(0.001, work, "some-work", longest_pause_seconds=0.001)
kept = supervisor.keep(lambda: time.sleep(0.001), "kept")
deadline = time.monotonic() + 5
while (len(runs) < 5 or kept.runs < 5) and time.monotonic() < deadline:
    time.sleep(0.001)
supervisor.stop(5)
print(set(runs), loop.failures, loop.is_running, loop.thread.is_alive(), kept.runs >= 5)
"""


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_it_is_the_same_under_every_server(mode: str) -> None:
    command = [sys.executable, "-c", IN_ANY_MODE, mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "{'some-work'} 1 False False True"
    assert "RuntimeError: odd" in done.stderr


class Unreadable(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError(), "ValueError"),
        (KeyError("a"), "KeyError: 'a'"),
        (Unreadable(), "Unreadable: its message cannot be read"),
        (OSError("no redis://batch:s3cret@host:6379/0 there"), "OSError: no redis://host:6379/0 there"),
        (
            IntegrityError("INSERT INTO users", ("s3cret",), Exception("not unique\nKey (s3cret)")),
            "IntegrityError: (builtins.Exception) not unique",
        ),
        (ValueError("x" * 1000), f"ValueError: {'x' * 188}"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_an_error_is_told_without_secrets_and_in_short(error: Exception, text: str) -> None:
    assert describe(error) == text


def test_the_supervisor_needs_nothing_but_the_standard_library() -> None:
    found = list(ast.walk(ast.parse((ROOT / "supervisor.py").read_text())))
    modules = {one.module for one in found if isinstance(one, ast.ImportFrom)} | {
        name.name for one in found if isinstance(one, ast.Import) for name in one.names
    }
    assert {one.partition(".")[0] for one in modules if one} <= sys.stdlib_module_names


def functions_that(has_it: Callable[[ast.FunctionDef], bool]) -> set[tuple[str, str]]:
    """The file and the name of each function in which there is such a thing."""
    paths = [path for package in ("realtime", "tasks", "webapp") for path in (ROOT / package).rglob("*.py")]
    return {
        (str(path.relative_to(ROOT)), function.name)
        for path in paths
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and has_it(function)
    }


def _names_called(node: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


def _has_loop_that_sleeps(function: ast.FunctionDef) -> bool:
    loops = [one for one in ast.walk(function) if isinstance(one, ast.While)]
    return any(_names_called(one) & {"sleep", "wait"} for one in loops)


def _starts_something(function: ast.FunctionDef) -> bool:
    return bool(_names_called(function) & {"Thread", "Timer", "start_background_task", "spawn"})


def test_no_loop_in_the_background_is_written_by_hand() -> None:
    assert functions_that(_has_loop_that_sleeps) == BY_HAND
    assert functions_that(_starts_something) == STARTED
