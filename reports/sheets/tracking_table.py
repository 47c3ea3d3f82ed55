"""The tracking table (bảng theo dõi) as rows: each office's part in each work, with what was asked and what came of it.

A work's lead comes first and those who help under it, each with a due date and a status of its own, so that as many
rows are late as the board says are late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, case, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC, ReportForm
from config.clock import local_date
from config.rules.due_words import dated
from config.rules.periods import period_in_words
from config.settings import Language
from models.alerts.status import not_withdrawn, status_of
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, Role, State, Status
from models.tables.party import Part, Party
from models.tables.report import Report
from models.work.queries import AssignmentFilter, conditions
from models.work.report_form import targets_of
from models.work.rows import has_occasion, joined, split_offices
from reports.sheets.columns import COLUMNS, Column
from reports.targets import compared_in_words, with_unit
from reports.wording import status_words

_AT_ONCE = 2_000
"""Rows that are fetched together; more would only take more memory."""

_EXCERPT_LENGTH = 600
"""Letters of a report's text that a cell shows; a row of a printed table must leave room for others."""


@dataclass(frozen=True)
class TrackingRow:
    """One row. ``done_on`` is the day on which the report that was accepted came in, which decides whether it is late.

    coordinating   names of the offices that help the lead, or of the one whose row this is
    original_due   the first due date, where another one holds today
    """

    id: int
    subtask: str
    title: str
    period: str
    role: Role
    lead: str
    coordinating: str
    product: str
    due: date | None
    original_due: date | None
    state: State
    status: Status
    done_on: date | None
    result: str
    monitor: str


def tracking_rows(
    connection: Connection, wanted: AssignmentFilter, plan: Plan, *, now: datetime, language: Language = "vi"
) -> Iterator[TrackingRow]:
    """The rows in the order of the plan, fetched as they are asked for."""
    words = _Formatter(plan, language)
    streamed = connection.execution_options(stream_results=True, yield_per=_AT_ONCE)
    for row in map(_Row._make, streamed.execute(_query(connection, wanted, plan, now))):
        is_lead = row.role is Role.LEAD
        helpers = split_offices(row.helpers)
        yield TrackingRow(
            id=row.id,
            subtask=row.subtask,
            title=words.title(row),
            period=period_in_words(row.period, language, occasion=row.occasion or ""),
            role=row.role,
            lead=words.lead(row),
            coordinating=words.offices(helpers) if is_lead else words.office(row.office),
            product=words.product(row.subtask, row.step),
            due=dated(row.due_date),
            original_due=dated(row.original_due_date) if row.original_due_date != row.due_date else None,
            state=row.state,
            status=Status(row.status),
            done_on=local_date(row.reported_at) if row.state is State.ACCEPTED and row.reported_at else None,
            result=words.result(row),
            monitor=words.office(row.monitor_office),
        )


def tracking_cells(
    work: TrackingRow, number: int, language: Language, columns: Sequence[Column] = COLUMNS
) -> tuple[str | int | date | None, ...]:
    """A row of the table, cell by cell under its columns."""
    in_words: dict[str, Any] = {
        "number": number,
        "role": role_in_words(work.role, language),
        "status": status_in_words(work, language),
    }
    if work.role is not Role.LEAD and "coordinating" not in {key for key, *_ in columns}:
        # Else its row could not be told from those of the others that help.
        in_words["lead"] = f"{work.lead}; {role_in_words(work.role, language)}: {work.coordinating}"
    return tuple(in_words[key] if key in in_words else getattr(work, key) for key, *_ in columns)


def role_in_words(role: Role, language: Language) -> str:
    vi, en = ("chủ trì", "lead") if role is Role.LEAD else ("phối hợp", "coordinating")
    return vi if language == "vi" else en


def status_in_words(work: TrackingRow, language: Language) -> str:
    """The status word, or that the work is suspended: then it is neither within its term nor late."""
    return status_words(work.status, work.state, is_dated=work.due is not None)[language != "vi"]


def _query(connection: Connection, wanted: AssignmentFilter, plan: Plan, now: datetime) -> Select[Any]:
    names = _Row._fields[:5]
    group = [col(getattr(Assignment, name)) for name in names]
    office, role = col(Assignment.office), col(Assignment.role)
    # Counted once for all groups, not once for each row: looking at an earlier day there is no index to ask.
    groups = (
        select(
            *group,
            func.max(case((role == Role.LEAD, office))).label("leader"),
            joined(case((role == Role.COORDINATING, office))).label("helpers"),
        )
        .where(not_withdrawn)
        .group_by(*group)
        .subquery()
    )
    joint = (
        select(col(Party.assignment_id), joined(col(Party.office)).label("offices"))
        .where(col(Party.part) == Part.JOINT)
        .group_by(col(Party.assignment_id))
        .subquery()
    )
    accepted = and_(
        col(Report.assignment_id) == col(Assignment.id),
        col(Report.state) == ReportState.ACCEPTED,
        col(Report.decided_at) <= now,
    )
    steps = dict.fromkeys(step.key for subtask in plan.subtasks() for step in subtask.steps)
    return (
        select(
            *group,
            *(col(getattr(Assignment, name)) for name in _Row._fields[5:13]),
            status_of(now),
            col(Anchor.title),
            groups.c.leader,
            groups.c.helpers,
            joint.c.offices,
            *(col(getattr(Report, name)) for name in _Row._fields[18:]),
        )
        .outerjoin(Anchor, has_occasion)
        .outerjoin(groups, and_(*(column == groups.c[name] for name, column in zip(names, group, strict=True))))
        .outerjoin(joint, joint.c.assignment_id == col(Assignment.id))
        .outerjoin(Report, accepted)
        .where(*conditions(connection, wanted, now))
        .order_by(
            col(Assignment.priority),
            func.length(col(Assignment.subtask)),
            col(Assignment.subtask),
            col(Assignment.period),
            case({key: place for place, key in enumerate(steps)}, value=col(Assignment.step), else_=len(steps)),
            col(Assignment.variant),
            col(Assignment.lead_office),
            case((role == Role.LEAD, 0), else_=1),
            office,
            col(Assignment.id),
        )
    )


