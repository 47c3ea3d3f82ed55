"""Whatever a verb or a deed tells can be put into words, and one thing that cannot does not hold up the others."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from config.settings import Settings
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import REMINDERS, MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.tables.report import ReportContent
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.deeds.apply import apply
from models.work.deeds.direct import give_to, move_dates
from models.work.deeds.grounds import grounds
from models.work.verbs.succession import hand_over_ended_offices
from notifications.courier.courier import deliver
from tests.support.cast import at
from tests.support.joint_work import context_of, joint_store

REPORT = ReportContent(document_number="12/BC-SNV", document_date=date(2025, 1, 8), text="Đã xong.")
WHY = grounds(reason="Theo yêu cầu.")
ENDED = at("2025-03-03", 9)


@pytest.fixture
def joint(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    with joint_store(settings, tmp_path) as opened:
        yield opened


def bodies(store: Store, office: str, state: MessageState = MessageState.SENT) -> list[str]:
    with session_scope(store.engine) as session:
        theirs = select(Message.body_text).where(Message.office == office, Message.state == state)
        return list(session.exec(theirs.order_by(col(Message.id))))


def test_each_is_put_into_words(joint: Store, caplog: pytest.LogCaptureFixture) -> None:
    now, told = at("2025-01-08", 9), set[NoticeKind]()

    def act(verb: object, *args: object, actor: str = "coordinator", **more: object) -> None:
        nonlocal now
        with session_scope(joint.engine) as session:
            verb(session, *args, context=context_of(joint, now, actor), **more)  # type: ignore[operator]
        settle()

    def settle() -> None:
        """All that waits is sent, before what comes next leaves it nothing to say."""
        nonlocal now
        deliver(joint, now=now)
        now += timedelta(minutes=10)

    by_snv, by_syt = {"actor": "office:SNV"}, {"actor": "office:SYT"}
    settle()
    act(verbs.acknowledge, 1, **by_snv)
    act(verbs.contribute, joint.settings, 1, "Đã góp ý dự thảo.", actor="office:HOI")
    act(verbs.ask, 1, "Lấy số liệu đến ngày nào?", **by_snv)
    act(verbs.answer, 1, 1, "Đến hết tháng 12.")
    act(verbs.request_extension, 1, date(2025, 7, 31), "Chờ số liệu.", **by_snv)
    act(verbs.withdraw_request, 1, **by_snv)
    act(verbs.request_extension, 1, date(2025, 7, 31), "Chờ số liệu.", **by_snv)
    act(verbs.refuse_extension, 1, "Giữ nguyên hạn.")
    act(verbs.request_extension, 1, date(2025, 7, 31), "Chờ số liệu.", **by_syt)
    act(verbs.grant_extension, 1, None)
    act(verbs.suspend, 1, "Chờ hướng dẫn.")
    act(verbs.resume, 1, None)
    act(verbs.report, 1, REPORT, **by_snv)
    act(verbs.take_back, 1, **by_snv)
    act(verbs.report, 1, REPORT, **by_snv)
    act(verbs.return_, 1, "Thiếu số liệu.")
    act(assign_ad_hoc, AdHoc("T1.1", "Báo cáo nhanh", "SNV", date(2025, 6, 11)))
    act(verbs.withdraw, 2, "Không còn cần.")
    apply(joint.engine, move_dates([1], date(2025, 6, 10), provenance=WHY, context=context_of(joint, now)))
    settle()
    apply(joint.engine, give_to([1], "VHTT", provenance=WHY, context=context_of(joint, now)))
    settle()
    now = ENDED
    act(hand_over_ended_offices)
    act(verbs.report, 1, REPORT, actor="office:VHTT")
    act(verbs.accept, 1)
    with session_scope(joint.engine) as session:
        told |= set(session.exec(select(Notice.kind).where(Notice.state == NoticeState.SENT)))
    assert told >= {*NoticeKind} - {*REMINDERS, NoticeKind.UNDELIVERABLE}
    assert not [each for each in caplog.records if each.name == "dondoc.courier" and each.levelname == "ERROR"]


def test_the_successor_of_a_joint_lead_is_told_from_whom_it_takes_over(joint: Store) -> None:
    deliver(joint, now=at("2025-01-08", 9))
    with session_scope(joint.engine) as session:
        hand_over_ended_offices(session, context_of(joint, ENDED))
    deliver(joint, now=ENDED)
    (letter,) = bodies(joint, "STC")
    assert "nhận từ Sở Kế hoạch và Đầu tư" in letter


@pytest.mark.parametrize("rung", ["part:joint", "from:"])
def test_one_taken_over_from_whom_is_not_known_is_told_without(joint: Store, rung: str) -> None:
    deliver(joint, now=at("2025-01-08", 9))
    with session_scope(joint.engine) as session:
        hand_over_ended_offices(session, context_of(joint, ENDED))
        session.exec(update(Notice).where(col(Notice.kind) == NoticeKind.HANDED_OVER).values(rung=rung))
    deliver(joint, now=ENDED)
    (letter,) = bodies(joint, "STC")
    assert "VIỆC NHẬN BÀN GIAO (1)" in letter and "nhận từ" not in letter


def test_a_line_that_cannot_be_written_does_not_hold_up_the_others(
    joint: Store, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(joint, now=at("2025-01-08", 9))
    with session_scope(joint.engine) as session:
        hand_over_ended_offices(session, context_of(joint, ENDED))
        session.exec(update(Notice).where(col(Notice.kind) == NoticeKind.HANDED_OVER).values(rung="from:KHONG_CO"))
        wanted = AdHoc("T1.1", "Báo cáo nhanh", "STC", date(2025, 6, 11))
        assign_ad_hoc(session, wanted, context_of(joint, ENDED))
    deliver(joint, now=ENDED)
    (letter,) = bodies(joint, "STC")
    assert "Báo cáo nhanh" in letter and "[1] T1.1" in letter and "xem chi tiết trên trang" in letter
    assert "from:KHONG_CO" in caplog.text
