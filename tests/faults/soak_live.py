"""Hundreds of clients at two web processes, while those and the workers are killed: who got what.

    make soak-live                                             500 clients of 50 users, 200 batches
    python -m tests.faults.soak_live --users 10 --clients 5 --batches 30 --seed 7

Each client follows its user's batches, is cut off now and then, and comes back to whichever web process takes
it. Afterwards the numbered events that each got are compared with those in the database: the last line says
how many were lost or came twice, how many came in the wrong order, and how many were somebody else's.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from store.database import Database
from store.ids import new_id
from store.tables import batches, events
from tests.faults.live_clients import Account, LiveClient, LiveClients
from tests.faults.server_errors import ServerErrors
from tests.faults.soak import own_servers
from tests.servers import running_postgres
from tests.system import System, environment_of, kill_group

ENDED = ("completed", "failed", "cancelled")
TERMINAL = ("batch:complete", "batch:error", "batch:cancelled")
WORKERS = 2
FAULT_PAUSE_SECONDS = (4.0, 8.0)
BATCH_PAUSE_SECONDS = 0.8
AWAY_SECONDS = (0.5, 3.0)
END_SECONDS, QUIET_SECONDS = 180, 30
CUT_SHARE = 0.05


class LiveSoak:
    """Two web processes, two workers, the users and their clients."""

    def __init__(
        self, webs: list[System], database: Database, options: argparse.Namespace, chance: random.Random
    ) -> None:
        self.webs, self.database, self.chance = webs, database, chance
        self.faults: Counter[str] = Counter()
        self.errors = ServerErrors()
        self.processes = [one.start_web() for one in webs]
        self.workers = [webs[0].start_worker() for _ in range(WORKERS)]
        self.accounts = [self._log_in(number) for number in range(options.users)]
        ports = [one.port for one in webs]
        self.clients = LiveClients(
            [LiveClient(one, ports, chance) for one in self.accounts for _ in range(options.clients)]
        )
        self._away: list[tuple[float, int]] = []

    def run(self, count: int) -> None:
        """Starts so many batches among faults, and waits until all have ended and everybody knows it."""
        self._attend_until(lambda: all(one.is_in for one in self.clients.clients), "all to be let in")
        next_fault = time.monotonic() + FAULT_PAUSE_SECONDS[0]
        for number in range(count):
            self._start_batch(self.accounts[number % len(self.accounts)])
            self.clients.attend(BATCH_PAUSE_SECONDS)
            self._bring_back()
            if time.monotonic() > next_fault:
                self._break_something()
                next_fault = time.monotonic() + self.chance.uniform(*FAULT_PAUSE_SECONDS)
        while self._away:
            self.clients.attend(0.2)
            self._bring_back()
        self._attend_until(lambda: not self._unfinished(), "the batches to end")
        deadline = time.monotonic() + QUIET_SECONDS
        while self._behind() and time.monotonic() < deadline:
            self.clients.attend(0.5)
        self.clients.attend(2)  # For what might come twice.

    def expected(self) -> dict[str, dict[int, str]]:
        """For each user the numbered events that concern nobody else, and what they tell."""
        found: dict[str, dict[int, str]] = {one.user_id: {} for one in self.accounts}
        with self.database.read() as connection:
            for row in connection.execute(select(events.c.room, events.c.seq, events.c.event)):
                user_id = row.room.removeprefix("user:")
                if user_id in found:
                    found[user_id][row.seq] = row.event
        return found

    def _behind(self) -> bool:
        expected = self.expected()
        return any(expected[one.account.user_id].keys() - one.numbered.keys() for one in self.clients.clients)

    def _attend_until(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + END_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come true within {END_SECONDS} s")
            self.clients.attend(0.5)

    def _log_in(self, number: int) -> Account:
        session = self.webs[0].login(f"user{number}@example.org")
        token = str(session.headers["Authorization"]).removeprefix("Bearer ")
        user = session.get(f"{self.webs[0].url}/api/auth/me", timeout=10).json()["user"]
        return Account(user["id"], token)

    def _start_batch(self, account: Account) -> None:
        count = self.chance.randrange(5, 120)
        items: list[Any] = self.chance.choices(["a", "fail", "skip"], [20, 1, 1], k=count)
        body: dict[str, Any] = {"operation": "mixed", "items": items}
        if self.chance.random() < 0.5:
            body = {"operation": "sleep", "items": list(range(count)), "options": {"seconds": 0.01}}
        batch_id = self._post(account, "create", json=body, headers={"Idempotency-Key": new_id()})
        if batch_id and self.chance.random() < 0.1:
            self._post(account, f"{batch_id}/cancel")

    def _post(self, account: Account, path: str, **arguments: Any) -> str | None:
        """Asks one web process after the other until one answers; a server error is counted, and the end."""
        arguments["hooks"] = {"response": self.errors.note}
        headers = {"Authorization": f"Bearer {account.token}", **arguments.pop("headers", {})}
        while True:
            for web in self.webs:
                try:
                    answer = requests.post(
                        f"{web.url}/api/batch/{path}", headers=headers, timeout=20, **arguments
                    )
                except requests.RequestException:
                    self.clients.attend(0.1)
                    continue
                if answer.status_code in (200, 201):
                    batch_id = str(answer.json()["batch"]["id"])
                    account.batch_ids.add(batch_id)
                    return batch_id
                return None

    def _break_something(self) -> None:
        fault = self.chance.choice([self._kill_web, self._kill_worker, self._cut_clients])
        # The two that must happen do, however the dice fall.
        for needed in (self._kill_web, self._kill_worker):
            if not self.faults[_name(needed)] and sum(self.faults.values()) < 2:
                fault = needed
        self.faults[_name(fault)] += 1
        fault()

    def _kill_web(self) -> None:
        number = self.chance.randrange(len(self.webs))
        if any(number == away for _, away in self._away) or len(self._away) == len(self.webs) - 1:
            return
        kill_group(self.processes[number], signal.SIGKILL)
        self.processes[number].wait()
        self._away.append((time.monotonic() + self.chance.uniform(*AWAY_SECONDS), number))

    def _kill_worker(self) -> None:
        number = self.chance.randrange(WORKERS)
        kill_group(self.workers[number], signal.SIGKILL)
        self.workers[number].wait()
        self.workers[number] = self.webs[0].start_worker(wait=False)

    def _cut_clients(self) -> None:
        clients = self.clients.clients
        for client in self.chance.sample(clients, max(1, int(len(clients) * CUT_SHARE))):
            self.clients.lose(client)

    def _bring_back(self) -> None:
        now = time.monotonic()
        for when, number in [one for one in self._away if now > one[0]]:
            self._away.remove((when, number))
            self.processes[number] = self.webs[number].start_web()

    def _unfinished(self) -> int:
        with self.database.read() as connection:
            query = select(batches.c.id).where(batches.c.status.not_in(ENDED))
            return len(connection.execute(query).all())


def _name(fault: Any) -> str:
    return str(fault.__name__).removeprefix("_").replace("_", " ")


def report(soak: LiveSoak, seconds: float, options: argparse.Namespace) -> tuple[str, bool]:
    """What was done and what came of it, and whether all is well."""
    expected, clients = soak.expected(), soak.clients.clients
    lost = doubled = ends = 0
    for client in clients:
        due = expected[client.account.user_id]
        lost += len(due.keys() - client.numbered.keys())
        doubled += sum(count - 1 for count in client.numbered.values())
        ends += sum(client.numbered[number] for number, event in due.items() if event in TERMINAL)
    foreign = sum(len(client.foreign) for client in clients)
    disordered = sum(client.disordered for client in clients)
    with soak.database.read() as connection:
        statuses = Counter(connection.execute(select(batches.c.status)).scalars())
    faults = ", ".join(f"{count} x {name}" for name, count in sorted(soak.faults.items()))
    lines = [
        f"{seconds:.0f} s, seed {options.seed}, {len(soak.webs)} web processes, {WORKERS} workers of 2, "
        f"{len(clients)} clients of {options.users} users",
        f"batches: {', '.join(f'{count} {status}' for status, count in sorted(statuses.items()))}",
        f"faults: {faults}; clients were let in {sum(one.connects for one in clients):,} times",
        f"numbered events: {sum(one.numbered.total() for one in clients):,}, ends of batches among them "
        f"{ends:,}; ticks: {sum(one.ticks for one in clients):,}",
        soak.errors.describe(),
        f"lost={lost} doubled={doubled} disordered={disordered} foreign={foreign}",
    ]
    problems = lost or doubled or disordered or foreign or soak.errors.unexplained
    return "\n".join(lines), not problems and ends > 0


@contextmanager
def running_live_soak(options: argparse.Namespace, directory: Path) -> Iterator[LiveSoak]:
    """A system of two web processes and two workers, with its users, and nothing that others use."""
    with ExitStack() as stack:
        url = stack.enter_context(running_postgres()).replace("postgresql://", "postgresql+psycopg://")
        database, redis = own_servers(stack, url, directory, options.users)
        environment = environment_of(
            redis.url,
            url,
            directory / "data",
            ACCESS_TOKEN_SECONDS="7200",
            BATCHES_PER_MINUTE="100000",
            LOGINS_PER_MINUTE="100000",
            SOCKET_MAX_PER_ADDRESS="100000",
            SOCKET_PING_SECONDS="1",
            LEASE_SECONDS="4",
            RECOVERY_SECONDS="1",
        )
        webs = []
        for name in ("first", "second"):
            (directory / name).mkdir()
            webs.append(System(environment, directory / name))
            stack.callback(webs[-1].stop)
        soak = LiveSoak(webs, database, options, random.Random(options.seed))
        stack.callback(soak.clients.close)
        yield soak


def main(arguments: list[str] | None = None) -> int:
    """Runs the soak; 0 if nothing went wrong."""
    parser = argparse.ArgumentParser("python -m tests.faults.soak_live", description=__doc__.split("\n")[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--clients", type=int, default=10, help="for each user")
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="the same seed throws the same dice")
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10_000)
    with (
        tempfile.TemporaryDirectory(prefix="batchwire-soak-live-") as name,
        running_live_soak(options, Path(name)) as soak,
    ):
        started = time.monotonic()
        soak.run(options.batches)
        text, is_well = report(soak, time.monotonic() - started, options)
        print(text, flush=True)
        logs = [soak.webs[0].log("web"), soak.webs[1].log("web")]
    if any("Traceback" in log for log in logs):
        print(next(log for log in logs if "Traceback" in log)[-4000:], file=sys.stderr)
        return 1
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
