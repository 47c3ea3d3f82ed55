"""Questions between an office and its coordinator: kept, audited, told to the other side, answered once."""

import pytest
from sqlmodel import col, select

from config.errors import Refused
from flows.steps import notify
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import reading, reading_session, session_scope
from models.tables.errors import NotFound
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.work import verbs
from models.work.deeds.direct import give_to
from models.work.lists.questions import questions_waiting
from models.work.queries import history
from tests.support.cast import at, begin, number_of
from tests.support.deeds import WHY, acting, done

ASKED, ANSWERED = at("2023-08-21", 9), at("2023-08-22", 9)
WHAT, THIS = "Biểu 02 tính cả đơn vị trực thuộc không?", "Có, gồm cả đơn vị trực thuộc."


@pytest.fixture
def number(store: Store) -> int:
    begin(store, "p1", at("2023-08-18"))
    return number_of(store, "T0.1")


def ask(store: Store, number: int, actor: str = "office:SYT", text: str = WHAT, submission: str | None = None) -> int:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=ASKED, actor=actor)
        return verbs.ask(session, number, text, context, submission=submission).id or 0


def answer(store: Store, number: int, question: int, actor: str = "coordinator", text: str = THIS) -> None:
    with session_scope(store.engine) as session:
        verbs.answer(session, number, question, text, store.actor_context(now=ANSWERED, actor=actor))


def told(store: Store, kind: NoticeKind) -> list[str]:
    with reading_session(store.engine) as session:
        query = select(Notice.desk).where(Notice.kind == kind).order_by(col(Notice.id))
        return [desk.value for desk in session.exec(query)]


def test_a_form_filled_in_anew_and_sent_twice_is_one_question_more(store: Store, number: int) -> None:
    asked = [ask(store, number, text=text, submission="a") for text in (WHAT, "Biểu 03?", "Biểu 03?", WHAT)]
    assert len({*asked}) == 2 and asked[1] == asked[2] and asked[0] == asked[3]


def test_the_other_side_is_told_and_answers_once(store: Store, number: int) -> None:
    question = ask(store, number, submission="a")
    assert ask(store, number, submission="a") == question, "the same form twice is one question"
    assert told(store, NoticeKind.ASKED) == ["coordinator"]
    with reading(store.engine) as connection:
        waiting, total = questions_waiting(connection, limit=10)
        assert total == 1
        assert [(each.id, each.text, each.assignment.id) for each in waiting] == [(question, WHAT, number)]
        assert questions_waiting(connection, office="SYT", limit=10) == ([], 0)
    with pytest.raises(NotFound):
        answer(store, number, question, actor="office:SYT")
    answer(store, number, question)
    answer(store, number, question)
    with pytest.raises(Refused, match="đã được trả lời"):
        answer(store, number, question, text="Không.")
    assert told(store, NoticeKind.ANSWERED) == ["focal"]
    with reading_session(store.engine) as session:
        (found,) = history(session, number, now=ANSWERED).questions
        assert (found.answer, found.answered_at) == (THIS, ANSWERED)
    with reading(store.engine) as connection:
        assert questions_waiting(connection, limit=10)[1] == 0
        assert verify(connection).broken_at is None


def test_the_coordinator_asks_and_the_office_answers_also_when_the_work_is_over(store: Store, number: int) -> None:
    question = ask(store, number, actor="coordinator:1")
    with reading(store.engine) as connection:
        assert questions_waiting(connection, office="SYT", limit=10)[1] == 1
    with session_scope(store.engine) as session:
        verbs.withdraw(session, number, "Giao nhầm đơn vị.", store.actor_context(now=ASKED, actor="coordinator"))
    with pytest.raises(Refused):
        ask(store, number)
    answer(store, number, question, actor="office:SYT")
    assert told(store, NoticeKind.ANSWERED) == ["coordinator"]


@pytest.mark.parametrize("text", ["", "Hỏi ông Nguyễn Văn Nam, 0912 345 678", "x" * 1001])
def test_what_crosses_the_boundary_is_not_kept(store: Store, number: int, text: str) -> None:
    with pytest.raises(Refused, match="Câu hỏi"):
        ask(store, number, text=text)


@pytest.mark.sqlite_only
def test_a_digest_says_what_was_asked_and_what_was_answered(store: Store, number: int) -> None:
    question = ask(store, number)
    notify(store, at("2023-08-21", 10))
    answer(store, number, question)
    notify(store, at("2023-08-22", 10))
    with reading_session(store.engine) as session:
        texts = "\n".join(session.exec(select(Message.body_text).order_by(col(Message.id))))
    assert f"hỏi: {WHAT}" in texts and f"trả lời: {THIS}" in texts
    assert "CÂU HỎI CHỜ TRẢ LỜI (1)" in texts and "CÂU HỎI ĐÃ ĐƯỢC TRẢ LỜI (1)" in texts


def test_who_asked_is_answered_also_where_another_office_has_the_work_by_then(store: Store, number: int) -> None:
    question = ask(store, number)
    done(store, give_to([number], "STC", provenance=WHY, context=acting(store, at("2023-08-21", 11))))
    answer(store, number, question)
    notify(store, at("2023-08-22", 10))
    with reading_session(store.engine) as session:
        answers = select(Notice.office, Notice.state).where(Notice.kind == NoticeKind.ANSWERED)
        assert set(session.exec(answers)) == {("SYT", NoticeState.SENT), ("STC", NoticeState.SENT)}


@pytest.mark.sqlite_only
def test_a_question_answered_before_the_letter_leaves_is_not_told(store: Store, number: int) -> None:
    answer(store, number, ask(store, number))
    notify(store, at("2023-08-22", 10))
    with reading_session(store.engine) as session:
        texts = "\n".join(session.exec(select(Message.body_text)))
    assert "hỏi:" not in texts and f"trả lời: {THIS}" in texts
