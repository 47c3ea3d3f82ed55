"""The coordinator is told of what the auditor finds: the same once a day, in the round that follows."""

from sqlalchemy import delete, update
from sqlmodel import col

from flows.steps import track
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message, Notice
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import at, issue, number_of, run

LATE = at("2023-09-12")


def swept(store: Store, hour: int) -> None:
    track(store, "p1", store.actor_context(now=at("2023-09-12", hour), actor="flow:p1", run_key=f"{hour}"))
    deliver(store, now=at("2023-09-12", hour))


def told(store: Store) -> list[str]:
    found = [letter for letter in letters(store.settings.mailbox_dir) if "Soát lại" in letter.subject]
    assert {letter.recipient for letter in found} <= {"Công an tỉnh"}
    return [letter.text for letter in found]


def test_what_fell_through_is_told_once_a_day_and_something_else_again(store: Store) -> None:
    issue(store)
    for day in ("2023-08-18", "2023-09-12"):
        run(store, "p1", at(day))
    assert told(store) == []
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        session.execute(delete(Notice).where(col(Notice.assignment_id) == number))
    for hour in (9, 10):
        swept(store, hour)
    (first,) = told(store)
    assert f"1 việc quá hạn chưa từng được nhắc (số {number})" in first and "never_told: 1" in first
    with session_scope(store.engine) as session:
        taken = {"state": MessageState.SENDING, "lease_until": LATE, "next_attempt_at": LATE}
        session.execute(update(Message).values(**taken).where(col(Message.id) == 1))
    swept(store, 11)
    assert len(told(store)) == 2 and "1 thư kẹt giữa chừng" in told(store)[-1]
