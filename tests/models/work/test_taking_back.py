"""What an office takes back or corrects before it is decided on: the old version stays on record, nothing is lost."""

from datetime import date

import pytest
from sqlmodel import col, select

from config.errors import Refused
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.audit_event import AuditEvent
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.lifecycle import ExtensionState, NoticeKind, NoticeState, ReportState, State
from models.tables.outbox import Notice
from models.tables.report import Report
from models.work import verbs
from models.work.attachments import add_attachment, attachments_of, waiting_attachments
from models.work.queries import AssignmentFilter, assignments, history
from models.work.report_form import draft_of, files_kept, save_draft
from tests.support.cast import at, begin, number_of, t0_report
from tests.support.evidence_files import examined

SENT, LATER, PAST_DUE = at("2023-08-21", 9), at("2023-08-22", 9), at("2023-09-20", 9)


@pytest.fixture
def number(store: Store) -> int:
    """The number of T0.1 of SYT, due on 11/9, reported with one file."""
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        context = store.actor_context(now=SENT, actor="office:SYT")
        add_attachment(session, store.settings, number, examined(), context)
        verbs.report(session, number, t0_report(), context)
    return number


def states(store: Store, number: int) -> list[ReportState]:
    with reading_session(store.engine) as session:
        return list(
            session.exec(select(Report.state).where(Report.assignment_id == number).order_by(col(Report.version)))
        )


