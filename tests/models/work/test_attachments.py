"""The files of an assignment and the draft of its report, as the store keeps them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.errors import Refused
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import verify
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import State
from models.tables.report import Attachment
from models.work import attachments as files
from models.work import verbs
from models.work.attachments import (
    MAX_FILES,
    ExaminedFile,
    add_attachment,
    attachment_file,
    attachments_of,
    discard_content,
    remove_attachment,
    waiting_attachments,
)
from models.work.report_form import draft_of, save_draft
from tests.support.cast import at, begin, issue, number_of, run, t0_report
from tests.support.evidence_files import examined


@pytest.fixture
def number(store: Store) -> int:
    begin(store, "p1", at("2023-08-18"))
    return number_of(store, "T0.1")


@pytest.fixture
def context(store: Store) -> ActorContext:
    return store.actor_context(now=at("2023-08-21"), actor="office:SYT")


def lay(store: Store, number: int, context: ActorContext, file: ExaminedFile) -> int:
    with session_scope(store.engine) as session:
        return add_attachment(session, store.settings, number, file, context).id or 0


def bytes_kept(store: Store) -> list[Path]:
    return [path for path in (store.settings.data_dir / "attachments").rglob("*") if path.is_file()]


def without_files(plan: Plan) -> Plan:
    """The plan, with T0.1 on secret matter."""
    written = plan.model_dump(mode="json")
    for priority in written["priorities"]:
        for subtask in priority["subtasks"]:
            if subtask["code"] == "T0.1":
                subtask["report"]["attachments"] = "disabled"
    return Plan.model_validate(written)


def test_the_same_bytes_under_another_name_are_pointed_out(store: Store, number: int, context: ActorContext) -> None:
    file = examined()
    lay(store, number, context, file)
    with pytest.raises(Refused, match="giống hệt tệp"):
        lay(store, number, context, replace(file, name="phu-luc.docx"))


def test_files_go_along_with_the_report_and_keep_their_bytes(store: Store, number: int, context: ActorContext) -> None:
    file = examined()
    first = lay(store, number, context, file)
    assert lay(store, number, context, file) == first, "the same file twice is one"
    with session_scope(store.engine) as session:
        handed_in = verbs.report(session, number, t0_report(), context)
        files = attachments_of(session, number)
        assert [each.id for each in files[handed_in.id or 0]] == [first]
        _, path = attachment_file(session, store.settings, number, first)
        assert path.read_bytes() == file.content
        assert path.stat().st_mode & 0o077 == 0
        with pytest.raises(Refused, match="đã gửi cùng báo cáo"):
            remove_attachment(session, number, first, context)
        verbs.accept(session, number, replace(context, actor="coordinator"))
    with pytest.raises(TransitionRefused):  # until then it may be corrected
        lay(store, number, context, examined("Thêm"))
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def test_there_is_room_for_a_few_and_one_can_be_taken_back(store: Store, number: int, context: ActorContext) -> None:
    laid = [lay(store, number, context, examined(f"Kết quả {each}")) for each in range(MAX_FILES)]
    with pytest.raises(Refused, match="bỏ bớt"):
        lay(store, number, context, examined("Một tệp nữa"))
    with session_scope(store.engine) as session:
        remove_attachment(session, number, laid[0], context)
        remove_attachment(session, number, laid[0], context)
    assert lay(store, number, context, examined("Một tệp nữa"))


def test_a_file_taken_back_leaves_no_bytes_unless_other_work_has_them(
    store: Store, number: int, context: ActorContext
) -> None:
    run(store, "p1", at("2023-08-18"), offices=("STC",), run_key="another")
    other = number_of(store, "T0.1", office="STC")
    file = examined()
    laid, elsewhere = lay(store, number, context, file), lay(store, other, context, file)
    for work_number, file_number, there in ((number, laid, True), (other, elsewhere, False)):
        with session_scope(store.engine) as session:
            assert remove_attachment(session, work_number, file_number, context) == file.sha256
        with session_scope(store.engine) as session:
            discard_content(session, store.settings, file.sha256)
        assert len(bytes_kept(store)) == there
    assert lay(store, number, context, file), "and may be laid again"


def test_only_the_owner_may_look_into_the_place_of_files(store: Store, number: int, context: ActorContext) -> None:
    lay(store, number, context, examined())
    place = store.settings.data_dir / "attachments"
    assert [each.name for each in place.rglob("*.part")] == []
    for each in (place, *place.rglob("*")):
        assert each.stat().st_mode & 0o077 == 0, each


def test_bytes_that_were_lost_come_back_with_the_same_file(store: Store, number: int, context: ActorContext) -> None:
    laid = lay(store, number, context, examined())
    (lost,) = bytes_kept(store)
    lost.unlink()
    assert lay(store, number, context, examined()) == laid
    with session_scope(store.engine) as session:
        assert attachment_file(session, store.settings, number, laid)[1] == lost


def test_a_scan_is_kept_as_one(store: Store, number: int, context: ActorContext) -> None:
    scan = replace(examined("Ảnh"), readable=False)
    lay(store, number, context, scan)
    with session_scope(store.engine) as session:
        assert [each.readable for each in waiting_attachments(session, number)] == [False]


def test_what_was_accepted_meanwhile_takes_no_more(store: Store, number: int, context: ActorContext) -> None:
    """A page may have looked at the work before its report was handed in elsewhere and accepted."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("lets in one writer at a time")
    with session_scope(store.engine) as session:
        assert session.get(Assignment, number) is not None
        with session_scope(store.engine) as elsewhere:
            verbs.report(elsewhere, number, t0_report(), context)
            verbs.accept(elsewhere, number, replace(context, actor="coordinator"))
        with pytest.raises(TransitionRefused):
            add_attachment(session, store.settings, number, examined(), context)
        with pytest.raises(TransitionRefused):
            save_draft(session, number, {"text": "Muộn"}, context)


