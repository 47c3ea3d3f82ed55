"""Directives, drafts and people of the plan's pages; what is not of a visitor's directives is not there."""

from collections.abc import Iterable, Mapping, Sequence

from fastapi import Request
from sqlmodel import Session

from config.catalogue.plan import Directive, Plan
from config.errors import Refused
from models.access.accounts import users
from models.plans.documents import directive_of, series_of
from models.tables.account import UserRole
from models.tables.edition import PlanDraft
from models.tables.errors import NotFound
from models.work.directive_deeds.drafts import open_drafts
from models.work.directive_deeds.editing import DraftInHand, draft_in_hand
from portal.web import store_of


def own_directive(plan: Plan, code: str) -> Directive:
    """The directive of this code; raises ``NotFound`` where the visitor has none."""
    found = next((each for each in plan.directives if each.code == code), None)
    if found is None:
        raise NotFound(f"Không có chỉ đạo «{code[:40]}».", f"There is no directive '{code[:40]}'.")
    return found


def is_own(request: Request, series: Iterable[str]) -> bool:
    """Whether all these documents are the visitor's to change: an account that is limited has its directives alone."""
    plan = store_of(request).plan
    return plan.is_whole or {*series} <= {series_of(each.code) for each in plan.directives}


def own_drafts(session: Session, request: Request) -> Sequence[PlanDraft]:
    """The open drafts of the visitor's directives."""
    return [each for each in open_drafts(session) if is_own(request, each.documents)]


def own_draft(session: Session, request: Request, number: int) -> DraftInHand:
    """The open draft of this number; raises ``NotFound`` where the visitor has none."""
    missing = NotFound(f"Không có dự thảo số {number}.", f"There is no draft {number}.")
    draft = session.get(PlanDraft, number)
    if draft is None or not is_own(request, draft.documents):
        raise missing
    return draft_in_hand(session, number)


def directives_of(plan: Plan, documents: Iterable[str]) -> list[Directive]:
    """The directives whose documents these are, in the plan's order."""
    codes = {directive_of(each) for each in documents}
    return [each for each in plan.directives if each.code in codes]


def people(session: Session) -> Mapping[str, str]:
    """Who stands behind an actor of the trail: the post of an account."""
    return {f"{role}:{each.id}": each.post or each.email for each in users(session) for role in UserRole}


def require_whole_plan(request: Request) -> None:
    """Raise ``Refused`` where what all directives share is to be changed by an account of some of them."""
    if not store_of(request).plan.is_whole:
        raise Refused(
            "Tài khoản này theo dõi một số chỉ đạo; phần dùng chung (cơ quan, thang nhắc việc, lịch) do tài khoản theo"
            " dõi tất cả sửa.",
            "This account has some directives; what all share (offices, ladders, calendar) is changed by an account"
            " that has all.",
        )
