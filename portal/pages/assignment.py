"""The page of one assignment: its task, due date and reason, the state of everybody involved, and the next moves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.due_words import days_left
from config.rules.periods import period_in_words
from models.store.audit import lock_audit_chain
from models.store.audit_event import ATTACH, DETACH, OF_FILES, AuditEvent
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.lifecycle import NOT_STANDING, TRANSITIONS, ExtensionState, ReportState, Role, State, Verb
from models.tables.party import Part, Party
from models.tables.report import Contribution, Extension, Question, Report
from models.work import verbs
from models.work.attachments import MAX_FILES, attachment_file, attachments_of, contributed_files, takes_files
from models.work.deeds.facts import DeedFacts
from models.work.directive_deeds.left_over import left_over
from models.work.lists.urging_letters import ListedLetter, letters_about
from models.work.queries import History, history
from models.work.report_form import MAX_TEXT, draft_of, targets_of
from models.work.verbs.asking import LONGEST_QUESTION
from models.work.verbs.interim import interim_of
from notifications.words.deeds import deed_sentence, grounds_in_words
from portal.form import FormReader, read_form
from portal.pages.without_reasons import without_reasons
from portal.problems import form_page, unknown_assignment
from portal.sign_in.limits import require_in_plan
from portal.sign_in.session import Visitor, VisitorRole
from portal.web import RowId, context_of, now_of, see_other, store_of, visitor_of
from reports.targets import compared_in_words

router = APIRouter(default_response_class=HTMLResponse)

_OF_OFFICES = (Verb.ACKNOWLEDGE, Verb.REPORT, Verb.CORRECT, Verb.REQUEST_EXTENSION, Verb.DELEGATE)
_OF_THE_DESK = (Verb.ACCEPT, Verb.RETURN, Verb.WITHDRAW, Verb.SUSPEND, Verb.RESUME)
_TOLD_TO_NAMED = frozenset(
    {Verb.ASSIGN, Verb.ACKNOWLEDGE, Verb.REPORT, Verb.ACCEPT, Verb.SUSPEND, Verb.RESUME, Verb.WITHDRAW, Verb.HAND_OVER}
)
"""What an office that is only named reads of its history, beside its own contributions."""


@router.get("/assignments/{assignment_id}")
def show(request: Request, assignment_id: RowId) -> HTMLResponse:
    return assignment_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/acknowledge")
def acknowledge(request: Request, assignment_id: RowId) -> RedirectResponse:
    """Acknowledging twice, or after reporting, changes nothing and is not refused."""
    with session_scope(store_of(request).engine) as session:
        lock_audit_chain(session)
        found = get_own_assignment(session, request, assignment_id)
        if found.acknowledged_at is None:
            verbs.acknowledge(session, assignment_id, context_of(request))
    return see_other(f"/assignments/{assignment_id}", flash="acknowledged")


@router.post("/assignments/{assignment_id}/delegate")
def delegate(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    try:
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            verbs.delegate(session, assignment_id, form.text("unit"), context_of(request))
    except Refused as refused:
        return assignment_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}", flash="delegated")


@router.get("/assignments/{assignment_id}/files/{file_id}")
def file(request: Request, assignment_id: RowId, file_id: RowId) -> Response:
    return download(request, assignment_id, file_id)


def download(request: Request, assignment_id: int, file_id: int) -> FileResponse:
    """A file of an assignment, always as a download: the portal itself never shows one.

    Only the office sees its files before its report is handed in; raises ``NotFound`` for all others.
    """
    with reading_session(store_of(request).engine) as session:
        visible, visitor = get_visible_assignment(session, request, assignment_id), visitor_of(request)
        found, path = attachment_file(session, store_of(request).settings, assignment_id, file_id)
        shown = {report.id for report in reports_shown(visitor, visible)}
        contributed = {each.id for each in contributions_shown(request, visible)}
        is_shown = found.report_id in shown or found.contribution_id in contributed
        waits = found.report_id is None and found.contribution_id is None
        if not is_shown and not (waits and visible.is_held_by(visitor.office)):
            raise NotFound(f"Không có tệp số {file_id}.", f"There is no file {file_id}.")
    return FileResponse(path, media_type=found.media_type, filename=found.name)


def assignment_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    """The page, after a refusal with the reason and what was typed."""
    with reading_session(store_of(request).engine) as session:
        found = get_visible_assignment(session, request, assignment_id)
        context = _context(session, request, found)
    return form_page(request, "assignment.html", refused, form, **context)


def get_own_assignment(session: Session, request: Request, assignment_id: int) -> Assignment:
    """The assignment of the visiting office, held alone or jointly; raises ``NotFound`` for any other."""
    visitor = visitor_of(request)
    found = session.get(Assignment, assignment_id) if visitor.office else None
    if found is None or visitor.office is None:
        raise unknown_assignment(assignment_id)
    if found.office != visitor.office:
        party = session.get(Party, (assignment_id, visitor.office))
        if party is None or party.part is not Part.JOINT:
            raise unknown_assignment(assignment_id)
    return found


def get_visible_assignment(session: Session, request: Request, assignment_id: int) -> History:
    """All about an assignment that the visitor may see; raises ``NotFound`` when they may not or it does not exist.

    An office that is only named reads no reasons.
    """
    found, visitor = history(session, assignment_id, now=now_of(request)), visitor_of(request)
    _must_see(visitor, found, store_of(request).plan)
    return found if _works_on_it(visitor, found) else without_reasons(found)


def require_transition(assignment: Assignment, verb: Verb) -> None:
    """Raise ``TransitionRefused`` when the state of the assignment does not allow ``verb``."""
    if (assignment.state, verb) not in TRANSITIONS:
        raise TransitionRefused(assignment.id or 0, assignment.state, verb)


def reports_shown(visitor: Visitor, found: History) -> Sequence[Report]:
    """The reports that a visitor may read: an office that is only named those that were accepted, all others all."""
    if _works_on_it(visitor, found):
        return found.reports
    return [report for report in found.reports if report.state is ReportState.ACCEPTED]


def contributions_shown(request: Request, found: History) -> Sequence[Contribution]:
    """The contributions that the visitor may read: a named office its own and its predecessors', all others all."""
    if _works_on_it(visitor_of(request), found):
        return found.contributions
    return [each for each in found.contributions if _is_own(request, each.office)]


