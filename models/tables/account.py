"""Who may sign in: accounts of coordinators and managers, offices by signed link, and programs by token."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.contacts.desks import Desk
from models.store.columns import UtcDateTime, enum_column


class UserRole(StrEnum):
    COORDINATOR = "coordinator"  # decides, assigns, withdraws
    MANAGER = "manager"  # changes nothing


class User(SQLModel, table=True):
    """A coordinator or manager. ``post`` is what they are («Trưởng phòng Tổng hợp»), never a name.

    ``signed_in_at`` also makes a sign-in link good for one use: a link made before it is void. ``openid_subject`` is
    who it is at the provider ``openid_issuer``, bound at the first sign-in there. ``directives`` are the codes of those
    that the account is limited to; None for one that sees all.
    """

    __tablename__ = "user_account"
    __table_args__ = (Index("uq_user_account_openid", "openid_issuer", "openid_subject", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=200, unique=True)
    post: str = Field(max_length=100)
    role: UserRole = Field(sa_type=enum_column(UserRole))
    created_at: datetime = Field(sa_type=UtcDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sessions_since: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    openid_issuer: str | None = Field(default=None, max_length=300)
    openid_subject: str | None = Field(default=None, max_length=255)
    directives: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class Deputy(SQLModel, table=True):
    """Somebody who stands in from one day to another, both included: an account for an account, or a mail address that
    gets the letters of a desk as well."""

    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id")
    deputy_id: int | None = Field(default=None, foreign_key="user_account.id")
    office: str | None = Field(default=None, max_length=32)
    desk: Desk | None = Field(default=None, sa_type=enum_column(Desk))
    email: str = Field(default="", max_length=254)
    first_day: date
    last_day: date
    set_by: str = Field(max_length=64)
    set_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficeRevocation(SQLModel, table=True):
    """The last revocation of an office's links: links and sessions made before ``links_since`` are void."""

    __tablename__ = "office_door"

    office: str = Field(primary_key=True, max_length=32)
    links_since: datetime = Field(sa_type=UtcDateTime)


class FeedRevocation(SQLModel, table=True):
    """The last revocation of a calendar feed's addresses: an office's, by code, or an account's (``user:7``)."""

    __tablename__ = "calendar_door"

    feed: str = Field(primary_key=True, max_length=32)
    links_since: datetime = Field(sa_type=UtcDateTime)


class EndedSession(SQLModel, table=True):
    """A session that was signed out of, so that a copy of its cookie opens nothing; kept until the cookie expires."""

    __tablename__ = "ended_session"

    session: str = Field(primary_key=True, max_length=64)
    forget_at: datetime = Field(sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A program's key. Only its hash is kept, so that it is shown once and cannot be read back.

    ``office`` is set for an office's token; otherwise ``role`` says whose rights it has, and ``owner_id`` names the
    account with which it ends. Tokens made before they had owners end by themselves, within a year.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    sha256: str = Field(max_length=64, unique=True)
    office: str | None = Field(default=None, max_length=32)
    role: UserRole | None = Field(default=None, sa_type=enum_column(UserRole))
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SavedView(SQLModel, table=True):
    """A list as an account likes to look at it: the filters and the order of its address, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id")
    name: str = Field(max_length=60)
    query: str = Field(max_length=1000)
