"""Questions on assignments with their answers, lists kept under a name, and what a search of reports looks through."""

import sqlalchemy as sa
from alembic import op

from config.text.suggestions import without_accents

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_AT_ONCE = 1_000


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(1000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_question_assignment_id_assignment")
        ),
    )
    op.create_index("ix_question_assignment_id", "question", ["assignment_id"])
    op.create_index("uq_question_submission", "question", ["submission"], unique=True)
    waiting = sa.text("answered_at IS NULL")
    op.create_index(
        "ix_question_waiting",
        "question",
        ["asked_at", "assignment_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    op.add_column("report", sa.Column("plain_text", sa.Text(), nullable=True))
    _fill_in_plain_texts()


def _fill_in_plain_texts() -> None:
    bind, last = op.get_bind(), 0
    read = sa.text(
        "SELECT id, document_number, text, difficulties, proposals FROM report WHERE id > :last ORDER BY id LIMIT :size"
    )
    write = sa.text("UPDATE report SET plain_text = :plain WHERE id = :id")
    while rows := bind.execute(read, {"last": last, "size": _AT_ONCE}).all():
        texts = [(number, without_accents(" ".join(filter(None, words)))) for number, *words in rows]
        bind.execute(write, [{"id": number, "plain": plain} for number, plain in texts])
        last = rows[-1][0]
