"""Writes the figures into docs/performance.md, between two marks, and the plot beside it."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.plot import write_plot
from benchmarks.results import Results
from benchmarks.system import BUSY, NOOP, System
from benchmarks.tables import TITLES, markdown, promises
from settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
MARK, END = "make bench", "<!-- end of the figures -->"


def write_docs(results: Results, systems: Sequence[System]) -> None:
    """Replaces the figures of the comparison."""
    write_plot(results, systems, PLOT)
    replace_figures(MARK, _figures(results, systems))


def replace_figures(command: str, figures: str) -> None:
    """Puts figures into the page, in place of what the same command wrote; the text around them stays.

    Raises:
        ValueError: The page lacks the marks.
    """
    mark = f"<!-- figures: written by {command} -->"
    before, begin, rest = PAGE.read_text().partition(mark)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} lacks the marks for the figures of {command}")
    PAGE.write_text(f"{before}{begin}\n{figures}\n{end}{after}")


def _figures(results: Results, systems: Sequence[System]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    skipped = "".join(f" Not measured: {name} ({reason})." for name, reason in results.skipped.items())
    return f"""
A machine with {results.cores} cores, medians of {results.rounds} rounds. {versions}.{skipped}

![Items a second of each system, as bars; the tables below hold the same figures]({PLOT.name})

## {TITLES[NOOP]}

{markdown(results, systems, NOOP)}

## {TITLES[BUSY]}

{markdown(results, systems, BUSY)}

## What each keeps

{promises(results, systems)}
"""
