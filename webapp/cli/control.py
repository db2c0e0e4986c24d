"""`flask batch pause`, `resume`, `retry`, `cancel`, `add` and `seal`: control of a batch that exists."""

from __future__ import annotations

from typing import BinaryIO

import click
import orjson

from store.batches import BatchRow
from webapp.cli.batch import batch
from webapp.cli.common import console, own_batch, plain_errors, starting_user, user_option
from webapp.cli.watching import counts
from webapp.http.guards import services


@batch.command("pause")
@click.argument("batch_id")
@user_option
@plain_errors
def pause(batch_id: str, email: str | None) -> None:
    """Pause a batch; what it has in hand is told to stop."""
    _show(services().batches.pause(own_batch(batch_id, email).id))


@batch.command("resume")
@click.argument("batch_id")
@user_option
@plain_errors
def resume(batch_id: str, email: str | None) -> None:
    """Let a paused batch go on."""
    _show(services().batches.resume(own_batch(batch_id, email).id))


@batch.command("retry")
@click.argument("batch_id")
@user_option
@plain_errors
def retry(batch_id: str, email: str | None) -> None:
    """Run the failed items of a batch again that has ended."""
    starting_user(email)
    _show(services().batches.retry(own_batch(batch_id, email).id))


@batch.command("cancel")
@click.argument("batch_id")
@user_option
@plain_errors
def cancel(batch_id: str, email: str | None) -> None:
    """Cancel a batch; what it has done stays."""
    _show(services().batches.cancel(own_batch(batch_id, email).id))


@batch.command("add")
@click.argument("batch_id")
@click.argument("items", nargs=-1)
@click.option("--file", "stream", type=click.File("rb"), help="JSON Lines: an item a line; - for the input.")
@user_option
@plain_errors
def add_items(batch_id: str, items: tuple[str, ...], stream: BinaryIO | None, email: str | None) -> None:
    """Add ITEMS to a batch that was started with --open."""
    values = list(items)
    for number, line in enumerate(stream or (), 1):
        try:
            values += [orjson.loads(line)] if line.strip() else []
        except orjson.JSONDecodeError as error:
            raise click.ClickException(f"line {number} is not JSON: {error}") from error
    starting_user(email)
    _show(services().batches.add_items(own_batch(batch_id, email).id, values))


@batch.command("seal")
@click.argument("batch_id")
@user_option
@plain_errors
def seal(batch_id: str, email: str | None) -> None:
    """Say that no more items will be added; the batch ends with the last of them."""
    _show(services().batches.seal(own_batch(batch_id, email).id))


def _show(found: BatchRow) -> None:
    console.print(f"{found.status}: {counts(found)}", highlight=False)
