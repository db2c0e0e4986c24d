"""What a run of the comparison has measured, as it goes into a JSON file and into the tables."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.measuring import Measurement
from benchmarks.system import BUSY, System


@dataclass
class Results:
    """All of one run.

    Attributes:
        busy_limits: For each round the busy items a second that two plain processes did.
        skipped: The names of the systems that could not run here, and why.
    """

    rounds: int
    cores: int
    versions: dict[str, str]
    busy_limits: list[float] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Stores them as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` has stored."""
        values = json.loads(path.read_text())
        values["measurements"] = [Measurement(**one) for one in values["measurements"]]
        return cls(**values)


@dataclass(frozen=True)
class Summary:
    """The medians of one system and load over all rounds, and the spread of the rate.

    Attributes:
        fraction: For busy items the rate, as a fraction of what two plain processes did.
    """

    title: str
    items: int
    rate: float
    lowest: float
    highest: float
    cpu_us: float
    server_cpu_us: float
    first_tick_seconds: float
    first_result_seconds: float
    fraction: float | None


def summarise(results: Results, systems: Iterable[System], load: str) -> list[Summary]:
    """One line for each system that has run this load, in the order of the systems."""
    limit = statistics.median(results.busy_limits) if load == BUSY and results.busy_limits else None
    lines = []
    for system in systems:
        runs = [one for one in results.measurements if one.system == system.name and one.load == load]
        if runs:
            lines.append(_summary(system.title, runs, limit))
    return lines


def _summary(title: str, runs: list[Measurement], limit: float | None) -> Summary:
    rates = [one.rate for one in runs]
    return Summary(
        title=title,
        items=runs[0].items,
        rate=statistics.median(rates),
        lowest=min(rates),
        highest=max(rates),
        cpu_us=statistics.median(one.cpu_us for one in runs),
        server_cpu_us=statistics.median(one.server_cpu_us for one in runs),
        first_tick_seconds=statistics.median(one.first_tick_seconds for one in runs),
        first_result_seconds=statistics.median(one.first_result_seconds for one in runs),
        fraction=statistics.median(rates) / limit if limit else None,
    )
