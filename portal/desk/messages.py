"""What was sent to whom: every letter and message with its state, its tries and its text as evidence."""

import re
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, func, select

from models.delivery.message_log import attempts, message, message_conditions
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message, Notice
from models.work.rows import ListedAssignment, read_rows, select_rows
from portal.query import parse_choice, read_query, requested_page
from portal.sign_in.limits import own_messages
from portal.web import RowId, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50

_KEY = re.compile(r"(/door/)\S+")


@router.get("/desk/messages")
def message_log(request: Request) -> HTMLResponse:
    store, query = store_of(request), read_query(request, ("office", "state", "page"))
    state = parse_choice(MessageState, query.get("state", ""), "Tình trạng", "State")
    office = store.plan.office(query["office"][:40]).code if "office" in query else None
    wanted = replace(own_messages(request), office=office, state=state)
    requested = requested_page("/desk/messages", query, size=PAGE_SIZE)
    conditions = tuple(message_conditions(wanted))
    columns = (Message.id, Message.office, Message.desk, Message.channel, Message.state, Message.subject)
    listed = select(*columns, Message.created_at, Message.sent_at, Message.error).where(*conditions)  # type: ignore[call-overload]
    with reading_session(store.engine) as session:
        total = session.exec(select(func.count()).select_from(Message).where(*conditions)).one()
        newest = listed.order_by(col(Message.id).desc()).limit(PAGE_SIZE).offset(requested.offset)
        found = session.execute(newest).all()
        tries = attempts(session, [each.id for each in found])
    return page(
        request,
        "messages.html",
        messages=found,
        tries={number: len(each) for number, each in tries.items()},
        page_range=requested.range_of(total),
        query=query,
        states=list(MessageState),
    )


@router.get("/desk/messages/{message_id}")
def one_message(request: Request, message_id: RowId) -> HTMLResponse:
    read_query(request, ())
    with reading_session(store_of(request).engine) as session:
        found, tries = message(session, message_id, own_messages(request))
        about = select(Notice.assignment_id).where(Notice.message_id == message_id)
        query = select_rows(ListedAssignment).where(col(Assignment.id).in_(about)).order_by(col(Assignment.id))
        rows = read_rows(session.connection(), ListedAssignment, query)
    text = without_key(found.body_text)
    return page(request, "message.html", message=found, text=text, tries=tries, rows=rows)


def without_key(text: str) -> str:
    """The text of a message as evidence, without the link in it that signs in as the office."""
    return _KEY.sub(r"\1…", text)
