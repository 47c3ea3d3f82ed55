"""Joint leads and named offices: assigned, told, acting for each other, reminded, and kept true by deeds."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from config.contacts.desks import Desk
from config.settings import Settings
from flows.steps import notify
from models.alerts.due_alerts import sweep
from models.alerts.notices import HANDED_OVER
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import NoticeKind, NoticeState, State
from models.tables.outbox import Message, Notice
from models.tables.party import Party
from models.tables.report import ReportContent
from models.work import verbs
from models.work.deeds.apply import Applied, apply
from models.work.deeds.changes import amendment
from models.work.deeds.direct import give_to
from models.work.lists.office_list import SectionKey, work_list
from models.work.parties import Parties, parties_of
from models.work.queries import AssignmentFilter, assignments
from models.work.search import search_for
from models.work.verbs.succession import hand_over_ended_offices
from tests.support.cast import at
from tests.support.joint_work import DAY, STEP, assigned, context_of, joint_store
from tests.support.plans import plan_of

REPORTED = ReportContent(document_number="12/BC-SNV", document_date=date(2025, 1, 8), text="Đã xong.")


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """One subtask that SYT, SKHDT and SNV lead jointly, of which UBND and HOI are told; SKHDT ends on 28/2/2025."""
    with joint_store(settings, tmp_path) as opened:
        yield opened


def parties(store: Store) -> Parties:
    with reading_session(store.engine) as session:
        return parties_of(session, [1]).get(1, Parties())


def row(store: Store) -> Assignment:
    with reading_session(store.engine) as session:
        return session.get_one(Assignment, 1)


def told(store: Store, kind: NoticeKind) -> list[str]:
    """To whose focal points such a notice went or is to go, in order."""
    with reading_session(store.engine) as session:
        query = select(Notice.office).where(
            Notice.kind == kind, Notice.desk == Desk.FOCAL, Notice.state != NoticeState.SUPERSEDED
        )
        return list(session.exec(query.order_by(col(Notice.id))))


def test_all_are_told_once_and_one_row_stands_for_all(store: Store) -> None:
    assert (row(store).office, parties(store)) == ("SYT", Parties(("SKHDT", "SNV"), ("HOI", "UBND")))
    assert sorted(told(store, NoticeKind.ASSIGNED)) == ["SKHDT", "SNV", "SYT"]
    assert sorted(told(store, NoticeKind.INFORMED)) == ["HOI", "UBND"]
    assert assigned(store, at("2025-01-09")) == 0
    assert len(told(store, NoticeKind.INFORMED)) == 2


def test_any_joint_lead_acts_for_all_and_the_others_are_told(store: Store) -> None:
    with session_scope(store.engine) as session:
        verbs.acknowledge(session, 1, context_of(store, DAY, "office:SNV"))
        verbs.request_extension(session, 1, date(2025, 7, 31), "Chờ số liệu.", context_of(store, DAY, "office:SYT"))
    assert row(store).state is State.ACKNOWLEDGED
    assert told(store, NoticeKind.JOINT_LEAD_ACTED) == ["SYT", "SKHDT", "SKHDT", "SNV"]
    with session_scope(store.engine) as session:
        assert session.get_one(Party, (1, "SNV")).acknowledged_at == DAY
        verbs.report(session, 1, REPORTED, context_of(store, DAY, "office:SKHDT"))
        verbs.return_(session, 1, "Thiếu số liệu.", context_of(store, DAY))
    assert told(store, NoticeKind.JOINT_LEAD_ACTED)[4:] == ["SYT", "SNV"]
    assert sorted(told(store, NoticeKind.REPORT_RETURNED)) == ["SKHDT", "SNV", "SYT"]


def test_reminders_go_to_every_joint_lead_and_none_to_who_is_named(store: Store) -> None:
    with session_scope(store.engine) as session:
        sweep(session, context_of(store, at("2025-01-20")))
    assert sorted(told(store, NoticeKind.NOT_ACKNOWLEDGED)) == ["SKHDT", "SNV", "SYT"]
    with session_scope(store.engine) as session:
        sweep(session, context_of(store, at("2025-07-15")))
    assert sorted(told(store, NoticeKind.OVERDUE)) == ["SKHDT", "SNV", "SYT"]


def test_what_is_sent_knows_them(store: Store) -> None:
    """The second look before sending: nobody's notice is taken for one of work that went elsewhere."""
    with session_scope(store.engine) as session:
        sweep(session, context_of(store, at("2025-07-15")))
    notify(store, at("2025-07-15", 9))
    with reading_session(store.engine) as session:
        urged = session.exec(select(Notice).where(Notice.kind == NoticeKind.OVERDUE, Notice.desk == Desk.FOCAL)).all()
        # SKHDT has ended by then, and STC stands in its place.
        assert {each.office for each in urged if each.state is NoticeState.SENT} == {"SYT", "STC", "SNV"}
        assert {(each.office, each.reason) for each in urged if each.state is NoticeState.CANCELLED} == {
            ("SKHDT", HANDED_OVER)
        }
        sent = session.exec(select(Notice).where(Notice.kind == NoticeKind.INFORMED)).all()
        assert {(each.office, each.state) for each in sent} == {("HOI", NoticeState.SENT), ("UBND", NoticeState.SENT)}
        bodies = {message.office: message.body_text for message in session.exec(select(Message))}
    assert "cùng chủ trì với Sở Y tế" in bodies["SNV"]
    assert "để biết, phối hợp với Sở Y tế" in bodies["HOI"]
    assert "trễ" not in bodies["HOI"]


