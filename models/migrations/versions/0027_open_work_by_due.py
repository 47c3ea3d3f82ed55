"""An index of open work by due date: what is late longest, what is next, and what falls due when."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_open = sa.text("state NOT IN ('accepted', 'withdrawn')")
    op.create_index(
        "ix_assignment_open",
        "assignment",
        ["due_at", "office", "id", "state", "priority", "reported_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
