"""The relay's figures as a table, for a terminal and for docs/performance.md, and as a plot."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from benchmarks.docs import replace_figures
from benchmarks.relay_results import BASELINE, FIGURES, OURS, Figure, RelayResults
from settings import ROOT

PLOT = ROOT / "docs" / "performance-relay.svg"
MARK = "make bench-relay"
COLOURS = {OURS: "#1c7ed6", BASELINE: "#868e96"}
OTHER = "#ced4da"


def terminal(results: RelayResults) -> str:
    """In columns."""
    rows = _rows(results)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    skipped = [f"not measured: {name}: {reason}" for name, reason in results.skipped.items()]
    return "\n".join([f"medians of {results.rounds}", *lines, *skipped])


def write_relay_docs(results: RelayResults) -> None:
    """Replaces the figures in docs/performance.md and the plot beside it."""
    head, *rows = _rows(results)
    rule = ["---", *("---:" for _ in head[1:])]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    _plot(results, PLOT)
    replace_figures(
        MARK,
        f"""
A machine with {results.cores} cores, medians of {results.rounds} rounds, in brackets the spread. {versions}.

![Each figure of the table relative to Node's socket.io, as bars]({PLOT.name})

{table}
""",
    )


def _rows(results: RelayResults) -> list[list[str]]:
    names = list(results.values)
    head = ["", *(results.titles[name] for name in names), "Batchwire to Node", "asked for"]
    return [head, *(_row(results, figure, names) for figure in FIGURES if _is_measured(results, figure))]


def _row(results: RelayResults, figure: Figure, names: list[str]) -> list[str]:
    ratio = results.ratio(figure)
    asked = ""
    if figure.target:
        asked = f"{'at least' if figure.more_is_better else 'at most'} {figure.target:g}"
    elif figure.limit:
        asked = f"at most {figure.limit:g} {figure.unit}"
    cells = [_cell(results, figure, name) for name in names]
    return [f"{figure.title}, {figure.unit}", *cells, "" if ratio is None else f"{ratio:.2f}", asked]


def _cell(results: RelayResults, figure: Figure, name: str) -> str:
    values = results.values[name].get(figure.key)
    if not values:
        return ""
    median = results.median(name, figure)
    digits = 2 if figure.unit == "ms" else 0
    return f"{median:,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def _is_measured(results: RelayResults, figure: Figure) -> bool:
    return any(figure.key in found for found in results.values.values())


def _plot(results: RelayResults, path: Path) -> None:
    """Each system's figures relative to the baseline, turned so that longer is better."""
    mpl.rcParams.update({"svg.hashsalt": "batchwire", "svg.fonttype": "none"})
    figures = [one for one in FIGURES if _is_measured(results, one)][::-1]
    canvas = Canvas(figsize=(9, 0.55 * len(figures) + 1), facecolor="white", layout="constrained")
    axis = canvas.subplots()
    names = list(results.values)
    height = 0.8 / len(names)
    for place, name in enumerate(reversed(names)):
        lengths = [_relative(results, figure, name) for figure in figures]
        positions = [row + (place - (len(names) - 1) / 2) * height for row in range(len(figures))]
        colour = COLOURS.get(name, OTHER)
        axis.barh(positions, lengths, height=height * 0.9, color=colour, label=results.titles[name])
    axis.axvline(1, color="#212529", linewidth=0.8)
    axis.set_yticks(range(len(figures)), [figure.title for figure in figures])
    axis.set_title("Relative to Node's socket.io; longer is better", fontsize=10, loc="left")
    axis.legend(loc="lower right", fontsize=9, reverse=True)
    axis.spines[["top", "right"]].set_visible(False)
    canvas.savefig(path, format="svg", metadata={"Date": None})


def _relative(results: RelayResults, figure: Figure, name: str) -> float:
    own, base = results.median(name, figure), results.median(BASELINE, figure)
    if not own or not base:
        return 0.0
    return own / base if figure.more_is_better else base / own
