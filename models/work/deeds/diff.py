"""What a change means for open work: plan before, plan after and the assignments there are, compared three ways.

Pure. The new plan is never compared with the store alone: that would take back every extension and every assignment
given to another office. An assignment keeps its identity whatever changes; for occasions that began before a change the
plan keeps what was asked then (``config.catalogue.history``), so that no later run makes a twin.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from models.alerts.status import is_overdue
from models.tables.deed import ItemKind, LeftBecause
from models.tables.lifecycle import OPEN, WAITING_FOR_OFFICE, Role, State
from models.work.effects import Progress
from models.work.parties import Parties
from models.work.planned import Identity as Identity
from models.work.planned import Row as Row
from models.work.planning import PlannedAssignment


@dataclass(frozen=True)
class Item:
    """What becomes of one assignment.

    row          as it is; None where it is made
    planned      by what the plan asks now, where it is made, restored or moved by the plan
    asks_anew    whether its office must acknowledge it again
    is_late_now  whether it is overdue by this change and was not before
    parties      its joint leads and named offices from now on; None where they stay
    left_because why it stays as it is, where its step changes
    given_back   as it was before a deed that is undone, where what its office had answered then holds again
    """

    kind: ItemKind
    row: Row | None
    planned: PlannedAssignment | None
    state: State
    office: str
    monitor_office: str
    due_date: date
    due_at: datetime
    timing: Timing = Timing.DATED
    asks_anew: bool = False
    is_late_now: bool = False
    parties: Parties | None = None
    left_because: LeftBecause | None = None
    given_back: Progress | None = None


def diff(
    before: Iterable[PlannedAssignment],
    after: Iterable[PlannedAssignment],
    rows: Iterable[Row],
    *,
    now: datetime,
    holds_from: date = date.min,
) -> Iterator[Item]:
    """What becomes of the open assignments of one step when what it asks on the same occasions changes.

    rows        all of the step, also those done or withdrawn
    holds_from  the day from which the change holds: what is due before it stays as it is

    What was accepted, or withdrawn by the coordinator alone, stays as it is, and so does what hangs on a lead that is
    done; no report that waits for a decision loses its assignment or its office.
    """
    known, wanted = {row.identity: row for row in rows}, _by_occasion(after)
    for occasion, parts in _by_occasion(before).items():
        yield from _on_occasion(parts, wanted.get(occasion, {}), known, now, holds_from)


def begun(planned: Iterable[PlannedAssignment], rows: Iterable[Row], *, now: datetime) -> Iterator[Item]:
    """What a step that was not asked for before makes, or lets go on again."""
    known = {row.identity: row for row in rows}
    for each in planned:
        yield from _made_or_restored(each, known, now)


def moved(row: Row, to: date, due_at: datetime, *, now: datetime, planned: PlannedAssignment | None = None) -> Item:
    """An assignment whose date is moved: by the coordinator, or by the plan where ``planned`` is given."""
    return _item(ItemKind.MOVED, row, planned, row.office, row.monitor_office, to, due_at, now)


def reassigned(row: Row, office: str, *, now: datetime) -> Item:
    """An assignment that the coordinator gives to another office."""
    due = row.due_date, row.due_at
    return _item(ItemKind.REASSIGNED, row, None, office, row.monitor_office, *due, now, timing=row.timing)


def withdrawn(row: Row) -> Item:
    """An assignment that is taken back; left as it is while its report waits for a decision."""
    if row.state is State.REPORTED:
        return left(row, LeftBecause.REPORT_WAITING)
    return replace(_unchanged(ItemKind.WITHDRAWN, row), state=State.WITHDRAWN)


def left(row: Row, because: LeftBecause) -> Item:
    """An assignment that stays as it is though its step changes."""
    return replace(_unchanged(ItemKind.LEFT, row), left_because=because)


def with_parties(found: Item | None, row: Row, parties: Parties) -> Item:
    """What becomes of an assignment that gets other joint leads or named offices as well, or only these."""
    return replace(found or _unchanged(ItemKind.PARTIES, row), parties=parties)


def _unchanged(kind: ItemKind, row: Row) -> Item:
    kept = row.office, row.monitor_office, row.due_date, row.due_at, row.timing
    return Item(kind, row, None, row.state, *kept)


def made(planned: PlannedAssignment, *, now: datetime) -> Item:
    """An assignment that is not there yet."""
    return _as_planned(ItemKind.MADE, None, planned, now)


def restored(row: Row, planned: PlannedAssignment, *, now: datetime) -> Item:
    """A withdrawn assignment that goes on, as newly assigned."""
    return replace(_as_planned(ItemKind.RESTORED, row, planned, now), asks_anew=True)


def reopened(
    row: Row,
    state: State,
    *,
    office: str,
    monitor_office: str,
    due_date: date,
    due_at: datetime,
    timing: Timing,
    now: datetime,
) -> Item:
    """A withdrawn assignment that goes on as if it had not been withdrawn."""
    is_late = is_overdue(state, due_at, row.reported_at, now)
    kept = office, monitor_office, due_date, due_at, timing
    return Item(ItemKind.RESTORED, row, None, state, *kept, is_late_now=is_late)


def _on_occasion(
    before: Mapping[str, list[PlannedAssignment]],
    after: Mapping[str, list[PlannedAssignment]],
    known: Mapping[Identity, Row],
    now: datetime,
    holds_from: date,
) -> Iterator[Item]:
    """One occasion; before and after by the lead office of each group, or who owes its input to all of them."""
    leads = {
        each.lead_office for parts in (*before.values(), *after.values()) for each in parts if each.role is Role.LEAD
    }
    gone, come = leads - after.keys(), leads - before.keys()
    # One lead for another takes over what is open; of several nobody can tell who follows whom.
    heirs = dict(zip(gone, come, strict=True)) if len(gone) == len(come) == 1 else {}
    is_open = False
    for lead, parts in before.items():
        leading = next((known.get(each.identity) for each in parts if each.role is Role.LEAD), None)
        wanted = {_part(each): each for each in after.get(heirs.get(lead, lead), ())}
        is_closed = leading is not None and leading.state not in OPEN
        keeps_lead = "" in wanted or leading is None or leading.due_date < holds_from or leading.state is State.REPORTED
        for each in parts:
            planned, row = wanted.pop(_part(each), None), known.get(each.identity)
            if row is None or row.state not in OPEN:
                continue
            item = withdrawn(row) if planned is None else _changed(row, each, planned, now)
            if item is not None and is_closed:
                item = left(row, LeftBecause.LEAD_CLOSED)
            elif item is not None and row.due_date < holds_from and keeps_lead:
                item = left(row, LeftBecause.DUE_BEFORE)
            elif item is None and planned is not None and planned.due.due_at != each.due.due_at != row.due_at:
                item = left(row, LeftBecause.EXTENDED) if row.due_at != planned.due.due_at else None
            yield from [item] if item else []
        if leading is None or is_closed:
            continue
        is_open = True
        for planned in wanted.values():
            if leading.due_date >= holds_from and planned.due.due_date >= holds_from:
                yield from _made_or_restored(replace(planned, lead_office=lead), known, now)
    if is_open:
        for lead in after:
            if lead not in before and lead not in heirs.values():
                for planned in (each for each in after[lead] if each.due.due_date >= holds_from):
                    yield from _made_or_restored(planned, known, now)


def _by_occasion(planned: Iterable[PlannedAssignment]) -> dict[tuple[str, str], dict[str, list[PlannedAssignment]]]:
    """By variant and period, and within these by lead office."""
    found: dict[tuple[str, str], dict[str, list[PlannedAssignment]]] = defaultdict(lambda: defaultdict(list))
    for each in planned:
        found[each.variant, each.period][each.lead_office].append(each)
    return found


def _part(planned: PlannedAssignment) -> str:
    """Which part of its group: the lead's, or that of a coordinating office."""
    return "" if planned.role is Role.LEAD else planned.assigned_office


