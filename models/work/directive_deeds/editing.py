"""A draft of an amendment that is worked on in the editor: begun from what is in force, changed part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from config.catalogue.fields import SUBTASK
from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from models.plans.documents import digest_of, documents_of
from models.plans.editions import Provenance, edition_content, heads
from models.plans.renumbering import with_codes, words_with_codes
from models.plans.reshaping import subtask_content
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.store.audit_event import AuditEvent
from models.tables.edition import PlanDraft
from models.work.directive_deeds.drafts import (
    CONFLICTS,
    Merged,
    open_draft,
    open_drafts,
    plan_of_draft,
    undecided,
    without_past,
)

EDIT_DRAFT = "edit_draft"

MOST_UNFINISHED = 50
"""Forms of one draft that are kept half done; the oldest makes room."""

Typed = list[list[str]]
"""The fields of a form as they were sent: name and value of each."""


@dataclass(frozen=True)
class HalfDone:
    """What somebody typed into a form of a draft and is not taken yet.

    form  the code of a subtask, or ``new_in`` a priority
    by    who typed it; each has their own
    """

    form: str
    by: str
    fields: Typed


@dataclass(frozen=True)
class DraftInHand:
    """A draft with the plan that it makes of the one in force; ``seen`` tells whether anybody changed it since."""

    draft: PlanDraft
    merged: Merged
    seen: str

    @property
    def plan(self) -> Plan:
        return self.merged.plan

    @property
    def calendar(self) -> WorkingCalendar:
        return self.merged.calendar


def begin_draft(session: Session, series: Sequence[str], context: ActorContext) -> PlanDraft:
    """A draft of these documents as they are in force: the actor's own where nothing is changed or typed in it yet."""
    lock_audit_chain(session)
    numbers = heads(session.connection())
    if missing := [each for each in series if each not in numbers]:
        raise Refused(
            f"Kế hoạch này chưa có trong kho ({', '.join(missing)}); nhập trước.",
            f"This plan is not in the store ({', '.join(missing)}); import it first.",
        )
    documents = {each: without_past(edition_content(session, each, numbers[each])) for each in series}
    for begun in open_drafts(session):
        as_begun = (context.actor, documents, numbers, None)
        if (begun.author, begun.documents, begun.made_from, begun.unfinished) == as_begun:
            return begun
    draft = PlanDraft(
        documents=documents,
        made_from=numbers,
        author=context.actor,
        created_at=context.now,
        changed_by=context.actor,
        changed_at=context.now,
    )
    session.add(draft)
    session.flush()
    record(session, context, "draft_plan", f"draft:{draft.id}", documents=[*series])
    return draft


def draft_in_hand(session: Session, number: int) -> DraftInHand:
    """The open draft of this number; raises ``Refused`` where there is none."""
    draft = open_draft(session, number)
    return DraftInHand(draft, plan_of_draft(session, draft), _seen(draft))


def change_draft(
    session: Session,
    held: DraftInHand,
    plan: Plan,
    calendar: WorkingCalendar,
    context: ActorContext,
    *,
    what: str,
    finished: str = "",
    sending: str = "",
) -> bool:
    """Put a changed plan in the place of what a draft has; False, and nothing done, where it was changed meanwhile.

    held      the draft as ``plan`` was made from it
    what      is changed, and so decided where it is in conflict: a subtask, «directive:CODE», «ladder:CODE»
    finished  the form that is not half done any more for whoever acts
    sending   names the one sending of a form that asks for it (``has_taken``)
    """
    lock_audit_chain(session)
    draft = open_draft(session, held.draft.id or 0)
    session.refresh(draft)
    if _seen(draft) != held.seen:
        return False
    then, now = documents_of(held.plan, held.calendar), documents_of(plan, calendar)
    differing = [each for each in now if each in draft.documents or then.get(each) != now[each]]
    draft.documents = {each: without_past(now[each]) for each in differing}
    # What changed since has come into the draft with this: from now on it is made from that. What both changed is kept
    # beside it, as this save has decided no more of it than it shows.
    draft.made_from = {**held.merged.numbers}
    draft.changed_by, draft.changed_at = context.actor, context.now
    done = _key(finished, context.actor)
    forms = _in_numbers_of_now(draft, held.merged)
    kept = {_key(each.form, each.by) for each in _of_plan(forms, plan)} - {done}
    # What is typed has the numbers of the draft again, which has the new ones from now on.
    left = {key: {**each, "renumbered": {}} for key, each in forms.items() if key in kept}
    if conflicts := [each for each in held.merged.conflicts if not _is_decided(each, what, held.plan, plan)]:
        left[CONFLICTS] = {"parts": conflicts}
    if left != (draft.unfinished or {}):
        draft.unfinished = left or None
    session.add(draft)
    session.flush()
    digest = digest_of(draft.documents)
    named = {"sending": sending} if sending else {}
    record(session, context, EDIT_DRAFT, f"draft:{draft.id}", what=what, digest=digest, **named)
    return True


def has_taken(session: Session, number: int, sending: str, context: ActorContext) -> bool:
    """Whether this very sending of a form is what whoever acts changed last in a draft; never one without a name."""
    theirs = (AuditEvent.subject == f"draft:{number}", AuditEvent.verb == EDIT_DRAFT, AuditEvent.actor == context.actor)
    last = select(AuditEvent.details).where(*theirs).order_by(col(AuditEvent.seq).desc()).limit(1)
    return bool(sending) and any(each.get("sending") == sending for each in session.exec(last))


