"""From a corrected draft to a plan that is followed up: edition 1, and the document that assigns its work.

The plan is written and read as one that comes in from a folder (`dondoc plan import`), and held against all its rules.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from config.catalogue.checks.passed_days import PassedDay, passed_days
from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.due import NO_DATE
from config.rules.working_time import WorkingCalendar
from intake.directives.correcting.rows import Row, RowState, Sheet, rows_from
from intake.directives.drafting.draft import DraftTask
from intake.directives.drafting.plan_file import SOURCE, PlanHead, head_of, plan_file
from intake.directives.drafting.targets import target_in
from intake.directives.text import from_json
from models.plans.directive_drafts import end_directive_draft
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance, heads, import_new, plan_in_force
from models.plans.reading import plan_from, source_digest
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain
from models.tables.anchor import Anchor, AnchorKind
from models.tables.edition import DirectiveDraft, DraftEnd
from models.tables.errors import LateAtOnce
from models.tables.lifecycle import Role
from models.work.directives import issue_directive
from models.work.planning import PlannedAssignment, planned_assignments


@dataclass(frozen=True)
class Launch:
    """What a draft is launched with: the head of its plan, and the document that assigns its work."""

    head: PlanHead
    number: str = ""
    on_date: date | None = None

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self.head) | {"number": self.number, "on_date": self.on_date}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in kept.items()}


def launch_from(kept: Mapping[str, Any], suggested: PlanHead) -> Launch:
    """What ``Launch.as_json`` wrote; what was not typed yet as the text says it."""
    if not kept:
        return Launch(suggested)
    head = PlanHead(kept["code"], kept["title"], _day(kept["signed_on"]), kept["coordinator"], kept["periods"])
    return Launch(head, kept["number"], _day(kept["on_date"]))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def sheet_kept(draft: DirectiveDraft) -> Sheet:
    """The rows of a draft as the store has them."""
    document = from_json({**draft.layout, "text": draft.text})
    return Sheet(document, rows_from(draft.tasks))


def suggested_head(sheet: Sheet, plan: Plan, name: str) -> PlanHead:
    """What the text says of itself."""
    return head_of(sheet.draft(), plan, name)


class ChangedMeanwhile(Refused):
    """The draft or the plan in force is not what it was when this was prepared."""

    def __init__(self) -> None:
        super().__init__(
            "Bản thảo hoặc kế hoạch đã thay đổi từ lúc xem trước; xem lại rồi xác nhận.",
            "The draft or the plan has changed since the preview; review it again, then confirm.",
        )


@dataclass(frozen=True)
class OfficeToBe:
    """What one office would be assigned: all of it, what of it has no date, and the first due date."""

    office: str
    leads: int
    coordinates: int
    undated: int
    first_due: date | None


@dataclass(frozen=True)
class ToBeAssigned:
    """What launching assigns at once; what begins later is not counted.

    waiting  subtasks of which nothing is assigned yet, because they wait for an event, a document or a period
    late     what is overdue as soon as it is assigned, by whatever its date is counted from
    """

    offices: Sequence[OfficeToBe]
    total: int
    undated: int
    waiting: Sequence[str]
    late: Sequence[PlannedAssignment]


@dataclass(frozen=True)
class Prepared:
    """The plan that a draft would be, beside the one in force.

    files   digest of what was read
    passed  steps whose day is over
    assigned  what launching assigns at once
    left_out  targets that name no single figure and are not in the plan, each by the place of its task
    made_from  the rows of the draft, and the numbers of the editions in force
    """

    plan: Plan
    calendar: WorkingCalendar
    files: str
    passed: Sequence[PassedDay]
    assigned: ToBeAssigned
    left_out: Sequence[tuple[str, str]]
    made_from: tuple[Sequence[Row], Mapping[str, int]]

    def digest(self, launch: Launch) -> str:
        """Of all that is confirmed with it."""
        confirmed = json.dumps([self.files, launch.as_json()], sort_keys=True)
        return hashlib.sha256(confirmed.encode()).hexdigest()


def prepare(sheet: Sheet, launch: Launch, name: str, context: ActorContext) -> Prepared:
    """The plan of the confirmed rows; raises ``Refused`` with every fault of it, as for one that comes in as files."""
    draft = sheet.draft((RowState.CONFIRMED,))
    if not draft.tasks:
        raise Refused(
            "Chưa xác nhận nhiệm vụ nào; xác nhận ở trang soát bản thảo rồi giao việc.",
            "No task is confirmed yet; confirm tasks on the draft's page first, then assign the work.",
        )
    in_force, today = PlanInForce(context.plan, context.calendar, context.editions), context.today
    _refuse_taken(launch.head, in_force.plan)
    with TemporaryDirectory(prefix="dondoc-intake-") as made:
        folder = Path(made)
        (folder / SOURCE).write_text(draft.text, encoding="utf-8")
        written = plan_file(draft, in_force.plan, name, launch.head)
        (folder / "plan.yaml").write_text(written, encoding="utf-8")
        plan, calendar = plan_from(folder, in_force, today)
        files = source_digest(folder)
    late = [each for each in passed_days(plan, calendar, today) if _is_of(plan, each.subtask, launch.head.code)]
    assigned = _to_be_assigned(launch, replace(context, plan=plan, calendar=calendar))
    left_out = [(each.ref, each.target) for each in draft.tasks if each.target and _is_left_out(each)]
    return Prepared(plan, calendar, files, late, assigned, left_out, (sheet.rows, dict(in_force.numbers)))


def _is_left_out(task: DraftTask) -> bool:
    return bool(task.duplicate_of) or target_in(task) is None


def _is_of(plan: Plan, subtask: str, directive: str) -> bool:
    return plan.directive_of(subtask).code == directive


def _refuse_taken(head: PlanHead, plan: Plan) -> None:
    if head.code in {each.code for each in plan.directives}:
        raise Refused(
            f"Mã chỉ đạo: {head.code} đã có trong kho; đặt mã khác.",
            f"Code: {head.code} already exists; choose another one.",
        )


def _to_be_assigned(launch: Launch, context: ActorContext) -> ToBeAssigned:
    """Worked out without the store: the plan's own planning on the assigning document that is to be."""
    on_date = launch.on_date or context.today
    issue = Anchor(
        kind=AnchorKind.ISSUE,
        directive=launch.head.code,
        key=f"doc:{launch.number}",
        title=launch.head.title,
        on_date=on_date,
        created_at=context.now,
    )
    planned: list[PlannedAssignment] = []
    asked: list[str] = []
    for priority in context.plan.priorities_of(launch.head.code):
        planned += planned_assignments(context.for_priority(priority.code), [issue])
        asked += [subtask.code for subtask in priority.subtasks]
    given = {each.subtask for each in planned}
    by_office: dict[str, list[PlannedAssignment]] = {}
    for each in planned:
        by_office.setdefault(each.office, []).append(each)
    return ToBeAssigned(
        offices=[_office_to_be(office, by_office[office]) for office in sorted(by_office)],
        total=len(planned),
        undated=sum(each.due.due_date == NO_DATE for each in planned),
        waiting=[code for code in asked if code not in given],
        late=[each for each in planned if each.due.due_date < context.today],
    )


