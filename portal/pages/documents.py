"""Documents to download: the report of a period, and slips and urging letters for each office."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from config.catalogue.plan import Directive
from config.clock import local_date
from config.errors import Refused
from config.rules.periods import Bases, Cadence, parse_period, period_in_words, period_of
from models.alerts.status import in_directive
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from portal.query import OFFICES_SHOWN, read_query, requested_page
from portal.rendering.kept_pages import kept
from portal.sign_in.session import VisitorRole
from portal.web import context_of, language_of, now_of, page, store_of, visitor_of
from reports.figures import Tally, tally_by_office
from reports.papers.document import issuer, reminder_document, report_document, slip_document
from reports.papers.filling import DOCX
from reports.papers.office_letters import OfficeAssignments, office_assignments
from reports.papers.pdf import font_warning, office_program, to_pdf
from reports.papers.period_report import period_report
from reports.papers.signing import can_sign, record_signature, signed_pdf
from reports.sheets.columns import COLUMNS

router = APIRouter()

Paper = Callable[[OfficeAssignments, Store], bytes]

_PERIOD_CHOICES: Mapping[Cadence, int] = {"month": 13, "quarter": 9, "half": 5, "year": 5}
"""How many periods of each length can be chosen, the current one among them."""

_USUAL_COLUMNS = frozenset({"number", "title", "period", "lead", "due", "status", "done_on", "result"})
"""Those that fit on A4."""

_PDF = "application/pdf"

_FILE_NAMES = {"slip": "phieu-giao-viec", "reminder": "don-doc"}


@router.get("/documents")
def documents(request: Request) -> HTMLResponse:
    """The documents on offer: the report of any of the last periods of each length, and papers by office."""
    store, now = store_of(request), now_of(request)
    today = local_date(now)
    query = read_query(request, ("directive", "page"))
    directive, requested = (
        store.plan.directive(query.get("directive")),
        requested_page("/documents", query, size=OFFICES_SHOWN),
    )
    counts = kept(request, ("documents", directive.code), lambda: _counts(request, directive), until_due=True)
    offices = [(office.code, counts[office.code]) for office in store.plan.offices if office.code in counts]
    return page(
        request,
        "documents.html",
        directive=directive,
        periods=[
            [
                (key, period_in_words(key, language_of(request)))
                for key in _last_keys(cadence, count, today, directive.conventions.bases)
            ]
            for cadence, count in _PERIOD_CHOICES.items()
        ],
        offices=requested.of(offices),
        page_range=requested.range_of(len(offices)),
        columns=COLUMNS,
        usual_columns=_USUAL_COLUMNS,
        pdf=office_program() is not None,
        signs=office_program() is not None
        and can_sign(store.settings)
        and visitor_of(request).role is VisitorRole.COORDINATOR,
        font=font_warning() if office_program() else None,
    )


def _counts(request: Request, directive: Directive) -> dict[str, Tally]:
    """Of the offices that have open work."""
    store = store_of(request)
    its = in_directive(store.plan, directive)
    with reading(store.engine) as connection:
        found = tally_by_office(connection, now=now_of(request), calendar=store.calendar, only=its)
    return {code: each for (code,), each in found.items() if each.open_overdue + each.open_within_term}


def _last_keys(cadence: Cadence, count: int, today: date, bases: Bases) -> list[str]:
    """The latest first."""
    periods = [period_of(cadence, today, bases)]
    while len(periods) < count:
        periods.append(period_of(cadence, periods[-1].opens - timedelta(days=1), bases))
    return [each.key for each in periods]


@router.get("/documents/report")
def report(request: Request) -> Response:
    """The consolidated report of ``?period=``, in Word, or ``&form=pdf``."""
    store, now = store_of(request), now_of(request)
    query = read_query(request, ("period", "form", "directive"))
    period = parse_period(query.get("period", ""))
    with reading(store.engine) as connection:
        found = period_report(connection, store, period, now=now, directive=query.get("directive"))
    return _download(request, report_document(found, store), f"bao-cao-{period.key}{_mark(store, query)}", query)


@router.get("/documents/{paper}/{office}")
def of_office(request: Request, paper: str, office: str) -> Response:
    """The slip or the urging letter of an office, in Word, or ``?form=pdf``."""
    store = store_of(request)
    query = read_query(request, ("form", "directive"))
    writers: Mapping[str, Paper] = {"slip": slip_document, "reminder": reminder_document}
    if paper not in writers:
        raise Refused(
            f"Văn bản «{paper}» không có; có: phiếu giao việc (slip), văn bản đôn đốc (reminder).",
            f"There is no document '{paper}'; available: slip, reminder.",
        )
    return office_paper(request, writers[paper], store.plan.office_named(office).code, paper, query)


@router.get("/slip")
def own_slip(request: Request) -> Response:
    """The slip of the office that asks."""
    office = visitor_of(request).office
    assert office is not None
    return office_paper(request, slip_document, office, "slip", read_query(request, ("form", "directive")))


def office_paper(request: Request, paper: Paper, office: str, name: str, query: Mapping[str, str]) -> Response:
    """A paper of the open work of an office, to download as ``query`` asks (``form``, ``directive``)."""
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        found = office_assignments(connection, store, office, now=now, directive=query.get("directive"))
    return _download(request, paper(found, store), f"{_FILE_NAMES[name]}-{office}{_mark(store, query)}", query, office)


def _mark(store: Store, query: Mapping[str, str]) -> str:
    """The part of a file name that names the directive, where there are several."""
    return f"-{store.plan.directive(query.get('directive')).code}" if store.plan.has_several else ""


def _download(
    request: Request, content: bytes, name: str, query: Mapping[str, str], office: str | None = None
) -> Response:
    form = query.get("form", "docx")
    if form not in ("docx", "pdf", "signed"):
        raise Refused(
            f"Dạng «{form}» không có; có: docx, pdf, signed.",
            f"There is no format '{form}'; available: docx, pdf, signed.",
        )
    if form != "docx":
        content = to_pdf(content)
    if form == "signed":
        content = _signed(request, content, query, office)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{"docx" if form == "docx" else "pdf"}"'}
    return Response(content, media_type=DOCX if form == "docx" else _PDF, headers=headers)


def _signed(request: Request, content: bytes, query: Mapping[str, str], office: str | None) -> bytes:
    """Signed for the coordinating office, so by nobody else; on record before anybody has it."""
    if visitor_of(request).role is not VisitorRole.COORDINATOR:
        raise Refused("Chỉ cơ quan đôn đốc ký văn bản của mình.", "Only the coordinator can sign its own documents.")
    store, now = store_of(request), now_of(request)
    directive = store.plan.directive(query.get("directive"))
    signed = signed_pdf(content, store.settings, issuer=issuer(store, directive, now).name_vi, now=now)
    with session_scope(store.engine) as session:
        record_signature(session, signed, context_of(request), directive=directive.code, office=office)
    return signed
