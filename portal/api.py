"""The same verbs for programs: ``/api/v1`` with a bearer token, JSON in and out, refusals as problem+json.

A token of an office has its office's rights, a token of a role that role's. ``Idempotency-Key`` names one sending:
the same once more changes nothing and gives the same answer.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from config.errors import Refused
from models import work
from models.ad_hoc import AdHoc, assign_ad_hoc
from models.assignment import Assignment
from models.attachment import Attachment
from models.attachments import add_attachment, attachments_of
from models.audit import take_turn
from models.database import reading, reading_session, session_scope
from models.file_intake import examine
from models.lifecycle import Role, Standing, State, Urgency
from models.office_work import decisions_waiting
from models.queries import History, Wanted, page_of_assignments
from models.report import Report
from models.report_form import ReportContent
from models.search import search_for
from portal.assignment import own, seen
from portal.visitor import VisitorRole
from portal.web import Number, acting_of, now_of, store_of, visitor_of
from reports.board import board as count_board

router = APIRouter(prefix="/api/v1", tags=["v1"])

LISTED = 100

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=40, pattern=r"^[\w.-]+$")]
_Text = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
_Short = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Brief(BaseModel):
    """One assignment, as lists show it."""

    id: int
    priority: str
    subtask: str
    title: str
    period: str
    office: str
    lead_office: str
    role: Role
    state: State
    status: Standing
    due_date: date
    original_due_date: date


class Listing(BaseModel):
    """One page of assignments, by due date; ``total`` counts all that fit."""

    total: int
    items: list[Brief]


class FileEntry(BaseModel):
    id: int
    name: str
    size: int
    sha256: str
    readable: bool


class ReportEntry(BaseModel):
    """A report as it was handed in, with the decision on it."""

    version: int
    state: str
    counts: dict[str, int]
    document_number: str | None
    document_date: date | None
    text: str
    submitted_at: str
    reason: str
    files: list[FileEntry]


class Whole(Brief):
    """One assignment with the words it comes from, how its due date came about, and its reports."""

    quote: str
    explanation_vi: str
    explanation_en: str
    delegated_to: str
    group: list[int]
    reports: list[ReportEntry]


class Me(BaseModel):
    role: VisitorRole
    office: str | None


class Reason(_Part):
    reason: _Text


class Decision(_Part):
    """``version`` is the report that was looked at; refused when a newer one waits."""

    version: int | None = Field(None, ge=1, le=100_000)


class Return(Decision):
    reason: _Text


class Unit(_Part):
    unit: _Short


class Until(_Part):
    until: date | None = None


class MoreTime(_Part):
    until: date
    reason: _Text


class HandIn(_Part):
    """A report by the closed form of its step; files are laid to the assignment before."""

    counts: dict[_Short, Annotated[int, Field(ge=-1, le=999_999_999)]] = Field(default={}, max_length=50)
    document_number: _Short | None = None
    document_date: date | None = None
    text: _Text = ""


class NewWork(_Part):
    """Work outside the plan, given by the coordinator."""

    subtask: _Short
    title: _Short
    lead: _Short
    due_on: date
    coordinating: list[_Short] = Field(default=[], max_length=100)
    urgency: Urgency = Urgency.NORMAL


class Assigned(BaseModel):
    assignments: list[int]


class Waiting(BaseModel):
    what: str
    since: str
    reason: str
    assignment: int
    office: str


class Desk(BaseModel):
    total: int
    items: list[Waiting]


@router.get("/me")
def me(request: Request) -> Me:
    """Whose rights the token has."""
    return Me(role=visitor_of(request).role, office=visitor_of(request).office)


@router.get("/assignments")
def list_assignments(
    request: Request,
    office: Annotated[str | None, Query(max_length=32)] = None,
    priority: Annotated[str | None, Query(max_length=4)] = None,
    subtask: Annotated[str | None, Query(max_length=16)] = None,
    period: Annotated[str | None, Query(max_length=100)] = None,
    role: Role | None = None,
    status: Standing | None = None,
    state: State | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=LISTED)] = LISTED,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Listing:
    """Assignments by due date; an office's token sees its own only."""
    store, visitor = store_of(request), visitor_of(request)
    wanted = Wanted(
        office=visitor.office or _plain(office),
        priority=_plain(priority),
        subtask=_plain(subtask),
        period=_plain(period),
        role=role,
        standing=status,
        state=state,
        search=search_for(store.plan, _plain(q) or ""),
    )
    with reading(store.engine) as connection:
        rows, total = page_of_assignments(connection, wanted, now=now_of(request), limit=limit, offset=offset)
    return Listing(total=total, items=[Brief(**_brief(request, row, row["standing"], row["occasion"])) for row in rows])


@router.post("/assignments", status_code=201)
def assign(request: Request, wanted: NewWork, key: Key = None) -> Assigned:
    """Assign work outside the plan (giao việc đột xuất)."""
    fields = wanted.model_dump() | {"coordinating": tuple(wanted.coordinating), "submission": key or ""}
    with session_scope(store_of(request).engine) as session:
        return Assigned(assignments=assign_ad_hoc(session, AdHoc(**fields), acting_of(request)))


