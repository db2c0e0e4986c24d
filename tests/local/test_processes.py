"""The supervisor behind `make run`: what dies comes back, what is stopped is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.processes import read_procfile
from settings import ROOT
from tests.waiting import wait_for

# What `local/__main__.py` does with a supervisor; a process of its own, so that it can be killed.
LAUNCHER = """
import json, os, signal, sys
from local import processes
processes.STOP_SECONDS = float(sys.argv[2])
supervisor = processes.Supervisor(json.loads(sys.argv[1]), dict(os.environ))
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: supervisor.request_stop())
try:
    supervisor.start()
    supervisor.watch()
finally:
    supervisor.stop()
"""
# Tells its own process id and its child's.
PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("pids", os.getpid(), child.pid, flush=True)
child.wait()
"""
SLEEPER = """
import os, time
print("pids", os.getpid(), flush=True)
time.sleep(60)
"""
STUBBORN = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
{SLEEPER}
"""


class Launcher:
    """A process that supervises Python scripts, and what it prints."""

    def __init__(self, scripts: dict[str, str], log: Path, stop_seconds: float) -> None:
        commands = {name: [sys.executable, "-c", script] for name, script in scripts.items()}
        command = [sys.executable, "-c", LAUNCHER, json.dumps(commands), str(stop_seconds)]
        self._log = log
        with log.open("wb") as output:
            self.popen = subprocess.Popen(command, cwd=ROOT, stdout=output, start_new_session=True)

    @property
    def output(self) -> str:
        return self._log.read_text()

    def starts(self, count: int) -> list[list[int]]:
        """The process ids of each start, once there were that many."""

        def printed() -> list[list[int]]:
            lines = [line.partition("pids ")[2] for line in self.output.splitlines() if "pids " in line]
            return [[int(pid) for pid in line.split()] for line in lines]

        wait_for(lambda: len(printed()) >= count, what=f"start number {count}")
        return printed()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Asks the launcher to end, and waits for it."""
        self.popen.send_signal(number)
        self.popen.wait(timeout=20)


Supervise = Callable[..., Launcher]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    launchers: list[Launcher] = []

    def start(stop_seconds: float = 10.0, **scripts: str) -> Launcher:
        launchers.append(Launcher(scripts, tmp_path / f"{len(launchers)}.log", stop_seconds))
        return launchers[-1]

    yield start
    for launcher in launchers:
        if launcher.popen.poll() is None:
            launcher.stop()


def is_alive(pid: int) -> bool:
    """True for a process that runs; not for one that has ended and waits to be collected."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_killed_process_comes_back_and_its_children_are_gone(supervise: Supervise) -> None:
    launcher = supervise(parent=PARENT)
    [[first, child]] = launcher.starts(1)

    os.kill(first, signal.SIGKILL)

    second = launcher.starts(2)[1][0]
    assert is_alive(second)
    wait_for(lambda: not is_alive(child), 2, "the end of the child")
    assert "ended with -9" in launcher.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_neither_processes_nor_their_children(supervise: Supervise, number: int) -> None:
    launcher = supervise(one=PARENT, two=PARENT)
    pids = [pid for start in launcher.starts(2) for pid in start]
    assert all(is_alive(pid) for pid in pids)

    launcher.stop(number)

    wait_for(lambda: not any(is_alive(pid) for pid in pids), 2, "the end of all processes")
    assert launcher.popen.returncode == 0


def test_a_process_may_put_things_in_order_before_it_ends(supervise: Supervise, tmp_path: Path) -> None:
    orderly = f"""
import pathlib, signal
signal.signal(signal.SIGTERM, lambda *_: pathlib.Path({str(tmp_path / "goodbye")!r}).touch() or exit())
{SLEEPER}
"""
    launcher = supervise(orderly=orderly)
    launcher.starts(1)

    launcher.stop()

    assert (tmp_path / "goodbye").exists()


def test_a_process_that_will_not_stop_is_killed(supervise: Supervise) -> None:
    launcher = supervise(stop_seconds=0.3, stubborn=STUBBORN)
    [[pid]] = launcher.starts(1)

    launcher.stop()

    assert not is_alive(pid)


def test_a_dead_process_does_not_take_the_others_along(supervise: Supervise) -> None:
    launcher = supervise(broken="raise SystemExit(3)", sleeper=SLEEPER)
    wait_for(lambda: "ended with 3" in launcher.output, what="the death")

    [[pid]] = launcher.starts(1)
    assert is_alive(pid)


def test_what_keeps_dying_is_started_ever_more_slowly(supervise: Supervise) -> None:
    launcher = supervise(broken="raise SystemExit(3)")

    wait_for(lambda: launcher.output.count("ended with 3") >= 3, what="three deaths")
    pauses = [line.rpartition("again in ")[2] for line in launcher.output.splitlines() if "again in" in line]
    assert pauses[:3] == ["0.5 s", "1 s", "2 s"]


def test_each_line_tells_which_process_it_is_from(supervise: Supervise) -> None:
    launcher = supervise(web="print('hello from web')", worker="print('hello from worker')")

    wait_for(lambda: "worker | hello from worker\n" in launcher.output, what="the worker's line")
    wait_for(lambda: "web    | hello from web\n" in launcher.output, what="the web process's line")


def test_a_terminals_ctrl_c_reaches_the_launcher_only(supervise: Supervise) -> None:
    launcher = supervise(parent=PARENT)
    [[pid, child]] = launcher.starts(1)

    assert os.getsid(pid) == pid
    assert os.getsid(child) == pid
    assert os.getpgid(pid) != os.getpgid(launcher.popen.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_killing_the_launcher_ends_its_processes(supervise: Supervise) -> None:
    launcher = supervise(one=SLEEPER, two=SLEEPER)
    pids = [pid for start in launcher.starts(2) for pid in start]

    launcher.popen.kill()
    launcher.popen.wait()

    wait_for(lambda: not any(is_alive(pid) for pid in pids), 5, "the end of all processes")


def test_a_procfile_gives_commands_by_name(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# what runs\n\nweb: python -m webapp\nworker: celery -A 'tasks app' -n w:1\n")

    assert read_procfile(procfile) == {
        "web": ["python", "-m", "webapp"],
        "worker": ["celery", "-A", "tasks app", "-n", "w:1"],
    }


def test_the_projects_procfile_has_a_web_process_and_a_worker() -> None:
    assert set(read_procfile(ROOT / "Procfile")) == {"web", "worker"}
