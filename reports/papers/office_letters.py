"""What the papers for one office hold: the slip of all it is assigned, and the letter that urges it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Subtask
from config.clock import HANOI, local_date
from config.errors import Refused
from config.rules.due_words import days_late, due_in_words
from config.rules.periods import period_in_words
from config.rules.working_time import WorkingCalendar
from models.alerts.status import due_soon, in_directive, is_open, overdue
from models.keeping.opening import Store
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import REMINDERS, Role
from models.tables.outbox import Notice
from models.work.parties import own_work, reached_a_lead
from models.work.rows import ListedAssignment, read_rows, select_rows
from reports.board.board import is_sample
from reports.papers.citing import cited
from reports.wording import office_names

ROLE_VI = {Role.LEAD: "Chủ trì", Role.COORDINATING: "Phối hợp"}


@dataclass(frozen=True)
class PaperRow:
    """One assignment on paper.

    subtask   its code
    title     what is to be done, with the subtask's code
    helped    whom its office only helps with it: «với Sở Y tế», «chung»; empty where it leads
    product   what is to be handed in
    report_to names of the offices to which the finished report goes; empty where the plan names none
    days      working days since the due date, 0 before it
    reminded  how often its office was reminded of it and when last, in words; empty for never
    """

    subtask: str
    title: str
    helped: str
    period: str
    office: str
    role: str
    product: str
    report_to: str
    due: str
    days: int
    reminded: str

    @property
    def what(self) -> str:
        """The title, and the lead office where its own office only helps."""
        return f"{self.title} (phối hợp {self.helped})" if self.helped else self.title


@dataclass(frozen=True)
class AssigningDocument:
    """What made a directive somebody's work. ``key`` is the period of what is counted from it; empty where none is."""

    key: str
    in_words: str


@dataclass(frozen=True)
class Paper:
    """What every row of a paper is told by."""

    plan: Plan
    calendar: WorkingCalendar
    now: datetime
    assigned_by: AssigningDocument


@dataclass(frozen=True)
class OfficeAssignments:
    """An office's open work for a directive, the earliest due first; ``late`` and ``soon`` are parts of ``all``."""

    directive: str
    office: str
    now: datetime
    assigned_by: str
    all: Sequence[PaperRow]
    late: Sequence[PaperRow]
    soon: Sequence[PaperRow]
    is_sample: bool


def office_assignments(
    connection: Connection, store: Store, office: str, *, now: datetime, directive: str | None = None
) -> OfficeAssignments:
    """All that ``office`` has open for a directive, the main one where none is named.

    Raises ``Refused`` when that is nothing.
    """
    plan = store.plan
    name, followed = plan.office(office).name_vi, plan.directive(directive)
    calendar = store.calendar.of(plan.priorities_of(followed.code)[0].code)
    own = and_(own_work(connection, office), in_directive(plan, followed))
    assigned_by = assigning_document(connection, plan, followed.code)
    paper = Paper(plan, calendar, now, assigned_by)
    all_ = _items(connection, own & is_open, office, paper)
    if not all_:
        raise Refused(
            f"{name} không có việc nào đang thực hiện{_by(plan, followed)[0]}; không có gì để lập.",
            f"{plan.office(office).name_en} has no open work{_by(plan, followed)[1]}; there is nothing to write.",
        )
    late = _items(connection, own & overdue(now), office, paper)
    soon = _items(connection, own & due_soon(now, calendar), office, paper)
    return OfficeAssignments(
        followed.code, name, now, assigned_by.in_words, all_, late, soon, is_sample(connection, followed.code)
    )


def _by(plan: Plan, directive: Directive) -> tuple[str, str]:
    """By which directive, where there are several."""
    return (f" theo {directive.code}", f" for {directive.code}") if plan.has_several else ("", "")


