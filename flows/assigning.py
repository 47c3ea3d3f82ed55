"""The step assign: what the form brings is registered, and every assignment made that is not there yet.

In shares (``models.work.assigning``), each a transaction of its own: whoever else writes waits for none of them longer
than some tenths of a second, and a run that is killed in between is made good by the next.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from sqlmodel import Session

from config.catalogue.plan import Directive
from config.clock import local_date
from config.errors import Refused
from flows.form_fields import Entry, NewDocument, NewEvent
from flows.forms import FollowUpForm
from models.alerts.stages import done_until, mark_done
from models.keeping.opening import Store
from models.store.actor import ActorContext, PriorityContext
from models.store.audit import lock_audit_chain
from models.store.database import reading_session, session_scope
from models.tables.tally import Stage
from models.work.assigning import assign, missing_assignments, shares
from models.work.directive_deeds.following import date_what_follows
from models.work.directives import anchors, assigning_document, register_document, register_event
from models.work.planning import PlannedAssignment, how_to_issue, planned_assignments
from models.work.register.dated_names import take_up_names
from models.work.verbs.succession import hand_over_ended_offices, handing_over


class NothingIssued(Refused):
    """No document assigns the work yet; a run says so and has done its duty."""


@dataclass(frozen=True)
class Assigned:
    """How many new assignments, and notices that assigning and handing over put in the outbox."""

    assignments: int
    notices: int


def assign_due(store: Store, priority: str, form: FollowUpForm, context: ActorContext) -> Assigned:
    """Register what the form brings, hand over from ended offices, make every assignment not there yet, and date what
    waited for work that is done by now."""
    date_what_follows(store.engine, priority, context)
    with session_scope(store.engine) as session:
        lock_audit_chain(session)
        # By the plan that is in force now that it is our turn: it may have been amended since the run began.
        context = _of_today(store, session, context)
        _register_all(session, priority, form, context)
        take_up_names(session, context)
    handed_over = made = 0
    ended = False
    while not ended:
        with reading_session(store.engine) as session:
            context = _of_today(store, session, context)
            some, ended = _in_shares(store, context, handing_over(session, context, priority=priority))
        handed_over += some
        if ended:
            some, ended = _assign_all(store, priority, form, context)
            made += some
    return Assigned(assignments=made, notices=made + handed_over)


def assign_within(session: Session, priority: str, form: FollowUpForm, context: ActorContext) -> Assigned:
    """``assign_due`` in the caller's transaction."""
    _register_all(session, priority, form, context)
    handed_over = hand_over_ended_offices(session, context, priority=priority)
    of_priority = context.for_priority(priority)
    made = assign(session, _planned(session, form, of_priority), of_priority)
    return Assigned(assignments=made, notices=made + handed_over)


def _of_today(store: Store, session: Session, context: ActorContext) -> ActorContext:
    """The same by the plan in force; itself where it stands by that already."""
    now = store.of_today(session.connection())
    if now.editions == context.editions:
        return context
    return replace(context, plan=now.plan, calendar=now.calendar, editions=now.editions)


def _assign_all(store: Store, priority: str, form: FollowUpForm, context: ActorContext) -> tuple[int, bool]:
    """Make what is missing, share by share; returns how many, and false where the plan was amended meanwhile."""
    of_priority, made = context.for_priority(priority), 0
    # Worked out on a connection that only reads.
    with reading_session(store.engine) as looking:
        basis = _drafted_by(looking, form, of_priority)
        for missing in missing_assignments(looking, _planned(looking, form, of_priority)):
            to_assign = (partial(assign, planned=share, context=of_priority) for share in shares(missing, of_priority))
            some, ended = _in_shares(store, context, to_assign)
            made += some
            if not ended:
                return made, False
        if not basis or _is_drafted(looking, of_priority, basis):
            return made, True
    with session_scope(store.engine) as session:
        mark_done(session, priority, Stage.DRAFTED, basis, context.now)
    return made, True


def _in_shares(store: Store, context: ActorContext, parts: Iterable[Callable[[Session], int]]) -> tuple[int, bool]:
    """Do each part in a transaction of its own; returns what they come to, and false where the plan was amended
    meanwhile."""
    done = 0
    for part in parts:
        with session_scope(store.engine) as session:
            lock_audit_chain(session)
            if _of_today(store, session, context) is not context:
                return done, False
            done += part(session)
    return done, True


def _register_all(session: Session, priority: str, form: FollowUpForm, context: ActorContext) -> None:
    """Register what the form brings."""
    directive = context.for_priority(priority).directive
    if assigning_document(session, directive.code) is None:
        raise NothingIssued(
            "Chưa có văn bản giao việc, nên chưa giao việc nào. Đăng ký ở trang «Chỉ đạo» hoặc bằng luồng «Ban hành văn"
            " bản giao việc».",
            "No assigning document has been recorded yet, so no work was assigned. Record it on the page "
            "'Directives', or with the flow «Ban hành văn bản giao việc».",
            command=how_to_issue(context.plan, directive),
        )
    for entry in form.entries():
        if isinstance(entry, NewEvent):
            _refuse_events_of_others(entry, priority, context)
        _register(session, entry, directive, context, may_be_late=form.accepts_late())


def _refuse_events_of_others(entry: NewEvent, priority: str, context: ActorContext) -> None:
    """This run would not assign the work of another priority's event."""
    belongs = context.plan.priority_of(entry.subtask)
    if belongs != priority:
        raise Refused(
            f"Sự kiện «{entry.title}»: việc {entry.subtask} thuộc nhiệm vụ {belongs}; ghi ở phiếu của nhiệm vụ ấy.",
            f"Event '{entry.title}': {entry.subtask} belongs to {belongs}; enter it on the form of that priority task.",
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
    basis = _drafted_by(session, form, context)
    if basis and _is_drafted(session, context, basis):
        return iter(())
    drafted = done_until(session, context.priority.code, Stage.DRAFTED, basis) if basis else None
    since = local_date(drafted) if drafted and drafted <= context.now else None
    planned = partial(planned_assignments, context, anchors(session), offices=form.offices)
    wanted = filter(form.includes, planned(periods=form.periods, since=since))
    if (year := form.grading_period()) is None:
        return wanted
    grading = {s.code for s in context.priority.subtasks if s.kind == "annual-grading"}
    return chain(wanted, (graded for graded in planned(periods=(year,)) if graded.subtask in grading))


def _drafted_by(session: Session, form: FollowUpForm, context: PriorityContext) -> str:
    """What drafting stands on beside the day: plan, calendar, dated facts and the form; empty where a form asks for a
    part only."""
    if form.offices or form.periods or form.grading_period():
        return ""
    facts = [anchor.model_dump(mode="json") for anchor in anchors(session)]
    asked = form.model_dump(mode="json", exclude={"as_of", "dry_run"})
    content = [context.plan.version, context.calendar.version, facts, asked]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _is_drafted(session: Session, context: PriorityContext, basis: str) -> bool:
    """Whether all that the plan asks for was looked for today."""
    drafted = done_until(session, context.priority.code, Stage.DRAFTED, basis)
    return drafted is not None and drafted <= context.now and local_date(drafted) == context.today
