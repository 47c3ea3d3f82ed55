"""Changing an account: its address, post, role and directives; what it may no longer have goes with it, at once."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col

from config.errors import Refused
from models.access.accounts import (
    checked_post,
    existing_user,
    find_user,
    fold_email,
    known_codes,
    normalize_email,
    revoke_tokens,
)
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.account import ApiToken, User, UserRole


def change_user(
    session: Session,
    email: str,
    context: ActorContext,
    *,
    address: str | None = None,
    post: str | None = None,
    role: UserRole | None = None,
    directives: Collection[str] | None = None,
) -> User:
    """Change what is given of an account, None stays as it is; the same once more changes nothing.

    address     who has another one is taken for somebody else: sessions, links and tokens end, as when it is closed
    role        a coordinator who becomes a manager loses the tokens of a coordinator
    directives  the only ones that it has to do with, by their codes; none lifts the limit

    Raises ``Refused`` for the address of another account, and for a code that the plan does not have, a blank one too.
    """
    wanted = normalize_email(address) if address is not None else None
    title = checked_post(post) if post is not None else None
    codes = known_codes(directives, context) if directives is not None else None
    lock_audit_chain(session)
    user = existing_user(session, email)
    changed: dict[str, Any] = {}
    ending = col(ApiToken.owner_id) == user.id
    if title is not None and title != user.post:
        changed["post"] = user.post = title
    if codes is not None and codes != (user.directives or []):
        user.directives, changed["directives"] = codes or None, codes
    if role is not None and role is not user.role:
        user.role, changed["role"] = role, role.value
        if role is UserRole.MANAGER:
            changed |= revoke_tokens(session, ending & (col(ApiToken.role) == UserRole.COORDINATOR), context.now)
    if wanted is not None and wanted != fold_email(user.email):
        if find_user(session, wanted) is not None:
            raise Refused(f"Địa chỉ {wanted} đã có tài khoản khác.", f"{wanted} belongs to another account.")
        user.email, user.sessions_since = wanted, context.now
        user.openid_issuer = user.openid_subject = None
        changed |= {"address": True} | revoke_tokens(session, ending, context.now)  # the trail never holds an address
    if changed:
        record(session, context, "change_user", f"user:{user.id}", **changed)
    return user
