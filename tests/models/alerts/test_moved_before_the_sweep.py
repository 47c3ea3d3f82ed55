"""A date that moves between a rung and the sweep: who has not acknowledged is still asked to."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import NoticeKind
from models.work import verbs
from models.work.deeds.direct import move_dates
from tests.support.cast import at, number_of, one_step_assigned, run, told
from tests.support.deeds import WHY, acting, done

STEP = "lead: SYT\ndue: {lead: ISSUE+15}"
NIGHT, EARLY, SWEPT, LATER = (at("2025-01-10", hour) for hour in (6, 7, 9, 10))
"""The office is to be asked from 10/1 on, two working days after it was assigned the work."""

FAR = date(2025, 3, 20)

Move = Callable[..., None]


def moved(store: Store, number: int, when: datetime = EARLY) -> None:
    done(store, move_dates([number], FAR, provenance=WHY, context=acting(store, when)))


def extended(store: Store, number: int, when: datetime = EARLY) -> None:
    with session_scope(store.engine) as session:
        asks, grants = (store.actor_context(now=when, actor=actor) for actor in ("office:SYT", "coordinator"))
        verbs.request_extension(session, number, FAR, "Chờ số liệu của cơ sở.", asks)
        verbs.grant_extension(session, number, None, grants)


def reminders(store: Store, number: int) -> list[str]:
    return [rung for kind, rung, _ in told(store, number) if kind is NoticeKind.NOT_ACKNOWLEDGED]


@pytest.mark.parametrize("move", [moved, extended])
def test_a_reminder_that_nobody_has_said_yet_is_said_after_the_move(
    settings: Settings, tmp_path: Path, move: Move
) -> None:
    with one_step_assigned(settings, tmp_path, STEP) as store:
        number = number_of(store, "T1.1")
        move(store, number)
        run(store, "p1", SWEPT, offices=())
        assert reminders(store, number) == ["not_acknowledged"]
        run(store, "p1", at("2025-01-13"), offices=())
        assert reminders(store, number) == ["not_acknowledged"], "and only once"


@pytest.mark.parametrize("move", [moved, extended])
def test_one_that_waits_for_the_morning_is_sent_after_the_move(settings: Settings, tmp_path: Path, move: Move) -> None:
    with one_step_assigned(settings, tmp_path, STEP) as store:
        number = number_of(store, "T1.1")
        run(store, "p1", NIGHT, offices=())
        move(store, number)
        run(store, "p1", SWEPT, offices=())
        assert reminders(store, number) == ["not_acknowledged"]


@pytest.mark.parametrize("move", [moved, extended])
def test_one_that_was_said_is_not_said_again(settings: Settings, tmp_path: Path, move: Move) -> None:
    with one_step_assigned(settings, tmp_path, STEP) as store:
        number = number_of(store, "T1.1")
        run(store, "p1", SWEPT, offices=())
        move(store, number, LATER)
        run(store, "p1", at("2025-01-13"), offices=())
        assert reminders(store, number) == ["not_acknowledged"]


def test_one_that_is_not_needed_any_more_stays_unsaid(settings: Settings, tmp_path: Path) -> None:
    with one_step_assigned(settings, tmp_path, STEP) as store:
        number = number_of(store, "T1.1")
        with session_scope(store.engine) as session:
            verbs.acknowledge(session, number, store.actor_context(now=EARLY, actor="office:SYT"))
        moved(store, number)
        run(store, "p1", SWEPT, offices=())
        assert reminders(store, number) == []
