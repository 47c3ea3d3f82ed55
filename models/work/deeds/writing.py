"""The statements that write what a deed does, from the table of its items: the same few however many there are."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, literal, null, or_, select, true, update
from sqlmodel import Session, col

from config.rules.ladder import Ladder
from models.alerts.next_alert import last_rank_before, unsaid_reminders
from models.alerts.timetables import timetable_id
from models.plans.documents import directive_of
from models.store.actor import ActorContext
from models.store.audit import also_about
from models.store.columns import UtcDateTime
from models.store.upsert import insert_new, table_of
from models.tables.assignment import Assignment, Timetable, TimetableRung
from models.tables.deed import DeedItem, DeedParty, ItemKind, LeftBecause
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, State
from models.tables.party import Part, Party
from models.tables.prepared import ITEMS, PARTIES, PartyChange
from models.tables.report import Extension
from models.work.deeds.prepared import NO_TIMETABLE

_NEEDS_TIMETABLE = or_(
    ITEMS.c.from_due_at.is_(None),
    ITEMS.c.from_due_at != ITEMS.c.to_due_at,
    ITEMS.c.from_timing != ITEMS.c.to_timing,
    ITEMS.c.asks_anew.is_(True),
    ITEMS.c.kind == ItemKind.RESTORED,
    ITEMS.c.acknowledged_at.is_not(None),
)
_TIMETABLE_KEY = (
    *(ITEMS.c.priority, ITEMS.c.ladder, ITEMS.c.timetable_before, ITEMS.c.assigned_on, ITEMS.c.to_due_date),
    *(ITEMS.c.rhythm, ITEMS.c.begins_at, ITEMS.c.ends_at, ITEMS.c.is_acknowledged),
)


def set_timetables(session: Session, context: ActorContext) -> None:
    """Find or make the timetable of each pair of dates that the items need, and where in it each of them begins."""
    needed = select(*_TIMETABLE_KEY).where(_NEEDS_TIMETABLE, ITEMS.c.to_state != State.WITHDRAWN).distinct()
    unsaid = unsaid_reminders(session, context.now)
    for key in session.execute(needed).all():
        of_priority = context.for_priority(key.priority)
        is_new = key.timetable_before == NO_TIMETABLE
        ladder = (
            context.plan.ladder(key.ladder)
            if is_new
            else Ladder.model_validate(session.get_one(Timetable, key.timetable_before).ladder)
        )
        timetable = timetable_id(
            session,
            ladder,
            assigned_on=key.assigned_on,
            due_on=key.to_due_date,
            rhythm=key.rhythm,
            begins_at=key.begins_at,
            ends_at=key.ends_at,
            today=context.today,
            calendar=of_priority.calendar,
            calendar_name=of_priority.calendar_name,
            basis=of_priority.directive.conventions.basis_on(context.today),
        )
        # Rungs of a moved date that are past stay unsaid; what is made late is told so.
        done = 0 if is_new else last_rank_before(session, timetable, context.now)
        ahead = and_(col(TimetableRung.timetable_id) == timetable, col(TimetableRung.rank) > done)
        if key.is_acknowledged:
            ahead = and_(ahead, ~col(TimetableRung.unless_acknowledged))
        first = select(func.min(TimetableRung.fire_at)).where(ahead).scalar_subquery()
        is_of_key = and_(*(column == value for column, value in zip(_TIMETABLE_KEY, key, strict=True)))
        session.execute(
            update(ITEMS)
            .where(is_of_key, _NEEDS_TIMETABLE)
            .values(timetable_id=timetable, rung_done=done, next_alert_at=first)
        )
        its_unsaid = {} if is_new or key.is_acknowledged else unsaid.get(key.timetable_before, {})
        # What begins anew is asked for anew, too.
        if its_unsaid and session.get_one(Timetable, key.timetable_before).assigned_on == key.assigned_on:
            _go_on_unsaid(session, is_of_key, timetable, its_unsaid, context.now)


def _go_on_unsaid(
    session: Session, is_of_key: ColumnElement[bool], timetable: int, unsaid: Mapping[int, datetime], now: datetime
) -> None:
    """Let the timetable that items move to say the reminders to acknowledge that no sweep has said yet."""
    for done, since in unsaid.items():
        stands_there = exists().where(col(Assignment.id) == ITEMS.c.assignment_id, col(Assignment.rung_done) == done)
        session.execute(
            update(ITEMS)
            .where(is_of_key, _NEEDS_TIMETABLE, stands_there)
            .values(rung_done=last_rank_before(session, timetable, now, unsaid_since=since), next_alert_at=since)
        )


def change_assignments(session: Session, deed: int, editions: Mapping[str, int], context: ActorContext) -> None:
    """Set the columns of every assignment that was there before (``models.work.effects.after_deed``)."""
    table = table_of(Assignment)
    begins_anew = ITEMS.c.asks_anew.is_(True)
    waits = ITEMS.c.to_state.in_(WAITING_FOR_OFFICE)
    retimed = ITEMS.c.timetable_id.is_not(None)
    session.execute(
        update(table)
        .where(table.c.id == ITEMS.c.assignment_id, ITEMS.c.kind != ItemKind.LEFT)
        .values(
            state=ITEMS.c.to_state,
            office=ITEMS.c.to_office,
            delegated_to=case((ITEMS.c.to_office != table.c.office, ""), else_=table.c.delegated_to),
            monitor_office=ITEMS.c.to_monitor_office,
            due_date=ITEMS.c.to_due_date,
            due_at=ITEMS.c.to_due_at,
            timing=ITEMS.c.to_timing,
            rule=func.coalesce(ITEMS.c.rule, table.c.rule),
            basis=func.coalesce(ITEMS.c.basis, table.c.basis),
            calendar_version=func.coalesce(ITEMS.c.calendar_version, table.c.calendar_version),
            explanation_vi=func.coalesce(ITEMS.c.explanation_vi, table.c.explanation_vi),
            explanation_en=func.coalesce(ITEMS.c.explanation_en, table.c.explanation_en),
            timetable_id=func.coalesce(ITEMS.c.timetable_id, table.c.timetable_id),
            rung_done=func.coalesce(ITEMS.c.rung_done, table.c.rung_done),
            next_alert_at=case((~waits, null()), (retimed, ITEMS.c.next_alert_at), else_=table.c.next_alert_at),
            acknowledged_at=case(
                (begins_anew, null()), else_=func.coalesce(ITEMS.c.acknowledged_at, table.c.acknowledged_at)
            ),
            resumed_at=case(
                (begins_anew, _instant(context.now)),
                (ITEMS.c.acknowledged_at.is_not(None), ITEMS.c.resumed_at),
                else_=table.c.resumed_at,
            ),
            reported_at=case((begins_anew, null()), else_=table.c.reported_at),
            withdrawn_by=case(
                (ITEMS.c.kind == ItemKind.WITHDRAWN, deed),
                (ITEMS.c.kind == ItemKind.RESTORED, null()),
                else_=table.c.withdrawn_by,
            ),
            edition=_edition(editions, context, table.c.edition),
        )
        .execution_options(synchronize_session=False)
    )


def mark_left(session: Session, deed: int) -> None:
    """Note on what stays because its report waits for a decision which deed left it."""
    table, waits = table_of(Assignment), ITEMS.c.left_because == LeftBecause.REPORT_WAITING
    also_about(session, "assignment", session.execute(select(ITEMS.c.assignment_id).where(waits)).scalars())
    session.execute(
        update(table)
        .where(table.c.id == ITEMS.c.assignment_id, waits)
        .values(left_by=deed)
        .execution_options(synchronize_session=False)
    )


def make_assignments(session: Session, editions: Mapping[str, int], context: ActorContext) -> None:
    """Make what is not there yet, and note in the table under which numbers."""
    table, is_made = table_of(Assignment), ITEMS.c.kind == ItemKind.MADE
    same = ("priority", "subtask", "step", "variant", "period", "role", "lead_office", "assigned_office", "anchor_id")
    also = ("urgency", "rule", "basis", "calendar_version", "explanation_vi", "explanation_en", "timetable_id")
    values = {
        **{name: ITEMS.c[name] for name in (*same, *also, "rung_done", "next_alert_at")},
        **{name: ITEMS.c[f"to_{name}"] for name in ("state", "office", "monitor_office", "due_date", "due_at")},
        "timing": ITEMS.c.to_timing,
        "original_timing": ITEMS.c.to_timing,
        "original_due_date": ITEMS.c.to_due_date,
        "original_due_at": ITEMS.c.to_due_at,
        "delegated_to": literal(""),
        "assigned_at": _instant(context.now),
        "edition": _edition(editions, context, literal(1)),
    }
    query = select(*values.values()).where(is_made).order_by(ITEMS.c.seq)
    session.execute(table.insert().from_select(list(values), query))
    identity = and_(
        *(table.c[name] == ITEMS.c[name] for name in (*same[1:5], "lead_office", "assigned_office", "role"))
    )
    number = select(table.c.id).where(identity).scalar_subquery()
    session.execute(update(ITEMS).where(is_made).values(assignment_id=number))


def set_parties(session: Session, deed: int) -> None:
    """Write the joint leads and named offices that items change, and keep which came and went; who has an assignment is
    not a party beside itself."""
    party = table_of(Party)
    its = and_(ITEMS.c.seq == PARTIES.c.seq, ITEMS.c.assignment_id == party.c.assignment_id)
    gone = and_(its, PARTIES.c.office == party.c.office, PARTIES.c.part == party.c.part)
    dropped = exists().where(gone, PARTIES.c.change == PartyChange.DROPPED)
    now_answers = exists().where(ITEMS.c.assignment_id == party.c.assignment_id, ITEMS.c.to_office == party.c.office)
    goes = or_(dropped, now_answers)
    added = select(ITEMS.c.assignment_id, PARTIES.c.office, PARTIES.c.part).join(ITEMS, ITEMS.c.seq == PARTIES.c.seq)
    added = added.where(PARTIES.c.change == PartyChange.ADDED, PARTIES.c.office != ITEMS.c.to_office)
    left = select(party.c.assignment_id, party.c.office, party.c.part).where(goes)
    names, kept = ["assignment_id", "office", "part"], table_of(DeedParty).insert()
    for changed, began in ((left, False), (added, True)):
        values = changed.add_columns(literal(deed), literal(began))
        session.execute(kept.from_select([*names, "deed_id", "began"], values))
    session.execute(delete(party).where(goes))
    session.execute(insert_new(session, Party).from_select(names, added.where(true())))
    anew = exists().where(ITEMS.c.assignment_id == party.c.assignment_id, ITEMS.c.asks_anew)
    session.execute(update(party).where(party.c.acknowledged_at.is_not(None), anew).values(acknowledged_at=None))


def lapse_requests(session: Session, context: ActorContext, *, ended: Collection[str], is_undoing: bool) -> None:
    """Close extension requests that are met, whose assignment is withdrawn, or whose office gave it away.

    ended       offices that are there no more: with what was theirs their successors go on
    is_undoing  whether what the work's earlier office asked for waits again
    """
    is_met, of_it = ITEMS.c.to_due_date >= col(Extension.requested_until), col(Party.assignment_id)
    joint_leads = exists().where(of_it == ITEMS.c.assignment_id, col(Party.part) == Part.JOINT)
    gave_away = and_(ITEMS.c.from_office != ITEMS.c.to_office, ITEMS.c.from_office.not_in(ended), ~joint_leads)
    is_over = or_(ITEMS.c.to_state == State.WITHDRAWN, is_met, *(() if is_undoing else (gave_away,)))
    session.execute(
        update(Extension)
        .where(
            col(Extension.state) == ExtensionState.REQUESTED,
            exists().where(
                ITEMS.c.assignment_id == col(Extension.assignment_id), ITEMS.c.kind != ItemKind.LEFT, is_over
            ),
        )
        .values(state=ExtensionState.LAPSED, decided_at=context.now)
        .execution_options(synchronize_session=False)
    )


def record_items(session: Session, deed: int) -> None:
    """Keep what the deed did to each assignment."""
    table = table_of(DeedItem)
    copied = [column.name for column in table.columns if column.name != "deed_id"]
    query = select(literal(deed), *(ITEMS.c[name] for name in copied)).where(ITEMS.c.kind != ItemKind.LEFT)
    session.execute(table.insert().from_select(["deed_id", *copied], query))


def _edition(editions: Mapping[str, int], context: ActorContext, otherwise: Any) -> Any:
    """The number of the edition that an item's directive has from now on."""
    by_code = {code: number for series, number in editions.items() if (code := directive_of(series))}
    its = {code: [each.code for each in context.plan.priorities_of(code)] for code in by_code}
    numbers = [(ITEMS.c.priority.in_(its[code]), number) for code, number in by_code.items()]
    return case(*numbers, else_=otherwise) if numbers else otherwise


def _instant(at: datetime) -> Any:
    return literal(at, UtcDateTime())
