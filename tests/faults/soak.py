"""Ten minutes of random faults over many batches of several users, and a report.

    make soak                                             ten minutes on PostgreSQL
    python -m tests.faults.soak --minutes 2 --seed 7 --database sqlite

Workers, their pool processes, Redis and the web process are killed and stopped at random moments, while
users start, pause, resume, cancel and retry batches. Afterwards everything must be as it must be: the last
line says how many items or events were lost or duplicated, and how many batches never ended.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from store.database import Database
from store.migrate import upgrade
from store.tables import batches, chunks
from tests.conftest import add_user
from tests.faults.server_errors import ServerErrors
from tests.faults.soak_batches import Planned, Verdict, judge, plan
from tests.servers import RedisServer, running_postgres
from tests.sockets import Client
from tests.system import PASSWORD, System, children, environment_of, kill_group

USERS = 4
WORKERS = 3
MAX_UNFINISHED = 16
END_SECONDS = 120
FAULT_PAUSE_SECONDS = (2.0, 7.0)
STOPPED_SECONDS = 7.0  # Longer than the lease.
LEASE_SECONDS = 4
# The faults that may turn a user away. A killed web process gives no answer; a killed worker shows in none.
EXPLAIN_503 = ("restart redis",)


class Soak:
    """A running system, the users' batches, and the dice."""

    def __init__(
        self, system: System, redis: RedisServer, database: Database, folder: Path, seed: int
    ) -> None:
        self.system, self.redis, self.database, self.folder = system, redis, database, folder
        self.chance = random.Random(seed)
        # Dice of their own: how often users get to act depends on the machine, the faults shall not.
        self.misfortune = random.Random(seed)
        self.planned: list[Planned] = []
        self.faults: Counter[str] = Counter()
        self.recovery_seconds: list[float] = []
        self._dead: list[tuple[float, set[int]]] = []
        self._stopped: list[tuple[float, int]] = []
        self.web = system.start_web()
        self.workers = [system.start_worker() for _ in range(WORKERS)]
        self.sessions = [system.login(f"user{number}@example.org") for number in range(USERS)]
        self.errors = ServerErrors()
        for session in self.sessions:
            session.hooks["response"].append(self.errors.note)
        self.heard = [Heard(system, session) for session in self.sessions]

    def run(self, seconds: float) -> None:
        """Makes trouble for so long, then lets everything end."""
        end = time.monotonic() + seconds
        next_fault = time.monotonic() + 2
        while time.monotonic() < end:
            self._act()
            self._look_after()
            if time.monotonic() > next_fault:
                self._break_something()
                next_fault = time.monotonic() + self.misfortune.uniform(*FAULT_PAUSE_SECONDS)
            time.sleep(self.chance.uniform(0, 0.1))
        while self._stopped:
            self._look_after()
            time.sleep(0.1)
        self._let_all_end()

    def _act(self) -> None:
        """A user does something."""
        known = [one for one in self.planned if one.batch_id and not one.is_cancelled]
        dice = self.chance.random()
        if dice < 0.5 or not known:
            if self._count_unfinished() < MAX_UNFINISHED:
                self.planned.append(plan(self.chance, self.chance.randrange(USERS), self.folder))
                self._start(self.planned[-1])
            return
        one = self.chance.choice(known[-MAX_UNFINISHED:])
        if dice < 0.65:
            self._call(one, "pause")
        elif dice < 0.85:
            self._call(one, "resume")
        elif dice < 0.9 and one.to_add:
            self._add(one)
        elif dice < 0.95:
            # Counted before it is known whether it went through: a later ending is then no duplicate.
            one.retries += 1
            self._call(one, "retry")
        else:
            one.is_cancelled = self._call(one, "cancel") == 200

    def _start(self, one: Planned) -> None:
        answer = self._post(one, "create", json=one.body, headers={"Idempotency-Key": one.key})
        if answer is not None and answer.status_code in (200, 201):
            one.batch_id = answer.json()["batch"]["id"]

    def _add(self, one: Planned) -> None:
        offset = len(one.expected) - len(one.to_add)
        body = {"items": one.to_add, "offset": offset, "seal": True}
        answer = self._post(one, f"{one.batch_id}/items", json=body)
        # 409: it went through before, and the answer was lost; or the batch was cancelled.
        if answer is not None and answer.status_code in (200, 409):
            if answer.status_code == 409:
                self._call(one, "seal")
            one.to_add = []

    def _call(self, one: Planned, what: str) -> int:
        answer = self._post(one, f"{one.batch_id}/{what}")
        return 0 if answer is None else answer.status_code

    def _post(self, one: Planned, path: str, **arguments: Any) -> requests.Response | None:
        try:
            return self.sessions[one.user].post(
                f"{self.system.url}/api/batch/{path}", timeout=20, **arguments
            )
        except requests.RequestException:
            return None

    def _break_something(self) -> None:
        faults: list[Callable[[], None]] = [
            self._kill_worker,
            self._kill_worker,
            self._kill_pool_process,
            self._kill_pool_process,
            self._stop_pool_process,
            self._flush_redis,
            self._restart_redis,
            self._restart_web,
        ]
        fault = self.misfortune.choice(faults)
        name = fault.__name__.removeprefix("_").replace("_", " ")
        self.faults[name] += 1
        with self.errors.explained_by(name) if name in EXPLAIN_503 else nullcontext():
            fault()

    def _kill_worker(self) -> None:
        number = self.misfortune.randrange(WORKERS)
        victim = self.workers[number]
        pids = set(children(victim))
        kill_group(victim, signal.SIGKILL)
        victim.wait()
        self._dead.append((time.monotonic(), pids))
        self.workers[number] = self.system.start_worker(wait=False)

    def _kill_pool_process(self) -> None:
        if (pid := self._some_pool_process()) is not None:
            os.kill(pid, signal.SIGKILL)
            self._dead.append((time.monotonic(), {pid}))

    def _stop_pool_process(self) -> None:
        pid = self._some_pool_process()
        # On SQLite it may be in the middle of writing, and there is one lock for all.
        if pid is not None and self.database.dialect != "sqlite":
            os.kill(pid, signal.SIGSTOP)
            self._stopped.append((time.monotonic(), pid))

    def _some_pool_process(self) -> int | None:
        """One of a worker's children; None where that worker has only just started."""
        worker, place = self.misfortune.choice(self.workers), self.misfortune.random()
        pids = children(worker)
        return pids[int(place * len(pids))] if pids else None

    def _flush_redis(self) -> None:
        self.redis.flush()

    def _restart_redis(self) -> None:
        self.redis.kill()
        time.sleep(self.misfortune.uniform(0, 3))
        self.redis.start()

    def _restart_web(self) -> None:
        kill_group(self.web, signal.SIGKILL)
        self.web.wait()
        self.web = self.system.start_web()

    def _look_after(self) -> None:
        """Wakes what was stopped for long enough, and times the recovery of what was killed."""
        now = time.monotonic()
        for since, pid in [one for one in self._stopped if now - one[0] > STOPPED_SECONDS]:
            self._stopped.remove((since, pid))
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue
        if not self._dead:
            return
        with self.database.read() as connection:
            # What a cancelled batch had in hand stays as it is.
            leased = select(chunks.c.worker).join(batches, batches.c.id == chunks.c.batch_id)
            leased = leased.where(chunks.c.state == "leased", batches.c.status == "running")
            holders = {int(str(worker).rsplit(":", 1)[1]) for worker in connection.execute(leased).scalars()}
        for since, pids in [one for one in self._dead if not one[1] & holders]:
            self._dead.remove((since, pids))
            self.recovery_seconds.append(now - since)

    def _count_unfinished(self) -> int:
        return len(self._unfinished())

    def _unfinished(self) -> set[str]:
        ended = ("completed", "failed", "cancelled")
        with self.database.read() as connection:
            return set(
                connection.execute(select(batches.c.id).where(batches.c.status.not_in(ended))).scalars()
            )

    def _let_all_end(self) -> None:
        deadline = time.monotonic() + END_SECONDS
        for one in self.planned:
            while one.batch_id is None and time.monotonic() < deadline:
                self._start(one)  # Its first answer was lost; the key gives the same batch, if there is one.
            self._call(one, "resume")
            while one.to_add and time.monotonic() < deadline:
                self._add(one)
        while self._unfinished() and time.monotonic() < deadline:
            self._look_after()
            time.sleep(0.2)


