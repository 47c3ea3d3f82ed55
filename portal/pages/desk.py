"""The coordinator's desk: what needs them today, letters sent again, ad hoc assignments, silences."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection
from sqlmodel import Session, and_

from config.clock import local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from models.access.deputies import without_effect
from models.alerts.silences import lift, silence, silences
from models.alerts.status import both, in_plan
from models.delivery.channel_health import is_sample_beside_real, troubled_channels, unheard_offices
from models.delivery.dead_letters import dead_letter_count, dead_letters, send_again, send_all_again
from models.delivery.letters import send_copy
from models.keeping.backups import last_backup
from models.keeping.opening import Store
from models.store.clock_check import read_clock, wrong_clocks_elsewhere
from models.store.database import reading, reading_session, session_scope
from models.tables.lifecycle import Urgency
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.directives import samples_in_force
from models.work.lists.desk_list import (
    ComingEvent,
    coming_events,
    decisions_waiting,
    overdue_offices,
    submitted_reports,
    unacknowledged,
    undated_work,
)
from models.work.lists.questions import questions_waiting
from models.work.lists.urging_letters import last_letters
from models.work.queries import AssignmentFilter, conditions
from notifications.words.coordinator_letters import TroubleLetter, trouble_letters
from portal.form import FormReader, read_form
from portal.pages.overview import filter_of
from portal.prefect.health import prefect_answers
from portal.problems import form_page
from portal.query import RequestedPage, read_query, requested_page
from portal.rendering.kept_pages import kept, kept_page
from portal.sign_in.limits import own_messages, require_message, require_silence, require_silence_of, require_subtask
from portal.web import RowId, context_of, now_of, offices_of_today, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50

DEAD_LETTERS_LISTED = 100
"""How many of the newest dead letters the desk lists; their count is of all."""


TROUBLES_TOLD_FOR = timedelta(days=3)
"""How long the desk tells of a run that failed: over a weekend."""

EVENTS_TOLD_AHEAD = timedelta(days=30)

FILTERS = ("office", "directive", "priority", "subtask")
"""Of what waits for a decision."""

OFFICES_LISTED = 15
"""Of those that owe overdue work, the ones that owe most."""


@router.get("/desk")
def today(request: Request) -> HTMLResponse:
    store, now = store_of(request), now_of(request)
    query = read_query(request, ("page", "asked", "undated", *FILTERS))
    wanted = filter_of(store.plan, {name: query[name] for name in FILTERS if name in query}, now, store.calendar)
    requested, asked, dates = (
        requested_page("/desk", query, size=PAGE_SIZE, name=name) for name in ("page", "asked", "undated")
    )
    theirs = own_messages(request)
    with reading_session(store.engine) as session:
        connection = session.connection()
        fault = read_clock(connection).fault()
        backup = last_backup(connection)
        beside = {
            "dead_letters": tuple(dead_letters(session, theirs, limit=DEAD_LETTERS_LISTED)),
            "dead_letter_count": dead_letter_count(session, theirs),
            "clock_faults": (
                *([(str(fault), fault.en)] if fault else ()),
                *((each.vi, each.en) for each in wrong_clocks_elsewhere(connection)),
            ),
            "backup": backup,
            "is_backup_overdue": backup is not None and backup.is_overdue(now),
            # Counted over all that is sent, so not for an account that sees only some of it.
            "channels": tuple(troubled_channels(connection) if store.plan.is_whole else ()),
            "sample_mailbox": store.settings.mailbox_dir if is_sample_beside_real(session, store.contacts) else None,
            "idle_deputies": tuple(_idle_deputies(session, store, local_date(now)) if store.plan.is_whole else ()),
            "troubles": tuple(_troubles(connection, store, now) if store.plan.is_whole else ()),
            "coming": tuple(_coming(connection, store, local_date(now))),
            "prefect_is_away": not prefect_answers(request),
        }
    return kept_page(
        request,
        "desk.html",
        lambda: {**beside, **_waiting(request, requested, wanted, asked, dates)},
        drawn_from=tuple(beside.values()),
    )


def _troubles(connection: Connection, store: Store, now: datetime) -> list[TroubleLetter]:
    """What coordinators were written lately of runs that failed and of what was missed."""
    coordinators = {store.plan.current_office(each.coordinator, local_date(now)) for each in store.plan.directives}
    return trouble_letters(connection, coordinators, since=now - TROUBLES_TOLD_FOR)


def _coming(connection: Connection, store: Store, today: date) -> list[ComingEvent]:
    directives = [each.code for each in store.plan.directives]
    return coming_events(connection, directives, first=today, last=today + EVENTS_TOLD_AHEAD)


def _idle_deputies(session: Session, store: Store, today: date) -> Iterator[tuple[str, ...]]:
    """The office and desk whose letters somebody should get as well today and does not, who, and why in both
    languages."""
    for each, fault in without_effect(session, store.contacts, today):
        if each.office and each.desk and each.first_day <= today:
            yield each.office, each.desk, each.email, str(fault), fault.en


def _waiting(
    request: Request, requested: RequestedPage, wanted: AssignmentFilter, asked: RequestedPage, dates: RequestedPage
) -> Mapping[str, Any]:
    store, its = store_of(request), in_plan(store_of(request).plan)
    with reading_session(store.engine) as session:
        connection = session.connection()
        only = its
        if wanted != AssignmentFilter():
            only = both(and_(*conditions(connection, wanted, now_of(request))), its)
        waiting, total = decisions_waiting(connection, limit=PAGE_SIZE, offset=requested.offset, only=only)
        questions, count = questions_waiting(connection, limit=PAGE_SIZE, offset=asked.offset, only=its)
        reports = submitted_reports(session, [each.assignment.id for each in waiting if each.what == "report"])
    open_work = kept(request, ("desk", dates.number), lambda: _open_work(request, dates))
    return {
        **open_work,
        "undated_range": dates.range_of(open_work["undated_count"]),
        "waiting": waiting,
        "query": requested.query,
        "filtered": [name for name in FILTERS if requested.query.get(name)],
        "page_range": requested.range_of(total),
        "questions": questions,
        "asked_range": asked.range_of(count),
        "reports": reports,
        "unconfirmed_year": store.calendar.unconfirmed_year(local_date(now_of(request))),
    }


def _open_work(request: Request, dates: RequestedPage) -> Mapping[str, Any]:
    """What there is to urge, and one page of what has no date: all open work is looked through for it."""
    store, now = store_of(request), now_of(request)
    its = in_plan(store.plan)
    with reading(store.engine) as connection:
        undated, undated_count = undated_work(connection, limit=PAGE_SIZE, offset=dates.offset, only=its)
        overdue, overdue_count = overdue_offices(connection, now=now, limit=OFFICES_LISTED, only=its)
        return {
            "undated": undated,
            "undated_count": undated_count,
            "overdue": overdue,
            "letters": last_letters(
                connection, [each.office for each in overdue], [each.code for each in store.plan.directives]
            ),
            "overdue_count": overdue_count,
            "unacknowledged": unacknowledged(connection, now=now, calendar=store.calendar, only=its),
            "unheard": unheard_offices(connection, now, only=its),
        }


@router.post("/desk/messages/{message_id}/again")
def again(request: Request, message_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Queue a message that was given up, once; of one that was sent a copy, where its own page asks for one."""
    store, own_page = store_of(request), f"/desk/messages/{message_id}"
    with session_scope(store.engine) as session:
        require_message(session, request, message_id)
        if form.text("copy"):
            send_copy(session, message_id, store.contacts, context_of(request), samples=samples_in_force(session))
        elif not send_again(session, message_id, context_of(request)):
            return see_other(own_page, flash="under_way")
    return see_other(own_page if form.text("copy") else "/desk", flash="queued_again")


