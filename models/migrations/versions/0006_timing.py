"""Assignments without a due date: undated, standing, or waiting for another subtask; and terms in hours."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, name in (("assignment", "timing"), ("assignment", "original_timing"), ("deed_item", "to_timing")):
        op.add_column(table, sa.Column(name, sa.String(32), nullable=False, server_default="dated"))
    op.add_column("deed_item", sa.Column("from_timing", sa.String(32), nullable=True))
    # Whatever a deed of an earlier version found was dated.
    op.execute("UPDATE deed_item SET from_timing = 'dated' WHERE from_due_date IS NOT NULL")
    op.add_column("timetable", sa.Column("rhythm", sa.String(16), nullable=False, server_default=""))
    op.add_column("timetable", sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("timetable", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    # The board counts open work without a date apart, from its index alone.
    op.drop_index("ix_assignment_board", "assignment")
    op.create_index(
        "ix_assignment_board",
        "assignment",
        ["state", "priority", "office", "subtask", "due_at", "reported_at", "role", "anchor_id", "id", "timing"],
    )
