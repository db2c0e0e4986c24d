"""The dashboard: metrics of the whole system once a second, as long as somebody watches.

A process whose clients do not watch does nothing. Of those whose clients do, one publishes: whoever holds a
key in Redis that runs out soon after its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import psutil
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from realtime.contract.events import (
    DASHBOARD_ROOM,
    DASHBOARD_UPDATE,
    WIDGET_UPDATE,
    DashboardUpdate,
    Metrics,
    WidgetUpdate,
)
from realtime.publish import heartbeats
from realtime.publish.emitter import Emitter
from realtime.sessions.connections import Connections
from store import metrics
from store.database import Database
from store.metrics import Load
from store.states import Status

SECONDS = 1.0
# Longer than the pause between two updates, and short enough that another takes over within two of them.
TURN_MS = 1900
HISTORY_LENGTH = 300
# Whose batches one sees at work.
SHOWN = (Status.RUNNING, Status.PENDING, Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the dashboard shows.

    Attributes:
        history: The updates of the last minutes in which somebody watched, the oldest first.
        widgets: The data of each widget.
    """

    now: DashboardUpdate
    history: list[DashboardUpdate]
    widgets: dict[str, dict[str, Any]]


class Dashboard:
    """Publishes `dashboard:update` and `dashboard:widget-update`."""

    def __init__(self, database: Database, emitter: Emitter, connections: Connections) -> None:
        self._database = database
        self._emitter = emitter
        self._connections = connections
        self._widgets: dict[str, Any] = {}
        self._prefix = f"batchwire:{emitter.channel}:dashboard"

    def start(self) -> None:
        """Starts to publish."""
        expected = (RedisError, SQLAlchemyError)
        self._emitter.supervisor.every(SECONDS, self.publish, "dashboard", expected=expected)

    def publish(self) -> None:
        """Publishes once, if clients of this process watch and it is this process's turn.

        Raises:
            RedisError, SQLAlchemyError: Redis or the database is away.
        """
        if not self._connections.has_local(DASHBOARD_ROOM):
            self._widgets.clear()
            return
        if self._has_turn():
            load, now = self._look()
            self._send(load, now)

    def snapshot(self) -> Snapshot:
        """How things are, for a page that has just been opened.

        Raises:
            RedisError, SQLAlchemyError: Redis or the database is away.
        """
        stored = self._emitter.redis.lrange(f"{self._prefix}:history", 0, HISTORY_LENGTH - 1)
        history = [DashboardUpdate.model_validate(orjson.loads(one)) for one in reversed(stored)]
        load, now = self._look()
        return Snapshot(now, history, self._widget_data(load))

    def _has_turn(self) -> bool:
        redis, key, own = self._emitter.redis, f"{self._prefix}:turn", self._connections.process
        if redis.set(key, own, nx=True, px=TURN_MS):
            return True
        if redis.get(key) != own.encode():
            return False
        return bool(redis.pexpire(key, TURN_MS))

    def _look(self) -> tuple[Load, DashboardUpdate]:
        with self._database.read() as connection:
            load = metrics.load(connection)
        redis = self._emitter.redis
        found = Metrics(
            cpu=psutil.cpu_percent(),
            memory=psutil.virtual_memory().percent,
            running_batches=load.by_status.get(Status.RUNNING, 0),
            pending_batches=load.by_status.get(Status.PENDING, 0),
            items_per_second=round(load.items_per_second, 1),
            queue_depth=load.queued,
            workers=len(heartbeats.alive(redis, self._emitter.channel, "worker")),
            connections=self._connections.totals(include_private=False)["totalConnections"],
        )
        return load, DashboardUpdate(metrics=found, timestamp=datetime.now(UTC))

    def _send(self, load: Load, update: DashboardUpdate) -> None:
        self._emitter.to_room(DASHBOARD_ROOM, DASHBOARD_UPDATE, update)
        history = f"{self._prefix}:history"
        with self._emitter.redis.pipeline(transaction=False) as pipeline:
            pipeline.lpush(history, orjson.dumps(update.dump()))
            pipeline.ltrim(history, 0, HISTORY_LENGTH - 1)
            pipeline.expire(history, 3600)
            pipeline.execute()
        for widget_id, data in self._widget_data(load).items():
            if self._widgets.get(widget_id) != data:
                self._widgets[widget_id] = data
                event = WidgetUpdate(widget_id=widget_id, data=data, timestamp=update.timestamp)
                self._emitter.to_room(DASHBOARD_ROOM, WIDGET_UPDATE, event)

    def _widget_data(self, load: Load) -> dict[str, dict[str, Any]]:
        names = heartbeats.alive(self._emitter.redis, self._emitter.channel, "worker")
        machines = {name.rpartition(":")[0] for name in names}
        return {
            "batches": {status: load.by_status.get(status, 0) for status in SHOWN},
            "failures": {"processed": load.processed, "failed": load.failed},
            "workers": {"processes": len(names), "machines": len(machines)},
        }