def test_lists_and_searches_of_each_find_it(store: Store) -> None:
    with reading(store.engine) as connection:
        for office in ("SYT", "SKHDT", "SNV"):
            sections = work_list(connection, office, now=DAY, calendar=store.calendar, page_size=20)
            assert {each.key for each in sections if each.total} == {SectionKey.LATER}, office
            assert len(assignments(connection, AssignmentFilter(office=office), now=DAY)) == 1
            assert len(assignments(connection, AssignmentFilter(search=search_for(store.plan, office)), now=DAY)) == 1
        for office, sections_of in (("HOI", {SectionKey.NAMED}), ("STC", set[SectionKey]())):
            sections = work_list(connection, office, now=DAY, calendar=store.calendar, page_size=20)
            assert {each.key for each in sections if each.total} == sections_of
            assert not assignments(connection, AssignmentFilter(office=office), now=DAY)


def amended(store: Store, step: str, tmp_path: Path) -> Applied:
    with reading_session(store.engine) as session:
        change = amendment(
            session,
            plan_of(tmp_path / "next.yaml", step),
            store.calendar,
            provenance=Provenance(reason="Sửa cơ quan", effective_on=date(2025, 1, 10)),
            context=context_of(store, at("2025-01-10")),
        )
    return apply(store.engine, change)


def test_an_amendment_adds_and_drops_them_and_changes_nothing_else(store: Store, tmp_path: Path) -> None:
    before = row(store).model_dump(exclude={"edition"})
    done = amended(store, "lead: [SYT, SNV, VHTT]\nnamed: [UBND, STC]\ndue: {lead: BY:30/06/2025}", tmp_path)
    assert (done.prepared.counts, done.prepared.letters) == ({ItemKind.PARTIES: 1}, 3)
    assert row(store).model_dump(exclude={"edition"}) == before
    assert parties(store) == Parties(("SNV", "VHTT"), ("STC", "UBND"))
    assert told(store, NoticeKind.ASSIGNED)[3:] == ["VHTT"]
    assert told(store, NoticeKind.INFORMED)[2:] == ["STC"]
    assert told(store, NoticeKind.REASSIGNED) == ["SKHDT"]


def test_joint_leads_in_another_order_are_no_change(store: Store, tmp_path: Path) -> None:
    done = amended(store, "lead: [SNV, SYT, SKHDT]\nnamed: [HOI, UBND]\ndue: {lead: BY:30/06/2025}", tmp_path)
    assert (done.prepared.counts, row(store).office) == ({}, "SYT")


def test_a_moved_date_is_told_to_all_joint_leads(store: Store, tmp_path: Path) -> None:
    amended(store, STEP.replace("30/06", "31/07"), tmp_path)
    assert row(store).due_date == date(2025, 7, 31)
    assert sorted(told(store, NoticeKind.MOVED)) == ["SKHDT", "SNV", "SYT"]


