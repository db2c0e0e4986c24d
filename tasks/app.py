"""The start-up module of a worker, as `celery -A tasks.app worker` finds it; it only wires.

The work is in `tasks.engine.slices`, the promise that nothing is lost in the database.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown, worker_shutting_down
from sqlalchemy.exc import SQLAlchemyError

from realtime.publish import heartbeats
from settings import load_settings
from store.database import BUSY_SECONDS, is_away
from tasks.broker import RUN_SLICE, Publisher, create_celery, create_engine
from tasks.engine import recovery
from tasks.engine.engine import Engine
from tasks.engine.slices import run_slice

logger = logging.getLogger(__name__)

celery = create_celery(load_settings())
_engine: Engine | None = None
# Set by the worker's main process and seen by its pool processes, which it forks. Without a lock, which a
# pool process that is killed could leave behind.
_shutting_down = multiprocessing.RawValue("b", 0)


def process_engine() -> Engine:
    """The engine of this worker process, made when it is first needed."""
    global _engine
    if _engine is None:
        _engine = create_engine(load_settings(), celery, BUSY_SECONDS)
    return _engine


@celery.task(name=RUN_SLICE)
def run_slice_task(chunk_id: int) -> None:
    """Works on a chunk for a while, and while Redis is away on those that it has no message for."""
    engine = process_engine()
    _run_slice(engine, chunk_id)
    assert isinstance(engine.publish, Publisher)
    while not _shutting_down.value and (unsent := engine.publish.take_unsent()) is not None:
        _run_slice(engine, unsent)


def _run_slice(engine: Engine, chunk_id: int) -> None:
    try:
        run_slice(engine, chunk_id)
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        logger.warning("Chunk %s is left to recovery, the database is away: %s", chunk_id, error)


def _end_process() -> None:
    """Ends this pool process from any of its threads; the worker starts another."""
    os._exit(1)


@worker_process_init.connect
def _start_process(**_: Any) -> None:
    engine = process_engine()
    engine.exit = _end_process
    engine.is_stopping = lambda: bool(_shutting_down.value)
    about = heartbeats.about_this_process()
    heartbeats.keep_saying(engine.emitter, "worker", engine.worker, about)
    recovery.start(engine)
    for operation in engine.operations.values():
        if operation.prepare:
            operation.prepare()
    # What was loaded stays: the garbage collector need not look at it again and again.
    gc.collect()
    gc.freeze()


@worker_process_shutdown.connect
def _stop_process(**_: Any) -> None:
    process_engine().close()


@worker_shutting_down.connect
def _shut_down(**_: Any) -> None:
    _shutting_down.value = 1