def _office_to_be(office: str, planned: Sequence[PlannedAssignment]) -> OfficeToBe:
    roles = Counter(each.role for each in planned)
    dates = [each.due.due_date for each in planned if each.due.due_date != NO_DATE]
    undated = len(planned) - len(dates)
    leads = roles[Role.LEAD]
    return OfficeToBe(office, leads, len(planned) - leads, undated, min(dates, default=None))


def launch_draft(
    session: Session,
    draft: DirectiveDraft,
    launch: Launch,
    prepared: Prepared,
    context: ActorContext,
    *,
    may_be_late: bool = False,
) -> ActorContext:
    """Take the plan of a draft into the store, register its assigning document and end the draft; returns the context
    by the plan that is in force then.

    draft     held by this transaction (``directive_draft(to_change=True)``)
    prepared  by ``prepare``, before the store was held

    Raises ``ChangedMeanwhile`` where it was prepared from other rows or another plan, and ``LateAtOnce`` where work
    would be overdue as soon as it is assigned and nobody has said that it may be.
    """
    lock_audit_chain(session)  # before the heads are looked at, which then stay
    rows, numbers = prepared.made_from
    now = heads(session.connection()) or numbers  # a store that has none yet goes by its plan's files
    if rows_from(draft.tasks) != rows or now != numbers:
        raise ChangedMeanwhile
    if not may_be_late and prepared.assigned.late:
        raise LateAtOnce(len(prepared.assigned.late))
    provenance = Provenance(
        reason=f"Văn bản «{draft.name}»",
        paper_number=launch.number,
        paper_date=launch.on_date,
        source_digest=prepared.files,
    )
    import_new(
        session,
        prepared.plan,
        prepared.calendar,
        provenance=provenance,
        made_from=context.editions,
        actor=context.actor,
        now=context.now,
    )
    session.flush()
    now_in_force = plan_in_force(session.connection())
    assert now_in_force is not None
    then = replace(context, plan=now_in_force.plan, calendar=now_in_force.calendar, editions=now_in_force.numbers)
    on_date = launch.on_date or context.today
    issue_directive(session, number=launch.number, on_date=on_date, directive=launch.head.code, context=then)
    draft.launch = launch.as_json()
    end_directive_draft(draft, DraftEnd.APPLIED, context, launch.head.code)
    return then
