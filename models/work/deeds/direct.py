"""The coordinator's own deeds on open assignments, one or many at once: each a change with its reason, previewed first.

Who is named and what is open is checked when the change is worked out, for the preview and again when it is applied.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from config.catalogue.plan import Plan
from config.clock import end_of_day, local_date
from config.errors import Refused, refuse_all
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind
from models.tables.errors import TransitionRefused
from models.tables.lifecycle import OPEN, STATE_WORDS, Role, State, Verb
from models.work.deeds.apply import Change
from models.work.deeds.collapsing import collapsed, group_of
from models.work.deeds.diff import Item, Row, moved, reassigned, withdrawn
from models.work.deeds.joining import joined
from models.work.planned import ROW


def move_dates(numbers: Sequence[int], to: date, *, provenance: Provenance, context: ActorContext) -> Change:
    """Change the due date of assignments, rolled forward to a working day (BLDS 2015, 148); the original one is kept.

    to  may have passed and may be earlier than the date they have, which the deed then asks to be confirmed

    Those that have this date already stay as they are.
    """

    def items(reader: Session) -> Iterator[Item]:
        rows = open_rows(reader, numbers, context)
        days = {row.id: context.for_priority(row.priority).calendar.next_working_day(to) for row in rows}
        refuse_all([_before_assigned(row, days[row.id]) for row in rows if days[row.id] < _earliest(row)])
        differing = [row for row in rows if days[row.id] != row.due_date]
        if not differing:
            raise Refused(
                f"Hạn đã là {min(days.values()):%d/%m/%Y}; không có gì để đổi.",
                f"The date is {min(days.values()):%d/%m/%Y} already; there is nothing to change.",
            )
        for row in differing:
            yield moved(row, days[row.id], end_of_day(days[row.id]), now=context.now)

    return _change(items, provenance, context)


def give_to(numbers: Sequence[int], office: str, *, provenance: Provenance, context: ActorContext) -> Change:
    """Give assignments to another office, which acknowledges them anew. What the old one has not sent, a draft and
    files, is dropped.

    An office that comes to hold two parts of one group keeps the one that counts (``collapsing``).
    """
    heir = existing_office(context.plan, office, context.today)

    def items(reader: Session) -> Iterator[Item]:
        rows = [row for row in open_rows(reader, numbers, context) if row.office != heir]
        if not rows:
            raise Refused(f"{heir} đã giữ các việc này.", f"{heir} already has these assignments.")
        given = [reassigned(row, heir, now=context.now) for row in rows]
        yield from collapsed(given, groups_with(reader, rows), of=frozenset({heir}))

    return _change(items, provenance, context)


def coordinate(
    numbers: Sequence[int], offices: Sequence[str], *, provenance: Provenance, context: ActorContext
) -> Change:
    """Add coordinating offices: each gets a part in the group of every assignment named (``joining``)."""
    codes = _offices(context.plan, offices, context.today)

    def items(reader: Session) -> Iterator[Item]:
        rows = open_rows(reader, numbers, context)
        yield from joined(reader, rows, codes, groups_with(reader, rows), context)

    return _change(items, provenance, context)


def release(
    numbers: Sequence[int], offices: Sequence[str] = (), *, provenance: Provenance, context: ActorContext
) -> Change:
    """Remove coordinating offices; what they contributed is kept.

    offices  which of them, in the groups of the assignments named; without, the assignments named are their parts
    """

    def items(reader: Session) -> Iterator[Item]:
        rows = open_rows(reader, numbers, context)
        if not offices:
            refuse_all([_leads(row) for row in rows if row.role is Role.LEAD])
            yield from _taken_back(rows)
            return
        groups = groups_with(reader, rows)
        faults, going = [], dict[int, Row]()
        for key in dict.fromkeys(map(group_of, rows)):
            for office in dict.fromkeys(offices):
                parts = [
                    r for r in groups[key] if r.office == office and r.role is Role.COORDINATING and r.state in OPEN
                ]
                going |= {row.id: row for row in parts}
                if not parts:
                    named = next(row.id for row in rows if group_of(row) == key)
                    faults.append(
                        Refused(
                            f"Việc số {named}: {office} không phối hợp việc này.",
                            f"Assignment {named}: {office} does not coordinate it.",
                        )
                    )
        refuse_all(faults)
        yield from _taken_back(going.values())

    return _change(items, provenance, context)


def withdraw_all(numbers: Sequence[int], *, provenance: Provenance, context: ActorContext) -> Change:
    """Take assignments back; they are no longer counted. One whose report waits for a decision is left."""
    return _change(lambda reader: _taken_back(open_rows(reader, numbers, context)), provenance, context)


def _taken_back(rows: Collection[Row]) -> Iterator[Item]:
    """The withdrawal of assignments; raises ``Refused`` where a report waits for a decision on each of them."""
    if all(row.state is State.REPORTED for row in rows):
        refuse_all([TransitionRefused(row.id, row.state, Verb.WITHDRAW) for row in rows])
    return map(withdrawn, rows)


def open_rows(session: Session, numbers: Sequence[int], context: ActorContext) -> list[Row]:
    """The assignments of these numbers, each once; raises ``Refused`` naming all that are unknown or not open."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise Refused("Chưa chọn việc nào.", "No assignment is selected.")
    found = {row.id: row for row in _rows(session, col(Assignment.id).in_(wanted))}
    faults = []
    for number in wanted:
        row = found.get(number)
        if row is None:
            faults.append(
                Refused(
                    f"Không có việc số {number}; xem các số trong danh sách việc.",
                    f"There is no assignment no. {number}; see the numbers in the list of assignments.",
                    command="dondoc assignment list",
                )
            )
        elif row.state not in OPEN:
            faults.append(
                Refused(
                    f"Việc số {number} {STATE_WORDS[row.state][0]}, không còn mở.",
                    f"Assignment {number} is {STATE_WORDS[row.state][1]} and no longer open.",
                )
            )
        elif row.assigned_at > context.now:
            faults.append(
                Refused(
                    f"Việc số {number} đến {local_date(row.assigned_at):%d/%m/%Y} mới giao.",
                    f"Assignment {number} was assigned later, on {local_date(row.assigned_at):%d/%m/%Y}.",
                )
            )
    refuse_all(faults)
    return [found[number] for number in wanted]


