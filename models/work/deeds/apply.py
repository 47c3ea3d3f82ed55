"""Applying a deed: everything it does in one transaction, one audit event, and one letter for each office.

Worked out beforehand and without the write lock (``prepared``); what is written then follows from the table alone, by
the same few statements for ten assignments and for a hundred thousand.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, exists, or_, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from config.errors import Refused
from models.alerts.next_alert import WHY
from models.alerts.told_by_deeds import tell_offices
from models.plans.editions import AppliedMeanwhile as AppliedMeanwhile
from models.plans.editions import Provenance, heads
from models.store.actor import ActorContext
from models.store.audit import has_grown, lock_audit_chain, record
from models.store.clock_check import require_right_clock
from models.store.database import database_errors_in_words
from models.store.first_write import catch_up
from models.tables.deed import Deed, DeedKind, ItemKind
from models.tables.errors import LateAtOnce as LateAtOnce
from models.tables.party import Part, Party
from models.tables.prepared import ITEMS
from models.tables.report import Attachment, ReportDraft
from models.work.attachments import drop_waiting
from models.work.deeds.anchor_changes import AnchorChange, set_anchor
from models.work.deeds.diff import Item
from models.work.deeds.grounds import refuse_impossible_date
from models.work.deeds.joining import with_parts
from models.work.deeds.prepared import Prepared, discard, fill
from models.work.deeds.writing import (
    change_assignments,
    lapse_requests,
    make_assignments,
    mark_left,
    record_items,
    set_parties,
    set_timetables,
)
from models.work.report_form import drop_draft


@dataclass(frozen=True)
class Change:
    """One deed to come.

    subject      what it changes: the code of a directive, "calendar", "offices", or empty for single assignments
    context      by the plan after the change
    items        works out what becomes of assignments, by a session that only reads; with a lead that is withdrawn its
                 coordinating parts go, whatever the change (``joining.with_parts``)
    take_effect  writes what changes besides, as new editions, and returns their numbers by series
    with_letters whether offices are told; a slip of the pen that was mended need not be
    ended        offices that are there no more, so that they are not told what they gave away
    undoes       the number of the deed that it takes back
    anchor       what it does to the event or document that assignments are counted from
    made_from    numbers of the editions that it was worked out by, which must still be in force when it is applied;
                 those of ``context`` without
    particulars  what is confirmed beside its items: the documents it replaces and by what, its scope, a title
    """

    kind: DeedKind
    subject: str
    provenance: Provenance
    context: ActorContext
    items: Callable[[Session], Iterable[Item]]
    take_effect: Callable[[Session], Mapping[str, int]] = field(default=lambda _: {})
    with_letters: bool = True
    ended: frozenset[str] = frozenset()
    undoes: int | None = None
    anchor: AnchorChange | None = None
    made_from: Mapping[str, int] | None = None
    particulars: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_impossible_date(self.provenance, self.context.today)

    @property
    def confirmed_as(self) -> bytes:
        """What its digest covers beside its items, in canonical form; nothing of it depends on the hour."""
        anchor = self.anchor.as_json() if self.anchor else None
        if anchor is not None:
            anchor["after"]["undone_at"] = anchor["after"]["undone_at"] is not None
        provenance = self.provenance
        days = [day.isoformat() if day else None for day in (provenance.effective_on, provenance.paper_date)]
        whole = {
            "kind": self.kind,
            "subject": self.subject,
            "because": [provenance.paper_number, provenance.reason, *days],
            "letters": self.with_letters,
            "undoes": self.undoes,
            "anchor": anchor,
            **self.particulars,
        }
        return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    @property
    def because(self) -> tuple[str, str]:
        """What moves dates, in Vietnamese and English."""
        paper, reason = self.provenance.paper_number, self.provenance.reason
        holds_from = self.provenance.effective_on
        is_ahead = holds_from is not None and holds_from > self.context.today
        from_vi = f", có hiệu lực từ {holds_from:%d/%m/%Y}" if is_ahead else ""
        from_en = f", in force from {holds_from:%d/%m/%Y}" if is_ahead else ""
        if not paper:
            return f"{WHY['vi']}: {reason}{from_vi}", f"{WHY['en']}: {reason}{from_en}"
        on = f"{self.provenance.paper_date:%d/%m/%Y}" if self.provenance.paper_date else ""
        return (
            f"theo {paper}{f' ngày {on}' if on else ''}{from_vi}",
            f"by {paper}{f' of {on}' if on else ''}{from_en}",
        )


@dataclass(frozen=True)
class Applied:
    """A deed that was done."""

    deed: int
    prepared: Prepared


class ChangedMeanwhile(Refused):
    """What was confirmed is not what would be done now; the preview has to be looked at anew."""

    def __init__(self) -> None:
        super().__init__(
            "Từ lúc xem trước đến nay đã có thay đổi khác; chưa áp dụng gì. Xem lại bản xem trước mới rồi xác nhận.",
            "Something has changed since the preview, so nothing was applied. Check the new preview and confirm.",
        )


@contextmanager
def previewing(engine: Engine, change: Change) -> Iterator[tuple[Connection, Prepared]]:
    """What a change would do, without doing it; its items are read from the connection (``prepared_items``)."""
    with _own_connection(engine) as connection, connection.begin():
        yield connection, _fill(connection, change)


def apply(
    engine: Engine,
    change: Change,
    *,
    confirmed: str | None = None,
    looked_at: str | None = None,
    may_be_late: bool = False,
) -> Applied:
    """Do a deed, wholly or not at all.

    confirmed    the digest of the preview that was confirmed; refused when the deed would do something else by now
    looked_at    the digest of the preview that somebody saw, where it held all of this and more: kept with the deed
    may_be_late  whether it may make assignments overdue at once

    Raises ``ChangedMeanwhile``, ``AppliedMeanwhile``, and ``Refused`` where assignments would be overdue at once or
    nothing would change.
    """
    with _own_connection(engine) as connection:
        require_right_clock(engine)
        catch_up(engine)
        with connection.begin():
            found = _fill(connection, change)
        connection.execution_options(dondoc_reading=False)
        with Session(connection, expire_on_commit=False) as session, session.begin():
            lock_audit_chain(session)
            made_from = change.context.editions if change.made_from is None else change.made_from
            if made_from and heads(session.connection()) != made_from:
                raise AppliedMeanwhile
            if has_grown(session, since=found.trail):
                found = _fill(session.connection(), change)
            if confirmed is not None and confirmed != found.digest:
                raise ChangedMeanwhile
            if found.late and not may_be_late:
                raise LateAtOnce(found.late)
            return Applied(_write(session, change, found, looked_at or found.digest), found)


@contextmanager
def _own_connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose temporary table goes with it; reading until told otherwise.

    One whose transaction could not be ended is given up, and its table with it: what went wrong before is what is told.
    """
    with database_errors_in_words(engine), engine.connect() as connection:
        connection.execution_options(dondoc_reading=True)
        try:
            yield connection
        finally:
            if not connection.invalidated:
                connection.execution_options(dondoc_reading=True)
                try:
                    with connection.begin():
                        discard(connection)
                except DBAPIError:
                    connection.invalidate()


