"""Deciding on many reports and requests for time at once: chosen at the desk, looked over, confirmed once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col

from config.errors import Refused
from models.alerts.status import both, in_plan
from models.store.actor import ActorContext
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from models.tables.assignment import Assignment
from models.work import verbs
from models.work.deeds.grounds import LONGEST_REASON, SHORTEST_REASON
from models.work.lists.desk_list import Decision, decisions_waiting
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.web import context_of, see_other, store_of
from portal.words import machine_fault

router = APIRouter(default_response_class=HTMLResponse)

MOST = 200
"""Reports and requests decided on together."""


class Choice(StrEnum):
    """What is decided of all that was chosen; each fits reports or requests for time only."""

    ACCEPT = "accept"
    RETURN = "return"
    GRANT = "grant"
    REFUSE = "refuse"


@dataclass(frozen=True)
class _Way:
    """How one of them is decided: on what, with a reason or not, and by which verb."""

    what: str
    needs_reason: bool
    act: Callable[[Session, Decision, str, ActorContext], object]


_WAYS: Mapping[Choice, _Way] = {
    Choice.ACCEPT: _Way(
        "report", False, lambda s, each, _, context: verbs.accept(s, each.assignment.id, context, version=each.version)
    ),
    Choice.RETURN: _Way(
        "report",
        True,
        lambda s, each, why, context: verbs.return_(s, each.assignment.id, why, context, version=each.version),
    ),
    Choice.GRANT: _Way(
        "extension", False, lambda s, each, _, context: verbs.grant_extension(s, each.assignment.id, None, context)
    ),
    Choice.REFUSE: _Way(
        "extension", True, lambda s, each, why, context: verbs.refuse_extension(s, each.assignment.id, why, context)
    ),
}


@router.post("/desk/decide")
def decide(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Show what would be decided; once confirmed, decide one after another and say which could not be and why."""
    chosen = form.each("chosen")
    choice = form.choice(Choice, "choice", "Quyết định", Choice.ACCEPT)
    way, reason = _WAYS[choice], form.text("reason")
    with reading_session(store_of(request).engine) as session:
        these = both(col(Assignment.id).in_(_numbers(chosen)), in_plan(store_of(request).plan))
        waiting = {_key(each): each for each in decisions_waiting(session.connection(), only=these)[0]}
    fitting = [waiting[key] for key in chosen if key in waiting and waiting[key].what == way.what]
    other = [waiting[key] for key in chosen if key in waiting and waiting[key].what != way.what]
    faults = [_gone(key) for key in chosen if key not in waiting]
    is_confirmed = form.text("confirmed") == "yes"
    if is_confirmed and chosen and not waiting:  # pressed twice
        return see_other("/desk", flash="decided")
    refused = _not_yet(chosen, fitting, way, reason, confirmed=is_confirmed)
    if is_confirmed and refused is None:
        decided, failed = 0, list[Decision]()
        for place, each in enumerate(fitting):
            try:
                with session_scope(store_of(request).engine) as session:
                    way.act(session, each, reason, context_of(request))
                decided += 1
            except DatabaseUnreachable as found:  # nor will it be there for the next
                failed += fitting[place:]
                faults.append(machine_fault(found) or found)
                break
            except Refused as found:
                number = each.assignment.id
                failed.append(each)
                faults += [Refused(f"Việc số {number}: {one}", f"{number}: {one.en}") for one in found.faults]
        if not faults:
            return see_other("/desk", flash="decided", count=decided)
        refused = Refused(
            f"Đã quyết định {decided}; những việc sau thì không:",
            f"{decided} decided; the following were not:",
            details=faults,
        )
        fitting, other, faults = failed, [], []
    return form_page(
        request,
        "decide.html",
        refused,
        form,
        choice=choice if fitting else None,
        fitting=fitting,
        other=other,
        gone=faults,
        needs_reason=way.needs_reason,
        key=_key,
    )


def _not_yet(
    chosen: Sequence[str], fitting: Sequence[Decision], way: _Way, reason: str, *, confirmed: bool
) -> Refused | None:
    """Why nothing can be decided yet, if so."""
    if not 1 <= len(chosen) <= MOST:
        return Refused(f"Đánh dấu từ 1 đến {MOST} dòng.", f"Tick 1 to {MOST} rows.")
    if not fitting:
        vi, en = ("báo cáo", "report") if way.what == "report" else ("đề nghị gia hạn", "extension request")
        return Refused(
            f"Trong các dòng đã chọn không có {vi} nào đang chờ.", f"None of the selected rows is a pending {en}."
        )
    if confirmed and way.needs_reason and not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        return Refused(
            f"Lý do: ghi một câu, từ {SHORTEST_REASON} đến {LONGEST_REASON} ký tự.",
            f"Reason: enter a sentence of {SHORTEST_REASON} to {LONGEST_REASON} characters.",
        )
    return None


def _key(each: Decision) -> str:
    """A row as its tick box names it: the very report that was listed, not a newer one."""
    return f"{each.what}-{each.assignment.id}-{each.version}"


def _numbers(chosen: Sequence[str]) -> set[int]:
    parts = [each.split("-") for each in chosen[:MOST]]
    return {int(p[1]) for p in parts if len(p) == 3 and p[1].isascii() and p[1].isdigit() and len(p[1]) <= 9}


def _gone(key: str) -> Refused:
    parts = key.split("-")
    number = parts[1][:9] if len(parts) == 3 else key[:20]
    return Refused(
        f"Việc số {number}: đã được quyết định, hoặc có báo cáo mới hơn; xem lại ở trang «Hôm nay».",
        f"Assignment {number}: it has already been decided, or there is a newer report; check again on the page "
        "'Today'.",
    )
