"""Directives and their plans for programs: read, taken out as files, amended after a preview, closed and reopened."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from config.catalogue.plan import Directive
from config.catalogue.subtasks import Subtask
from config.catalogue.writing import plan_files
from models.plans.documents import PlanInForce, series_of
from models.plans.editions import Provenance, heads
from models.plans.texts import plan_from_texts
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.anchor import Anchor, AnchorKind
from models.tables.deed import DeedKind
from models.tables.edition import Edition
from models.tables.errors import NotFound
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.directive_deeds.closing import close_directive, reopen_directive
from portal.api.deeds import DeedAnswer, Grounds, shown_or_done
from portal.api.plan_shapes import (
    Amendment,
    CheckedPlan,
    DirectiveEntry,
    DirectiveList,
    DirectivePlan,
    EditionDetail,
    EditionEntry,
    EditionList,
    PlanCheck,
    PlanFiles,
    PriorityEntry,
    StepEntry,
    SubtaskEntry,
    TeamEntry,
)
from portal.api.shapes import REFUSALS
from portal.desk.directives import directive_states
from portal.web import RowId, context_of, store_of

router = APIRouter(prefix="/api/v1", tags=["plans"], responses=REFUSALS)


@router.get("/directives")
def list_directives(request: Request) -> DirectiveList:
    """The directives with the document that assigns the work of each."""
    plan = store_of(request).plan
    with reading_session(store_of(request).engine) as session:
        there = select(Anchor).where(Anchor.kind == AnchorKind.ISSUE, col(Anchor.undone_at).is_(None))
        issued = {each.directive: each for each in session.exec(there)}
        states = directive_states(session)
    return DirectiveList(
        items=[
            _directive(
                each,
                issued.get(each.code),
                is_closed=states.get(each.code) is DeedKind.DIRECTIVE_CLOSED,
                priorities=[priority.code for priority in plan.priorities_of(each.code)],
                subtasks=sum(len(priority.subtasks) for priority in plan.priorities_of(each.code)),
            )
            for each in plan.directives
        ]
    )


@router.get("/directives/{code}")
def get_directive(request: Request, code: str) -> DirectivePlan:
    """The plan of a directive: priority tasks, subtasks and steps with offices and due rules, and its text."""
    plan = store_of(request).plan
    directive = plan.directive(code[:40])
    priorities = [
        PriorityEntry(
            code=priority.code,
            numeral=priority.numeral,
            title_vi=priority.title_vi,
            title_en=priority.title_en,
            subtasks=[_subtask(each) for each in priority.subtasks],
        )
        for priority in plan.priorities_of(directive.code)
    ]
    return DirectivePlan(code=directive.code, text=directive.source or "", priorities=priorities)


@router.post("/directives/{code}/close")
def close(request: Request, code: str, body: Grounds) -> DeedAnswer:
    """Close a directive, after a preview: what is open is withdrawn and nothing more is asked for."""
    followed = store_of(request).plan.directive(code[:40]).code
    return shown_or_done(
        request,
        body,
        lambda session, given, context: close_directive(session, followed, provenance=given, context=context),
    )


@router.post("/directives/{code}/reopen")
def reopen(request: Request, code: str, body: Grounds) -> DeedAnswer:
    """Open a closed directive again, after a preview."""
    followed = store_of(request).plan.directive(code[:40]).code
    return shown_or_done(
        request,
        body,
        lambda session, given, context: reopen_directive(session, followed, provenance=given, context=context),
    )


@router.get("/editions")
def list_editions(request: Request) -> EditionList:
    """The editions of the plan: when, by whom, by which paper."""
    newest_first = select(Edition).options(defer(Edition.content)).order_by(col(Edition.id).desc())  # type: ignore[arg-type]
    with reading_session(store_of(request).engine) as session:
        in_force = heads(session.connection())
        found = session.exec(newest_first.where(*_own_series(request))).all()
        return EditionList(items=[_edition(each, in_force) for each in found])


@router.get("/editions/{edition_id}")
def get_edition(request: Request, edition_id: RowId) -> EditionDetail:
    """One edition with its content."""
    with reading_session(store_of(request).engine) as session:
        found = session.exec(select(Edition).where(Edition.id == edition_id, *_own_series(request))).one_or_none()
        if found is None:
            raise NotFound(f"Không có bản số {edition_id}.", f"There is no edition {edition_id}.")
        return EditionDetail(**vars(_edition(found, heads(session.connection()))), content=found.content)


@router.get("/plan/files")
def export(request: Request) -> PlanFiles:
    """The plan in force as its files."""
    store = store_of(request)
    return PlanFiles(files=plan_files(store.plan, store.calendar))


@router.post("/plan/check")
def check(request: Request, body: PlanCheck) -> CheckedPlan:
    """Check files beside the plan in force; every fault is told at once, and nothing is changed."""
    store = store_of(request)
    in_force = PlanInForce(store.plan, store.calendar, store.editions)
    plan, _, _ = plan_from_texts(body.files, in_force, context_of(request).today)
    return CheckedPlan(
        directives=[each.code for each in plan.directives],
        priorities=len(plan.priorities),
        subtasks=sum(1 for _ in plan.subtasks()),
        offices=len(plan.offices),
    )


@router.post("/plan/amendments")
def amend(request: Request, body: Amendment) -> DeedAnswer:
    """Amend the plan, after a preview of everything it does to open work."""

    def build(session: Session, given: Provenance, context: ActorContext) -> Change:
        in_force = PlanInForce(context.plan, context.calendar, context.editions)
        plan, calendar, digest = plan_from_texts(body.files, in_force, context.today)
        return amendment(
            session,
            plan,
            calendar,
            provenance=replace(given, source_digest=digest),
            context=context,
            open_work=body.open_work,
            with_letters=body.letters,
        )

    return shown_or_done(request, body, build)


def _own_series(request: Request) -> list[ColumnElement[bool]]:
    """The series of the visitor's directives alone, where they are not all."""
    plan = store_of(request).plan
    return [] if plan.is_whole else [col(Edition.series).in_([series_of(each.code) for each in plan.directives])]


