"""Settings: read once, validated, and all of them explained in `.env.example`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

import settings
from settings import ROOT, Settings, load_settings

NAMES = {name.upper() for name in Settings.model_fields}
EXAMPLE = ROOT / ".env.example"
SECRET = "x" * 32


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting is set, and no file of this machine is read; gives the folder that stands for the root."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    return tmp_path


def uncommented_example(folder: Path) -> Path:
    path = folder / "example.env"
    path.write_text(re.sub(r"^# (?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    return path


def test_the_example_file_has_every_setting_and_no_other(tmp_path: Path) -> None:
    assert set(dotenv_values(uncommented_example(tmp_path))) == NAMES


def test_the_example_file_shows_the_defaults(tmp_path: Path) -> None:
    path = uncommented_example(tmp_path)
    path.write_text(path.read_text() + "APP_ENV=test\n")

    shown = Settings(_env_file=path)  # type: ignore[call-arg]

    assert shown == Settings(_env_file=None, app_env="test")  # type: ignore[call-arg]


def test_the_example_file_changes_nothing_when_it_is_copied_as_it_is() -> None:
    assert dotenv_values(EXAMPLE) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("APP_ENV", "staging"),
        ("ASYNC_MODE", "asyncio"),
        ("REDIS_URL", "localhost:6379"),
        ("FRONTEND_URL", "example.org"),
        ("LEASE_SECONDS", "0"),
        ("MAX_UPLOAD_BYTES", "1 GB"),
        ("REDIS_ENABLED", "perhaps"),
    ],
)
def test_a_wrong_value_ends_the_start_with_one_line_that_names_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as end:
        load_settings()

    message = str(end.value.code)
    assert message.startswith(f"batchwire: {name}: ")
    assert "\n" not in message


def test_every_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "abc")
    monkeypatch.setenv("MAX_PARALLEL", "0")

    with pytest.raises(SystemExit, match=r"PORT: .*MAX_PARALLEL: "):
        load_settings()


@pytest.mark.parametrize("secret", ["", "your-secret-key-change-in-production", "CHANGE-ME", "x" * 31])
def test_production_refuses_an_absent_a_known_or_a_short_secret(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", secret)

    with pytest.raises(SystemExit, match="JWT_SECRET") as end:
        load_settings()

    if secret:
        assert secret not in str(end.value.code)


def test_production_refuses_to_tell_everybody_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("DEMO_LOGINS", "demo@example.org:a password")

    with pytest.raises(SystemExit, match="DEMO_LOGINS") as end:
        load_settings()

    assert "a password" not in str(end.value.code)


def test_production_is_the_default_and_starts_with_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)

    loaded = load_settings()

    assert loaded.app_env == "production"
    assert loaded.signing_key == SECRET


def test_a_web_process_without_a_secret_ends_with_one_line_and_no_traceback() -> None:
    environment = {"PATH": os.environ["PATH"], "APP_ENV": "production", "JWT_SECRET": "short"}

    result = subprocess.run(
        [sys.executable, "-m", "webapp"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == "batchwire: JWT_SECRET: has fewer than 32 bytes\n"


def test_redis_url_wins_over_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("REDIS_HOST", "elsewhere")
    assert load_settings().effective_redis_url == "redis://elsewhere:6379/0"

    monkeypatch.setenv("REDIS_URL", "rediss://here/1")
    assert load_settings().effective_redis_url == "rediss://here/1"


def test_a_redis_password_may_hold_any_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("REDIS_PASSWORD", "a/b@c:d e")
    monkeypatch.setenv("REDIS_DB", "3")

    assert load_settings().effective_redis_url == "redis://:a%2Fb%40c%3Ad%20e@localhost:6379/3"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_of_postgresql_need_not_be_named(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://user@host/name")

    assert load_settings().effective_database_url == "postgresql+psycopg://user@host/name"


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("PORT", "")

    assert load_settings().port == 3000


def test_the_environment_wins_over_the_file(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare_environment / ".env").write_text(f"JWT_SECRET={SECRET}\nPORT=4000\nHOST=0.0.0.0\n")
    monkeypatch.setenv("PORT", "5000")

    loaded = load_settings()

    assert (loaded.port, loaded.host) == (5000, "0.0.0.0")


def test_a_second_terminal_finds_the_system_that_make_run_started(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_environment / "var").mkdir()
    (bare_environment / "var" / "local.env").write_text("APP_ENV=local\nREDIS_URL=redis://127.0.0.1:1/0\n")
    (bare_environment / ".env").write_text("REDIS_URL=redis://configured/0\n")
    assert load_settings().effective_redis_url == "redis://127.0.0.1:1/0"

    monkeypatch.setenv("APP_ENV", "test")
    assert load_settings().effective_redis_url == "redis://configured/0"
