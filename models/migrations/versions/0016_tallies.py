"""Counts of open work kept by triggers, and how far each priority has got.

A later migration that makes ``assignment``, ``notice`` or ``timetable_rung`` anew on SQLite (``batch_alter_table``)
must make their triggers again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_OPEN = "({row}.state NOT IN ('accepted', 'withdrawn'))"
_BEGUN = "coalesce({row}.resumed_at, {row}.assigned_at)"
_DAY = {"sqlite": f"date({_BEGUN}, '+7 hours')", "postgresql": f"({_BEGUN} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"}
_ALIKE = (
    "{row}.priority, {row}.state, {row}.due_at, CASE WHEN {row}.state = 'assigned' THEN {day} END,"
    " ({row}.state = 'reported' AND coalesce({row}.reported_at < {row}.due_at, {yes}))"
)
_INTO = "INSERT INTO assignment_tally (priority, state, due_at, begun_on, in_time, number)"
_AUDITED = ("state", "due_at", "acknowledged_at", "completed_at", "timetable_id", "rung_done", "next_alert_at")
_COLUMNS = ("priority", "state", "due_at", "assigned_at", "reported_at", "resumed_at")


def upgrade() -> None:
    op.create_table(
        "assignment_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(4), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_tally")),
    )
    op.create_table(
        "stage_mark",
        sa.Column("priority", sa.String(4), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("priority", "stage", name=op.f("pk_stage_mark")),
    )
    alike = _alike("assignment")
    op.execute(f"{_INTO} SELECT {alike}, count(*) FROM assignment WHERE {_open('assignment')} GROUP BY {alike}")
    _keep_the_tally()
    _forget_audits()


def _keep_the_tally() -> None:
    """Rows are only added, so that no two writers wait for each other."""
    comes = f"{_INTO} SELECT {_alike('NEW')}, 1 WHERE {_open('NEW')};"
    goes = f"{_INTO} SELECT {_alike('OLD')}, -1 WHERE {_open('OLD')};"
    differs = " OR ".join(f"OLD.{name} {_other()} NEW.{name}" for name in _COLUMNS)
    _trigger("comes", "INSERT", comes)
    _trigger("goes", "DELETE", goes)
    _trigger("changes", f"UPDATE OF {', '.join(_COLUMNS)}", goes + " " + comes, when=f"WHEN ({differs})")


def _forget_audits() -> None:
    """Whatever changes what the auditor has found in order, by whichever hand, it looks again."""
    for table, event in (
        ("assignment", "INSERT"),
        ("assignment", f"UPDATE OF {', '.join(_AUDITED)}"),
        ("notice", "DELETE"),
        ("timetable_rung", "INSERT"),
        ("timetable_rung", "UPDATE"),
        ("timetable_rung", "DELETE"),
    ):
        name, forget = f"{table}_{event.split()[0].lower()}_unaudited", "DELETE FROM stage_mark WHERE stage = 'audited'"
        if _database() == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {forget}; END")
            continue
        # What another transaction is deleting just now need not be waited for.
        forget += " AND priority IN (SELECT priority FROM stage_mark WHERE stage = 'audited' FOR UPDATE SKIP LOCKED)"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {forget}; RETURN NULL; END $$;"
            f" CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def _trigger(name: str, event: str, body: str, when: str = "") -> None:
    name, head = f"assignment_tally_{name}", f"AFTER {event} ON assignment FOR EACH ROW {when}"
    if _database() == "sqlite":
        op.execute(f"CREATE TRIGGER {name} {head} BEGIN {body} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$;"
        f" CREATE TRIGGER {name} {head} EXECUTE FUNCTION {name}()"
    )


def _alike(row: str) -> str:
    day = _DAY[_database()].format(row=row)
    return _ALIKE.format(row=row, day=day, yes="1" if _database() == "sqlite" else "true")


def _open(row: str) -> str:
    return _OPEN.format(row=row)


def _other() -> str:
    return "IS NOT" if _database() == "sqlite" else "IS DISTINCT FROM"


def _database() -> str:
    return op.get_bind().dialect.name
