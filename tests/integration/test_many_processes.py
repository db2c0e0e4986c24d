"""Two web processes behind nginx, two workers: whoever is where, everybody gets exactly what is theirs."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from settings import ROOT
from tests.ports import own_port
from tests.servers import skip_or_fail
from tests.system import Listener, System, kill_group
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


@pytest.fixture
def proxy(system: System, second: System, tmp_path: Path) -> Iterator[str]:
    """The address of nginx with the configuration that is shipped, but for its ports."""
    binary = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if binary is None:
        skip_or_fail("nginx is not installed")
    port = own_port()
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (("127.0.0.1:3001", system.port), ("127.0.0.1:3002", second.port)):
        assert shipped.count(old) == 1
        shipped = shipped.replace(old, f"127.0.0.1:{new}")
    shipped, count = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", shipped)
    assert count == 1
    folder = tmp_path / "nginx"
    folder.mkdir()
    (folder / "batchwire.conf").write_text(shipped)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"access_log off; {temporary} include {folder}/batchwire.conf;"
    first = f"daemon off; user root; pid {folder}/pid; error_log {folder}/error.log;"
    main = f"{first} events {{}} http {{ {http} }}"
    (folder / "nginx.conf").write_text(main)
    command = [str(binary), "-p", folder, "-c", folder / "nginx.conf"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    yield url
    process.terminate()
    process.wait()


def connect(system: System, url: str, session: requests.Session, transport: str, client: str) -> Listener:
    auth = {"token": str(session.headers["Authorization"]).removeprefix("Bearer ")}
    listener = Listener(f"{url}?client={client}", auth, transport)
    system._listeners.append(listener)
    return listener


def connections(system: System) -> int:
    stats = requests.get(f"{system.url}/api/ws/stats", timeout=5).json()
    return int(stats["totalConnections"])


def test_any_worker_reaches_any_client_through_any_process(
    system: System, second: System, proxy: str
) -> None:
    system.environment["TRUSTED_PROXIES"] = second.environment["TRUSTED_PROXIES"] = "1"
    first_web = system.start_web()
    second.start_web()
    system.start_worker()
    system.start_worker()
    wait_for(lambda: requests.get(f"{proxy}/api/health", timeout=5).status_code == 200, 10, "the proxy")
    sessions = {name: system.login(f"{name}@example.org") for name in ("owner", "other")}
    listeners = {
        name: [
            connect(system, proxy, session, transport, f"{name}-{number}-{transport}")
            for transport in ("websocket", "polling")
            for number in range(6)
        ]
        for name, session in sessions.items()
    }
    everybody = [one for some in listeners.values() for one in some]
    wait_for(lambda: connections(system) == connections(second) == len(everybody), 10, "one sum at both")
    batches = {
        name: system.create(
            session, json={"operation": "sleep", "items": [0] * 60, "options": {"seconds": 0.02}}
        )
        for name, session in sessions.items()
    }
    for name, some in listeners.items():
        for listener in some:
            wait_for(lambda one=listener, b=batches[name]: one.of("batch:complete", b["id"]), 40, "the end")
    for name, some in listeners.items():
        for listener in some:
            assert [one["batchId"] for one in listener.of("batch:complete")] == [batches[name]["id"]]
            heard = {data["batchId"] for event, data in listener.events if event.startswith("batch:")}
            assert heard == {batches[name]["id"]}, "somebody else's events"

    kill_group(first_web, signal.SIGKILL)
    first_web.wait()
    killed = time.monotonic()
    # Not every client notices at once, so the two counts are compared until they agree.
    wait_for(
        lambda: connections(second) == sum(one.client.connected for one in everybody) < len(everybody),
        10,
        "the dead process to be forgotten",
    )
    assert any(one.client.connected for one in everybody), "they were spread over both"
    print(f"forgotten {time.monotonic() - killed:.1f} s after the kill -9")
    again = connect(system, proxy, sessions["owner"], "polling", "owner-0-polling")
    batch = second.create(sessions["owner"], json={"operation": "mixed", "items": ["a"]})
    wait_for(lambda: again.of("batch:complete", batch["id"]), 20, "the end at the other process")
