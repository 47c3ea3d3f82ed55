"""How the words of a date are read, shown while they are typed."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from config.catalogue.conventions import Conventions
from config.clock import local_date
from config.errors import Refused
from config.rules.deadlines import Due, NotDated, reading
from config.rules.due_words import TIMING_WORDS
from config.rules.grammar import parse_rule
from config.rules.kinds import AnchorName, FromAnchor, OnOccasion, PeriodicReport, Recurring, Within
from config.rules.working_time import WorkingCalendar
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.anchor import Anchor, AnchorKind
from portal.form import FormReader
from portal.query import read_query
from portal.web import now_of, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

LONGEST = 300
"""Letters of the words of a date; directives need fewer."""

_ANCHORS: dict[str, AnchorName] = {"event": "EVENT", "document": "DOC"}


@dataclass(frozen=True)
class Reading:
    """What words come to.

    due          the day, or why there is none
    as_if_today  whether it is counted from today for want of the day it will be counted from
    """

    rule: str
    due: Due | NotDated
    as_if_today: bool = False

    @property
    def no_date(self) -> tuple[str, str] | None:
        """Why there is no day, in Vietnamese and English; None where there is one."""
        return TIMING_WORDS[self.due.timing] if isinstance(self.due, NotDated) else None


def read_words(
    words: str,
    *,
    calendar: WorkingCalendar,
    today: date,
    counted_from: date | None = None,
    opened_by: str = "",
    conventions: Conventions | None = None,
) -> Reading:
    """What the words of a date mean, or a short form; raises ``Refused`` that names the nearest right form.

    counted_from  the day of the paper that assigns; today without one
    opened_by     what opens the work: ``event`` or ``document``; anything else is the assigning paper
    conventions   the readings of the directive
    """
    if len(words) > LONGEST:
        raise Refused(
            f"Thời hạn dài {len(words)} ký tự; chỉ ghi phần nói về thời hạn, tối đa {LONGEST} ký tự.",
            f"The deadline has {len(words)} characters; enter only the part about the deadline, at most {LONGEST}.",
        )
    conventions = conventions or Conventions()
    rule = parse_rule(words, _ANCHORS.get(opened_by, "ISSUE"))
    match rule:
        case FromAnchor(anchor=anchor) | Within(anchor=anchor) | OnOccasion(anchor=anchor):
            anchor_day = counted_from if anchor == "ISSUE" else None
        case PeriodicReport() | Recurring():
            anchor_day = today
        case _:
            anchor_day = counted_from
    due = reading(
        rule,
        calendar=calendar,
        anchor=anchor_day or today,
        before=conventions.before_date,
        basis=conventions.bases,
    )
    return Reading(str(rule), due, as_if_today=anchor_day is None and isinstance(rule, FromAnchor | Within))


@router.get("/plans/reading")
def show(request: Request) -> HTMLResponse:
    """The reading as a piece of a page.

    The words stand under ``words``, or under the name of the field that ``field`` says, so that a field of any form
    asks for its own reading; ``opens`` names the field that says what opens the work.
    """
    names = {request.query_params.get(key, "") for key in ("field", "opens")} - {""}
    query = read_query(request, ("words", "field", "opens", "opened_by", "directive", "from", *names))
    words = query.get(query.get("field", "words"), "")
    opened_by = query.get(query.get("opens", "opened_by"), "")
    found: Reading | None = None
    refused: Refused | None = None
    try:
        counted_from = FormReader(query).day("from", "Ngày của văn bản", "Date of the paper")
        found = (
            reading_in(store_of(request), words, query.get("directive", ""), opened_by, today_of(request), counted_from)
            if words
            else None
        )
    except Refused as fault:
        refused = fault
    return page(request, "plan_reading.html", found=found, fault=refused)


def today_of(request: Request) -> date:
    return local_date(now_of(request))


def reading_in(
    store: Store, words: str, directive: str, opened_by: str, today: date, counted_from: date | None = None
) -> Reading:
    """``read_words`` by the calendar and readings of a directive; of one that is not followed, by the common ones."""
    known = next((each for each in store.plan.directives if each.code == directive), None)
    if known is None:
        return read_words(words, calendar=store.calendar, today=today, counted_from=counted_from, opened_by=opened_by)
    codes = [each.code for each in store.plan.priorities_of(known.code)]
    if counted_from is None:
        with reading_session(store.engine) as session:
            counted_from = assigned_on(session, known.code) or known.date
    return read_words(
        words,
        calendar=store.calendar.of(codes[0]) if codes else store.calendar,
        today=today,
        counted_from=counted_from,
        opened_by=opened_by,
        conventions=known.conventions,
    )


def assigned_on(session: Session, directive: str) -> date | None:
    """The day of the paper that assigns a directive's work; None before it is entered."""
    issued = (
        col(Anchor.directive) == directive,
        col(Anchor.kind) == AnchorKind.ISSUE,
        col(Anchor.undone_at).is_(None),
    )
    found = session.exec(select(Anchor).where(*issued).limit(1)).first()
    return found.on_date if found else None
