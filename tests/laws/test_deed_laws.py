"""Whatever verbs and deeds follow each other: the past that is replayed is the past that was."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from config.errors import Refused
from config.settings import load_settings
from flows.forms import fill_in
from models.alerts.status import overdue
from models.keeping.as_of import UnknownEvent, reading_as_it_was
from models.keeping.opening import Store, open_store
from models.store.audit import record, verify
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import Deed
from models.tables.lifecycle import OPEN, TRANSITIONS, WAITING_FOR_OFFICE, State, Verb
from models.tables.party import Part, Party
from models.work import verbs
from models.work.deeds.apply import Applied, Change, apply
from models.work.deeds.direct import coordinate, give_to, move_dates, withdraw_all
from models.work.deeds.undo import undoing
from portal.rendering.kept_pages import KeptPages, kept_counts
from reports.board.counts import BoardScope, count_board, recount_board
from reports.spans import last_keys
from tests.support.cast import at, issue, t0_report
from tests.support.deeds import WHY, acting
from tests.support.examples import examples
from tests.support.following_up import follow_up_once
from tests.support.plan_0_1 import BY_PLAN_0_1

REPLAYED = (
    *("id", "state", "office", "monitor_office", "delegated_to", "due_date", "due_at", "acknowledged_at"),
    *("reported_at", "completed_at", "suspended_at", "resumed_at"),
)

Step = tuple[str, int, int]

DEEDS = ("move", "give", "join", "take", "undo")

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(
                    "acknowledge",
                    "report",
                    "return",
                    "accept",
                    "delegate",
                    "ask",
                    "grant",
                    "suspend",
                    "resume",
                    "withdraw",
                ),
                *("move", "move", "give", "join", "take", "undo", "undo"),
            ]
        ),
        st.integers(0, 5),
        st.integers(0, 60),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which p1 and p3 were begun for two offices."""
    home = tmp_path_factory.mktemp("deeds")
    with open_store(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(home), "DONDOC_SAMPLE": "0"})) as store:
        issue(store)
        for priority in ("p1", "p3"):
            follow_up_once(
                store, priority, fill_in(priority, {"offices": ("SYT", "CAT")}, store.plan), at("2023-08-18")
            )
        with session_scope(store.engine) as session:
            for number in range(1, 5):
                session.add(Party(assignment_id=number, office=("SNV", "STC")[number % 2], part=Part.JOINT))
                session.add(Party(assignment_id=number, office="STP", part=Part.NAMED))
        store.engine.dispose()
    return home / "dondoc.sqlite"


@contextmanager
def copied(template: Path) -> Iterator[Store]:
    home = Path(tempfile.mkdtemp(prefix="law"))
    try:
        for file in ("dondoc.sqlite", "audit.key"):
            shutil.copyfile(template.with_name(file), home / file)
        with open_store(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(home), "DONDOC_SAMPLE": "0"})) as store:
            yield store
    finally:
        shutil.rmtree(home)


def seen(connection: Connection) -> list[tuple[object, ...]]:
    columns = [col(getattr(Assignment, name)) for name in REPLAYED]
    rows = [tuple(row) for row in connection.execute(select(*columns).order_by(col(Assignment.id)))]
    parties = sorted(connection.execute(select(col(Party.assignment_id), col(Party.office), col(Party.part))).tuples())
    return [*rows, *parties]


def _verb(name: str, number: int, days: int, due: date) -> Callable[[Session, object], object]:
    return {
        "acknowledge": lambda session, context: verbs.acknowledge(session, number, context),
        "report": lambda session, context: verbs.report(session, number, t0_report(), context),
        "return": lambda session, context: verbs.return_(session, number, "Thiếu phụ lục.", context),
        "accept": lambda session, context: verbs.accept(session, number, context),
        "delegate": lambda session, context: verbs.delegate(session, number, "Phòng Tổ chức", context),
        "ask": lambda session, context: verbs.request_extension(
            session, number, due + timedelta(days=days + 1), "Chờ số liệu.", context
        ),
        "grant": lambda session, context: verbs.grant_extension(session, number, None, context),
        "suspend": lambda session, context: verbs.suspend(session, number, "Chờ hướng dẫn.", context),
        "resume": lambda session, context: verbs.resume(session, number, None, context),
        "withdraw": lambda session, context: verbs.withdraw(session, number, "Giao nhầm.", context),
    }[name]