def test_a_report_taken_back_is_a_draft_again_with_its_files(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        taken = verbs.take_back(session, number, store.actor_context(now=LATER, actor="office:SYT"), version=1)
        assert (taken.state, taken.reported_at) == (State.ACKNOWLEDGED, None)
        assert taken.next_alert_at is not None, "the ladder runs again"
        draft = draft_of(session, number)
        assert draft is not None and draft.fields["so_ton_tai"] == "3"
        assert draft.fields["document_date"] == "18/08/2023"
        assert [each.name for each in waiting_attachments(session, number)] == ["bao-cao.docx"]
        assert [each.name for files in attachments_of(session, number).values() for each in files] == ["bao-cao.docx"]
    assert states(store, number) == [ReportState.TAKEN_BACK]
    with session_scope(store.engine) as session:
        context = store.actor_context(now=PAST_DUE, actor="office:SYT")
        again = verbs.report(session, number, t0_report(text="Đã bổ sung."), context)
        assert again.version == 2 and draft_of(session, number) is None
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def test_a_correction_is_a_new_version_and_counts_from_when_it_is_sent(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=PAST_DUE, actor="office:SYT")
        corrected = verbs.report(session, number, t0_report(text="Đã sửa số liệu."), context, corrects=1)
        session.flush()
        found = session.get_one(Assignment, number)
        assert (corrected.version, found.state, found.reported_at) == (2, State.REPORTED, PAST_DUE)
        assert [each.name for each in attachments_of(session, number)[corrected.id or 0]] == ["bao-cao.docx"]
    assert states(store, number) == [ReportState.TAKEN_BACK, ReportState.SUBMITTED]
    with session_scope(store.engine) as session:
        told = select(Notice.rung, Notice.state).where(Notice.kind == NoticeKind.REPORT_RECEIVED)
        assert session.exec(told.order_by(col(Notice.id))).all() == [
            ("report:1", NoticeState.PENDING),
            ("report:2", NoticeState.PENDING),
        ]
        context = store.actor_context(now=PAST_DUE, actor="coordinator")
        with pytest.raises(Refused, match="mới hơn"):
            verbs.accept(session, number, context, version=1)
        assert verbs.accept(session, number, context, version=2).state is State.ACCEPTED


def test_of_the_corrected_version_only_the_files_that_are_kept_go_along(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=LATER, actor="office:SYT")
        corrected = verbs.report(session, number, t0_report(), context, corrects=1, keep=())
        assert corrected.id not in attachments_of(session, number)


def test_a_correction_begun_is_no_part_of_the_report_after_acceptance(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        office = store.actor_context(now=LATER, actor="office:SYT")
        save_draft(session, number, {"so_ton_tai": "7"}, office, keep=(1, ()))
        add_attachment(session, store.settings, number, examined("Bản mới"), office)
        verbs.accept(session, number, store.actor_context(now=LATER, actor="coordinator"))
    with session_scope(store.engine) as session:
        assert draft_of(session, number) is None and not waiting_attachments(session, number)
        assert [each.name for files in attachments_of(session, number).values() for each in files] == ["bao-cao.docx"]
        gone = select(AuditEvent.subject).where(AuditEvent.verb == "detach")
        assert session.exec(gone).all() == [f"assignment:{number}"]


def test_taking_back_leaves_the_correction_that_was_begun(store: Store, number: int) -> None:
    office = store.actor_context(now=LATER, actor="office:SYT")
    with session_scope(store.engine) as session:
        save_draft(session, number, {"so_ton_tai": "7"}, office, keep=(1, ()))
    with session_scope(store.engine) as session:
        verbs.take_back(session, number, office)
    with session_scope(store.engine) as session:
        draft = draft_of(session, number)
        assert draft is not None and draft.fields["so_ton_tai"] == "7"
        assert not waiting_attachments(session, number), "it was to go without the file"
        assert attachments_of(session, number)


def test_the_ticks_of_a_draft_are_those_of_the_version_it_corrects(store: Store, number: int) -> None:
    office = store.actor_context(now=LATER, actor="office:SYT")
    with session_scope(store.engine) as session:
        assert files_kept(draft_of(session, number), 1) is None
        save_draft(session, number, {}, office, keep=(1, (14, 3)))
        save_draft(session, number, {"so_ton_tai": "7"}, office)
        draft = draft_of(session, number)
        assert (files_kept(draft, 1), files_kept(draft, 2)) == ({3, 14}, None)


def test_a_form_sent_again_after_it_was_taken_back_is_a_new_report_once(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number, office = number_of(store, "T0.1"), store.actor_context(now=SENT, actor="office:SYT")

    def send(now: str = "2023-08-21") -> int:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at(now, 10), actor="office:SYT")
            return verbs.report(session, number, t0_report(), context, submission="one").version

    assert send() == send() == 1
    with session_scope(store.engine) as session:
        verbs.take_back(session, number, office)
    assert send("2023-08-22") == send("2023-08-22") == 2
    assert states(store, number) == [ReportState.TAKEN_BACK, ReportState.SUBMITTED]
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def test_a_request_sent_again_after_it_was_withdrawn_is_a_new_one_once(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number, office = number_of(store, "T0.1"), store.actor_context(now=SENT, actor="office:SYT")

    def ask(until: date = date(2023, 9, 20)) -> int | None:
        with session_scope(store.engine) as session:
            return verbs.request_extension(session, number, until, "Chờ số liệu.", office, submission="one").id

    first = ask()
    assert ask() == first
    for until in (date(2023, 9, 20), date(2023, 9, 22)):
        with session_scope(store.engine) as session:
            verbs.withdraw_request(session, number, office)
        following = ask(until)
        assert following != first and ask(until) == following


def test_what_is_decided_or_replaced_is_not_taken_back(store: Store, number: int) -> None:
    office = store.actor_context(now=LATER, actor="office:SYT")
    with session_scope(store.engine) as session, pytest.raises(Refused, match="không còn chờ quyết định"):
        verbs.take_back(session, number, office, version=7)
    with session_scope(store.engine) as session:
        verbs.return_(session, number, "Thiếu phụ lục.", store.actor_context(now=LATER, actor="coordinator"))
    for late in (
        lambda session: verbs.take_back(session, number, office),
        lambda session: verbs.report(session, number, t0_report(), office, corrects=1),
    ):
        with session_scope(store.engine) as session, pytest.raises(TransitionRefused):
            late(session)
    assert states(store, number) == [ReportState.RETURNED]


def test_a_request_is_withdrawn_until_it_is_decided_on(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number, office = number_of(store, "T0.1"), store.actor_context(now=SENT, actor="office:SYT")
    with session_scope(store.engine) as session, pytest.raises(Refused, match="gia hạn nào đang chờ"):
        verbs.withdraw_request(session, number, office)
    with session_scope(store.engine) as session:
        verbs.request_extension(session, number, date(2023, 9, 29), "Chờ số liệu.", office)
    with session_scope(store.engine) as session:
        verbs.withdraw_request(session, number, office)
    with session_scope(store.engine) as session:
        assert [each.state for each in history(session, number, now=SENT).extensions] == [ExtensionState.WITHDRAWN]
        coordinator = store.actor_context(now=SENT, actor="coordinator")
        with pytest.raises(NotFound):
            verbs.grant_extension(session, number, None, coordinator)
        verbs.request_extension(session, number, date(2023, 9, 27), "Chờ số liệu quý II.", office)


@pytest.mark.sqlite_only
def test_the_past_knows_a_report_that_was_taken_back_later(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        verbs.take_back(session, number, store.actor_context(now=LATER, actor="office:SYT"))
    with reading_as_it_was(store.engine, at("2023-08-21", 10)) as connection:
        found = {row.id: row.state for row in assignments(connection, AssignmentFilter(), now=at("2023-08-21", 10))}
        assert found[number] is State.REPORTED
