"""Accounts from the browser: added, changed, closed and opened, each with a link to hand over."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from config.errors import Refused
from models.access.accounts import add_user, disable_user, enable_user, users
from models.access.changing import change_user
from models.access.signing_in import hand_over_sign_in_link
from models.store.database import reading_session, session_scope
from models.tables.account import ApiToken, User, UserRole
from models.tables.errors import NotFound
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/accounts"


@router.get(_HOME)
def accounts(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def add(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Add an account and show its first link, to be handed over; sent once more, another link of the same account."""
    store = store_of(request)
    try:
        role = _role(form, UserRole.MANAGER)
        with session_scope(store.engine) as session:
            context = context_of(request)
            email, post, directives = form.text("email"), form.text("post"), form.each("directives")
            added = add_user(session, email=email, post=post, role=role, context=context, directives=directives)
            made = hand_over_sign_in_link(session, store.settings, added, context)
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request, shown=added, link=made)


@router.post(f"{_HOME}/{{user_id}}/link")
def link(request: Request, user_id: RowId) -> HTMLResponse:
    """A sign-in link to hand over, valid once and for a short time."""
    store = store_of(request)
    try:
        with session_scope(store.engine) as session:
            user = existing_account(session, user_id)
            made = hand_over_sign_in_link(session, store.settings, user, context_of(request))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused=refused)
    return _page(request, shown=user, link=made)


@router.post(f"{_HOME}/{{user_id}}/disable")
def disable(request: Request, user_id: RowId) -> Response:
    try:
        with session_scope(store_of(request).engine) as session:
            user = require_another(session, request, existing_account(session, user_id))
            disable_user(session, user.email, context_of(request))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused=refused)
    return see_other(_HOME, flash="account_closed")


@router.post(f"{_HOME}/{{user_id}}/enable")
def enable(request: Request, user_id: RowId) -> Response:
    with session_scope(store_of(request).engine) as session:
        enable_user(session, existing_account(session, user_id).email, context_of(request))
    return see_other(_HOME, flash="account_opened")


@router.post(f"{_HOME}/{{user_id}}/change")
def change(request: Request, user_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Change the address, post and role of an account, and its directives: where none is ticked, it sees all."""
    try:
        with session_scope(store_of(request).engine) as session:
            user = require_another(session, request, existing_account(session, user_id))
            change_user(
                *(session, user.email, context_of(request)),
                address=form.text("email"),
                post=form.text("post"),
                role=_role(form, user.role),
                directives=form.each("directives"),
            )
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused=refused, changing=user_id, changed=form)
    return see_other(_HOME, flash="account_changed")


def existing_account(session: Session, user_id: int) -> User:
    """The account of this number; raises ``NotFound``."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"Không có tài khoản số {user_id}.", f"There is no account no. {user_id}.")
    return user


def require_another(session: Session, request: Request, user: User) -> User:
    """The account, which must not be the visitor's own, or that of the token: nobody shuts themselves out."""
    visitor = visitor_of(request)
    token = session.get(ApiToken, visitor.token_id) if visitor.token_id is not None else None
    if user.id == (token.owner_id if token is not None else visitor.user_id):
        raise Refused(
            "Không thể tự khóa hoặc tự sửa tài khoản của mình: sau đó có thể không đăng nhập lại được để sửa lại; nhờ "
            "một tài khoản đôn đốc khác.",
            "You cannot close or change your own account: you might not be able to sign in again to undo it; ask "
            "another coordinator.",
        )
    return user


def _role(form: FormReader, default: UserRole) -> UserRole:
    return form.choice(UserRole, "role", "Vai trò", "Role", default)


def _page(
    request: Request,
    *,
    refused: Refused | None = None,
    form: FormReader | None = None,
    shown: User | None = None,
    link: str = "",
    changing: int | None = None,
    changed: FormReader | None = None,
) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        there = users(session)
    return form_page(
        request,
        "accounts.html",
        refused,
        form,
        accounts=there,
        roles=list(UserRole),
        shown=shown,
        link=link,
        changing=changing,
        changed=changed,
    )
