"""Taking a deed back, whole: dates and offices go back, what it withdrew goes on, what it made is withdrawn."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, func, select, update

from config.clock import HANOI
from config.errors import Refused
from config.rules.kinds import Timing
from models.alerts.notices import deed_rung
from models.store.actor import ActorContext
from models.store.audit import also_about
from models.store.audit_event import AuditEvent
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, DeedKind, DeedParty, ItemKind
from models.tables.errors import NotFound
from models.tables.lifecycle import VERB_WORDS, ExtensionState, Verb
from models.tables.party import Part
from models.tables.report import Extension
from models.work.deeds.anchor_changes import AnchorChange, check_anchor
from models.work.deeds.apply import Change
from models.work.deeds.diff import Item, Row, changed_to, reopened, with_parties, withdrawn
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import notice_taken_back
from models.work.effects import answer_is_given_back
from models.work.looking_back.replay import before_deed
from models.work.parties import NOBODY_ELSE, Parties, parties_of
from models.work.planned import ROW

_MAY_BE_UNDONE = frozenset({DeedKind.DIRECT, DeedKind.CALENDAR, DeedKind.ANCHOR})

_LOSES_NOTHING = frozenset({Verb.ACKNOWLEDGE.value, Verb.DELEGATE.value})
"""What may be lost: an office acknowledges, and names its unit, again."""

_FILES_VI = {"attach": "thêm tệp", "detach": "bỏ tệp"}

_BEGINS = frozenset({ItemKind.MADE, ItemKind.RESTORED})
_RESTATES = frozenset({ItemKind.WITHDRAWN, ItemKind.RESTORED})


def undoing(session: Session, deed_id: int, reason: str, context: ActorContext) -> Change:
    """The deed that takes another back; raises ``Refused`` naming every assignment that something happened to since.

    An acknowledgement may be lost by it, a report or a request for more time may not.
    """
    deed = session.get(Deed, deed_id)
    if deed is None:
        raise NotFound(f"Không có lần điều chỉnh số {deed_id}.", f"There is no change no. {deed_id}.")
    _refuse_kind(deed)
    if deed.kind is DeedKind.CALENDAR and deed.editions:
        _refuse_undone(session, deed_id)
        return notice_taken_back(session, deed, grounds(reason=reason), context)
    anchor = AnchorChange.from_json(deed.anchor).reversed if deed.anchor else None
    return Change(
        kind=deed.kind,
        subject=deed.subject,
        provenance=grounds(reason=reason),
        context=context,
        items=lambda reader: _taken_back(reader, deed_id, anchor, context),
        take_effect=lambda writer: let_requests_wait_again(writer, deed_id),
        undoes=deed_id,
        anchor=anchor,
    )


def _refuse_kind(deed: Deed) -> None:
    if deed.kind in _MAY_BE_UNDONE:
        return
    if deed.kind is DeedKind.AMENDMENT:
        raise Refused(
            "Bản sửa kế hoạch không hoàn tác được; lập bản sửa mới đưa kế hoạch về như trước.",
            "A plan amendment cannot be undone; make a new amendment that restores the plan.",
            command="dondoc plan amend",
        )
    if deed.kind in (DeedKind.DIRECTIVE_CLOSED, DeedKind.DIRECTIVE_REOPENED):
        raise Refused(
            "Kết thúc hay mở lại chỉ đạo thì làm ngược lại: mở lại, hoặc kết thúc.",
            "To undo closing or reopening a directive, do the opposite: reopen it, or close it.",
            command="dondoc directive close, dondoc directive reopen",
        )
    raise Refused(
        "Thay đổi danh bạ cơ quan không hoàn tác được; ghi một thay đổi mới.",
        "A change of the office register cannot be undone; record another change.",
        command="dondoc office",
    )


def _taken_back(session: Session, deed_id: int, anchor: AnchorChange | None, context: ActorContext) -> Iterator[Item]:
    _refuse_undone(session, deed_id)
    if anchor is not None:
        check_anchor(session, anchor)
    deed = session.get_one(Deed, deed_id)
    query = select(DeedItem).where(DeedItem.deed_id == deed_id).order_by(col(DeedItem.assignment_id))
    items = {item.assignment_id: item for item in session.exec(query)}
    if not items and anchor is None:
        raise Refused(
            "Lần điều chỉnh này không đổi việc nào; đổi tên thì đổi lại tên cũ.",
            "That change did not affect any assignment; to undo a new title, rename it back.",
            command="dondoc assignment retitle",
        )
    _refuse_what_happened(session, deed_id, items)
    theirs = select(DeedItem.assignment_id).where(DeedItem.deed_id == deed_id)
    parties, before = _parties_before(session, deed_id), before_deed(session, deed_id)
    for values in session.exec(select(*ROW).where(col(Assignment.id).in_(theirs)).order_by(col(Assignment.id))):
        row = Row(*values)
        item = _as_before(items[row.id], row, context)
        if row.id in parties and items[row.id].kind not in _BEGINS:
            joint, named = (
                [context.plan.current_office(each, context.today, (str(row.id), row.subtask)) for each in offices]
                for offices in (parties[row.id].joint, parties[row.id].named)
            )
            item = with_parties(item, row, Parties.beside(item.office if item else row.office, joint, named))
        if item is None:
            continue
        was = before.get(row.id)
        if was is not None and answer_is_given_back(was, row, item.office):
            item = replace(item, asks_anew=False, state=was.state, given_back=was)
        # The office has acknowledged the date that comes back, unless it did so for the other one.
        elif item.office == row.office and not (row.acknowledged_at and row.acknowledged_at > deed.at):
            item = replace(item, asks_anew=False, state=item.state if item.kind in _RESTATES else row.state)
        yield item


def _as_before(item: DeedItem, row: Row, context: ActorContext) -> Item | None:
    if item.kind in _BEGINS:
        return withdrawn(row)
    assert item.from_state and item.from_office and item.from_monitor_office and item.from_due_date and item.from_due_at
    office = context.plan.current_office(item.from_office, context.today, (str(row.id), row.subtask))
    monitor = context.plan.current_office(item.from_monitor_office, context.today, (row.subtask,))
    timing = item.from_timing or Timing.DATED
    if item.kind is not ItemKind.WITHDRAWN:
        return changed_to(row, None, office, monitor, item.from_due_date, item.from_due_at, context.now, timing=timing)
    return reopened(
        row,
        item.from_state,
        office=office,
        monitor_office=monitor,
        due_date=item.from_due_date,
        due_at=item.from_due_at,
        timing=timing,
        now=context.now,
    )


def _parties_before(session: Session, deed_id: int) -> dict[int, Parties]:
    """The joint leads and named offices that a deed's assignments had before it, of those where it changed them."""
    changed = select(DeedParty).where(DeedParty.deed_id == deed_id).order_by(col(DeedParty.office))
    began, ended = defaultdict[int, set[tuple[str, Part]]](set), defaultdict[int, list[tuple[str, Part]]](list)
    for each in session.exec(changed):
        if each.began:
            began[each.assignment_id].add((each.office, each.part))
        else:
            ended[each.assignment_id].append((each.office, each.part))
    found = {}
    there = parties_of(session, {*began, *ended})
    for number in {*began, *ended}:
        now = there.get(number, NOBODY_ELSE)
        before = [*(each for each in now.each() if each not in began[number]), *ended[number]]
        joint, named = ([office for office, its in before if its is part] for part in (Part.JOINT, Part.NAMED))
        found[number] = Parties(tuple(joint), tuple(named))
    return found


