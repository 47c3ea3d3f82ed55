"""Whom a deed tells of what: counted while it is looked at, written to the outbox when it is applied, by one rule."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal, or_, select, union
from sqlalchemy.sql.selectable import FromClause
from sqlmodel import Session

from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from models.alerts.notices import deed_rung
from models.store.actor import ActorContext
from models.store.columns import UtcDateTime
from models.store.upsert import insert_new, table_of
from models.tables.deed import ItemKind
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.office import Contact
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.tables.prepared import ITEMS, PARTIES, PartyChange

_ToldOffices = tuple[FromClause, ColumnElement[str], ColumnElement[str], ColumnElement[bool]]
"""Rows, the office that each of them tells, the kind of its notice, and which rows do."""


def told_offices(connection: Connection, *, ended: Collection[str] = ()) -> set[str]:
    """The offices that the prepared deed tells, a letter each.

    ended  offices that are there no more
    """
    offices = (select(office).select_from(rows).where(told) for rows, office, _, told in _told(ended))
    return set(connection.execute(union(*offices)).scalars())


def tell_offices(session: Session, deed: int, context: ActorContext, *, ended: Collection[str] = ()) -> None:
    """One notice for each assignment to each office that is told of it; they meet in a letter each.

    ended  offices that are there no more, so that they are not told what they gave away
    """
    for told in _told(ended):
        _tell(session, told, deed, context)


_KIND_TOLD = case(
    (ITEMS.c.kind == ItemKind.WITHDRAWN, NoticeKind.WITHDRAWN.value),
    (ITEMS.c.kind == ItemKind.MOVED, NoticeKind.MOVED.value),
    else_=NoticeKind.ASSIGNED.value,
)
_UNTOLD = (ItemKind.REWORDED, ItemKind.MONITOR, ItemKind.PARTIES, ItemKind.LEFT)
"""What changes nothing for the office that has the assignment."""


def _told(ended: Collection[str]) -> Iterator[_ToldOffices]:
    """Who has an assignment and who gave it away; who leads it jointly or is named from now on, or leads no longer; who
    stays beside it, where it is withdrawn, goes on again or is due on another day. As true before the parties are
    written as afterwards."""
    goes_on = literal(NoticeKind.ASSIGNED.value)
    no_longer, informed = literal(NoticeKind.REASSIGNED.value), literal(NoticeKind.INFORMED.value)
    yield ITEMS, ITEMS.c.to_office, _KIND_TOLD, and_(ITEMS.c.kind.not_in(_UNTOLD), ITEMS.c.to_office.not_in(ended))
    gave_away = and_(ITEMS.c.from_office != ITEMS.c.to_office, ITEMS.c.from_office.not_in(ended))
    yield ITEMS, ITEMS.c.from_office, no_longer, gave_away

    changing = ITEMS.join(PARTIES, PARTIES.c.seq == ITEMS.c.seq)
    is_joint, is_other = PARTIES.c.part == Part.JOINT, PARTIES.c.office != ITEMS.c.to_office
    came, left = PARTIES.c.change == PartyChange.ADDED, PARTIES.c.change == PartyChange.DROPPED
    yield changing, PARTIES.c.office, case((is_joint, goes_on), else_=informed), and_(came, is_other)
    yield changing, PARTIES.c.office, no_longer, and_(left, is_joint, is_other, PARTIES.c.office.not_in(ended))

    party = table_of(Party)
    beside = ITEMS.join(party, party.c.assignment_id == ITEMS.c.assignment_id)
    its = and_(PARTIES.c.seq == ITEMS.c.seq, PARTIES.c.office == party.c.office)
    changed = exists().where(its, or_(came, and_(left, PARTIES.c.part == party.c.part)))
    is_moved = and_(ITEMS.c.kind.not_in(_UNTOLD), ITEMS.c.from_due_at != ITEMS.c.to_due_at)
    concerns_all = or_(ITEMS.c.kind.in_((ItemKind.MOVED, ItemKind.WITHDRAWN, ItemKind.RESTORED)), is_moved)
    stays = and_(~changed, party.c.office != ITEMS.c.to_office, party.c.office.not_in(ended))
    to_joint = case((ITEMS.c.kind == ItemKind.REASSIGNED, NoticeKind.MOVED.value), else_=_KIND_TOLD)
    kind = case((party.c.part == Part.JOINT, to_joint), else_=informed)
    yield beside, party.c.office, kind, and_(stays, concerns_all)


def _tell(session: Session, told: _ToldOffices, deed: int, context: ActorContext) -> None:
    rows, office, kind, is_told = told
    contact = table_of(Contact)
    values: dict[str, Any] = {
        "kind": kind,
        "assignment_id": ITEMS.c.assignment_id,
        "rung": literal(deed_rung(deed)),
        "office": office,
        "desk": literal(Desk.FOCAL.value),
        "channel": func.coalesce(contact.c.channel, LOCAL_MAILBOX),
        "urgency": ITEMS.c.urgency,
        "state": literal(NoticeState.PENDING.value),
        "run_key": literal(context.run_key),
        "created_at": literal(context.now, UtcDateTime()),
        "reason": literal(""),
    }
    its_desk = and_(contact.c.office == office, contact.c.desk == Desk.FOCAL)
    query = select(*values.values()).select_from(rows.outerjoin(contact, its_desk)).where(is_told)
    session.execute(insert_new(session, Notice).from_select(list(values), query.order_by(ITEMS.c.seq)))
