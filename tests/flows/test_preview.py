"""Looking ahead tells exactly what a run then does, and leaves no trace."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session

from config.catalogue.plan import Plan
from config.settings import Settings
from flows import preview as ahead_of_run
from flows.forms import fill_in
from flows.preview import preview
from flows.steps import NothingIssued, Tracked
from models.keeping.opening import Store, open_store
from models.store.actor import ActorContext
from models.store.columns import metadata
from models.store.database import reading, session_scope
from models.tables.anchor import Anchor
from tests.support.cast import at, issue
from tests.support.following_up import follow_up_once

MORNING = at("2023-08-18", 7, 30)


def rows(store: Store) -> dict[str, int]:
    with reading(store.engine) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def test_it_tells_what_the_run_then_does(store: Store, settings: Settings) -> None:
    issue(store)
    form = fill_in(
        "p3", {"events": [{"title": "Lễ hội", "on_date": "2023-10-06", "host_office": "SVHTTDL"}]}, store.plan
    )
    ahead = preview(settings, "p3", form, MORNING)
    done = follow_up_once(store, "p3", form, MORNING)
    assert done.assigned == len(ahead.assignments) > 0
    assert done.notices == len(ahead.notices)
    sent = replace(done, messages_sent=0)
    assert ahead.summary == sent


def test_it_writes_and_sends_nothing(store: Store, settings: Settings) -> None:
    issue(store)
    with open_store(settings):  # the plan comes in once, with the first opening
        before = rows(store)
    ahead = preview(settings, "p1", fill_in("p1", {"focal_point_meeting": "2023-09-20"}, store.plan), MORNING)
    assert ahead.assignments
    assert rows(store) == before
    assert not settings.mailbox_dir.exists()


def test_it_may_look_into_the_future(store: Store, settings: Settings) -> None:
    issue(store)
    ahead = preview(settings, "p2", fill_in("p2", {"as_of": at("2024-02-01")}, store.plan), MORNING)
    assert ahead.summary.overdue > 0


def test_it_says_what_waits_from_before_as_well(store: Store, settings: Settings) -> None:
    issue(store)
    # A Saturday: assigned and recorded, but nothing is sent.
    follow_up_once(store, "p2", fill_in("p2", {}, store.plan), at("2023-08-19"))
    ahead = preview(settings, "p2", fill_in("p2", {}, store.plan), at("2023-08-21"))
    assert ahead.assignments == ()
    assert {notice.kind.value for notice in ahead.notices} == {"assigned"}


def test_the_database_file_is_left_as_it_was_byte_for_byte(tmp_path: Path, store: Store, settings: Settings) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("a file is SQLite's")
    issue(store)
    with open_store(settings):  # the plan comes in once, with the first opening
        store.engine.dispose()
    file = tmp_path / "dondoc.sqlite"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    preview(settings, "p1", fill_in("p1", {}, store.plan), MORNING)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_where_there_is_no_database_none_is_made(tmp_path: Path, settings: Settings, plan: Plan) -> None:
    elsewhere = replace(settings, database_url=f"sqlite:///{tmp_path / 'new' / 'dondoc.sqlite'}")
    with pytest.raises(NothingIssued):
        preview(elsewhere, "p1", fill_in("p1", {}, plan), MORNING)
    assert not (tmp_path / "new").exists()


@pytest.mark.sqlite_only
def test_nobody_who_writes_waits_for_it(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(store)
    written: list[int] = []
    steps = ahead_of_run.track_within

    def meanwhile(session: Session, priority: str, context: ActorContext) -> Tracked:
        with session_scope(store.engine, by_clock=False) as other:
            written.append(other.exec(update(Anchor).values(title="Công văn")).rowcount)
        return steps(session, priority, context)

    monkeypatch.setattr(ahead_of_run, "track_within", meanwhile)
    assert preview(settings, "p1", fill_in("p1", {}, store.plan), MORNING).assignments
    assert written == [1]
    assert [*settings.data_dir.glob(".dondoc-*")] == []
