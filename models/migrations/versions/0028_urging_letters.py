"""Urging letters on paper, and the assignments that each is about."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "urging_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("directive", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects"], ["urging_letter.id"], name=op.f("fk_urging_letter_corrects_urging_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urging_letter")),
        sa.UniqueConstraint("corrects", name=op.f("uq_urging_letter_corrects")),
    )
    op.create_index("ix_urging_letter_office", "urging_letter", ["office", "issued_on"])
    op.create_table(
        "urged_assignment",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["urging_letter.id"], name=op.f("fk_urged_assignment_letter_id_urging_letter")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_urged_assignment_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("letter_id", "assignment_id", name=op.f("pk_urged_assignment")),
    )
    op.create_index("ix_urged_assignment_assignment_id", "urged_assignment", ["assignment_id"])
