"""All tables, as SQLAlchemy Core describes them. Times are milliseconds since the epoch, UTC."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.states import Phase, Status

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
# SQLite counts up by itself only for a key that is declared INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


def _state(kind: type[StrEnum]) -> Enum:
    """A text in the database, a member of the enum in Python."""
    return Enum(kind, native_enum=False, length=10, values_callable=list)


users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", Json, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("created_ms", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("refresh_hash", String(64), nullable=False, unique=True),
    # The token before the newest: who shows it later than a moment after has stolen one of the two.
    Column("replaced_hash", String(64), index=True),
    Column("replaced_ms", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner_id", ForeignKey("users.id"), nullable=False),
    Column("operation", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("status", _state(Status), nullable=False),
    Column("phase", _state(Phase), nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("total", BigInteger),
    Column("planned", BigInteger, nullable=False, server_default="0"),
    Column("processed", BigInteger, nullable=False, server_default="0"),
    Column("successful", BigInteger, nullable=False, server_default="0"),
    Column("failed", BigInteger, nullable=False, server_default="0"),
    Column("skipped", BigInteger, nullable=False, server_default="0"),
    Column("redeliveries", BigInteger, nullable=False, server_default="0"),
    Column("recoveries", BigInteger, nullable=False, server_default="0"),
    Column("retries", BigInteger, nullable=False, server_default="0"),
    Column("rate", Float, nullable=False, server_default="0"),
    Column("rate_ms", BigInteger, nullable=False, server_default="0"),
    Column("rate_start_ms", BigInteger, nullable=False, server_default="0"),
    Column("message", Text, nullable=False, server_default=""),
    Column("error_code", String(100)),
    Column("error_message", Text),
    Column("options", Json, nullable=False),
    Column("filters", Json),
    Column("upload_name", String(255)),
    Column("upload_path", Text),
    Column("max_parallel", Integer, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="1"),
    Column("sealed", Boolean, nullable=False, server_default=text("true")),
    Column("retry_attempts", Integer, nullable=False, server_default="0"),
    Column("timeout_ms", BigInteger),
    Column("max_failures", BigInteger),
    Column("max_failure_percent", Float),
    Column("idempotency_key", String(200)),
    Column("request_hash", String(64)),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
    Index("ix_batches_owner_created", "owner_id", "created_ms"),
    Index("ix_batches_status", "status"),
    UniqueConstraint("owner_id", "idempotency_key"),
)

# A batch starts when those that it waits for are completed.
dependencies = Table(
    "dependencies",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("needs_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# A unit of work that is claimed: `plan` reads the source and makes the `items` chunks.
chunks = Table(
    "chunks",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(5), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("state", String(6), nullable=False),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("worker", String(200)),
    Column("lease_until_ms", BigInteger),
    Column("dispatched_ms", BigInteger),
    Column("dispatches", Integer, nullable=False, server_default="0"),
    # A ready chunk that must wait: its items are to be tried again later, or the operation's rate is used up.
    Column("not_before_ms", BigInteger),
    Column("granted", Integer, nullable=False, server_default="0"),
    # Items passed over that have no result yet: position -> [attempts made, due_ms].
    Column("deferred", Json),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("rerun", Boolean, nullable=False, server_default=text("false")),
    # Workers lost in a row over this chunk, and how long its items still run apart from each other.
    Column("losses", Integer, nullable=False, server_default="0"),
    Column("careful_ms", BigInteger, nullable=False, server_default="0"),
    Column("payload", LargeBinary),
    Index("ix_chunks_batch_state", "batch_id", "state", "first"),
    Index(
        "ix_chunks_not_before",
        "not_before_ms",
        sqlite_where=text("state = 'ready' AND not_before_ms IS NOT NULL"),
        postgresql_where=text("state = 'ready' AND not_before_ms IS NOT NULL"),
    ),
    UniqueConstraint("batch_id", "kind", "first"),
    Index(
        "ix_chunks_in_flight",
        "state",
        sqlite_where=text("state IN ('queued', 'leased')"),
        postgresql_where=text("state IN ('queued', 'leased')"),
    ),
)

results = Table(
    "results",
    metadata,
    # No foreign key: only who holds the chunk's row writes here, and a check per item is dear.
    Column("chunk_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    Column("result", Text),
    Column("error", Text),
    Column("duration_us", BigInteger, nullable=False),
    # The few that went wrong are asked for far more often than the many that did not.
    Index(
        "ix_results_not_successful",
        "chunk_id",
        "outcome",
        "position",
        sqlite_where=text("outcome <> 1"),
        postgresql_where=text("outcome <> 1"),
    ),
    sqlite_with_rowid=False,
)

failure_groups = Table(
    "failure_groups",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", String(16), primary_key=True),
    Column("type", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("examples", Json, nullable=False),
)

# How far the rate of an operation is used up, shared by all workers.
rates = Table(
    "rates",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("next_ms", Float, nullable=False),
)

# The outbox: what must reach clients is written in the transaction that makes it true, and then numbered.
events = Table(
    "events",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("room", String(150), nullable=False),
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), index=True),
    Column("event", String(100), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seq", BigInteger),
    Index("ix_events_room", "room", "seq"),
    Index("ix_events_seq", "seq", unique=True),
    Index(
        "ix_events_not_numbered",
        "room",
        "id",
        sqlite_where=text("seq IS NULL"),
        postgresql_where=text("seq IS NULL"),
    ),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("room", String(110), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("text", Text, nullable=False),
    # What the sender calls it: a message that is sent again is the same one.
    Column("client_id", String(100)),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_chat_messages_room", "room", "id"),
    Index("ix_chat_messages_user_created", "user_id", "created_ms"),
    UniqueConstraint("user_id", "client_id"),
)

# What users are told, and can read later: the event that carries it is written in the same transaction.
notifications = Table(
    "notifications",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("room", String(150), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("severity", String(7), nullable=False),
    Column("title", String(300), nullable=False),
    Column("message", Text, nullable=False),
    Column("link", String(500)),
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), index=True),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_notifications_room", "room", "id"),
)

notification_reads = Table(
    "notification_reads",
    metadata,
    Column("notification_id", ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("read_ms", BigInteger, nullable=False),
)

# Switches of the whole system that outlive every process, such as maintenance.
flags = Table(
    "flags",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

catalog_nodes = Table(
    "catalog_nodes",
    metadata,
    Column("id", String(200), primary_key=True),
    # No foreign key: a file may name a parent that comes later, or in another file.
    Column("parent_id", String(200), index=True),
    Column("title", String(500), nullable=False),
    Column("kind", String(50), nullable=False, index=True),
    Column("area", String(200), index=True),
    Column("tags", Json, nullable=False),
    Column("description", Text),
    # What a search looks through, made of the columns above by `catalog_index`.
    Column("search_text", Text, nullable=False, server_default=""),
    Column("meta", Json, nullable=False),
    Column("keywords", Json),
    Column("summary", Text),
    Column("business_area", String(100)),
    Column("pii", String(10)),
    Column("complexity", String(10)),
    Column("quality", Float),
    Column("annotated_ms", BigInteger),
    Column("source_batch_id", String(36), index=True),
    Column("source_line", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)
