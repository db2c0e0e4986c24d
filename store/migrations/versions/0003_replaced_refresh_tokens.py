"""Sessions remember the refresh token before the newest, so that its theft is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("replaced_ms", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_sessions_replaced_hash"), ["replaced_hash"])


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_replaced_hash"))
        batch_op.drop_column("replaced_ms")
        batch_op.drop_column("replaced_hash")
