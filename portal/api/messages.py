"""What was sent to whom, and why somebody was told or not, for programs; ``portal.api.desk`` has what was given up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlmodel import select

from config.clock import end_of_day, start_of_day
from config.contacts.desks import Desk
from models.alerts.status import in_plan
from models.delivery.auditor import audit_follow_up
from models.delivery.message_log import attempts, latest_messages, message
from models.delivery.notice_fates import Fate, NoticeFate, Waits, notice_fates
from models.delivery.webhooks.events import Event
from models.delivery.webhooks.registering import add_webhook, end_webhook, secret_of, try_webhook, webhooks
from models.delivery.windows import DeliveryWindow
from models.store.database import reading, reading_session, session_scope
from models.tables.lifecycle import AttemptResult, MessageState, NoticeKind, Urgency
from models.tables.outbox import DeliveryAttempt, Message, Notice
from portal.api.shapes import REFUSALS, Day, Key, RequestBody, ResponseBody, Short
from portal.desk.messages import without_key
from portal.sign_in.limits import own_messages
from portal.web import RowId, context_of, now_of, store_of

router = APIRouter(prefix="/api/v1", tags=["messages"], responses=REFUSALS)

PAGE_SIZE = 100

Code = Annotated[str, Query(max_length=300)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


class MessageEntry(ResponseBody):
    """A letter or chat message; ``tries`` counts the attempts, ``error`` is the reason of the last failed one."""

    id: int
    office: str
    desk: Desk
    channel: str
    urgency: Urgency
    state: MessageState
    subject: str
    error: str
    tries: int
    created_at: datetime
    sent_at: datetime | None


class MessagePage(ResponseBody):
    """The newest first; ``total`` counts all that fit."""

    total: int
    items: list[MessageEntry]


class AttemptEntry(ResponseBody):
    """One attempt at sending."""

    number: int
    at: datetime
    channel: str
    result: AttemptResult
    reason: str


class MessageDetail(MessageEntry):
    """A message as evidence: its text (without the link in it that signs in), every attempt, and what it is about."""

    text: str
    attempts: list[AttemptEntry]
    assignments: list[int]


class NoticeEntry(ResponseBody):
    """One thing to tell one recipient and what became of it; ``waits_at`` and ``waits_for`` say until when and why one
    waits, ``reason`` why it was left out or failed."""

    id: int
    kind: NoticeKind
    assignment: int
    office: str
    desk: Desk
    channel: str
    fate: Fate
    waits_for: Waits | None
    waits_at: datetime | None
    message: int | None
    tries: int
    reason: str
    created_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    reported_at: datetime | None


class NoticePage(ResponseBody):
    """The newest first; ``total`` counts all that fit, up to 5,000."""

    total: int
    items: list[NoticeEntry]


class SkippedRung(ResponseBody):
    """A reminder of an assignment that was passed over."""

    assignment_id: int
    rung: str
    desk: str


class DelayedMessage(ResponseBody):
    """A message that has failed for long and still waits."""

    message_id: int
    office: str
    channel: str
    reason: str


class NewWebhook(RequestBody):
    """A program to be told of events, of all kinds without ``events``."""

    name: Short
    url: Annotated[str, Field(max_length=500)]
    events: list[Event] = Field(default=[], max_length=len(Event))


class WebhookEntry(ResponseBody):
    """A program that is told of events."""

    id: int
    name: str
    url: str
    events: list[Event]
    created_at: datetime


class RegisteredWebhook(WebhookEntry):
    """With the secret («whsec_…») by which it checks signatures."""

    secret: str


class WebhookList(ResponseBody):
    """In the order of their making."""

    items: list[WebhookEntry]


class FollowUp(ResponseBody):
    """What fell through, by number: assignments ``never_told``, ``unswept`` and told too ``early``, messages ``stuck``
    and ``put_off``."""

    never_told: list[int]
    unswept: list[int]
    skipped: list[SkippedRung]
    stuck: list[int]
    delayed: list[DelayedMessage]
    early: list[int]
    put_off: list[int]


@router.get("/webhooks")
def list_webhooks(request: Request) -> WebhookList:
    """The programs that are told of events."""
    with reading_session(store_of(request).engine) as session:
        return WebhookList.model_validate({"items": webhooks(session)})


@router.post("/webhooks", status_code=201)
def register_webhook(request: Request, body: NewWebhook, key: Key = None) -> RegisteredWebhook:
    """Have a program told of events; its secret is shown this once, or again for the same key within ten minutes."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        made = add_webhook(
            *(session, store.settings), **body.model_dump(), context=context_of(request), submission=key or ""
        )
        session.refresh(made)
        entry = WebhookEntry.model_validate(made)
        return RegisteredWebhook(**vars(entry), secret=secret_of(store.settings, made))


