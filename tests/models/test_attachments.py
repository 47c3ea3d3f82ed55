"""The files of an assignment and the draft of its report, as the store keeps them."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from config.errors import Refused
from models import attachments as files
from models import work
from models.acting import Acting
from models.assignment import Assignment
from models.attachment import Attachment
from models.attachments import add_attachment, attachment_file, attachments_of, remove_attachment
from models.audit import verify
from models.database import reading, session_scope
from models.drafts import draft_of, save_draft
from models.errors import NotFound, TransitionRefused
from models.file_intake import MAX_FILES, Examined, examine
from models.store import Store
from tests.cast import at, issue, number_of, run, t0_report
from tests.models.test_file_intake import word


def examined(text: str = "Kết quả") -> Examined:
    return examine("bao-cao.docx", io.BytesIO(word(text)))


@pytest.fixture
def number(store: Store) -> int:
    issue(store)
    run(store, "p1", at("2023-08-18"))
    return number_of(store, "T0.1")


@pytest.fixture
def acting(store: Store) -> Acting:
    return store.acting(now=at("2023-08-21"), actor="office:SYT")


def lay(store: Store, number: int, acting: Acting, file: Examined) -> int:
    with session_scope(store.engine) as session:
        return add_attachment(session, store.settings, number, file, acting).id or 0


def test_files_go_along_with_the_report_and_keep_their_bytes(store: Store, number: int, acting: Acting) -> None:
    file = examined()
    first = lay(store, number, acting, file)
    assert lay(store, number, acting, file) == first, "the same file twice is one"
    with session_scope(store.engine) as session:
        handed_in = work.report(session, number, t0_report(), acting)
        files = attachments_of(session, number)
        assert [each.id for each in files[handed_in.id or 0]] == [first]
        _, path = attachment_file(session, store.settings, number, first)
        assert path.read_bytes() == file.content
        assert path.stat().st_mode & 0o077 == 0
        with pytest.raises(Refused, match="đã gửi cùng báo cáo"):
            remove_attachment(session, number, first, acting)
    with pytest.raises(TransitionRefused):
        lay(store, number, acting, examined("Thêm"))
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def test_there_is_room_for_a_few_and_one_can_be_taken_back(store: Store, number: int, acting: Acting) -> None:
    laid = [lay(store, number, acting, examined(f"Kết quả {each}")) for each in range(MAX_FILES)]
    with pytest.raises(Refused, match="bỏ bớt"):
        lay(store, number, acting, examined("Một tệp nữa"))
    with session_scope(store.engine) as session:
        remove_attachment(session, number, laid[0], acting)
        remove_attachment(session, number, laid[0], acting)
    assert lay(store, number, acting, examined("Một tệp nữa"))


def test_changed_bytes_are_not_handed_out(store: Store, number: int, acting: Acting) -> None:
    laid = lay(store, number, acting, examined())
    with session_scope(store.engine) as session:
        _, path = attachment_file(session, store.settings, number, laid)
        path.write_bytes(b"something else")
        with pytest.raises(NotFound, match="không còn nguyên vẹn"):
            attachment_file(session, store.settings, number, laid)
        with pytest.raises(NotFound):
            attachment_file(session, store.settings, number + 1, laid)


def test_work_on_secret_matter_takes_no_files(store: Store, acting: Acting) -> None:
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
            add_attachment(session, store.settings, found.id or 0, examined(), acting)


def test_a_crash_between_bytes_and_row_leaves_no_row(
    store: Store, number: int, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_record", struck)
    with pytest.raises(KeyboardInterrupt):
        lay(store, number, acting, examined())
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Attachment)) == 0
    monkeypatch.undo()
    assert lay(store, number, acting, examined())


def test_a_place_that_cannot_be_written_is_told_in_words(store: Store, number: int, acting: Acting) -> None:
    place = Path(store.settings.data_dir) / "attachments"
    place.write_text("not a directory", encoding="ascii")
    with pytest.raises(Refused, match="không ghi được"):
        lay(store, number, acting, examined())


class TestDrafts:
    def test_what_is_typed_is_kept_as_typed_until_it_is_handed_in(
        self, store: Store, number: int, acting: Acting
    ) -> None:
        typed = {"so_ton_tai": "ba", "text": "Đang viết", "unknown": "x"}
        with session_scope(store.engine) as session:
            assert save_draft(session, number, typed, acting) is None
        with session_scope(store.engine) as session:
            kept = draft_of(session, number)
            assert kept is not None
            assert kept.fields == {"so_ton_tai": "ba", "text": "Đang viết"}
            work.report(session, number, t0_report(), acting)
            assert draft_of(session, number) is None
            with pytest.raises(TransitionRefused):
                save_draft(session, number, typed, acting)

    def test_what_may_not_be_said_is_not_kept_and_the_rest_is(self, store: Store, number: int, acting: Acting) -> None:
        with session_scope(store.engine) as session:
            refused = save_draft(session, number, {"so_ton_tai": "3", "text": "Gọi 0912345678"}, acting)
            assert refused is not None
            assert "số điện thoại" in refused.details[0]
            kept = draft_of(session, number)
            assert kept is not None
            assert kept.fields == {"so_ton_tai": "3"}