def existing_office(plan: Plan, code: str, day: date) -> str:
    """The code of an office that exists on a day; raises ``Refused`` saying who stands in its place."""
    office = plan.office(code)
    if office.exists_on(day):
        return office.code
    current = plan.current_office(office.code, day)
    if current != office.code:
        raise Refused(
            f"Cơ quan {code}: đã kết thúc hoạt động; hiện nay là {current} ({plan.office(current).name_vi}).",
            f"Office {code} no longer exists; it is now {current} ({plan.office(current).name_en}).",
        )
    if office.valid_from and day < office.valid_from:
        raise Refused(
            f"Cơ quan {code}: từ {office.valid_from:%d/%m/%Y} mới hoạt động.",
            f"Office {code} begins on {office.valid_from:%d/%m/%Y}.",
        )
    raise Refused(f"Cơ quan {code}: đã kết thúc hoạt động.", f"Office {code} no longer exists.")


@dataclass(frozen=True)
class _Found:
    """What a look-up gave, or why it gave nothing."""

    code: str
    fault: Refused | None = None


def _offices(plan: Plan, codes: Sequence[str], day: date) -> list[str]:
    """The codes of offices that exist, each once; raises ``Refused`` with every fault."""

    def look_up(code: str) -> _Found:
        try:
            return _Found(existing_office(plan, code, day))
        except Refused as refused:
            return _Found(code, refused)

    found = [look_up(code) for code in dict.fromkeys(codes)]
    refuse_all([each.fault for each in found if each.fault])
    if not found:
        raise Refused("Chưa chọn cơ quan phối hợp.", "No coordinating office is selected.")
    return [each.code for each in found]


def groups_with(session: Session, rows: Sequence[Row]) -> Mapping[tuple[str, ...], list[Row]]:
    """Every part of the groups that assignments belong to, whatever its state."""
    groups: dict[tuple[str, ...], list[Row]] = {group_of(row): [] for row in rows}
    for step in dict.fromkeys((row.subtask, row.step) for row in rows):
        of_step = (col(Assignment.subtask) == step[0], col(Assignment.step) == step[1])
        for row in _rows(session, *of_step):
            if group_of(row) in groups:
                groups[group_of(row)].append(row)
    return groups


def _rows(session: Session, *where: object) -> Iterable[Row]:
    query = select(*ROW).where(*where).order_by(col(Assignment.id))  # type: ignore[arg-type]
    return (Row(*values) for values in session.exec(query))


def _earliest(row: Row) -> date:
    """The day before which it cannot be due: when it was assigned, or due at first where it was assigned late."""
    return min(local_date(row.assigned_at), row.original_due_date)


def _before_assigned(row: Row, to: date) -> Refused:
    on = local_date(row.assigned_at)
    return Refused(
        f"Việc số {row.id}: hạn {to:%d/%m/%Y} trước ngày giao {on:%d/%m/%Y}.",
        f"Assignment {row.id}: {to:%d/%m/%Y} is before the date of assignment, {on:%d/%m/%Y}.",
    )


def _leads(row: Row) -> Refused:
    return Refused(
        f"Việc số {row.id}: {row.office} chủ trì việc này; thu hồi việc nếu thôi giao.",
        f"Assignment {row.id}: {row.office} is the lead; withdraw the assignment instead.",
        command="dondoc assignment withdraw",
    )


def _change(items: Callable[[Session], Iterable[Item]], provenance: Provenance, context: ActorContext) -> Change:
    return Change(kind=DeedKind.DIRECT, subject="", provenance=provenance, context=context, items=items)