def _fill(connection: Connection, change: Change) -> Prepared:
    with Session(connection, expire_on_commit=False, join_transaction_mode="conditional_savepoint") as reader:
        items = with_parts(change.items(reader), reader)
        found = fill(
            connection,
            items,
            because=change.because,
            now=change.context.now,
            ended=change.ended,
            confirmed_as=change.confirmed_as,
        )
        return found if change.with_letters else replace(found, letters=0)


def _write(session: Session, change: Change, found: Prepared, digest: str) -> int:
    """Everything a deed does; returns its number."""
    context, provenance = change.context, change.provenance
    editions = dict(change.take_effect(session))
    deed = Deed(
        kind=change.kind,
        subject=change.subject,
        paper_number=provenance.paper_number,
        paper_date=provenance.paper_date,
        reason=provenance.reason,
        effective_on=provenance.effective_on or context.today,
        editions=editions,
        items_digest=digest,
        undoes=change.undoes,
        anchor=change.anchor.as_json() if change.anchor else None,
        actor=context.actor,
        at=context.now,
    )
    session.add(deed)
    session.flush()
    assert deed.id is not None
    set_timetables(session, context)
    change_assignments(session, deed.id, editions, context)
    mark_left(session, deed.id)
    make_assignments(session, editions, context)
    if change.anchor is not None:  # whose new key is the period of what was made, too
        set_anchor(session, change.anchor)
    set_parties(session, deed.id)
    _drop_unsent(session, context)
    lapse_requests(session, context, ended=change.ended, is_undoing=change.undoes is not None)
    record_items(session, deed.id)
    if change.with_letters:
        tell_offices(session, deed.id, context, ended=change.ended)
    record(
        session,
        context,
        "deed",
        f"deed:{deed.id}",
        kind=change.kind.value,
        subject=change.subject,
        paper=provenance.paper_number,
        reason=provenance.reason,
        editions=editions,
        items={kind.value: count for kind, count in found.counts.items() if kind is not ItemKind.LEFT},
        digest=digest,
        letters=change.with_letters,
        **({"undoes": change.undoes} if change.undoes else {}),
        **({"anchor": change.anchor.as_json()} if change.anchor else {}),
    )
    return deed.id


def _drop_unsent(session: Session, context: ActorContext) -> None:
    """Drop what an office that gives work away has drafted and attached and not sent: it is not another's to send.

    A successor of an office that has ended goes on with it. Undoing the deed does not bring it back.
    """
    number, office = ITEMS.c.assignment_id, ITEMS.c.from_office
    files = exists().where(col(Attachment.assignment_id) == number, col(Attachment.report_id).is_(None))
    unsent = or_(exists().where(col(ReportDraft.assignment_id) == number), files)
    leads = (col(Party.assignment_id) == number, col(Party.office) == office, col(Party.part) == Part.JOINT)
    leads_still = exists().where(*leads)
    gave = select(number, office).where(office != ITEMS.c.to_office, unsent, ~leads_still).order_by(number)
    for assignment, gone in session.execute(gave).all():
        if context.plan.current_office(gone, context.today) == gone:
            drop_draft(session, assignment)
            drop_waiting(session, assignment, context)