def test_files_laid_before_the_form_came_to_take_none_hold_the_report_back(
    store: Store, number: int, context: ActorContext
) -> None:
    laid = lay(store, number, context, examined())
    closed = replace(context, plan=without_files(store.plan))
    with pytest.raises(Refused, match=r"«bao-cao\.docx»"), session_scope(store.engine) as session:
        verbs.report(session, number, t0_report(), closed)
    with session_scope(store.engine) as session:
        remove_attachment(session, number, laid, closed)
        assert verbs.report(session, number, t0_report(), closed).version == 1


def test_changed_bytes_are_not_handed_out(store: Store, number: int, context: ActorContext) -> None:
    laid = lay(store, number, context, examined())
    with session_scope(store.engine) as session:
        _, path = attachment_file(session, store.settings, number, laid)
        path.write_bytes(b"something else")
        with pytest.raises(NotFound, match="không còn nguyên vẹn"):
            attachment_file(session, store.settings, number, laid)
        with pytest.raises(NotFound):
            attachment_file(session, store.settings, number + 1, laid)


def test_work_on_secret_matter_takes_no_files(store: Store, context: ActorContext) -> None:
    issue(store)
    subtask = next(
        each.code
        for each in store.plan.subtasks()
        if each.steps and each.form(each.steps[0].key).attachments == "disabled"
    )
    run(store, store.plan.priority_of(subtask), at("2023-09-20"), offices=())
    with session_scope(store.engine) as session:
        found = session.scalars(select(Assignment).where(col(Assignment.subtask) == subtask)).first()
        assert found is not None
        with pytest.raises(Refused, match="không nhận tệp"):
            add_attachment(session, store.settings, found.id or 0, examined(), context)


def test_a_crash_between_bytes_and_row_leaves_no_row(
    store: Store, number: int, context: ActorContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_record", struck)
    with pytest.raises(KeyboardInterrupt):
        lay(store, number, context, examined())
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Attachment)) == 0
    monkeypatch.undo()
    assert lay(store, number, context, examined())


def test_a_place_that_cannot_be_written_is_told_in_words(store: Store, number: int, context: ActorContext) -> None:
    place = Path(store.settings.data_dir) / "attachments"
    place.write_text("not a directory", encoding="ascii")
    with pytest.raises(Refused, match="không ghi được"):
        lay(store, number, context, examined())


class TestDrafts:
    def test_what_is_typed_is_kept_as_typed_until_it_is_handed_in(
        self, store: Store, number: int, context: ActorContext
    ) -> None:
        typed = {"so_ton_tai": "ba", "text": "Đang viết", "unknown": "x"}
        with session_scope(store.engine) as session:
            assert save_draft(session, number, typed, context) is None
        with session_scope(store.engine) as session:
            kept = draft_of(session, number)
            assert kept is not None
            assert kept.fields == {"so_ton_tai": "ba", "text": "Đang viết"}
            verbs.report(session, number, t0_report(), context)
            assert draft_of(session, number) is None
            verbs.accept(session, number, replace(context, actor="coordinator"))
            with pytest.raises(TransitionRefused):
                save_draft(session, number, typed, context)

    def test_what_may_not_be_said_is_not_kept_and_the_rest_is(
        self, store: Store, number: int, context: ActorContext
    ) -> None:
        with session_scope(store.engine) as session:
            refused = save_draft(session, number, {"so_ton_tai": "3", "text": "Gọi 0912345678"}, context)
            assert refused is not None
            assert "số điện thoại" in refused.details[0]
            kept = draft_of(session, number)
            assert kept is not None
            assert kept.fields == {"so_ton_tai": "3"}

    def test_what_was_kept_before_outlives_a_later_slip(self, store: Store, number: int, context: ActorContext) -> None:
        with session_scope(store.engine) as session:
            save_draft(session, number, {"so_ton_tai": "3", "text": "Một đoạn dài"}, context)
        with session_scope(store.engine) as session:
            assert save_draft(session, number, {"so_ton_tai": "", "text": "Gọi 0912345678"}, context) is not None
        with session_scope(store.engine) as session:
            kept = draft_of(session, number)
            assert kept is not None and kept.fields == {"so_ton_tai": "", "text": "Một đoạn dài"}

    def test_a_field_is_as_long_as_it_may_be(self, store: Store, number: int, context: ActorContext) -> None:
        with session_scope(store.engine) as session:
            refused = save_draft(session, number, {"so_ton_tai": "9" * 50, "text": "a" * 3_001}, context)
            assert refused is not None and len(refused.details) == 2
            assert "tối đa 3000" in refused.details[1] or "tối đa 3000" in refused.details[0]

    def test_in_one_transaction_a_refused_report_leaves_draft_and_files(
        self, store: Store, number: int, context: ActorContext
    ) -> None:
        with session_scope(store.engine) as session:
            assert save_draft(session, number, {"text": "Đang viết"}, context) is None
            add_attachment(session, store.settings, number, examined(), context)
            with pytest.raises(InvalidReport), session.begin_nested():
                verbs.report(session, number, t0_report(counts={}), context)
            assert session.get_one(Assignment, number).state is State.ASSIGNED
        with session_scope(store.engine) as session:
            kept = draft_of(session, number)
            assert kept is not None
            assert kept.fields == {"text": "Đang viết"}
            assert len(waiting_attachments(session, number)) == 1
            with session.begin_nested():
                verbs.report(session, number, t0_report(), context)
            assert draft_of(session, number) is None
            assert not waiting_attachments(session, number)
        with reading(store.engine) as connection:
            assert verify(connection).broken_at is None