def _deed(store: Store, name: str, number: int, days: int, now: datetime) -> Change:
    context = acting(store, now)
    if name == "move":
        return move_dates([number], now.date() + timedelta(days=days - 5), provenance=WHY, context=context)
    if name == "give":
        return give_to([number], ("SNV", "CAT", "STC")[days % 3], provenance=WHY, context=context)
    if name == "join":
        return coordinate([number], [("SNV", "STP")[days % 2]], provenance=WHY, context=context)
    if name == "take":
        return withdraw_all([number], provenance=WHY, context=context)
    with reading(store.engine) as connection, Session(connection) as session:
        last = session.exec(select_rows(Deed.id).order_by(col(Deed.id).desc())).first()
        return undoing(session, last or 0, "Ghi nhầm.", context)


def _do(store: Store, step: Step, now: datetime) -> Applied | None:
    name, which, days = step
    with reading(store.engine) as connection:
        rows = connection.execute(
            select(col(Assignment.id), col(Assignment.due_date)).order_by(col(Assignment.id)).limit(6)
        ).all()
    number, due = rows[which % len(rows)]
    if name in DEEDS:
        return apply(store.engine, _deed(store, name, number, days, now), may_be_late=True)
    with session_scope(store.engine) as session:
        _verb(name, number, days, due)(session, store.actor_context(now=now, actor="law"))
    return None