def _changed(row: Row, was: PlannedAssignment, planned: PlannedAssignment, now: datetime) -> Item | None:
    """What becomes of an open assignment by what the plan asks differently; None where that changes nothing."""
    due_date, due_at, timing = row.due_date, row.due_at, row.timing
    if (planned.due.due_at, planned.due.timing) != (was.due.due_at, was.due.timing):
        # Of a longer time that was granted and a new date, the later one holds.
        is_extended = row.due_date < NO_DATE and row.due_at > was.due.due_at
        if not (is_extended and planned.due.due_date < NO_DATE and row.due_at >= planned.due.due_at):
            due_date, due_at, timing = planned.due.due_date, planned.due.due_at, planned.due.timing
    office = planned.office if planned.office != was.office else row.office
    if row.office in (was.office, *was.joint_offices) and row.office in planned.joint_offices:
        office = row.office  # one of the joint leads still, whoever of them is named first
    if row.state is State.REPORTED and office != row.office:  # who handed it in gets the decision on it
        return left(row, LeftBecause.REPORT_WAITING)
    monitor = planned.monitor_office if planned.monitor_office != was.monitor_office else row.monitor_office
    is_reworded = row.rule == was.due.rule != planned.due.rule
    by_plan = planned if is_reworded or (due_at, timing) != (row.due_at, row.timing) else None
    found = changed_to(row, by_plan, office, monitor, due_date, due_at, now, timing=timing)
    found = found or (replace(_unchanged(ItemKind.REWORDED, row), planned=planned) if is_reworded else None)
    parties = Parties.as_asked(office, planned.office, planned.joint_offices, planned.named_offices)
    if parties.same_as(Parties.as_asked(row.office, was.office, was.joint_offices, was.named_offices)):
        return found
    return with_parties(found, row, parties)