class Heard:
    """What a user's socket was told, over all its reconnections."""

    def __init__(self, system: System, session: requests.Session) -> None:
        self.batch_ids: Counter[tuple[str, str]] = Counter()
        self.client = Client(reconnection_delay=0.2, reconnection_delay_max=1)
        self.client.on("*", self._note)
        token = str(session.headers["Authorization"]).removeprefix("Bearer ")
        self.client.connect(system.url, auth={"token": token}, transports=["websocket"], wait_timeout=10)

    def _note(self, event: str, *data: Any) -> None:
        if data and isinstance(data[0], dict) and "batchId" in data[0]:
            self.batch_ids[event, data[0]["batchId"]] += 1


def own_servers(stack: ExitStack, url: str, directory: Path, users: int) -> tuple[Database, RedisServer]:
    """A migrated database with so many users, and a Redis, both until the stack is closed."""
    database = Database(url)
    stack.callback(database.dispose)
    upgrade(database)
    for number in range(users):
        add_user(database, f"user{number}@example.org", PASSWORD)
    (directory / "redis").mkdir()
    redis = RedisServer(directory / "redis")
    redis.start()
    stack.callback(redis.kill)
    return database, redis


@contextmanager
def running_soak(database_kind: str, seed: int, directory: Path) -> Iterator[Soak]:
    """A system of one web process and three workers, with four users, and nothing that others use."""
    with ExitStack() as stack:
        if database_kind == "postgresql":
            url = stack.enter_context(running_postgres()).replace("postgresql://", "postgresql+psycopg://")
        else:
            url = f"sqlite:///{directory / 'soak.db'}"
        database, redis = own_servers(stack, url, directory, USERS)
        folder = directory / "tries"
        folder.mkdir()
        environment = environment_of(
            redis.url,
            url,
            directory / "data",
            ACCESS_TOKEN_SECONDS="7200",
            BATCHES_PER_MINUTE="100000",
            LEASE_SECONDS=str(LEASE_SECONDS),
            RECOVERY_SECONDS="1",
            RETRY_BASE_SECONDS="0.2",
        )
        system = System(environment, directory)
        stack.callback(system.stop)
        soak = Soak(system, redis, database, folder, seed)
        yield soak
        for heard in soak.heard:
            heard.client.shutdown()


