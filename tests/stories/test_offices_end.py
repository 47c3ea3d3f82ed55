"""Offices end and merge: their open work goes to the successor with its history, and nothing is made twice."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.contacts.contacts import Address, Contacts
from config.settings import PLAN_0_1_DIR
from flows.forms import fill_in
from flows.steps import assign_due, assign_within, track
from models.keeping.as_of import reading_as_it_was
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.audit import record, verify
from models.store.audit_event import AuditEvent, AuditHead
from models.store.database import reading, reading_session, session_scope
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, NoticeKind, NoticeState, Role, State, Verb
from models.tables.outbox import Message
from models.work import verbs
from models.work.queries import history
from models.work.verbs.succession import hand_over, hand_over_ended_offices
from notifications.courier.courier import deliver
from tests.support.cast import COORDINATOR, MONITOR, assignment_of, at, begin, issue, number_of, run, t0_report, told
from tests.support.outcome import outcome
from tests.support.outposts import free_port

ENDED_IN_FEBRUARY = {
    "STTTT": "SKHCN",
    "STNMT": "SNNMT",
    "SNNPTNT": "SNNMT",
    "SLDTBXH": "SNV",
    "SKHDT": "STC",
    "SGTVT": "SXD",
}
ENDED_IN_JUNE = {"HUYEN": "XA", "BDBP": "BCHQS"}


def everything(store: Store) -> dict[int, dict[str, object]]:
    table = table_of(Assignment)
    with reading(store.engine) as connection:
        return {row["id"]: dict(row) for row in connection.execute(select(*table.c)).mappings()}


def everyone(store: Store) -> tuple[str, ...]:
    return tuple(office.code for office in store.plan.offices)


def ended(store: Store, code: str, *, last_day: date, successor: str) -> Store:
    """The same store after a decision that ends an office, the plan edited and read anew."""
    change = {"valid_to": last_day, "successor": successor}
    offices = tuple(
        office.model_copy(update=change) if office.code == code else office for office in store.plan.offices
    )
    # Not model_copy: it would take along what the old plan has worked out about its offices.
    parts = {name: getattr(store.plan, name) for name in Plan.model_fields}
    plan = Plan(**(parts | {"offices": offices}))
    mirror_configuration(store.engine, plan, store.contacts)
    return replace(store, plan=plan)


def test_departments_merged_in_2025_hand_over_what_is_open_and_keep_what_is_done(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=())
    done = number_of(store, "T0.1", office="STNMT")
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2025-02-21"), actor="x")
        verbs.report(session, done, t0_report(), context)
        verbs.accept(session, done, context)
    before = everything(store)
    summary = run(store, "p1", at("2025-03-03"), offices=())
    after = everything(store)

    assert summary.assigned == len(after) - len(before)
    moved = {number for number in before if before[number]["office"] != after[number]["office"]}
    once = {number for number in before if after[number]["state"] is not before[number]["state"]}
    assert moved | {number for number in once if before[number]["office"] in ENDED_IN_FEBRUARY} == {
        number
        for number, row in before.items()
        if row["office"] in ENDED_IN_FEBRUARY and row["state"] in OPEN and number != done
    }
    # Whose successor had the same, or got the same from another: it holds each thing once.
    what = ("subtask", "step", "variant", "period", "role", "due_at")
    held = {(row["office"], *(row[key] for key in what)) for row in after.values() if row["state"] in OPEN}
    for number in once:
        row = after[number]
        heir = ENDED_IN_FEBRUARY.get(str(row["office"]), row["office"])
        assert row["state"] is State.WITHDRAWN and (heir, *(row[key] for key in what)) in held
    kept = ("state", "due_at", "original_due_at", "explanation_vi", "assigned_office", "lead_office", "assigned_at")
    for number in moved:
        assert after[number]["office"] == ENDED_IN_FEBRUARY[str(before[number]["office"])]
        assert {key: after[number][key] for key in kept} == {key: before[number][key] for key in kept}
    assert (after[done]["office"], after[done]["state"]) == ("STNMT", State.ACCEPTED)
    handed = {number for number in moved if NoticeKind.HANDED_OVER in {kind for kind, _, _ in told(store, number)}}
    assert handed == moved


class Killed(Exception):
    pass


def test_a_run_that_is_killed_while_it_hands_over_leaves_whole_parts_and_the_next_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came of it is, row by row, letter by letter and event by event, what one transaction makes of it."""
    begin(store, "p1", at("2025-02-20"), offices=())
    store = ended(store, MONITOR, last_day=date(2025, 2, 28), successor="TU")
    form, now = fill_in("p1", {"offices": ()}, store.plan), at("2025-03-03")
    context = store.actor_context(now=now, actor="flow:p1", run_key="march")
    with reading_session(store.engine) as session:
        since = session.execute(select(col(AuditHead.seq))).scalar_one()
    with session_scope(store.engine) as session:
        assign_within(session, "p1", form, context)
        at_once = outcome(session, since=since)
        session.rollback()
    assert at_once["monitored"] and any("'hand_over'" in each for each in at_once["events"])

    for module, share in (("register", 5), ("verbs", 7)):
        name = f"models.work.{module}.succession.{'SHARE' if module == 'register' else 'MONITORED'}"
        monkeypatch.setattr(name, share)
    before, calls = everything(store), 0

    def hand_over_and_die(*args: Any) -> None:
        nonlocal calls
        hand_over(*args)
        if (calls := calls + 1) == 12:
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("models.work.verbs.succession.hand_over", hand_over_and_die)
        assign_due(store, "p1", form, context)
    half = everything(store)
    gone = {number for number, row in before.items() if half[number]["office"] != row["office"]}
    assert gone and all(half[number]["office"] == ENDED_IN_FEBRUARY[str(before[number]["office"])] for number in gone)
    waiting = [row for row in half.values() if row["office"] in ENDED_IN_FEBRUARY and row["state"] in OPEN]
    assert waiting, "it was killed on its way"
    with reading_session(store.engine) as session:
        of_it = select(col(AuditEvent.subject)).where(col(AuditEvent.seq) > since, col(AuditEvent.verb) == "hand_over")
        said = {subject for (subject,) in session.execute(of_it) if subject.startswith("assignment:")}
        assert said == {f"assignment:{number}" for number in gone}
        assert verify(session.connection()).broken_at is None
    assign_due(store, "p1", form, context)
    with session_scope(store.engine) as session:
        assert outcome(session, since=since) == at_once


