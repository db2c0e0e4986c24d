"""Nodes are found by the batch that they came from."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_nodes_source_batch_id"), ["source_batch_id"])


def downgrade() -> None:
    with op.batch_alter_table("catalog_nodes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalog_nodes_source_batch_id"))
