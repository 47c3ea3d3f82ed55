"""Registering the dated facts that due dates are counted from: the assigning document, new documents, events."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, and_, col, or_, select

from config.boundary import checked_line
from config.catalogue.plan import Directive
from config.catalogue.subtasks import Step, Subtask
from config.errors import Refused
from config.text.suggestions import without_accents
from models.store.actor import ActorContext
from models.store.audit import AuditEntry, lock_audit_chain, record_all
from models.tables.anchor import Anchor, AnchorKind, document_key, event_key
from models.tables.errors import AlreadyEntered, LateAtOnce
from models.tables.lifecycle import Urgency
from models.work.planning import planned_of_step

_NUMBER = re.compile(r"\d{1,6}[\w./-]{0,50}")
_TITLE = ("Trích yếu", "Title")
_ISSUED = select(Anchor).where(Anchor.kind == AnchorKind.ISSUE, Anchor.directive == bindparam("directive"))
_SAMPLES = select(Anchor.directive).where(Anchor.kind == AnchorKind.ISSUE, Anchor.is_sample)
_IN_FORCE = select(Anchor).where(col(Anchor.undone_at).is_(None)).order_by(col(Anchor.on_date), col(Anchor.id))

_TOLD = {
    "kind": ("loại văn bản", "kind of document"),
    "on_date": ("ngày", "date"),
    "title": ("trích yếu", "title"),
    "host_office": ("cơ quan tổ chức", "host office"),
    "urgency": ("độ khẩn", "urgency"),
}
"""What tells whether the same is entered once more, in words."""


def issue_directive(
    session: Session,
    *,
    number: str,
    on_date: date,
    context: ActorContext,
    directive: str | None = None,
    is_sample: bool = False,
) -> Anchor:
    """Register the document that assigns the work of a directive; its date is the anchor of every ISSUE+n in it.

    A speech assigns nothing by itself, so nothing is assigned before this. Registering the same document again
    changes nothing; a different one is refused while one is in force.

    directive  its code; the main directive without
    """
    number = checked_number(number)
    followed = context.plan.directive(directive)
    _not_before_the_directive(number, on_date, followed, context)
    lock_audit_chain(session)
    in_force = assigning_document(session, followed.code)
    if in_force is None:
        return _register(
            session,
            Anchor(
                kind=AnchorKind.ISSUE,
                directive=followed.code,
                key=f"doc:{number}",
                title=followed.title_vi[:300],
                on_date=on_date,
                is_sample=is_sample,
                created_at=context.now,
            ),
            context,
        )
    if (in_force.number, in_force.on_date) == (number, on_date):
        return in_force
    raise Refused(
        f"Đã có văn bản giao việc số {in_force.number} ngày {in_force.on_date:%d/%m/%Y}"
        f"{' (văn bản MẪU)' if in_force.is_sample else ''}; mỗi chỉ đạo có một văn bản giao việc."
        " Chỉ đạo khác thì đưa vào ở trang «Chỉ đạo mới» (docs/plans.md); làm lại từ đầu thì dùng thư mục dữ liệu khác"
        " (DONDOC_DATA_DIR).",
        f"Document {in_force.number} of {in_force.on_date:%d/%m/%Y} already assigns the work of this directive. Another"
        " directive is brought in on the page 'New directive' (docs/plans.md); to begin anew use another data directory"
        " (DONDOC_DATA_DIR).",
    )


def register_document(
    session: Session,
    *,
    number: str,
    on_date: date,
    title: str,
    urgency: Urgency,
    context: ActorContext,
    directive: str | None = None,
    may_be_late: bool = False,
) -> Anchor:
    """Register a new higher-level document that offices must study: the anchor of DOC+n.

    directive    code of the one by which they study it; the main directive without
    may_be_late  whether it may make assignments overdue at once; ``LateAtOnce`` without
    """
    followed = context.plan.directive(directive)
    refuse_future(number, on_date, context)
    return _register(
        session,
        Anchor(
            kind=AnchorKind.DOCUMENT,
            directive=followed.code,
            key=document_key(checked_number(number), on_date),
            title=checked_title(title),
            on_date=on_date,
            urgency=urgency,
            created_at=context.now,
        ),
        context,
        may_be_late=may_be_late,
    )


def register_event(
    session: Session,
    *,
    subtask: str,
    title: str,
    on_date: date,
    context: ActorContext,
    host_office: str | None = None,
    urgency: Urgency = Urgency.NORMAL,
    may_be_late: bool = False,
) -> Anchor:
    """Register a dated event (meeting, class, public event) of one subtask: the anchor of EVENT±n.

    may_be_late  whether it may make assignments overdue at once; ``LateAtOnce`` without
    """
    title = checked_title(title)
    refuse_unfit_event(context.plan.subtask(subtask), host_office)
    if host_office is not None:
        host_office = context.plan.office_named(host_office, on_date).code
    return _register(
        session,
        Anchor(
            kind=AnchorKind.EVENT,
            directive=context.for_subtask(subtask).directive.code,
            key=event_key(subtask, on_date, title, host_office),
            title=title,
            on_date=on_date,
            subtask=context.plan.subtask(subtask).code,
            host_office=host_office,
            urgency=urgency,
            created_at=context.now,
        ),
        context,
        may_be_late=may_be_late,
    )


def checked_title(title: str) -> str:
    """The title of an event or document as it is kept; raises ``Refused``."""
    return checked_line(title, *_TITLE, shortest=3, longest=300)


def refuse_unfit_event(subtask: Subtask, host_office: str | None) -> None:
    """An event is for a subtask whose plan has steps for it; steps of a host need one to be named."""
    steps = [step for step in subtask.steps if step.trigger == "event"]
    if not steps:
        raise Refused(
            f"Việc {subtask.code} không có bước nào theo sự kiện; chọn việc có sự kiện.",
            f"{subtask.code} has no step that follows an event.",
            command="dondoc plan show",
        )
    hosted = [step for step in steps if any(lead.host for _, lead, _ in step.groups())]
    if hosted and host_office is None:
        raise Refused(
            f"Việc {subtask.code}: chưa ghi cơ quan tổ chức, là cơ quan chủ trì {hosted[0].title_vi.lower()}.",
            f"{subtask.code}: enter the host office; it is the lead of '{hosted[0].title_en}'.",
            command="--host",
        )


def assigning_document(session: Session, directive: str) -> Anchor | None:
    """The assigning document of a directive in force, or None before one is registered."""
    return session.exec(_ISSUED, params={"directive": directive}).one_or_none()


def samples_in_force(session: Session) -> frozenset[str]:
    """The directives whose assigning document is the sample."""
    return frozenset(session.exec(_SAMPLES))


def anchors(session: Session) -> list[Anchor]:
    """Every dated fact that was not undone, the oldest first."""
    return list(session.exec(_IN_FORCE))


def _register(session: Session, anchor: Anchor, context: ActorContext, *, may_be_late: bool = True) -> Anchor:
    lock_audit_chain(session)
    directive = context.plan.directive(anchor.directive)
    directive.refuse_closed(context.today)
    if (known := entered_before(session, anchor)) is not None:
        if differing := [words for name, words in _TOLD.items() if getattr(known, name) != getattr(anchor, name)]:
            raise AlreadyEntered(known, differing)
        return known
    for pause in directive.pauses if anchor.kind is not AnchorKind.ISSUE else ():
        pause.refuse(directive.code, anchor.title, anchor.on_date)
    if not may_be_late and (late := _late_at_once(session, anchor, context)):
        raise LateAtOnce(late)
    add_anchors(session, [anchor], context)
    return anchor


def entered_before(session: Session, anchor: Anchor) -> Anchor | None:
    """What is in force and stands for the same: a document by its number and year, an event by its subtask, day, title
    (accents and capitals aside) and host. An event without a host may be that of any."""
    same = _same_event(anchor) if anchor.kind is AnchorKind.EVENT else _same_document(anchor)
    its = select(Anchor).where(Anchor.directive == anchor.directive, col(Anchor.undone_at).is_(None), same)
    return session.exec(its.where(col(Anchor.id).is_distinct_from(anchor.id)).order_by(col(Anchor.id))).first()


def _same_event(event: Anchor) -> ColumnElement[bool]:
    title, host = without_accents(event.title), col(Anchor.host_office)
    same = and_(Anchor.subtask == event.subtask, Anchor.on_date == event.on_date, Anchor.plain_title == title)
    return same if event.host_office is None else and_(same, or_(host.is_(None), host == event.host_office))


def _same_document(document: Anchor) -> ColumnElement[bool]:
    year = document.on_date.year
    keys = (f"doc:{document.number}", document_key(document.number, document.on_date))  # the first: earlier versions'
    its_year = col(Anchor.on_date).between(date(year, 1, 1), date(year, 12, 31))
    return and_(col(Anchor.key).in_(keys), its_year)


def _late_at_once(session: Session, anchor: Anchor, context: ActorContext) -> int:
    """How many of the assignments that an event or document sets going would be overdue as soon as they are made."""
    issued = assigning_document(session, anchor.directive)
    counted_from = [anchor] if issued is None else [issued, anchor]
    return sum(
        planned.due.due_at <= context.now
        for subtask, step in steps_set_going(anchor, context)
        for planned in planned_of_step(context.for_subtask(subtask.code), counted_from, subtask, step)
    )


def steps_set_going(anchor: Anchor, context: ActorContext) -> Iterator[tuple[Subtask, Step]]:
    """What the plan asks for on an event or document."""
    for subtask in context.plan.subtasks():
        is_its = anchor.kind is not AnchorKind.EVENT or subtask.code == anchor.subtask
        if not is_its or context.for_subtask(subtask.code).directive.code != anchor.directive:
            continue
        yield from ((subtask, step) for step in subtask.steps if step.trigger == anchor.kind.value)


def add_anchors(session: Session, anchors: Collection[Anchor], context: ActorContext) -> None:
    """Write dated facts that are new, each with its audit event."""
    session.add_all(anchors)
    session.flush()
    entries = [
        AuditEntry(
            f"register_{anchor.kind.value}",
            f"anchor:{anchor.id}",
            {
                "directive": anchor.directive,
                "key": anchor.key,
                "date": anchor.on_date.isoformat(),
                "title": anchor.title,
                "sample": anchor.is_sample,
            },
        )
        for anchor in anchors
    ]
    record_all(session, entries, actor=context.actor, now=context.now)


def _not_before_the_directive(number: str, on_date: date, directive: Directive, context: ActorContext) -> None:
    if on_date < directive.date:
        raise Refused(
            f"Ngày văn bản {on_date:%d/%m/%Y} trước ngày của chỉ đạo ({directive.date:%d/%m/%Y}); kiểm tra lại ngày.",
            f"The document's date {on_date:%d/%m/%Y} is before the directive's ({directive.date:%d/%m/%Y}).",
        )
    refuse_future(number, on_date, context)


def refuse_future(number: str, on_date: date, context: ActorContext) -> None:
    """Raise ``Refused`` for a document that is not issued yet."""
    if on_date > context.today:
        raise Refused(
            f"Văn bản {number}: ngày {on_date:%d/%m/%Y} ở tương lai; đăng ký khi văn bản đã ban hành.",
            f"Document {number}: the date {on_date:%d/%m/%Y} is in the future; register it once it is issued.",
        )


def checked_number(text: str) -> str:
    """The number and symbol of a document as they are kept; raises ``Refused``."""
    number = unicodedata.normalize("NFC", text).strip()
    if not _NUMBER.fullmatch(number):
        raise Refused(
            f"Số văn bản «{text}» không đúng dạng; viết số và ký hiệu liền nhau, ví dụ 123-TB/TU hoặc 45/KH-UBND.",
            f"'{text}' is not a document number; write number and symbol together, e.g. 123-TB/TU.",
        )
    return number
