"""The one mechanism all priorities share: assign → track → notify → publish.

Plain functions on an opened store. Each is one task of a Prefect run (``flows.runs.tasks``); the rehearsal and the
tests call them as they are.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from sqlmodel import Session

from config.catalogue.plan import Directive
from config.errors import Refused
from flows.form_fields import Entry, NewDocument, NewEvent
from flows.forms import FollowUpForm
from models.alerts.due_alerts import AttentionCounts, attention_counts, compact_tally, sweep
from models.alerts.stages import done_until, mark_done
from models.delivery.auditor import LOOKBACK, Findings, audit_follow_up
from models.keeping.opening import Store
from models.store.actor import ActorContext, PriorityContext
from models.store.audit import lock_audit_chain
from models.store.database import reading, session_scope
from models.tables.tally import Stage
from models.work.assigning import assign
from models.work.directive_deeds.following import date_what_follows
from models.work.directives import anchors, assigning_document, register_document, register_event
from models.work.planning import PlannedAssignment, how_to_issue, planned_assignments
from models.work.verbs.succession import hand_over_ended_offices
from notifications.courier.courier import DeliveryCounts, deliver
from notifications.words.coordinator_letters import write_gap_letter
from reports.board.board import board
from reports.board.board_markdown import board_markdown, trend


class NothingIssued(Refused):
    """No document assigns the work yet; a run says so and has done its duty."""


@dataclass(frozen=True)
class Summary:
    """What a run did, in counts.

    ``acknowledged_missing``, ``due_soon`` and ``overdue`` count the assignments of the priority in that state, whether
    or not anything was sent about them; the rest is what this run did.
    """

    assigned: int = 0
    acknowledged_missing: int = 0
    due_soon: int = 0
    overdue: int = 0
    notices: int = 0
    messages_sent: int = 0
    messages_failed: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Assigned:
    """How many new assignments, and notices that assigning and handing over put in the outbox."""

    assignments: int
    notices: int


@dataclass(frozen=True)
class Tracked:
    """How many notices the ladders put in the outbox, the counts of the priority, and what the audit found."""

    notices: int
    attention_counts: AttentionCounts
    findings: Findings = field(default_factory=Findings)


def follow_up_once(store: Store, priority: str, form: FollowUpForm, now: datetime, run_key: str = "") -> Summary:
    """All steps in order, without Prefect and without publishing; ``now`` is the instant to reckon with.

    Raises ``NothingIssued`` before an assigning document is registered, ``Refused`` for a form that does not
    fit.
    """
    context = store.actor_context(now=now, actor=f"flow:{priority}", run_key=run_key)
    assigned = assign_due(store, priority, form, context)
    tracked = track(store, priority, context)
    return summarise(assigned, tracked, notify(store, now))


def assign_due(store: Store, priority: str, form: FollowUpForm, context: ActorContext) -> Assigned:
    """Register what the form brings, hand over from ended offices, make every assignment not there yet, and date what
    waited for work that is done by now."""
    date_what_follows(store.engine, priority, context)
    with session_scope(store.engine) as session:
        lock_audit_chain(session)
        # By the plan that is in force now that it is our turn: it may have been amended since the run began.
        if (now := store.of_today(session.connection())) is not store:
            context = replace(context, plan=now.plan, calendar=now.calendar, editions=now.editions)
        return assign_within(session, priority, form, context)


def track(store: Store, priority: str, context: ActorContext, at: datetime | None = None) -> Tracked:
    """Put what the ladders say by now in the outbox, count what needs attention, and audit the follow-up.

    If the audit finds something, the coordinator gets a letter.

    at  the real time, where the context's may be a replayed day
    """
    (notices, took), now = _sweep_all(partial(session_scope, store.engine), priority, context), context.now
    # Outside the transactions of the sweep: reading holds up no writer.
    with reading(store.engine) as connection:
        counted = attention_counts(
            connection, now=now, calendar=context.for_priority(priority).calendar, priority=priority
        )
        # Found in order once in a day, it is looked at again when something changes (migration 0016).
        basis = str(context.today)
        # What this sweep took is looked at whatever another worker has found meanwhile.
        audited = None if took else done_until(connection, priority, Stage.AUDITED, basis)
        since = max(now - LOOKBACK, audited) if audited and audited <= now else now - LOOKBACK
        findings = audit_follow_up(
            connection, now=now, calendar=store.calendar, priority=priority, since=since, at=at
        )
    if findings:
        with session_scope(store.engine) as session:
            write_gap_letter(session, store, findings, context)
    elif audited is None or audited < now:
        with session_scope(store.engine) as session:
            mark_done(session, priority, Stage.AUDITED, basis, now)
            compact_tally(session)
    return Tracked(notices, counted, findings)


def notify(store: Store, now: datetime, at: datetime | None = None) -> DeliveryCounts:
    """Send what waits in the outbox; in quiet hours only what is urgent.

    at  the real time; ``now`` may be a replayed day, or a while ago
    """
    return deliver(store, now=now, at=at)


def boards(store: Store, priority: str, now: datetime) -> dict[str, str]:
    """The board of the priority and the board of all, as Vietnamese markdown by artifact key."""
    with reading(store.engine) as connection:
        own, whole = (
            board_markdown(
                board(connection, now=now, calendar=store.calendar, priority=only, directive=of),
                store.plan,
                trend(connection, now=now, calendar=store.calendar, priority=only),
                priority=only,
            )
            for only, of in ((priority, store.plan.directive_of(priority).code), (None, None))
        )
    return {f"board-{priority}": own, "board": whole}


def summarise(assigned: Assigned, tracked: Tracked, delivered: DeliveryCounts) -> Summary:
    """The counts of all steps in one record."""
    return Summary(
        assigned=assigned.assignments,
        acknowledged_missing=tracked.attention_counts.acknowledged_missing,
        due_soon=tracked.attention_counts.due_soon,
        overdue=tracked.attention_counts.overdue,
        notices=assigned.notices + tracked.notices,
        messages_sent=delivered.sent,
        messages_failed=delivered.failed,
    )


def assign_within(session: Session, priority: str, form: FollowUpForm, context: ActorContext) -> Assigned:
    """``assign_due`` in the caller's transaction."""
    of_priority = context.for_priority(priority)
    directive = of_priority.directive
    if assigning_document(session, directive.code) is None:
        command = how_to_issue(context.plan, directive)
        raise NothingIssued(
            "Chưa có văn bản giao việc, nên chưa giao việc nào. Đăng ký bằng luồng «Ban hành văn bản giao"
            f" việc» hoặc lệnh «{command}».",
            "No document assigns the work yet. Register it with the flow «Ban hành văn bản giao việc» or with"
            f" '{command}'.",
        )
    for entry in form.entries():
        if isinstance(entry, NewEvent):
            _refuse_events_of_others(entry, priority, context)
        _register(session, entry, directive, context, may_be_late=form.accepts_late())
    handed_over = hand_over_ended_offices(session, context, priority=priority)
    made = assign(session, _planned(session, form, of_priority), of_priority)
    return Assigned(assignments=made, notices=made + handed_over)


