"""Joint leads and named offices of an assignment, and an index to count subtasks by their leads."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "party",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("assignment_id", "office", name=op.f("pk_party")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_party_assignment_id_assignment")),
    )
    op.create_index("ix_party_office", "party", ["office", "part", "assignment_id"])
    op.create_index(
        "ix_assignment_leads",
        "assignment",
        ["subtask", "period", "state", "due_at", "reported_at", "priority", "office", "role", "anchor_id", "id"],
        sqlite_where=sa.text("role = 'lead'"),
        postgresql_where=sa.text("role = 'lead'"),
    )
