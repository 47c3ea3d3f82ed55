"""A rehearsal says what really happens when nobody answers, and changes nothing."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import func, select

from config.clock import HANOI, local_date
from config.errors import Refused
from flows.forms import fill_in
from flows.names import SLOTS
from flows.steps import follow_up_all
from models.keeping.opening import Store
from models.store.audit_event import AuditEvent
from models.store.database import reading
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message
from rehearsal.rehearse import rehearse
from tests.support.cast import at, begin


def letters_by_day(store: Store, since: date) -> dict[date, int]:
    with reading(store.engine) as connection:
        sent = select(Message.sent_at).where(Message.state == MessageState.SENT)
        days = Counter(local_date(when) for (when,) in connection.execute(sent))
    return {day: count for day, count in days.items() if day >= since}


def events(store: Store) -> int:
    with reading(store.engine) as connection:
        return connection.scalar(select(func.count()).select_from(AuditEvent)) or 0


@pytest.mark.later
def test_the_letters_of_a_rehearsal_are_those_that_are_then_sent(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    now, mailbox = at("2023-08-21", 7), store.settings.mailbox_dir
    before = events(store), len([*mailbox.glob("*.eml")])
    found = rehearse(store, 2, now=now)
    assert (events(store), len([*mailbox.glob("*.eml")])) == before

    first = datetime.combine(found.first, time(), tzinfo=HANOI)
    for number in range((found.last - found.first).days + 1):
        for hour, minute in SLOTS.values():
            # As the runs of one hour do, also on a day off, whose letters wait for each other.
            moment = first + timedelta(days=number, hours=hour, minutes=minute)
            forms = {each.code: fill_in(each.code, {}, store.plan) for each in store.plan.priorities}
            follow_up_all(store, forms, moment, moment.isoformat())
    assert {each.date: each.letters for each in found.days} == letters_by_day(store, found.first)
    assert sum(each.letters for each in found.days) > 100
    told = {each.office: each for each in found.offices}
    assert told["SYT"].without_address and told["SYT"].due > 0 and told["SYT"].busiest_week
    assert told["SYT"].head_on is not None


@pytest.mark.later
def test_offices_answer_as_they_have_done_and_dates_close_to_a_long_holiday_are_at_risk(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    silent = rehearse(store, 1, now=at("2023-08-21", 7))
    assert {each.why[0].split(" từ ")[0] for each in silent.dates_at_risk} <= {"sát kỳ nghỉ dài"}
    same = rehearse(store, 1, now=at("2023-08-21", 7), answering=True)
    assert same.days == silent.days, "nobody has reported yet, so nobody has a habit"


@pytest.mark.parametrize("months", [0, 25])
def test_a_span_that_cannot_be_played_is_refused(store: Store, months: int) -> None:
    with pytest.raises(Refused, match="Số tháng"):
        rehearse(store, months, now=at("2023-08-21"))
