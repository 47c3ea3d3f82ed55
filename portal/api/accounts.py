"""Accounts, deputies, who did what, for programs; all concern the whole house, and the token is a coordinator's."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlmodel import Session

from config.clock import local_date
from config.contacts.desks import Desk
from models.access import accounts
from models.access.changing import change_user
from models.access.deputies import appoint, appoint_for_desk, deputies, end_deputy
from models.access.signing_in import hand_over_sign_in_link
from models.store.database import reading_session, session_scope
from models.tables.account import Deputy, User, UserRole
from portal.api.shapes import REFUSALS, Day, RequestBody, ResponseBody, Short
from portal.desk.accounts import existing_account, require_another
from portal.desk.trail import events_before
from portal.form import clean
from portal.web import RowId, context_of, now_of, store_of

router = APIRouter(prefix="/api/v1", tags=["accounts"], responses=REFUSALS)

Codes = Annotated[list[Short], Field(max_length=100)]


class AccountEntry(ResponseBody):
    """An account; ``directives`` are the only ones it has to do with, null for all."""

    id: int
    email: str
    post: str
    role: UserRole
    directives: list[str] | None
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


class AccountList(ResponseBody):
    """All accounts, in the order of their making."""

    items: list[AccountEntry]


class NewAccount(RequestBody):
    """An account to add: ``post`` is what its holder is, never a name; without ``directives`` it sees all."""

    email: Short
    post: Short
    role: UserRole
    directives: Codes = Field(default=[])


class AccountChange(RequestBody):
    """What changes of an account; what is left out or null stays. An empty list of ``directives`` lifts the limit."""

    email: Short | None = None
    post: Short | None = None
    role: UserRole | None = None
    directives: Codes | None = None


class SignInLink(ResponseBody):
    """An address that signs in once and for a short time, to be handed over."""

    link: str


class TrailEntry(ResponseBody):
    """One event of the audit trail; ``seq`` is its number, ``subject`` what it is about («assignment:17»)."""

    seq: int
    at: datetime
    actor: str
    verb: str
    subject: str


class TrailPage(ResponseBody):
    """The newest first, without deliveries and housekeeping; ``before`` asks for what is earlier, null at the end."""

    before: int | None
    items: list[TrailEntry]


class DeputyEntry(ResponseBody):
    """Who stands in from one day to another, both included: an account for an account, or an address for a desk."""

    id: int
    user_id: int | None
    deputy_id: int | None
    office: str | None
    desk: Desk | None
    email: str
    from_date: date
    until: date


class DeputyList(ResponseBody):
    """The deputies of today and of days to come, the earliest first."""

    items: list[DeputyEntry]


class NewDeputy(RequestBody):
    """An account that stands in for another; both by their addresses."""

    email: Short
    deputy: Short
    from_date: Day
    until: Day


class NewDeskDeputy(RequestBody):
    """A mail address that gets the letters of a desk as well."""

    office: Short
    desk: Desk = Desk.FOCAL
    email: Short
    from_date: Day
    until: Day


@router.get("/accounts")
def list_accounts(request: Request) -> AccountList:
    """The accounts of coordinators and managers."""
    with reading_session(store_of(request).engine) as session:
        return AccountList.model_validate({"items": accounts.users(session)})


@router.post("/accounts", status_code=201)
def add_account(request: Request, body: NewAccount) -> AccountEntry:
    """Add an account; its sign-in link is asked for apart. The same twice is one."""
    context = context_of(request)
    with session_scope(store_of(request).engine) as session:
        return _entry(session, accounts.add_user(session, **body.model_dump(), context=context))


@router.post("/accounts/{user_id}/link")
def make_link(request: Request, user_id: RowId) -> SignInLink:
    """A sign-in link to hand over, valid once and for a short time."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        user = existing_account(session, user_id)
        return SignInLink(link=hand_over_sign_in_link(session, store.settings, user, context_of(request)))


@router.post("/accounts/{user_id}/change")
def change(request: Request, user_id: RowId, body: AccountChange) -> AccountEntry:
    """Change an account; the same once more changes nothing. With another address its sessions and tokens end."""
    wanted = {"address": body.email, **body.model_dump(exclude={"email"})}
    with session_scope(store_of(request).engine) as session:
        user = require_another(session, request, existing_account(session, user_id))
        return _entry(session, change_user(session, user.email, context_of(request), **wanted))


@router.post("/accounts/{user_id}/disable")
def disable(request: Request, user_id: RowId) -> AccountEntry:
    """Close an account with its sessions, links and tokens; once more changes nothing."""
    with session_scope(store_of(request).engine) as session:
        user = require_another(session, request, existing_account(session, user_id))
        return _entry(session, accounts.disable_user(session, user.email, context_of(request)))


@router.post("/accounts/{user_id}/enable")
def enable(request: Request, user_id: RowId) -> AccountEntry:
    """Open a closed account again."""
    with session_scope(store_of(request).engine) as session:
        email = existing_account(session, user_id).email
        return _entry(session, accounts.enable_user(session, email, context_of(request)))


@router.get("/trail")
def list_trail(
    request: Request,
    who: Annotated[str, Query(max_length=64)] = "",
    day: Day | None = None,
    before: Annotated[int | None, Query(ge=1, le=999_999_999_999)] = None,
) -> TrailPage:
    """Who did what: people alone; with ``who`` an account («coordinator:3»), an office («office:SYT») or all («*»)."""
    with reading_session(store_of(request).engine) as session:
        events, earlier = events_before(session, before, who=clean(who), day=day)
        return TrailPage.model_validate({"before": earlier, "items": events})


@router.get("/deputies")
def list_deputies(request: Request) -> DeputyList:
    """Who stands in for whom."""
    with reading_session(store_of(request).engine) as session:
        there = deputies(session, local_date(now_of(request)))
        return DeputyList(items=[_deputy(each) for each in there])


@router.post("/deputies", status_code=201)
def add_deputy(request: Request, body: NewDeputy) -> DeputyEntry:
    """Have one account stand in for another; the same twice is one."""
    days = body.from_date, body.until
    with session_scope(store_of(request).engine) as session:
        return _deputy(appoint(session, body.email, body.deputy, *days, context_of(request)))


@router.post("/deputies/desk", status_code=201)
def add_desk_deputy(request: Request, body: NewDeskDeputy) -> DeputyEntry:
    """Have the letters of a desk go to a further address too; the same twice is one."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        made = appoint_for_desk(
            *(session, body.office, body.desk, body.email, body.from_date, body.until),
            contacts=store.contacts,
            context=context_of(request),
        )
        return _deputy(made)


@router.post("/deputies/{number}/end")
def end(request: Request, number: RowId) -> DeputyList:
    """End it early; returns those that stay. Ending it twice changes nothing."""
    with session_scope(store_of(request).engine) as session:
        end_deputy(session, number, context_of(request))
    return list_deputies(request)


def _entry(session: Session, user: User) -> AccountEntry:
    session.flush()
    session.refresh(user)
    return AccountEntry.model_validate(user)


def _deputy(deputy: Deputy) -> DeputyEntry:
    return DeputyEntry.model_validate({**deputy.model_dump(), "from_date": deputy.first_day, "until": deputy.last_day})