def test_a_second_run_moves_and_makes_nothing(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), at("2025-03-03"), offices=())
    before = everything(store)
    again = run(store, "p1", at("2025-03-03", 13, 30), offices=())
    assert (again.assigned, again.notices, again.messages_sent) == (0, 0, 0)
    assert everything(store) == before


def test_the_last_day_of_an_office_is_still_its_own(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=("STTTT",))
    number = number_of(store, "T0.1", office="STTTT")
    run(store, "p1", at("2025-02-28", 23, 59), offices=("STTTT",))
    assert everything(store)[number]["office"] == "STTTT"
    run(store, "p1", at("2025-03-01", 0, 0), offices=("STTTT",))
    assert everything(store)[number]["office"] == "SKHCN"


def test_the_successor_is_reminded_reports_and_is_judged_by_the_same_date(store: Store) -> None:
    begin(store, "p1", at("2025-02-18"), offices=("STTTT",), on_date=date(2025, 2, 17))
    number = number_of(store, "T0.1", office="STTTT")
    due = everything(store)[number]["due_date"]
    assert due == date(2025, 3, 10)
    for day in ("2025-03-03", "2025-03-10", "2025-03-11", "2025-03-13"):
        run(store, "p1", at(day), offices=("SKHCN",))
    since = [
        (rung, who) for kind, rung, who in told(store, number) if kind in (NoticeKind.DUE_TODAY, NoticeKind.OVERDUE)
    ]
    assert since == [
        ("due_today", "SKHCN/focal"),
        ("overdue+1", "SKHCN/focal"),
        ("overdue+3", "SKHCN/focal"),
        ("overdue+3", "SKHCN/head"),
    ]
    with session_scope(store.engine) as session:
        verbs.report(session, number, t0_report(), store.actor_context(now=at("2025-03-14"), actor="office:SKHCN"))
    with session_scope(store.engine) as session:
        told_of_it = history(session, number, now=at("2025-03-14"))
    assert [event.verb for event in told_of_it.events] == ["assign", "hand_over", "report"]
    assert told_of_it.events[1].details == {"predecessor": "STTTT", "successor": "SKHCN"}