def questions_shown(visitor: Visitor, found: History) -> Sequence[Question]:
    """The questions that a visitor may read: those who do the work and accounts all, every other office none."""
    return found.questions if visitor.role is not VisitorRole.OFFICE or found.is_held_by(visitor.office) else ()


def extensions_shown(visitor: Visitor, found: History) -> Sequence[Extension]:
    """The requests for more time that a visitor may read: an office that is only named none, all others all."""
    return found.extensions if _works_on_it(visitor, found) else ()


def letters_shown(session: Session, visitor: Visitor, found: History) -> Sequence[ListedLetter]:
    """The urging letters about it, the latest first; an office that is only named reads none."""
    return letters_about(session, found.assignment.id or 0) if _works_on_it(visitor, found) else ()


def events_shown(request: Request, found: History) -> Sequence[AuditEvent]:
    """The events that the visitor may read: of files that were not handed in only those who prepare the report.

    An office that is only named reads nothing of what goes on between the others before it is decided.
    """
    visitor = visitor_of(request)
    if found.is_held_by(visitor.office):
        return found.events
    if _works_on_it(visitor, found):
        handed_in = _files_handed_in(found)
        return [each for each in found.events if each.verb not in OF_FILES or each.seq in handed_in]
    return [
        each
        for each in found.events
        if each.verb in _TOLD_TO_NAMED
        or (each.verb == Verb.CONTRIBUTE and _is_own(request, each.actor.removeprefix("office:")))
    ]


def _files_handed_in(found: History) -> set[int | None]:
    """The events that attached a file which a report then took along."""
    waiting, handed_in = dict[str, int | None](), set[int | None]()
    for each in found.events:
        if each.verb == ATTACH:
            waiting[each.details["sha256"]] = each.seq
        elif each.verb == DETACH:
            waiting.pop(each.details["sha256"], None)
        elif each.verb in (Verb.REPORT, Verb.CORRECT):
            handed_in.update(waiting.values())
    return handed_in


def _is_own(request: Request, office: str) -> bool:
    """Whether an office is the visitor's, or one that has become it."""
    return store_of(request).plan.current_office(office, local_date(now_of(request))) == visitor_of(request).office


def _works_on_it(visitor: Visitor, found: History) -> bool:
    """Whether a visitor is more than an office that is only named."""
    own = {found.assignment.office, found.assignment.monitor_office, *found.parties.joint, *found.led_by}
    return visitor.role is not VisitorRole.OFFICE or visitor.office in own


