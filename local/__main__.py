"""Starts Batchwire on this machine: `python -m local`, which is what `make run` does."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from demo.accounts import DEMO_ACCOUNTS, seed_accounts
from demo.catalog import DEFAULT_COUNT, seed_catalog
from local import ui
from local.ports import free_port, is_taken
from local.processes import Supervisor, read_procfile
from local.redis_server import redis_command, wait_for_redis
from settings import ROOT, Settings
from store.database import Database
from store.migrate import upgrade

VAR = ROOT / "var"
HEALTH_SECONDS = 60.0


def main() -> None:
    """Runs until Ctrl-C."""
    options = _parse_arguments()
    started = time.monotonic()
    # Until the processes run, whatever asks us to stop ends the step in hand.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        environment = _environment(options.port)
        port = int(environment["PORT"])
        if is_taken(environment["HOST"], port):
            sys.exit(f"Port {port} is in use. Choose another one: PORT={port + 100} make run")
        with step("Building the user interface"):
            ui.build()
        _run(environment, options.catalog_size, started)
    except RuntimeError as error:
        sys.exit(f"batchwire: {error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Prints what is being done, and how long it took."""
    print(f"· {title}", flush=True)
    start = time.monotonic()
    yield
    print(f"✓ {title} ({time.monotonic() - start:.1f} s)", flush=True)


def _run(environment: dict[str, str], catalog_size: int, started: float) -> None:
    commands = read_procfile(ROOT / "Procfile")
    redis_url = environment.get("REDIS_URL", "")
    if environment.pop("PRIVATE_REDIS", ""):
        redis_port = int(redis_url.rsplit(":", 1)[1].split("/")[0])
        commands = {"redis": redis_command(redis_port, VAR)} | commands
    local_env = VAR / "local.env"
    supervisor = Supervisor(commands, environment)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.request_stop())
    try:
        with step("Preparing the database"):
            _prepare(environment, catalog_size)
        _write_private(local_env, environment)
        with step(f"Starting {', '.join(commands)}"):
            supervisor.start()
            if redis_url:
                wait_for_redis(redis_url)
        watcher = threading.Thread(target=_announce, args=(environment, supervisor, started), daemon=True)
        watcher.start()
        supervisor.watch()
        print("\nStopping ...", flush=True)
    finally:
        supervisor.stop()
        local_env.unlink(missing_ok=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=int, help="port of the web process (default: PORT, else 3000)")
    parser.add_argument(
        "--catalog-size",
        type=int,
        default=DEFAULT_COUNT,
        help="functions in the demo catalog, when it is made for the first time (default: %(default)s)",
    )
    return parser.parse_args()


def _environment(port: int | None) -> dict[str, str]:
    """The environment of all processes: what is set already wins over what local mode proposes."""
    given = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value}
    # An empty JWT_SECRET is none: it must not push the random one aside.
    given |= {name: value for name, value in os.environ.items() if value}
    VAR.mkdir(exist_ok=True)
    proposed = {"HOST": "127.0.0.1", "PORT": "3000", "DATABASE_URL": f"sqlite:///{VAR / 'batchwire.db'}"}
    proposed |= _secrets() | {"DEMO_LOGINS": ",".join(f"{one[0]}:{one[1]}" for one in DEMO_ACCOUNTS)}
    environment = proposed | given | {"APP_ENV": "local", "PYTHONUNBUFFERED": "1"}
    # The Procfile says `python` and `celery`: those beside this interpreter.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', os.defpath)}"
    # Root is no danger in a container of one's own, which is where local mode runs as root.
    environment.setdefault("PYTHONWARNINGS", "ignore:You're running the worker:UserWarning")
    if port is not None:
        environment["PORT"] = str(port)
    configured = given.get("REDIS_URL") or given.get("REDIS_HOST")
    if not configured or given.get("REDIS_ENABLED", "").lower() in ("false", "0", "no"):
        environment |= {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "PRIVATE_REDIS": "yes"}
    _settings(environment)
    return environment


def _settings(environment: dict[str, str]) -> Settings:
    os.environ.update(environment)
    from settings import load_settings

    return load_settings()


def _secrets() -> dict[str, str]:
    """Random secrets, made once and kept, so that logins outlive a restart."""
    path = VAR / "secrets.json"
    if path.is_file():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {name: secrets.token_urlsafe(48) for name in ("JWT_SECRET", "SESSION_SECRET")}
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))
    return made


def _prepare(environment: dict[str, str], catalog_size: int) -> None:
    settings = _settings(environment)
    database = Database(settings.effective_database_url)
    upgrade(database)
    seed_accounts(settings, database)
    seed_catalog(database, catalog_size)
    database.dispose()


def _write_private(path: os.PathLike[str], environment: dict[str, str]) -> None:
    """What `flask ...` in a second terminal needs to reach this system."""
    names = ["APP_ENV", "HOST", *sorted(set(environment) & {name.upper() for name in Settings.model_fields})]
    lines = [f"{name}={_quoted(environment[name])}\n" for name in dict.fromkeys(names)]
    Path(path).unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(lines)


def _quoted(value: str) -> str:
    """The value as python-dotenv reads it back, whatever characters it holds."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _announce(environment: dict[str, str], supervisor: Supervisor, started: float) -> None:
    address = f"http://localhost:{environment['PORT']}"
    deadline = time.monotonic() + HEALTH_SECONDS
    problem = "no answer yet"
    while time.monotonic() < deadline:
        problem = _problem(f"http://{environment['HOST']}:{environment['PORT']}/api/health")
        if not problem:
            _print_box(address, time.monotonic() - started)
            return
        time.sleep(0.2)
    print(f"batchwire: not healthy after {HEALTH_SECONDS:.0f} s: {problem}", file=sys.stderr, flush=True)
    supervisor.request_stop()


def _problem(url: str) -> str:
    """What is not healthy, or nothing."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        parts = json.loads(error.read())
        return "; ".join(
            f"{name}: {part['error']}"
            for name, part in parts.items()
            if isinstance(part, dict) and part["error"]
        )
    except OSError as error:
        return str(error)


def _print_box(address: str, seconds: float) -> None:
    email, password, _, _ = DEMO_ACCOUNTS[0]
    admin, admin_password, _, _ = DEMO_ACCOUNTS[-1]
    lines = [
        f"Batchwire is ready after {seconds:.1f} s",
        "",
        f"Address   {address}",
        f"Login     {email} / {password}",
        f"Admin     {admin} / {admin_password}",
        f"API       {address}/api/docs/",
        "",
        "Ctrl-C stops everything.",
    ]
    width = max(map(len, lines))
    body = "\n".join(f"│ {line:<{width}} │" for line in lines)
    print(f"\n╭{'─' * (width + 2)}╮\n{body}\n╰{'─' * (width + 2)}╯\n", flush=True)


if __name__ == "__main__":
    main()
