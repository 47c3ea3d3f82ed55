"""The items of a deed in a temporary table: looked at before it is applied, and applied by statements on the whole.

The table belongs to one connection, and is filled while others go on writing. Whether anything has happened since is
told by the end of the audit trail, for no fact is written without its event.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Integer, MetaData, String, Table, case, func, insert, select
from sqlalchemy.schema import DropTable
from sqlmodel import col

from config.rules.due import NO_DATE
from config.rules.due_words import day_in_words
from config.rules.kinds import Timing
from models.alerts.next_alert import after_original
from models.alerts.timetables import Term
from models.store.audit import AuditHead
from models.store.columns import UtcDateTime, enum_column
from models.tables.deed import ItemKind
from models.tables.lifecycle import Role, State, Urgency
from models.work.deeds.diff import Item

BATCH = 5_000
"""Items written together: however many there are, so many are held in memory."""

NO_TIMETABLE = 0
"""In ``timetable_before``, of what the plan asks for anew: its ladder is the plan's."""

ITEMS = Table(
    "prepared_item",
    MetaData(),
    Column("seq", Integer, primary_key=True),
    Column("kind", enum_column(ItemKind), nullable=False),
    Column("assignment_id", Integer),
    Column("priority", String(4), nullable=False),
    Column("subtask", String(16), nullable=False),
    Column("step", String(32), nullable=False),
    Column("variant", String(32), nullable=False),
    Column("period", String(100), nullable=False),
    Column("role", enum_column(Role), nullable=False),
    Column("lead_office", String(32), nullable=False),
    Column("assigned_office", String(32), nullable=False),
    Column("anchor_id", Integer),
    Column("urgency", enum_column(Urgency), nullable=False),
    *(
        Column(f"{side}_{name}", kind, nullable=side == "from")
        for name, kind in (
            ("state", enum_column(State)),
            ("office", String(32)),
            ("monitor_office", String(32)),
            ("due_date", Date()),
            ("due_at", UtcDateTime()),
            ("timing", enum_column(Timing)),
        )
        for side in ("from", "to")
    ),
    Column("asks_anew", Boolean, nullable=False),
    Column("is_late_now", Boolean, nullable=False),
    # By the plan, where it made, restored or moved the assignment.
    Column("rule", String(64)),
    Column("basis", String(16)),
    Column("calendar_version", String(64)),
    Column("explanation_vi", String(1000)),
    Column("explanation_en", String(1000)),
    # Which timetable it needs, and that timetable once it is there.
    Column("ladder", String(32), nullable=False),
    Column("timetable_before", Integer, nullable=False),
    Column("assigned_on", Date(), nullable=False),
    Column("rhythm", String(16), nullable=False),
    Column("begins_at", UtcDateTime()),
    Column("ends_at", UtcDateTime()),
    Column("is_acknowledged", Boolean, nullable=False),
    Column("timetable_id", Integer),
    Column("rung_done", Integer),
    Column("next_alert_at", UtcDateTime()),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Prepared:
    """What a deed would do.

    digest  of all items, whatever the hour: what was looked at is what is applied
    trail   the end of the audit trail when they were worked out
    """

    counts: dict[ItemKind, int]
    late: int
    letters: int
    digest: str
    trail: int


@dataclass(frozen=True)
class PreparedItem:
    """One item as it is shown."""

    kind: ItemKind
    assignment_id: int | None
    subtask: str
    step: str
    variant: str
    period: str
    role: Role
    from_office: str | None
    to_office: str
    from_due_date: date | None
    to_due_date: date
    from_timing: Timing | None
    to_timing: Timing
    is_late_now: bool


def fill(
    connection: Connection,
    items: Iterable[Item],
    *,
    because: tuple[str, str],
    now: datetime,
    ended: Collection[str] = (),
) -> Prepared:
    """Fill the table with items, in place of what it held.

    because  what moves dates, in Vietnamese and English, for their explanation: "theo 45/KH-UBND"
    ended    offices that are there no more and get no letter
    """
    trail = connection.execute(select(col(AuditHead.seq)).where(col(AuditHead.id) == 1)).scalar_one()
    discard(connection)
    ITEMS.create(connection)
    digest = hashlib.sha256()
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        for item in batch:
            digest.update(_canonical(item))
        connection.execute(insert(ITEMS), [_row(item, because, now) for item in batch])
    counts = connection.execute(select(ITEMS.c.kind, func.count()).group_by(ITEMS.c.kind)).tuples().all()
    late = select(func.coalesce(func.sum(case((ITEMS.c.is_late_now, 1), else_=0)), 0))
    return Prepared(
        counts=dict(counts),
        late=connection.scalar(late) or 0,
        letters=len(set(told_offices(connection)) - {*ended}),
        digest=digest.hexdigest(),
        trail=trail,
    )


def discard(connection: Connection) -> None:
    """Take the table away, where it is there."""
    connection.execute(DropTable(ITEMS, if_exists=True))


def prepared_items(connection: Connection, kind: ItemKind | None = None) -> Iterator[PreparedItem]:
    """The items one after another, in the order in which they were worked out."""
    names = [ITEMS.c[name] for name in PreparedItem.__dataclass_fields__]
    query = select(*names).order_by(ITEMS.c.seq)
    if kind is not None:
        query = query.where(ITEMS.c.kind == kind)
    for row in connection.execute(query):
        yield PreparedItem(*row)


def told_offices(connection: Connection) -> Sequence[str]:
    """The offices that get a letter: those whose assignments change, and those that gave some away."""
    told = select(ITEMS.c.to_office).where(ITEMS.c.kind != ItemKind.MONITOR)
    gave_away = select(ITEMS.c.from_office).where(ITEMS.c.from_office != ITEMS.c.to_office)
    return connection.execute(told.union(gave_away)).scalars().all()


def _canonical(item: Item) -> bytes:
    whom: Any = item.row.id if item.row else [*item.planned.identity] if item.planned else None
    what = [item.kind, whom, item.state, item.office, item.monitor_office, item.due_at.timestamp(), item.asks_anew]
    if item.timing is not Timing.DATED:
        what.append(item.timing)
    return json.dumps(what, separators=(",", ":")).encode() + b"\n"


def _row(item: Item, because: tuple[str, str], now: datetime) -> dict[str, Any]:
    source = item.row or item.planned
    assert source is not None
    row, planned = item.row, item.planned
    begins = planned is not None and item.kind in (ItemKind.MADE, ItemKind.RESTORED)
    values: dict[str, Any] = {
        "kind": item.kind,
        "assignment_id": row.id if row else None,
        "subtask": source.subtask,
        "step": source.step,
        "variant": source.variant,
        "period": source.period,
        "role": source.role,
        "lead_office": source.lead_office,
        "assigned_office": source.assigned_office,
        "urgency": source.urgency,
        "priority": source.priority,
        "anchor_id": planned.anchor_id if planned else None,
        "asks_anew": item.asks_anew,
        "is_late_now": item.is_late_now,
        "ladder": planned.ladder.code if planned and begins else "",
        "timetable_before": row.timetable_id if row and not begins else NO_TIMETABLE,
        "is_acknowledged": bool(row and row.acknowledged_at) and not item.asks_anew,
    }
    for name, after in (
        ("state", item.state),
        ("office", item.office),
        ("monitor_office", item.monitor_office),
        ("due_date", item.due_date),
        ("due_at", item.due_at),
        ("timing", item.timing),
    ):
        values[f"to_{name}"], values[f"from_{name}"] = after, getattr(row, name) if row else None
    return values | _term(item, begins, now) | _explained(item, because)


def _term(item: Item, begins: bool, now: datetime) -> dict[str, Any]:
    """What its timetable is worked out for."""
    rule = item.planned.due.rule if item.planned else item.row.rule if item.row else ""
    begun_at = now if begins or item.asks_anew or item.row is None else item.row.resumed_at or item.row.assigned_at
    term = Term.of(rule, item.timing, assigned_at=begun_at, due_at=item.due_at)
    return {name: value for name, value in vars(term).items() if name != "due_on"}


def _explained(item: Item, because: tuple[str, str]) -> dict[str, Any]:
    """The rule and explanation of a date that was made or moved; what gave the original one stays beside it."""
    row, planned = item.row, item.planned
    if planned is None and (row is None or (row.due_at, row.timing) == (item.due_at, item.timing)):
        return dict.fromkeys(("rule", "basis", "calendar_version", "explanation_vi", "explanation_en"))
    vi, en = (planned.due.explanation_vi, planned.due.explanation_en) if planned else _reached(item)
    if row is not None:
        vi = after_original(f"{vi} ({because[0]})", row.explanation_vi, "vi")
        en = after_original(f"{en} ({because[1]})", row.explanation_en, "en")
    return {
        "rule": planned.due.rule if planned else None,
        "basis": planned.basis if planned else None,
        "calendar_version": planned.due.calendar_version if planned else None,
        "explanation_vi": vi,
        "explanation_en": en,
    }


def _reached(item: Item) -> tuple[str, str]:
    """Where a date was moved to, in both languages."""
    if item.due_date == NO_DATE:
        vi, en = (day_in_words(item.due_date, item.timing, language) for language in ("vi", "en"))
        return f"→ {vi}", f"→ {en}"
    day = f"{item.due_date.day}/{item.due_date.month}/{item.due_date.year}"
    return f"→ 24:00 {day}", f"→ 24:00 {day}"
