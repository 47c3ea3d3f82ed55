"""Signed links: whose door they open, for how long, and what they say when they do not."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.errors import Refused
from config.settings import load_settings
from models.access.office_links import LinkRevoked, OfficeEnded, office_links, revoke_links
from models.access.signed_links import LinkExpired, LinkForged, Signer
from models.keeping.opening import Store
from models.store.audit import AuditEvent
from models.store.database import session_scope
from tests.support.cast import at

NOW = at("2023-09-12")


def door_link(store: Store, office: str, *, now: datetime, to: str = "") -> str:
    return office_links(store.settings).link(office, now=now, to=to)


def token_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


def opened(store: Store, token: str, when: str = "2023-09-12", hour: int = 8) -> str:
    with session_scope(store.engine) as session:
        return office_links(store.settings).open(session, token, plan=store.plan, now=at(when, hour))


def revoke(store: Store, office: str = "SYT", when: str = "2023-09-12", hour: int = 8) -> None:
    with session_scope(store.engine) as session:
        revoke_links(session, office, store.actor_context(now=at(when, hour), actor="coordinator"))


def test_a_link_opens_its_own_office_s_door(store: Store) -> None:
    link = door_link(store, "SYT", now=NOW)
    assert link.startswith("http://127.0.0.1:4280/door/")
    assert opened(store, token_of(link)) == "SYT"
    assert opened(store, token_of(door_link(store, "CAT", now=NOW))) == "CAT"


def test_a_link_leads_to_a_page_and_stays_short(store: Store) -> None:
    link = door_link(store, "SYT", now=NOW, to="/assignments/17")
    assert link.endswith("?to=/assignments/17")
    assert len(token_of(link)) <= 70
    assert opened(store, token_of(link)) == "SYT"
    # The same moment gives the same link: a message that is tried again says the same.
    assert door_link(store, "SYT", now=NOW, to="/assignments/17") == link


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "x",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.replace(".", ""),
        lambda token: "é\udc80" + token,
        lambda token: "W10." + token.partition(".")[2],
        lambda token: token.partition(".")[0] + "." + "A" * 27,
        lambda token: "." * 5_000,
    ],
)
def test_what_was_not_made_here_opens_nothing(store: Store, spoil: object) -> None:
    token = token_of(door_link(store, "SYT", now=NOW))
    with pytest.raises(LinkForged, match="cắt ngắn"):
        opened(store, spoil(token))  # type: ignore[operator]


def test_a_link_of_another_key_or_purpose_opens_nothing(store: Store) -> None:
    elsewhere = load_settings({"DONDOC_SECRET_KEY": "another key of at least 32 letters"})
    for signer in (Signer(elsewhere, "door"), Signer(store.settings, "sign-in")):
        with pytest.raises(LinkForged):
            opened(store, signer.issue("SYT", now=NOW, life=timedelta(days=30)))


def test_a_link_of_a_token_for_one_office_cannot_be_turned_to_another(store: Store) -> None:
    mine, theirs = (token_of(door_link(store, office, now=NOW)) for office in ("SYT", "CAT"))
    with pytest.raises(LinkForged):
        opened(store, f"{theirs.partition('.')[0]}.{mine.partition('.')[2]}")


def test_a_link_lives_its_days_and_no_longer(store: Store) -> None:
    token = token_of(door_link(store, "SYT", now=NOW))
    assert opened(store, token, "2023-10-12", 7) == "SYT"
    with pytest.raises(LinkExpired, match="12/10/2023") as refused:
        opened(store, token, "2023-10-12", 8)
    assert "30 ngày" in str(refused.value)


def test_revoking_closes_what_was_made_before_and_only_for_that_office(store: Store) -> None:
    before, other = (token_of(door_link(store, office, now=NOW)) for office in ("SYT", "CAT"))
    revoke(store)
    with pytest.raises(LinkRevoked, match="thu hồi"):
        opened(store, before)
    assert opened(store, other) == "CAT"
    just_after = token_of(door_link(store, "SYT", now=NOW + timedelta(milliseconds=1)))
    assert opened(store, just_after, hour=9) == "SYT"
    revoke(store, hour=10)
    with pytest.raises(LinkRevoked):
        opened(store, just_after, hour=11)


def test_revoking_is_on_record_and_knows_its_offices(store: Store) -> None:
    with pytest.raises(Refused, match="SXX"):
        revoke(store, "SXX")
    revoke(store)
    with session_scope(store.engine) as session:
        event = session.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
    assert event is not None
    assert (event.verb, event.subject, event.actor) == ("revoke_links", "office:SYT", "coordinator")


def test_an_ended_office_s_link_opens_nothing_and_says_who_took_over(store: Store) -> None:
    ended = next(office for office in store.plan.offices if office.valid_to and office.successor)
    assert ended.valid_to is not None
    last_day, heir = ended.valid_to, store.plan.current_office(ended.code, ended.valid_to + timedelta(days=1))
    token = token_of(door_link(store, ended.code, now=at(last_day)))
    assert opened(store, token, last_day.isoformat(), 23) == ended.code
    with pytest.raises(OfficeEnded) as refused:
        opened(store, token, (last_day + timedelta(days=1)).isoformat())
    assert store.plan.office(heir).name_vi in str(refused.value)


def test_a_link_of_an_office_the_plan_no_longer_knows_opens_nothing(store: Store) -> None:
    token = Signer(store.settings, "door").issue("GONE", now=NOW, life=timedelta(days=30))
    with pytest.raises(OfficeEnded, match="hỏi"):
        opened(store, token, date(2023, 9, 13).isoformat())
