"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalog_nodes",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.String(length=200), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("meta", Json, nullable=False),
        sa.Column("keywords", Json, nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("business_area", sa.String(length=100), nullable=True),
        sa.Column("pii", sa.String(length=10), nullable=True),
        sa.Column("complexity", sa.String(length=10), nullable=True),
        sa.Column("quality", sa.Float(), nullable=True),
        sa.Column("annotated_ms", sa.BigInteger(), nullable=True),
        sa.Column("source_batch_id", sa.String(length=36), nullable=True),
        sa.Column("source_line", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_nodes")),
    )
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_nodes_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalog_nodes_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalog_nodes_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "rates",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("next_ms", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rates")),
    )
    op.create_table(
        "results",
        sa.Column("chunk_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chunk_id", "position", name=op.f("pk_results")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.create_index(
            "ix_results_not_successful",
            ["chunk_id", "outcome", "position"],
            unique=False,
            sqlite_where=sa.text("outcome <> 1"),
            postgresql_where=sa.text("outcome <> 1"),
        )

    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("operation", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("planned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("processed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("successful", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("skipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("redeliveries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recoveries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("retries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rate", sa.Float(), server_default="0", nullable=False),
        sa.Column("rate_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rate_start_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("options", Json, nullable=False),
        sa.Column("filters", Json, nullable=True),
        sa.Column("upload_name", sa.String(length=255), nullable=True),
        sa.Column("upload_path", sa.Text(), nullable=True),
        sa.Column("max_parallel", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("retry_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("timeout_ms", sa.BigInteger(), nullable=True),
        sa.Column("max_failures", sa.BigInteger(), nullable=True),
        sa.Column("max_failure_percent", sa.Float(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_batches_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("owner_id", "idempotency_key", name=op.f("uq_batches_owner_id")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index("ix_batches_owner_created", ["owner_id", "created_ms"], unique=False)
        batch_op.create_index("ix_batches_status", ["status"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("refresh_hash", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_sessions_refresh_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "artifacts",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_artifacts_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "name", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "chunks",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_ms", sa.BigInteger(), nullable=True),
        sa.Column("dispatches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=True),
        sa.Column("granted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deferred", Json, nullable=True),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rerun", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("losses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("careful_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_chunks_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunks")),
        sa.UniqueConstraint("batch_id", "kind", "first", name=op.f("uq_chunks_batch_id")),
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index("ix_chunks_batch_state", ["batch_id", "state", "first"], unique=False)
        batch_op.create_index(
            "ix_chunks_in_flight",
            ["state"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'leased')"),
            postgresql_where=sa.text("state IN ('queued', 'leased')"),
        )
        batch_op.create_index(
            "ix_chunks_not_before",
            ["not_before_ms"],
            unique=False,
            sqlite_where=sa.text("state = 'ready' AND not_before_ms IS NOT NULL"),
            postgresql_where=sa.text("state = 'ready' AND not_before_ms IS NOT NULL"),
        )

    op.create_table(
        "dependencies",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("needs_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_dependencies_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["needs_id"], ["batches.id"], name=op.f("fk_dependencies_needs_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "needs_id", name=op.f("pk_dependencies")),
    )
    with op.batch_alter_table("dependencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dependencies_needs_id"), ["needs_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("emitted_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_events_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_events_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_events_not_emitted",
            ["id"],
            unique=False,
            sqlite_where=sa.text("emitted_ms IS NULL"),
            postgresql_where=sa.text("emitted_ms IS NULL"),
        )
        batch_op.create_index("ix_events_user", ["user_id", "id"], unique=False)

    op.create_table(
        "failure_groups",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("examples", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_failure_groups_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "fingerprint", name=op.f("pk_failure_groups")),
    )


def downgrade() -> None:
    op.drop_table("failure_groups")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_user")
        batch_op.drop_index(
            "ix_events_not_emitted",
            sqlite_where=sa.text("emitted_ms IS NULL"),
            postgresql_where=sa.text("emitted_ms IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_events_batch_id"))

    op.drop_table("events")
    with op.batch_alter_table("dependencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dependencies_needs_id"))

    op.drop_table("dependencies")
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_chunks_not_before",
            sqlite_where=sa.text("state = 'ready' AND not_before_ms IS NOT NULL"),
            postgresql_where=sa.text("state = 'ready' AND not_before_ms IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_chunks_in_flight",
            sqlite_where=sa.text("state IN ('queued', 'leased')"),
            postgresql_where=sa.text("state IN ('queued', 'leased')"),
        )
        batch_op.drop_index("ix_chunks_batch_state")

    op.drop_table("chunks")
    op.drop_table("artifacts")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_index("ix_batches_status")
        batch_op.drop_index("ix_batches_owner_created")

    op.drop_table("batches")
    op.drop_table("users")
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_results_not_successful",
            sqlite_where=sa.text("outcome <> 1"),
            postgresql_where=sa.text("outcome <> 1"),
        )

    op.drop_table("results")
    op.drop_table("rates")
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalog_nodes_parent_id"))
        batch_op.drop_index(batch_op.f("ix_catalog_nodes_kind"))
        batch_op.drop_index(batch_op.f("ix_catalog_nodes_area"))

    op.drop_table("catalog_nodes")
