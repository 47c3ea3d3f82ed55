"""Work that a deed left because its report waited for a decision, and that nothing asks for any more."""

from dataclasses import dataclass

from sqlmodel import Session

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from models.store.actor import ActorContext
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import Deed
from models.tables.lifecycle import OPEN, WAITING_FOR_OFFICE, Role, State
from models.work.directives import anchors
from models.work.group import group_of
from models.work.planning import PlannedAssignment, planned_of_step


@dataclass(frozen=True)
class LeftOver:
    """An open assignment that ends with the decision on its report, or when the office takes that back.

    by        the deed that would have withdrawn it or given it to another office
    given_to  the office that is asked for it instead; None where nobody is, and then it is withdrawn (``ends_now``)
    """

    assignment: int
    by: Deed
    given_to: str | None

    def in_words(self, plan: Plan) -> tuple[str, str]:
        """What the coordinator is told beside the decision, in Vietnamese and English."""
        vi, en = self._grounds()
        if self.given_to is not None:
            office = plan.office(self.given_to)
            return (
                f"{vi} việc này chuyển cho {office.name_vi}; được giữ lại vì báo cáo đang chờ quyết định. Nếu trả lại"
                " báo cáo thì chuyển việc cho cơ quan ấy hoặc để cơ quan này làm tiếp.",
                f"{en} this work is reassigned to {office.name_en}; it was left unchanged because its report is "
                "awaiting a decision. If the report is returned, reassign it to that office or let this office "
                "continue.",
            )
        return (
            f"{vi} việc này không còn được giao; được giữ lại vì báo cáo đang chờ quyết định. Nếu trả lại báo cáo thì"
            " việc được thu hồi luôn.",
            f"{en} this work is no longer assigned; it was left unchanged because its report is awaiting a decision. "
            "If the report is returned, the work is withdrawn with it.",
        )

    def _grounds(self) -> tuple[str, str]:
        on = f"{self.by.effective_on:%d/%m/%Y}"
        if self.by.paper_number:
            return f"Theo {self.by.paper_number}, từ {on}", f"By {self.by.paper_number}, from {on},"
        return f"Từ {on} ({self.by.reason})", f"From {on} ({self.by.reason})"


def left_over(session: Session, assignment: Assignment, context: ActorContext) -> LeftOver | None:
    """What became of an assignment that a deed left; None where it is closed, asked for as it is, or not
    left yet."""
    if assignment.left_by is None or assignment.state not in OPEN:
        return None
    deed, number = session.get_one(Deed, assignment.left_by), assignment.id or 0
    if deed.at > context.now:
        return None
    if assignment.step == AD_HOC:
        anchor = session.get(Anchor, assignment.anchor_id) if assignment.anchor_id else None
        is_undone = anchor is not None and anchor.undone_at is not None
        is_closed = context.plan.directive_of(assignment.subtask).is_closed(context.today)
        return LeftOver(number, deed, None) if is_undone or is_closed else None
    asked = _asked(session, assignment, context)
    if asked is None or _lead_is_withdrawn(session, assignment):
        return LeftOver(number, deed, None)
    goes = assignment.office not in (asked.office, *asked.joint_offices)
    return LeftOver(number, deed, asked.office) if goes else None


def ends_now(session: Session, assignment: Assignment, context: ActorContext) -> bool:
    """Whether work that has come back to its office, reported no more, is not asked for any more by anybody."""
    if assignment.state not in WAITING_FOR_OFFICE:
        return False
    over = left_over(session, assignment, context)
    return _lead_is_withdrawn(session, assignment) if over is None else over.given_to is None


def _lead_is_withdrawn(session: Session, assignment: Assignment) -> bool:
    leads = [each for each in group_of(session, assignment) if each.role is Role.LEAD]
    return assignment.role is not Role.LEAD and bool(leads) and all(each.state is State.WITHDRAWN for each in leads)


def _asked(session: Session, assignment: Assignment, context: ActorContext) -> PlannedAssignment | None:
    """The assignment as the plan in force asks for it."""
    subtask = next((each for each in context.plan.subtasks() if each.code == assignment.subtask), None)
    step = next((each for each in subtask.steps if each.key == assignment.step), None) if subtask else None
    if subtask is None or step is None:
        return None
    of_priority = context.for_subtask(subtask.code)
    identity = (
        *(assignment.subtask, assignment.step, assignment.variant, assignment.period),
        *(assignment.lead_office, assignment.assigned_office, assignment.role),
    )
    planned = planned_of_step(of_priority, anchors(session), subtask, step, as_now=True)
    return next((each for each in planned if each.identity == identity), None)
