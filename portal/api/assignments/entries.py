"""An assignment and what hangs on it, from the store's rows to the shapes that programs read."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request

from config.rules.due_words import dated
from models.store.audit_event import AuditEvent
from models.tables.report import Attachment, Contribution, Report
from models.work.deeds.facts import DeedFacts
from models.work.lists.urging_letters import ListedLetter
from models.work.queries import History
from portal.api.assignments.shapes import (
    AssignmentDetail,
    ChangeEntry,
    ContributionEntry,
    EventEntry,
    ExtensionEntry,
    FileEntry,
    QuestionEntry,
    ReportEntry,
    UrgingLetterEntry,
)
from portal.pages.assignment import events_shown, extensions_shown, questions_shown
from portal.web import store_of, visitor_of


def summary(request: Request, row: Mapping[str, Any], status: str, occasion: str | None) -> dict[str, Any]:
    title = store_of(request).plan.step_title(row["subtask"], row["step"], row["variant"], occasion=occasion or "")
    days = {name: dated(row[name]) for name in ("due_date", "original_due_date")}
    return {**row, **days, "title": title, "status": status}


def detail(
    request: Request,
    found: History,
    reports: list[ReportEntry],
    contributions: list[ContributionEntry],
    letters: Sequence[ListedLetter],
) -> AssignmentDetail:
    assignment, visitor = found.assignment, visitor_of(request)
    return AssignmentDetail(
        **summary(request, assignment.model_dump(), found.status, found.occasion),
        quote=store_of(request).plan.subtask(assignment.subtask).quote,
        joint_offices=list(found.parties.joint),
        named_offices=list(found.parties.named),
        group=[each.id for each in found.group],
        reports=reports,
        extensions=[ExtensionEntry.model_validate(each) for each in extensions_shown(visitor, found)],
        contributions=contributions,
        questions=[QuestionEntry.model_validate(each) for each in questions_shown(visitor, found)],
        urging_letters=[letter_entry(each) for each in letters],
        events=[_event_entry(each) for each in events_shown(request, found)],
        changes=[_change_entry(each) for each in found.deeds],
    )


def _change_entry(deed: DeedFacts) -> ChangeEntry:
    days = {"from_due_date": dated(deed.from_due_date), "to_due_date": dated(deed.to_due_date)}
    return ChangeEntry.model_validate({**vars(deed), **days})


def _event_entry(event: AuditEvent) -> EventEntry:
    who, _, which = event.actor.partition(":")
    return EventEntry(
        at=event.at,
        actor=event.actor if who == "office" and which else who,  # of an account no more than its role
        verb=event.verb,
        reason=event.details.get("reason", ""),
        until=event.details.get("until"),
        file=event.details.get("name"),
    )


def letter_entry(found: ListedLetter) -> UrgingLetterEntry:
    letter = found.letter
    named = {"letter_date": letter.issued_on, "reply_until": letter.answer_by, "replaced_by": found.replaced_by}
    return UrgingLetterEntry.model_validate({**letter.model_dump(), **named})


def report_entry(report: Report, files: Sequence[Attachment]) -> ReportEntry:
    entry = ReportEntry.model_validate(report)
    entry.files = [FileEntry.model_validate(each) for each in files]
    return entry


def contribution_entry(contribution: Contribution, files: Sequence[Attachment]) -> ContributionEntry:
    entry = ContributionEntry.model_validate(contribution)
    entry.files = [FileEntry.model_validate(each) for each in files]
    return entry
