"""The coordinator is told of runs that did not do their work: in words, once for each flow and day."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from notifications.words.coordinator_letters import FailedRun, FailureKind, write_failed_runs_letter
from tests.support.cast import at, issue

MORNING = at("2023-08-18", 7, 30)
LATER = at("2023-08-18", 9)


def told(store: Store, *troubles: FailedRun) -> list[str]:
    with session_scope(store.engine) as session:
        return write_failed_runs_letter(session, store, troubles, store.actor_context(now=LATER, actor="flow:su-co"))


def trouble(flow: str, kind: FailureKind = FailureKind.FAILED, reason: str = "", days: int = 0) -> FailedRun:
    return FailedRun(flow, f"{flow} · Tên luồng", kind, MORNING + timedelta(days=days), reason)


def test_each_flow_is_told_of_once_a_day_in_one_letter(store: Store) -> None:
    issue(store)
    both = told(store, trouble("p3", FailureKind.MISSING, "Máy tắt."), trouble("p1", reason="<Sai>  kỳ\nbáo cáo"))
    assert both == ["p1", "p3"]
    assert told(store, trouble("p1"), trouble("p3")) == []
    assert told(store, trouble("p1"), trouble("p2", FailureKind.BROKEN_OFF)) == ["p2"]
    assert told(store, trouble("p1", days=1)) == ["p1"]
    assert deliver(store, now=LATER).sent == 3
    first, second, third = letters(store.settings.mailbox_dir)
    assert first.subject == "[Đôn đốc] Sự cố: p1, p3 chưa chạy xong ngày 18/08/2023"
    assert "07:30 · p1 · Tên luồng: không thực hiện được (<Sai> kỳ báo cáo)" in first.text
    assert "p3 · Tên luồng: đến giờ mà không chạy (Máy tắt.)" in first.text
    assert "p1: failed, p3: did not run" in first.text
    assert f"{store.settings.portal_url}/prefect/v2/runs" in first.text
    assert "lý do có trong nhật ký" in second.text and "19/08/2023" in third.subject


def test_the_letter_waits_for_the_working_day_and_is_kept_as_it_was_written(store: Store) -> None:
    issue(store)
    assert told(store, trouble("p1")) == ["p1"]
    assert deliver(store, now=at("2023-08-19", 10)).sent == 0  # a Saturday
    assert deliver(store, now=at("2023-08-21", 8)).sent == 1
    with session_scope(store.engine) as session:
        message = session.scalars(select(Message).order_by(col(Message.id).desc())).first()
        assert message is not None and message.message_key == "dondoc-su-co-20230818-p1"
        assert message.state is MessageState.SENT
        assert "p1 · Tên luồng" in message.body_text and "&lt;" not in message.body_html
