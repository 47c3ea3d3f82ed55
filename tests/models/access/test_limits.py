"""Accounts limited to directives: kept with the account, on record, and what the trail says of it."""

import pytest
from sqlmodel import select

from config.errors import Refused
from models.access.accounts import add_user, make_token, tokens
from models.access.changing import change_user
from models.access.limits import limit_in, limit_of, limit_of_token
from models.keeping.opening import Store
from models.keeping.verification import verify_store
from models.plans.part_of_plan import limited_to
from models.store.actor import ActorContext
from models.store.audit_event import AuditEvent
from models.store.database import reading, session_scope
from models.tables.account import UserRole
from models.tables.errors import NotFound
from tests.support.cast import at
from tests.support.two_directives import HOUSE, OTHER, plan_of_both

EMAIL = "tonghop@tinh.example"


def context(store: Store) -> ActorContext:
    return store.actor_context(now=at("2023-09-12"), actor="operator")


def test_a_limit_is_set_and_lifted_and_each_time_on_record(store: Store) -> None:
    code = store.plan.main_directive.code
    with session_scope(store.engine) as session:
        user = add_user(session, email=EMAIL, post="Phòng", role=UserRole.COORDINATOR, context=context(store))
        token = make_token(
            *(session,), name="Phần mềm", office=None, role=user.role, days=9, context=context(store), owner=EMAIL
        )
        assert limit_of(user) is None and token
        for _ in range(2):
            assert limit_of(
                change_user(session, f" {EMAIL.upper()}", context(store), directives=[code, f" {code} "])
            ) == {code}
        assert limit_of_token(session, tokens(session)[0]) == {code}
        assert limit_of(change_user(session, EMAIL, context(store), directives=[])) is None
    with session_scope(store.engine) as session:
        found = session.exec(select(AuditEvent).where(AuditEvent.verb == "change_user").order_by("seq")).all()
        assert [(each.subject, each.details) for each in found] == [
            ("user:1", {"directives": [code]}),
            ("user:1", {"directives": []}),
        ]


def test_what_there_is_not_is_refused_and_changes_nothing(store: Store) -> None:
    with session_scope(store.engine) as session:
        user = add_user(session, email=EMAIL, post="Phòng", role=UserRole.MANAGER, context=context(store))
        with pytest.raises(Refused, match="CD-KHONG-CO"):
            change_user(session, EMAIL, context(store), directives=[store.plan.main_directive.code, "CD-KHONG-CO"])
        for blank in ("", " "):
            with pytest.raises(Refused, match="«» không có"):
                change_user(session, EMAIL, context(store), directives=[blank])
        with pytest.raises(NotFound):
            change_user(session, "ai@tinh.example", context(store), directives=[])
        assert user.directives is None


@pytest.mark.parametrize("value", ["NULL", "'[\"CD-KHAC\"]'"])
def test_a_limit_changed_by_sql_is_found(store: Store, value: str) -> None:
    with session_scope(store.engine) as session:
        add_user(session, email=EMAIL, post="Phòng", role=UserRole.MANAGER, context=context(store))
        change_user(session, EMAIL, context(store), directives=[store.plan.main_directive.code])
    with reading(store.engine) as connection:
        assert not verify_store(connection, keys=None).problems()
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE user_account SET directives = {value}")
    with reading(store.engine) as connection:
        assert [each.row for each in verify_store(connection, keys=None).mismatches] == ["user_account:1"]


def test_a_part_of_the_plan_knows_nothing_else_and_all_offices() -> None:
    plan, _ = plan_of_both()
    part = limited_to(plan, frozenset({OTHER}))
    assert part is limited_to(plan, frozenset({OTHER})), "worked out once"
    assert (part.is_whole, plan.is_whole, part.has_several) == (False, True, False)
    assert part.main_directive.code == OTHER and part.offices == plan.offices
    assert part.priority_codes == ("p6", "p7", "p8")
    for look_up in (part.directive, part.priority, part.subtask):
        for code in (HOUSE, "p1", "T0.1"):
            with pytest.raises(Refused):
                look_up(code)
    both = limited_to(plan, frozenset({HOUSE, OTHER}))
    assert both.priorities == plan.priorities and not both.is_whole
    assert limit_in(plan, None) is None
    assert limit_in(plan, frozenset({OTHER, "CD-CU"})) == {OTHER}
