"""What named offices contribute, and the files that came with it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("text", sa.String(3000), nullable=False),
        sa.Column("contributed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_contribution_assignment_id_assignment")
        ),
    )
    op.create_index("ix_contribution_assignment_id", "contribution", ["assignment_id"])
    op.create_index("uq_contribution_submission", "contribution", ["submission"], unique=True)
    # SQLite takes a new column with its reference, but no reference for a column that is there.
    op.execute(
        "ALTER TABLE attachment ADD COLUMN contribution_id INTEGER"
        " CONSTRAINT fk_attachment_contribution_id_contribution REFERENCES contribution (id)"
    )