LAW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Each step writes to a store of its own: a failure is told as it came, and not lived again to be made smaller."""


@example(steps=[("undo", 0, 0), ("give", 0, 17), ("undo", 0, 5)])  # a part that ended and began again
@given(steps=STEPS)
@settings(LAW, max_examples=examples(25))
def test_the_past_is_replayed_as_it_was(template: Path, steps: list[Step]) -> None:
    with copied(template) as store:
        now, album = at("2023-08-21"), dict[datetime, list[tuple[object, ...]]]()
        for step in steps:
            with suppress(Refused):
                _do(store, step, now)
            with reading(store.engine) as connection:
                album[now] = seen(connection)
            now += timedelta(hours=7)
        # One deed more touches all that is open, so that all of it is replayed.
        with reading(store.engine) as connection:
            rest = list(connection.scalars(select(col(Assignment.id)).where(col(Assignment.state).in_(OPEN))))
        if rest:
            apply(store.engine, withdraw_all(rest, provenance=WHY, context=acting(store, now)))
        for then, photograph in album.items():
            with reading_as_it_was(store.engine, then) as connection:
                assert seen(connection) == photograph, then
        with reading(store.engine) as connection:
            assert verify(connection).broken_at is None


@example(steps=[("report", 0, 0), ("return", 0, 0), ("give", 0, 0)])
@example(steps=[("report", 0, 0), ("return", 0, 0), ("move", 0, 6)])
@example(steps=[("report", 0, 0), ("return", 0, 0), ("give", 0, 0), ("undo", 0, 0)])
@given(steps=STEPS)
@settings(LAW, max_examples=examples(25))
def test_whoever_is_reminded_to_acknowledge_can(template: Path, steps: list[Step]) -> None:
    with copied(template) as store:
        now = at("2023-08-21")
        for step in steps:
            with suppress(Refused):
                _do(store, step, now)
            now += timedelta(hours=7)
        unacknowledged = col(Assignment.acknowledged_at).is_(None)
        with reading(store.engine) as connection:
            waiting = select(col(Assignment.state)).where(col(Assignment.state).in_(WAITING_FOR_OFFICE))
            assert set(connection.scalars(waiting.where(unacknowledged))) <= {State.ASSIGNED}
            assert State.ASSIGNED not in set(connection.scalars(waiting.where(~unacknowledged)))
    assert (State.ASSIGNED, Verb.ACKNOWLEDGE) in TRANSITIONS


@example(steps=[("acknowledge", 0, 0)], deed=("move", 0, 6))
@example(steps=[("report", 0, 0), ("return", 0, 0)], deed=("move", 0, 6))
@example(steps=[("report", 0, 0), ("return", 0, 0)], deed=("give", 0, 0))
@example(steps=[("acknowledge", 0, 0), ("give", 0, 0), ("undo", 0, 0)], deed=("give", 0, 0))
@given(steps=STEPS, deed=st.tuples(st.sampled_from(DEEDS[:-1]), st.integers(0, 5), st.integers(0, 60)))
@settings(LAW, max_examples=examples(25))
def test_what_is_undone_at_once_never_was(template: Path, steps: list[Step], deed: Step) -> None:
    with copied(template) as store:
        now = at("2023-08-21")
        for step in steps:
            with suppress(Refused):
                _do(store, step, now)
            now += timedelta(hours=7)
        before = standing(store)
        with suppress(Refused):
            _do(store, deed, now)
            _do(store, ("undo", 0, 0), now + timedelta(hours=1))
            assert {number: row for number, row in standing(store).items() if number in before} == before


def standing(store: Store) -> dict[int, tuple[object, ...]]:
    """What is open, with its state, office, date and acknowledgement."""
    names = ("id", "state", "office", "monitor_office", "due_at", "timing", "acknowledged_at", "reported_at")
    columns = [col(getattr(Assignment, name)) for name in names]
    with reading(store.engine) as connection:
        found = connection.execute(select(*columns).where(col(Assignment.state).in_(OPEN)))
        return {number: tuple(rest) for number, *rest in found}


@pytest.mark.later
@given(steps=STEPS)
@settings(LAW, max_examples=examples(60))
def test_a_board_counted_anew_for_whom_it_changed_is_the_board_counted_anew(template: Path, steps: list[Step]) -> None:
    with copied(template) as store:
        now, pages = at("2023-08-31"), KeptPages()
        calendar, spans = store.calendar, last_keys(now.date(), "month", 8)
        scope = BoardScope(calendar, spans, at("2023-08-10"), by_subtask=True)
        for step in steps:
            with suppress(Refused):
                _do(store, step, now)
            now += timedelta(minutes=step[2] // 10)
            with reading(store.engine) as connection:
                count = partial(count_board, connection, scope, now=now)
                recount = partial(recount_board, connection, now=now)
                kept = kept_counts(pages, connection, ("law",), now=now, count=count, recount=recount)
                assert kept == count()


def test_what_it_cannot_replay_it_says(template: Path) -> None:
    with copied(template) as store:
        now = at("2023-08-21")
        with session_scope(store.engine) as session:
            context = store.actor_context(now=now, actor="law")
            number = session.exec(select_rows(Assignment.id).order_by(col(Assignment.id))).first()
            record(session, context, "transmogrify", f"assignment:{number}")
            verbs.acknowledge(session, number or 0, store.actor_context(now=now + timedelta(days=1), actor="law"))
        with pytest.raises(UnknownEvent, match="transmogrify"), reading_as_it_was(store.engine, now):
            pass


def late(store: Store, now: datetime) -> set[int]:
    with reading(store.engine) as connection:
        return set(connection.scalars(select(col(Assignment.id)).where(overdue(now))))


@example(steps=[("report", 1, 0), ("move", 1, 0)])  # reported in time, until the date moves
@example(steps=[("report", 1, 0), ("move", 1, 0), ("return", 1, 0), ("undo", 0, 0)])
@given(steps=STEPS)
@settings(LAW, max_examples=examples(25))
def test_what_a_deed_shows_as_late_is_what_becomes_overdue(template: Path, steps: list[Step]) -> None:
    with copied(template) as store:
        now = at("2023-08-31")
        for step in steps:
            now += timedelta(hours=40)
            before, shown = late(store, now), 0
            with suppress(Refused):
                applied = _do(store, step, now)
                shown = applied.prepared.late if applied else 0
            if step[0] in DEEDS:
                assert len(late(store, now) - before) == shown
