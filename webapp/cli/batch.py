"""`flask batch`: start, list, show, watch, results; what controls a batch is in `control`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson
from flask.cli import AppGroup
from rich.table import Table

from realtime.contract.presentation import progress_percent, to_batch
from store import history, results
from store.clock import to_datetime
from store.history import HistoryQuery
from store.states import ItemOutcome, Priority, Status
from tasks.engine.batches import BatchRequest
from tasks.engine.requests import MAX_PARALLEL
from tasks.operation import as_json_schema
from webapp.cli.common import (
    OneOf,
    acting_user,
    choices_of,
    console,
    own_batch,
    parse_pairs,
    plain_errors,
    starting_user,
    user_option,
)
from webapp.cli.watching import counts, summary, watch
from webapp.http.guards import services

batch = AppGroup("batch", help="Start and control batches.")

EXIT_FAILED = 3


@batch.command("operations")
def list_operations() -> None:
    """List the operations with their options and filters."""
    for operation in services().engine.operations.values():
        console.print(f"[bold]{operation.name}[/bold]  {operation.description}  (needs {operation.input})")
        filters = operation.filters_schema(services().engine.database)
        for what, schema in (("option", as_json_schema(operation.options)), ("filter", filters)):
            for name, field in (schema or {}).get("properties", {}).items():
                known = f" One of: {', '.join(values)}." if (values := choices_of(field)) else ""
                console.print(
                    f"    --{what} {name}=…  {field.get('description', '')}{known}", highlight=False
                )


@batch.command("start")
@click.argument("operation")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="Which things; repeatable.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="How; repeatable.")
@click.option("--item", "items", multiple=True, help="An item, for operations that take items; repeatable.")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="What to call the batch.")
@click.option("--priority", type=OneOf(Priority), default=Priority.NORMAL.value, show_default=True)
@click.option(
    "--max-parallel",
    type=click.IntRange(1, MAX_PARALLEL),
    help="Chunks that may run at the same time.",
)
@click.option("--max-failures", metavar="N|P%", help="How many items may fail, as a count or like 5%.")
@click.option("--retry-attempts", type=int, help="How often an item is tried again after a transient error.")
@click.option("--timeout-ms", type=int, help="How long an item may take, in milliseconds.")
@click.option("--after", "depends_on", multiple=True, metavar="BATCH_ID", help="Start after it; repeatable.")
@click.option("--open", "is_open", is_flag=True, help="More items may be added, until `flask batch seal`.")
@click.option("--idempotency-key", help="The same key gives the same batch.")
@click.option("--watch", "watching", is_flag=True, help="Show a live bar until it has ended.")
@user_option
@plain_errors
def start(
    operation: str,
    filters: tuple[str, ...],
    options: tuple[str, ...],
    items: tuple[str, ...],
    path: Path | None,
    is_open: bool,
    watching: bool,
    email: str | None,
    **how: Any,
) -> None:
    """Start a batch, such as: flask batch start annotate --filter areas=hr --watch

    Exits with 3 if a watched batch failed or was cancelled.
    """
    found = services().engine.operation(operation)
    schema = as_json_schema(found.source.filters) if found.source else None
    chosen = parse_pairs(filters, schema, "filter")
    request = BatchRequest(
        operation=operation,
        items=list(items) if items else None,
        filters=chosen or ({} if found.input == "filters" else None),
        options=parse_pairs(options, as_json_schema(found.options), "option"),
        sealed=not is_open,
        **how | {"depends_on": list(how["depends_on"])},
    )
    user = starting_user(email)
    if path is None:
        created = services().batches.create(user.id, request)
    else:
        with path.open("rb") as stream:
            created, _ = services().batches.create_from_upload(user.id, request, stream, path.name)
    console.print(f"Started {created.name} as [bold]{created.id}[/bold]", highlight=False)
    if watching:
        watch_to_the_end(created.id)


@batch.command("watch")
@click.argument("batch_id")
@user_option
@plain_errors
def watch_batch(batch_id: str, email: str | None) -> None:
    """Show a live bar of a batch until it has ended."""
    watch_to_the_end(own_batch(batch_id, email).id)


@batch.command("list")
@click.option("--status", type=OneOf(Status))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--all", "everybody", is_flag=True, help="Everybody's batches.")
@user_option
@plain_errors
def list_batches(status: Status | None, limit: int, everybody: bool, email: str | None) -> None:
    """List batches, the newest first."""
    owner = None if everybody else acting_user(email).id
    with services().engine.database.read() as connection:
        found, total, _ = history.find(connection, HistoryQuery(owner_id=owner, status=status, limit=limit))
    table = Table(box=None, pad_edge=False)
    for title in ("Id", "Status", "Progress", "Items", "Created", "Name"):
        table.add_column(title, no_wrap=True, overflow="ellipsis" if title == "Name" else "fold")
    for one in found:
        created = to_datetime(one.created_ms).strftime("%Y-%m-%d %H:%M")
        progress = f"{progress_percent(one):.1f} %"
        table.add_row(one.id, one.status, progress, counts(one), created, one.name)
    console.print(table if found else "No batches.", crop=False)
    if total > len(found):
        console.print(f"… and {total - len(found)} more")


@batch.command("show")
@click.argument("batch_id")
@user_option
@plain_errors
def show(batch_id: str, email: str | None) -> None:
    """Show the state of a batch as JSON."""
    state = to_batch(own_batch(batch_id, email)).dump()
    click.echo(orjson.dumps(state, option=orjson.OPT_INDENT_2).decode())


@batch.command("results")
@click.argument("batch_id")
@click.option("--outcome", type=OneOf(ItemOutcome))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000))
@user_option
@plain_errors
def show_results(batch_id: str, outcome: ItemOutcome | None, limit: int, email: str | None) -> None:
    """Print what became of the items, one JSON object a line."""
    found = own_batch(batch_id, email)
    with services().engine.database.read() as connection:
        code = outcome.code if outcome else None
        rows = results.page(connection, found.id, outcome=code, query="", after=-1, limit=limit)
    for row in rows:
        click.echo(orjson.dumps(_as_line(row)).decode())


def _as_line(row: Any) -> dict[str, Any]:
    line: dict[str, Any] = {"position": row.position, "key": row.key, "outcome": ItemOutcome.of(row.outcome)}
    for name in ("result", "error"):
        text = getattr(row, name)
        if text is not None:
            line[name] = orjson.loads(text)
    return line


def watch_to_the_end(batch_id: str) -> None:
    """Shows a live bar, then what became of the batch; exits with 3 if it failed or was cancelled."""
    ended = watch(services().batches, batch_id, console)
    console.print(summary(ended), highlight=False)
    if ended.status != Status.COMPLETED:
        raise SystemExit(EXIT_FAILED)
