"""A batch in the terminal: a live bar, read from the database, so that it also works without Redis."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from realtime.contract.presentation import duration_ms, eta_seconds, progress_percent
from store.batches import BatchRow
from tasks.engine.batches import Batches

POLL_SECONDS = 0.2


def watch(batches: Batches, batch_id: str, console: Console) -> BatchRow:
    """Shows the batch until it has ended; Ctrl-C only ends the watching."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, transient=False, refresh_per_second=8) as progress:
        task = progress.add_task("", total=100, counts="", left="")
        while True:
            batch = batches.get(batch_id)
            progress.update(
                task,
                description=batch.message or batch.name,
                completed=progress_percent(batch),
                counts=counts(batch),
                left=_time_left(batch),
            )
            if batch.is_terminal:
                return batch
            time.sleep(POLL_SECONDS)


def counts(batch: BatchRow) -> str:
    """The counters in a few words."""
    total = "?" if batch.total is None else f"{batch.total:,}"
    parts = [f"{batch.processed:,}/{total}"]
    if batch.failed:
        parts.append(f"[red]{batch.failed:,} failed[/red]")
    if batch.skipped:
        parts.append(f"{batch.skipped:,} skipped")
    return ", ".join(parts)


def summary(batch: BatchRow) -> str:
    """How a batch ended, in a line."""
    elapsed = duration_ms(batch)
    took = f" in {elapsed / 1000:.1f} s" if elapsed is not None else ""
    line = f"{batch.status}{took}: {batch.successful:,} successful, {batch.failed:,} failed"
    line += f", {batch.skipped:,} skipped"
    return f"{line}\n{batch.error_message}" if batch.error_message else line


def _time_left(batch: BatchRow) -> str:
    seconds = eta_seconds(batch)
    return "" if seconds is None else f"{seconds:.0f} s left"
