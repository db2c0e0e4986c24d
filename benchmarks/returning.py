"""Clients that come all at once, as when a web process has ended: how many one process lets in per second.

    make bench-returning
    make bench-returning ARGS="--clients 5000 --database PostgreSQL"

They are let in as nobody, then with a token, then with a token and the number of the last event that they
got, behind which each user has missed some: each of those must get all of them, or nothing is measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from benchmarks.client import Client, batchwire_environment
from benchmarks.crowd import Crowd
from benchmarks.processes import end_on_sigterm, running
from benchmarks.relaying import until, wait_for_server
from benchmarks.servers import postgres_server, redis_server
from local.ports import free_port
from realtime.contract.events import user_room
from realtime.sessions import tokens
from store import events, users

DATABASES = ("SQLite", "PostgreSQL")
USERS = 100
# All of them together are as many as a web process keeps.
MISSED = 10
SETTLE_SECONDS = 2.0
LIMITS = {"SOCKET_MAX_PER_ADDRESS": "100000", "SOCKET_MAX_PER_USER": "100000"}

Auth = Callable[[int], dict[str, Any]]


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=DATABASES)
    options = parser.parse_args()
    end_on_sigterm()
    print(f"clients let in per second, {options.clients:,} at once, medians of {options.rounds} rounds")
    print(f"{'':12}{'as nobody':>12}{'with a token':>16}{f'with {MISSED} events missed':>26}")
    for database in DATABASES if options.database is None else (options.database,):
        with tempfile.TemporaryDirectory(prefix="batchwire-returning-") as name:
            rates = _measure(Path(name), database, options.clients, options.rounds)
        medians = [statistics.median(one) for one in rates]
        print(f"{database:12}{medians[0]:>12,.0f}{medians[1]:>16,.0f}{medians[2]:>26,.0f}")


def _measure(directory: Path, database: str, clients: int, rounds: int) -> list[list[float]]:
    with _database(directory, database) as url, redis_server(directory) as (redis_url, _):
        environment = batchwire_environment(redis_url, url, directory) | LIMITS
        client = Client(environment)
        client.migrate()
        own = _tokens(client)
        client.close()
        port = free_port()
        command = ["env", f"PORT={port}", sys.executable, "-m", "webapp"]
        log = directory / "server.log"
        with running(command, log, environment) as process:
            wait_for_server(port, process, log)
            auths: tuple[Auth, ...] = (
                lambda number: {},
                lambda number: {"token": own[number % USERS]},
                lambda number: {"token": own[number % USERS], "lastEventId": 0},
            )
            rates: list[list[float]] = [[] for _ in auths]
            for number in range(rounds + 1):  # The first one warms up.
                for auth, some in zip(auths, rates, strict=True):
                    rate = _let_in(port, clients, auth)
                    if number:
                        some.append(rate)
            print(f"{'':12}{psutil.Process(process.pid).memory_info().rss / 2**20:,.0f} MB afterwards")
            return rates


def _let_in(port: int, clients: int, auth: Auth) -> float:
    with Crowd(port, rb'"number":(\d+)', auth=auth) as crowd:
        rate = clients / crowd.connect(clients)
        # The welcome and the first events of a client may have come together with its being let in.
        missed = MISSED if "lastEventId" in auth(0) else 0
        until(crowd, lambda: all(one.heard >= missed for one in crowd.members))
    time.sleep(SETTLE_SECONDS)
    return rate


def _tokens(client: Client) -> list[str]:
    """The tokens of users who have missed some events each."""
    settings, database = client.engine.settings, client.engine.database
    found = []
    for _ in range(USERS):
        user_id = client.add_user()
        with database.write() as connection:
            session_id = users.add_session(connection, user_id, uuid4().hex, 3600)
            for number in range(MISSED):
                payload = {"number": number}
                events.add(connection, room=user_room(user_id), event="batch:complete", payload=payload)
        found.append(tokens.issue(settings, user_id, [], session_id)[0])
    with database.write() as connection:
        events.number(connection, events.waiting(connection, 0, USERS * MISSED))
    return found


@contextmanager
def _database(directory: Path, name: str) -> Iterator[str]:
    if name == "SQLite":
        yield f"sqlite:///{directory / 'batchwire.db'}"
    else:
        with postgres_server() as (url, _):
            yield url


if __name__ == "__main__":
    main()