@router.post("/desk/messages/again")
def all_again(request: Request) -> Response:
    queued = send_all_again(store_of(request).engine, own_messages(request), context_of(request))
    return see_other("/desk", flash="all_queued_again", count=queued)


@router.get("/desk/assign")
def assign_form(request: Request) -> HTMLResponse:
    return _assign_page(request)


@router.post("/desk/assign")
def assign(request: Request, form: FormReader = Depends(read_form)) -> Response:
    try:
        wanted = AdHoc(
            subtask=form.text("subtask"),
            title=form.text("title"),
            lead=form.text("lead"),
            coordinating=form.each("coordinating"),
            due_on=form.required_date("due_on", "Hạn", "Due"),
            urgency=form.choice(Urgency, "urgency", "Độ khẩn", "Urgency", Urgency.NORMAL),
            submission=form.text("submission"),
        )
        require_subtask(request, wanted.subtask)
        with session_scope(store_of(request).engine) as session:
            made = assign_ad_hoc(session, wanted, context_of(request))
    except Refused as refused:
        return _assign_page(request, refused=refused, form=form)
    return see_other(f"/assignments/{made[0]}", flash="assigned")


@router.get("/desk/silences")
def silences_list(request: Request) -> HTMLResponse:
    return _silences_page(request)


@router.post("/desk/silences")
def silence_add(request: Request, form: FormReader = Depends(read_form)) -> Response:
    try:
        until = form.required_date("until", "Đến hết ngày", "Until")
        require_silence_of(request, form.text("subtask"))
        with session_scope(store_of(request).engine) as session:
            silence(
                session,
                office=form.text("office") or None,
                subtask=form.text("subtask") or None,
                period=form.text("period") or None,
                until=until,
                reason=form.text("reason"),
                context=context_of(request),
            )
    except Refused as refused:
        return _silences_page(request, refused=refused, form=form)
    return see_other("/desk/silences", flash="silenced")


@router.post("/desk/silences/{silence_id}/lift")
def silence_lift(request: Request, silence_id: RowId) -> Response:
    with session_scope(store_of(request).engine) as session:
        require_silence(session, request, silence_id)
        lift(session, silence_id, context_of(request))
    return see_other("/desk/silences", flash="lifted")


def _assign_page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    return form_page(
        request,
        "assign.html",
        refused,
        form,
        offices=offices_of_today(request),
        urgencies=list(Urgency),
    )


def _silences_page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        there = silences(session, local_date(now_of(request)), store_of(request).plan)
    return form_page(
        request,
        "silences.html",
        refused,
        form,
        silences=there,
        offices=offices_of_today(request),
        in_words=period_in_words,
    )
