"""Whom a deed tells: as many letters as its look ahead counts, and what those that are named beside the work hear."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import Settings
from models.alerts.notices import deed_rung
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.work import verbs
from models.work.deeds.apply import Applied, Change, apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.direct import give_to, move_dates, withdraw_all
from models.work.deeds.undo import undoing
from notifications.courier.courier import deliver
from tests.support.cast import at
from tests.support.deeds import WHY
from tests.support.joint_work import STEP, context_of, joint_store
from tests.support.plans import plan_of

JOINT, NAMED = {"SYT", "SKHDT", "SNV"}, {"UBND", "HOI"}
FIRST = at("2025-01-10", 9)


@pytest.fixture
def joint(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    with joint_store(settings, tmp_path) as opened:
        deliver(opened, now=at("2025-01-08", 9))
        yield opened


def moved(store: Store, now: datetime, to: date = date(2025, 7, 31)) -> Change:
    return move_dates([1], to, provenance=WHY, context=context_of(store, now))


def taken(store: Store, now: datetime) -> Change:
    return withdraw_all([1], provenance=WHY, context=context_of(store, now))


def undone(store: Store, deed: int, now: datetime) -> Change:
    with reading_session(store.engine) as session:
        return undoing(session, deed, "Ghi nhầm.", context_of(store, now))


def amended(store: Store, step: str, path: Path, now: datetime) -> Change:
    provenance = Provenance(reason="Sửa cơ quan", effective_on=now.date())
    with reading_session(store.engine) as session:
        context = context_of(store, now)
        return amendment(session, plan_of(path, step), store.calendar, provenance=provenance, context=context)


def done(store: Store, change: Change) -> tuple[Applied, dict[str, NoticeKind]]:
    """A deed that was looked at, and what its notices tell each office."""
    with previewing(store.engine, change) as (_, prepared):
        letters = prepared.letters
    applied = apply(store.engine, change)
    with reading_session(store.engine) as session:
        rows = session.exec(select(Notice).where(Notice.rung == deed_rung(applied.deed)).order_by(col(Notice.id)))
        told = {each.office: each.kind for each in rows}
    assert letters == applied.prepared.letters == len(told)
    return applied, told


def said(store: Store, office: str, since: datetime) -> list[str]:
    with session_scope(store.engine) as session:
        letters = select(Message.body_text).where(
            Message.office == office, Message.created_at >= since, Message.state == MessageState.SENT
        )
        return list(session.exec(letters.order_by(col(Message.id))))


def test_all_beside_the_work_hear_that_it_moves_is_withdrawn_and_goes_on(joint: Store) -> None:
    informed = dict.fromkeys(NAMED, NoticeKind.INFORMED)
    _, told = done(joint, moved(joint, FIRST))
    assert told == dict.fromkeys(JOINT, NoticeKind.MOVED) | informed
    withdrawal, told = done(joint, taken(joint, FIRST))
    assert told == dict.fromkeys(JOINT, NoticeKind.WITHDRAWN) | informed
    _, told = done(joint, undone(joint, withdrawal.deed, FIRST))
    assert told == dict.fromkeys(JOINT, NoticeKind.ASSIGNED) | informed


def test_who_comes_or_goes_with_a_moved_date_is_told_that_alone(joint: Store, tmp_path: Path) -> None:
    step = "lead: [SYT, SNV, HOI]\nnamed: [UBND, STC]\ndue: {lead: BY:31/07/2025}"
    _, told = done(joint, amended(joint, step, tmp_path / "next.yaml", FIRST))
    assert told == {
        **dict.fromkeys(("SYT", "SNV"), NoticeKind.MOVED),
        "HOI": NoticeKind.ASSIGNED,
        "SKHDT": NoticeKind.REASSIGNED,
        **dict.fromkeys(("UBND", "STC"), NoticeKind.INFORMED),
    }


def test_who_is_named_no_longer_is_not_told_of_a_moved_date(joint: Store, tmp_path: Path) -> None:
    step = STEP.replace("[UBND, HOI]", "[UBND]").replace("30/06", "31/07")
    _, told = done(joint, amended(joint, step, tmp_path / "next.yaml", FIRST))
    assert told == dict.fromkeys(JOINT, NoticeKind.MOVED) | {"UBND": NoticeKind.INFORMED}


def test_joint_leads_hear_of_a_date_that_moves_with_the_first_of_them(joint: Store, tmp_path: Path) -> None:
    step = "lead: [VHTT, SKHDT, SNV]\nnamed: [UBND, HOI]\ndue: {lead: BY:31/07/2025}"
    _, told = done(joint, amended(joint, step, tmp_path / "next.yaml", FIRST))
    assert (told["VHTT"], told["SYT"]) == (NoticeKind.ASSIGNED, NoticeKind.REASSIGNED)
    assert told["SKHDT"] is told["SNV"] is NoticeKind.MOVED and told["HOI"] is NoticeKind.INFORMED


def test_given_to_a_joint_lead_nobody_is_counted_twice(joint: Store) -> None:
    _, told = done(joint, give_to([1], "SNV", provenance=WHY, context=context_of(joint, FIRST)))
    assert told == {"SNV": NoticeKind.ASSIGNED, "SYT": NoticeKind.REASSIGNED}


def test_what_is_named_reads_what_became_of_it(joint: Store) -> None:
    done(joint, moved(joint, FIRST))
    deliver(joint, now=FIRST)
    later = FIRST + timedelta(days=3)
    done(joint, taken(joint, later))
    deliver(joint, now=later)
    first, second = said(joint, "HOI", FIRST)
    for letter in (first, second):
        assert "ĐỂ BIẾT, PHỐI HỢP (KHÔNG PHẢI BÁO CÁO) (1)" in letter and "Theo yêu cầu." not in letter
        assert "tiếp nhận" not in letter.lower()
    assert "hạn từ 30/06/2025 thành 31/07/2025" in first
    assert "thu hồi việc" in second


def test_what_is_taken_back_before_the_morning_is_not_told(joint: Store) -> None:
    """One line for what two deeds did, none for what they left as it was."""
    night = at("2025-01-10", 22)
    first, _ = done(joint, moved(joint, night))
    done(joint, undone(joint, first.deed, night + timedelta(minutes=1)))
    withdrawal, _ = done(joint, taken(joint, night + timedelta(minutes=2)))
    done(joint, undone(joint, withdrawal.deed, night + timedelta(minutes=3)))
    deliver(joint, now=at("2025-01-13", 9))
    assert said(joint, "HOI", night) == []


def test_who_is_named_from_tonight_is_told_of_the_work_once(joint: Store, tmp_path: Path) -> None:
    night = at("2025-01-10", 22)
    step = STEP.replace("[UBND, HOI]", "[UBND, HOI, STC]")
    done(joint, amended(joint, step, tmp_path / "next.yaml", night))
    later = joint.of_today()
    done(later, moved(later, night + timedelta(minutes=1)))
    deliver(later, now=at("2025-01-13", 9))
    (letter,) = said(joint, "STC", night)
    assert "(1)" in letter and "31/07/2025" in letter


def test_a_joint_lead_that_is_named_only_from_now_on_is_told_both(joint: Store, tmp_path: Path) -> None:
    step = "lead: [SYT, SKHDT]\nnamed: [UBND, HOI, SNV]\ndue: {lead: BY:30/06/2025}"
    done(joint, amended(joint, step, tmp_path / "next.yaml", FIRST))
    deliver(joint.of_today(), now=FIRST)
    with session_scope(joint.engine) as session:
        sent = select(Notice.kind).where(Notice.office == "SNV", Notice.state == NoticeState.SENT)
        told = list(session.exec(sent.order_by(col(Notice.id))))
    assert sorted(told) == sorted((NoticeKind.ASSIGNED, NoticeKind.REASSIGNED, NoticeKind.INFORMED))


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (lambda s, c: verbs.withdraw(s, 1, "Không còn cần.", c), ("hạn 30/06/2025", "việc đã thu hồi")),
        (lambda s, c: verbs.resume(s, 1, date(2025, 7, 31), c), ("hạn 31/07/2025", "hạn gốc 30/06/2025")),
        (lambda s, c: verbs.grant_extension(s, 1, None, c), ("hạn 31/07/2025", "hạn gốc 30/06/2025")),
    ],
    ids=["withdrawn", "resumed", "extended"],
)
def test_who_is_named_is_told_of_what_the_coordinator_decides(
    joint: Store, verb: Callable[..., object], words: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    with session_scope(joint.engine) as session:
        if request.node.callspec.id.endswith("resumed"):
            verbs.suspend(session, 1, "Chờ hướng dẫn.", context_of(joint, FIRST - timedelta(days=1)))
        if request.node.callspec.id.endswith("extended"):
            asks = context_of(joint, FIRST, "office:SNV")
            verbs.request_extension(session, 1, date(2025, 7, 31), "Chờ số liệu.", asks)
    with session_scope(joint.engine) as session:
        verb(session, context_of(joint, FIRST))
    deliver(joint, now=FIRST)
    (letter,) = said(joint, "HOI", FIRST)
    assert all(each in letter for each in words) and "lý do" not in letter, letter
