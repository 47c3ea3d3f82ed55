"""Accounts limited to some directives, and clocks of machines that are wrong just now."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("directives", sa.JSON(), nullable=True))
    op.create_table(
        "clock_fault",
        sa.Column("machine", sa.String(100), nullable=False),
        sa.Column("says", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("machine", name=op.f("pk_clock_fault")),
    )
