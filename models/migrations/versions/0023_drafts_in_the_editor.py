"""Drafts of amendments that are edited in pages: who changed one last, and what was typed and is not finished."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan_draft") as table:
        table.add_column(sa.Column("changed_by", sa.String(64), nullable=True))
        table.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("unfinished", sa.JSON(), nullable=True))
