"""Six months rehearsed, against the letters that the flows then really send, day by day, while nobody answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.clock import HANOI, local_date
from config.rules.working_time import Override
from config.settings import Settings
from flows.forms import fill_in
from flows.names import SLOTS
from flows.steps import follow_up_all
from models.keeping.opening import Store, open_store
from models.store.audit_event import DELIVER, AuditEvent
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Notice
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from models.work.directives import register_event
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from rehearsal.rehearse import rehearse
from tests.support.cast import at, issue
from tests.support.deeds import acting, done
from tests.support.plans import one_file

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]

ISSUED, NOW = date(2025, 1, 6), at("2025-01-08", 10)
MONTHS = 6

PRIORITIES = """
- title_vi: Việc có hạn
  subtasks:
    - code: T1.1
      title_vi: Trước Tết
      steps: [{key: plan, lead: SYT, coordinating: [SNV], due: {lead: BY:23/01/2025, coordinating: lead}}]
    - code: T1.2
      title_vi: Sau Tết, do cơ quan kế thừa làm tiếp
      steps: [{key: plan, lead: SKHDT, due: {lead: BY:07/03/2025}}]
    - code: T1.3
      title_vi: Mỗi nơi một bản
      steps: [{key: plan, lead: departments, each: true, coordinating: [UBND], due: {lead: ISSUE+40}}]
    - code: T1.4
      title_vi: Sau việc khác
      steps: [{key: plan, lead: SNV, due: {lead: "AFTER:T1.1+5"}}]
    - code: T1.5
      title_vi: Cùng chủ trì
      steps: [{key: plan, lead: [SYT, STC], due: {lead: BY:30/05/2025}}]
    - code: T1.6
      title_vi: Hằng tháng
      steps: [{key: report, trigger: month, lead: departments, each: true, due: {lead: CLOSE+3}}]
    - code: T1.7
      title_vi: Hằng quý
      steps: [{key: report, trigger: quarter, lead: VHTT, due: {lead: ND09-Q}}]
    - code: T1.8
      title_vi: Ngày 20 hằng tháng
      steps: [{key: report, lead: SNV, due: {lead: "MONTHLY:BEFORE:20"}}]
    - code: T1.9
      title_vi: Thường xuyên
      steps: [{key: report, lead: HOI, due: {lead: STANDING-M}}]
- title_vi: Việc theo sự kiện
  subtasks:
    - code: T2.1
      title_vi: Báo cáo sau lễ
      steps:
        - {key: report, trigger: event, lead: VHTT, coordinating: [SYT], due: {lead: EVENT+5, coordinating: EVENT+2}}
"""

CONTACTS = """
offices:
  SNV: {quiet: "17:00-09:00"}
  VHTT: {digest_at: "15:00"}
