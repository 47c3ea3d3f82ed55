"""A first start broken off in the middle of the sample leaves nothing half done, and the next one goes on."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from config import clock
from config.settings import Settings, load_settings
from flows.forms import FORMS
from models.keeping import copy
from models.keeping.copy import is_empty_store
from models.keeping.opening import open_store
from models.plans.directive_drafts import open_directive_drafts
from models.store.audit import verify
from models.store.audit_event import AuditEvent
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedKind
from models.tables.lifecycle import Urgency
from models.tables.outbox import Message, Notice
from models.tables.report import Question
from models.work.directives import assigning_document, register_document
from notifications.channels.mailbox import letters
from rehearsal import sample
from reports.months_ahead.kept import KeptRehearsals
from tests.support.cast import at
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.waiting import eventually

pytestmark = pytest.mark.sqlite_only
"""What is played is 2023, which the clock of PostgreSQL's own server contradicts."""

NOW = at("2023-08-22", 10)
LATER = date(2023, 8, 31)


class PowerCut(BaseException):
    """Nothing in the application foresees it, like Ctrl-C."""


@pytest.fixture(autouse=True, scope="module")
def one_priority() -> Iterator[None]:
    """The first is enough here, and takes a fifth of the time; and every plan comes in at the same moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        patch.setattr(sample, "FORMS", {"p1": FORMS["p1"]})
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, one_priority: None) -> dict[str, object]:
    """What a store and a mailbox hold after a first start that nothing disturbs."""
    home = tmp_path_factory.mktemp("undisturbed")
    settings = load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(home), "HOME": str(home)})
    assert sample.build_sample(settings, NOW)
    held = _held(settings)
    assert held["letters"]
    return held


@pytest.mark.parametrize(
    ("where", "name", "calls"),
    [
        (sample, "act_out", 2),  # on the second day of the past
        (copy, "_copy", 4),  # some tables are there and some are not
        (sample, "move_sample_mailbox", 0),  # the store is complete, the mailbox is empty
        (sample, "_bring", 2),  # some letters are there and some are not
    ],
)
def test_a_first_start_broken_off_goes_on_at_the_next(
    settings: Settings, undisturbed: dict[str, object], where: Any, name: str, calls: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(where, name, _cut_after(calls, getattr(where, name)))
        _first_start(settings)
    _first_start(settings)
    assert _held(settings) == undisturbed
    assert not [entry for entry in settings.data_dir.iterdir() if "construction" in entry.name]


def test_the_desk_has_dates_that_were_moved_and_questions_to_answer(settings: Settings) -> None:
    parts: list[float] = []
    assert sample.build_sample(settings, NOW, parts.append)
    assert parts == sorted(parts) and (parts[0], parts[-1]) == (0.0, 1.0)
    with open_store(settings) as store, reading_session(store.engine) as session:
        (deed,) = session.exec(select(Deed)).all()
        moved = session.exec(select(Assignment).where(col(Assignment.due_date) != col(Assignment.original_due_date)))
        assert deed.kind is DeedKind.DIRECT and len(moved.all()) > 0
        asked = session.exec(select(Question).where(col(Question.answered_at).is_(None))).all()
        assert [each.by_office for each in asked] == [True, True]
        (draft,) = open_directive_drafts(session)
        assert len(draft.tasks) >= 8 and "mẫu" in draft.text
        assert verify(session.connection()).broken_at is None


def test_work_goes_on_after_the_sample_has_moved_in(settings: Settings) -> None:
    """New rows get new numbers, on a database that counts for itself too."""
    sample.build_sample(settings, NOW)
    with open_store(settings) as store:
        before = _held(settings)
        sample.play_days(store, NOW.date(), LATER)
        assert _held(settings) != before
        with reading(store.engine) as connection:
            assert verify(connection).broken_at is None


def test_a_store_with_facts_of_its_own_takes_no_sample_in(settings: Settings) -> None:
    with open_store(settings) as store:
        with session_scope(store.engine) as session:
            register_document(
                session,
                number="45/KH-UBND",
                on_date=NOW.date(),
                title="Kế hoạch phối hợp",
                urgency=Urgency.NORMAL,
                context=store.actor_context(now=NOW, actor="coordinator"),
            )
        assert not sample.build_sample(settings, NOW)
        with session_scope(store.engine) as session:
            assert assigning_document(session, "CD-2023-08-17") is None
    assert letters(settings.mailbox_dir) == []


def test_what_never_happened_is_told_to_the_local_mailbox_only(settings: Settings, tmp_path: Path) -> None:
    # Nothing listens at port 9: a letter sent there would wait or fail.
    (tmp_path / "contacts.yaml").write_text('offices: {SYT: {focal: "json://127.0.0.1:9/hook"}}\n')
    sample.build_sample(settings, NOW)
    with open_store(settings) as store, reading(store.engine) as connection:
        assert set(connection.execute(select(col(Message.channel), col(Message.error)))) == {("mailbox", "")}


def _first_start(settings: Settings) -> None:
    """What `dondoc up` does before the first run."""
    with open_store(settings) as store:
        sample.move_sample_mailbox(store)
        with session_scope(store.engine) as session:
            first = is_empty_store(session)
    if first:
        sample.build_sample(settings, NOW)


def _cut_after(calls: int, really: Callable[..., object]) -> Callable[..., object]:
    left = iter(range(calls))

    def do_or_be_cut(*args: object, **kwargs: object) -> object:
        if next(left, None) is None:
            raise PowerCut
        return really(*args, **kwargs)

    return do_or_be_cut


def _held(settings: Settings) -> dict[str, object]:
    """All that can be compared between two stores: not keys drawn at random, nor how long sending really took."""
    with open_store(settings) as store, reading(store.engine) as connection:
        return {
            "assignments": connection.execute(select(Assignment).order_by(col(Assignment.id))).all(),
            "notices": [
                dict(row) | {"sent_at": row["sent_at"] and _minute(row["sent_at"])}
                for row in connection.execute(select(Notice).order_by(col(Notice.id))).mappings()
            ],
            "subjects": connection.execute(select(col(Message.subject)).order_by(col(Message.id))).all(),
            "trail": [
                {name: row[name] for name in ("seq", "at", "actor", "verb", "subject", "facts")}
                for row in connection.execute(select(AuditEvent).order_by(col(AuditEvent.seq))).mappings()
            ],
            "letters": Counter(
                (_minute(letter.at), letter.recipient, letter.subject) for letter in letters(settings.mailbox_dir)
            ),
            "keys": len(set(connection.scalars(select(col(Message.message_key))))),
        }


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_the_first_start_leaves_a_rehearsal_to_look_at(settings: Settings) -> None:
    """Played in a process of its own, as offices have answered in the sample."""
    with open_store(replace(settings, sample=True)) as store:
        assert sample.first_start(store)
        before = _held(settings)
        (kept,) = KeptRehearsals(settings).all()
        eventually(lambda: kept.is_done or kept.fault(NOW) is not None, within_s=240)
    assert kept.fault(NOW) is None and kept.asked.answering
    found = kept.found
    assert (found.first, found.last) == (NOW.date(), date(2023, 11, 21))
    assert found.letters > 0 and any(each.due for each in found.offices)
    assert _held(settings) == before, "the sample stays as it was"
