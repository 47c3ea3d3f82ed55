"""Reminders of the assignments ticked in a list: sent now or paused for a while, after a look."""

from collections.abc import Sequence
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused, refuse_all
from config.rules.periods import period_in_words
from models.alerts.silences import silence
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import OPEN, STATE_WORDS
from models.work.rows import ListedAssignment
from models.work.verbs.reminding import Urging, urge, urging
from portal.desk.deeds import chosen_rows, left_out
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/reminders"


class Reminding(StrEnum):
    """What is done about the reminders of what was chosen."""

    URGE = "urge"
    SILENCE = "silence"


@router.get(_HOME)
def choose(request: Request) -> Response:
    """What would be done about the assignments ticked in a list (``n``, several times)."""
    read_query(request, ("n", "act"))
    if not (chosen := request.query_params.getlist("n")):
        return see_other("/assignments")
    return _look(request, chosen, FormReader(dict(request.query_params)))


@router.post(_HOME)
def do(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Do it: pauses all or none; of what is to be urged whatever can be, and the rest is named."""
    chosen = form.each("n")
    try:
        rows = chosen_rows(request, chosen)
        if _act(form) is Reminding.SILENCE:
            return _pause(request, form, [row for row in rows if row.state in OPEN])
        with session_scope(store_of(request).engine) as session:
            done = urge(session, [row.id for row in rows], context_of(request))
        count = len(done.assignments)
        if faults := _not_urged(request, done):
            told = f"Đã đôn đốc {count}; những việc sau thì không:", f"{count} urged; the following were not:"
            raise Refused(*told, details=faults)
    except Refused as refused:
        return _look(request, chosen, form, refused=refused)
    return see_other("/assignments", flash="urged", count=count)


def _pause(request: Request, form: FormReader, rows: Sequence[ListedAssignment]) -> Response:
    until, pauses = form.required_date("until", "Đến hết ngày", "Until"), _pauses(rows)
    with session_scope(store_of(request).engine) as session:
        for office, subtask, period in pauses:
            silence(
                session,
                office=office,
                subtask=subtask,
                period=period or None,
                until=until,
                reason=form.text("reason"),
                context=context_of(request),
            )
    return see_other("/desk/silences", flash="silenced", count=len(pauses))


def _act(form: FormReader) -> Reminding:
    return form.choice(Reminding, "act", "Nhắc việc", "Reminders", Reminding.URGE)


def _not_urged(request: Request, found: Urging) -> list[Refused]:
    """Why each assignment that is left is not urged."""
    plan, faults = store_of(request).plan, dict[int, Refused]()
    for number in found.silent.keys() - {*found.assignments}:
        faults[number] = Refused(
            f"Việc số {number}: đang tạm ngừng nhắc: không gửi.", f"Assignment {number}: reminders paused: not sent."
        )
    for number, state in found.closed.items():
        vi, en = STATE_WORDS[state]
        faults[number] = Refused(f"Việc số {number}: {vi}.", f"Assignment {number}: {en}.")
    for number, codes in found.urged.items():
        vi, en = (
            "; ".join(plan.office(code).name_vi for code in codes),
            "; ".join(plan.office(code).name_en for code in codes),
        )
        faults[number] = Refused(
            f"Việc số {number}: hôm nay đã đôn đốc {vi}.", f"Assignment {number}: {en} has been urged today already."
        )
    return [faults[number] for number in sorted(faults)]


def _pauses(rows: Sequence[ListedAssignment]) -> list[tuple[str, str, str]]:
    """The office, subtask and period of each pause, those of joint leads too; each once."""
    return list(dict.fromkeys((office, row.subtask, row.period) for row in rows for office in row.leads))


def _look(request: Request, chosen: Sequence[str], form: FormReader, *, refused: Refused | None = None) -> HTMLResponse:
    act, rows, left = Reminding.URGE, list[ListedAssignment](), list[Refused]()
    found = None
    try:
        act, rows = _act(form), chosen_rows(request, chosen)
        if act is Reminding.SILENCE:
            left = [left_out(row) for row in rows if row.state not in OPEN]
            rows = [row for row in rows if row.state in OPEN]
        else:
            with reading_session(store_of(request).engine) as session:
                found = urging(session, [row.id for row in rows], context_of(request).today)
            left = _not_urged(request, found)
            rows = [row for row in rows if row.id in {*found.assignments}]
        if not rows:
            refuse_all(left)
    except Refused as fault:
        refused = refused or fault
    return form_page(
        request,
        "reminders.html",
        refused,
        form,
        act=act,
        rows={row.id: row for row in rows},
        left_out=left,
        pauses=_pauses(rows),
        urging=found,
        in_words=period_in_words,
    )
