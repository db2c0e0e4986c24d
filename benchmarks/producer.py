"""The process that sends the items of one run: `python -m benchmarks.producer MODULE NAME LOAD COUNT`.

It prints `ready`, waits for a line, sends everything, and prints the CPU time that sending took in
seconds. Then it rests until its input is closed: to end a process takes more of the machine than many a run.
`systems/bullmq.mjs` does the same in Node.
"""

from __future__ import annotations

import importlib
import sys
import time

from benchmarks.system import System


def main(module: str, name: str, load: str, count: str) -> None:
    """Gets ready, waits, sends."""
    systems: list[System] = importlib.import_module(module).SYSTEMS
    send = next(system for system in systems if system.name == name).sender(load, int(count))
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.process_time()
    send()
    print(time.process_time() - start, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