def _directive(
    directive: Directive, issued: Anchor | None, *, is_closed: bool, priorities: list[str], subtasks: int
) -> DirectiveEntry:
    return DirectiveEntry(
        **directive.model_dump(include={"code", "title_vi", "title_en", "coordinator"}),
        directive_date=directive.date,
        document_number=issued.number if issued else None,
        document_date=issued.on_date if issued else None,
        is_closed=is_closed,
        priorities=priorities,
        subtasks=subtasks,
    )


def _subtask(subtask: Subtask) -> SubtaskEntry:
    steps = [
        StepEntry(
            key=step.key,
            title_vi=step.title_vi,
            title_en=step.title_en,
            trigger=step.trigger,
            lead_rule=step.due.lead,
            lead_words=step.words_of("lead"),
            coordinating_rule=step.due.helpers_rule,
            teams=[
                TeamEntry(
                    variant=team.variant,
                    leads=[str(each) for each in team.leads],
                    asked=[str(each) for each in team.asked],
                    named=[str(each) for each in team.named],
                    each=team.each,
                )
                for team in step.teams()
            ],
        )
        for step in subtask.steps
    ]
    return SubtaskEntry(
        **subtask.model_dump(include={"code", "title_vi", "title_en", "kind", "basis", "monitor", "ladder"}),
        quotes=[each.text for each in subtask.quotes],
        steps=steps,
    )


def _edition(edition: Edition, in_force: Mapping[str, int]) -> EditionEntry:
    names = ("id", "series", "number", "paper_number", "paper_date", "reason", "author", "created_at", "digest")
    return EditionEntry(
        **{name: getattr(edition, name) for name in names},
        effective_date=edition.effective_on,
        is_in_force=in_force.get(edition.series) == edition.number,
    )
