"""Deciding on many reports and requests for time at once: chosen at the desk, looked over, confirmed once."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import col

from config.errors import Refused
from models.alerts.status import both, in_plan
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from models.work import verbs
from models.work.deeds.grounds import LONGEST_REASON, SHORTEST_REASON
from models.work.lists.desk_list import Decision, decisions_waiting
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.repeated import is_repeated
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
    """How one of them is decided: on what, by which verb, and with what of a chosen row and of the reason.

    asks  what the verb is asked, by name: of the number of the report or request, and the reason
    """

    what: str
    verb: Verb
    act: Callable[..., object]
    asks: Callable[[int, str], dict[str, Any]]

    @property
    def needs_reason(self) -> bool:
        return "reason" in self.asks(0, "")


_WAYS: Mapping[Choice, _Way] = {
    Choice.ACCEPT: _Way("report", Verb.ACCEPT, verbs.accept, lambda number, _: {"version": number}),
    Choice.RETURN: _Way("report", Verb.RETURN, verbs.return_, lambda number, why: {"version": number, "reason": why}),
    Choice.GRANT: _Way(
        "extension",
        Verb.GRANT_EXTENSION,
        verbs.grant_extension,
        lambda number, _: {"extension": number, "until": None},
    ),
    Choice.REFUSE: _Way(
        "extension",
        Verb.REFUSE_EXTENSION,
        verbs.refuse_extension,
        lambda number, why: {"extension": number, "reason": why},
    ),
}


@router.get("/desk/decide")
def choose(request: Request) -> Response:
    """Show what would be decided of the assignments ticked in a list (``n``, several times)."""
    read_query(request, ("n", "choice"))
    form = FormReader(dict(request.query_params))
    choice = form.choice(Choice, "choice", "Quyết định", "Decision", Choice.ACCEPT)
    numbers = request.query_params.getlist("n")
    if not numbers:
        return see_other("/desk")
    waiting = _waiting(request, numbers)
    keys = [key for key, each in waiting.items() if each.what == _WAYS[choice].what]
    missing = {number for number in numbers if number not in {str(waiting[key].assignment.id) for key in keys}}
    return _decide(request, form, (*keys, *sorted(missing)), choice)


@router.post("/desk/decide")
def decide(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Show what would be decided; once confirmed, decide one after another and say which could not be and why."""
    choice = form.choice(Choice, "choice", "Quyết định", "Decision", Choice.ACCEPT)
    return _decide(request, form, form.each("chosen"), choice)


def _waiting(request: Request, numbers: Collection[str]) -> dict[str, Decision]:
    """What waits for a decision of the assignments of these numbers, by the name of its tick box."""
    known = {int(each) for each in numbers if each.isascii() and each.isdigit() and len(each) <= 9}
    these = both(col(Assignment.id).in_(known), in_plan(store_of(request).plan))
    with reading_session(store_of(request).engine) as session:
        return {_key(each): each for each in decisions_waiting(session.connection(), only=these)[0]}


def _decide(request: Request, form: FormReader, chosen: Sequence[str], choice: Choice) -> Response:
    way, reason = _WAYS[choice], form.text("reason")
    waiting = _waiting(request, [str(found[1]) for key in chosen[:MOST] if (found := _read(key))])
    fitting = [waiting[key] for key in chosen if key in waiting and waiting[key].what == way.what]
    other = [waiting[key] for key in chosen if key in waiting and waiting[key].what != way.what]
    is_confirmed = form.text("confirmed") == "yes"
    gone = [key for key in chosen[:MOST] if key not in waiting]
    faults = [_gone(key) for key in gone if not (is_confirmed and _is_repeated(request, key, way, reason))]
    if gone and len(gone) == len(chosen) and not faults:  # pressed twice
        return see_other("/desk", flash="decided")
    refused = _not_yet(chosen, fitting, way, reason, faults, confirmed=is_confirmed)
    if is_confirmed and refused is None:
        decided, failed = 0, list[Decision]()
        for place, each in enumerate(fitting):
            try:
                with session_scope(store_of(request).engine) as session:
                    asked = way.asks(each.version, reason)
                    way.act(session, each.assignment.id, context=context_of(request), **asked)
                decided += 1
            except DatabaseUnreachable as found:  # nor will it be there for the next
                failed += fitting[place:]
                faults.append(machine_fault(found) or found)
                break
            except Refused as found:
                if _is_repeated(request, _key(each), way, reason):  # pressed twice at one moment
                    continue
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
    chosen: Sequence[str],
    fitting: Sequence[Decision],
    way: _Way,
    reason: str,
    gone: Sequence[Refused],
    *,
    confirmed: bool,
) -> Refused | None:
    """Why nothing can be decided yet, if so."""
    if not 1 <= len(chosen) <= MOST:
        return Refused(f"Đánh dấu từ 1 đến {MOST} dòng.", f"Tick 1 to {MOST} rows.")
    if not fitting:
        vi, en = ("báo cáo", "report") if way.what == "report" else ("đề nghị gia hạn", "extension request")
        return Refused(
            f"Trong các dòng đã chọn không có {vi} nào đang chờ; chưa quyết định gì.",
            f"None of the selected rows is a pending {en}; nothing was decided.",
            details=gone,
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


def _read(key: str) -> tuple[str, int, int] | None:
    """What a tick box names: what waited, of which assignment, and its number; None for no such name."""
    found = _KEY.fullmatch(key)
    return (found[1], int(found[2]), int(found[3])) if found else None


_KEY = re.compile(r"(report|extension)-([0-9]{1,9})-([0-9]{1,9})")


def _is_repeated(request: Request, key: str, way: _Way, reason: str) -> bool:
    """Whether the visitor has decided just this of it, and nothing came after."""
    what, assignment_id, number = _read(key) or ("", 0, 0)
    return what == way.what and is_repeated(request, assignment_id, way.verb, way.asks(number, reason))


def _gone(key: str) -> Refused:
    found = _read(key)
    number = found[1] if found else key[:20]
    if found is None:  # ticked in a list, by the number of the assignment
        return Refused(
            f"Việc số {number}: không có báo cáo hay đề nghị như vậy đang chờ.",
            f"Assignment {number}: no such report or request is waiting.",
        )
    return Refused(
        f"Việc số {number}: đã được quyết định, hoặc có báo cáo mới hơn; xem lại ở trang «Hôm nay».",
        f"Assignment {number}: it has already been decided, or there is a newer report; check again on the page "
        "'Today'.",
    )
