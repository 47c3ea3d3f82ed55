"""The items of a deed in a temporary table: looked at before it is applied, and applied by statements on the whole.

The table belongs to one connection, filled while others write: the end of the audit trail tells what happened since.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, insert, literal, select, update
from sqlalchemy.schema import DropTable
from sqlmodel import col

from config.rules.due import NO_DATE
from config.rules.due_words import day_in_words
from config.rules.kinds import Timing
from models.alerts.next_alert import after_original
from models.alerts.timetables import Term
from models.alerts.told_by_deeds import told_offices
from models.store.audit_event import AuditHead
from models.tables.deed import ItemKind, LeftBecause
from models.tables.lifecycle import Role
from models.tables.party import Part, Party
from models.tables.prepared import ITEMS, PARTIES, PartyChange
from models.work.deeds.diff import Item

BATCH = 5_000
"""Items written together: however many there are, so many are held in memory."""

NO_TIMETABLE = 0
"""In ``timetable_before``, of what the plan asks for anew: its ladder is the plan's."""


@dataclass(frozen=True)
class Prepared:
    """What a deed would do.

    digest  of all items and of what is confirmed beside them, whatever the hour: what was looked at is applied
    trail   the end of the audit trail when they were worked out
    """

    counts: dict[ItemKind, int]
    late: int
    letters: int
    digest: str
    trail: int


@dataclass(frozen=True)
class PreparedItem:
    """One item as it is shown; ``mark`` differs whenever the digest of a deed with it would."""

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
    from_monitor_office: str | None
    to_monitor_office: str
    asks_anew: bool
    is_late_now: bool
    left_because: LeftBecause | None
    mark: str


def fill(
    connection: Connection,
    items: Iterable[Item],
    *,
    because: tuple[str, str],
    now: datetime,
    ended: Collection[str] = (),
    confirmed_as: bytes = b"",
) -> Prepared:
    """Fill the table with items, in place of what it held.

    because  what moves dates, in Vietnamese and English, for their explanation: "theo 45/KH-UBND"
    ended    offices that are there no more and get no letter
    confirmed_as  what the digest covers beside the items
    """
    trail = connection.execute(select(col(AuditHead.seq)).where(col(AuditHead.id) == 1)).scalar_one()
    discard(connection)
    ITEMS.create(connection)
    PARTIES.create(connection)
    digest = hashlib.sha256(confirmed_as)
    remaining = enumerate(items, start=1)
    while batch := list(islice(remaining, BATCH)):
        for _, item in batch:
            digest.update(_canonical(item))
        connection.execute(insert(ITEMS), [{"seq": seq} | _row(item, because, now) for seq, item in batch])
        parties = [
            {"seq": seq, "office": office, "part": part, "change": PartyChange.ADDED}
            for seq, item in batch
            if item.parties is not None
            for office, part in item.parties.each()
        ]
        if parties:
            connection.execute(insert(PARTIES), parties)
    _compare_parties(connection)
    counts = connection.execute(select(ITEMS.c.kind, func.count()).group_by(ITEMS.c.kind)).tuples().all()
    late = select(func.coalesce(func.sum(case((ITEMS.c.is_late_now, 1), else_=0)), 0))
    return Prepared(
        counts=dict(counts),
        late=connection.scalar(late) or 0,
        letters=len(told_offices(connection, ended=ended)),
        digest=digest.hexdigest(),
        trail=trail,
    )


def discard(connection: Connection) -> None:
    """Take the tables away, where they are there."""
    for table in (ITEMS, PARTIES):
        connection.execute(DropTable(table, if_exists=True))


def _compare_parties(connection: Connection) -> None:
    """Tell the parties that are there already from the new ones, and note those that are there no more."""
    there = (
        select(ITEMS.c.seq, col(Party.office), col(Party.part))
        .join(Party, col(Party.assignment_id) == ITEMS.c.assignment_id)
        .where(ITEMS.c.sets_parties)
    )
    same = there.subquery("same")
    is_same = and_(same.c.seq == PARTIES.c.seq, same.c.office == PARTIES.c.office, same.c.part == PARTIES.c.part)
    connection.execute(update(PARTIES).where(exists().where(is_same)).values(change=PartyChange.KEPT))
    kept = and_(
        *(PARTIES.c.seq == ITEMS.c.seq, PARTIES.c.office == col(Party.office), PARTIES.c.part == col(Party.part))
    )
    dropped = there.add_columns(literal(PartyChange.DROPPED.value)).where(~exists().where(kept))
    connection.execute(insert(PARTIES).from_select(["seq", "office", "part", "change"], dropped))


