"""Runs the Procfile's processes, starts again what dies, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from settings import ROOT

STOP_SECONDS = 10.0
# How long the last lines of a process that has ended may take to be printed.
OUTPUT_SECONDS = 1.0
# What dies sooner than this after its start is started again more slowly each time.
STEADY_SECONDS = 10.0
MAX_PAUSE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1

_COLOURS = ("\033[36m", "\033[33m", "\033[35m", "\033[32m", "\033[34m")
_PLAIN = "\033[0m"


def read_procfile(path: Path) -> dict[str, list[str]]:
    """The commands of a Procfile by the name of their process."""
    commands = {}
    for line in path.read_text().splitlines():
        name, separator, command = line.partition(":")
        if separator and not line.lstrip().startswith("#"):
            commands[name.strip()] = shlex.split(command)
    return commands


@dataclass
class Process:
    """One process that is to be running."""

    name: str
    command: list[str]
    prefix: str
    popen: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = 0.0
    next_start: float = 0.0
    output: threading.Thread | None = None


class Supervisor:
    """Keeps processes running until it is told to stop.

    Each is the leader of a session of its own: a Ctrl-C in the terminal reaches only the supervisor, which
    then stops all of them, children included.
    """

    def __init__(self, commands: dict[str, list[str]], environment: dict[str, str]) -> None:
        width = max(map(len, commands))
        colours = sys.stdout.isatty()
        self._environment = environment
        self._stopping = threading.Event()
        self.processes = []
        for index, (name, command) in enumerate(commands.items()):
            label = f"{name:<{width}} | "
            colour = _COLOURS[index % len(_COLOURS)]
            prefix = f"{colour}{label}{_PLAIN}" if colours else label
            self.processes.append(Process(name, command, prefix))

    def start(self) -> None:
        """Starts all processes."""
        for process in self.processes:
            self._start(process)

    def watch(self) -> None:
        """Starts again whatever dies; returns after `request_stop`."""
        while not self._stopping.wait(0.2):
            now = time.monotonic()
            for process in self.processes:
                if process.popen is None:
                    if now >= process.next_start:
                        self._start(process)
                elif process.popen.poll() is not None:
                    self._note_death(process, now)

    def request_stop(self) -> None:
        """Makes `watch` return."""
        self._stopping.set()

    def stop(self) -> None:
        """Ends all processes and their children: asks first, kills what has not ended in time."""
        running = [process for process in self.processes if process.popen is not None]
        for process in running:
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            assert process.popen is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.popen.wait(max(0.0, deadline - time.monotonic()))
        for process in running:
            _signal_group(process, signal.SIGKILL)
            assert process.popen is not None
            process.popen.wait()
            process.popen = None
            if process.output is not None:
                process.output.join(OUTPUT_SECONDS)

    def _start(self, process: Process) -> None:
        process.popen = subprocess.Popen(
            process.command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        process.started = time.monotonic()
        process.output = threading.Thread(target=_copy_output, args=(process, process.popen), daemon=True)
        process.output.start()

    def _note_death(self, process: Process, now: float) -> None:
        assert process.popen is not None
        code = process.popen.returncode
        _signal_group(process, signal.SIGKILL)  # Children that it left behind.
        steady = now - process.started >= STEADY_SECONDS
        process.pause = 0.5 if steady else min(MAX_PAUSE_SECONDS, max(0.5, process.pause * 2))
        process.next_start = now + process.pause
        process.popen = None
        print(f"{process.prefix}ended with {code}, starting again in {process.pause:g} s", flush=True)


def _copy_output(process: Process, popen: subprocess.Popen[str]) -> None:
    assert popen.stdout is not None
    with popen.stdout:
        for line in popen.stdout:
            # Once the terminal is gone the lines are still read: a full pipe would hold the process up.
            with contextlib.suppress(OSError):
                # With its end in the same write, or the lines of two processes run into each other.
                print(f"{process.prefix}{line.rstrip()}\n", end="", flush=True)


def _signal_group(process: Process, number: int) -> None:
    assert process.popen is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.popen.pid, number)


def _die_with_parent() -> None:
    """Asks Linux to end this process when the supervisor dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
