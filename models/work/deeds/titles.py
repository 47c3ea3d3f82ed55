"""Another title for what was assigned: of ad hoc work in the fact it hangs on, of planned work in its directive."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlmodel import Session, col, select

from config.boundary import refuse_personal_or_secret
from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC, Subtask
from config.errors import Refused
from config.text.shapes import one_line
from config.text.suggestions import without_accents
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.audit import record
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.direct import open_rows

RETITLE = "retitle"
"""The verb of the audit event of a fact that got another title."""

SHORTEST, LONGEST, LONGEST_AD_HOC = 3, 200, 300
"""Letters of a title; ad hoc work may say more in it."""


def retitle(
    session: Session,
    numbers: Sequence[int],
    title: str,
    *,
    title_en: str = "",
    provenance: Provenance,
    context: ActorContext,
) -> Change:
    """Give what assignments are about another title: of their subtask, in a new edition of its directive, or of the ad
    hoc work that they are all parts of.

    title_en  of a subtask; the same as ``title`` without
    """
    rows = open_rows(session, numbers, context)
    is_ad_hoc = {row.step == AD_HOC for row in rows}
    about = {row.period if row.step == AD_HOC else row.subtask for row in rows}
    if len(about) > 1 or len(is_ad_hoc) > 1:
        raise Refused(
            "Các việc này thuộc những nội dung khác nhau; mỗi lần đổi tên một nội dung.",
            "These assignments belong to different subtasks; rename one subtask at a time.",
        )
    clean = _checked(title, LONGEST_AD_HOC if is_ad_hoc == {True} else LONGEST)
    if is_ad_hoc == {True}:
        return _ad_hoc(session, rows[0].id, clean, provenance, context)
    subtask = rows[0].subtask
    english = _checked(title_en, LONGEST) if title_en else clean
    plan = _with_title(context.plan, subtask, {"title_vi": clean, "title_en": english})
    return amendment(session, plan, context.calendar, provenance=provenance, context=context)


def _ad_hoc(session: Session, number: int, title: str, provenance: Provenance, context: ActorContext) -> Change:
    anchor_id = session.exec(select(col(Assignment.anchor_id)).where(col(Assignment.id) == number)).one()
    anchor = session.get_one(Anchor, anchor_id)
    if anchor.title == title:
        raise Refused("Tên việc vẫn như cũ; không có gì để đổi.", "The title is the same; there is nothing to change.")
    return Change(
        kind=DeedKind.DIRECT,
        subject=anchor.key[:100],
        provenance=provenance,
        context=context,
        items=lambda _: (),
        take_effect=partial(_set_title, anchor_id=anchor_id, title=title, context=context),
        particulars={"title": [anchor.title, title]},
    )


def _set_title(session: Session, *, anchor_id: int | None, title: str, context: ActorContext) -> Mapping[str, int]:
    anchor = session.get_one(Anchor, anchor_id)
    details = {"from": anchor.title, "to": title}
    anchor.title, anchor.plain_title = title, without_accents(title)
    session.add(anchor)
    record(session, context, RETITLE, f"anchor:{anchor_id}", **details)
    return {}


def _with_title(plan: Plan, code: str, titles: Mapping[str, str]) -> Plan:
    """The plan with other titles of a subtask; raises ``Refused`` for one that is asked for no more."""
    if code not in {each.code for each in plan.subtasks()}:
        raise Refused(
            f"Kế hoạch đang dùng không còn việc {code}; không đổi tên được.",
            f"The plan in force no longer has {code}, so it cannot be renamed.",
        )

    def retitled(subtask: Subtask) -> Subtask:
        return subtask.model_copy(update=titles) if subtask.code == code else subtask

    priorities = [each.model_copy(update={"subtasks": tuple(map(retitled, each.subtasks))}) for each in plan.priorities]
    return plan.model_copy(update={"priorities": tuple(priorities)})


def _checked(title: str, longest: int) -> str:
    clean = refuse_personal_or_secret(one_line(title), "Tên việc", "Title")
    if not SHORTEST <= len(clean) <= longest:
        raise Refused(
            f"Tên việc: dài {len(clean)} ký tự; cần từ {SHORTEST} đến {longest}.",
            f"Title: {len(clean)} characters; it must have {SHORTEST} to {longest}.",
        )
    return clean
