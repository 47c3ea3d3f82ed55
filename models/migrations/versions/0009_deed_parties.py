"""Which joint leads and named offices came and went by a deed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deed_party",
        sa.Column("deed_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("began", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deed_id", "assignment_id", "office", "part", name=op.f("pk_deed_party")),
        sa.ForeignKeyConstraint(["deed_id"], ["deed.id"], name=op.f("fk_deed_party_deed_id_deed")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_deed_party_assignment_id_assignment")
        ),
    )
