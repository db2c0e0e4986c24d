"""The results as bars, in an SVG that can be read on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.results import Results, Summary, summarise
from benchmarks.system import BUSY, LOADS, NOOP, System

OURS, LIMIT, OTHERS = "#1c7ed6", "#adb5bd", "#868e96"
TITLES = {
    NOOP: "Items that do nothing, per second (log scale)",
    BUSY: "Items that are busy for 2 ms, per second (log scale)",
}
INCHES_PER_BAR = 0.32


def write_plot(results: Results, systems: Sequence[System], path: Path) -> None:
    """One panel for each load that was run; the same results give the same file."""
    mpl.rcParams.update({"svg.hashsalt": "batchwire", "svg.fonttype": "none"})
    panels = {load: summarise(results, systems, load) for load in LOADS}
    panels = {load: rows for load, rows in panels.items() if rows}
    heights = [len(rows) + 2 for rows in panels.values()]
    figure = Figure(figsize=(9, sum(heights) * INCHES_PER_BAR), facecolor="white", layout="constrained")
    axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for (load, rows), axis in zip(panels.items(), axes[:, 0], strict=True):
        _draw(axis, sorted(rows, key=lambda row: row.rate), TITLES[load])
        if load == BUSY and rows[0].fraction:
            limit = rows[0].rate / rows[0].fraction
            axis.axvline(limit, color="#e8590c", linestyle="--", linewidth=1)
            axis.set_title(f"{TITLES[load]}; dashed: what 2 plain processes do", fontsize=10, loc="left")
    figure.savefig(path, format="svg", metadata={"Date": None})


def _draw(axis: Any, rows: Sequence[Summary], title: str) -> None:
    rates = [row.rate for row in rows]
    spread = [[row.rate - row.lowest for row in rows], [row.highest - row.rate for row in rows]]
    axis.barh(
        [row.title for row in rows],
        rates,
        color=[_colour(row.title) for row in rows],
        xerr=spread,
        error_kw={"elinewidth": 1, "ecolor": "#212529"},
        height=0.7,
    )
    for position, row in enumerate(rows):
        axis.annotate(
            f"{row.rate:,.0f}",
            (row.highest, position),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    axis.set_xscale("log")
    axis.set_xlim(min(rates) / 3, max(rates) * 3)
    axis.set_title(title, fontsize=10, loc="left")
    axis.tick_params(labelsize=9)
    axis.spines[["top", "right"]].set_visible(False)


def _colour(title: str) -> str:
    if title.startswith("Batchwire"):
        return OURS
    return LIMIT if "loop" in title else OTHERS
