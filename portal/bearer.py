"""Programs at the door: by the token they show with every request."""

from fastapi import Request

from models.access.accounts import find_token, record_use, should_record_use
from models.access.office_links import has_office_ended
from models.store.database import reading_session, session_scope
from portal.visitor import NOBODY, Visitor, VisitorRole
from portal.web import now_of, store_of


def bearer(request: Request) -> Visitor:
    """Whose token a request shows; ``NOBODY`` when it shows none that is good now."""
    kind, _, plain = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return NOBODY
    store, now = store_of(request), now_of(request)
    with reading_session(store.engine) as session:
        token = find_token(session, plain.strip(), now=now)
    if token is None or (token.office is not None and has_office_ended(store.plan, token.office, now=now)):
        return NOBODY
    if token.id is not None and should_record_use(token, now=now):
        with session_scope(store.engine) as session:
            record_use(session, token.id, now=now)
    if token.office is not None:
        return Visitor(VisitorRole.OFFICE, office=token.office)
    assert token.role is not None
    return Visitor(VisitorRole(token.role.value), token_id=token.id)
