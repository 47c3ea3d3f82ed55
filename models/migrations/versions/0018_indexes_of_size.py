"""Indexes for what reads more the longer a store is in use: rungs passed, and messages of an office or a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_assignment_rungs_passed", "assignment")
    passed = sa.text("rung_done > 0 AND completed_at IS NULL")
    op.create_index(
        *("ix_assignment_rungs_passed", "assignment", ["timetable_id", "rung_done"]),
        sqlite_where=passed,
        postgresql_where=passed,
    )
    op.create_index("ix_message_office", "message", ["office", "id"])
    sent = sa.text("state = 'sent'")
    op.create_index("ix_message_sent", "message", ["channel", "id"], sqlite_where=sent, postgresql_where=sent)
