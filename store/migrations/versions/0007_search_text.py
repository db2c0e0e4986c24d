"""Nodes have a text that they are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    # As far as SQL can tell; `flask catalog reindex` does the rest.
    op.execute(
        "UPDATE catalog_nodes SET search_text = lower(id || ' ' || title || ' ' || coalesce(description, ''))"
    )


def downgrade() -> None:
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.drop_column("search_text")
