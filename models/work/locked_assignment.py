"""One assignment under the hand of a verb: locked, with what its priority means, and the three things verbs do to it.

A verb checks (``require``), writes the fact with its audit event (``perform``) and tells those concerned
(``tell_office``, ``tell_coordinator``). What of it waits for a decision is read here too.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from config.contacts.desks import Desk, Recipient
from config.errors import Refused
from models.alerts.notices import joint_rung, notify
from models.store.actor import ActorContext, PriorityContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.errors import AssignmentNotFound, TransitionRefused
from models.tables.lifecycle import OPEN, ExtensionState, NoticeKind, ReportState, Verb
from models.tables.report import Extension, Report
from models.work.effects import Progress, after, is_allowed
from models.work.parties import NOBODY_ELSE, parties_of


@dataclass(frozen=True)
class LockedAssignment:
    """An assignment that this transaction alone may change, and the context of its priority."""

    session: Session
    assignment: Assignment
    context: PriorityContext

    @property
    def id(self) -> int:
        assert self.assignment.id is not None
        return self.assignment.id

    def require(self, verb: Verb, *others: Verb) -> None:
        """Raises ``TransitionRefused`` where the lifecycle lets neither this verb nor one of the others happen now."""
        if not any(is_allowed(Progress.of(self.assignment), each) for each in (verb, *others)):
            raise TransitionRefused(self.id, self.assignment.state, verb)

    def perform(self, verb: Verb, **details: object) -> None:
        """Let a verb happen: its effect on the row and its audit event; raises ``TransitionRefused``.

        details  plain JSON values, from which the effect can be worked out again (``models.work.effects``)
        """
        self.require(verb)
        before = Progress.of(self.assignment)
        was, becomes = before.columns(), after(before, verb, self.context.now, details)
        for name, value in becomes.columns().items():
            if value != was[name]:
                setattr(self.assignment, name, value)
        if becomes.state not in OPEN or becomes.due_date != before.due_date:
            details |= self._let_request_lapse(becomes)
        record(self.session, self.context, verb.value, f"assignment:{self.id}", **details)

    def _let_request_lapse(self, becomes: Progress) -> dict[str, object]:
        """Close a request that waits although it is met, or the work over; returns what the audit trail says of it."""
        request = waiting_extension(self.session, self.id)
        if request is None or (becomes.state in OPEN and becomes.due_date < request.requested_until):
            return {}
        request.state, request.decided_at = ExtensionState.LAPSED, self.context.now
        return {"lapsed_extension": request.id}

    def tell_office(self, kind: NoticeKind, *, rung: str) -> None:
        """A notice to the focal point of the office that answers for it, and of each that leads it jointly."""
        for office in self.leads:
            self.tell(kind, office, rung=rung)

    def tell_named(self, *, rung: str) -> None:
        """A notice to the focal point of each office that is named beside it, of what its leads are told."""
        for office in parties_of(self.session, [self.id]).get(self.id, NOBODY_ELSE).named:
            self.tell(NoticeKind.INFORMED, office, rung=rung)

    def tell(self, kind: NoticeKind, office: str, *, rung: str) -> None:
        """A notice to the focal point of one office."""
        self._notify(kind, Recipient(office, Desk.FOCAL), rung)

    def tell_joint_leads(self, verb: Verb, number: int) -> None:
        """Tell the other joint leads that the acting one of them has done this for all of them.

        number  of the report or request, or what else tells this time from another
        """
        by = self.context.actor.removeprefix("office:")
        for office in self.leads if len(self.leads) > 1 else ():
            if office != by:
                self.tell(NoticeKind.JOINT_LEAD_ACTED, office, rung=joint_rung(verb, number, by))

    @property
    def leads(self) -> tuple[str, ...]:
        """The office that answers for it, and those that lead it jointly."""
        return self.assignment.office, *parties_of(self.session, [self.id]).get(self.id, NOBODY_ELSE).joint

    def tell_coordinator(self, kind: NoticeKind, *, rung: str) -> None:
        """A notice to the coordinator of its directive."""
        self._notify(kind, self.context.coordinator, rung)

    def _notify(self, kind: NoticeKind, recipient: Recipient, rung: str) -> None:
        notify(self.session, kind, self.assignment, recipient, rung=rung, context=self.context)


def lock_assignment(session: Session, assignment_id: int, context: ActorContext) -> LockedAssignment:
    """Lock an assignment until the transaction ends, so that of two people acting at once one comes second.

    It is read anew, as somebody may have changed it since this transaction first saw it. May be called again for the
    same assignment within one transaction. Raises ``NotFound``.
    """
    lock_audit_chain(session)
    assignment = session.get(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if assignment is None:
        raise AssignmentNotFound(assignment_id)
    return LockedAssignment(session, assignment, context.for_priority(assignment.priority))


def lock_assignments(
    session: Session, assignment_ids: Collection[int], context: ActorContext
) -> dict[int, LockedAssignment]:
    """``lock_assignment`` for many at once, by assignment id."""
    lock_audit_chain(session)
    query = select(Assignment).where(col(Assignment.id).in_(assignment_ids)).order_by(col(Assignment.id))
    found = session.exec(query.with_for_update().execution_options(populate_existing=True)).all()
    return {each.id or 0: LockedAssignment(session, each, context.for_priority(each.priority)) for each in found}


def waiting_report(session: Session, assignment_id: int) -> Report | None:
    """The report of an assignment that waits for a decision, or None."""
    waiting = select(Report).where(Report.assignment_id == assignment_id, Report.state == ReportState.SUBMITTED)
    # An earlier version took work back whose report waited; where that went on, the latest report is meant.
    return session.exec(waiting.order_by(col(Report.version).desc())).first()


def waiting_extension(session: Session, assignment_id: int) -> Extension | None:
    """The request of an assignment that waits for a decision, or None."""
    waiting = select(Extension).where(
        Extension.assignment_id == assignment_id, Extension.state == ExtensionState.REQUESTED
    )
    return session.exec(waiting).one_or_none()


def require_seen(waiting: Extension, seen: int | None) -> None:
    """Raise ``Refused`` where the request that waits is not the one that was looked at, by its id."""
    if seen not in (None, waiting.id):
        assignment_id, until = waiting.assignment_id, f"{waiting.requested_until:%d/%m/%Y}"
        raise Refused(
            f"Việc số {assignment_id} đã có đề nghị gia hạn khác, xin đến {until}; xem lại rồi gửi.",
            f"Assignment {assignment_id} has another extension request by now, until {until}; read it first.",
        )