def _refuse_undone(session: Session, deed_id: int) -> None:
    if (by := session.exec(select(Deed).where(Deed.undoes == deed_id)).first()) is not None:
        on = by.at.astimezone(HANOI)
        raise Refused(
            f"Lần điều chỉnh số {deed_id} đã được hoàn tác ngày {on:%d/%m/%Y}.",
            f"Change no. {deed_id} was already undone on {on:%d/%m/%Y}.",
        )


def _refuse_what_happened(session: Session, deed_id: int, items: Mapping[int, DeedItem]) -> None:
    happened = defaultdict[int, list[str]](list)
    for number, verb in _events_since(session, deed_id):
        item = items[number]
        keeps_files = item.kind not in _BEGINS and item.from_office == item.to_office
        if verb not in _LOSES_NOTHING and not (keeps_files and verb in _FILES_VI):
            happened[number].append(verb)
    later = select(DeedItem.assignment_id, DeedItem.deed_id).where(
        DeedItem.deed_id > deed_id,
        col(DeedItem.assignment_id).in_(select(DeedItem.assignment_id).where(DeedItem.deed_id == deed_id)),
    )
    for number, deed in session.exec(later.order_by(col(DeedItem.deed_id))):
        happened[number].append(deed_rung(deed))
    if happened:
        raise Refused(
            f"Không hoàn tác được: {len(happened)} việc đã có thay đổi sau đó. Xử lý từng việc.",
            f"It cannot be undone: {len(happened)} assignments have changed since then. Deal with each one separately.",
            details=[_happened(number, dict.fromkeys(what)) for number, what in sorted(happened.items())],
        )


def _events_since(session: Session, deed_id: int) -> Iterator[tuple[int, str]]:
    """The verbs that were done to the assignments of a deed since, each with the assignment."""
    its_event = select(func.max(AuditEvent.seq)).where(AuditEvent.subject == deed_rung(deed_id)).scalar_subquery()
    subjects = select(literal("assignment:") + cast(col(DeedItem.assignment_id), String)).where(
        DeedItem.deed_id == deed_id
    )
    events = select(AuditEvent.subject, AuditEvent.verb).where(
        col(AuditEvent.seq) > its_event, col(AuditEvent.subject).in_(subjects)
    )
    for subject, verb in session.exec(events.order_by(col(AuditEvent.seq))):
        yield int(subject.partition(":")[2]), verb


def _happened(number: int, what: Collection[str]) -> Refused:
    vi = [_in_vietnamese(each) for each in what]
    en = [each.replace("_", " ").replace(":", " ") for each in what]
    return Refused(f"Việc số {number}: {', '.join(vi)}", f"Assignment {number}: {', '.join(en)}")


def _in_vietnamese(what: str) -> str:
    if what.startswith("deed:"):
        return f"lần điều chỉnh số {what.partition(':')[2]}"
    return VERB_WORDS[Verb(what)][0] if what in set(Verb) else _FILES_VI.get(what, what)


def let_requests_wait_again(session: Session, deed_id: int) -> Mapping[str, int]:
    """Extension requests that lapsed by the deed wait for their decision again."""
    deed = session.get_one(Deed, deed_id)
    lapsed = (
        col(Extension.state) == ExtensionState.LAPSED,
        col(Extension.decided_at) == deed.at,
        col(Extension.assignment_id).in_(select(DeedItem.assignment_id).where(DeedItem.deed_id == deed_id)),
    )
    also_about(session, "assignment", session.scalars(select(Extension.assignment_id).where(*lapsed)))
    session.exec(
        update(Extension)
        .where(*lapsed)
        .values(state=ExtensionState.REQUESTED, decided_at=None)
        .execution_options(synchronize_session=False)
    )
    return {}
