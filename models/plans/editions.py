"""Editions of the plan's documents: which is in force, taking new ones in, and reading the plan they make.

What is read is kept for the process by the numbers in force, so that a unit of work asks the store only for those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from sqlalchemy import Connection, Select, and_, func, select, tuple_
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from models.plans.documents import (
    FORMAT,
    OFFICES,
    Content,
    PlanInForce,
    digest_of,
    directive_of,
    documents_of,
    plan_of,
    with_memberships,
    with_past,
)
from models.store.audit import AuditEntry, also_about, lock_audit_chain, record_all
from models.store.upsert import table_of
from models.tables.edition import Edition, EditionHead


@dataclass(frozen=True)
class Provenance:
    """Where a change comes from.

    paper_number   of the document that decided it, e.g. «45/KH-UBND», with its date; empty without one
    effective_on   the day from which it holds; the day it is entered without one
    source_digest  of the files it was read from
    """

    reason: str = ""
    paper_number: str = ""
    paper_date: date | None = None
    effective_on: date | None = None
    source_digest: str = ""


PARSED_KEPT = 8

IMPORT_PLAN = "import_plan"
"""The verb of the audit event by which a plan came into the store."""

_parsed: dict[tuple[str, ...], PlanInForce] = {}
_parsing = Lock()


class AppliedMeanwhile(Refused):
    """Another edition was put in force while this one was prepared."""

    def __init__(self) -> None:
        super().__init__(
            "Trong lúc chuẩn bị, một bản kế hoạch khác đã được áp dụng; chưa ghi gì. Lập lại từ bản mới rồi xem trước.",
            "Another edition was applied while this one was being prepared; nothing was saved. Start again from the "
            "new edition and preview it.",
        )


def plan_in_force(connection: Connection) -> PlanInForce | None:
    """The plan by the heads of all series; None in a store that has none yet. Only reads."""
    # By digest and not by number alone: another store of this process counts its own.
    found = connection.execute(_IN_FORCE).tuples().all()
    if not found:
        return None
    numbers = {series: number for series, number, _ in found}
    key = tuple(f"{series}:{number}:{digest}" for series, number, digest in found)
    with _parsing:
        if key not in _parsed:
            edition = table_of(Edition)
            these = tuple_(edition.c.series, edition.c.number).in_(list(numbers.items()))
            rows = connection.execute(select(edition.c.series, edition.c.content).where(these)).tuples()
            content: dict[str, Content] = dict(rows.all())
            _refuse_newer_format(content)
            while len(_parsed) >= PARSED_KEPT:
                _parsed.pop(next(iter(_parsed)))
            _parsed[key] = plan_of({series: content[series] for series in numbers}, numbers)
        return _parsed[key]


def _numbers_in_force() -> Select[tuple[str, int, str]]:
    # In one statement, for a head that moves between two would give the number of one edition and the content of
    # the next.
    head, edition = table_of(EditionHead), table_of(Edition)
    in_force = and_(edition.c.series == head.c.series, edition.c.number == head.c.number)
    return select(head.c.series, head.c.number, edition.c.digest).join(edition, in_force).order_by(head.c.position)


_IN_FORCE = _numbers_in_force()
"""Made once: it is asked at every request."""


def heads(connection: Connection) -> dict[str, int]:
    """The number of the edition in force of each series, the directives in their order."""
    table = table_of(EditionHead)
    query = select(table.c.series, table.c.number).order_by(table.c.position)
    return dict(connection.execute(query).tuples().all())


def edition_content(session: Session, series: str, number: int) -> Content:
    """The content of one edition."""
    query = select_rows(Edition).where(Edition.series == series, Edition.number == number)
    return session.exec(query).one().content


def editions(session: Session) -> Sequence[Edition]:
    """Every edition of every series, each series in its order."""
    return session.exec(select_rows(Edition).order_by(col(Edition.series), col(Edition.number))).all()


def is_known_source(connection: Connection, source_digest: str) -> bool:
    """Whether an edition came from files of this digest."""
    table = table_of(Edition)
    return bool(connection.scalar(select(func.count()).where(table.c.source_digest == source_digest)))


def next_documents(
    session: Session, plan: Plan, calendar: WorkingCalendar, *, provenance: Provenance, now: datetime
) -> tuple[dict[str, Content], dict[str, int]]:
    """The documents as they would be with a plan in force, and their numbers, both by series.

    A directive that ``plan`` does not have stays as it is.
    """
    numbers = heads(session.connection())
    documents = {series: edition_content(session, series, number) for series, number in numbers.items()}
    for series, content in documents_of(plan, calendar).items():
        before = documents.get(series)
        today = local_date(now)
        on = provenance.effective_on or today
        if before is not None and directive_of(series):
            content = with_past(content, before, on, today)
        elif before is not None and series == OFFICES:
            content = with_memberships(content, before, on)
        if before is None or digest_of(content) != digest_of(before):
            documents[series], numbers[series] = content, numbers.get(series, 0) + 1
    return documents, numbers


def take_in(
    session: Session,
    plan: Plan,
    calendar: WorkingCalendar,
    *,
    provenance: Provenance,
    actor: str,
    now: datetime,
) -> Mapping[str, int]:
    """Put a plan in force: a new edition of each document that differs; returns the numbers of the new editions.

    Called under ``lock_audit_chain``; the caller judges what the change means for open assignments.
    """
    documents, numbers = next_documents(session, plan, calendar, provenance=provenance, now=now)
    known = {head.series: head for head in session.exec(select_rows(EditionHead).with_for_update()).all()}
    new = {each: number for each, number in numbers.items() if each not in known or known[each].number != number}
    editions: list[Edition] = []
    for series, number in new.items():
        position = 1 + max((each.position for each in known.values()), default=0)
        head = known.setdefault(series, EditionHead(series=series, number=number, position=position))
        head.number = number
        session.add(head)
        session.add(made := _edition(head, documents[series], provenance, actor, now))
        editions.append(made)
    session.flush()
    if editions:
        also_about(session, "plan", [""])
        also_about(session, "edition", [each.id for each in editions])
    return new


def import_plan(
    session: Session,
    plan: Plan,
    calendar: WorkingCalendar,
    *,
    provenance: Provenance,
    actor: str,
    now: datetime,
) -> Mapping[str, int]:
    """``take_in`` with its audit event, for documents that change no open assignment: the first of their series."""
    lock_audit_chain(session)
    made = take_in(session, plan, calendar, provenance=provenance, actor=actor, now=now)
    if made:
        details: dict[str, object] = {"editions": dict(made), "digest": plan_digest(session)}
        if provenance.paper_number:
            details["paper"] = provenance.paper_number
        record_all(session, [AuditEntry(IMPORT_PLAN, "plan", details)], actor=actor, now=now)
    return made


def import_new(
    session: Session,
    plan: Plan,
    calendar: WorkingCalendar,
    *,
    provenance: Provenance,
    made_from: Mapping[str, int],
    actor: str,
    now: datetime,
) -> Mapping[str, int]:
    """``import_plan`` of what the store does not have yet; raises ``Refused`` where it would change a directive.

    A change of what is followed already is an amendment, whose effect on open assignments is looked at first.

    made_from  the editions beside which the plan was read. It holds the offices, ladders and calendar of then: raises
               ``AppliedMeanwhile`` where one has been followed by another, which it would take back.
    """
    lock_audit_chain(session)
    before = heads(session.connection())
    if before != made_from:
        raise AppliedMeanwhile
    _, numbers = next_documents(session, plan, calendar, provenance=provenance, now=now)
    changed = ", ".join(directive_of(each) for each in before if directive_of(each) and numbers[each] != before[each])
    if changed:
        raise Refused(
            f"Kho đã theo dõi {changed} và bản này khác; xem trước thay đổi bằng «dondoc plan amend … --preview».",
            f"The store already follows {changed}, and this plan is different; preview the changes with 'dondoc plan "
            "amend … --preview'.",
        )
    return import_plan(session, plan, calendar, provenance=provenance, actor=actor, now=now)


def plan_digest(session: Session) -> str:
    """A digest of everything in force."""
    in_force = plan_in_force(session.connection())
    assert in_force is not None
    return digest_of({"documents": in_force.documents})


def _edition(head: EditionHead, content: Content, provenance: Provenance, actor: str, now: datetime) -> Edition:
    return Edition(
        series=head.series,
        number=head.number,
        content=content,
        digest=digest_of(content),
        source_digest=provenance.source_digest,
        paper_number=provenance.paper_number,
        paper_date=provenance.paper_date,
        reason=provenance.reason,
        effective_on=provenance.effective_on or local_date(now),
        author=actor,
        created_at=now,
    )


def _refuse_newer_format(documents: Mapping[str, Content]) -> None:
    if any(content["format"] > FORMAT for content in documents.values()):
        raise Refused(
            "Kế hoạch trong kho do một phiên bản dondoc mới hơn ghi; cập nhật dondoc trên máy này.",
            "The plan in the store was written by a newer dondoc; update dondoc on this machine.",
        )
