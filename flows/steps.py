"""The one mechanism all priorities share: assign → track → notify → publish.

Plain functions on an opened store. Each is one task of a Prefect run (``flows.runs.tasks``); the rehearsal and the
tests call them as they are.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial

from sqlmodel import Session

from config import clock
from flows.assigning import Assigned as Assigned
from flows.assigning import NothingIssued as NothingIssued
from flows.assigning import assign_due as assign_due
from flows.assigning import assign_within as assign_within
from flows.forms import FollowUpForm
from models.alerts.attention import AttentionCounts, attention_counts, compact_tally
from models.alerts.due_alerts import sweep
from models.alerts.stages import begin_looking, confirm_done, done_until
from models.delivery.auditor import LOOKBACK, Findings, audit_follow_up
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading, session_scope
from models.tables.tally import Stage
from notifications.courier.courier import DeliveryCounts, deliver
from notifications.words.coordinator_letters import write_gap_letter
from reports.board.board import board
from reports.board.board_markdown import board_markdown, trend
from reports.settled_years import spanning
from reports.targets import of_priority, target_lines


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
class Tracked:
    """How many notices the ladders put in the outbox, the counts of the priority, and what the audit found."""

    notices: int
    attention_counts: AttentionCounts
    findings: Findings = field(default_factory=Findings)


def follow_up_all(
    store: Store, forms: Mapping[str, FollowUpForm], now: datetime, run_key: str = ""
) -> dict[str, Summary]:
    """All steps in order for each priority, and then one letter to each desk about all of them; without Prefect and
    without publishing. ``now`` is the instant to reckon with; what was sent is counted for the last.

    Raises ``NothingIssued`` before an assigning document is registered, ``Refused`` for a form that does not
    fit.
    """
    done = {}
    for priority, form in forms.items():
        context = store.actor_context(now=now, actor=f"flow:{priority}", run_key=run_key)
        assigned = assign_due(store, priority, form, context)
        # A day lived again is no wrong clock, nor is one lived ahead.
        done[priority] = assigned, track(store, priority, context, at=max(now, clock.now()))
    sent = notify(store, now)
    last = next(reversed(done), None)
    return {each: summarise(*steps, sent if each == last else DeliveryCounts()) for each, steps in done.items()}


def track(store: Store, priority: str, context: ActorContext, at: datetime | None = None) -> Tracked:
    """Put what the ladders say by now in the outbox, count what needs attention, and audit the follow-up.

    If the audit finds something, the coordinator gets a letter.

    at  the real time, where the context's may be a replayed day
    """
    (notices, took), now = _sweep_all(partial(session_scope, store.engine), priority, context), context.now
    # Outside the transactions of the sweep: reading holds up no writer.
    # Found in order once in a day, it is looked at again when something changes (migration 0016).
    basis = str(context.today)
    with reading(store.engine) as connection:
        # What this sweep took is looked at whatever another worker has found meanwhile.
        audited = None if took else done_until(connection, priority, Stage.AUDITED, basis)
    mark = (basis, audited) if audited else (_begin_audit(store, priority, now), now)
    with reading(store.engine) as connection:
        counted = attention_counts(
            connection, now=now, calendar=context.for_priority(priority).calendar, priority=priority
        )
        is_changed = audited is None or audited > now
        since = now - LOOKBACK if audited is None or is_changed else max(now - LOOKBACK, audited)
        findings = audit_follow_up(
            connection,
            now=now,
            calendar=store.calendar,
            priority=priority,
            since=since,
            at=at,
            is_changed=is_changed,
        )
    if findings:
        with session_scope(store.engine) as session:
            write_gap_letter(session, store, findings, context)
            compact_tally(session)
    elif audited is None or audited < now:
        with session_scope(store.engine) as session:
            confirm_done(session, priority, Stage.AUDITED, mark, basis, now)
            compact_tally(session)
    return Tracked(notices, counted, findings)


def track_all(store: Store, context: ActorContext, *, is_first: bool) -> None:
    """``track`` of all priorities in one sweep and one audit, for days lived ahead; counts nothing.

    is_first  whether it is the first of the day: later, what nothing was said of is in order still
    """
    _, took = _sweep_all(partial(session_scope, store.engine), None, context)
    if not (took or is_first):
        return
    now, at = context.now, max(context.now, clock.now())
    with reading(store.engine) as connection:
        findings = audit_follow_up(connection, now=now, calendar=store.calendar, since=now - LOOKBACK, at=at)
    if findings:  # of each priority, told as its run does
        for priority in store.plan.priorities:
            track(store, priority.code, context, at=at)


def _begin_audit(store: Store, priority: str, now: datetime) -> str:
    # Written before looking, so that a change meanwhile takes it away. On PostgreSQL a change that began before and
    # ends after it does not: what that one spoils is found on the next day.
    with session_scope(store.engine) as session:
        return begin_looking(session, priority, Stage.AUDITED, now)


def notify(store: Store, now: datetime, as_of: datetime | None = None, *, gathers: bool = False) -> DeliveryCounts:
    """Send what waits in the outbox; in quiet hours only what is urgent.

    as_of    the day that is replayed, if one is
    gathers  whether letters wait for the other runs of the moment
    """
    return deliver(store, now=now, as_of=as_of, gathers=gathers)


def boards(store: Store, priority: str, now: datetime) -> dict[str, str]:
    """The board of the priority and the board of all, as Vietnamese markdown by artifact key."""
    with reading(store.engine) as connection:
        own, whole = (
            board_markdown(
                board(connection, now=now, calendar=store.calendar, priority=only, directive=of),
                store.plan,
                trend(connection, now=now, calendar=store.calendar, priority=only, spanning=spanning(store.plan)),
                targets=target_lines(connection, store.plan, now=now, only=of_priority(only)),
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


def track_within(session: Session, priority: str, context: ActorContext) -> Tracked:
    """``track`` in the caller's transaction, without the audit."""
    notices, _ = _sweep_all(lambda: nullcontext(session), priority, context)
    calendar = context.for_priority(priority).calendar
    return Tracked(notices, attention_counts(session, now=context.now, calendar=calendar, priority=priority))


def _sweep_all(
    unit_of_work: Callable[[], AbstractContextManager[Session]], priority: str | None, context: ActorContext
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