def _is_decided(conflict: str, what: str, before: Plan, after: Plan) -> bool:
    """Whether whoever changed this saw the part that is in conflict, «p1.T0.1.report.due.lead», or dropped it."""
    kind, _, code = what.rpartition(":")
    if not kind:
        gone = {each.code for each in before.subtasks()} - {each.code for each in after.subtasks()}
        return any(f".{each}." in f".{conflict}." for each in {code, *gone})
    if kind == "ladder":
        return f"{conflict}.".startswith(f"{code}.")
    # The form of a directive shows what is of it and of its priorities, without their subtasks.
    head, _, rest = conflict.partition(".")
    if head == "directive":
        return len(after.directives) == 1
    return head in {each.code for each in after.priorities_of(code)} and SUBTASK.match(rest) is None


def half_done(held: DraftInHand) -> list[HalfDone]:
    """What is half done of the subtasks and priorities that a draft's plan still has."""
    return _of_plan(_in_numbers_of_now(held.draft, held.merged), held.plan)


def _of_plan(kept: Mapping[str, Any], plan: Plan) -> list[HalfDone]:
    forms = {*(each.code for each in plan.subtasks()), *(new_in(each) for each in plan.priority_codes)}
    found = (HalfDone(each["form"], each["by"], each["fields"]) for each in kept.values())
    return [each for each in found if each.form in forms]


def _in_numbers_of_now(draft: PlanDraft, now: Merged) -> dict[str, Any]:
    """The forms that are half done, by key, where what the draft adds has other numbers than when they were typed."""
    found: dict[str, Any] = {}
    for key, kept in (draft.unfinished or {}).items():
        if key == CONFLICTS:
            continue
        moved = _moved_since(kept.get("renumbered", {}), now.renumbered)
        head, _, code = kept["form"].rpartition(":")
        form = f"{head}:{moved.get(code, code)}" if head else moved.get(code, code)
        fields = renumbered_fields(kept["fields"], moved)
        known = moved and not head and form in {each.code for each in now.plan.subtasks()}
        if known and dict(kept["fields"]).get("seen") == seen_before(content := subtask_content(now.plan, form), moved):
            fields = [[name, seen_of(content) if name == "seen" else value] for name, value in fields]
        found[_key(form, kept["by"])] = {**kept, "form": form, "fields": fields, "renumbered": {**now.renumbered}}
    return found


def _moved_since(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """From what a code was called when something was typed to what it is called now.

    then, now  what of the draft has another number than the draft itself has for it; the number that it left is since
               then somebody else's
    """
    pairs = {then.get(own, own): now.get(own, own) for own in {*then, *now}}
    return {old: new for old, new in pairs.items() if old != new}


def renumbered_fields(fields: Iterable[Sequence[str]], moved: Mapping[str, str]) -> Typed:
    """The fields of a form, with other codes where they name subtasks."""
    return [[name, words_with_codes(value, moved) if moved else value] for name, value in fields]


def seen_of(content: Mapping[str, Any]) -> str:
    """Tells whether a subtask, or the priority of a new one, is what it was when its form was opened."""
    return digest_of({"subtask": content})


def seen_before(content: Mapping[str, Any], moved: Mapping[str, str]) -> str:
    """``seen_of`` a subtask when what moved had the numbers from which it did."""
    return seen_of(with_codes(content, {new: old for old, new in moved.items()}))


def new_in(priority: str) -> str:
    """The form of a new subtask of a priority."""
    return f"new:{priority}"


def keep_unfinished(session: Session, number: int, form: str, typed: Typed | None, context: ActorContext) -> None:
    """Keep what whoever acts typed into a form and cannot be taken yet; None forgets it. Nothing follows from it."""
    lock_audit_chain(session)
    draft = open_draft(session, number)
    own = _key(form, context.actor)
    merged = plan_of_draft(session, draft)
    kept = {key: each for key, each in _in_numbers_of_now(draft, merged).items() if key != own}
    if typed is not None:
        kept = dict([*kept.items()][-(MOST_UNFINISHED - 1) :])
        of_whom = {"form": form, "by": context.actor, "at": context.now.isoformat()}
        kept[own] = {**of_whom, "fields": typed, "renumbered": {**merged.renumbered}}
    if conflicts := undecided(draft):
        kept[CONFLICTS] = {"parts": conflicts}
    draft.unfinished = kept or None
    session.add(draft)


def set_grounds(
    session: Session,
    number: int,
    provenance: Provenance,
    *,
    open_work: bool,
    with_letters: bool,
    context: ActorContext,
) -> None:
    """What a draft is to rest on, and how far it is to reach; an event only where that changes."""
    lock_audit_chain(session)
    draft = open_draft(session, number)
    wanted = {
        "paper_number": provenance.paper_number,
        "paper_date": provenance.paper_date,
        "reason": provenance.reason,
        "effective_on": provenance.effective_on,
        "open_work": open_work,
        "with_letters": with_letters,
    }
    if all(getattr(draft, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(draft, name, value)
    session.add(draft)
    record(session, context, EDIT_DRAFT, f"draft:{draft.id}", what="grounds", paper=provenance.paper_number)


def _key(form: str, actor: str) -> str:
    return f"{form} {actor}"


def _seen(draft: PlanDraft) -> str:
    return digest_of({"documents": draft.documents, "from": draft.made_from})