def _refuse_events_of_others(entry: NewEvent, priority: str, context: ActorContext) -> None:
    """This run would not assign the work of another priority's event."""
    belongs = context.plan.priority_of(entry.subtask)
    if belongs != priority:
        raise Refused(
            f"Sự kiện «{entry.title}»: việc {entry.subtask} thuộc nhiệm vụ {belongs}; ghi ở phiếu của nhiệm vụ ấy.",
            f"Event '{entry.title}': {entry.subtask} belongs to {belongs}; enter it on that priority's form.",
        )


def _register(
    session: Session, entry: Entry, directive: Directive, context: ActorContext, *, may_be_late: bool
) -> None:
    if isinstance(entry, NewDocument):
        register_document(
            session,
            number=entry.number,
            on_date=entry.on_date,
            title=entry.title,
            urgency=entry.urgency.urgency,
            directive=directive.code,
            context=context,
            may_be_late=may_be_late,
        )
    else:
        register_event(
            session,
            subtask=entry.subtask,
            title=entry.title,
            on_date=entry.on_date,
            host_office=entry.host_office,
            urgency=entry.urgency.urgency,
            context=context,
            may_be_late=may_be_late,
        )


def _planned(session: Session, form: FollowUpForm, context: PriorityContext) -> Iterator[PlannedAssignment]:
    planned = partial(planned_assignments, context, anchors(session), offices=form.offices)
    wanted = filter(form.includes, planned(periods=form.periods))
    if (year := form.grading_period()) is None:
        return wanted
    grading = {s.code for s in context.priority.subtasks if s.kind == "annual-grading"}
    return chain(wanted, (graded for graded in planned(periods=(year,)) if graded.subtask in grading))


def track_within(session: Session, priority: str, context: ActorContext) -> Tracked:
    """``track`` in the caller's transaction, without the audit."""
    notices, _ = _sweep_all(lambda: nullcontext(session), priority, context)
    calendar = context.for_priority(priority).calendar
    return Tracked(notices, attention_counts(session, now=context.now, calendar=calendar, priority=priority))


def _sweep_all(
    unit_of_work: Callable[[], AbstractContextManager[Session]], priority: str, context: ActorContext
) -> tuple[int, bool]:
    """Returns how many notices there are to send, and whether there was anything to look at."""
    # Batch by batch, so that nobody waits long for what is locked, and other workers take their share meanwhile.
    notices, took, more = 0, False, True
    while more:
        with unit_of_work() as session:
            swept = sweep(session, context, priority=priority)
        notices += swept.notices
        took, more = took or swept.took, swept.more
    return notices, took
