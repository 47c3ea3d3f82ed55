"""Accounts changed: address, post and role; what goes with the old one, and what the trail keeps."""

import pytest
from sqlmodel import Session, select

from config.errors import Refused
from models.access.accounts import add_user, find_token, make_token
from models.access.changing import change_user
from models.access.signing_in import is_session_valid
from models.keeping.opening import Store
from models.keeping.verification import verify_store
from models.store.actor import ActorContext
from models.store.audit_event import AuditEvent
from models.store.database import reading, session_scope
from models.tables.account import User, UserRole
from tests.support.cast import at

EMAIL, NEW = "tonghop@tinh.example", "vpub@tinh.example"
NOW = at("2023-09-12")


def context(store: Store) -> ActorContext:
    return store.actor_context(now=NOW, actor="operator")


def account(session: Session, store: Store, email: str = EMAIL) -> User:
    return add_user(session, email=email, post="Phòng", role=UserRole.COORDINATOR, context=context(store))


def token_of(session: Session, store: Store, role: UserRole) -> str:
    return make_token(session, name="Phần mềm", office=None, role=role, days=9, context=context(store), owner=EMAIL)


def test_the_post_and_the_role_are_changed_and_on_record(store: Store) -> None:
    with session_scope(store.engine) as session:
        user = account(session, store)
        tokens = {role: token_of(session, store, role) for role in UserRole}
        for _ in range(2):
            changed = change_user(session, EMAIL, context(store), role=UserRole.MANAGER, post=" Lãnh đạo ")
            assert (changed.id, changed.role, changed.post) == (user.id, UserRole.MANAGER, "Lãnh đạo")
        valid = {role for role, plain in tokens.items() if find_token(session, plain, now=NOW)}
        assert valid == {UserRole.MANAGER}, "a manager cannot own a coordinator's token"
        with pytest.raises(Refused, match="Chức danh"):
            change_user(session, EMAIL, context(store), post="ông Nguyễn Văn Nam")
    with session_scope(store.engine) as session:
        found = session.exec(select(AuditEvent).where(AuditEvent.verb == "change_user")).all()
        assert [(each.subject, each.details) for each in found] == [
            ("user:1", {"post": "Lãnh đạo", "role": "manager", "tokens": [1]})
        ]
    with reading(store.engine) as connection:
        assert not verify_store(connection, keys=None).problems()


def test_who_has_another_address_is_somebody_else(store: Store) -> None:
    with session_scope(store.engine) as session:
        user = account(session, store)
        user.openid_issuer, user.openid_subject = "https://so.example", "17"
        token, before = token_of(session, store, UserRole.MANAGER), at("2023-09-11")
        user.sessions_since = before
        change_user(session, EMAIL, context(store), address=f" {EMAIL.upper()}")
        assert is_session_valid(user, since=before), "the same address, written otherwise"
        change_user(session, EMAIL, context(store), address=NEW)
        assert user.email == NEW and not is_session_valid(user, since=before)
        assert (user.openid_subject, find_token(session, token, now=NOW)) == (None, None)
        account(session, store)
        with pytest.raises(Refused, match="đã có tài khoản khác"):
            change_user(session, EMAIL, context(store), address=NEW)
    with session_scope(store.engine) as session:
        (found,) = session.exec(select(AuditEvent).where(AuditEvent.verb == "change_user")).all()
        assert found.details == {"address": True, "tokens": [1]} and NEW not in str(found)


def test_an_account_stored_in_capitals_is_changed_and_stays_who_it_is(store: Store) -> None:
    with session_scope(store.engine) as session:
        user = account(session, store)
        user.email, since = EMAIL.upper(), user.sessions_since
        session.flush()
        changed = change_user(session, EMAIL, context(store), address=EMAIL.upper(), post="Văn thư")
        assert (changed.id, changed.post, changed.sessions_since) == (user.id, "Văn thư", since)