"""


@pytest.fixture
def lived(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """Work of every kind was given two days ago, an event is ahead, and a late holiday notice has moved dates."""
    plan = one_file(tmp_path / "plan.yaml", PRIORITIES, more="calendar: {overrides: [], provisional_from: 2025}")
    (tmp_path / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    given = replace(settings, plan_dir=plan, contacts_file=tmp_path / "contacts.yaml")
    with open_store(given) as store:
        issue(store, on_date=ISSUED)
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at(ISSUED, 9), actor="coordinator")
            register_event(
                session, subtask="T2.1", title="Lễ hội", on_date=date(2025, 4, 25), context=context, may_be_late=True
            )
        _run(store, at(ISSUED, 13, 30))
        _have_a_day_off(store, date(2025, 1, 23), at("2025-01-07", 9))
        yield store.of_today()


def _have_a_day_off(store: Store, day: date, now: datetime) -> None:
    paper = "11/VPCP-KGVX"
    by_notice = grounds(paper_number=paper, paper_date=local_date(now), needs_reason=False)
    off = Override(day, "day_off", paper, "nghỉ hoán đổi", "exchanged")
    done(store, holiday_notice([off], confirmed_year=2025, provenance=by_notice, context=acting(store, now)))
    with reading_session(store.engine) as session:
        moved = recalculated_by(session, acting(store, now))
    done(store, moved)
    with reading(store.engine) as connection:
        assert connection.scalar(select(col(Assignment.due_date)).where(col(Assignment.subtask) == "T1.1")) != day


def _run(store: Store, now: datetime) -> None:
    """A run of each priority at one moment, whose letters wait for each other."""
    store = store.of_today()
    forms = {each.code: fill_in(each.code, {}, store.plan) for each in store.plan.priorities}
    follow_up_all(store, forms, now, now.isoformat())


def _live(store: Store, last: date) -> None:
    """What the flows do by their schedule, also on days off, and the courier several times a day."""
    _run(store, NOW)
    slots, day = [time(*each) for each in SLOTS.values()], local_date(NOW)
    while day <= last:
        for clock in sorted({*slots, *(time(hour) for hour in (8, 9, 11, 15, 17))}):
            if (moment := datetime.combine(day, clock, tzinfo=HANOI)) > NOW:
                if clock in slots:
                    _run(store, moment)
                elif _is_waiting(store):
                    deliver(store.of_today(), now=moment)
        day += timedelta(days=1)


def _is_waiting(store: Store) -> bool:
    with reading(store.engine) as connection:
        pending = select(col(Notice.id)).where(col(Notice.state) == NoticeState.PENDING).limit(1)
        return connection.scalar(pending) is not None


def test_the_letters_of_six_months_are_those_that_are_then_sent(lived: Store) -> None:
    before = {letter.file for letter in letters(lived.settings.mailbox_dir)}
    trail = _events(lived)
    found = rehearse(lived, MONTHS, now=NOW)
    assert {letter.file for letter in letters(lived.settings.mailbox_dir)} == before
    assert _events(lived) == trail, "a rehearsal is nowhere on record"
    assert (found.first, found.last) == (date(2025, 1, 8), date(2025, 7, 7))

    _live(lived, found.last)
    sent = [letter for letter in letters(lived.settings.mailbox_dir) if letter.file not in before]
    by_day = Counter(local_date(letter.at) for letter in sent)
    assert {each.date: each.letters for each in found.days} == by_day
    assert _delivered_by_day(lived, len(trail)) == by_day, "the trail says the same as the mailbox"
    to_offices = {(local_date(letter.at), letter.recipient) for letter in sent}
    assert {each.date: each.offices for each in found.days} == Counter(day for day, _ in to_offices)
    assert _kinds(lived) >= {
        *(NoticeKind.ASSIGNED, NoticeKind.NOT_ACKNOWLEDGED, NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY),
        *(NoticeKind.OVERDUE, NoticeKind.HANDED_OVER, NoticeKind.INFORMED, NoticeKind.MOVED),
    }
    told = {each.office: each for each in found.offices}
    assert told["SYT"].head_on is not None and told["SYT"].coordinator_on is not None
    assert found.without_date


def _events(store: Store) -> list[int]:
    with reading(store.engine) as connection:
        return [*connection.scalars(select(col(AuditEvent.seq)).order_by(col(AuditEvent.seq)))]


def _delivered_by_day(store: Store, after: int) -> Counter[date]:
    sent: Counter[date] = Counter()
    with reading(store.engine) as connection:
        query = select(col(AuditEvent.at), col(AuditEvent.details)).where(
            col(AuditEvent.verb) == DELIVER, col(AuditEvent.seq) > after
        )
        for when, details in connection.execute(query):
            sent[local_date(when)] += details["sent"]
    return sent


def _kinds(store: Store) -> set[NoticeKind]:
    with reading(store.engine) as connection:
        return set(connection.scalars(select(col(Notice.kind)).where(col(Notice.state) == NoticeState.SENT).distinct()))
