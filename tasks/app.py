"""The start-up module of a worker, as `celery -A tasks.app worker` finds it; it only wires.

The work is in `tasks.slices`, the promise that nothing is lost in the database.
"""

from __future__ import annotations

import os
from typing import Any

from celery.signals import worker_process_init

from settings import load_settings
from tasks import recovery
from tasks.broker import RUN_SLICE, create_celery, create_engine
from tasks.engine import Engine
from tasks.slices import run_slice

celery = create_celery(load_settings())
_engine: Engine | None = None


def process_engine() -> Engine:
    """The engine of this worker process, made when it is first needed."""
    global _engine
    if _engine is None:
        _engine = create_engine(load_settings(), celery)
    return _engine


@celery.task(name=RUN_SLICE)
def run_slice_task(chunk_id: int) -> None:
    """Works on a chunk for about a second."""
    run_slice(process_engine(), chunk_id)


def _end_process() -> None:
    """Ends this pool process from any of its threads; the worker starts another."""
    os._exit(1)


@worker_process_init.connect
def _start_process(**_: Any) -> None:
    engine = process_engine()
    engine.exit = _end_process
    recovery.start(engine)
    for operation in engine.operations.values():
        if operation.prepare:
            operation.prepare()
