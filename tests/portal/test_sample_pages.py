"""The sample is marked on every page, and each visitor's first page says what to try; a real house has neither."""

from datetime import timedelta

import pytest
from sqlmodel import update

from models.store.database import session_scope
from models.tables.anchor import Anchor
from tests.support.people import House

FIRST_PAGES = {"coordinator": "/desk", "manager": "/board", "office": "/assignments"}
MARK, STEPS = "DỮ LIỆU MẪU", "Làm quen trong ba bước"

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


@pytest.mark.parametrize("who", FIRST_PAGES)
def test_the_sample_is_marked_and_explained_to_whoever_comes_in(house: House, who: str) -> None:
    visitor = house.office("SYT") if who == "office" else getattr(house, who)()
    page = visitor.get(FIRST_PAGES[who]).text
    assert MARK not in page and STEPS not in page
    with session_scope(house.store.engine) as session:
        session.exec(update(Anchor).values(is_sample=True))
    house.clock.now += timedelta(minutes=1)
    page = visitor.get(FIRST_PAGES[who]).text
    assert MARK in page and STEPS in page
    assert page.count("<li>", page.index(STEPS), page.index("</ol>", page.index(STEPS))) == 3
    other = visitor.get("/assignments/1").text
    assert MARK in other and STEPS not in other


def test_whoever_has_no_link_is_told_where_the_sample_s_are(house: House) -> None:
    stranger = house.stranger()
    assert "dondoc mailbox" not in stranger.get("/sign-in").text
    with session_scope(house.store.engine) as session:
        session.exec(update(Anchor).values(is_sample=True))
    house.clock.now += timedelta(minutes=1)
    assert "dondoc mailbox" in stranger.get("/sign-in").text
