"""The limit of an account to some directives: with it go its sessions, its calendar feed and its tokens."""

from sqlmodel import Session

from config.catalogue.plan import Plan
from models.tables.account import ApiToken, User

Limit = frozenset[str] | None
"""Codes of the directives that somebody has to do with; None for all, those to come as well."""


def limit_in(plan: Plan, limit: Limit) -> Limit:
    """What of a limit is followed by a plan: where it is nothing, there is nothing to see or to do."""
    return None if limit is None else limit & {each.code for each in plan.directives}


def limit_of(user: User) -> Limit:
    """What an account is limited to."""
    return None if user.directives is None else frozenset(user.directives)


def limit_of_token(session: Session, token: ApiToken) -> Limit:
    """What a token is limited to: as its owner is."""
    owner = session.get(User, token.owner_id) if token.owner_id is not None else None
    return limit_of(owner) if owner is not None else None
