"""What is kept beside the facts so that asking again costs little: counts of open work, and how far a priority has got.

Neither is a fact: both may be worked out again from the assignments.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime, enum_column
from models.tables.lifecycle import State


class AssignmentTally(SQLModel, table=True):
    """So many open assignments more, or fewer, of one priority that count alike at every moment.

    Triggers of ``assignment`` write one row for each that comes, goes or changes (migration 0016); the sum of all rows
    is what there is. ``begun_on`` is the day assigned or resumed of what nobody has acknowledged, otherwise None;
    ``in_time`` whether what is reported was so before it was due.
    """

    __tablename__ = "assignment_tally"

    id: int | None = Field(default=None, primary_key=True)
    priority: str = Field(max_length=4)
    state: State = Field(sa_type=enum_column(State))
    due_at: datetime = Field(sa_type=UtcDateTime)
    begun_on: date | None = None
    in_time: bool
    number: int


class Stage(StrEnum):
    """What was done for a whole priority and need not be done again until something changes."""

    DRAFTED = "drafted"  # every assignment that the plan asks for was looked for
    AUDITED = "audited"  # the auditor found nothing


class StageMark(SQLModel, table=True):
    """Up to which moment a stage of a priority was done without a finding, and on what it stood then.

    ``basis`` names it: when it is another now, the stage begins anew.
    """

    __tablename__ = "stage_mark"

    priority: str = Field(primary_key=True, max_length=4)
    stage: Stage = Field(primary_key=True, sa_type=enum_column(Stage))
    basis: str = Field(max_length=64)
    until: datetime = Field(sa_type=UtcDateTime)
