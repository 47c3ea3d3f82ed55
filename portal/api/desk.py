"""The coordinator's desk for programs: pending decisions, the board, silences, dead letters and tests of channels."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from config.clock import end_of_day, local_date, start_of_day
from config.rules.due_words import dated
from models.alerts.silences import lift, silence, silences
from models.alerts.status import in_plan
from models.delivery.dead_letters import dead_letter_count, dead_letters, send_again, send_all_again
from models.delivery.message_log import MessageFilter
from models.keeping.as_of import reading_as_it_was
from models.store.database import reading, reading_session, session_scope
from models.work.lists.desk_list import decisions_waiting
from notifications.courier.sent_at_once import check_channels
from portal.api.desk_shapes import (
    AnswerCounts,
    AnswerEntry,
    AnswersByOffice,
    AnswerSection,
    BoardSummary,
    ChannelTest,
    ChannelTestResult,
    DeadLetterFilter,
    DeadLetterPage,
    NewSilence,
    PendingDecision,
    PendingDecisions,
    RetryCount,
    RetryResult,
    SilenceEntry,
    SilenceList,
)
from portal.api.shapes import REFUSALS, Day
from portal.form import clean
from portal.pages.answers import answers_to
from portal.pages.board import end_of_past_day
from portal.sign_in.limits import own_messages, require_message, require_silence, require_silence_of
from portal.web import RowId, context_of, now_of, store_of
from reports.board.board import board as count_board
from reports.targets import target_lines

router = APIRouter(prefix="/api/v1", tags=["desk"], responses=REFUSALS)

PAGE_SIZE = 100


@router.get("/decisions")
def list_decisions(request: Request, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> PendingDecisions:
    """Reports and extension requests that wait for a decision, the oldest first."""
    with reading(store_of(request).engine) as connection:
        its = in_plan(store_of(request).plan)
        waiting, total = decisions_waiting(connection, limit=PAGE_SIZE, offset=offset, only=its)
    items = [
        PendingDecision(
            kind=each.what,
            number=each.version,
            since=each.since,
            reason=each.reason,
            assignment=each.assignment.id,
            office=each.assignment.office,
        )
        for each in waiting
    ]
    return PendingDecisions(total=total, items=items)


@router.get("/board")
def board(request: Request, day: Day | None = None) -> BoardSummary:
    """Assignments by status, of each priority and of each office; with ``day`` as it was at the end of a past day."""
    store, then = store_of(request), end_of_past_day(day, now_of(request))
    now = then or now_of(request)
    with reading_as_it_was(store.engine, then) if then else reading(store.engine) as connection:
        counts = count_board(connection, now=now, calendar=store.calendar, plan=store.plan)
        targets = [each.as_json() for each in target_lines(connection, store.plan, now=now)]
    return BoardSummary.model_validate({**vars(counts), "targets": targets})


@router.get("/answers")
def list_answers(
    request: Request,
    subtask: Annotated[str, Query(max_length=16)],
    period: Annotated[str, Query(max_length=100)] = "",
) -> AnswersByOffice:
    """Who has answered for a subtask and period and who has not; without a period, for the latest one."""
    plan, found = store_of(request).plan, answers_to(request, clean(subtask), clean(period))
    sections = [
        AnswerSection(
            step=table.step,
            variant=table.variant,
            role=table.role,
            title=plan.step_title(found.subtask, table.step, table.variant, occasion=found.occasion),
            count=AnswerCounts.model_validate(table.count),
            items=[
                AnswerEntry.model_validate({**vars(each), "lead_office": each.lead, "due_date": dated(each.due_date)})
                for each in table.answers
            ],
        )
        for table in found.tables
    ]
    return AnswersByOffice(subtask=found.subtask, period=found.period, periods=list(found.periods), sections=sections)


@router.get("/silences")
def list_silences(request: Request) -> SilenceList:
    """The silences in force today, the first to end first."""
    with reading_session(store_of(request).engine) as session:
        there = silences(session, local_date(now_of(request)), store_of(request).plan)
    return SilenceList.model_validate({"items": there})


@router.post("/silences", status_code=201)
def add_silence(request: Request, body: NewSilence) -> SilenceEntry:
    """Suppress reminders; due dates stand, and express work is reminded of all the same. The same twice is one."""
    require_silence_of(request, body.subtask)
    with session_scope(store_of(request).engine) as session:
        made = silence(
            session,
            office=body.office,
            subtask=body.subtask,
            period=body.period,
            until=body.until,
            reason=body.reason,
            context=context_of(request),
        )
        return SilenceEntry.model_validate(made)


@router.post("/silences/{silence_id}/lift")
def lift_silence(request: Request, silence_id: RowId) -> SilenceList:
    """Send reminders again; returns the silences still in force. Lifting twice changes nothing."""
    with session_scope(store_of(request).engine) as session:
        require_silence(session, request, silence_id)
        lift(session, silence_id, context_of(request))
    return list_silences(request)


@router.get("/messages/undeliverable")
def list_dead_letters(request: Request) -> DeadLetterPage:
    """Messages that were given up, the newest first, at most a hundred, and how many there are."""
    with reading_session(store_of(request).engine) as session:
        theirs = own_messages(request)
        newest, total = dead_letters(session, theirs, limit=PAGE_SIZE), dead_letter_count(session, theirs)
    return DeadLetterPage(total=total, items=newest)


@router.post("/messages/undeliverable/retry")
def retry_all(request: Request, which: DeadLetterFilter) -> RetryCount:
    """Send all dead letters again, or those of an office, desk, channel or some days."""
    store = store_of(request)
    wanted = MessageFilter(
        office=store.plan.office_named(which.office).code if which.office else None,
        desk=which.desk,
        channel=which.channel or None,
        since=start_of_day(which.since) if which.since else None,
        until=end_of_day(which.until) if which.until else None,
        about=own_messages(request).about,
    )
    return RetryCount(queued=send_all_again(store.engine, wanted, context_of(request)))


@router.post("/messages/{message_id}/retry")
def retry(request: Request, message_id: RowId) -> RetryResult:
    """Send a message that was given up again, over the channel that its desk has now."""
    with session_scope(store_of(request).engine) as session:
        require_message(session, request, message_id)
        return RetryResult(queued=send_again(session, message_id, context_of(request)))


@router.post("/offices/{office}/test-message")
def test_channels(request: Request, office: str, body: ChannelTest) -> ChannelTestResult:
    """Send a test message to a desk of an office over each of its channels; returns the outcome of each."""
    store = store_of(request)
    code = store.plan.office(office[:40]).code
    outcomes = check_channels(store, code, body.desk, now=now_of(request))
    return ChannelTestResult(office=code, desk=body.desk, channels=list(outcomes))
