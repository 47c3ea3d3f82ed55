"""A browser that an account has signed in with before: it has sign-in letters of its own, which others cannot use up.

Its cookie opens nothing.
"""

from datetime import timedelta

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from config.keys import signing_key
from models.access.accounts import fold_email
from models.store.database import reading_session
from models.tables.account import User
from portal.sign_in.session import store_of

COOKIE = "dondoc_known"
_LIFE = timedelta(days=400)


def remember_browser(request: Request, response: Response, user_id: int) -> None:
    """Write the cookie; called where an account has just signed in."""
    response.set_cookie(
        COOKIE,
        str(_serializer(request).dumps(user_id)),
        max_age=int(_LIFE.total_seconds()),
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=store_of(request).settings.portal_url.startswith("https://"),
    )


def is_known_to(request: Request, email: str) -> bool:
    """Whether the account of this address has signed in with this browser."""
    try:
        user_id = _serializer(request).loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return False
    with reading_session(store_of(request).engine) as session:
        user = session.get(User, user_id)
    return user is not None and fold_email(user.email) == fold_email(email)


def _serializer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(signing_key(store_of(request).settings), salt="dondoc.known-browser")
