"""Ad hoc work from a filled-in sheet; a row that was assigned before is recognised by its content and skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, and_, case, func, select
from sqlmodel import Session, col

from config.errors import Refused
from intake.sheets.fill_in_sheets import FILL_IN
from intake.sheets.filled_rows import FilledRow
from intake.sheets.reading import ASSIGNMENTS
from intake.sheets.review import Outcome, ReviewedRow, SheetReview
from models.keeping.opening import Store
from models.plans.editions import heads
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State, Urgency
from models.work.ad_hoc import AdHoc, assign_all_ad_hoc, faults_of, shares

_SUBMISSION = "workbook"
"""The submission key of all workbooks, so that the same row is the same work."""

_COLUMNS = {column.key: column for column in FILL_IN[ASSIGNMENTS].columns}


@dataclass(frozen=True)
class AssignedAdHoc:
    """Ad hoc work as it was first assigned; ``number`` and ``state`` are those of the lead's assignment."""

    number: int
    state: State
    subtask: str
    title: str
    lead: str
    coordinating: frozenset[str]
    due_on: date
    urgency: Urgency

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.subtask, self.title, self.lead, self.coordinating, self.due_on, self.urgency)


def ad_hoc_assigned(session: Session, titles: Sequence[str] | None = None) -> list[AssignedAdHoc]:
    """All ad hoc work, or that with the given titles, by due date; includes withdrawn work."""
    lead = col(Assignment.role) == Role.LEAD

    def of_lead(name: str) -> Any:
        return func.max(case((lead, col(getattr(Assignment, name)))))

    query = (
        select(
            of_lead("id"),
            of_lead("state"),
            col(Anchor.subtask),
            col(Anchor.title),
            of_lead("assigned_office"),
            func.aggregate_strings(case((~lead, col(Assignment.assigned_office))), ","),
            of_lead("original_due_date"),
            col(Anchor.urgency),
        )
        .join(Anchor, and_(col(Anchor.id) == col(Assignment.anchor_id), col(Anchor.kind) == AnchorKind.AD_HOC))
        .group_by(col(Anchor.id), col(Anchor.subtask), col(Anchor.title), col(Anchor.urgency))
        .order_by(of_lead("original_due_date"), of_lead("id"))
    )
    if titles is not None:
        query = query.where(col(Anchor.title).in_(titles))
    return [
        AssignedAdHoc(number, state, subtask, title, office, _members(helpers), due_on, urgency)
        for number, state, subtask, title, office, helpers, due_on, urgency in session.execute(query)
    ]


def _members(helpers: str | None) -> frozenset[str]:
    return frozenset(helpers.split(",")) if helpers else frozenset()


def review_assignments(
    store: Store, session: Session, sheet: str, rows: Sequence[FilledRow], context: ActorContext
) -> SheetReview:
    """Review each row: new, assigned before, or at fault."""
    wanted = {row.number: _wanted(row, context.today) for row in rows}
    titles = list(dict.fromkeys(each.title for each in wanted.values()))
    known = {each.identity: each for each in ad_hoc_assigned(session, titles)}
    seen: dict[tuple[object, ...], FilledRow] = {}
    reviewed, new = [], []
    for row in rows:
        each = wanted[row.number]
        if not row.faults and (before := known.get(_identity(each))):
            withdrawn = before.state is State.WITHDRAWN
            reviewed.append(
                ReviewedRow(
                    row.number,
                    each.title,
                    Outcome.SAME,
                    f"đã giao: việc số {before.number}" + (", đã thu hồi" if withdrawn else ""),
                    f"assigned before: {before.number}" + (", withdrawn" if withdrawn else ""),
                )
            )
            continue
        if twin := seen.get(_identity(each)):
            row.add_fault(
                "title", f"giống hệt dòng {twin.number}; bỏ một.", f"is the same as row {twin.number}; remove one."
            )
        if not row.faults:
            seen[_identity(each)] = row
        unread = set(row.faulty_keys)
        for field, fault in faults_of(each, context):
            if field not in unread:
                row.add_fault(field, str(fault), fault.en)
        if row.faults:
            # A title that may hold a name is not repeated.
            about = "" if "title" in row.faulty_keys else each.title
            reviewed.append(ReviewedRow(row.number, about, Outcome.WRONG))
            continue
        new.append(each)
        lead, due_on = store.plan.office(each.lead), f"{each.due_on:%d/%m/%Y}"
        note_vi, note_en = f"{lead.name_vi} chủ trì, hạn {due_on}", f"{lead.name_en} leads, due {due_on}"
        reviewed.append(ReviewedRow(row.number, each.title, Outcome.NEW, note_vi, note_en))

    def write(context: ActorContext) -> tuple[str, str]:
        numbers = assign_rows(store.engine, new, context)
        listed = ", ".join(map(str, numbers))
        return f"Đã giao {len(numbers)} việc: số {listed}.", f"Assigned {len(numbers)}: {listed}."

    return SheetReview(ASSIGNMENTS, sheet, reviewed, [fault for row in rows for fault in row.faults], write)


def assign_rows(engine: Engine, ad_hocs: Sequence[AdHoc], context: ActorContext) -> list[int]:
    """Assign what was reviewed, each share in a transaction; returns the numbers of the leads' assignments.

    A row is assigned with all its offices or not at all. Where this ends before all are, what is assigned stays, and
    the same sheet once more goes on with the rest. Raises ``Refused`` where the plan was amended meanwhile.
    """
    numbers: list[int] = []
    for share in shares(ad_hocs):
        with session_scope(engine) as session:
            made = assign_all_ad_hoc(session, share, context)
            if context.editions and heads(session.connection()) != context.editions:
                raise Refused(
                    f"Kế hoạch vừa thay đổi: đã giao {len(numbers)} trong {len(ad_hocs)} việc. Gửi lại chính tệp này để"
                    " giao phần còn lại; dòng đã giao được bỏ qua.",
                    f"The plan has just changed: {len(numbers)} of {len(ad_hocs)} are assigned. Send the same file"
                    " again to assign the rest; rows that are assigned are skipped.",
                )
        numbers += [of_each[0] for of_each in made]
    return numbers


def _wanted(row: FilledRow, today: date) -> AdHoc:
    """The work that a row describes, as far as it can be read; the rest is in the row's faults."""
    title = row.text(_COLUMNS["title"])
    subtask, lead = row.code(_COLUMNS["subtask"]), row.code(_COLUMNS["lead"])
    coordinating, due_on = row.codes(_COLUMNS["coordinating"]), row.day(_COLUMNS["due_on"])
    urgency = row.code(_COLUMNS["urgency"]) or Urgency.NORMAL.value
    return AdHoc(subtask, title, lead, due_on or today, coordinating, Urgency(urgency), _SUBMISSION)


def _identity(wanted: AdHoc) -> tuple[object, ...]:
    helpers = frozenset(wanted.coordinating)
    return (wanted.subtask, wanted.title, wanted.lead, helpers, wanted.due_on, wanted.urgency)