@router.get("/assignments/{number}")
def get_assignment(request: Request, number: Number) -> Whole:
    with reading_session(store_of(request).engine) as session:
        found = seen(session, request, number)
        files = attachments_of(session, number)
        entries = [_report_entry(each, files.get(each.id or 0, ())) for each in found.reports]
    return _whole(request, found, entries)


@router.post("/assignments/{number}/acknowledge")
def acknowledge(request: Request, number: Number) -> Brief:
    """The office confirms that it has the work; once more changes nothing."""
    with session_scope(store_of(request).engine) as session:
        take_turn(session)
        if own(session, request, number).acknowledged_at is None:
            work.acknowledge(session, number, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/delegate")
def delegate(request: Request, number: Number, body: Unit) -> Brief:
    with session_scope(store_of(request).engine) as session:
        own(session, request, number)
        work.delegate(session, number, body.unit, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/files", status_code=201)
def attach(request: Request, number: Number, file: UploadFile) -> FileEntry:
    """Lay a PDF, DOCX or XLSX to the assignment; the next report takes it along."""
    examined = examine(file.filename or "", file.file)
    with session_scope(store_of(request).engine) as session:
        own(session, request, number)
        added = add_attachment(session, store_of(request).settings, number, examined, acting_of(request))
        return _file_entry(added)


@router.post("/assignments/{number}/report")
def report(request: Request, number: Number, body: HandIn, key: Key = None) -> Brief:
    """The office hands in its report."""
    content = ReportContent(body.counts, body.document_number, body.document_date, body.text)
    submission = f"{number}-{key}" if key else None
    with session_scope(store_of(request).engine) as session:
        own(session, request, number)
        work.report(session, number, content, acting_of(request), submission=submission)
    return _now(request, number)


@router.post("/assignments/{number}/extension")
def request_extension(request: Request, number: Number, body: MoreTime, key: Key = None) -> Brief:
    """The office asks for more time."""
    submission = f"{number}-{key}" if key else None
    with session_scope(store_of(request).engine) as session:
        own(session, request, number)
        work.request_extension(session, number, body.until, body.reason, acting_of(request), submission=submission)
    return _now(request, number)


@router.post("/assignments/{number}/extension/grant")
def grant(request: Request, number: Number, body: Until) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.grant_extension(session, number, body.until, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/extension/refuse")
def refuse(request: Request, number: Number, body: Reason) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.refuse_extension(session, number, body.reason, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/accept")
def accept(request: Request, number: Number, body: Decision) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.accept(session, number, acting_of(request), version=body.version)
    return _now(request, number)


@router.post("/assignments/{number}/return")
def return_(request: Request, number: Number, body: Return) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.return_(session, number, body.reason, acting_of(request), version=body.version)
    return _now(request, number)


@router.post("/assignments/{number}/withdraw")
def withdraw(request: Request, number: Number, body: Reason) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.withdraw(session, number, body.reason, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/suspend")
def suspend(request: Request, number: Number, body: Reason) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.suspend(session, number, body.reason, acting_of(request))
    return _now(request, number)


@router.post("/assignments/{number}/resume")
def resume(request: Request, number: Number, body: Until) -> Brief:
    with session_scope(store_of(request).engine) as session:
        work.resume(session, number, body.until, acting_of(request))
    return _now(request, number)


@router.get("/decisions")
def decisions(request: Request, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Desk:
    """Reports and requests for time that wait for the coordinator, the oldest first."""
    with reading(store_of(request).engine) as connection:
        waiting, total = decisions_waiting(connection, limit=LISTED, offset=offset)
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
    return Desk(total=total, items=items)


@router.get("/board")
def board(request: Request) -> dict[str, Any]:
    """Counts by status word, priority and office."""
    store = store_of(request)
    with reading(store.engine) as connection:
        return count_board(connection, now=now_of(request), calendar=store.calendar).as_json()


def _now(request: Request, number: int) -> Brief:
    """The assignment as it is after a verb."""
    with reading_session(store_of(request).engine) as session:
        found = seen(session, request, number)
    return Brief(**_brief(request, found.assignment.model_dump(), found.standing, found.occasion))


def _brief(request: Request, row: Any, standing: str, occasion: str | None) -> dict[str, Any]:
    title = store_of(request).plan.step_title(row["subtask"], row["step"], row["variant"], occasion=occasion or "")
    return {**row, "title": title, "status": standing}


def _whole(request: Request, found: History, reports: list[ReportEntry]) -> Whole:
    task: Assignment = found.assignment
    return Whole(
        **_brief(request, task.model_dump(), found.standing, found.occasion),
        quote=store_of(request).plan.subtask(task.subtask).quote,
        group=[each.id or 0 for each in found.group],
        reports=reports,
    )


def _report_entry(report: Report, files: Any) -> ReportEntry:
    return ReportEntry(**{**report.model_dump(mode="json"), "files": [_file_entry(each) for each in files]})


def _file_entry(file: Attachment) -> FileEntry:
    return FileEntry.model_validate(file.model_dump(include=set(FileEntry.model_fields)))


def _plain(text: str | None) -> str | None:
    if text is not None and "\0" in text:
        raise Refused("Có ký tự không dùng được.", "There is a character that cannot be used.")
    return text or None
