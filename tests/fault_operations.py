"""Operations that misbehave in the ways that the engine promises to survive."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from realtime.publish.emitter import Emitter
from settings import load_settings
from tasks.operation import Context, Item, NoOptions, operation


class Overloaded(Exception):
    """What the flaky operation declares transient."""


class FlakyOptions(BaseModel):
    """How often each item fails before it succeeds, kept in a folder."""

    folder: str = ""
    times: int = 1


@operation("flaky", title="Flaky", options=FlakyOptions, transient=(Overloaded,))
def flaky(item: Item, options: FlakyOptions, context: Context) -> dict[str, int]:
    """Fails a few times with a transient error; the items `broken` for good."""
    if item.data == "broken":
        raise ValueError("this will not get better")
    if item.data == "fine":
        return {"tries": 1}
    path = Path(options.folder) / f"{context.batch_id}-{item.position}"
    with path.open("ab") as file:
        file.write(b"x")
    tries = path.stat().st_size
    if tries <= options.times:
        raise Overloaded(f"try {tries}")
    return {"tries": tries}


@operation("poison", title="Poison", options=FlakyOptions)
def poison(item: Item, options: FlakyOptions, context: Context) -> str:
    """Ends its process in the way that the item names, and notes each run in the folder."""
    with (Path(options.folder) / f"runs-{item.position}").open("ab") as file:
        file.write(b"x")
    match item.data:
        case "exit":
            os._exit(7)
        case "segfault":
            ctypes.string_at(0)
        case "memory":
            _limit_memory()
            return str(len(bytearray(1 << 40)))
        case "killed":
            os.kill(os.getpid(), 9)
    time.sleep(0.002)
    return "fine"


class HangOptions(BaseModel):
    """How long a hanging item hangs, for tests that end although nothing stops it."""

    seconds: float = Field(60, le=600)


@operation("hang", title="Hang", options=HangOptions)
def hang(item: Item, options: HangOptions, context: Context) -> str:
    """Hangs in the way that the item names."""
    deadline = time.monotonic() + options.seconds
    match item.data:
        case "sleep":
            time.sleep(options.seconds)
        case "busy":
            while time.monotonic() < deadline:
                pass
        case "stubborn":
            while time.monotonic() < deadline:
                try:
                    time.sleep(0.1)
                except BaseException:
                    continue
        case "locked":
            # Backtracks for ages inside C code that holds the interpreter's lock.
            re.match(r"(a+)+$", "a" * 40 + "b")
    return "done"


@operation("hang-together", title="Hang together", options=HangOptions, concurrency=4)
def hang_together(item: Item, options: HangOptions, context: Context) -> str:
    """Like hang, several at a time in threads."""
    return hang(item, options, context)


class Local(Exception):
    """Holds what cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("has a lambda")
        self.function = lambda: None


class Base(BaseException):
    """Not even an Exception."""


class Unprintable(Exception):
    """Cannot even say what it is."""

    def __str__(self) -> str:
        raise SystemExit("no text")


@operation("odd", title="Odd")
def odd(item: Item, options: NoOptions, context: Context) -> Any:
    """Raises or returns what is hard to record."""
    match item.data:
        case "unpicklable":
            raise Local
        case "long":
            raise ValueError("x" * 10_000_000)
        case "unprintable":
            raise Unprintable
        case "interrupt":
            raise KeyboardInterrupt
        case "exit":
            raise SystemExit(3)
        case "generator":
            raise GeneratorExit
        case "base":
            raise Base("as base as can be")
        case "long-name":
            raise type("N" * 5000, (Exception,), {})("long name")
        case "surrogate":
            raise ValueError("lone \ud800 and \x00")
        case "recursion":
            return odd(item, options, context)
        case "set":
            return {1, 2}
        case "nan":
            return float("nan")
        case "deep":
            value: list[Any] = []
            for _ in range(100_000):
                value = [value]
            return value
    return item.data


@operation("limited", title="Limited", per_minute=600)
def limited(item: Item, options: NoOptions, context: Context) -> float:
    """May start ten times a second; returns when it did."""
    return time.time()


@operation("obedient", title="Obedient")
def obedient(item: Item, options: NoOptions, context: Context) -> str:
    """Takes a minute, and ends at once when it is told to."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if context.should_stop():
            return "told to stop"
        time.sleep(0.02)
    return "finished"


def _limit_memory() -> None:
    """No allocation of this process gets anywhere near the machine's memory."""
    limit = 4 << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@operation("emit", title="Emit")
def emit(item: Item, options: NoOptions, context: Context) -> None:
    """Sends to everybody, to a room and to its owner, from within a worker."""
    settings = load_settings()
    emitter = Emitter(settings.effective_redis_url, settings.socketio_channel)
    emitter.broadcast("system:notification", {"message": "from a worker"})
    emitter.to_room("dashboard", "dashboard:update", {"message": "from a worker"})
    emitter.to_user(context.owner_id, "batch:complete", {"message": "from a worker"})
    emitter.redis.close()
