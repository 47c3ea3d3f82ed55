"""Indexes for what reads more the longer a store is in use: rungs passed, and messages of an office or a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PASSED = sa.text("rung_done > 0 AND completed_at IS NULL")
_SENT = sa.text("state = 'sent'")


def upgrade() -> None:
    op.drop_index("ix_assignment_rungs_passed", "assignment")
    _create("ix_assignment_rungs_passed", "assignment", ["timetable_id", "rung_done"], _PASSED)
    op.create_index("ix_message_office", "message", ["office", "id"])
    _create("ix_message_sent", "message", ["channel", "id"], _SENT)


def downgrade() -> None:
    op.drop_index("ix_message_sent", "message")
    op.drop_index("ix_message_office", "message")
    op.drop_index("ix_assignment_rungs_passed", "assignment")
    _create("ix_assignment_rungs_passed", "assignment", ["timetable_id"], _PASSED)


def _create(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
