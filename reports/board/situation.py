"""The situation that the board's pictures show: tallies by subtask and office, by span of due dates, and lanes in time.

A handful of grouped questions however many assignments there are; everything else is added up from their answers.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, String, case, cast, func, literal_column, select
from sqlmodel import col

from config.clock import last_day_before, local_date
from config.rules.working_time import WorkingCalendar
from models.alerts.status import both, not_withdrawn
from models.tables.assignment import Assignment
from models.tables.party import Party
from reports.charts.timeline import Lane
from reports.figures import Tally, joint_tally, sum_tallies, tally, tally_by_office, tally_columns
from reports.settled_years import with_settled, with_settled_by_office, with_settled_jointly
from reports.spans import Grain, Span, due_within, grain_of, key_of, last_keys, span_of, with_due_in

_Key = TypeVar("_Key")

MAX_LANES = 40
"""How many lanes a timeline shows at most."""

# Written out, not bound: PostgreSQL must see that what is selected is what is grouped by.
_DUE_MONTH: ColumnElement[str] = func.substr(
    cast(col(Assignment.due_date), String), literal_column("1"), literal_column("7")
)
_PERIOD: ColumnElement[str] = case(
    (col(Assignment.period).like(literal_column("'adhoc:%'")), literal_column("'adhoc:'")),
    (col(Assignment.period).like(literal_column("'event:%'")), literal_column("'event:'")),
    else_=col(Assignment.period),
)
_MONTH_OF_OCCASIONS: ColumnElement[str] = case(
    (_PERIOD.in_((literal_column("'adhoc:'"), literal_column("'event:'"))), _DUE_MONTH), else_=literal_column("''")
)


@dataclass(frozen=True)
class Situation:
    """How the chosen work stands, by priority or subtask and by office; all wider figures are sums of these.

    joint  the same of joint leads beside the office that has the work: for the rows of offices, in no other sum
    """

    cells: Mapping[tuple[str, str], Tally]
    joint: Mapping[tuple[str, str], Tally] = field(default_factory=dict)

    @property
    def whole(self) -> Tally:
        return sum_tallies(self.cells.values())

    def by(self, key: Callable[[str, str], _Key]) -> dict[_Key, Tally]:
        """Added up by whatever a priority or subtask and an office have in common."""
        return self._by(key, self.cells.items())

    def with_offices(self, offices: Collection[str], anew: "Situation") -> "Situation":
        """The same with the cells of these offices as counted anew."""
        return Situation(
            *(
                dict(sorted([*((key, each) for key, each in old.items() if key[1] not in offices), *new.items()]))
                for old, new in ((self.cells, anew.cells), (self.joint, anew.joint))
            )
        )

    def by_office(self, key: Callable[[str, str], _Key]) -> dict[_Key, Tally]:
        """The same for keys that name an office: what several lead jointly counts for each of them."""
        return self._by(key, (*self.cells.items(), *self.joint.items()))

    def _by(self, key: Callable[[str, str], _Key], cells: Iterable[tuple[tuple[str, str], Tally]]) -> dict[_Key, Tally]:
        found: dict[_Key, list[Tally]] = defaultdict(list)
        for (work, office), each in cells:
            found[key(work, office)].append(each)
        return {each: sum_tallies(tallies) for each, tallies in found.items()}


def situation(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    by_subtask: bool = False,
    due_in: Span | None = None,
    only: ColumnElement[bool] | None = None,
    offices: Collection[str] | None = None,
    spanning: frozenset[str] = frozenset(),
) -> Situation:
    """Tally by priority, or ``by_subtask``, and by office (``reports.figures.tally``); of what is due in a span with
    the years that were settled, where they were due.

    offices   the cells of these alone, which are looked up one by one
    spanning  the subtasks whose years may have been settled (``reports.settled_years.spanning``)
    """
    work = col(Assignment.subtask if by_subtask else Assignment.priority)
    which: dict[str, Any] = {"now": now, "calendar": calendar, "due_in": due_in}
    led = beside = only
    theirs = None
    if offices is not None:
        which["due_in"], theirs = None, due_in
        led, beside = (both(of.in_(offices), only) for of in (col(Assignment.office), col(Party.office)))
    found = tally(connection, work, col(Assignment.office), only=with_due_in(led, theirs), **which)
    joint = joint_tally(connection, work, only=with_due_in(beside, theirs), **which)
    if due_in is not None:
        settled: dict[str, Any] = {"falls": due_in.holds, "now": now, "among": spanning}
        found = with_settled(found, connection, work, col(Assignment.office), only=led, **settled)
        joint = with_settled_jointly(joint, connection, work, only=beside, **settled)
    return Situation(*({(code, office): each for (code, office), each in sorted(of.items())} for of in (found, joint)))


def due_trend(
    connection: Connection,
    *,
    grain: Grain,
    count: int,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    spanning: frozenset[str] = frozenset(),
    until: date | None = None,
) -> dict[str, Tally]:
    """What fell or falls due in each of the last ``count`` months or quarters, the present one last; with the years of
    spans that were settled, where they were due.

    spanning  the subtasks whose years may have been settled (``reports.settled_years.spanning``)
    until     a day of the present one; what falls due later is left out
    """
    keys = last_keys(local_date(now), grain, count)
    trends = due_trends(connection, keys, now=now, calendar=calendar, only=only, spanning=spanning, until=until)
    return sum_trends(keys, trends.values())


def due_trends(
    connection: Connection,
    keys: Sequence[str],
    *,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    spanning: frozenset[str] = frozenset(),
    until: date | None = None,
    offices: Collection[str] | None = None,
) -> dict[str, dict[str, Tally]]:
    """The same by office, of these months or quarters; those in which nothing of an office falls due are left out.

    offices  these alone, which are looked up one by one
    """
    reach = Span(span_of(keys[0]).first, until or span_of(keys[-1]).last)
    grain = grain_of(keys[0])
    # By the instant, which stands in the index, and not by the date, for which each row would have to be opened.
    office, due_at = col(Assignment.office), col(Assignment.due_at)
    which: dict[str, Any] = {"due_in": reach, "only": only}
    if offices is not None:
        only = both(office.in_(offices), only)
        which = {"only": both(due_within(reach), only)}
    tallies = tally(connection, due_at, office, now=now, calendar=calendar, **which)
    tallies = with_settled(
        tallies, connection, office, falls=reach.holds, now=now, only=only, due=lambda at: at, among=spanning
    )
    found: dict[str, dict[str, list[Tally]]] = defaultdict(lambda: defaultdict(list))
    for (instant, code), each in tallies.items():
        found[code][key_of(last_day_before(instant), grain)].append(each)
    return {code: {key: sum_tallies(cells) for key, cells in of.items()} for code, of in found.items()}


def sum_trends(keys: Sequence[str], trends: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """The trend of all offices, from those of each."""
    of_each = list(trends)
    return {key: sum_tallies(of[key] for of in of_each if key in of) for key in keys}


def due_month_tallies(
    connection: Connection,
    column: Any,
    *,
    keys: Sequence[str],
    grain: Grain,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    spanning: frozenset[str] = frozenset(),
) -> dict[str, dict[str, Tally]]:
    """What fell or falls due in each of these months or quarters, by a column of ``Assignment`` and by key."""
    reach = _reach(keys)
    found = tally(connection, _DUE_MONTH, column, now=now, calendar=calendar, due_in=reach, only=only)
    found = with_settled(
        found, connection, column, falls=reach.holds, now=now, only=only, due=_month_of, among=spanning
    )
    return _by_key(found, keys, grain)


def due_month_tallies_by_office(
    connection: Connection,
    *,
    keys: Sequence[str],
    grain: Grain,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    spanning: frozenset[str] = frozenset(),
) -> tuple[dict[str, dict[str, Tally]], dict[str, Tally]]:
    """The same by office, each joint lead counted in its own row, and of all, where each assignment counts once."""
    reach = _reach(keys)
    which: dict[str, Any] = {"now": now, "calendar": calendar, "due_in": reach, "only": only}
    settled: dict[str, Any] = {"falls": reach.holds, "now": now, "only": only, "due": _month_of, "among": spanning}
    whole = with_settled(tally(connection, _DUE_MONTH, **which), connection, **settled)
    by_office = with_settled_by_office(tally_by_office(connection, _DUE_MONTH, **which), connection, **settled)
    of_all = {(month, ""): each for (month,), each in whole.items()}
    nothing = {"": dict.fromkeys(keys, Tally())}
    return _by_key(by_office, keys, grain), (nothing | _by_key(of_all, keys, grain))[""]


def _month_of(due_at: datetime) -> str:
    return f"{last_day_before(due_at):%Y-%m}"


def _reach(keys: Sequence[str]) -> Span:
    return Span(span_of(keys[0]).first, span_of(keys[-1]).last)


def _by_key(
    by_month: Mapping[tuple[Any, ...], Tally], keys: Sequence[str], grain: Grain
) -> dict[str, dict[str, Tally]]:
    found: dict[str, dict[str, list[Tally]]] = defaultdict(lambda: {key: [] for key in keys})
    for (month, value), each in by_month.items():
        found[value][key_of(date.fromisoformat(f"{month}-01"), grain)].append(each)
    return {value: {key: sum_tallies(cells) for key, cells in of.items()} for value, of in found.items()}


@dataclass(frozen=True)
class SituationLane:
    """A lane of the timeline with its keys: subtask, period, and for events and ad hoc work the month they fall due in.

    period  the period's key; «event:» and «adhoc:» stand for all events and all ad hoc work of that month
    month   the key of the month, empty where the period says it all
    """

    subtask: str
    period: str
    month: str
    lane: Lane


def situation_lanes(
    connection: Connection,
    *,
    due_in: Span,
    now: datetime,
    calendar: WorkingCalendar,
    named: Callable[[str, str, str], tuple[str, str]],
    only: ColumnElement[bool] | None = None,
) -> tuple[Sequence[SituationLane], int]:
    """What is due in a span, as lanes by subtask and time; and how many lanes there are in all.

    Of more than ``MAX_LANES`` those stay that are late or lie nearest to today.

    named  the group and the name of a lane, from subtask, period and month
    """
    key = col(Assignment.subtask), _PERIOD, _MONTH_OF_OCCASIONS
    # In one pass, unlike ``tally``: no index holds the periods, so what counts is to open each row once.
    lanes = select(
        *key,
        func.min(col(Assignment.assigned_at)),
        func.min(col(Assignment.due_date)),
        func.max(col(Assignment.due_date)),
        func.max(col(Assignment.reported_at)),
        *tally_columns(now, calendar),
    )
    lanes = lanes.where(not_withdrawn, due_within(due_in), *([] if only is None else [only])).group_by(*key)
    found = [_situation_lane(tuple(row), named) for row in connection.execute(lanes)]
    today = local_date(now)
    nearest = sorted(found, key=lambda one: (not one.lane.tally.open_overdue, abs((one.lane.due - today).days)))[
        :MAX_LANES
    ]
    nearest.sort(key=lambda one: (one.subtask, one.lane.first_due, one.lane.due, one.period))
    return nearest, len(found)


def _situation_lane(row: tuple[Any, ...], named: Callable[[str, str, str], tuple[str, str]]) -> SituationLane:
    subtask, period, month, assigned, first_due, due, reported, *counts = row
    group, name = named(subtask, period, month)
    lane = Lane(
        group=group,
        name=name,
        assigned=local_date(assigned),
        first_due=first_due,
        due=due,
        reported=local_date(reported) if reported else None,
        tally=Tally(*counts),
    )
    return SituationLane(subtask, period, month, lane)
