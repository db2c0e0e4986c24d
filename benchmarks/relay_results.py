"""What a run of the relay benchmark has measured, and how it compares."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

BASELINE = "node"
OURS = "batchwire"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        target: What ours must reach of the baseline, where more is better; at most so many times as much,
            where less is better. None where nothing is asked.
        limit: What ours may be at most, whatever the baseline.
    """

    key: str
    title: str
    unit: str
    more_is_better: bool
    target: float | None = None
    limit: float | None = None


FIGURES = (
    Figure("latency_p50_ms", "worker to client, median", "ms", False),
    Figure("latency_p99_ms", "worker to client, p99", "ms", False),
    Figure("burst_p99_ms", "burst of 10,000 events to one client, p99", "ms", False, target=1.0),
    Figure("burst_first_ms", "burst, first event", "ms", False),
    Figure("one_per_s", "events to one client", "1/s", True, target=0.8),
    Figure("room_per_s", "deliveries to a room of 100", "1/s", True, target=1.0),
    Figure("broadcast_per_s", "deliveries to all of 1,000", "1/s", True, target=1.0),
    Figure("broadcast_last_ms", "last of 1,000 clients", "ms", False),
    Figure("connects_per_s", "connects", "1/s", True, target=0.8),
    Figure("idle_kib", "idle connection that offers compression", "KiB", False, limit=35.0),
)


@dataclass
class RelayResults:
    """All of one run: for each system and figure, one value a round."""

    rounds: int
    cores: int
    versions: dict[str, str]
    titles: dict[str, str]
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, system: str, found: dict[str, float]) -> None:
        """Takes what one round has given."""
        for key, value in found.items():
            self.values.setdefault(system, {}).setdefault(key, []).append(value)

    def median(self, system: str, figure: Figure) -> float | None:
        """Over the rounds; None where it was not measured."""
        values = self.values.get(system, {}).get(figure.key)
        return statistics.median(values) if values else None

    def ratio(self, figure: Figure) -> float | None:
        """Ours to the baseline's, as the median of each round's ratio: the machine changes by the minute."""
        ours, theirs = (self.values.get(name, {}).get(figure.key, []) for name in (OURS, BASELINE))
        pairs = list(zip(ours, theirs, strict=False))
        return statistics.median(one / other for one, other in pairs) if pairs else None

    def broken(self) -> list[str]:
        """The targets that are not reached."""
        found = []
        for figure in FIGURES:
            ratio, ours = self.ratio(figure), self.median(OURS, figure)
            if figure.target and ratio is not None:
                reached = ratio >= figure.target if figure.more_is_better else ratio <= figure.target
                if not reached:
                    found.append(f"{figure.title}: {ratio:.2f} of the baseline, not {figure.target:g}")
            if figure.limit and ours is not None and ours > figure.limit:
                found.append(f"{figure.title}: {ours:.0f} {figure.unit}, not {figure.limit:g}")
        return found

    def write(self, path: Path) -> None:
        """Stores them as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` has stored."""
        return cls(**json.loads(path.read_text()))
