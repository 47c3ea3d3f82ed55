"""Directives, drafts and people of the plan's pages; what is not of a visitor's directives is not there."""

from collections.abc import Iterable, Mapping, Sequence

from fastapi import Request
from sqlmodel import Session

from config.catalogue.plan import Directive, Plan
from config.clock import HANOI
from config.errors import Refused
from models.access.accounts import users
from models.plans.documents import directive_of, series_of
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.edition import PlanDraft
from models.tables.errors import NotFound
from models.work.directive_deeds.drafts import open_drafts
from models.work.directive_deeds.editing import DraftInHand, draft_in_hand
from portal.web import context_of, store_of


class ChangedByAnother(Refused):
    """What a form changes is not what it was when the form was opened."""


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
    require_own_draft(session, request, number)
    return draft_in_hand(session, number)


def require_own_draft(session: Session, request: Request, number: int) -> None:
    """Raise ``NotFound`` where the visitor has no draft of this number, open or ended."""
    missing = NotFound(f"Không có dự thảo số {number}.", f"There is no draft no. {number}.")
    draft = session.get(PlanDraft, number)
    if draft is None or not is_own(request, draft.documents):
        raise missing


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
            "This account has access to some directives only; shared parts (offices, ladders, calendar) are edited "
            "by an account with access to all directives.",
        )


def changed_by_another(
    request: Request, held: DraftInHand, vi: str, en: str, *, typed_stays: bool = True
) -> ChangedByAnother:
    """The refusal of a form whose matter was changed since it was opened; who changed the draft last is named.

    typed_stays  whether the page that tells it shows what was typed; else it shows what there is now
    """
    with reading_session(store_of(request).engine) as session:
        known = people(session)
    actor = held.draft.changed_by or held.draft.author
    who = "chính bạn, ở trang khác," if actor == context_of(request).actor else known.get(actor, "người khác")
    at = f"{(held.draft.changed_at or held.draft.created_at).astimezone(HANOI):%H:%M %d/%m/%Y}"
    then = (
        (
            "Những gì vừa gõ còn ở dưới: ghi lại lần nữa thì lấy theo dưới đây, hoặc mở lại trang để xem bản kia.",
            "What you typed is still below: save again to keep it, or reload the page to see the other version.",
        )
        if typed_stays
        else (
            "Dưới đây là bản đang có: sửa lại trên đó nếu còn cần.",
            "The current version is below: edit it if still needed.",
        )
    )
    return ChangedByAnother(
        f"Trong lúc sửa, {who} đã sửa {vi} này lúc {at}; chưa ghi gì. {then[0]}",
        f"While you were editing, {who} changed this {en} at {at}; nothing was saved. {then[1]}",
    )
