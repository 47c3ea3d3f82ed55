"""What an account that is limited to some directives asks for by number: of another directive it is not there."""

from fastapi import Request
from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlmodel import Session, col

from config.catalogue.plan import Plan
from config.errors import Refused
from models.alerts.silences import no_silence
from models.alerts.status import in_plan
from models.delivery.message_log import MessageFilter, message
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, DeedKind
from models.tables.errors import AssignmentNotFound
from models.tables.outbox import Silence
from portal.web import store_of


def require_in_plan(assignment: Assignment, plan: Plan) -> None:
    """Raise ``AssignmentNotFound`` for an assignment of a directive that is no part of the visitor's plan."""
    if not plan.is_whole and assignment.priority not in plan.priority_codes:
        raise AssignmentNotFound(assignment.id or 0)


def require_assignment(session: Session, request: Request, assignment_id: int) -> None:
    """``require_in_plan`` by number, before a verb; looks nothing up where the visitor sees all."""
    plan = store_of(request).plan
    if not plan.is_whole and (found := session.get(Assignment, assignment_id)) is not None:
        require_in_plan(found, plan)


def require_subtask(request: Request, code: str) -> None:
    """Raise ``Refused`` for a subtask that the visitor's plan does not have; one that is not named is the verb's."""
    plan = store_of(request).plan
    if code and not plan.is_whole:
        plan.subtask(code)


def own_messages(request: Request) -> MessageFilter:
    """The messages about nothing but work of the visitor's plan; all of them where that is the whole."""
    return MessageFilter(about=in_plan(store_of(request).plan))


def require_message(session: Session, request: Request, message_id: int) -> None:
    """Raise ``NotFound`` for a message that the visitor may not see."""
    if not store_of(request).plan.is_whole:
        message(session, message_id, own_messages(request))


def require_silence_of(request: Request, subtask: str | None) -> None:
    """Raise ``Refused`` where reminders would be held back that are none of the visitor's."""
    if not store_of(request).plan.is_whole and not subtask:
        raise Refused(
            "Việc: chọn một việc; tài khoản này chỉ ngừng nhắc được việc của chỉ đạo mình theo dõi.",
            "Subtask: choose one; this account can pause reminders only for work of its own directives.",
        )
    require_subtask(request, subtask or "")


def require_silence(session: Session, request: Request, silence_id: int) -> None:
    """Raise ``NotFound`` for a silence that the visitor may not see."""
    plan, found = store_of(request).plan, session.get(Silence, silence_id)
    theirs = {each.code for each in plan.known_subtasks()}
    if not plan.is_whole and found is not None and found.subtask not in theirs:
        raise no_silence(silence_id)


def own_items(request: Request) -> ColumnElement[bool]:
    """What a deed did to work of the visitor's plan."""
    its = in_plan(store_of(request).plan)
    return true() if its is None else col(DeedItem.assignment_id).in_(select(col(Assignment.id)).where(its))


def own_deeds(request: Request) -> ColumnElement[bool]:
    """The deeds on the visitor's directives: by their editions, or on work or an entry of theirs and nothing else."""
    plan = store_of(request).plan
    its = in_plan(plan)
    if its is None:
        return true()
    codes = [each.code for each in plan.directives]
    item = exists().where(col(DeedItem.deed_id) == col(Deed.id), col(Assignment.id) == col(DeedItem.assignment_id))
    entries = select(col(Anchor.id)).where(col(Anchor.directive).in_(codes))
    ad_hoc = select(col(Anchor.key)).where(col(Anchor.directive).in_(codes), col(Anchor.kind) == AnchorKind.AD_HOC)
    of_theirs = or_(item.where(its), col(Deed.anchor)["id"].as_integer().in_(entries), col(Deed.subject).in_(ad_hoc))
    return or_(
        and_(col(Deed.kind).in_(_OF_A_DIRECTIVE), col(Deed.subject).in_(codes)),
        and_(col(Deed.kind).in_((DeedKind.DIRECT, DeedKind.ANCHOR)), of_theirs, ~item.where(~its)),
    )


_OF_A_DIRECTIVE = (DeedKind.AMENDMENT, DeedKind.DIRECTIVE_CLOSED, DeedKind.DIRECTIVE_REOPENED)


def is_own_anchor(request: Request, anchor: Anchor) -> bool:
    """Whether an event or document is of a directive of the visitor's."""
    return any(each.code == anchor.directive for each in store_of(request).plan.directives)