def _items(connection: Connection, which: ColumnElement[bool], office: str, paper: Paper) -> list[PaperRow]:
    rows = assignments_for_paper(connection, which)
    reminders = (
        # A rung of the ladder is one reminder, to however many desks of its leads; what was said to others is none.
        select(col(Notice.assignment_id), func.count(col(Notice.rung).distinct()), func.max(col(Notice.sent_at)))
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .where(which, reached_a_lead(), col(Notice.kind).in_(REMINDERS))
        .where(col(Notice.sent_at) <= paper.now)
        .group_by(col(Notice.assignment_id))
    )
    reminded = {number: (count, last) for number, count, last in connection.execute(reminders)}
    return [paper_row(row, paper, reminded.get(row.id), to=office) for row in rows]


def assignments_for_paper(
    connection: Connection, which: ColumnElement[bool], *, limit: int | None = None
) -> list[ListedAssignment]:
    """The assignments that meet a condition, the earliest due first."""
    query = (
        select_rows(ListedAssignment)
        .where(which)
        .order_by(col(Assignment.due_at), col(Assignment.subtask), col(Assignment.id))
        .limit(limit)
    )
    return read_rows(connection, ListedAssignment, query)


def assigning_document(connection: Connection, plan: Plan, directive: str) -> AssigningDocument:
    """«Thông báo số 123-TB/TU ngày 17 tháng 8 năm 2023 của Tỉnh ủy»."""
    its = col(Anchor.kind) == AnchorKind.ISSUE, col(Anchor.directive) == directive
    found = connection.execute(select(col(Anchor.key), col(Anchor.on_date)).where(*its)).one_or_none()
    if found is None:
        return AssigningDocument("", "văn bản giao việc")
    return AssigningDocument(found.key, cited(found.key.partition(":")[2], found.on_date, plan))


def _helped(row: ListedAssignment, plan: Plan, day: date) -> str:
    """Whom the office of an assignment only helps, as it is called on ``day``."""
    if row.role is Role.LEAD:
        return ""
    if plan.is_for_all_leads(row.lead_office, row.office):
        return "chung"
    return f"với {plan.office(plan.current_office(row.lead_office, day)).name_vi}"


def paper_row(
    row: ListedAssignment, paper: Paper, reminded: tuple[int, datetime] | None = None, *, to: str = ""
) -> PaperRow:
    """An assignment on paper. What is counted from the assigning document has no period: the paper cites it once.

    reminded  how often its office was reminded and when last
    to        the office that the paper is for: where it leads jointly, its role says with whom
    """
    plan, today = paper.plan, local_date(paper.now)
    others = office_names((code for code in row.leads if code != to), plan)
    report_to = plan.step(row.subtask, row.step).report_to if row.role is Role.LEAD else ()
    is_of_assigning = row.period == paper.assigned_by.key
    return PaperRow(
        subtask=row.subtask,
        title=f"{row.subtask} {plan.step_title(row.subtask, row.step, row.variant, occasion=row.occasion)}",
        helped=_helped(row, plan, today),
        period="" if is_of_assigning else period_in_words(row.period, "vi", occasion=row.occasion),
        office="; ".join(plan.office(code).name_vi for code in row.leads),
        role=f"Cùng chủ trì với {others}" if row.joint and to in row.leads else ROLE_VI[row.role],
        product=_product(plan.subtask(row.subtask), row.step, row.role),
        report_to=office_names((plan.current_office(code, today) for code in report_to), plan),
        due=due_in_words(row),
        days=days_late(row, paper.calendar.of(plan.priority_of(row.subtask)), today),
        reminded=f"{reminded[0]} lần, gần nhất {reminded[1].astimezone(HANOI):%d/%m/%Y}" if reminded else "",
    )


def _product(subtask: Subtask, step: str, role: Role) -> str:
    """What is to be handed in: the product where the plan names one; of who helps, nothing in particular."""
    if role is not Role.LEAD:
        return "Báo cáo phần việc phối hợp"
    if product := subtask.product_of(step):
        return product.title_vi
    form = subtask.form(step)
    parts = ["văn bản"] if form.document == "required" else []
    parts += ["số liệu theo biểu"] if form.counts else []
    return " và ".join(parts).capitalize() or "Báo cáo"
