"""A worker's side in Python: sends events at the pace that its input asks for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any


def emit_on_request(emit: Callable[[dict[str, Any]], object]) -> None:
    """Serves lines "COUNT PAUSE_MS" until the input ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        count, milliseconds = line.split()
        for number in range(int(count)):
            emit({"number": number, "sentNs": time.monotonic_ns()})
            time.sleep(float(milliseconds) / 1000)
