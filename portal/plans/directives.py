"""The directives that are followed, each with its text, its subtasks and its editions."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from config.catalogue.plan import Plan
from config.rules.working_time import WorkingCalendar
from models.plans.documents import CALENDAR, LADDERS, OFFICES, Content, plan_of, series_of
from models.plans.editions import heads
from models.store.database import reading_session
from models.tables.deed import Deed
from models.tables.edition import Edition
from models.tables.errors import NotFound
from portal.plans.contents import chapters
from portal.plans.drafts import plan_words
from portal.plans.own import own_directive, own_drafts, people
from portal.plans.reading import assigned_on, today_of
from portal.query import read_query
from portal.sign_in.session import VisitorRole
from portal.web import RowId, page, store_of, visitor_of
from reports.plan_changes import SubtaskChange, shared_changes, subtask_changes

router = APIRouter(default_response_class=HTMLResponse)

SHARED = (OFFICES, LADDERS, CALENDAR)
"""What all directives share."""


@router.get("/plans")
def plans(request: Request) -> HTMLResponse:
    read_query(request, ())
    plan = store_of(request).plan
    with reading_session(store_of(request).engine) as session:
        numbers = heads(session.connection())
        shared = select(Edition).options(defer(Edition.content)).where(col(Edition.series).in_(SHARED))  # type: ignore[arg-type]
        return page(
            request,
            "plans.html",
            rows=[
                {
                    "directive": each,
                    "edition": numbers.get(series_of(each.code)),
                    "subtasks": sum(len(priority.subtasks) for priority in plan.priorities_of(each.code)),
                    "priorities": len(plan.priorities_of(each.code)),
                    "assigned": assigned_on(session, each.code),
                }
                for each in plan.directives
            ],
            drafts=own_drafts(session, request) if _writes(request) else (),
            people=people(session),
            shared=session.exec(shared.order_by(col(Edition.id).desc())).all() if plan.is_whole else (),
            writes=_writes(request),
        )


@router.get("/plans/directives/{code}")
def directive(request: Request, code: str) -> HTMLResponse:
    read_query(request, ())
    store = store_of(request)
    found = own_directive(store.plan, code)
    with reading_session(store.engine) as session:
        drafts = [each for each in own_drafts(session, request) if series_of(code) in each.documents]
        return page(
            request,
            "plan_directive.html",
            directive=found,
            chapters=chapters(
                store.plan, store.calendar, found, today=today_of(request), assigned=assigned_on(session, code)
            ),
            assigned=assigned_on(session, code),
            editions=_editions(session, code),
            drafts=drafts if _writes(request) else (),
            people=people(session),
            writes=_writes(request),
            **plan_words(store.plan),
            closed=found.is_closed(today_of(request)),
        )


@router.get("/plans/directives/{code}/text")
def text(request: Request, code: str) -> HTMLResponse:
    """The directive's own text, as it is kept."""
    read_query(request, ())
    return page(request, "plan_text.html", directive=own_directive(store_of(request).plan, code))


@router.get("/plans/directives/{code}/editions/{number}")
def edition(request: Request, code: str, number: RowId) -> HTMLResponse:
    """One edition: what it changed, and the plan as it was then."""
    read_query(request, ())
    store = store_of(request)
    own_directive(store.plan, code)
    with reading_session(store.engine) as session:
        found = next((each for each in _editions(session, code) if each.number == number), None)
        if found is None:
            raise NotFound(f"{code} không có bản số {number}.", f"{code} has no edition {number}.")
        then, calendar = _plan_then(session, code, number)
        sentences: dict[str, SubtaskChange] = {}
        shared: list[tuple[str, str]] = []
        if number > 1:
            before, days = _plan_then(session, code, number - 1)
            sentences = subtask_changes(before, then, found.effective_on, ())
            shared = [*shared_changes((before, days), (then, calendar))]
        return page(
            request,
            "plan_edition.html",
            plan=then,
            directive=then.directive(code),
            edition=found,
            last=max(each.number for each in _editions(session, code)),
            titles={each.code: each.title_vi for each in (*then.known_subtasks(), *then.subtasks())},
            changes=sentences,
            shared=shared,
            chapters=chapters(
                then, calendar, then.directive(code), today=today_of(request), assigned=assigned_on(session, code)
            ),
            deed=_deed_of(session, code, number) if _writes(request) else None,
            people=people(session),
            **plan_words(then),
        )


def _writes(request: Request) -> bool:
    return visitor_of(request).role is VisitorRole.COORDINATOR


def _editions(session: Session, code: str) -> list[Edition]:
    """The newest first, without their content."""
    of_it = select(Edition).options(defer(Edition.content)).where(Edition.series == series_of(code))  # type: ignore[arg-type]
    return [*session.exec(of_it.order_by(col(Edition.number).desc())).all()]


def _plan_then(session: Session, code: str, number: int) -> tuple[Plan, WorkingCalendar]:
    """The plan of one directive at one edition, by what all shared then."""
    query = select(Edition).where(Edition.series == series_of(code), Edition.number == number)
    own = session.exec(query).one()
    content: dict[str, Content] = {own.series: own.content}
    for series in SHARED:
        there = select(Edition).where(Edition.series == series).order_by(col(Edition.number).desc())
        in_force = session.exec(there.where(col(Edition.created_at) <= own.created_at).limit(1)).first()
        found = in_force or session.exec(there.limit(1)).one()
        content[series] = found.content
    made = plan_of(content, {own.series: number})
    return made.plan, made.calendar


def _deed_of(session: Session, code: str, number: int) -> int | None:
    """The deed that put an edition in force; None for one that came in as a whole."""
    series = series_of(code)
    deeds = session.exec(select(Deed).where(col(Deed.subject).contains(code)).order_by(col(Deed.id))).all()
    return next((each.id for each in deeds if each.editions.get(series) == number), None)
