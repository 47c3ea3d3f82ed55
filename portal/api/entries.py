"""What is entered for directives, for programs: the assigning document, new documents and events; corrected, undone."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from sqlmodel import Session, col, select

from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.lifecycle import Urgency
from models.work.deeds.anchors import correct_anchor, undo_anchor
from models.work.deeds.apply import Change
from models.work.directives import issue_directive, register_document, register_event
from portal.api.deeds import DeedAnswer, Grounds, shown_or_done
from portal.api.shapes import REFUSALS, Day, RequestBody, ResponseBody, Short
from portal.desk.directives import own_entry
from portal.sign_in.limits import require_subtask
from portal.web import RowId, context_of, store_of

router = APIRouter(prefix="/api/v1", tags=["entries"], responses=REFUSALS)


class AnchorEntry(ResponseBody):
    """A dated fact that due dates are counted from; ``number`` is that of a document, "" for an event."""

    id: int
    kind: AnchorKind
    directive: str
    number: str
    title: str
    entry_date: date
    subtask: str | None
    host_office: str | None
    urgency: Urgency
    created_at: datetime


class AnchorList(ResponseBody):
    """What is in force, by its date."""

    items: list[AnchorEntry]


class AssigningDocument(RequestBody):
    """The document that assigns the work of a directive; a rule ISSUE+n counts from its date."""

    number: Short
    entry_date: Day


class NewDocument(RequestBody):
    """A new higher-level document that offices must study; ``may_be_late`` allows work that is overdue at once."""

    number: Short
    entry_date: Day
    title: Short
    urgency: Urgency = Urgency.NORMAL
    may_be_late: bool = False


class NewEvent(RequestBody):
    """A meeting, class or public event of a subtask; ``may_be_late`` allows work that is overdue at once."""

    subtask: Short
    title: Short
    entry_date: Day
    host_office: Short = ""
    urgency: Urgency = Urgency.NORMAL
    may_be_late: bool = False


class Correction(Grounds):
    """What is to be corrected of an entry; null or "" stays as it is."""

    entry_date: Day | None = None
    title: Short = ""
    host_office: Short = ""


@router.get("/entries")
def list_entries(request: Request) -> AnchorList:
    """The assigning documents, documents and events in force."""
    codes = [each.code for each in store_of(request).plan.directives]
    there = col(Anchor.undone_at).is_(None), col(Anchor.kind) != AnchorKind.AD_HOC, col(Anchor.directive).in_(codes)
    by_date = select(Anchor).where(*there).order_by(col(Anchor.on_date), col(Anchor.id))
    with reading_session(store_of(request).engine) as session:
        return AnchorList(items=[_entry(each) for each in session.exec(by_date)])


@router.post("/directives/{code}/issue", status_code=201)
def issue(request: Request, code: str, body: AssigningDocument) -> AnchorEntry:
    """Enter the document that assigns the work; the same once more changes nothing."""
    followed = store_of(request).plan.directive(code[:40]).code
    with session_scope(store_of(request).engine) as session:
        made = issue_directive(
            session, number=body.number, on_date=body.entry_date, directive=followed, context=context_of(request)
        )
        return _written(session, made)


@router.post("/directives/{code}/documents", status_code=201)
def add_document(request: Request, code: str, body: NewDocument) -> AnchorEntry:
    """Enter a new document; the same once more changes nothing."""
    followed = store_of(request).plan.directive(code[:40]).code
    with session_scope(store_of(request).engine) as session:
        made = register_document(
            session,
            number=body.number,
            on_date=body.entry_date,
            title=body.title,
            urgency=body.urgency,
            directive=followed,
            context=context_of(request),
            may_be_late=body.may_be_late,
        )
        return _written(session, made)


@router.post("/events", status_code=201)
def add_event(request: Request, body: NewEvent) -> AnchorEntry:
    """Enter an event; the same once more changes nothing."""
    require_subtask(request, body.subtask)
    with session_scope(store_of(request).engine) as session:
        made = register_event(
            session,
            subtask=body.subtask,
            title=body.title,
            on_date=body.entry_date,
            host_office=body.host_office or None,
            urgency=body.urgency,
            context=context_of(request),
            may_be_late=body.may_be_late,
        )
        return _written(session, made)


@router.post("/entries/{anchor_id}/correct")
def correct_entry(request: Request, anchor_id: RowId, body: Correction) -> DeedAnswer:
    """Correct a document or event with all that was made of it, after a preview."""

    def build(session: Session, given: Provenance, context: ActorContext) -> Change:
        own_entry(request, anchor_id)
        return correct_anchor(
            session,
            anchor_id,
            on_date=body.entry_date,
            title=body.title or None,
            host_office=body.host_office or None,
            provenance=given,
            context=context,
        )

    return shown_or_done(request, body, build, needs_reason=True)


@router.post("/entries/{anchor_id}/undo")
def undo_entry(request: Request, anchor_id: RowId, body: Grounds) -> DeedAnswer:
    """Take a document or event back with all that was made of it, after a preview."""

    def build(session: Session, given: Provenance, context: ActorContext) -> Change:
        own_entry(request, anchor_id)
        return undo_anchor(session, anchor_id, provenance=given, context=context)

    return shown_or_done(request, body, build, needs_reason=True)


def _written(session: Session, anchor: Anchor) -> AnchorEntry:
    """As it is read back, so that the same sending once more has the same answer."""
    session.flush()
    session.refresh(anchor)
    return _entry(anchor)


def _entry(anchor: Anchor) -> AnchorEntry:
    is_document = anchor.kind is not AnchorKind.EVENT
    fields = {**anchor.model_dump(), "number": anchor.number if is_document else "", "entry_date": anchor.on_date}
    return AnchorEntry.model_validate(fields)
