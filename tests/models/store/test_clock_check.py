"""A clock that cannot be right is refused before anything is written; both edges of what is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from config import clock
from config.clock import HANOI
from config.settings import Settings
from models.keeping.opening import Store
from models.store.audit import AuditEvent
from models.store.clock_check import (
    AHEAD_LIMIT,
    BEHIND_LIMIT,
    SERVER_LIMIT,
    ClockReading,
    ClockWrong,
    wrong_clocks_elsewhere,
)
from models.store.database import open_database, reading, session_scope
from models.tables.machine_clock import MachineClock
from tests.support.cast import issue
from tests.support.clocks import set_clock

NOW = datetime(2023, 8, 18, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fault(machine: datetime, recorded: datetime | None, **server: object) -> str:
    found = ClockReading(machine, recorded, **server).fault()  # type: ignore[arg-type]
    return found.en if found else ""


def test_a_month_ahead_of_everything_recorded() -> None:
    assert timedelta(days=31) == AHEAD_LIMIT
    assert not fault(NOW + AHEAD_LIMIT, NOW)
    assert "ahead" in fault(NOW + AHEAD_LIMIT + SECOND, NOW)


def test_ten_days_off_pass_unasked() -> None:
    assert not fault(NOW + timedelta(days=10), NOW)


def test_days_behind_everything_recorded() -> None:
    assert timedelta(days=2) == BEHIND_LIMIT
    assert not fault(NOW - BEHIND_LIMIT, NOW)
    assert "days behind" in fault(NOW - BEHIND_LIMIT - SECOND, NOW)


def test_the_first_moment_of_a_store_is_believed() -> None:
    assert not fault(NOW, None)


@pytest.mark.parametrize("way", [1, -1])
def test_minutes_off_the_database_server(way: int) -> None:
    assert not fault(NOW, NOW, server=NOW + way * SERVER_LIMIT)
    assert "differs from the database server" in fault(NOW, NOW, server=NOW + way * (SERVER_LIMIT + SECOND))
    assert "differs from the database server" in fault(NOW, None, server=NOW + way * (SERVER_LIMIT + SECOND))


def test_an_offset_that_was_confirmed_is_believed_and_so_is_the_server_itself() -> None:
    hour = timedelta(hours=1)
    assert not fault(NOW + hour, NOW, server=NOW, server_offset=hour)
    assert not fault(NOW, NOW, server=NOW, server_offset=hour)
    assert fault(NOW - hour, NOW, server=NOW, server_offset=hour)


def test_the_refusal_says_what_the_clock_says_and_what_to_do() -> None:
    found = ClockReading(NOW + timedelta(days=3653), NOW).fault()
    assert found is not None
    assert "08:00 18/08/2033" in str(found) and "08:00 18/08/2023" in str(found)
    assert "dondoc clock confirm" in str(found) and "dondoc clock confirm" in found.en


def events(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(AuditEvent.seq)).all())


def test_nothing_is_written_by_a_wrong_clock_and_all_goes_on_when_it_is_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_scope(store.engine):
        pass
    before, right = events(store.engine), clock.now()
    for wrong in (right + AHEAD_LIMIT + timedelta(minutes=1), right - BEHIND_LIMIT - timedelta(minutes=11)):
        set_clock(monkeypatch, wrong)
        with pytest.raises(ClockWrong):
            issue(store)
        assert events(store.engine) == before
    monkeypatch.undo()
    issue(store)
    assert events(store.engine) == before + 1


@pytest.mark.sqlite_only  # on PostgreSQL the server's own clock would speak against it
def test_the_newest_moment_is_kept_on_record_without_writing_at_every_unit_of_work(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> datetime:
        with reading(store.engine) as connection:
            return connection.scalars(select(MachineClock.seen_at)).one()

    start = clock.now()
    for minutes, kept in ((0, 0), (9, 0), (11, 11), (10, 11), (11 + 24 * 60, 11 + 24 * 60)):
        set_clock(monkeypatch, start + timedelta(minutes=minutes))
        with session_scope(store.engine):
            pass
        assert seen() == start + timedelta(minutes=kept)


def test_a_replayed_day_is_no_matter_of_the_clock(store: Store) -> None:
    for moment in (NOW, NOW + timedelta(days=3653), NOW - timedelta(days=400)):
        with session_scope(store.engine) as session:
            store.actor_context(now=moment, actor="coordinator")
            assert session.connection()


@pytest.mark.postgresql_only
def test_a_machine_whose_clock_is_off_tells_the_others_until_it_is_right(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each machine has an engine of its own on the one database."""
    desk, worker = (open_database(settings.database_url) for _ in range(2))
    right = clock.now()

    def told() -> list[tuple[str, datetime]]:
        with reading(desk) as connection:
            return [(each.machine, each.says) for each in wrong_clocks_elsewhere(connection)]

    def works(on: Engine, machine: str) -> None:
        with monkeypatch.context() as there:
            there.setattr("socket.gethostname", lambda: machine)
            with session_scope(on):
                pass

    works(desk, "may-chinh")
    wrong = right - timedelta(hours=3)
    set_clock(monkeypatch, wrong)
    for _ in range(3):
        with pytest.raises(ClockWrong):
            works(worker, "may-gui-thu")
    set_clock(monkeypatch, right)
    monkeypatch.setattr("socket.gethostname", lambda: "may-chinh")
    assert told() == [("may-gui-thu", wrong)]
    with reading(desk) as connection:
        (said,) = wrong_clocks_elsewhere(connection)
    assert "may-gui-thu" in said.vi and "may-gui-thu" in said.en and f"{wrong.astimezone(HANOI):%H:%M}" in said.vi
    works(desk, "may-chinh")
    assert told(), "another machine that is right says nothing of it"
    works(worker, "may-gui-thu")
    assert told() == []
    # One that was wrong, was started again and is right now has forgotten that it told; and its own is no other's.
    with desk.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO clock_fault VALUES ('may-hai', now(), clock_timestamp()),"
            " ('may-chinh', now(), clock_timestamp()), ('may-cu', now(), clock_timestamp() - interval '25 hours')"
        )
    assert [machine for machine, _ in told()] == ["may-hai"]
    fresh = open_database(settings.database_url)
    works(fresh, "may-hai")
    assert told() == []
    for engine in (desk, worker, fresh):
        engine.dispose()


@pytest.mark.sqlite_only
def test_where_the_database_is_a_file_nobody_else_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, clock.now() + AHEAD_LIMIT * 2)
    with reading(store.engine) as connection:
        assert wrong_clocks_elsewhere(connection) == []