def _must_see(visitor: Visitor, found: History, plan: Plan) -> None:
    """An office sees its own work, that of those who help it, what it monitors and where it is named; an account all
    that its plan has (``require_in_plan``).

    One that it had before a deed gave it away it does not see any more, but is told who has it now.
    """
    require_in_plan(found.assignment, plan)
    if visitor.role is VisitorRole.OFFICE and visitor.office not in {
        found.assignment.office,
        found.assignment.monitor_office,
        *found.led_by,
        *(office for office, _ in found.parties.each()),
    }:
        if given := [deed for deed in found.deeds if deed.changes_office and deed.from_office == visitor.office]:
            raise _given_away(found.assignment, given[-1], plan)
        raise unknown_assignment(found.assignment.id or 0)


def _given_away(assignment: Assignment, deed: DeedFacts, plan: Plan) -> NotFound:
    office, on = plan.office(assignment.office), f"{local_date(deed.at):%d/%m/%Y}"
    vi, en = (", ".join(filter(None, (on, grounds_in_words(deed, language)))) for language in ("vi", "en"))
    return NotFound(
        f"Việc số {assignment.id} không còn của cơ quan (thay đổi ngày {vi}); nay do {office.name_vi} thực hiện.",
        f"Your office no longer has assignment {assignment.id} (changed on {en}); {office.name_en} now does it.",
    )


def _context(session: Session, request: Request, found: History) -> Mapping[str, Any]:
    store, visitor = store_of(request), visitor_of(request)
    assignment = found.assignment
    subtask = store.plan.subtask(assignment.subtask)
    today = local_date(now_of(request))
    mine = found.is_held_by(visitor.office)
    reports = reports_shown(visitor, found)
    verbs = _OF_OFFICES if mine else _OF_THE_DESK if visitor.role is VisitorRole.COORDINATOR else ()
    left = left_over(session, assignment, context_of(request)) if visitor.role is not VisitorRole.OFFICE else None
    latest = next((each for each in reversed(reports) if each.state not in NOT_STANDING), None)
    waiting = next((each for each in found.extensions if each.state is ExtensionState.REQUESTED), None)
    return {
        "found": found,
        "assignment": assignment,
        "subtask": subtask,
        "report_form": subtask.form(assignment.step),
        "occasion": found.occasion,
        "mine": mine,
        "may": {verb for verb in verbs if (assignment.state, verb) in TRANSITIONS},
        "past_due": assignment.due_at <= now_of(request),
        "days": days_left(assignment, store.calendar.of(assignment.priority), today),
        "left_over": left.in_words(store.plan) if left else None,
        "waiting_extension": waiting,
        "has_draft": mine and draft_of(session, assignment.id or 0) is not None,
        "extensions": extensions_shown(visitor, found),
        "entries": replace(found, events=events_shown(request, found)).entries,
        "may_decide_extension": visitor.role is VisitorRole.COORDINATOR and waiting is not None,
        "reports": reports,
        # Of several leads, who has handed in for all of them.
        "sent_by": {
            event.details.get("version"): event.actor
            for event in found.events
            if found.parties.joint and event.verb == Verb.REPORT
        },
        "latest": latest,
        "interim": interim_of(session, assignment, latest, context_of(request).for_priority(assignment.priority))
        if latest and latest.state is ReportState.SUBMITTED
        else None,
        "files": attachments_of(session, assignment.id or 0),
        "contributions": contributions_shown(request, found),
        "questions": questions_shown(visitor, found),
        "urged": letters_shown(session, visitor, found),
        "may_ask": (mine or visitor.role is VisitorRole.COORDINATOR) and (assignment.state, Verb.ASK) in TRANSITIONS,
        "longest_question": LONGEST_QUESTION,
        "contributed_files": contributed_files(session, assignment.id or 0),
        "targets": targets_of(subtask, assignment.step),
        "compared_in_words": compared_in_words,
        "may_contribute": visitor.office in found.parties.named and (assignment.state, Verb.CONTRIBUTE) in TRANSITIONS,
        "takes_files": takes_files(assignment, context_of(request)),
        "max_text": MAX_TEXT,
        "max_files": MAX_FILES,
        "deed_sentence": partial(deed_sentence, plan=store.plan),
        "others": [each for each in found.group if each.id != assignment.id],
        "State": State,
        "Role": Role,
        "Verb": Verb,
        "in_words": period_in_words,
    }
