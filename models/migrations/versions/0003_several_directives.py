"""Several directives in one store: each anchor belongs to one, and each timetable says by which calendar it goes.

What is there belongs to the house's directive. Its code stands in the plan, which a migration does not know: it is
left empty here and filled in when the store is next opened with its plan (``models.keeping.mirror``).
"""

import sqlalchemy as sa
from alembic import op

from config.errors import Refused

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BEFORE = ("id", "kind", "key", "title", "on_date", "subtask", "host_office", "urgency", "is_sample", "created_at")
_COLUMNS = (*_BEFORE, "plain_title")


def upgrade() -> None:
    op.add_column("timetable", sa.Column("calendar", sa.String(4), nullable=False, server_default=""))
    op.add_column("anchor", sa.Column("directive", sa.String(32), nullable=False, server_default=""))
    _make_unique(("directive", "key"), instead_of=("key",), columns=(*_COLUMNS, "directive"))
    op.create_index(
        "uq_anchor_issue",
        "anchor",
        ["directive"],
        unique=True,
        sqlite_where=sa.text("kind = 'issue'"),
        postgresql_where=sa.text("kind = 'issue'"),
    )


def downgrade() -> None:
    _refuse_several()
    op.drop_index("uq_anchor_issue", "anchor")
    _make_unique(("key",), instead_of=("directive", "key"), columns=(*_COLUMNS, "directive"))
    op.drop_column("anchor", "directive")
    op.drop_column("timetable", "calendar")


def _refuse_several() -> None:
    """What belongs to which directive would be lost for good, and coming back could not tell."""
    store = op.get_bind()
    directives = store.scalar(sa.text("SELECT count(DISTINCT directive) FROM anchor")) or 0
    calendars = store.scalar(sa.text("SELECT count(*) FROM timetable WHERE calendar <> ''")) or 0
    if directives > 1 or calendars:
        raise Refused(
            "Kho đang theo dõi nhiều chỉ đạo; bản cũ chỉ biết một. Khôi phục bản sao lưu từ trước khi thêm chỉ đạo.",
            "The store follows several directives, and the older version knows only one. Restore a backup from before.",
        )


def _make_unique(these: tuple[str, ...], *, instead_of: tuple[str, ...], columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(f"uq_anchor_{'_'.join(instead_of)}", "anchor")
        op.create_unique_constraint(f"uq_anchor_{'_'.join(these)}", "anchor", list(these))
        return
    # SQLite changes no constraint of a table, and its foreign keys stay on within a transaction. Held against them only
    # at the end, the rows may leave and come back; the index spares a look through all assignments for each of them.
    listed = ", ".join(columns)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.create_index("ix_assignment_anchor_id", "assignment", ["anchor_id"])
    op.execute(f"CREATE TEMPORARY TABLE anchor_before AS SELECT {listed} FROM anchor")
    op.drop_table("anchor")
    op.create_table(
        "anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("subtask", sa.String(16), nullable=True),
        sa.Column("host_office", sa.String(32), nullable=True),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plain_title", sa.String(), nullable=False, server_default=""),
        sa.Column("directive", sa.String(32), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
        sa.UniqueConstraint(*these, name=op.f(f"uq_anchor_{'_'.join(these)}")),
    )
    op.execute(f"INSERT INTO anchor ({listed}) SELECT {listed} FROM anchor_before")
    op.execute("DROP TABLE anchor_before")
    op.drop_index("ix_assignment_anchor_id", "assignment")
