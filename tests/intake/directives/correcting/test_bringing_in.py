"""A file becomes a draft: looked through before the store is held, and not longer than can be looked through."""

from io import BytesIO

import pytest
from sqlmodel import select

from config import boundary
from config.errors import Refused
from intake.directives.correcting import bringing_in, passages
from intake.directives.correcting.bringing_in import LONGEST_DIRECTIVE, bring_in
from intake.directives.correcting.passages import PassageReader
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.edition import DirectiveDraft
from tests.support.cast import at
from tests.support.launching import TEXT
from tests.support.write_turn import while_held

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]  # each reads in a process of its own


def desk(store: Store) -> ActorContext:
    return store.actor_context(now=at("2023-08-18"), actor="coordinator")


def test_a_text_is_looked_through_before_the_store_is_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held = while_held(monkeypatch, (boundary, "findings"), (bringing_in, "draft_or_text"))
    number, tasks = bring_in(store, "kh.txt", BytesIO(TEXT.encode()), desk(store))
    assert number and tasks and not held


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT + "Các cơ quan thực hiện nghiêm kế hoạch này.\n" * (LONGEST_DIRECTIVE // 40), "100 trang"),
        (TEXT + "Kèm theo.\n" * 2500 + "Liên hệ số căn cước 079085001234.\n", "Văn bản «kh.txt»"),
    ],
)
def test_what_may_not_be_kept_is_refused_in_words(store: Store, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bring_in(store, "kh.txt", BytesIO(text.encode()), desk(store))
    with reading_session(store.engine) as session:
        assert not session.exec(select(DirectiveDraft)).all()


def test_a_text_that_cannot_be_drafted_is_kept_without_rows(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(passages, "draft_of", fails)
    number, tasks = bring_in(store, "kh.txt", BytesIO(TEXT.encode()), desk(store))
    with reading_session(store.engine) as session:
        kept = session.exec(select(DirectiveDraft)).one()
        assert (kept.id, kept.tasks, tasks) == (number, [], 0) and TEXT[:40] in kept.text
        assert any("Không lập được bản thảo" in vi for vi, _ in kept.layout["notes"])
    reader = PassageReader.of(TEXT, store.plan.office_names, "")
    assert reader.task(0, 40)[0].why == ("đoạn do người soát chọn",), "a passage is added by hand"
