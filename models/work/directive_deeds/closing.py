"""Closing a directive, and opening it again, each as one deed."""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session, col, select

from config.catalogue.conventions import Pause
from config.catalogue.plan import Directive
from config.errors import Refused
from models.plans.documents import plan_of
from models.plans.editions import Provenance, next_documents
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, DeedKind, ItemKind
from models.tables.lifecycle import OPEN, State
from models.work.deeds.apply import Change
from models.work.deeds.changes import put_in_force, replacing
from models.work.deeds.diff import Item, Row, reopened, withdrawn
from models.work.deeds.undo import let_requests_wait_again
from models.work.planned import ROW


def close_directive(session: Session, code: str, *, provenance: Provenance, context: ActorContext) -> Change:
    """Withdraw what is open of a directive; nothing more is planned from the day of the deed on.

    What has a report that waits for a decision stays until that is decided (``left_over``).
    """
    directive, on = context.plan.directive(code), provenance.effective_on or context.today
    if directive.closed_on is not None:
        raise Refused(
            f"Chỉ đạo {directive.code} đã kết thúc ngày {directive.closed_on:%d/%m/%Y}.",
            f"Directive {directive.code} was closed on {directive.closed_on:%d/%m/%Y} already.",
        )
    if not directive.date <= on <= context.today:
        raise Refused(
            f"Ngày kết thúc {on:%d/%m/%Y}: phải từ ngày của chỉ đạo ({directive.date:%d/%m/%Y}) đến hôm nay.",
            f"Closing date {on:%d/%m/%Y}: it must be between {directive.date:%d/%m/%Y} and today.",
        )
    closed = directive.model_copy(update={"closed_on": on})
    change = _with_directive(session, closed, DeedKind.DIRECTIVE_CLOSED, provenance, context)
    return replace(change, items=lambda reader: _open_work(reader, directive, context))


def reopen_directive(session: Session, code: str, *, provenance: Provenance, context: ActorContext) -> Change:
    """Let go on what closing a directive withdrew and nobody has touched since, as it was then.

    What would have begun while it was closed is not made up for.
    """
    directive = context.plan.directive(code)
    if directive.closed_on is None:
        raise Refused(f"Chỉ đạo {directive.code} đang mở.", f"Directive {directive.code} is open.")
    pause = Pause(since=directive.closed_on, until=max(directive.closed_on, context.today))
    reopened_one = directive.model_copy(update={"closed_on": None, "pauses": (*directive.pauses, pause)})
    change = _with_directive(session, reopened_one, DeedKind.DIRECTIVE_REOPENED, provenance, context)
    closing = session.exec(
        select(Deed.id)
        .where(Deed.kind == DeedKind.DIRECTIVE_CLOSED, Deed.subject == directive.code)
        .order_by(col(Deed.id).desc())
    ).first()
    if closing is None:  # closed by an amendment, which withdrew nothing
        return change
    take_effect = change.take_effect

    def with_requests(writer: Session) -> dict[str, int]:
        let_requests_wait_again(writer, closing)
        return dict(take_effect(writer))

    return replace(
        change, items=lambda reader: _withdrawn_by(reader, closing, change.context), take_effect=with_requests
    )


def _with_directive(
    session: Session, directive: Directive, kind: DeedKind, provenance: Provenance, context: ActorContext
) -> Change:
    """The deed by which a directive's edition is another, without anything for open work yet."""
    directives = tuple(directive if each.code == directive.code else each for each in context.plan.directives)
    plan = context.plan.model_copy(update={"directives": directives})
    documents, numbers = next_documents(session, plan, context.calendar, provenance=provenance, now=context.now)
    to_be = plan_of(documents, numbers)
    return Change(
        kind=kind,
        subject=directive.code,
        provenance=provenance,
        context=replace(context, plan=to_be.plan, calendar=to_be.calendar, editions=numbers),
        items=lambda _: (),
        take_effect=lambda writer: put_in_force(writer, plan, context.calendar, provenance, context),
        made_from=context.editions,
        particulars=replacing(context, to_be.plan, to_be.calendar),
    )


def _open_work(session: Session, directive: Directive, context: ActorContext) -> Iterator[Item]:
    priorities = {
        each.code for each in (*context.plan.priorities, *context.plan.retired) if each.directive == directive.code
    }
    query = select(*ROW).where(col(Assignment.priority).in_(priorities), col(Assignment.state).in_(OPEN))
    for values in session.exec(query.order_by(col(Assignment.id))):
        yield withdrawn(Row(*values))


def _withdrawn_by(session: Session, deed: int, context: ActorContext) -> Iterator[Item]:
    """What a deed withdrew and is still withdrawn by it, with the state, office and date it had."""
    items = select(DeedItem).where(DeedItem.deed_id == deed, DeedItem.kind == ItemKind.WITHDRAWN)
    before = {item.assignment_id: item for item in session.exec(items)}
    still = select(*ROW).where(col(Assignment.withdrawn_by) == deed, col(Assignment.state) == State.WITHDRAWN)
    plan, today = context.plan, context.today
    for values in session.exec(still.order_by(col(Assignment.id))):
        row = Row(*values)
        was = before.get(row.id)  # None of what it left, which was withdrawn when its report waited no more
        yield reopened(
            row,
            was.from_state if was and was.from_state else State.ACKNOWLEDGED,
            office=plan.current_office(row.office, today, (str(row.id), row.subtask)),
            monitor_office=plan.current_office(row.monitor_office, today),
            due_date=row.due_date,
            due_at=row.due_at,
            timing=row.timing,
            now=context.now,
        )
