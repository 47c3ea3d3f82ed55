"""A full disk is told in words on every page and to programs, and never with where the database is."""

import pytest
from sqlalchemy import event

from models.access.accounts import make_token
from models.keeping.opening import Store
from models.store.database import session_scope
from tests.support.cast import at, begin, number_of
from tests.support.doorstep import Portal, words

pytestmark = pytest.mark.sqlite_only
NO_ROOM = "hết chỗ trên đĩa"


@pytest.fixture
def full(store: Store) -> Portal:
    """A coordinator is signed in; from then on the database may not grow by a page."""
    begin(store, "p1", at("2023-08-18"))
    return Portal(store)


def fill(store: Store) -> None:
    event.listen(store.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count = 1"))


def test_a_page_says_so_and_keeps_what_was_typed(full: Portal) -> None:
    browser = full.signed_in(full.account())
    browser.get("/desk/directives")
    fill(full.store)
    for number in range(60):  # until the pages there are have no room left
        fields = {"entry": "document", "number": f"{number}/CV", "on_date": "2023-09-11", "title": "Công văn " * 20}
        answer = browser.send("/desk/directives", fields)
        if answer.status_code != 303:
            break
    assert answer.status_code == 503
    assert NO_ROOM in words(answer) and "Công văn" in answer.text
    assert "dondoc.sqlite" not in answer.text and answer.headers["Retry-After"] == "60"
    assert browser.get("/desk").status_code == 200, "what there is can be read"


def test_a_program_is_told_the_same(full: Portal) -> None:
    with session_scope(full.store.engine) as session:
        context = full.store.actor_context(now=full.now, actor="command")
        token = make_token(session, name="Phần mềm", office="SYT", role=None, days=1, context=context)
    fill(full.store)
    browser = full.browser()
    for number in range(60):
        answer = browser.web.post(
            f"/api/v1/assignments/{number + 1}/delegate",
            json={"unit": f"Phòng {number} " * 10},
            headers={"Authorization": f"Bearer {token}"},
        )
        if answer.status_code == 503:
            break
    assert answer.status_code == 503 and NO_ROOM in answer.json()["detail"]
    assert "dondoc.sqlite" not in answer.text


def test_what_is_acknowledged_together_is_given_up_at_once(full: Portal) -> None:
    office, numbers = full.browser(), [number_of(full.store, "T0.1"), 999_999]
    office.get(full.door("SYT"))
    office.get("/acknowledge")
    event.listen(full.store.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA query_only = ON"))
    answer = office.send("/acknowledge", {"n": [str(each) for each in numbers]})
    assert answer.status_code == 422 and "Đã tiếp nhận 0 việc" in words(answer)
    assert "Ổ đĩa của máy chủ không ghi được" in words(answer)
    assert "dondoc.sqlite" not in answer.text and "999999" not in words(answer)
