"""How each office is reached, as a coordinator sets it: addresses over named senders, and hours."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_contact",
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=True),
        sa.Column("quiet", sa.String(11), nullable=False),
        sa.Column("digest_at", sa.String(5), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_office_contact")),
    )
    op.create_table(
        "desk_address",
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.String(50), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.PrimaryKeyConstraint("office", "desk", "place", name=op.f("pk_desk_address")),
    )
