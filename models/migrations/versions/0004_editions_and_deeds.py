"""The plan lives in the store as numbered editions, and what changes many assignments at once is one deed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(48), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        *_paper(),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("series", "number", name=op.f("uq_edition_series_number")),
    )
    op.create_table(
        "edition_head",
        sa.Column("series", sa.String(48), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_edition_head")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        *_paper(),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("editions", sa.JSON(), nullable=False),
        sa.Column("items_digest", sa.String(64), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
        sa.ForeignKeyConstraint(["undoes"], ["deed.id"], name=op.f("fk_deed_undoes_deed")),
    )
    op.create_table(
        "deed_item",
        sa.Column("deed_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        *_before_and_after("state", sa.String(32)),
        *_before_and_after("office", sa.String(32)),
        *_before_and_after("monitor_office", sa.String(32)),
        *_before_and_after("due_date", sa.Date()),
        *_before_and_after("due_at", sa.DateTime(timezone=True)),
        sa.Column("asks_anew", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deed_id", "assignment_id", name=op.f("pk_deed_item")),
        sa.ForeignKeyConstraint(["deed_id"], ["deed.id"], name=op.f("fk_deed_item_deed_id_deed")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_deed_item_assignment_id_assignment")
        ),
    )
    op.create_index("ix_deed_item_assignment_id", "deed_item", ["assignment_id"])
    op.add_column("assignment", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("assignment", sa.Column("withdrawn_by", sa.Integer(), nullable=True))


def _paper() -> list[sa.Column[Any]]:
    return [
        sa.Column("paper_number", sa.String(100), nullable=False),
        sa.Column("paper_date", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
    ]


def _before_and_after(name: str, kind: sa.types.TypeEngine[Any]) -> list[sa.Column[Any]]:
    return [sa.Column(f"from_{name}", kind, nullable=True), sa.Column(f"to_{name}", kind, nullable=False)]