def test_two_offices_merged_into_one_leave_it_the_work_of_both_once(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), at("2025-03-03"), offices=())
    both = ("SNNPTNT", "STNMT")
    theirs = [row for row in everything(store).values() if row["assigned_office"] in both and row["subtask"] == "T0.1"]
    assert sorted((str(row["office"]), row["role"], row["state"]) for row in theirs) == [
        ("SNNMT", Role.LEAD, State.ASSIGNED),
        ("SNNPTNT", Role.LEAD, State.WITHDRAWN),
    ]


def test_copies_that_differ_stay_two(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=())
    with session_scope(store.engine) as session:
        number = assignment_of(session, "T0.1", office="SNNPTNT").id or 0
        verbs.report(session, number, t0_report(), store.actor_context(now=at("2025-02-21"), actor="office:SNNPTNT"))
    run(store, "p1", at("2025-03-03"), offices=())
    theirs = [row for row in everything(store).values() if row["office"] == "SNNMT" and row["subtask"] == "T0.1"]
    assert sorted((str(row["assigned_office"]), row["state"]) for row in theirs) == [
        ("SNNPTNT", State.REPORTED),
        ("STNMT", State.ASSIGNED),
    ]


@pytest.mark.parametrize(
    "priority",
    # p5 has the step of the districts and p1 what everyone owes; the others take as long and end in the same way.
    ["p1", *(pytest.param(each, marks=pytest.mark.later) for each in ("p2", "p3", "p4")), "p5"],
)
def test_when_districts_end_all_open_work_is_with_an_office_that_exists(store: Store, priority: str) -> None:
    begin(store, priority, at("2025-02-20"), offices=())
    for day in ("2025-02-20", "2025-06-20", "2025-07-10"):
        if day != "2025-02-20":
            run(store, priority, at(day), offices=())
        with reading(store.engine) as connection:
            assert verify(connection).broken_at is None
        rows = everything(store)
        for row in rows.values():
            if row["state"] in OPEN:
                assert store.plan.office(str(row["office"])).exists_on(date.fromisoformat(day)), row
    groups = Counter(
        (row["subtask"], row["step"], row["variant"], row["period"], row["lead_office"])
        for row in rows.values()
        if row["role"] is Role.LEAD
    )
    assert set(groups.values()) == {1}
    assert {(r["subtask"], r["step"], r["variant"], r["period"], r["lead_office"]) for r in rows.values()} == set(
        groups
    )


def test_districts_are_asked_for_nothing_once_they_are_gone_whatever_the_plan_says(store: Store) -> None:
    """The plan forgets when the last day of the district step is; its rule has no day any more."""
    issue(store)
    forgetful = replace(store, plan=load_plan_without_last_day(store.settings.data_dir / "plan"))
    run(forgetful, "p5", at("2025-12-01"), offices=())
    years = {row["period"] for row in everything(store).values() if row["step"] == "district"}
    assert years == {"2023", "2024"}


def load_plan_without_last_day(folder: Path) -> Plan:
    shutil.copytree(PLAN_0_1_DIR, folder)
    grading = folder / "p5.yaml"
    text = grading.read_text(encoding="utf-8")
    assert text.count("        valid_to: 2025-06-30\n") == 1
    grading.write_text(text.replace("        valid_to: 2025-06-30\n", ""), encoding="utf-8")
    return load_plan(folder)


def test_work_begun_before_an_office_ended_and_first_assigned_after_goes_straight_to_the_successor(
    store: Store,
) -> None:
    begin(store, "p1", at("2025-07-10"), offices=())
    rows = everything(store).values()
    theirs = [row for row in rows if row["assigned_office"] in ENDED_IN_FEBRUARY | ENDED_IN_JUNE]
    assert theirs
    for row in theirs:
        assert row["office"] == (ENDED_IN_FEBRUARY | ENDED_IN_JUNE)[str(row["assigned_office"])]
    assert run(store, "p1", at("2025-07-11"), offices=()).assigned == 0


