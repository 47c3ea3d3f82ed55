"""What offices that are only named contribute: kept, audited, told to those who lead, and nothing else changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.errors import Refused
from config.settings import Settings
from flows.steps import notify
from models.alerts.due_alerts import sweep
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.lifecycle import NoticeKind
from models.tables.outbox import Message, Notice
from models.tables.report import Attachment, Contribution
from models.work import verbs
from models.work.attachments import MAX_FILES, ExaminedFile, contributed_files, remove_attachment, waiting_attachments
from models.work.queries import AssignmentFilter, assignments, history
from tests.support.cast import DAY, at, one_step_assigned
from tests.support.deeds import all_assignments
from tests.support.evidence_files import examined

STEP = "lead: [SYT, SNV]\nnamed: [UBND, HOI]\ndue: {lead: BY:30/06/2025}"
SAID = "Đề nghị bổ sung số liệu 5 năm."


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """One subtask that SYT and SNV lead jointly, of which UBND and HOI are told."""
    with one_step_assigned(settings, tmp_path, STEP) as opened:
        assert set(all_assignments(opened)) == {1}
        yield opened


def contributed(
    store: Store, office: str, text: str = SAID, files: tuple[ExaminedFile, ...] = (), submission: str | None = None
) -> int:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=DAY, actor=f"office:{office}")
        added = verbs.contribute(session, store.settings, 1, text, context, files=files, submission=submission)
        return added.id or 0


def test_it_is_kept_audited_and_told_to_every_lead(store: Store) -> None:
    before = row_of(store)
    number = contributed(store, "HOI", f" {SAID}\n")
    assert row_of(store) == before
    with reading_session(store.engine) as session:
        found = history(session, 1, now=DAY)
        assert [(each.office, each.text) for each in found.contributions] == [("HOI", SAID)]
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
        assert event is not None and (event.actor, event.verb) == ("office:HOI", "contribute")
        assert event.details == {"contribution": number}
        told = session.exec(select(Notice.office).where(Notice.kind == NoticeKind.CONTRIBUTED)).all()
        assert sorted(told) == ["SNV", "SYT"]
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def row_of(store: Store) -> dict[str, object]:
    with reading_session(store.engine) as session:
        return session.get_one(Assignment, 1).model_dump()


def test_the_digest_of_the_leads_says_whose_it_is_and_the_named_office_stays_unurged(store: Store) -> None:
    contributed(store, "HOI")
    with session_scope(store.engine) as session:
        sweep(session, store.actor_context(now=at("2025-07-15"), actor="flow"))
    notify(store, at("2025-07-15", 9))
    with reading_session(store.engine) as session:
        bodies = {}
        for each in session.exec(select(Message)):
            bodies[each.office] = bodies.get(each.office, "") + each.body_text
    name = store.plan.office("HOI").name_vi
    for lead in ("SYT", "SNV"):
        # The work stands once, under what weighs most; the rest that is new of it stands below.
        assert "VIỆC ĐÃ QUÁ HẠN (1)" in bodies[lead] and f"góp ý của {name}" in bodies[lead]
    assert "QUÁ HẠN" not in bodies["HOI"] and "GÓP Ý" not in bodies["HOI"]


@pytest.mark.parametrize("office", ["SYT", "SNV", "STC", "UNKNOWN"])
def test_only_who_is_named_may(store: Store, office: str) -> None:
    with pytest.raises(NotFound):
        contributed(store, office)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nội dung góp ý: chưa ghi"),
        (" \n ", "Nội dung góp ý: chưa ghi"),
        ("x" * 3001, "Nội dung góp ý: dài 3001"),
        ("Gọi 0912 345 678 để biết.", "Nội dung góp ý: có số điện thoại"),
        ("Ông Nguyễn Văn An đề nghị.", "Nội dung góp ý: có tên người"),
    ],
)
def test_what_may_not_be_written_is_refused_as_in_reports(store: Store, text: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        contributed(store, "HOI", text)
    assert str(refused.value).startswith(says)
    with reading_session(store.engine) as session:
        assert session.exec(select(Contribution)).all() == []


def test_the_same_form_twice_is_one_and_filled_in_anew_is_another(store: Store) -> None:
    first = contributed(store, "HOI", submission="1-a")
    assert contributed(store, "HOI", submission="1-a") == first
    more = contributed(store, "HOI", "Thêm một ý.", submission="1-a")
    assert more != first
    assert contributed(store, "HOI", "Thêm một ý.", submission="1-a") == more, "filled in anew, and sent twice"
    assert contributed(store, "UBND", submission="1-a") not in (0, first)


def test_its_files_come_with_it_and_stay_out_of_the_report(store: Store) -> None:
    number = contributed(store, "HOI", files=(examined("Góp ý"),))
    with session_scope(store.engine) as session:
        files = contributed_files(session, 1)
        assert [each.name for each in files[number]] == ["bao-cao.docx"]
        assert waiting_attachments(session, 1) == []
        with pytest.raises(Refused, match="đã gửi cùng góp ý"):
            context = store.actor_context(now=DAY, actor="office:SYT")
            remove_attachment(session, 1, files[number][0].id or 0, context)
    many = tuple(examined(f"Tệp {each}") for each in range(MAX_FILES + 1))
    with pytest.raises(Refused, match="Tệp kèm theo"):
        contributed(store, "HOI", files=many)
    with reading_session(store.engine) as session:
        assert len(session.exec(select(Attachment)).all()) == 1


def test_nothing_is_added_to_what_is_over(store: Store) -> None:
    with session_scope(store.engine) as session:
        verbs.withdraw(session, 1, "Giao nhầm.", store.actor_context(now=DAY, actor="coordinator"))
    with pytest.raises(TransitionRefused):
        contributed(store, "HOI")


def test_the_past_can_still_be_read(store: Store) -> None:
    contributed(store, "HOI")
    later = at("2025-02-01")
    with session_scope(store.engine) as session:
        verbs.acknowledge(session, 1, store.actor_context(now=later, actor="office:SYT"))
    with reading_as_it_was(store.engine, at("2025-01-20")) as connection:
        found = assignments(connection, AssignmentFilter(), now=at("2025-01-20"))
        assert [each.state for each in found] == ["assigned"]
