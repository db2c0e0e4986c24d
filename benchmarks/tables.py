"""The results as tables: for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results import Results, Summary, summarise
from benchmarks.system import BUSY, LOADS, NOOP, System

TITLES = {NOOP: "Items that do nothing", BUSY: "Items that are busy for 2 ms"}


def terminal(results: Results, systems: Sequence[System]) -> str:
    """Both loads, in columns."""
    parts = []
    for load in LOADS:
        rows = _rows(summarise(results, systems, load), load)
        if len(rows) > 1:
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            lines = ["  ".join(map(_aligned, row, widths, range(len(row)))) for row in rows]
            parts.append("\n".join([f"{TITLES[load]} (medians of {results.rounds})", *lines]))
    return "\n\n".join([*parts, *_skipped(results, systems)])


def markdown(results: Results, systems: Sequence[System], load: str) -> str:
    """One load."""
    head, *rows = _rows(summarise(results, systems, load), load)
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def promises(results: Results, systems: Sequence[System]) -> str:
    """What each system that has run keeps of an item."""
    ran = {one.system for one in results.measurements}
    rows = [f"| {system.title} | {system.promise} |" for system in systems if system.name in ran]
    return "\n".join(["| | kept of each item, and what else to know |", "| --- | --- |", *rows])


def _rows(summaries: Sequence[Summary], load: str) -> list[list[str]]:
    head = ["", "items", "items/s", "lowest to highest", "CPU µs/item", "servers µs/item"]
    head += ["first tick s", "first item s"]
    if load == BUSY:
        head.append("of 2 cores")
    return [head, *(_row(one) for one in summaries)]


def _row(one: Summary) -> list[str]:
    row = [one.title, f"{one.items:,}", f"{one.rate:,.0f}", f"{one.lowest:,.0f} to {one.highest:,.0f}"]
    row += [f"{one.cpu_us:,.0f}", f"{one.server_cpu_us:,.0f}"]
    row += [f"{one.first_tick_seconds:.3f}", f"{one.first_result_seconds:.3f}"]
    return row if one.fraction is None else [*row, f"{one.fraction:.0%}"]


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)


def _skipped(results: Results, systems: Sequence[System]) -> list[str]:
    lines = [f"not measured: {name}: {reason}" for name, reason in results.skipped.items()]
    return ["\n".join(lines)] if lines else []
