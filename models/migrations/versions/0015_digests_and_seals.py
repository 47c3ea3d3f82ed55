"""Digests and seals of the audit trail, and which event holds the digest of an attempt at sending."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("digests", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("audit_event", sa.Column("seal", sa.String(80), nullable=False, server_default=""))
    op.add_column("audit_head", sa.Column("seal", sa.String(80), nullable=False, server_default=""))
    op.add_column("delivery_attempt", sa.Column("event_seq", sa.Integer(), nullable=True))
    waits = sa.text("event_seq IS NULL")
    op.create_index(
        "ix_delivery_attempt_unrecorded", "delivery_attempt", ["id"], sqlite_where=waits, postgresql_where=waits
    )