@router.post("/webhooks/{number}/try", status_code=204)
def send_try(request: Request, number: RowId) -> None:
    """Queue an event that says nothing."""
    with session_scope(store_of(request).engine) as session:
        try_webhook(session, number, context_of(request))


@router.post("/webhooks/{number}/end")
def stop_webhook(request: Request, number: RowId) -> WebhookList:
    """Tell it nothing any more; returns those that stay. Ending it twice changes nothing."""
    with session_scope(store_of(request).engine) as session:
        end_webhook(session, number, context_of(request))
    return list_webhooks(request)


@router.get("/messages")
def list_messages(
    request: Request,
    office: Code = "",
    desk: Desk | None = None,
    channel: Code = "",
    state: MessageState | None = None,
    since: Day | None = None,
    until: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_SIZE)] = PAGE_SIZE,
    offset: Offset = 0,
) -> MessagePage:
    """What was sent to whom; ``since`` and ``until`` are the first and the last day of their making."""
    store = store_of(request)
    wanted = replace(
        own_messages(request),
        office=store.plan.office_named(office).code if office else None,
        desk=desk,
        channel=channel or None,
        state=state,
        since=start_of_day(since) if since else None,
        until=end_of_day(until) if until else None,
    )
    with reading_session(store.engine) as session:
        found, total = latest_messages(session, wanted, limit=limit, offset=offset)
        tries = attempts(session, [each.id or 0 for each in found])
    return MessagePage(total=total, items=[_entry(each, tries.get(each.id or 0, ())) for each in found[::-1]])


@router.get("/messages/{message_id}")
def get_message(request: Request, message_id: RowId) -> MessageDetail:
    """One message as evidence."""
    with reading_session(store_of(request).engine) as session:
        found, tries = message(session, message_id, own_messages(request))
        about = select(Notice.assignment_id).where(Notice.message_id == message_id).distinct()
        return MessageDetail(
            **vars(_entry(found, tries)),
            text=without_key(found.body_text),
            attempts=[AttemptEntry.model_validate(each) for each in tries],
            assignments=sorted(session.exec(about)),
        )


@router.get("/notices")
def list_notices(
    request: Request,
    office: Code = "",
    assignment: Annotated[int | None, Query(ge=1, le=2_147_483_647)] = None,
    fate: Fate | None = None,
    offset: Offset = 0,
) -> NoticePage:
    """Why an office was told of an assignment, or was not: each notice by what became of it."""
    store = store_of(request)
    code = store.plan.office_named(office).code if office else None
    window = DeliveryWindow(store.contacts, store.calendar, now_of(request))
    with reading_session(store.engine) as session:
        found, total = notice_fates(
            session,
            window,
            office=code,
            assignment=assignment,
            fate=fate,
            only=in_plan(store.plan),
            limit=PAGE_SIZE,
            offset=offset,
        )
        return NoticePage(total=total, items=[_notice(each) for each in found])


@router.get("/follow-up")
def follow_up(request: Request) -> FollowUp:
    """Whether anything fell through, looked for by other queries than the runs' own."""
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        return FollowUp.model_validate(audit_follow_up(connection, now=now, calendar=store.calendar, at=now))


def _entry(found: Message, tries: Sequence[DeliveryAttempt]) -> MessageEntry:
    fields = {name: getattr(found, name) for name in MessageEntry.model_fields if name != "tries"}
    return MessageEntry(**fields, tries=len(tries))


def _notice(each: NoticeFate) -> NoticeEntry:
    notice = each.notice
    return NoticeEntry(
        **notice.model_dump(include={"id", "kind", "office", "desk", "channel", "created_at", "sent_at"}),
        assignment=notice.assignment_id,
        message=notice.message_id,
        fate=each.fate,
        waits_for=each.waits_for,
        waits_at=each.until,
        tries=each.tries,
        reason=each.fault or notice.reason,
        acknowledged_at=each.acknowledged_at,
        reported_at=each.reported_at,
    )
