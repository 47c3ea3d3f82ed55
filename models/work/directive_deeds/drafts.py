"""Drafts of amendments: a changed plan that waits in the store, to be looked at, applied or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from config.boundary import refuse_personal_or_secret
from config.catalogue.faults import PlanErrors
from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from models.plans.documents import Content, digest_of, directive_of, documents_of, plan_of, replaced
from models.plans.editions import Provenance, edition_content, heads
from models.plans.merging import conflicts, merged
from models.plans.reading import checked_plan
from models.plans.renumbering import renumbered, titles, waiting_for
from models.store.actor import ActorContext
from models.store.audit import also_about, lock_audit_chain, record
from models.tables.edition import DraftEnd, PlanDraft
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment

_PAST = ("retired", "history")
"""What an edition keeps of those before it: worked out anew when it is applied."""

CONFLICTS = "conflicts"
"""Where ``PlanDraft.unfinished`` has the conflicts that nobody has decided; the key of no form."""


@dataclass(frozen=True)
class DraftedChange:
    """A draft as the deed that it would be now; the others as ``Merged`` has them."""

    change: Change
    overtaken: Mapping[str, tuple[int, int]]
    conflicts: Sequence[str]
    renumbered: Mapping[str, str]


@dataclass(frozen=True)
class Merged:
    """The plan in force with what a draft changes in it, not checked.

    numbers     the editions in force
    overtaken   the documents that have a newer edition than the draft was made from: its number then, and now
    conflicts   the parts that both the draft and those newer editions change, and nobody has looked at since; they are
                as the draft has them
    renumbered  what the draft adds under a number that is taken since, from that number to the one it has now
    """

    plan: Plan
    calendar: WorkingCalendar
    numbers: Mapping[str, int]
    overtaken: Mapping[str, tuple[int, int]]
    conflicts: Sequence[str]
    renumbered: Mapping[str, str]


def keep_draft(
    session: Session,
    plan: Plan,
    calendar: WorkingCalendar,
    *,
    provenance: Provenance,
    open_work: bool = True,
    with_letters: bool = True,
    context: ActorContext,
) -> PlanDraft:
    """Keep a plan that is to take the place of the one in force, a file sent twice as one draft.

    Raises ``Refused`` where it differs in nothing.
    """
    lock_audit_chain(session)
    whole = documents_of(plan, calendar)
    differing = replaced((context.plan, context.calendar), (plan, calendar))
    documents = {series: without_past(whole[series]) for series in differing if series in whole}
    if not documents:
        raise Refused("Không có gì khác với kế hoạch đang dùng.", "Nothing is different from the plan in force.")
    draft = PlanDraft(
        documents=documents,
        made_from=heads(session.connection()),
        source_digest=provenance.source_digest,
        paper_number=provenance.paper_number,
        paper_date=provenance.paper_date,
        reason=provenance.reason,
        effective_on=provenance.effective_on,
        open_work=open_work,
        with_letters=with_letters,
        author=context.actor,
        created_at=context.now,
    )
    if found := _sent_before(session, draft):
        return found
    session.add(draft)
    session.flush()
    record(session, context, "draft_plan", f"draft:{draft.id}", digest=digest_of(documents), documents=[*documents])
    return draft


def _sent_before(session: Session, draft: PlanDraft) -> PlanDraft | None:
    """The open draft that the same actor made of the same file, as long as nothing has changed since."""
    if not draft.source_digest:
        return None
    made = ("made_from", "paper_number", "paper_date", "reason", "effective_on", "open_work", "with_letters", "author")
    of_file = [each for each in open_drafts(session) if each.source_digest == draft.source_digest]
    return next(
        (
            each
            for each in of_file
            if all(getattr(each, name) == getattr(draft, name) for name in made)
            and digest_of(each.documents) == digest_of(draft.documents)
        ),
        None,
    )


def open_drafts(session: Session) -> Sequence[PlanDraft]:
    """Those that are neither applied nor dropped, the oldest first."""
    return session.exec(select(PlanDraft).where(col(PlanDraft.ended_at).is_(None)).order_by(col(PlanDraft.id))).all()


def open_draft(session: Session, number: int) -> PlanDraft:
    """The draft of this number; raises ``Refused`` where there is none, or it is applied or dropped."""
    draft = session.get(PlanDraft, number)
    if draft is None:
        known = ", ".join(str(each.id) for each in open_drafts(session)) or "–"
        raise Refused(
            f"Không có dự thảo số {number}; đang có: {known}.", f"There is no draft no. {number}; available: {known}."
        )
    if draft.ended_at is not None:
        on = f"{local_date(draft.ended_at):%d/%m/%Y}"
        vi, en = (
            ("đã được áp dụng", "was applied") if draft.ended_as is DraftEnd.APPLIED else ("đã bỏ", "was discarded")
        )
        raise Refused(f"Dự thảo số {number} {vi} ngày {on}.", f"Draft no. {number} {en} on {on}.")
    return draft


def overtaken(session: Session, draft: PlanDraft) -> dict[str, tuple[int, int]]:
    """The documents of a draft that have a newer edition: its number when the draft was made, and now; 0 is none."""
    now = heads(session.connection())
    pairs = {series: (draft.made_from.get(series, 0), now.get(series, 0)) for series in draft.documents}
    return {series: pair for series, pair in pairs.items() if pair[0] != pair[1]}


def drafted(session: Session, number: int, provenance: Provenance, context: ActorContext) -> DraftedChange:
    """A draft as the deed that it would be now; applying it ends the draft.

    provenance  its paper and reason, which may have come after the draft

    Raises ``Refused`` with every fault where the draft no longer fits what has changed since it was made.
    """
    draft = open_draft(session, number)
    to_be = plan_of_draft(session, draft)
    # Also where its documents have no newer edition: another directive's may have taken a code that it adds.
    plan, calendar = _checked(number, to_be.plan, to_be.calendar, context.plan)
    change = amendment(
        session,
        plan,
        calendar,
        provenance=replace(provenance, source_digest=draft.source_digest),
        context=context,
        open_work=draft.open_work,
        with_letters=draft.with_letters,
    )

    def take_effect(writer: Session) -> Mapping[str, int]:
        made = change.take_effect(writer)
        _end(open_draft(writer, number), DraftEnd.APPLIED, writer, context)
        return made

    as_deed = replace(change, take_effect=take_effect)
    return DraftedChange(as_deed, to_be.overtaken, to_be.conflicts, to_be.renumbered)


def plan_of_draft(session: Session, draft: PlanDraft) -> Merged:
    """What a draft makes of the plan in force."""
    behind = overtaken(session, draft)
    numbers = heads(session.connection())
    whole = {series: edition_content(session, series, each) for series, each in numbers.items()}
    documents = {series: without_past(each) for series, each in whole.items()}
    both_changed = undecided(draft)
    moved: dict[str, str] = {}
    bases = {series: _made_from(session, draft, series) for series in draft.documents}
    made: dict[str, Content] = {**draft.documents}
    for series in filter(directive_of, draft.documents):
        others = {each for each in (*whole, *made) if directive_of(each) and each != series}
        elsewhere = {code for each in others for code in (*titles(whole.get(each, {})), *titles(made.get(each, {})))}
        for each in others & {*made}:  # what the draft itself takes from another directive keeps its number
            given = titles(without_past(bases[each])).keys() - titles(made[each]).keys()
            elsewhere -= given & titles(made[series]).keys()
        made[series], moved_here = renumbered(bases[series], made[series], whole.get(series, {}), elsewhere)
        # The directives of a draft may wait for what it adds to each other.
        made |= {each: waiting_for(made[each], moved_here) for each in others & {*made} if moved_here}
        moved |= moved_here
    for series, mine in made.items():
        base, theirs = bases[series], documents.get(series)
        if series in behind and theirs is not None:
            base = without_past(base)
            both_changed += conflicts(base, mine, theirs)
            documents[series] = merged(base, mine, theirs)
        else:
            documents[series] = mine
    to_be = plan_of(documents, numbers | {series: numbers.get(series, 0) + 1 for series in draft.documents})
    return Merged(to_be.plan, to_be.calendar, numbers, behind, [*dict.fromkeys(both_changed)], moved)


def _made_from(session: Session, draft: PlanDraft, series: str) -> Content:
    """The edition that a document of a draft was made from, with its past; {} where there was none."""
    first = draft.made_from.get(series)
    return edition_content(session, series, first) if first else {}


def undecided(draft: PlanDraft) -> list[str]:
    """The conflicts that a draft has kept from before it was made from newer editions."""
    return [*(draft.unfinished or {}).get(CONFLICTS, {}).get("parts", ())]


def _checked(number: int, plan: Plan, calendar: WorkingCalendar, standing: Plan) -> tuple[Plan, WorkingCalendar]:
    try:
        return checked_plan(plan, calendar, standing)
    except PlanErrors as faults:
        raise Refused(
            f"Dự thảo số {number} không còn khớp với kế hoạch đang dùng; lập lại từ bản đang dùng:",
            f"Draft no. {number} no longer fits the plan in force; make it again from the edition in force:",
            details=faults.faults,
        ) from None


def drop_draft(session: Session, number: int, reason: str, context: ActorContext) -> None:
    """Drop a draft that is not wanted any more; dropping it twice changes nothing."""
    lock_audit_chain(session)
    why = refuse_personal_or_secret(reason, "Lý do", "Reason")
    if (draft := session.get(PlanDraft, number)) is not None and draft.ended_as is DraftEnd.DROPPED:
        return
    _end(open_draft(session, number), DraftEnd.DROPPED, session, context)
    record(session, context, "drop_draft", f"draft:{number}", reason=why)


def _end(draft: PlanDraft, ended_as: DraftEnd, session: Session, context: ActorContext) -> None:
    draft.ended_at, draft.ended_as = context.now, ended_as
    also_about(session, "draft", [draft.id])
    session.add(draft)


def without_past(content: Content) -> Content:
    """A document as a draft has it."""
    return {key: value for key, value in content.items() if key not in _PAST}