class _Row(NamedTuple):
    """A row of the query; the last four are of the accepted report, None where there is none."""

    subtask: str
    step: str
    variant: str
    period: str
    lead_office: str
    id: int
    role: Role
    office: str
    monitor_office: str
    due_date: date
    original_due_date: date
    state: State
    reported_at: datetime | None
    status: str
    occasion: str | None
    leader: str | None
    helpers: str | None
    joint: str | None
    counts: dict[str, float] | None
    document_number: str | None
    document_date: date | None
    text: str | None


class _Formatter:
    """Codes as people read them. What says the same in every row is worked out once."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self._plan = plan
        self._language: Language = language
        self._offices = {each.code: self._(each.name_vi, each.name_en) for each in plan.offices}
        self._places = {code: place for place, code in enumerate(self._offices)}
        self._titles: dict[tuple[str, ...], str] = {}
        self._products: dict[tuple[str, str], str] = {}

    def _(self, vi: str, en: str) -> str:
        return vi if self._language == "vi" else en

    def office(self, code: str) -> str:
        return self._offices.get(code, code)

    def offices(self, codes: Sequence[str]) -> str:
        """In the order of the plan, whatever the order a database aggregates in."""
        return "; ".join(self.office(code) for code in sorted(codes, key=lambda code: self._places.get(code, 0)))

    def lead(self, row: _Row) -> str:
        """Who leads the copy that the row is part of; nobody in particular where its office coordinates with all."""
        if row.role is Role.LEAD:
            return "; ".join([self.office(row.office), *filter(None, [self.offices(split_offices(row.joint))])])
        shared = self._plan.is_for_all_leads(row.lead_office, row.office)
        return self._("các cơ quan chủ trì", "all leads") if shared else self.office(row.leader or row.lead_office)

    def title(self, row: _Row) -> str:
        key = (row.subtask, row.step, row.variant)
        if row.step == AD_HOC:
            return self._plan.step_title(*key, self._language, occasion=row.occasion or "")
        if key not in self._titles:
            self._titles[key] = self._plan.step_title(*key, self._language)
        return self._titles[key]

    def product(self, subtask: str, step: str) -> str:
        """What is handed in: a document, counts, or an account of what was done."""
        if (subtask, step) not in self._products:
            whole = self._plan.subtask(subtask)
            product = whole.product_of(step)
            title = f"{self._(product.title_vi, product.title_en)}\n" if product else ""
            self._products[subtask, step] = title + self._product(whole.form(step))
        return self._products[subtask, step]

    def _product(self, form: ReportForm) -> str:
        parts = {
            "required": self._("Văn bản (số, ngày)", "Document (number, date)"),
            "optional": self._("Báo cáo; có văn bản thì ghi số, ngày", "Report; a document's number and date if any"),
            "none": self._("Báo cáo không kèm văn bản", "Report without a document"),
        }
        labels = ", ".join(self._(count.label_vi, count.label_en) for count in form.counts)
        return parts[form.document] + (self._(f"\nSố liệu: {labels}", f"\nFigures: {labels}") if labels else "")

    def result(self, row: _Row) -> str:
        """What the accepted report says, in a cell's length."""
        if row.counts is None:
            return ""
        lines = []
        if row.document_number:
            on = f"{row.document_date:%d/%m/%Y}"
            lines.append(self._(f"{row.document_number} ngày {on}", f"{row.document_number} of {on}"))
        subtask = self._plan.subtask(row.subtask)
        fields, targets = subtask.form(row.step).counts, targets_of(subtask, row.step)
        for field in fields:
            if (number := row.counts.get(field.key)) is not None:
                target = targets.get(field.key)
                shown = with_unit(
                    number, target.unit if target else "%" if field.kind == "percent" else "", self._language
                )
                met = f" ({compared_in_words(target, number, self._language)})" if target else ""
                lines.append(f"{self._(field.label_vi, field.label_en)}: {shown}{met}")
        if text := row.text:
            rest = len(text) - _EXCERPT_LENGTH
            more = self._(
                f"… (còn {rest} ký tự, xem việc số {row.id})",
                f"… ({rest} more characters, see assignment no. {row.id})",
            )
            lines.append(text if rest <= 0 else text[:_EXCERPT_LENGTH] + more)
        return "\n".join(lines)
