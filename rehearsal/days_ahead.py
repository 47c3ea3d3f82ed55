"""The days ahead, played: the runs of each day, what offices answer meanwhile, and the letters that leave.

A day with nothing to do must cost next to nothing, so what is to be assigned is looked for before a run assigns it, and
all priorities are swept at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.clock import HANOI, local_date, start_of_day
from config.rules.kinds import Timing
from config.rules.quiet_hours import Hours
from flows.assigning import assign_due
from flows.forms import fill_in
from flows.names import SLOTS
from flows.steps import track_all
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN
from models.work.directives import anchors
from models.work.planning import planned_assignments
from notifications.courier.unsent import deliver_to_nobody
from rehearsal.habits import ANSWERED_AT, answer, habits

_RUNS = frozenset(time(hour, minute) for hour, minute in SLOTS.values())


def play_ahead(
    store: Store, first: date, last: date, now: datetime, *, answering: bool, say: Callable[[float], None]
) -> None:
    """Play the days on a copy that is thrown away, from ``now`` on.

    answering  whether offices answer as they have done so far
    say        called with the part that is done, from 0 to 1
    """
    known = habits(store, now) if answering else {}
    outlook, length = Outlook(), (last - first).days + 1
    for number in range(length):
        say(number / length)
        for moment in _moments(store, first + timedelta(days=number), now):
            store = store.of_today()
            run_key = f"rehearsal-{moment.at.isoformat()}" if moment.runs else ""
            if run_key:
                _follow_up(store, outlook, moment.at, run_key)
            if known and moment.answers:
                answer(store, known, moment.at)
            deliver_to_nobody(store, moment.at, just_run=run_key)
    say(1)


def _follow_up(store: Store, outlook: "Outlook", now: datetime, run_key: str) -> None:
    """What a run of every priority does, by the same steps."""
    is_first = outlook.is_first_of_day(now)
    for code in outlook.to_assign(store, now):
        context = store.actor_context(now=now, actor=f"flow:{code}", run_key=run_key)
        assign_due(store, code, fill_in(code, {}, store.plan), context)
    track_all(store, store.actor_context(now=now, actor="flow", run_key=run_key), is_first=is_first)


@dataclass(frozen=True)
class _Moment:
    """When something happens on a day: the flows run, offices answer, or an office may be written to from now on."""

    at: datetime
    runs: bool
    answers: bool


def _moments(store: Store, day: date, now: datetime) -> Iterator[_Moment]:
    """The moments of a day in order; the first day begins with a run ``now``."""
    windows = {Hours(store.contacts.quiet), *store.contacts.preferred_hours.values()}
    opening = {each.quiet.ends for each in windows if each.quiet}
    digests = {each.digest_at for each in windows if each.digest_at}
    if day == local_date(now):
        yield _Moment(now, runs=True, answers=False)
    for each in sorted({*_RUNS, *opening, *digests, ANSWERED_AT}):
        if (at := datetime.combine(day, each, tzinfo=HANOI)) > now:
            yield _Moment(at, runs=each in _RUNS, answers=each == ANSWERED_AT)


class Outlook:
    """Which priorities have anything to assign, asked in the order of days; remembers the last."""

    def __init__(self) -> None:
        self._asked: datetime | None = None

    def is_first_of_day(self, now: datetime) -> bool:
        return self._asked is None or local_date(self._asked) < local_date(now)

    def to_assign(self, store: Store, now: datetime) -> list[str]:
        """Those of which a run at ``now`` would assign, hand over or date anything.

        All of them at first, and where an office of the register begins, ends or takes another name.
        """
        is_first, before, self._asked = self.is_first_of_day(now), self._asked, now
        codes = [each.code for each in store.plan.priorities]
        if before is None or _is_register_changed(store.plan, local_date(before), local_date(now)):
            return codes
        with reading_session(store.engine) as session:
            found, known = _to_be_dated(session, before), anchors(session)
        context = store.actor_context(now=now, actor="flow")
        for code in codes if is_first else ():
            planned = planned_assignments(context.for_priority(code), known, since=local_date(before))
            if code not in found and any(planned):
                found.add(code)
        return [code for code in codes if code in found]


def _to_be_dated(session: Session, before: datetime) -> set[str]:
    """The priorities with work that waits for other work, where any was done since."""
    done = select(col(Assignment.id)).where(col(Assignment.completed_at) >= start_of_day(local_date(before)))
    if session.exec(done.limit(1)).first() is None:
        return set()
    waits = Assignment.timing == Timing.AFTER, col(Assignment.state).in_(OPEN)
    return set(session.exec(select(col(Assignment.priority)).where(*waits).distinct()))


def _is_register_changed(plan: Plan, before: date, today: date) -> bool:
    return any(before < day <= today for office in plan.offices for day in _days_of(office))


def _days_of(office: OfficeSpec) -> list[date]:
    """The days on which it begins, is no more, and is called otherwise."""
    ended_on = office.valid_to + timedelta(days=1) if office.valid_to else None
    renamed_on = office.next_name.since if office.next_name else None
    return [day for day in (office.valid_from, ended_on, renamed_on) if day is not None]