def prepared_items(connection: Connection, kind: ItemKind | None = None) -> Iterator[PreparedItem]:
    """The items one after another, in the order in which they were worked out."""
    names = [ITEMS.c[name] for name in PreparedItem.__dataclass_fields__]
    query = select(*names).order_by(ITEMS.c.seq)
    if kind is not None:
        query = query.where(ITEMS.c.kind == kind)
    for row in connection.execute(query):
        yield PreparedItem(*row)


@dataclass(frozen=True)
class PreparedParty:
    """A joint lead or named office that comes or goes; ``assignment`` is None where the deed makes that."""

    assignment: int | None
    office: str
    part: Part
    change: PartyChange


def prepared_parties(connection: Connection) -> list[PreparedParty]:
    """Every joint lead and named office that comes or goes."""
    query = select(ITEMS.c.assignment_id, PARTIES.c.office, PARTIES.c.part, PARTIES.c.change)
    changing = query.join(PARTIES, PARTIES.c.seq == ITEMS.c.seq).where(PARTIES.c.change != PartyChange.KEPT)
    return [PreparedParty(*row) for row in connection.execute(changing.order_by(ITEMS.c.seq, PARTIES.c.office))]


@dataclass(frozen=True)
class PartyCount:
    """In how many items of one kind and step an office comes or goes as joint lead or named office."""

    subtask: str
    step: str
    kind: ItemKind
    office: str
    part: Part
    change: PartyChange
    count: int


def party_counts(connection: Connection) -> list[PartyCount]:
    """Every joint lead and named office that comes or goes, by step."""
    of_step = ITEMS.c.subtask, ITEMS.c.step, ITEMS.c.kind
    key = (*of_step, PARTIES.c.office, PARTIES.c.part, PARTIES.c.change)
    changing = select(*key, func.count()).join(PARTIES, PARTIES.c.seq == ITEMS.c.seq)
    changing = changing.where(PARTIES.c.change != PartyChange.KEPT).group_by(*key)
    return [PartyCount(*row) for row in connection.execute(changing.order_by(func.min(ITEMS.c.seq), PARTIES.c.office))]


def _canonical(item: Item) -> bytes:
    whom: Any = item.row.id if item.row else [*item.planned.identity] if item.planned else None
    instant = item.due_at.timestamp()
    what: list[Any] = [item.kind, whom, item.state, item.office, item.monitor_office, instant, item.asks_anew]
    if item.timing is not Timing.DATED:
        what.append(item.timing)
    if item.parties is not None:
        what += [sorted(item.parties.joint), sorted(item.parties.named)]
    if item.left_because is not None:
        what.append(item.left_because)
    return json.dumps(what, separators=(",", ":")).encode() + b"\n"


def _row(item: Item, because: tuple[str, str], now: datetime) -> dict[str, Any]:
    source = item.row or item.planned
    assert source is not None
    row, planned = item.row, item.planned
    begins = planned is not None and item.kind in (ItemKind.MADE, ItemKind.RESTORED)
    values: dict[str, Any] = {
        "kind": item.kind,
        "mark": hashlib.sha256(_canonical(item)).hexdigest()[:10],
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
        "left_because": item.left_because,
        "sets_parties": item.parties is not None,
        "ladder": planned.ladder.code if planned and begins else "",
        "timetable_before": row.timetable_id if row and not begins else NO_TIMETABLE,
        "acknowledged_at": item.given_back.acknowledged_at if item.given_back else None,
        "resumed_at": item.given_back.resumed_at if item.given_back else None,
        "is_acknowledged": bool(item.given_back or (row and row.acknowledged_at)) and not item.asks_anew,
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
    if begins or item.asks_anew or item.row is None:
        begun_at = now
    else:
        begun_at = (item.given_back or item.row).resumed_at or item.row.assigned_at
    term = Term.of(rule, item.timing, assigned_at=begun_at, due_at=item.due_at)
    return {name: value for name, value in vars(term).items() if name != "due_on"}


def _explained(item: Item, because: tuple[str, str]) -> dict[str, Any]:
    """The rule and explanation of a date that was made or moved; what gave the original one stays beside it."""
    row, planned = item.row, item.planned
    stays = row is not None and (row.due_at, row.timing) == (item.due_at, item.timing)
    if (planned is None and (row is None or stays)) or (planned and stays and planned.due.due_at != item.due_at):
        kept = dict.fromkeys(("basis", "calendar_version", "explanation_vi", "explanation_en"))
        return {"rule": planned.due.rule if planned else None, **kept}
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
