"""Rehearsals of the months ahead: started, watched, looked at as pictures, calendar and tables, and as Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from tempfile import TemporaryFile

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from config.errors import Refused, refuse_all
from models.plans.directive_drafts import directive_draft, open_directive_drafts
from models.plans.documents import digest_of
from models.plans.editions import heads
from models.store.database import reading_session
from models.tables.edition import DirectiveDraft, PlanDraft
from models.tables.errors import NotFound
from models.work.directive_deeds.drafts import open_draft, open_drafts
from portal.form import FormReader, read_form
from portal.intake.rehearsal_process import start_rehearsal
from portal.pages.workbooks import download
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, language_of, now_of, page, see_other, store_of
from reports.months_ahead.kept import Asked, KeptRehearsal, KeptRehearsals
from reports.months_ahead.outcome import LONGEST_MONTHS, Rehearsal
from reports.months_ahead.pictures import letters_by_week, months
from reports.months_ahead.workbook import write_months_ahead

router = APIRouter(default_response_class=HTMLResponse)

HOME = "/rehearsals"

_REFRESH_AFTER_S = 2
_RISKS_SHOWN = 200
_OFFICES_SHOWN = 15
"""The others are folded away."""
_HEAT = 4
"""Shades of the load of a week."""


@router.get(HOME)
def rehearsals(request: Request) -> HTMLResponse:
    """Those that were played, and the form of a new one; ``?draft=`` and ``?amendment=`` choose what is played."""
    query = read_query(request, ("draft", "amendment"))
    chosen = next((f"{kind}-{query[kind]}" for kind in ("draft", "amendment") if kind in query), "")
    return _page(request, chosen=chosen)


@router.post(HOME)
def start(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Start a rehearsal."""
    try:
        asked_for = start_asked(request, form)
    except Refused as refused:
        return _page(request, chosen=form.text("what"), refused=refused, form=form)
    return see_other(f"{HOME}/{asked_for.number}")


def start_asked(request: Request, form: FormReader) -> KeptRehearsal:
    """Start the rehearsal that a form asks for; the same while it is played is that one.

    Raises ``Refused`` with all that is wrong with it, and while another is played.
    """
    settings = store_of(request).settings
    return KeptRehearsals(settings).ask(_asked(request, form), start=partial(start_rehearsal, settings))


@router.get(f"{HOME}/{{number}}")
def rehearsal(request: Request, number: RowId) -> HTMLResponse:
    """What it found, or how far it is; the page looks again by itself."""
    read_query(request, ())
    kept = kept_rehearsal(request, number)
    if not kept.is_done:
        fault = kept.fault(now_of(request))
        answer = page(request, "rehearsal_at_work.html", kept=kept, asked=kept.asked, fault=fault)
        if fault is None:
            answer.headers["Refresh"] = str(_REFRESH_AFTER_S)
        return answer
    found = kept.found
    mondays = sorted({each.week for each in found.weeks})
    return page(
        request,
        "rehearsal.html",
        kept=kept,
        asked=kept.asked,
        found=found,
        picture=letters_by_week(found, language=language_of(request)),
        months=months(found),
        mondays=mondays,
        load=_load(found, mondays),
        risks=found.dates_at_risk[:_RISKS_SHOWN],
        offices_shown=_OFFICES_SHOWN,
        without_address=[each.office for each in found.offices if each.without_address],
        known={each.code for each in store_of(request).plan.offices},
    )


@router.get(f"{HOME}/{{number}}/workbook")
def workbook(request: Request, number: RowId) -> StreamingResponse:
    """What it found, as Excel."""
    read_query(request, ())
    kept = kept_rehearsal(request, number)
    if not kept.is_done:
        raise NotFound(f"Diễn tập số {number} chưa xong.", f"Rehearsal no. {number} is not finished yet.")
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    write_months_ahead(kept.found, file, language=language_of(request))
    return download(file, f"dien-tap-{number}.xlsx")


@dataclass(frozen=True)
class Week:
    """What falls due of an office in one week, and how dark it is shown."""

    letters: int
    due: int
    level: int


def _load(found: Rehearsal, mondays: Sequence[date]) -> list[tuple[str, list[Week]]]:
    """Of each office its weeks in order."""
    most = max((each.due for each in found.weeks), default=0)
    made: list[tuple[str, list[Week]]] = []
    for office, weeks in groupby(found.weeks, key=lambda each: each.office):
        by_week = {each.week: each for each in weeks}
        counts = [(by_week[monday].letters, by_week[monday].due) if monday in by_week else (0, 0) for monday in mondays]
        made.append((office, [Week(letters, due, -(-due * _HEAT // most) if most else 0) for letters, due in counts]))
    return made


def _asked(request: Request, form: FormReader) -> Asked:
    faults: list[Refused] = []
    months, draft, amendment, stands_on = None, None, None, ""
    try:
        months = form.count("months", "Số tháng", "Months")
        if months is None or not 1 <= months <= LONGEST_MONTHS:
            raise Refused(f"Số tháng: từ 1 đến {LONGEST_MONTHS}.", f"Months: 1 to {LONGEST_MONTHS}.")
    except Refused as refused:
        faults.append(refused)
    kind, _, number = form.text("what").partition("-")
    chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    try:
        with reading_session(store_of(request).engine) as session:
            played: DirectiveDraft | PlanDraft | None = None
            if kind == "draft":
                played = directive_draft(session, chosen)
                draft = played.id
            elif kind == "amendment":
                played = open_draft(session, chosen)
                amendment = played.id
            elif kind:
                raise Refused("Diễn tập: chọn một mục trong danh sách.", "Rehearse: choose an entry from the list.")
            content = played.model_dump(mode="json", exclude={"changed_at", "changed_by"}) if played else None
            stands_on = digest_of({"editions": heads(session.connection()), "played": content})
    except Refused as refused:
        faults.append(refused)
    refuse_all(faults)
    assert months is not None
    answering = form.text("answering") == "yes"
    return Asked(
        months=months,
        now=now_of(request),
        answering=answering,
        draft=draft,
        amendment=amendment,
        stands_on=stands_on,
    )


def kept_rehearsal(request: Request, number: int) -> KeptRehearsal:
    """Raises ``NotFound``."""
    kept = KeptRehearsals(store_of(request).settings).one(number)
    if kept is None:
        raise NotFound(f"Không có diễn tập số {number}.", f"There is no rehearsal no. {number}.")
    return kept


def _page(
    request: Request, *, chosen: str = "", refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    store, now = store_of(request), now_of(request)
    with reading_session(store.engine) as session:
        drafts = [(f"draft-{each.id}", each.name) for each in open_directive_drafts(session)]
        amendments = [(f"amendment-{each.id}", each.paper_number or each.reason) for each in open_drafts(session)]
    kept = [(each, each.asked, each.fault(now)) for each in KeptRehearsals(store.settings).all()]
    return form_page(
        request,
        "rehearsals.html",
        refused,
        form,
        kept=kept,
        drafts=drafts,
        amendments=amendments,
        chosen=chosen,
        longest=LONGEST_MONTHS,
    )
