"""Playing what offices and coordinator do over a span of days, by the same verbs that people use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from config.catalogue.subtasks import ReportForm
from config.clock import HANOI, local_date
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import WAITING_FOR_OFFICE, NoticeState
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work import verbs
from models.work.assigning import missing_assignments
from models.work.directives import anchors
from models.work.planning import planned_assignments
from rehearsal.behaviour import Act, PlannedAct, behaviour_of, script

_OFFICE_ACTS = {Act.ACKNOWLEDGE, Act.REPORT, Act.ASK_FOR_TIME}
_TEN_O_CLOCK = time(10)


@dataclass(frozen=True)
class PerformedAct:
    """An act that was performed, for telling the story."""

    at: datetime
    assignment_id: int
    subtask: str
    office: str
    planned: PlannedAct


def act_out(store: Store, after: date, until: date, *, decided_until: date = date.max) -> list[PerformedAct]:
    """Do everything the scripts hold for the days after ``after`` through ``until``; returns what was done.

    decided_until  the last day on which the coordinator decides; what comes in later waits
    """
    performed = []
    with session_scope(store.engine) as session:
        for planned, assignment in _due_acts(session, store, after, until):
            if planned.act not in _OFFICE_ACTS and planned.on > decided_until:
                continue
            at = datetime.combine(planned.on, _TEN_O_CLOCK, tzinfo=HANOI)
            actor = f"office:{assignment.office}" if planned.act in _OFFICE_ACTS else "coordinator"
            context = store.actor_context(now=at, actor=actor, run_key="rehearsal")
            try:
                _VERBS[planned.act](session, assignment, planned, context)
            except (TransitionRefused, NotFound, InvalidReport):
                continue  # handed over, withdrawn or decided otherwise meanwhile: the script no longer fits
            performed.append(PerformedAct(at, assignment.id or 0, assignment.subtask, assignment.office, planned))
    return performed


def next_act_day(store: Store, after: date) -> date | None:
    """The first day after ``after`` on which anybody does anything."""
    with reading_session(store.engine) as session:
        far = after + timedelta(days=400)
        return min((planned.on for planned, _ in _due_acts(session, store, after, far)), default=None)


def _due_acts(session: Session, store: Store, after: date, until: date) -> list[tuple[PlannedAct, Assignment]]:
    def due() -> Iterator[tuple[PlannedAct, Assignment]]:
        for assignment in session.exec(select(Assignment).order_by(col(Assignment.id))):
            behaviour = behaviour_of(assignment.subtask, assignment.assigned_office, assignment.step)
            for planned in script(
                behaviour,
                assigned_on=local_date(assignment.assigned_at),
                due_on=assignment.original_due_date,
                calendar=store.calendar,
            ):
                if after < planned.on <= until:
                    yield planned, assignment

    # Stable sort: on one day an assignment's own acts keep their order.
    return sorted(due(), key=lambda item: item[0].on)


def _report(session: Session, assignment: Assignment, planned: PlannedAct, context: ActorContext) -> None:
    verbs.report(session, assignment.id or 0, report_content(assignment, planned.on, context), context)


def report_content(assignment: Assignment, day: date, context: ActorContext) -> ReportContent:
    """A report such as its form takes it, of invented figures."""
    form = context.plan.subtask(assignment.subtask).form(assignment.step)
    document = None if form.document == "none" else f"{100 + (assignment.id or 0)}/BC-{assignment.office}"
    return ReportContent(
        counts=_counts(form, assignment.id or 0),
        document_number=document,
        document_date=day if document else None,
        text="Số liệu minh họa của phần diễn tập." if form.texts else "",
    )


def _counts(form: ReportForm, seed: int) -> dict[str, int]:
    """Plausible counts that pass the form's checks: the last of all sums is made to fit by trying."""
    for attempt in range(200):
        counts = {
            field.key: 95 if field.kind == "percent" else (seed * 7 + place * 3 + attempt * (place + 1)) % 9
            for place, field in enumerate(form.counts)
        }
        if all(check.holds(counts) for check in form.checks):
            return counts
    return {field.key: 0 for field in form.counts}


_VERBS: dict[Act, Callable[[Session, Assignment, PlannedAct, ActorContext], object]] = {
    Act.ACKNOWLEDGE: lambda s, a, planned, context: verbs.acknowledge(s, a.id or 0, context),
    Act.REPORT: _report,
    Act.ACCEPT: lambda s, a, planned, context: verbs.accept(s, a.id or 0, context),
    Act.RETURN: lambda s, a, planned, context: verbs.return_(
        s, a.id or 0, "Số liệu chưa khớp với kỳ trước, đề nghị rà soát lại.", context
    ),
    Act.ASK_FOR_TIME: lambda s, a, planned, context: verbs.request_extension(
        s, a.id or 0, planned.until or planned.on, "Cần thêm thời gian tổng hợp từ các đơn vị trực thuộc.", context
    ),
    Act.GRANT: lambda s, a, planned, context: verbs.grant_extension(s, a.id or 0, planned.until, context),
    Act.REFUSE: lambda s, a, planned, context: verbs.refuse_extension(
        s, a.id or 0, "Số liệu cần cho báo cáo chung, đề nghị giữ nguyên thời hạn.", context
    ),
}


_MORNING_RUN = time(7, 30)


def morning_of(day: date) -> datetime:
    """When the first run of the day starts."""
    return datetime.combine(day, _MORNING_RUN, tzinfo=HANOI)


def next_eventful_day(store: Store, day: date) -> date | None:
    """The next working day on which an alert, an act or a new period falls, or None."""
    with reading(store.engine) as connection:
        alert_at = connection.scalar(
            select(func.min(col(Assignment.next_alert_at))).where(
                col(Assignment.next_alert_at) > morning_of(day), col(Assignment.state).in_(WAITING_FOR_OFFICE)
            )
        )
    candidates = [_next_fifteenth(day), next_act_day(store, day), local_date(alert_at) if alert_at else None]
    coming = min(candidate for candidate in candidates if candidate is not None)
    return store.calendar.next_working_day(coming)


def _next_fifteenth(day: date) -> date:
    """A reporting period opens on the 15th of a month."""
    if day.day < 15:
        return day.replace(day=15)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=15)


def is_anything_to_do(store: Store, priority: str, now: datetime) -> bool:
    """Whether a run of ``priority`` at ``now`` would assign, remind or send anything."""
    alerts = select(col(Assignment.id)).where(
        col(Assignment.priority) == priority,
        col(Assignment.next_alert_at) <= now,
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
    )
    unsent = (
        select(col(Notice.id))
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .where(col(Assignment.priority) == priority, col(Notice.state) == NoticeState.PENDING)
    )
    with reading_session(store.engine) as session:
        if any(session.scalar(query.limit(1)) is not None for query in (alerts, unsent)):
            return True
        context = store.actor_context(now=now, actor=f"flow:{priority}").for_priority(priority)
        return any(missing_assignments(session, planned_assignments(context, anchors(session))))
