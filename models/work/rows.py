"""An assignment as lists show it: typed rows, read straight from the columns they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, SQLColumnExpression, and_, func, select
from sqlmodel import col

from config.rules.kinds import Timing
from models.store.upsert import table_of
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State, Status, Urgency
from models.tables.party import Part, Party

has_occasion: ColumnElement[bool] = and_(
    col(Anchor.id) == col(Assignment.anchor_id), col(Anchor.kind) != AnchorKind.ISSUE
)
"""Joins what an assignment was counted from where that has a title of its own: a document, an event, ad hoc work."""


@dataclass(frozen=True)
class ListedAssignment:
    """What every list tells of an assignment; the other columns are long.

    occasion  title of the document, event or ad hoc work it was counted from, otherwise empty
    joint     offices that lead it together with ``office``
    """

    id: int
    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    role: Role
    office: str
    lead_office: str
    delegated_to: str
    urgency: Urgency
    state: State
    due_at: datetime
    due_date: date
    original_due_date: date
    timing: Timing
    original_timing: Timing
    rule: str
    occasion: str
    joint: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def leads(self) -> tuple[str, ...]:
        """The office that answers for it, and those that lead it jointly."""
        return self.office, *self.joint


LISTED_COLUMNS = tuple(each.name for each in fields(ListedAssignment) if each.name not in ("occasion", "joint"))
"""The fields that are columns of the assignment's row, in order."""


@dataclass(frozen=True)
class AssignmentRow(ListedAssignment):
    """A listed assignment with the rest that exports tell of it, and its status word at the moment of asking."""

    assigned_office: str
    monitor_office: str
    basis: str
    explanation_vi: str
    explanation_en: str
    next_alert_at: datetime | None
    suspended_at: datetime | None
    status: Status


_APART = ","


def joined(offices: SQLColumnExpression[Any]) -> ColumnElement[str]:
    """Codes of offices aggregated into one text, for ``split_offices``."""
    return func.aggregate_strings(offices, _APART)


def joint_offices(assignment_id: ColumnElement[Any]) -> ColumnElement[str]:
    """The joint leads of an assignment as one text, for ``split_offices``; named ``joint``."""
    of_it = and_(col(Party.assignment_id) == assignment_id, col(Party.part) == Part.JOINT)
    return select(joined(col(Party.office))).where(of_it).scalar_subquery().label("joint")


def split_offices(text: str | None) -> tuple[str, ...]:
    """The offices of a text that ``joined`` made, in one order on every database."""
    return tuple(sorted(text.split(_APART))) if text else ()


Row = TypeVar("Row", bound=ListedAssignment)


def select_rows(kind: type[ListedAssignment], *computed: ColumnElement[Any]) -> Select[Any]:
    """A query for ``read_rows``, to be narrowed and ordered.

    computed  what the row holds beside columns of the table, labelled with the name of its field
    """
    table = table_of(Assignment)
    own = (table.c[each.name] for each in fields(kind) if each.name in table.c)
    occasion = func.coalesce(col(Anchor.title), "").label("occasion")
    joint = joint_offices(table.c.id)
    return select(*own, occasion, joint, *computed).select_from(Assignment).outerjoin(Anchor, has_occasion)


def read_rows(
    connection: Connection, kind: type[Row], query: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[Row]:
    """The rows of a query that ``select_rows`` made for this kind."""
    names = [each.name for each in fields(kind) if each.name != "joint"]
    found = connection.execute(query, parameters)
    at = {name: place for place, name in enumerate(found.keys())}
    pick, joint = itemgetter(*(at[name] for name in names)), at["joint"]
    return [kind(*pick(row), joint=split_offices(row[joint])) for row in found]
