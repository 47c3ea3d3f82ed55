"""Who has answered: every office's part in one subtask and period, in what state it is and when it was handed in.

The same for copies that each of a group has of its own and for offices that are asked for input: one table for each
step and role, what is missing first. What several lead jointly is one row, handed in by any of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import local_date
from config.rules.kinds import Timing
from models.alerts.status import not_withdrawn, status_of
from models.store.upsert import table_of
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.lifecycle import NOT_STANDING, Role, State, Status
from models.tables.report import Report
from models.work.rows import has_occasion, joint_offices, split_offices

PERIODS_LISTED = 24


@dataclass(frozen=True)
class Answer:
    """One office's part. ``answered_at`` is None where nothing was handed in, or what was is returned.

    offices  who answers for it, and those that lead it jointly
    lead     the office that leads today: this one, or the one it helps
    """

    assignment: int
    step: str
    variant: str
    occasion: str
    role: Role
    offices: tuple[str, ...]
    lead: str
    state: State
    status: Status
    timing: Timing
    rule: str
    due_date: date
    due_at: datetime
    answered_at: datetime | None

    @property
    def is_overdue(self) -> bool:
        """Whether it is missing after its due date."""
        return self.answered_at is None and self.status is Status.OPEN_OVERDUE

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after its due date."""
        return self.answered_at is not None and self.timing is Timing.DATED and self.answered_at >= self.due_at


@dataclass(frozen=True)
class AnswerCount:
    """How many were asked, how many have answered, and how many of the others are overdue."""

    asked: int
    answered: int
    overdue: int

    @property
    def missing(self) -> int:
        return self.asked - self.answered

    def in_words(self, language: Literal["vi", "en"]) -> str:
        """«Đã gửi 120/166 · chưa gửi 46, trong đó 12 quá hạn»."""
        if language == "vi":
            said, missing = f"Đã gửi {self.answered}/{self.asked}", f"chưa gửi {self.missing}"
            late = f", trong đó {self.overdue} quá hạn"
        else:
            said, missing = f"{self.answered} of {self.asked} have answered", f"{self.missing} have not"
            late = f", {self.overdue} of them overdue"
        return said + (f" · {missing}" if self.missing else "") + (late if self.overdue else "")


@dataclass(frozen=True)
class AnswerTable:
    """One step of the subtask and one role in it, what is missing first."""

    step: str
    variant: str
    role: Role
    answers: Sequence[Answer]

    @property
    def count(self) -> AnswerCount:
        answered = sum(each.answered_at is not None for each in self.answers)
        return AnswerCount(len(self.answers), answered, sum(each.is_overdue for each in self.answers))


@dataclass(frozen=True)
class Answers:
    """All tables of one subtask and period. ``periods`` are the latest ones that there are to choose from."""

    subtask: str
    period: str
    periods: Sequence[str]
    tables: Sequence[AnswerTable]

    @property
    def occasion(self) -> str:
        """Title of the document or event that the period is counted from, otherwise empty."""
        return next((each.occasion for table in self.tables for each in table.answers), "")


def answers(connection: Connection, plan: Plan, subtask: str, *, now: datetime, period: str = "") -> Answers:
    """Who has answered for a subtask and period, the latest one where none is given; without what was withdrawn.

    Raises ``Refused`` for a subtask that the plan does not have.
    """
    code = plan.subtask(subtask).code
    of_subtask = and_(col(Assignment.subtask) == code, not_withdrawn)
    latest = func.max(col(Assignment.id)).desc()
    periods = connection.scalars(
        select(col(Assignment.period)).where(of_subtask).group_by(col(Assignment.period)).order_by(latest)
    ).all()
    period = period or next(iter(periods), "")
    tables: dict[tuple[str, str, Role], list[Answer]] = {}
    for each in _answers(connection, plan, code, period, now):
        tables.setdefault((each.step, each.variant, each.role), []).append(each)
    steps = {step.key: place for place, step in enumerate(plan.subtask(code).steps)}
    places = {office.code: place for place, office in enumerate(plan.offices)}
    order = sorted(tables, key=lambda key: (steps.get(key[0], len(steps)), key[1], key[2] is not Role.LEAD))
    return Answers(
        code,
        period,
        periods[:PERIODS_LISTED],
        [AnswerTable(*key, sorted(tables[key], key=lambda one: _place(one, places))) for key in order],
    )


def _place(answer: Answer, places: dict[str, int]) -> tuple[int, int, int]:
    """What is overdue first, then what else is missing, then what there is; each in the order of the plan."""
    stage = 2 if answer.answered_at else 0 if answer.is_overdue else 1
    return stage, places.get(answer.offices[0], len(places)), answer.assignment


def _answers(connection: Connection, plan: Plan, subtask: str, period: str, now: datetime) -> Iterator[Answer]:
    these = and_(col(Assignment.subtask) == subtask, col(Assignment.period) == period, not_withdrawn)
    # Standing work goes on when its report is accepted, so that only the reports tell of it.
    last = (
        select(col(Report.assignment_id), func.max(col(Report.submitted_at)).label("at"))
        .join(Assignment, col(Assignment.id) == col(Report.assignment_id))
        .where(these, col(Report.state).not_in(NOT_STANDING))
        .group_by(col(Report.assignment_id))
        .subquery()
    )
    names = ("step", "variant", "role", "office", "lead_office", "state", "timing", "rule", "due_date", "due_at")
    query = (
        select(
            col(Assignment.id),
            col(Assignment.reported_at),
            *(col(getattr(Assignment, name)) for name in names),
            status_of(now).label("status"),
            func.coalesce(col(Anchor.title), "").label("occasion"),
            last.c.at.label("last_report"),
            joint_offices(table_of(Assignment).c.id),
        )
        .outerjoin(Anchor, has_occasion)
        .outerjoin(last, last.c.assignment_id == col(Assignment.id))
        .where(these)
    )
    today = local_date(now)
    for row in connection.execute(query):
        answered_at = row.reported_at if row.timing is not Timing.STANDING else row.last_report
        yield Answer(
            assignment=row.id,
            step=row.step,
            variant=row.variant,
            occasion=row.occasion,
            role=row.role,
            offices=(row.office, *split_offices(row.joint)),
            lead=row.office if row.role is Role.LEAD else plan.current_office(row.lead_office, today),
            state=row.state,
            status=Status(row.status),
            timing=row.timing,
            rule=row.rule,
            due_date=row.due_date,
            due_at=row.due_at,
            answered_at=answered_at,
        )
