"""Accounts, their sign-in links, and the keys of programs."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from config.errors import Refused
from models.access.accounts import (
    add_user,
    disable_user,
    enable_user,
    find_token,
    find_user,
    make_token,
    record_use,
    revoke_token,
    should_record_use,
    tokens,
    users,
)
from models.access.office_links import revoke_links
from models.access.signed_links import LinkExpired, LinkForged
from models.access.signing_in import (
    NoSuchAccount,
    is_session_valid,
    sign_in_by_address,
    sign_in_by_link,
    user_link,
)
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import AuditEvent, verify
from models.store.database import reading, reading_session, session_scope
from models.tables.account import User, UserRole
from models.tables.errors import NotFound
from tests.support.cast import at

EMAIL = "tonghop@tinh.example"


def context(store: Store, hour: int = 8, minute: int = 0) -> ActorContext:
    return store.actor_context(now=at("2023-09-12", hour, minute), actor="operator")


def registered(session: Session, store: Store, email: str = EMAIL, role: UserRole = UserRole.COORDINATOR) -> User:
    return add_user(session, email=email, post="Trưởng phòng Tổng hợp", role=role, context=context(store))


def token_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


class TestUsers:
    def test_an_address_is_known_however_it_is_written(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            user = registered(session, store, " TongHop@Tinh.Example ")
            assert (user.email, user.role, user.signed_in_at) == (EMAIL, UserRole.COORDINATOR, None)
            assert find_user(session, "TONGHOP@tinh.example") is user

    def test_what_is_added_twice_is_one_account(self, store: Store) -> None:
        code, again = store.plan.main_directive.code, "tongHOP@tinh.example"
        limited: dict[str, Any] = {"post": "Phòng", "role": UserRole.MANAGER, "directives": [code]}
        with session_scope(store.engine) as session:
            user = add_user(session, email=EMAIL, **limited, context=context(store))
            assert user.directives == [code]
        with session_scope(store.engine) as session:
            assert add_user(session, email=again, **limited, context=context(store, 8, 9)).id == user.id

        def refused(now: ActorContext, **other: object) -> None:
            with session_scope(store.engine) as session, pytest.raises(Refused, match="đã có tài khoản"):
                add_user(session, email=again, **limited | other, context=now)

        refused(context(store), post="Phòng khác")
        refused(context(store), directives=[])
        refused(store.actor_context(now=context(store).now, actor="coordinator:9"))
        refused(context(store, 8, 10))
        with session_scope(store.engine) as session:
            disable_user(session, EMAIL, context(store))
        refused(context(store))

    @pytest.mark.parametrize(
        "email",
        [
            "",
            "tonghop",
            "tonghop@",
            "@tinh.example",
            "a@b",
            "a b@tinh.example",
            "a@tinh..example",
            ".a@tinh.example",
            "a..b@tinh.example",
            "a@-tinh.example",
            "a@tinh.example\nBcc: x@y.example",
            "a@tinh.example,b@tinh.example",
            "Tên <a@tinh.example>",
            "phòng@tinh.example",
            f"{'a' * 65}@tinh.example",
            f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example",
        ],
    )
    def test_what_is_no_address_is_refused_in_words(self, store: Store, email: str) -> None:
        with session_scope(store.engine) as session, pytest.raises(Refused, match="không phải địa chỉ thư"):
            registered(session, store, email)

    @pytest.mark.parametrize("post", ["", "x", "x" * 101, "ông Nguyễn Văn Nam"])
    def test_a_post_is_a_post_and_no_person(self, store: Store, post: str) -> None:
        with session_scope(store.engine) as session, pytest.raises(Refused, match="Chức danh"):
            add_user(session, email=EMAIL, post=post, role=UserRole.MANAGER, context=context(store))

    def test_lists_by_role_and_whether_open(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            first = registered(session, store)
            second = registered(session, store, "lanhdao@tinh.example", UserRole.MANAGER)
            disable_user(session, first.email, context(store))
            assert list(users(session)) == [first, second]
            assert list(users(session, enabled=True)) == [second]
            assert list(users(session, enabled=False)) == [first]
            assert list(users(session, role=UserRole.COORDINATOR, enabled=True)) == []

    def test_closing_ends_sessions_and_opening_does_not_bring_them_back(self, store: Store) -> None:
        began = at("2023-09-12", 9)
        with session_scope(store.engine) as session:
            user = registered(session, store)
            assert is_session_valid(user, since=began)
            disable_user(session, EMAIL, context(store, 10))
            disable_user(session, EMAIL, context(store, 10, 30))
            assert user.disabled_at == at("2023-09-12", 10)
            assert not is_session_valid(user, since=began) and not is_session_valid(user, since=at("2023-09-12", 11))
            enable_user(session, EMAIL, context(store, 11))
            enable_user(session, EMAIL, context(store, 12))
            assert not is_session_valid(user, since=began)
            assert is_session_valid(user, since=at("2023-09-12", 11))
            assert not is_session_valid(None, since=began)
            with pytest.raises(NotFound, match="ai-do@tinh"):
                disable_user(session, "ai-do@tinh.example", context(store))

    def test_what_is_done_to_accounts_is_on_record_without_the_address(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            registered(session, store)
            disable_user(session, EMAIL, context(store, 9))
            enable_user(session, EMAIL, context(store, 10))
        with reading_session(store.engine) as session:
            events = session.scalars(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
        assert [event.verb for event in events] == ["add_user", "disable_user", "enable_user"]
        assert EMAIL not in str([event.details for event in events])
        with reading(store.engine) as connection:
            assert verify(connection).broken_at is None


class TestSignInLinks:
    @pytest.fixture
    def link(self, store: Store) -> str:
        with session_scope(store.engine) as session:
            user = registered(session, store)
        return token_of(user_link(store.settings, user, now=at("2023-09-12", 9)))

    @staticmethod
    def sign_in(store: Store, token: str, hour: int = 9, minute: int = 1) -> str:
        with session_scope(store.engine) as session:
            return sign_in_by_link(session, store.settings, token, now=at("2023-09-12", hour, minute)).email

    def test_a_link_works_once(self, store: Store, link: str) -> None:
        assert self.sign_in(store, link) == EMAIL
        with pytest.raises(LinkExpired, match="đã dùng"):
            self.sign_in(store, link)

    def test_using_one_link_makes_the_earlier_ones_void(self, store: Store, link: str) -> None:
        with session_scope(store.engine) as session:
            user = find_user(session, EMAIL)
        assert user is not None
        later = token_of(user_link(store.settings, user, now=at("2023-09-12", 9, 5)))
        assert self.sign_in(store, later, 9, 6) == EMAIL
        with pytest.raises(LinkExpired):
            self.sign_in(store, link, 9, 7)

    def test_a_link_lives_a_quarter_of_an_hour(self, store: Store, link: str) -> None:
        with pytest.raises(LinkExpired, match="15 phút"):
            self.sign_in(store, link, 9, 15)
        assert self.sign_in(store, link, 9, 14) == EMAIL

    @pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x", lambda t: t + "A", lambda t: "a.b.c"])
    def test_what_was_not_made_here_signs_nobody_in(self, store: Store, link: str, spoil: object) -> None:
        with pytest.raises(LinkForged):
            self.sign_in(store, spoil(link))  # type: ignore[operator]

    def test_a_closed_account_s_link_stays_void_when_it_is_opened_again(self, store: Store, link: str) -> None:
        with session_scope(store.engine) as session:
            disable_user(session, EMAIL, context(store, 9, 1))
        with pytest.raises(NoSuchAccount):
            self.sign_in(store, link, 9, 2)
        with session_scope(store.engine) as session:
            enable_user(session, EMAIL, context(store, 9, 3))
        with pytest.raises(LinkExpired):
            self.sign_in(store, link, 9, 4)

    def test_an_address_proven_elsewhere_signs_in_its_open_account_only(self, store: Store, link: str) -> None:
        now = at("2023-09-12", 9, 1)
        with session_scope(store.engine) as session:
            assert sign_in_by_address(session, EMAIL.upper(), now=now).signed_in_at == now
            with pytest.raises(NoSuchAccount):
                sign_in_by_address(session, "ai-do@tinh.example", now=now)
            disable_user(session, EMAIL, context(store, 9, 2))
            with pytest.raises(NoSuchAccount):
                sign_in_by_address(session, EMAIL, now=now)

    @pytest.mark.parametrize(
        "claim",
        [
            EMAIL + " ",
            " " + EMAIL,
            EMAIL + " " * 386 + "@elsewhere.example",
            " " * 399 + EMAIL,
            EMAIL + "\n",
            EMAIL + "\u2028x",
            EMAIL.replace("@", "@@"),
        ],
    )
    def test_a_claim_is_compared_whole(self, store: Store, link: str, claim: str) -> None:
        with session_scope(store.engine) as session, pytest.raises(NoSuchAccount):
            sign_in_by_address(session, claim, now=at("2023-09-12", 9, 1), issuer="https://idp.example", subject="1")

    def test_an_account_is_bound_to_its_subject_after_the_first_time(self, store: Store, link: str) -> None:
        def sign_in(email: str, subject: str, issuer: str = "https://idp.example") -> User:
            with session_scope(store.engine) as session:
                return sign_in_by_address(session, email, now=at("2023-09-12", 9, 1), issuer=issuer, subject=subject)

        mine = sign_in(EMAIL, "first").id
        with pytest.raises(NoSuchAccount):  # the address was given to somebody else there
            sign_in(EMAIL, "second")
        assert sign_in("moi@tinh.example", "first").id == mine, "whose address has changed there"
        with session_scope(store.engine) as session:
            registered(session, store, "moi@tinh.example")
        assert sign_in("moi@tinh.example", "third").id != mine
        # A post that passes to a successor is closed and opened again.
        with session_scope(store.engine) as session:
            disable_user(session, EMAIL, context(store, 9, 2))
        with pytest.raises(NoSuchAccount):
            sign_in(EMAIL, "first")
        with session_scope(store.engine) as session:
            enable_user(session, EMAIL, context(store, 9, 3))
        assert sign_in(EMAIL, "second").id == mine


class TestTokens:
    @staticmethod
    def made(session: Session, store: Store, **changes: object) -> str:
        wanted: dict[str, object] = {"name": "Phần mềm văn bản", "office": "SYT", "role": None, "days": 90}
        return make_token(session, **(wanted | changes), context=context(store))  # type: ignore[arg-type]

    def test_a_token_is_shown_once_and_kept_as_a_hash(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            plain = self.made(session, store)
            assert plain.startswith("dd_") and len(plain) == 46
            bearer = find_token(session, plain, now=at("2023-09-13"))
            assert bearer is not None
            assert (bearer.office, bearer.role, bearer.expires_at) == ("SYT", None, at("2023-12-11"))
            assert plain not in str(bearer.model_dump())
            details = [str(event.details) for event in session.scalars(select(AuditEvent))]
        assert plain not in str(details)

    def test_a_token_ends_and_can_be_revoked(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            mine = self.made(session, store, days=1)
            theirs = self.made(session, store, office=None, role=UserRole.COORDINATOR)
            assert find_token(session, mine, now=at("2023-09-13", 7)) is not None
            assert find_token(session, mine, now=at("2023-09-13", 8)) is None
            first, second = tokens(session)
            revoke_token(session, second.id or 0, context(store))
            revoke_token(session, second.id or 0, context(store, 9))
            assert find_token(session, theirs, now=at("2023-09-12", 9)) is None
            assert (first.revoked_at, second.revoked_at) == (None, at("2023-09-12"))
            with pytest.raises(NotFound, match="khóa số 99"):
                revoke_token(session, 99, context(store))

    def test_a_token_of_a_role_ends_with_its_owner(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            registered(session, store, EMAIL)
            add_user(session, email="xem@tinh.example", post="Lãnh đạo", role=UserRole.MANAGER, context=context(store))
            plain = self.made(session, store, office=None, role=UserRole.COORDINATOR, owner=EMAIL)
            with pytest.raises(Refused, match="chỉ xem"):
                self.made(session, store, office=None, role=UserRole.COORDINATOR, owner="xem@tinh.example")
            with pytest.raises(Refused, match="của cơ quan"):
                self.made(session, store, owner=EMAIL)
            with pytest.raises(NotFound):
                self.made(session, store, office=None, role=UserRole.MANAGER, owner="ai-do@tinh.example")
            assert find_token(session, plain, now=at("2023-09-12", 9)) is not None
            disable_user(session, EMAIL, context(store, 10))
            assert find_token(session, plain, now=at("2023-09-12", 11)) is None
            with pytest.raises(Refused, match="đã khóa"):
                self.made(session, store, office=None, role=UserRole.MANAGER, owner=EMAIL)
            enable_user(session, EMAIL, context(store, 12))
            assert find_token(session, plain, now=at("2023-09-12", 13)) is None, "it does not come back"

    def test_an_office_s_tokens_end_with_its_links(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            theirs, others = self.made(session, store), self.made(session, store, office="CAT")
            revoke_links(session, "SYT", context(store, 9))
            assert find_token(session, theirs, now=at("2023-09-12", 10)) is None
            assert find_token(session, others, now=at("2023-09-12", 10)) is not None
            later = self.made(session, store)
            assert find_token(session, later, now=at("2023-09-12", 10)) is not None
        with reading_session(store.engine) as session:
            event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "revoke_links")).one()
            assert event.details == {"tokens": [1]}

    @pytest.mark.parametrize("plain", ["", "dd_", "dd_" + "A" * 43, "x" * 46, "dd_\udc80", "dd_" + "A" * 10_000])
    def test_what_was_never_made_is_nobody_s(self, store: Store, plain: str) -> None:
        with session_scope(store.engine) as session:
            self.made(session, store)
            assert find_token(session, plain, now=at("2023-09-12", 9)) is None

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"days": 0}, "0 ngày"),
            ({"days": 367}, "367 ngày"),
            ({"office": None}, "chọn một trong hai"),
            ({"role": UserRole.MANAGER}, "chọn một trong hai"),
            ({"office": "SXX"}, "SXX"),
            ({"name": "x"}, "Tên khóa"),
            ({"name": "ông Nguyễn Văn Nam"}, "tên người"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, store: Store, changes: dict[str, object], said: str) -> None:
        with session_scope(store.engine) as session, pytest.raises(Refused, match=said):
            self.made(session, store, **changes)

    def test_its_use_is_noted_now_and_then(self, store: Store) -> None:
        now = at("2023-09-12", 9)
        with session_scope(store.engine) as session:
            self.made(session, store)
            (token,) = tokens(session)
            assert should_record_use(token, now=now)
            record_use(session, token.id or 0, now=now)
            assert not should_record_use(token, now=now + timedelta(minutes=59))
            assert should_record_use(token, now=now + timedelta(hours=1))