def test_a_successor_that_has_ended_too_is_passed_over(store: Store) -> None:
    """STTTT → SKHCN → STC, and the scheduler slept through both."""
    begin(store, "p1", at("2025-02-20"), offices=("STTTT",))
    number = number_of(store, "T0.1", office="STTTT")
    later = ended(store, "SKHCN", last_day=date(2025, 3, 14), successor="STC")
    run(later, "p1", at("2025-03-20"), offices=("STC",))
    assert everything(store)[number]["office"] == "STC"
    assert (NoticeKind.HANDED_OVER, "from", "STC/focal") in told(store, number)


def test_delays_are_told_to_an_office_that_exists(store: Store) -> None:
    """The monitor has ended, before or after the work was assigned: its successor is told."""
    issue(store)
    edited = ended(store, MONITOR, last_day=date(2023, 9, 13), successor="TU")
    run(edited, "p1", at("2023-08-18"))
    run(edited, "p1", at("2023-09-18"), offices=("SYT", "SNV"))
    # SNV hears of its work only now, itself first; its head and the others with the next rung.
    run(edited, "p1", at("2023-09-25"), offices=("SYT", "SNV"))
    recipients = {
        office: {
            who for kind, _, who in told(store, number_of(store, "T0.1", office=office)) if kind is NoticeKind.OVERDUE
        }
        for office in ("SYT", "SNV")
    }
    for office, told_of in recipients.items():
        assert told_of == {f"{office}/focal", f"{office}/head", f"{COORDINATOR}/coordinator", "TU/monitor"}


def test_a_day_in_the_past_shows_who_monitored_then(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store, "p1", at("2025-02-20"), offices=())
    store = ended(store, MONITOR, last_day=date(2025, 2, 28), successor="TU")
    monkeypatch.setattr("models.work.verbs.succession.MONITORED", 7)

    def monitors(day: str) -> dict[int, str]:
        with reading_as_it_was(store.engine, at(day)) as connection:
            rows = connection.execute(select(table_of(Assignment).c.id, table_of(Assignment).c.monitor_office))
            return dict(rows.tuples().all())

    before = monitors("2025-02-21")
    with session_scope(store.engine) as session:
        hand_over_ended_offices(session, store.actor_context(now=at("2025-03-03"), actor="flow:p1"))
    after = monitors("2025-03-03")
    moved = [number for number, office in before.items() if after[number] != office]
    assert len(moved) > 7 and {(before[each], after[each]) for each in moved} == {(MONITOR, "TU")}
    assert monitors("2025-02-28") == before

    with session_scope(store.engine) as session:  # as it was recorded before: by a count alone
        context = store.actor_context(now=at("2025-03-04"), actor="flow:p1")
        record(session, context, Verb.HAND_OVER.value, "office:TU", monitor_of=3, successor="TU")
    assert monitors("2025-02-28") == before


def test_the_office_first_assigned_stays_on_record(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=("STTTT",))
    run(store, "p1", at("2025-03-03"), offices=("SKHCN",))
    with session_scope(store.engine) as session:
        row = assignment_of(session, "T0.1", office="SKHCN")
        assert (row.assigned_office, row.lead_office) == ("STTTT", "STTTT")