def report(soak: Soak, verdict: Verdict, seconds: float, options: argparse.Namespace) -> str:
    """What was done and what came of it; the last line is what counts."""
    owners = {one.batch_id: one.user for one in soak.planned}
    leaked = sum(
        count
        for number, heard in enumerate(soak.heard)
        for (_, batch_id), count in heard.batch_ids.items()
        if owners.get(batch_id) != number
    )
    verdict.lost += leaked > 0  # What reached others is not where it belongs.
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(verdict.statuses.items()))
    faults = ", ".join(f"{count} x {name}" for name, count in sorted(soak.faults.items()))
    slowest = max(soak.recovery_seconds, default=0.0)
    lines = [
        f"{seconds:.0f} s on {options.database}, seed {options.seed}, {USERS} users, {WORKERS} workers of 2",
        f"batches: {statuses}",
        f"items: {verdict.items:,} results, {verdict.items / seconds:,.0f} a second",
        f"faults: {faults}",
        f"chunks taken over {verdict.recoveries}, redeliveries absorbed {verdict.redeliveries}, "
        f"items tried again {verdict.retries}",
        f"slowest recovery of a killed process's chunks {slowest:.1f} s (lease {LEASE_SECONDS} s)",
        f"events about others' batches {leaked}",
        soak.errors.describe(),
        *verdict.notes,
        f"lost={verdict.lost} duplicated={verdict.duplicated} stuck={verdict.stuck}",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Runs the soak; 0 if nothing went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="the same seed throws the same dice")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--keep", type=Path, help="where to keep the logs")
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10_000)
    with tempfile.TemporaryDirectory(prefix="batchwire-soak-") as name:
        with running_soak(options.database, options.seed, Path(name)) as soak:
            started = time.monotonic()
            soak.run(options.minutes * 60)
            seconds = time.monotonic() - started
            verdict = judge(soak.database, soak.planned)
            print(report(soak, verdict, seconds, options), flush=True)
        if options.keep:
            shutil.copytree(name, options.keep, dirs_exist_ok=True)
    return 1 if verdict.lost or verdict.duplicated or verdict.stuck or soak.errors.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
