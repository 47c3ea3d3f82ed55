"""Reminders of the assignments ticked in a list: paused for a while, many at once, after a look at what that holds."""

from collections.abc import Sequence
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused, refuse_all
from config.rules.periods import period_in_words
from models.alerts.silences import silence
from models.store.database import session_scope
from models.tables.lifecycle import OPEN
from models.work.rows import ListedAssignment
from portal.desk.deeds import chosen_rows, left_out
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/reminders"


class Reminding(StrEnum):
    """What is done about the reminders of what was chosen."""

    SILENCE = "silence"


@router.get(_HOME)
def choose(request: Request) -> HTMLResponse:
    """What would be done about the assignments ticked in a list (``n``, several times)."""
    read_query(request, ("n", "act"))
    return _look(request, request.query_params.getlist("n"), FormReader(dict(request.query_params)))


@router.post(_HOME)
def do(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Do it, all or nothing."""
    chosen = form.each("n")
    try:
        _act(form)
        until = form.required_date("until", "Đến hết ngày", "Until")
        rows = [row for row in chosen_rows(request, chosen) if row.state in OPEN]
        with session_scope(store_of(request).engine) as session:
            for office, subtask, period in _pauses(rows):
                silence(
                    session,
                    office=office,
                    subtask=subtask,
                    period=period or None,
                    until=until,
                    reason=form.text("reason"),
                    context=context_of(request),
                )
    except Refused as refused:
        return _look(request, chosen, form, refused=refused)
    return see_other("/desk/silences", flash="silenced", count=len(_pauses(rows)))


def _act(form: FormReader) -> Reminding:
    return form.choice(Reminding, "act", "Nhắc việc", "Reminders", Reminding.SILENCE)


def _pauses(rows: Sequence[ListedAssignment]) -> list[tuple[str, str, str]]:
    """The office, subtask and period of each pause, those of joint leads too; each once."""
    return list(dict.fromkeys((office, row.subtask, row.period) for row in rows for office in row.leads))


def _look(request: Request, chosen: Sequence[str], form: FormReader, *, refused: Refused | None = None) -> HTMLResponse:
    rows: Sequence[ListedAssignment] = ()
    act = Reminding.SILENCE
    try:
        act, rows = _act(form), chosen_rows(request, chosen)
        if not any(row.state in OPEN for row in rows):
            refuse_all([left_out(row) for row in rows])
    except Refused as found:
        refused = refused or found
    within = [row for row in rows if row.state in OPEN]
    return form_page(
        request,
        "reminders.html",
        refused,
        form,
        act=act,
        rows=within,
        left_out=[left_out(row) for row in rows if row.state not in OPEN],
        pauses=_pauses(within),
        in_words=period_in_words,
    )
