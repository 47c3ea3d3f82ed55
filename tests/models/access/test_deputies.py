"""Deputies by date: whose rights an account has on a day, and who gets a desk's letters as well."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address, Contacts, with_copies
from config.contacts.desks import Desk
from config.errors import Refused
from models.access.accounts import add_user, disable_user
from models.access.changing import change_user
from models.access.deputies import (
    Rights,
    appoint,
    appoint_for_desk,
    copies_to,
    deputies,
    end_deputy,
    rights_on,
    why_useless,
    without_effect,
)
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.account import User, UserRole
from tests.support.cast import COORDINATOR, LEAD, at

pytestmark = pytest.mark.sqlite_only

NOW = at("2023-08-21")
MONDAY, FRIDAY = date(2023, 8, 21), date(2023, 8, 25)
BY_MAIL = Contacts({(LEAD, "focal"): Address("mailto", "vi", "mailto://127.0.0.1?to=a@b.example")})


def context(store: Store) -> ActorContext:
    return store.actor_context(now=NOW, actor="coordinator:1")


def made(session: Session, store: Store, name: str, role: UserRole = UserRole.COORDINATOR) -> User:
    return add_user(session, email=f"{name}@tinh.example", post="Phòng", role=role, context=context(store))


def test_a_deputy_has_the_rights_of_both_from_day_to_day(store: Store) -> None:
    (directive,) = store.plan.directives
    with session_scope(store.engine) as session:
        whole, part = made(session, store, "a"), made(session, store, "b")
        manager = made(session, store, "c", UserRole.MANAGER)
        for limited in (part, manager):
            change_user(session, limited.email, context(store), directives=[directive.code])
        for _ in range(2):
            appoint(session, whole.email, part.email, MONDAY, FRIDAY, context(store))
        appoint(session, part.email, manager.email, FRIDAY, FRIDAY, context(store))
        assert len(deputies(session, MONDAY)) == 2, "a button pressed twice appoints once"
        for day, limit in ((MONDAY, None), (FRIDAY, None), (FRIDAY + timedelta(days=1), frozenset({directive.code}))):
            assert rights_on(session, part, day).directives == limit
        assert rights_on(session, manager, MONDAY).role is UserRole.MANAGER
        decides = rights_on(session, manager, FRIDAY)
        assert (decides.role, decides.directives) == (UserRole.COORDINATOR, frozenset({directive.code}))
        disable_user(session, part.email, context(store))
        assert rights_on(session, manager, FRIDAY).role is UserRole.MANAGER, "a closed account passes on nothing"


def test_it_ends_early_and_what_makes_no_sense_is_refused(store: Store) -> None:
    with session_scope(store.engine) as session:
        whole, other = made(session, store, "a"), made(session, store, "b", UserRole.MANAGER)
        appointed = appoint(session, whole.email, other.email, MONDAY, FRIDAY, context(store))
        assert rights_on(session, other, MONDAY).role is UserRole.COORDINATOR
        end_deputy(session, appointed.id or 0, context(store))
        assert rights_on(session, other, MONDAY).role is UserRole.MANAGER
        for user, deputy, first, last in (
            (whole.email, whole.email, MONDAY, FRIDAY),
            (whole.email, "khong@tinh.example", MONDAY, FRIDAY),
            (whole.email, other.email, FRIDAY, MONDAY),
            (whole.email, other.email, date(2023, 8, 1), date(2023, 8, 20)),
            (whole.email, other.email, MONDAY, date(2025, 8, 25)),
        ):
            with pytest.raises(Refused):
                appoint(session, user, deputy, first, last, context(store))


@pytest.mark.parametrize(
    ("away", "deputy", "refused"),
    [
        ("whole manager", "limited coordinator", "không thêm được quyền gì"),
        ("limited manager", "whole coordinator", "không thêm được quyền gì"),
        ("limited coordinator", "whole manager", "mất các chỉ đạo khác"),
        ("whole coordinator", "limited manager", None),
        ("limited coordinator", "limited manager", None),
        ("whole coordinator", "limited coordinator", None),
        ("limited manager", "whole manager", None),
    ],
)
def test_who_would_gain_nothing_or_lose_rights_is_no_deputy(
    store: Store, away: str, deputy: str, refused: str | None
) -> None:
    (directive,) = store.plan.directives
    with session_scope(store.engine) as session:
        people = []
        for name, kind in (("a", away), ("b", deputy)):
            person = made(session, store, name, UserRole(kind.split()[1]))
            if kind.startswith("limited"):
                change_user(session, person.email, context(store), directives=[directive.code])
            people.append(person.email)
        if refused is None:
            appoint(session, *people, MONDAY, FRIDAY, context(store))
            return
        with pytest.raises(Refused, match=refused):
            appoint(session, *people, MONDAY, FRIDAY, context(store))
        assert not deputies(session, MONDAY)


def test_limits_that_change_later_hold_for_the_deputy(store: Store) -> None:
    """Both ways, and at once: who would lose what they see by standing in keeps their own rights alone."""
    (directive,) = store.plan.directives
    with session_scope(store.engine) as session:
        away, deputy = made(session, store, "a"), made(session, store, "b", UserRole.MANAGER)
        appoint(session, away.email, deputy.email, MONDAY, FRIDAY, context(store))
        assert rights_on(session, deputy, MONDAY) == Rights(UserRole.COORDINATOR, None)
        change_user(session, away.email, context(store), directives=[directive.code])
        assert why_useless(away, deputy) is not None
        assert rights_on(session, deputy, MONDAY) == Rights(UserRole.MANAGER, None), "nothing more, and nothing less"
        change_user(session, deputy.email, context(store), directives=[directive.code])
        only = frozenset({directive.code})
        assert rights_on(session, deputy, MONDAY) == Rights(UserRole.COORDINATOR, only)
        change_user(session, deputy.email, context(store), directives=[])
        assert rights_on(session, deputy, MONDAY) == Rights(UserRole.MANAGER, None)
        change_user(session, away.email, context(store), directives=[])
        assert rights_on(session, deputy, MONDAY) == Rights(UserRole.COORDINATOR, None)


def test_a_copy_of_each_letter_goes_to_the_deputy_of_a_desk(store: Store) -> None:
    store = replace(store, contacts=BY_MAIL)
    with session_scope(store.engine) as session:
        for email in ("thay@b.example", "thay@b.example", "khac@b.example"):
            appoint_for_desk(
                *(session, LEAD, Desk.FOCAL, email, MONDAY, FRIDAY), contacts=BY_MAIL, context=context(store)
            )
        copies = copies_to(session, MONDAY)
        assert copies == {(LEAD, "focal"): ("thay@b.example", "khac@b.example")}
        assert copies_to(session, FRIDAY + timedelta(days=1)) == {}
        with pytest.raises(Refused, match="không nhận qua thư điện tử"):
            appoint_for_desk(
                *(session, COORDINATOR, Desk.FOCAL, "a@b.example", MONDAY, FRIDAY),
                contacts=BY_MAIL,
                context=context(store),
            )
        assert without_effect(session, BY_MAIL, MONDAY) == []
        idle = without_effect(session, Contacts(), MONDAY)
        assert [(each.email, "không nhận qua thư điện tử" in str(fault)) for each, fault in idle] == [
            ("thay@b.example", True),
            ("khac@b.example", True),
        ], "its desk is reached another way now"
        with pytest.raises(Refused, match="Địa chỉ người nhận thay"):
            appoint_for_desk(
                *(session, LEAD, Desk.FOCAL, "a b", MONDAY, FRIDAY), contacts=BY_MAIL, context=context(store)
            )
    address = with_copies(BY_MAIL.address(LEAD, "focal"), copies[LEAD, "focal"])
    assert address.url.endswith("?to=a@b.example&cc=thay@b.example,khac@b.example")
    for own in (
        "cc=luu@a.example,vt@a.example",
        "CC=luu%40a.example%2Cvt%40a.example",
        "cc=x@a.example&cc=luu@a.example,vt@a.example",
    ):
        both = with_copies(Address("mailto", "vi", f"mailto://u:p@a.example?{own}&to=a@b.example"), ("thay@b.example",))
        service = service_of(both.url)
        assert service is not None and service.cc == {"luu@a.example", "vt@a.example", "thay@b.example"}, own
        assert service.targets == [(False, "a@b.example")]
    room = Address("json", "vi", "json://127.0.0.1/x")
    assert with_copies(room, ("a@b.example",)) is room
