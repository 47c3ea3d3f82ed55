"""Whatever offices, coordinators and flows do, in whatever order: what must always hold of an assignment."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, func, or_, select
from sqlmodel import Session, col

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.clock import end_of_day, local_date
from config.contacts.contacts import Contacts
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.settings import load_settings
from models.alerts.silences import lift, silence, silences
from models.alerts.status import acknowledgement_missing, due_soon, overdue, status_of
from models.keeping.as_of import reading_as_it_was
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import verify
from models.store.database import open_database, reading, session_scope
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import (
    OPEN,
    REMINDERS,
    TRANSITIONS,
    WAITING_FOR_OFFICE,
    ExtensionState,
    MessageState,
    NoticeState,
    ReportState,
    Role,
    State,
    Verb,
)
from models.tables.outbox import Message, Notice, Silence
from models.tables.report import Extension, Report
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from notifications.channels.mailbox import letters
from tests.support.cast import LEAD, at, issue, number_of, run, t0_report
from tests.support.plan_0_1 import BY_PLAN_0_1

SUBTASK = "T0.1"
TEXTS = st.sampled_from(["Thiếu phụ lục.", "Chờ số liệu.", "  Giao nhầm đơn vị. "])

PLAIN_DEEDS: tuple[tuple[Verb, Callable[..., object], tuple[object, ...]], ...] = (
    (Verb.ACKNOWLEDGE, verbs.acknowledge, ()),
    (Verb.REPORT, verbs.report, (t0_report(),)),
    (Verb.TAKE_BACK, verbs.take_back, ()),
    (Verb.WITHDRAW_REQUEST, verbs.withdraw_request, ()),
    (Verb.ACCEPT, verbs.accept, ()),
    (Verb.RETURN, verbs.return_, ("Thiếu phụ lục.",)),
    (Verb.REQUEST_EXTENSION, verbs.request_extension, (date(2030, 1, 2), "Chờ số liệu.")),
    (Verb.GRANT_EXTENSION, verbs.grant_extension, (None,)),
    (Verb.REFUSE_EXTENSION, verbs.refuse_extension, ("Cần cho báo cáo chung.",)),
    (Verb.WITHDRAW, verbs.withdraw, ("Giao nhầm đơn vị.",)),
    (Verb.DELEGATE, verbs.delegate, ("Phòng Tổ chức",)),
    (Verb.SUSPEND, verbs.suspend, ("Chờ hướng dẫn.",)),
    (Verb.RESUME, verbs.resume, (None,)),
)


class Lifecycle(RuleBasedStateMachine):
    """One assignment (T0.1 of one office, due on 11/9/2023), time that only goes forward, and every verb."""

    plan: ClassVar[Plan]
    calendar: ClassVar[WorkingCalendar]
    template: ClassVar[Path]

    engine: Engine | None = None

    @initialize()
    def assigned(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="law"))
        shutil.copyfile(self.template, self.home / "dondoc.sqlite")
        self.engine = open_database(f"sqlite:///{self.home / 'dondoc.sqlite'}")
        mirror_configuration(self.engine, self.plan, Contacts())
        chosen = load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(self.home)})
        self.store = Store(chosen, self.plan, self.calendar, Contacts(), self.engine)
        self.now = at("2023-08-18")
        issue(self.store)
        run(self.store, "p1", self.now)
        self.number = number_of(self.store, SUBTASK)
        self.state = State.ASSIGNED
        self.due = self.original = date(2023, 9, 11)
        self.reports = 0
        self.suspended_on = date.min
        self.ad_hoc: dict[object, list[int]] = {}
        self.album: dict[datetime, list[tuple[object, ...]]] = {}

    def teardown(self) -> None:
        if self.engine is not None:
            for then, photograph in self.album.items():
                with reading_as_it_was(self.engine, then) as connection:
                    assert self.statuses_at(connection, then) == photograph, "the past has changed"
            self.engine.dispose()
            shutil.rmtree(self.home)

    # --- what may happen ---------------------------------------------------------------------------------

    @rule(hours=st.integers(0, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(0, 9))
    def a_run(self, days: int) -> None:
        self.now += timedelta(days=days)
        run(self.store, "p1", self.now, run_key=str(self.now))

    @precondition(lambda self: self.state is State.ASSIGNED)
    @rule()
    def acknowledge(self) -> None:
        self.attempt(Verb.ACKNOWLEDGE, verbs.acknowledge)

    @precondition(lambda self: self.state in WAITING_FOR_OFFICE)
    @rule(faulty=st.integers(0, 4))
    def report(self, faulty: int = 0) -> None:
        content = t0_report(counts={}) if faulty == 4 else t0_report()
        if self.attempt(Verb.REPORT, verbs.report, content, must_refuse=faulty == 4):
            self.reports += 1

    @precondition(lambda self: self.state is State.REPORTED)
    @rule(missed=st.booleans())
    def correct(self, missed: bool) -> None:
        corrects = self.reports - missed

        def correction(session: Session, number: int, context: ActorContext) -> object:
            return verbs.report(session, number, t0_report(text="Đã sửa."), context, corrects=corrects)

        if self.attempt(Verb.CORRECT, correction, must_refuse=missed):
            self.reports += 1

    @precondition(lambda self: self.state is State.REPORTED)
    @rule()
    def take_back(self) -> None:
        self.attempt(Verb.TAKE_BACK, verbs.take_back)

    @precondition(lambda self: self.waiting_requests() > 0)
    @rule()
    def withdraw_request(self) -> None:
        self.attempt(Verb.WITHDRAW_REQUEST, verbs.withdraw_request)

    @precondition(lambda self: self.state is State.REPORTED and self.reports > 1)
    @rule()
    def accept(self) -> None:
        self.attempt(Verb.ACCEPT, verbs.accept)

    @precondition(lambda self: self.state is State.REPORTED)
    @rule(reason=TEXTS)
    def return_(self, reason: str) -> None:
        self.attempt(Verb.RETURN, verbs.return_, reason)

    @precondition(lambda self: self.state in WAITING_FOR_OFFICE and self.now < end_of_day(self.due))
    @rule(more=st.integers(-2, 40), reason=TEXTS)
    def ask_for_time(self, more: int, reason: str) -> None:
        impossible = more <= 0 or self.waiting_requests() > 0
        until = self.due + timedelta(days=more)
        self.attempt(Verb.REQUEST_EXTENSION, verbs.request_extension, until, reason, must_refuse=impossible)

    @precondition(lambda self: self.waiting_requests() > 0)
    @rule(more=st.one_of(st.none(), st.integers(-2, 40)))
    def give_time(self, more: int | None) -> None:
        until = None if more is None else self.due + timedelta(days=more)
        # A day off is rolled forward, so a date not after the due date or today may yet become one.
        before = max(self.due, local_date(self.now))
        too_early = (until or self.requested_until()) <= before
        if self.attempt(Verb.GRANT_EXTENSION, verbs.grant_extension, until, may_refuse=too_early):
            with session_scope(self.store.engine) as session:
                self.due = session.get_one(Assignment, self.number).due_date
            self.suspended_on = local_date(self.now)  # the days before are in the date that was granted
            assert self.due > before
            assert self.calendar.is_working_day(self.due)

    @precondition(lambda self: self.waiting_requests() > 0)
    @rule(reason=TEXTS)
    def refuse_time(self, reason: str) -> None:
        self.attempt(Verb.REFUSE_EXTENSION, verbs.refuse_extension, reason)

    @precondition(lambda self: self.reports > 0 and self.state in WAITING_FOR_OFFICE)
    @rule(reason=TEXTS)
    def withdraw(self, reason: str) -> None:
        self.attempt(Verb.WITHDRAW, verbs.withdraw, reason)

    @precondition(lambda self: self.state in WAITING_FOR_OFFICE)
    @rule(unit=st.sampled_from(["Phòng Tổ chức", " Văn phòng ", "", "Ông Nguyễn Văn Nam"]))
    def delegate(self, unit: str) -> None:
        self.attempt(Verb.DELEGATE, verbs.delegate, unit, must_refuse=unit.startswith("Ông"))

    @precondition(lambda self: self.state in WAITING_FOR_OFFICE)
    @rule(reason=TEXTS)
    def suspend(self, reason: str) -> None:
        self.attempt(Verb.SUSPEND, verbs.suspend, reason)
        self.suspended_on = local_date(self.now)

    @precondition(lambda self: self.state is State.SUSPENDED)
    @rule(more=st.one_of(st.none(), st.integers(-9, 40)))
    def resume(self, more: int | None = None) -> None:
        today = local_date(self.now)
        until = None if more is None else today + timedelta(days=more)
        rolled = self.calendar.next_working_day(until) if until else None
        if self.attempt(Verb.RESUME, verbs.resume, until, must_refuse=rolled is not None and rolled < today):
            self.due = rolled or self.calendar.add(self.due, self.calendar.count(self.suspended_on, today))

    @rule(days=st.integers(-3, 20), subtask=st.sampled_from([SUBTASK, None]))
    def silence(self, days: int, subtask: str | None) -> None:
        until = local_date(self.now) + timedelta(days=days)
        with suppress(Refused), session_scope(self.store.engine) as session:
            context = self.store.actor_context(now=self.now, actor="law")
            silence(session, office=LEAD, subtask=subtask, until=until, reason="Đang sắp xếp.", context=context)
            assert days >= 0

    @rule()
    def lift(self) -> None:
        with session_scope(self.store.engine) as session:
            for each in silences(session, local_date(self.now)):
                lift(session, each.id or 0, self.store.actor_context(now=self.now, actor="law"))

    @rule(days=st.integers(-3, 20), form=st.sampled_from(["a", "b"]), helpers=st.sampled_from([(), ("SNV", "CAT")]))
    def more_work(self, days: int, form: str, helpers: tuple[str, ...]) -> None:
        """Work outside the plan beside it, now and then the same form twice."""
        due_on = local_date(self.now) + timedelta(days=days)
        wanted = AdHoc(SUBTASK, "Báo cáo nhanh", LEAD, due_on, helpers, submission=form)
        before = self.photograph()
        try:
            with session_scope(self.store.engine) as session:
                numbers = assign_ad_hoc(session, wanted, self.store.actor_context(now=self.now, actor="law"))
        except Refused:
            assert days < 0 or not self.calendar.is_working_day(due_on)
            assert self.photograph() == before, "a refusal left something behind"
            return
        assert len(numbers) == 1 + len(helpers)
        assert self.ad_hoc.setdefault((due_on, form, helpers), numbers) == numbers

    @rule(deed=st.sampled_from(PLAIN_DEEDS))
    def out_of_place(self, deed: tuple[Verb, Callable[..., object], tuple[object, ...]]) -> None:
        """What the page of transitions does not allow is refused and leaves nothing behind."""
        verb, what, arguments = deed
        if (self.state, verb) not in TRANSITIONS:
            self.attempt(verb, what, *arguments, must_refuse=True)

    @precondition(lambda self: self.now >= end_of_day(self.due))
    @rule(more=st.integers(1, 40))
    def ask_too_late(self, more: int) -> None:
        until = self.due + timedelta(days=more)
        self.attempt(Verb.REQUEST_EXTENSION, verbs.request_extension, until, "Chờ số liệu.", must_refuse=True)

    def attempt(
        self, verb: Verb, deed: object, *args: object, must_refuse: bool = False, may_refuse: bool = False
    ) -> bool:
        """Do it; it must succeed exactly when the page of transitions (and the rule's own condition) says so."""
        target = TRANSITIONS.get((self.state, verb))
        must_refuse = must_refuse or target is None
        before = self.photograph()
        try:
            with session_scope(self.store.engine) as session:
                deed(session, self.number, *args, self.store.actor_context(now=self.now, actor="law"))  # type: ignore[operator]
        except Refused as refusal:
            assert must_refuse or may_refuse, f"{verb} in {self.state}: {refusal}"
            assert self.photograph() == before, "a refusal left something behind"
            return False
        assert not must_refuse, f"{verb} in {self.state} was let through"
        assert target is not None
        self.state = target
        return True

    def photograph(self) -> list[tuple[object, ...]]:
        with reading(self.store.engine) as connection:
            return [
                tuple(row)
                for model in (Assignment, Report, Extension, Notice)
                for row in connection.execute(select(model).order_by(col(model.id)))
            ]

    def statuses_at(self, connection: Connection, then: datetime) -> list[tuple[object, ...]]:
        assignment = Assignment
        columns = (
            assignment.id,
            assignment.office,
            assignment.state,
            assignment.due_at,
            assignment.due_date,
            assignment.delegated_to,
            assignment.reported_at,
        )
        query = select(*map(col, columns), status_of(then)).order_by(col(assignment.id))
        return [tuple(row) for row in connection.execute(query)]

    def waiting_requests(self) -> int:
        with reading(self.store.engine) as connection:
            waiting = select(func.count()).where(
                col(Extension.assignment_id) == self.number, col(Extension.state) == ExtensionState.REQUESTED
            )
            return connection.scalar(waiting) or 0

    def requested_until(self) -> date:
        with reading(self.store.engine) as connection:
            asked = select(col(Extension.requested_until)).where(
                col(Extension.assignment_id) == self.number, col(Extension.state) == ExtensionState.REQUESTED
            )
            return connection.scalars(asked).one()

    # --- what must always hold ---------------------------------------------------------------------------

    @invariant()
    def the_state_follows_the_transitions_and_the_original_due_date_stays(self) -> None:
        if self.engine is None:
            return
        with session_scope(self.store.engine) as session:
            found = session.get_one(Assignment, self.number)
            assert found.state is self.state
            assert (found.original_due_date, found.original_due_at) == (self.original, end_of_day(self.original))
            assert (found.due_date, found.due_at) == (self.due, end_of_day(self.due))
            assert (found.reported_at is not None) == (self.state in (State.REPORTED, State.ACCEPTED)) or (
                self.state is State.WITHDRAWN
            )
            assert (found.completed_at is not None) == (self.state is State.ACCEPTED)
            if self.state is not State.WITHDRAWN:
                assert (found.suspended_at is not None) == (self.state is State.SUSPENDED)

    @invariant()
    def the_past_is_remembered(self) -> None:
        if self.engine is not None:
            with reading(self.engine) as connection:
                self.album[self.now] = self.statuses_at(connection, self.now)

    @invariant()
    def what_rests_is_neither_late_nor_nearly_so(self) -> None:
        if self.engine is None or self.state is not State.SUSPENDED:
            return
        wrong = or_(
            overdue(self.now), due_soon(self.now, self.calendar), acknowledgement_missing(self.now, self.calendar)
        )
        with reading(self.store.engine) as connection:
            assert connection.scalar(select(wrong).where(col(Assignment.id) == self.number)) is False

    @invariant()
    def nothing_is_urged_while_it_is_silenced(self) -> None:
        if self.engine is None:
            return
        with session_scope(self.store.engine) as session:
            quiet = session.scalars(select(Silence)).all()
            urged = session.scalars(
                select(col(Notice.sent_at)).where(
                    col(Notice.assignment_id) == self.number,
                    col(Notice.kind).in_(REMINDERS),
                    col(Notice.state) == NoticeState.SENT,
                )
            ).all()
        for each in quiet:
            over = min(each.lifted_at or end_of_day(each.until), end_of_day(each.until))
            begins = each.set_at + timedelta(minutes=1)  # what was sent just before truly took its time
            assert not [at for at in urged if at is not None and begins < at < over]

    @invariant()
    def of_every_work_exactly_one_office_leads(self) -> None:
        if self.engine is None:
            return
        with reading(self.store.engine) as connection:
            roles = connection.execute(
                select(col(Assignment.anchor_id), col(Assignment.role)).where(col(Assignment.step) == AD_HOC)
            ).all()
        leads = Counter(anchor for anchor, role in roles if role is Role.LEAD)
        assert set(leads) == {anchor for anchor, _ in roles}
        assert set(leads.values()) <= {1}

    @invariant()
    def the_next_look_is_the_first_rung_still_to_be_said(self) -> None:
        if self.engine is None:
            return
        with session_scope(self.store.engine) as session:
            found = session.get_one(Assignment, self.number)
            if found.state not in WAITING_FOR_OFFICE:
                assert found.next_alert_at is None
                return
            assert found.next_alert_at == self.first_rung_left(session, found)
            assert found.next_alert_at is not None, "undone work is urged for ever"

    def first_rung_left(self, session: Session, found: Assignment) -> datetime | None:
        rungs = session.scalars(
            select(TimetableRung).where(
                col(TimetableRung.timetable_id) == found.timetable_id, col(TimetableRung.rank) > found.rung_done
            )
        ).all()
        applying = [r.fire_at for r in rungs if found.acknowledged_at is None or not r.unless_acknowledged]
        return min(applying, default=None)

    @invariant()
    def one_request_waits_and_one_report_is_under_review_at_most(self) -> None:
        if self.engine is None:
            return
        with reading(self.store.engine) as connection:
            states = Counter(
                connection.scalars(select(col(Report.state)).where(col(Report.assignment_id) == self.number))
            )
        assert self.waiting_requests() <= (1 if self.state in OPEN else 0)
        assert states[ReportState.SUBMITTED] == (self.state is State.REPORTED) or self.state is State.WITHDRAWN
        assert states[ReportState.ACCEPTED] == (self.state is State.ACCEPTED)
        assert sum(states.values()) == self.reports

    @invariant()
    def nothing_is_said_twice_and_the_trail_is_whole(self) -> None:
        if self.engine is None:
            return
        with reading(self.store.engine) as connection:
            said = Counter(
                (n.assignment_id, n.kind, n.rung, n.office, n.desk)
                for n in connection.execute(select(*Notice.__table__.c))  # type: ignore[attr-defined]
            )
            assert verify(connection).broken_at is None
        assert set(said.values()) <= {1}

    @invariant()
    def no_rung_is_sent_below_one_already_sent_in_the_same_run(self) -> None:
        """Of the rungs of one date in one run, only the most severe is ever pending or sent."""
        if self.engine is None:
            return
        with reading(self.store.engine) as connection:
            rows = connection.execute(
                select(col(Notice.run_key), col(Notice.rung)).where(
                    col(Notice.assignment_id) == self.number,
                    col(Notice.kind).in_(REMINDERS),
                    col(Notice.state).in_([NoticeState.PENDING, NoticeState.SENT]),
                )
            ).all()
        rungs: dict[str, set[str]] = {}
        for run_key, rung in rows:
            rungs.setdefault(run_key, set()).add(rung)
        assert all(len(names) == 1 for names in rungs.values()), rungs


@pytest.mark.slow
def test_any_sequence_of_deeds_keeps_the_invariants(
    plan: Plan, calendar: WorkingCalendar, sqlite_template: Path
) -> None:
    Lifecycle.plan, Lifecycle.calendar, Lifecycle.template = plan, calendar, sqlite_template
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            derandomize=True,
            phases=[Phase.generate],  # shrinking a walk through a database takes minutes; it is shown as found
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_whole_life_keeps_the_invariants_and_every_message_is_a_letter(
    plan: Plan, calendar: WorkingCalendar, sqlite_template: Path
) -> None:
    """One fixed walk through the machine, so that a quick run holds it too."""
    Lifecycle.plan, Lifecycle.calendar, Lifecycle.template = plan, calendar, sqlite_template
    machine = Lifecycle()
    machine.assigned()
    try:
        walk: tuple[Callable[[], None], ...] = (
            lambda: machine.a_run(4),
            machine.acknowledge,
            lambda: machine.delegate("Phòng Tổ chức"),
            lambda: machine.silence(3, None),
            lambda: machine.suspend("Chờ số liệu."),
            lambda: machine.a_run(20),
            lambda: machine.resume(None),
            lambda: machine.more_work(7, "a", ("SNV", "CAT")),
            lambda: machine.more_work(7, "a", ("SNV", "CAT")),
            machine.lift,
            lambda: machine.ask_for_time(7, "Chờ số liệu."),
            machine.report,
            lambda: machine.give_time(None),  # decided after the report: the ladder stays stopped
            lambda: machine.return_("Thiếu phụ lục."),
            lambda: machine.time_passes(1_000),
            lambda: machine.a_run(1),
            machine.report,
            machine.accept,
        )
        for step in walk:
            step()
            machine.the_state_follows_the_transitions_and_the_original_due_date_stays()
            machine.the_next_look_is_the_first_rung_still_to_be_said()
            machine.one_request_waits_and_one_report_is_under_review_at_most()
            machine.nothing_is_said_twice_and_the_trail_is_whole()
            machine.no_rung_is_sent_below_one_already_sent_in_the_same_run()
            machine.what_rests_is_neither_late_nor_nearly_so()
            machine.nothing_is_urged_while_it_is_silenced()
            machine.of_every_work_exactly_one_office_leads()
        run(machine.store, "p1", machine.now)
        with reading(machine.store.engine) as connection:
            sent = connection.scalar(select(func.count()).where(col(Message.state) == MessageState.SENT))
        assert len(letters(machine.store.settings.mailbox_dir)) == sent
    finally:
        machine.teardown()
