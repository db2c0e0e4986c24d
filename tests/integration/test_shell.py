"""The command line, the Flask shell and the examples, against a running system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from settings import ROOT
from tests.system import System
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(180)

MISTAKES = [
    (["batch", "start", "nothing"], "there is no operation 'nothing'"),
    (["batch", "start", "annotate", "--filter", "colour=red"], "there is no such filter"),
    (["batch", "start", "annotate", "--option", "maxKeywords=99"], "options.maxKeywords"),
    (["batch", "start", "annotate", "--user", "nobody@example.org"], "no user nobody@example.org"),
    (["batch", "show", "nothing"], "There is no batch nothing"),
    (["users", "create", "x", "--password", "long enough password"], "is not an e-mail address"),
    (["users", "create", "x@example.org", "--password", "short"], "password"),
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The commands do not care which database it is."""
    return sqlite_url


def run(system: System, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = system.environment | {"CLI_USER": "owner@example.org", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def flask(system: System, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return run(system, "flask", *command, stdin=stdin)


def test_a_tired_operator_gets_along_with_the_command_line(system: System) -> None:
    system.start_web()
    system.start_worker()
    assert "Stored" in flask(system, "catalog", "seed", "--count", "600").stdout
    started = flask(system, "batch", "start", "annotate", "--filter", "areas=finance", "--watch")
    assert started.returncode == 0, started.stderr
    assert "completed" in started.stdout
    assert "100%" in started.stdout
    batch_id = started.stdout.split(" as ")[1].split()[0]
    assert batch_id in flask(system, "batch", "list").stdout
    assert '"status": "completed"' in flask(system, "batch", "show", batch_id).stdout
    results = flask(system, "batch", "results", batch_id, "--limit", "3").stdout.strip().splitlines()
    assert len(results) == 3
    assert '"keywords"' in results[0]
    conflict = flask(system, "batch", "cancel", batch_id)
    assert conflict.returncode == 1
    assert "can no longer be cancelled" in conflict.stderr


def test_mistakes_get_one_clear_line(system: System) -> None:
    for command, message in MISTAKES:
        answer = flask(system, *command)
        assert answer.returncode == 1
        assert message in answer.stderr
        assert "Traceback" not in answer.stderr


def test_the_flask_shell_starts_batches_and_speaks_to_users(system: System) -> None:
    system.start_web()
    system.start_worker()
    session = system.login("owner@example.org")
    listener = system.connect(session)
    user_id = session.get(f"{system.url}/api/auth/me", timeout=5).json()["user"]["id"]
    script = f"""
from tasks.engine.batches import BatchRequest
batches.create("{user_id}", BatchRequest(operation="mixed", items=["a"])).id
to_user("{user_id}", "system:notification", {{"message": "from the shell"}})
broadcast("system:notification", {{"message": "to all"}})
"""
    answer = flask(system, "shell", stdin=script)
    assert answer.returncode == 0, answer.stderr
    wait_for(lambda: listener.of("batch:complete"), 15, "the batch")
    by_hand = ["from the shell", "to all"]

    def heard() -> list[str]:
        """What was sent by hand: the end of the batch is told as well."""
        return [data["message"] for data in listener.of("system:notification") if not data.get("batchId")]

    wait_for(lambda: heard() == by_hand, 5, "the notifications")
    listener.close()


def test_the_example_runs(system: System) -> None:
    system.start_web()
    system.start_worker()
    flask(system, "catalog", "seed", "--count", "600")
    answer = run(system, "examples.annotate_area", "finance", "owner@example.org")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("completed:")
    assert len(answer.stdout.strip().splitlines()) == 6
