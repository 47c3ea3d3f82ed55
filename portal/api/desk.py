"""The coordinator's desk for programs: what waits, what is silenced, what was lost, how offices are reached."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from config.clock import end_of_day, local_date, start_of_day
from models.alerts.silences import lift, silence, silences
from models.delivery.dead_letters import dead_letter_count, dead_letters, send_again, send_all_again
from models.delivery.message_log import MessageFilter
from models.store.database import reading, reading_session, session_scope
from models.tables.outbox import Silence
from models.work.work_lists import decisions_waiting
from notifications.courier.trial import send_trials
from portal.api.shapes import (
    REFUSALS,
    AllSentAgain,
    DeadLetterEntry,
    DeadLetterFilter,
    DeadLetterListing,
    Decisions,
    NewSilence,
    SentAgain,
    SilenceEntry,
    Silences,
    Trial,
    TrialResult,
    TriedChannel,
    Waiting,
)
from portal.web import RowId, context_of, now_of, store_of
from reports.board.board import board as count_board

router = APIRouter(prefix="/api/v1", tags=["desk"], responses=REFUSALS)

PAGE_SIZE = 100


@router.get("/decisions")
def decisions(request: Request, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Decisions:
    """Reports and requests for time that wait for the coordinator, the oldest first."""
    with reading(store_of(request).engine) as connection:
        waiting, total = decisions_waiting(connection, limit=PAGE_SIZE, offset=offset)
    items = [
        Waiting(
            what=each.what,
            since=each.since.isoformat(),
            reason=each.reason,
            assignment=each.assignment["id"],
            office=each.assignment["office"],
        )
        for each in waiting
    ]
    return Decisions(total=total, items=items)


@router.get("/board")
def board(request: Request) -> dict[str, Any]:
    """Counts by status word, priority and office."""
    store = store_of(request)
    with reading(store.engine) as connection:
        return count_board(connection, now=now_of(request), calendar=store.calendar).as_json()


@router.get("/silences")
def list_silences(request: Request) -> Silences:
    """The silences in force today, the first to end first."""
    with reading_session(store_of(request).engine) as session:
        there = silences(session, local_date(now_of(request)))
    return Silences(items=[_silence_entry(each) for each in there])


@router.post("/silences", status_code=201)
def set_silence(request: Request, wanted: NewSilence) -> SilenceEntry:
    """Hold reminders back; due dates stand, and express work is reminded of all the same. The same twice is one."""
    with session_scope(store_of(request).engine) as session:
        made = silence(
            session,
            office=wanted.office or None,
            subtask=wanted.subtask or None,
            period=wanted.period or None,
            until=wanted.until,
            reason=wanted.reason,
            context=context_of(request),
        )
        return _silence_entry(made)


@router.post("/silences/{silence_id}/lift")
def lift_silence(request: Request, silence_id: RowId) -> Silences:
    """Let reminders go again; gives those still in force. Lifting twice changes nothing."""
    with session_scope(store_of(request).engine) as session:
        lift(session, silence_id, context_of(request))
    return list_silences(request)


@router.get("/messages/undeliverable")
def list_undeliverable(request: Request) -> DeadLetterListing:
    """Messages that were given up, the newest first, at most a hundred, and how many there are."""
    with reading_session(store_of(request).engine) as session:
        lost, total = dead_letters(session, limit=PAGE_SIZE), dead_letter_count(session)
    return DeadLetterListing(
        total=total,
        items=[
            DeadLetterEntry(
                id=each.id,
                office=each.office,
                desk=each.desk,
                channel=each.channel,
                subject=each.subject,
                reason=each.reason,
                created_at=each.created_at.isoformat(),
                given_up_at=each.given_up_at.isoformat(),
                assignments=list(each.assignments),
            )
            for each in lost
        ],
    )


@router.post("/messages/undeliverable/again")
def all_again(request: Request, which: DeadLetterFilter) -> AllSentAgain:
    """Have all messages that were given up tried again, or those of an office, desk, channel or some days."""
    store = store_of(request)
    wanted = MessageFilter(
        office=store.plan.office(which.office).code if which.office else None,
        desk=which.desk,
        channel=which.channel or None,
        since=start_of_day(which.since) if which.since else None,
        until=end_of_day(which.until) if which.until else None,
    )
    return AllSentAgain(queued=send_all_again(store.engine, wanted, context_of(request)))


@router.post("/messages/{message_id}/again")
def again(request: Request, message_id: RowId) -> SentAgain:
    """Have a message that was given up tried again, over the channel its desk has now."""
    with session_scope(store_of(request).engine) as session:
        return SentAgain(again=send_again(session, message_id, context_of(request)))


@router.post("/offices/{office}/try")
def try_channel(request: Request, office: str, body: Trial) -> TrialResult:
    """Send a test message to a desk of an office over each of its channels, and tell what became of each."""
    store = store_of(request)
    code = store.plan.office(office[:40]).code
    tried = send_trials(store, code, body.desk, now=now_of(request))
    return TrialResult(
        office=code, desk=body.desk, channels=[TriedChannel.model_validate(asdict(each)) for each in tried]
    )


def _silence_entry(found: Silence) -> SilenceEntry:
    return SilenceEntry.model_validate(found.model_dump(include=set(SilenceEntry.model_fields)))
