"""Directives that came in as texts: kept with what was read from them until their plan is launched, never lost.

What is corrected in a draft leaves no event, as nothing follows from it; that it came in, was dropped or launched does.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from config.catalogue.office_names import plain_name, visible
from config.errors import Refused
from models.store.actor import Context
from models.store.audit import record
from models.store.upsert import put
from models.tables.edition import DirectiveDraft, DraftEnd, OfficeSpelling
from models.tables.errors import NotFound

LONGEST_NAME = 200


def keep_directive(
    session: Session,
    *,
    name: str,
    text: str,
    layout: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    context: Context,
) -> DirectiveDraft:
    """Keep a text with what was read from it; the same text that is being corrected already is that draft.

    text  with nothing in it that the store may not hold: looked for before, as that takes long and this holds the lock
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    same = select(DirectiveDraft).where(DirectiveDraft.text_sha256 == digest, col(DirectiveDraft.ended_at).is_(None))
    if (known := session.exec(same.order_by(col(DirectiveDraft.id)).limit(1)).first()) is not None:
        return known
    draft = DirectiveDraft(
        name=name[:LONGEST_NAME],
        text=text,
        text_sha256=digest,
        layout=dict(layout),
        tasks=[dict(each) for each in tasks],
        launch={},
        author=context.actor,
        created_at=context.now,
        changed_at=context.now,
    )
    session.add(draft)
    session.flush()
    record(session, context, "take_in_directive", f"intake:{draft.id}", text_sha256=digest, tasks=len(tasks))
    return draft


def open_directive_drafts(session: Session) -> Sequence[DirectiveDraft]:
    """Those that are neither launched nor dropped, the one last worked on first."""
    still_open = select(DirectiveDraft).where(col(DirectiveDraft.ended_at).is_(None))
    return session.exec(still_open.order_by(col(DirectiveDraft.changed_at).desc(), col(DirectiveDraft.id).desc())).all()


def directive_draft(session: Session, number: int, *, to_change: bool = False) -> DirectiveDraft:
    """The draft of this number; ``to_change``: held for this transaction, and still open.

    Raises ``NotFound``, and ``Refused`` for one that is launched or dropped where it is to be changed.
    """
    query = select(DirectiveDraft).where(DirectiveDraft.id == number)
    draft = session.exec(query.with_for_update() if to_change else query).one_or_none()
    if draft is None:
        raise NotFound(f"Không có bản thảo số {number}.", f"There is no draft no. {number}.")
    if to_change and draft.ended_at is not None:
        vi, en = (
            (f"đã giao việc thành chỉ đạo {draft.directive}", f"has been assigned as directive {draft.directive}")
            if draft.ended_as is DraftEnd.APPLIED
            else ("đã bỏ", "was discarded")
        )
        raise Refused(
            f"Bản thảo số {number} {vi}; không sửa được nữa.", f"Draft no. {number} {en} and can no longer be edited."
        )
    return draft


def drop_directive(session: Session, number: int, context: Context) -> None:
    """Put a draft away that no plan is made of; its text and its tasks are kept.

    Doing so twice changes nothing.
    """
    if directive_draft(session, number).ended_as is DraftEnd.DROPPED:
        return
    end_directive_draft(directive_draft(session, number, to_change=True), DraftEnd.DROPPED, context)
    record(session, context, "drop_directive", f"intake:{number}")


def end_directive_draft(draft: DirectiveDraft, ended_as: DraftEnd, context: Context, directive: str = "") -> None:
    draft.ended_at, draft.ended_as, draft.directive = context.now, ended_as, directive


def spellings(session: Session) -> dict[str, str]:
    """What offices are called in directives, with their codes, as it was said of earlier drafts."""
    found = session.exec(select(OfficeSpelling).order_by(col(OfficeSpelling.plain)))
    return {each.words: each.office for each in found}


def teach_spelling(session: Session, words: str, office: str, context: Context) -> None:
    """The next draft reads ``words`` as this office; said anew, the later holds."""
    shown = visible(words)[:LONGEST_NAME]
    if not (plain := plain_name(shown)[:LONGEST_NAME]):
        return
    put(
        session,
        OfficeSpelling,
        plain=plain,
        words=shown,
        office=office,
        author=context.actor,
        created_at=context.now,
    )
