"""What becomes of the open work of offices that have ended: it goes to their successors and heirs, each thing once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import and_, false, or_, true
from sqlalchemy import select as select_columns  # sqlmodel's is typed for four at most
from sqlmodel import Session, col, func

from config.catalogue.plan import Plan
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, Role
from models.tables.party import Part
from models.work.assigning import SHARE
from models.work.deeds.collapsing import Group, collapsed, group_of
from models.work.deeds.diff import Item, Row
from models.work.parties import NOBODY_ELSE, Parties, parties_of, with_part
from models.work.planned import HAS_BEGUN, Occasion, rows_of_occasions
from models.work.register.giving_way import OWED, gave_way, members_by_collective


def _succeeded(row: Row, office: str, monitor: str, parties: Parties | None = None) -> Item:
    """An assignment of an office that has ended, or is monitored by one: it goes over as it is, with its history."""
    stays = ItemKind.MONITOR if monitor != row.monitor_office else ItemKind.PARTIES
    kind = ItemKind.REASSIGNED if office != row.office else stays
    due = row.due_date, row.due_at, row.timing
    return Item(kind, row, None, row.state, office, monitor, *due, parties=parties)


def ended_offices(plan: Plan, day: date) -> list[str]:
    """The offices that have ended by a day and have somebody who took over."""
    return [each.code for each in plan.offices if plan.current_office(each.code, day) != each.code]


def handed_over(session: Session, context: ActorContext) -> Iterator[Item]:
    """What is open with an ended office goes to its heir, occasion by occasion; what it monitored, its successor
    monitors.

    What an office would hold twice by that it holds once (``collapsing``); what a collective entry has goes to its
    members (``giving_way``).
    """
    for share in occasions_concerned(session, context, monitored=True):
        yield from handed_over_on(session, share, context)


def occasions_concerned(
    session: Session, context: ActorContext, *, priority: str | None = None, monitored: bool = False
) -> Iterator[list[Occasion]]:
    """On which occasions something goes over, cut into what one transaction writes.

    monitored  whether those as well on which an ended office does no more than monitor
    """
    ended, members = ended_offices(context.plan, context.today), members_by_collective(context)
    if not ended and not members:
        return
    is_collective = and_(col(Assignment.office).in_(members), ~HAS_BEGUN)
    concerned = or_(
        col(Assignment.office).in_(ended),
        col(Assignment.monitor_office).in_(ended) if monitored else false(),
        with_part(ended, Part.JOINT),
        with_part(ended, Part.NAMED),
        is_collective,
    )
    of_priority = true() if priority is None else col(Assignment.priority) == priority
    columns = col(Assignment.subtask), col(Assignment.step), col(Assignment.variant), col(Assignment.period)
    office = col(Assignment.office)
    counted = (
        select_columns(*columns, office, func.count())
        .where(of_priority, col(Assignment.state).in_(OPEN), concerned)
        .group_by(*columns, office)
        .order_by(*columns)
    )
    share, written = dict[Occasion, None](), 0
    for *occasion, code, count in session.execute(counted).all():
        # Of a collective entry each member gets a copy.
        writes = count * (len(members.get(context.plan.current_office(code, context.today), ())) or 1)
        key = tuple(occasion)
        if share and written + writes > SHARE and key not in share:
            yield [*share]
            share, written = {}, 0
        share[key], written = None, written + writes
    if share:
        yield [*share]


def handed_over_on(session: Session, occasions: Sequence[Occasion], context: ActorContext) -> Iterator[Item]:
    """``handed_over`` on these occasions."""
    members, found = members_by_collective(context), rows_of_occasions(session, occasions)
    parties = parties_of(session, [row.id for rows in found.values() for row in rows if row.state in OPEN])
    for rows in found.values():
        yield from _on_occasion(session, rows, parties, members, context)


def _on_occasion(
    session: Session,
    rows: Sequence[Row],
    parties: Mapping[int, Parties],
    members: Mapping[str, Sequence[str]],
    context: ActorContext,
) -> Iterator[Item]:
    plan, today = context.plan, context.today
    groups: dict[Group, list[Row]] = defaultdict(list)
    items = list[Item]()
    for row in rows:
        groups[group_of(row)].append(row)
    answers = {row.id: plan.current_office(row.office, today, (str(row.id), row.subtask)) for row in rows}
    giving_way = [row for row in rows if answers[row.id] in members and not row.has_begun]
    owed = {row.id: _owed_to(row, groups[group_of(row)]) for row in giving_way}
    goes_along = {row.id for parts in owed.values() for row in parts}
    for key, parts in groups.items():
        groups[key] = [row for row in parts if row.id not in owed and row.id not in goes_along]
    for row in rows:
        if row.state not in OPEN or row.id in owed or row.id in goes_along:
            continue
        office = answers[row.id]
        monitor = plan.current_office(row.monitor_office, today, (row.subtask,))
        there = parties.get(row.id, NOBODY_ELSE)
        joint, named = (
            [plan.current_office(each, today, (str(row.id), row.subtask)) for each in offices]
            for offices in (there.joint, there.named)
        )
        beside = Parties.beside(office, joint, named)
        changed = None if beside.same_as(there) else beside
        if (office, monitor) != (row.office, row.monitor_office) or changed is not None:
            items.append(_succeeded(row, office, monitor, changed))
    heirs = {item.office for item in items if item.row is not None and item.office != item.row.office}
    heirs |= {office for item in items if item.parties is not None for office in item.parties.joint}
    joint_leads = {row.id: parties[row.id].joint for row in rows if row.id in parties}
    joint_leads |= {item.row.id: item.parties.joint for item in items if item.row and item.parties is not None}
    yield from collapsed(items, groups, of=heirs, with_copies=True, joint=joint_leads)
    known = {row.identity for row in rows}
    for row in giving_way:
        if row.id not in goes_along:
            going = [row, *owed[row.id]]
            yield from gave_way(session, [(each, answers[each.id]) for each in going], members, known, context)


def _owed_to(lead: Row, group: Sequence[Row]) -> list[Row]:
    """What coordinating offices owe a lead and have not handed in."""
    return [row for row in group if row.role is not Role.LEAD and row.state in OWED] if lead.role is Role.LEAD else []
