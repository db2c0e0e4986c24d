"""All settings, read from the environment and validated once, at start.

A process calls `load_settings()` in its start-up module and passes the result on; nothing else reads
the environment. A wrong value ends the start with one line that names the setting.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent

# The guide's placeholders and other values that everybody knows are no secrets.
KNOWN_SECRETS = {"", "your-secret-key-change-in-production", "change-me", "changeme", "secret", "dev-secret"}

# RFC 7518, section 3.2: an HS256 key has at least the size of the hash output, 256 bits.
MIN_SECRET_BYTES = 32


class Settings(BaseSettings):
    """The settings of one process; the field's upper-case name is the environment variable.

    What each of them does stands in `.env.example`.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    app_env: Literal["production", "local", "test"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=1, le=65535)
    frontend_url: str = "http://localhost:5173"
    vite_api_url: str = ""
    trusted_proxies: int = Field(0, ge=0, le=10)
    async_mode: Literal["eventlet", "gevent", "threading"] = "eventlet"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    database_url: str = ""
    data_dir: Path = ROOT / "var" / "data"
    catalog_dir: Path | None = None

    redis_url: str = ""
    redis_host: str = "localhost"
    redis_port: int = Field(6379, ge=1, le=65535)
    redis_password: str = ""
    redis_db: int = Field(0, ge=0)
    redis_enabled: bool = True
    socketio_channel: str = "flask-socketio"

    jwt_secret: str = ""
    jwt_algorithm: Literal["HS256", "RS256", "ES256", "EdDSA"] = "HS256"
    jwt_private_key: str = ""
    jwt_public_key: str = ""
    jwt_audience: str = ""
    jwt_issuer: str = ""
    session_secret: str = ""
    access_token_seconds: int = Field(900, ge=10)
    refresh_token_seconds: int = Field(14 * 24 * 3600, ge=60)

    worker_concurrency: int = Field(2, ge=1, le=256)
    max_parallel: int = Field(4, ge=1, le=64)
    chunk_items: int = Field(4000, ge=1, le=10_000)
    max_running_per_user: int = Field(10, ge=1)
    slice_seconds: float = Field(0.5, gt=0, le=60)
    commit_seconds: float = Field(0.25, gt=0, le=10)
    lease_seconds: float = Field(8.0, ge=1, le=3600)
    dispatch_timeout_seconds: float = Field(8.0, ge=1, le=3600)
    recovery_seconds: float = Field(2.0, gt=0, le=60)
    retry_base_seconds: float = Field(1.0, gt=0, le=3600)
    retry_max_seconds: float = Field(60.0, gt=0, le=86_400)
    stop_grace_seconds: float = Field(30.0, ge=1, le=3600)
    database_patience_seconds: float = Field(60.0, ge=0, le=3600)
    ticks_per_second: float = Field(10.0, gt=0, le=100)
    alert_after_seconds: float = Field(30.0, ge=1, le=86_400)
    notification_days: int = Field(90, ge=1, le=36_500)
    shutdown_seconds: float = Field(8.0, ge=0, le=300)
    operation_modules: str = ""
    cli_user: str = ""
    demo_logins: str = ""

    max_body_bytes: int = Field(16 * 1024 * 1024, ge=1024)
    max_upload_bytes: int = Field(200 * 1024 * 1024, ge=1024)
    max_inline_items: int = Field(100_000, ge=1)
    max_result_bytes: int = Field(256 * 1024, ge=256)
    batches_per_minute: int = Field(60, ge=1)
    logins_per_minute: int = Field(20, ge=1)
    chat_messages_per_minute: int = Field(60, ge=1)

    socket_max_payload_bytes: int = Field(64 * 1024, ge=1024)
    socket_max_rooms: int = Field(100, ge=1)
    socket_max_per_user: int = Field(50, ge=1)
    socket_max_per_address: int = Field(1000, ge=1)
    socket_events_per_second: int = Field(50, ge=1)
    socket_ping_seconds: float = Field(10.0, ge=0.5, le=300)
    anonymous_rooms: str = "dashboard"
    admin_ui: Literal["off", "production", "development"] = "off"
    admin_ui_origin: str = "https://admin.socket.io"

    @field_validator("frontend_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _secrets_are_secret(self) -> Self:
        if self.jwt_algorithm != "HS256":
            _check_keys(self.jwt_algorithm, self.signing_key, self.verifying_key)
            return self
        if self.jwt_private_key or self.jwt_public_key:
            raise ValueError("JWT_ALGORITHM: is HS256, which takes JWT_SECRET and no keys")
        if self.app_env != "production":
            return self
        if self.jwt_secret.strip().lower() in KNOWN_SECRETS:
            raise ValueError(
                "JWT_SECRET: is not set, or is a well-known value; set a random one of at least "
                f"{MIN_SECRET_BYTES} bytes (to try Batchwire on this machine use `make run`)"
            )
        if len(self.jwt_secret.encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"JWT_SECRET: has fewer than {MIN_SECRET_BYTES} bytes")
        return self

    @model_validator(mode="after")
    def _demo_logins_stay_local(self) -> Self:
        if self.demo_logins and self.app_env == "production":
            raise ValueError("DEMO_LOGINS: tells everybody passwords, and is for local mode only")
        return self

    @cached_property
    def effective_redis_url(self) -> str:
        """`REDIS_URL`, or the URL that the REDIS_HOST family describes."""
        if self.redis_url:
            return self.redis_url
        password = f":{quote(self.redis_password, safe='')}@" if self.redis_password else ""
        return f"redis://{password}{self.redis_host}:{self.redis_port}/{self.redis_db}"

    @cached_property
    def effective_database_url(self) -> str:
        """`DATABASE_URL` with the driver named, or the SQLite file under var/."""
        url = self.database_url or f"sqlite:///{ROOT / 'var' / 'batchwire.db'}"
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @cached_property
    def signing_key(self) -> str:
        """The key that tokens are signed with; empty where there is only a public one.

        Outside production a fixed secret will do where none is set.
        """
        if self.jwt_algorithm != "HS256":
            return _read_key(self.jwt_private_key)
        return self.jwt_secret or "only-for-tests-and-local-trials-never-in-production"

    @cached_property
    def verifying_key(self) -> str:
        """The key that tokens are verified with."""
        if self.jwt_algorithm == "HS256":
            return self.signing_key
        return _read_key(self.jwt_public_key) or _public_half(self.signing_key)

    @property
    def demo_accounts(self) -> list[tuple[str, str]]:
        """E-mail address and password of each account that the log-in page names."""
        pairs = (part.partition(":") for part in self.demo_logins.split(",") if part)
        return [(email, password) for email, _, password in pairs]

    @property
    def upload_dir(self) -> Path:
        """Where uploads are kept until they were read; all machines must share it."""
        return self.data_dir / "uploads"

    @property
    def effective_catalog_dir(self) -> Path:
        """The folder of the catalog's files; all machines must share it."""
        return self.catalog_dir or self.data_dir / "catalog"


def _read_key(value: str) -> str:
    """A key in PEM form, from the text itself or from the file that it names."""
    if not value or value.lstrip().startswith("-----BEGIN"):
        return value
    try:
        return Path(value).read_text()
    except (OSError, UnicodeError) as error:
        raise ValueError(f"JWT_PRIVATE_KEY, JWT_PUBLIC_KEY: neither a key nor a file ({error})") from None


def _public_half(private_key: str) -> str:
    if not private_key:
        return ""
    try:
        key = serialization.load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"JWT_PRIVATE_KEY: is no private key without a password ({error})") from None
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def _check_keys(algorithm: str, private_key: str, public_key: str) -> None:
    if not public_key:
        raise ValueError(f"JWT_PUBLIC_KEY or JWT_PRIVATE_KEY: {algorithm} needs one of them")
    method = jwt.get_algorithm_by_name(algorithm)
    try:
        if private_key:
            signature = method.sign(b"", method.prepare_key(private_key))
            if not method.verify(b"", method.prepare_key(public_key), signature):
                raise ValueError("JWT_PUBLIC_KEY: does not belong to JWT_PRIVATE_KEY")
        else:
            method.prepare_key(public_key)
    except (jwt.InvalidKeyError, TypeError, AttributeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"JWT_PRIVATE_KEY, JWT_PUBLIC_KEY: are no keys for {algorithm} ({error})") from None


def load_settings() -> Settings:
    """Reads the environment, then `.env`, then what a running `make run` left in var/local.env.

    Raises:
        SystemExit: A value breaks a rule; the message is one line that names the setting.
    """
    files: list[Path] = [ROOT / ".env"]
    if "APP_ENV" not in os.environ:
        files.insert(0, ROOT / "var" / "local.env")
    try:
        return Settings(_env_file=[str(file) for file in reversed(files)])  # type: ignore[call-arg]
    except ValidationError as error:
        sys.exit(f"batchwire: {_one_line(error)}")


def _one_line(error: ValidationError) -> str:
    parts = []
    for problem in error.errors():
        message = problem["msg"].removeprefix("Value error, ")
        name = "_".join(str(part) for part in problem["loc"]).upper()
        # What may hold a password is not repeated in a terminal or a log.
        shown = "" if name.endswith(("_URL", "_SECRET", "_PASSWORD")) else f" (got {problem['input']!r})"
        parts.append(f"{name}: {message}{shown}" if name else message)
    return "; ".join(parts)