def test_a_lead_that_follows_alone_leaves_no_party_of_itself(store: Store, tmp_path: Path) -> None:
    amended(store, "lead: SNV\nnamed: [UBND, HOI]\ndue: {lead: BY:30/06/2025}", tmp_path)
    assert (row(store).office, parties(store)) == ("SNV", Parties((), ("HOI", "UBND")))


def test_given_to_a_joint_lead_it_is_held_once(store: Store) -> None:
    apply(
        store.engine,
        give_to([1], "SNV", provenance=Provenance(reason="Theo đề nghị"), context=context_of(store, DAY)),
    )
    assert (row(store).office, parties(store).joint) == ("SNV", ("SKHDT",))


def test_ended_offices_hand_over_their_part(store: Store) -> None:
    with session_scope(store.engine) as session:
        hand_over_ended_offices(session, context_of(store, at("2025-03-03")))
    assert (row(store).office, parties(store).joint) == ("SYT", ("SNV", "STC"))
    assert told(store, NoticeKind.HANDED_OVER) == ["STC"]
    with session_scope(store.engine) as session:
        hand_over_ended_offices(session, context_of(store, at("2025-03-04")))
    assert told(store, NoticeKind.HANDED_OVER) == ["STC"]


def seen(store: Store, then: datetime) -> tuple[str, Parties, set[str]]:
    """By what was known then: who answered for it, beside whom, and in whose list it stood."""
    with reading_as_it_was(store.engine, then) as connection, Session(connection) as session:
        (listed,) = assignments(connection, AssignmentFilter(), now=then)
        its = parties_of(session, [1]).get(1, Parties())
        assert listed.joint == its.joint
        everybody = ("SYT", "SKHDT", "SNV", "STC", "VHTT")
        lists = {o for o in everybody if assignments(connection, AssignmentFilter(office=o), now=then)}
    return listed.office, its, lists


FIRST = ("SYT", Parties(("SKHDT", "SNV"), ("HOI", "UBND")), {"SYT", "SKHDT", "SNV"})


def test_looking_back_shows_the_parties_of_that_day(store: Store, tmp_path: Path) -> None:
    amended(store, "lead: [SYT, SNV, VHTT]\nnamed: [UBND, SKHDT]\ndue: {lead: BY:30/06/2025}", tmp_path)
    why = Provenance(reason="Theo đề nghị")
    later = store.of_today()
    apply(store.engine, give_to([1], "SNV", provenance=why, context=context_of(later, at("2025-01-15"))))
    with session_scope(store.engine) as session:
        hand_over_ended_offices(session, context_of(later, at("2025-03-03")))
    album = {
        at("2025-01-09"): FIRST,
        at("2025-01-10"): ("SYT", Parties(("SNV", "VHTT"), ("SKHDT", "UBND")), {"SYT", "SNV", "VHTT"}),
        at("2025-02-01"): ("SNV", Parties(("VHTT",), ("SKHDT", "UBND")), {"SNV", "VHTT"}),
        at("2025-03-03"): ("SNV", Parties(("VHTT",), ("STC", "UBND")), {"SNV", "VHTT"}),
    }
    for then, as_it_was in album.items():
        assert seen(store, then) == as_it_was, then
    with reading(store.engine) as connection:  # looking back changed nothing
        assert connection.scalars(select(Party.office).order_by(Party.office)).all() == ["STC", "UBND", "VHTT"]


def test_a_part_that_came_back_is_told_apart_from_one_that_never_ended(store: Store) -> None:
    with session_scope(store.engine) as session:
        hand_over_ended_offices(session, context_of(store, at("2025-03-03")))
    for office, day in (("STC", "2025-03-05"), ("SNV", "2025-03-06")):
        why = Provenance(reason="Theo đề nghị")
        apply(store.engine, give_to([1], office, provenance=why, context=context_of(store, at(day))))
    assert seen(store, DAY) == FIRST
    assert seen(store, at("2025-03-04")) == ("SYT", Parties(("SNV", "STC"), ("HOI", "UBND")), {"SYT", "SNV", "STC"})
    assert seen(store, at("2025-03-05"))[:2] == ("STC", Parties(("SNV",), ("HOI", "UBND")))
    assert seen(store, at("2025-03-07"))[:2] == ("SNV", Parties((), ("HOI", "UBND")))
