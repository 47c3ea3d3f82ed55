"""Assignments and the timetables of their alerts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.contacts.desks import Desk
from config.rules.kinds import Timing
from models.store.columns import UtcDateTime, enum_column, partial_index
from models.tables.lifecycle import NoticeKind, Role, State, Urgency


class Assignment(SQLModel, table=True):
    """One office's part in one step of a subtask for one period.

    The due date is frozen with the rule, the explanation and the calendar version that gave it; ``original_due_*``
    survive every extension. ``lead_office`` names the assignment group (exactly one lead in each). ``assigned_office``
    is the office first assigned and part of the identity; ``office`` is the one that answers for it today, and
    ``delegated_to`` a unit or post inside it, in its own words. ``suspended_at`` is set while it is suspended,
    ``resumed_at`` from then on: the ladder counts from it as from a new assignment. ``edition`` is the number of the
    directive's edition by which it stands. ``withdrawn_by`` is the deed that withdrew it, None where the coordinator
    took back this one alone: what a deed withdrew goes on when the deed is undone or the plan asks for it again.
    ``left_by`` is the deed that left it because its report waited for a decision
    (``models.work.directive_deeds.left_over``).

    ``timing`` says whether there is a due date; where there is none (yet), ``config.rules.due.NO_DATE`` stands in
    ``due_date`` and the explanation says why.
    """

    __table_args__ = (
        UniqueConstraint(
            *("subtask", "step", "variant", "period", "lead_office", "assigned_office", "role"),
            name="uq_assignment_identity",
        ),
        # The sweep looks only at rows with something still to say.
        partial_index("ix_assignment_next_alert_at", "next_alert_at", where="next_alert_at IS NOT NULL"),
        # For the auditor, what is not done, shares a timetable and has passed a rung of it. Partial, for done work
        # piles up, and so that the sweep does not use it and read a whole timetable instead of what is due.
        partial_index(
            "ix_assignment_rungs_passed", "timetable_id", "rung_done", where="rung_done > 0 AND completed_at IS NULL"
        ),
        # Each holds all that its question needs, so that of 100,000 rows only those that are shown are opened.
        # An office's own list:
        Index("ix_assignment_office_work", "office", "state", "due_at", "completed_at", "id"),
        # The counts of the board, in its order of grouping:
        Index(
            "ix_assignment_board",
            *("state", "priority", "office", "subtask", "due_at", "reported_at", "role", "anchor_id", "id", "timing"),
        ),
        # All work page by page, whatever it is filtered by:
        Index(
            "ix_assignment_by_due",
            *("due_at", "subtask", "id", "state", "priority", "office", "role", "reported_at", "anchor_id"),
        ),
        # How far each subtask of a period is, which its leads decide:
        partial_index(
            "ix_assignment_leads",
            *("subtask", "period", "state", "due_at", "reported_at", "priority", "office", "role", "anchor_id", "id"),
            where="role = 'lead'",
        ),
        # Open work by due date: what is late longest, what is next, what falls due when.
        partial_index(
            "ix_assignment_open",
            *("due_at", "office", "id", "state", "priority", "reported_at"),
            where="state NOT IN ('accepted', 'withdrawn')",
        ),
        # What an office monitors, which may be nearly everything that is open:
        partial_index(
            "ix_assignment_monitored",
            *("monitor_office", "due_at", "id", "office", "subtask", "anchor_id", "state"),
            where="state NOT IN ('accepted', 'withdrawn')",
        ),
    )

    priority: str = Field(max_length=4)
    subtask: str = Field(max_length=16)
    period: str = Field(max_length=100)
    role: Role = Field(sa_type=enum_column(Role))
    lead_office: str = Field(max_length=32)
    office: str = Field(max_length=32)
    state: State = Field(default=State.ASSIGNED, sa_type=enum_column(State))
    due_date: date
    original_due_date: date
    monitor_office: str = Field(max_length=32)
    delegated_to: str = Field(default="", max_length=100)
    explanation_vi: str = Field(max_length=1000)
    explanation_en: str = Field(max_length=1000)
    id: int | None = Field(default=None, primary_key=True)
    step: str = Field(max_length=32)
    variant: str = Field(default="", max_length=32)
    assigned_office: str = Field(max_length=32)
    anchor_id: int | None = Field(default=None, foreign_key="anchor.id")
    urgency: Urgency = Field(default=Urgency.NORMAL, sa_type=enum_column(Urgency))

    rule: str = Field(max_length=64)
    basis: str = Field(max_length=16)
    due_at: datetime = Field(sa_type=UtcDateTime)
    original_due_at: datetime = Field(sa_type=UtcDateTime)
    calendar_version: str = Field(max_length=64)

    timetable_id: int = Field(foreign_key="timetable.id")
    rung_done: int = 0
    next_alert_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    assigned_at: datetime = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    suspended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resumed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    edition: int = 1
    withdrawn_by: int | None = None
    left_by: int | None = None
    timing: Timing = Field(default=Timing.DATED, sa_type=enum_column(Timing))
    original_timing: Timing = Field(default=Timing.DATED, sa_type=enum_column(Timing))


class Timetable(SQLModel, table=True):
    """The instants of one ladder for one pair of dates, shared by all assignments that have both.

    ``calendar`` names the days off they were worked out by: the main directive's if empty, else those of the directive
    that this priority belongs to (``WorkingCalendar.named_of``); ``ladder_hash`` tells one from the other.

    ``ladder`` is the ladder as it was when the assignment was made: a later edit of the plan makes new timetables
    and leaves these alone. ``complete_until``: repeats are worked out up to this day, and further when it draws near.

    ``rhythm`` is how often standing work is asked for its progress (after a colon the kind of period, where that
    is not NĐ 09's); ``begins_at`` and ``ends_at`` bound a term in hours.
    """

    __table_args__ = (UniqueConstraint("ladder_hash", "assigned_on", "due_on"),)

    id: int | None = Field(default=None, primary_key=True)
    ladder_hash: str = Field(max_length=16)
    ladder: dict[str, Any] = Field(sa_type=JSON)
    assigned_on: date
    due_on: date
    calendar: str = Field(default="", max_length=4)
    complete_until: date
    rhythm: str = Field(default="", max_length=16)
    begins_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TimetableRung(SQLModel, table=True):
    """One rung of a timetable for one audience, with the instant from which it is due.

    ``rank`` orders rungs in time; ``severity`` decides which of several due rungs is sent. ``rung`` names it for good,
    due date included ("overdue+3:2023-09-11", of a term in hours the instant), so that an extension's rungs are not
    taken for ones already sent. One that asks for acknowledgement has the day of assigning there, or of beginning anew.
    """

    __tablename__ = "timetable_rung"
    __table_args__ = (Index("ix_timetable_rung_fire_at", "fire_at"),)

    timetable_id: int = Field(primary_key=True, foreign_key="timetable.id")
    rank: int = Field(primary_key=True)
    audience: Desk = Field(primary_key=True, sa_type=enum_column(Desk))
    rung: str = Field(max_length=48)
    kind: NoticeKind = Field(sa_type=enum_column(NoticeKind))
    severity: int
    unless_acknowledged: bool
    fire_at: datetime = Field(sa_type=UtcDateTime)