def changed_to(
    row: Row,
    planned: PlannedAssignment | None,
    office: str,
    monitor: str,
    due_date: date,
    due_at: datetime,
    now: datetime,
    *,
    timing: Timing = Timing.DATED,
) -> Item | None:
    """What becomes of an open assignment that gets this office, monitor and date; None where it has them."""
    if office != row.office:
        kind = ItemKind.REASSIGNED
    elif (due_at, timing) != (row.due_at, row.timing):
        kind = ItemKind.MOVED
    elif monitor != row.monitor_office:
        kind = ItemKind.MONITOR
    else:
        return None
    return _item(kind, row, planned, office, monitor, due_date, due_at, now, timing=timing)


def _made_or_restored(planned: PlannedAssignment, known: Mapping[Identity, Row], now: datetime) -> Iterator[Item]:
    row = known.get(planned.identity)
    if row is None:
        yield made(planned, now=now)
    elif row.state is State.WITHDRAWN and row.withdrawn_by is not None:
        yield restored(row, planned, now=now)


def _item(
    kind: ItemKind,
    row: Row,
    planned: PlannedAssignment | None,
    office: str,
    monitor: str,
    due_date: date,
    due_at: datetime,
    now: datetime,
    *,
    timing: Timing = Timing.DATED,
) -> Item:
    # What was returned is at work, and a first date shortens none that was acknowledged.
    is_shortened = due_at < row.due_at and row.timing is Timing.DATED and row.state is not State.RETURNED
    asks_anew = row.state in WAITING_FOR_OFFICE and (office != row.office or is_shortened)
    state = State.ASSIGNED if asks_anew else row.state
    was_late = is_overdue(row.state, row.due_at, row.reported_at, now)
    return Item(
        kind=kind,
        row=row,
        planned=planned,
        state=state,
        office=office,
        monitor_office=monitor,
        due_date=due_date,
        due_at=due_at,
        timing=timing,
        asks_anew=asks_anew,
        is_late_now=not was_late and is_overdue(state, due_at, row.reported_at, now),
    )


def _as_planned(kind: ItemKind, row: Row | None, planned: PlannedAssignment, now: datetime) -> Item:
    return Item(
        kind=kind,
        row=row,
        planned=planned,
        state=State.ASSIGNED,
        office=planned.office,
        monitor_office=planned.monitor_office,
        due_date=planned.due.due_date,
        due_at=planned.due.due_at,
        timing=planned.due.timing,
        is_late_now=planned.due.due_at <= now,
        parties=Parties(planned.joint_offices, planned.named_offices),
    )
