"""Events are for rooms, and numbered in the order in which clients get them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    newest = op.get_bind().execute(sa.text("SELECT coalesce(max(id), 0) FROM events")).scalar_one()
    op.bulk_insert(counters, [{"name": "events", "value": newest}])
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("room", sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column("seq", sa.BigInteger(), nullable=True))
        batch_op.drop_index("ix_events_not_emitted")
        batch_op.drop_index("ix_events_user")
    op.execute("UPDATE events SET room = 'user:' || user_id, seq = id")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("room", existing_type=sa.String(length=150), nullable=False)
        batch_op.drop_constraint("fk_events_user_id", type_="foreignkey")
        batch_op.drop_column("user_id")
        batch_op.drop_column("emitted_ms")
        batch_op.create_index("ix_events_room", ["room", "seq"])
        batch_op.create_index("ix_events_seq", ["seq"], unique=True)
        batch_op.create_index(
            "ix_events_not_numbered",
            ["room", "id"],
            sqlite_where=sa.text("seq IS NULL"),
            postgresql_where=sa.text("seq IS NULL"),
        )


def downgrade() -> None:
    op.execute("DELETE FROM events WHERE room NOT LIKE 'user:%'")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_not_numbered")
        batch_op.drop_index("ix_events_seq")
        batch_op.drop_index("ix_events_room")
        batch_op.add_column(sa.Column("user_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("emitted_ms", sa.BigInteger(), nullable=True))
    op.execute("UPDATE events SET user_id = substr(room, 6), emitted_ms = created_ms WHERE seq IS NOT NULL")
    op.execute("UPDATE events SET user_id = substr(room, 6) WHERE seq IS NULL")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("user_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.create_foreign_key("fk_events_user_id", "users", ["user_id"], ["id"], ondelete="CASCADE")
        batch_op.drop_column("seq")
        batch_op.drop_column("room")
        batch_op.create_index("ix_events_user", ["user_id", "id"])
        batch_op.create_index(
            "ix_events_not_emitted",
            ["id"],
            sqlite_where=sa.text("emitted_ms IS NULL"),
            postgresql_where=sa.text("emitted_ms IS NULL"),
        )
    op.drop_table("counters")