class TestNewsOnTheWay:
    """What an office had not been told yet when it ended, its successor is told."""

    LAST, FIRST = date(2025, 2, 28), at("2025-03-03")  # a Friday, and the Monday after

    @pytest.fixture
    def returned(self, store: Store) -> tuple[Store, int]:
        """STTTT ends on Friday; that afternoon its report is returned, and no courier goes before Monday."""
        begin(store, "p1", at("2025-02-18"), offices=("STTTT",), on_date=date(2025, 2, 17))
        number = number_of(store, "T0.1", office="STTTT")
        with session_scope(store.engine) as session:
            verbs.report(session, number, t0_report(), store.actor_context(now=at("2025-02-27"), actor="office:STTTT"))
            afternoon = store.actor_context(now=at(self.LAST, 17), actor="coordinator")
            verbs.return_(session, number, "Thiếu số liệu quý I.", afternoon)
        return store, number

    def test_a_decision_that_waits_when_the_work_is_handed_over(self, returned: tuple[Store, int]) -> None:
        store, number = returned
        run(store, "p1", self.FIRST, offices=("SKHCN",))
        assert (NoticeKind.REPORT_RETURNED, "report", "SKHCN/focal") in told(store, number)
        assert (NoticeKind.HANDED_OVER, "from", "SKHCN/focal") in told(store, number)
        assert (NoticeKind.REPORT_RETURNED, "report", "STTTT/focal") in told(store, number, NoticeState.CANCELLED)
        assert "lý do: Thiếu số liệu quý I." in self._letter(store, "SKHCN")

    def test_a_courier_that_goes_before_the_run_that_hands_over(self, returned: tuple[Store, int]) -> None:
        store, number = returned
        deliver(store, now=at("2025-03-03", 7, 30))
        assert (NoticeKind.REPORT_RETURNED, "report", "SKHCN/focal") in told(store, number)
        assert "STTTT" not in {who.partition("/")[0] for _, rung, who in told(store, number) if rung != "assigned"}
        run(store, "p1", self.FIRST, offices=("SKHCN",))
        assert [who for kind, _, who in told(store, number) if kind is NoticeKind.REPORT_RETURNED] == ["SKHCN/focal"]

    def test_news_of_work_that_is_done_and_is_handed_over_to_nobody(self, returned: tuple[Store, int]) -> None:
        store, number = returned
        evening = store.actor_context(now=at(self.LAST, 23), actor="coordinator")
        with session_scope(store.engine) as session:
            verbs.report(session, number, t0_report(), evening)
            verbs.accept(session, number, evening)
        run(store, "p1", self.FIRST, offices=("SKHCN",))
        assert (NoticeKind.REPORT_ACCEPTED, "report", "SKHCN/focal") in told(store, number)
        assert everything(store)[number]["office"] == "STTTT"

    def test_a_message_that_was_tried_before_the_office_ended(self, returned: tuple[Store, int]) -> None:
        store, number = returned
        failing = Contacts({("STTTT", "focal"): Address("json", "vi", f"json://127.0.0.1:{free_port()}/?cto=0.5")})
        mirror_configuration(store.engine, store.plan, failing)
        assert deliver(replace(store, contacts=failing), now=at(self.LAST, 17, 15)).retrying == 1
        deliver(replace(store, contacts=failing), now=self.FIRST)
        assert (NoticeKind.REPORT_RETURNED, "report", "SKHCN/focal") in told(store, number)

    def test_what_only_says_that_there_is_work_is_not_said_beside_the_handing_over(self, store: Store) -> None:
        issue(store, on_date=date(2025, 2, 17))
        context = store.actor_context(now=at(self.LAST, 22), actor="flow:p1")
        assign_due(store, "p1", fill_in("p1", {"offices": ("STTTT",)}, store.plan), context)
        number = number_of(store, "T0.1", office="STTTT")
        run(store, "p1", self.FIRST, offices=("SKHCN",))
        assert (NoticeKind.HANDED_OVER, "from", "SKHCN/focal") in told(store, number)
        assert NoticeKind.ASSIGNED not in {kind for kind, _, _ in told(store, number)}

    def test_delays_that_wait_for_a_monitor_that_ends(self, store: Store) -> None:
        issue(store)
        edited = ended(store, MONITOR, last_day=date(2023, 9, 18), successor="TU")
        run(edited, "p1", at("2023-08-18"))
        number = number_of(edited, "T0.1")
        context = edited.actor_context(now=at("2023-09-18", 23), actor="flow:p1")
        track(edited, "p1", context)
        deliver(edited, now=at("2023-09-19"))
        assert (NoticeKind.OVERDUE, "overdue+5", "TU/monitor") in told(edited, number)
        assert (NoticeKind.OVERDUE, "overdue+5", f"{MONITOR}/monitor") in told(edited, number, NoticeState.CANCELLED)

    def _letter(self, store: Store, office: str) -> str:
        with session_scope(store.engine) as session:
            bodies = session.scalars(select(col(Message.body_text)).where(col(Message.office) == office))
            return "\n".join(bodies)
