"""What stands in a store after people used it and something went: held against what they were answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from config import clock
from config.audit_keys import audit_keys
from models.keeping.opening import Store
from models.keeping.verification import verify_store
from models.store.database import reading_session, snapshot
from models.tables.deed import Deed
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.tables.report import Attachment, Extension, Report
from models.work.attachments import files_dir, path_of
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.crash.people_working import OVERTAKEN, Asked, Kind

NEXT_MONTH = timedelta(days=31)


@dataclass
class Tally:
    """What was found, over all that happened."""

    taken: int = 0
    unanswered: int = 0
    there_all_the_same: int = 0
    backups: int = 0
    orphans: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def compare(store: Store, asked: Sequence[Asked], tally: Tally) -> None:
    """What was answered is there once; what was not, once or not at all; and every row is what the trail says."""
    with reading_session(store.engine) as session:
        for each in asked:
            found = _found(session, each)
            if each.was_taken:
                tally.taken += 1
                tally.kinds[each.kind] += 1
                if found != 1:
                    tally.broken.append(f"answered {each.status}, there {found} times: {each.mark} {each.numbers}")
            elif each.status is None:
                tally.unanswered += 1
                tally.there_all_the_same += found == 1
                if found not in (0, 1):
                    tally.broken.append(f"not answered, there {found} times: {each.mark} {each.numbers}")
    _verify(store, tally)


def _verify(store: Store, tally: Tally) -> None:
    with snapshot(store.engine) as connection:
        found = verify_store(connection, keys=audit_keys(store.settings))
    tally.broken += [vi for vi, _ in found.problems()]
    with reading_session(store.engine) as session:
        for kind, facts in (
            (NoticeKind.REPORT_RECEIVED, select(func.count(col(Report.id)))),
            (NoticeKind.EXTENSION_REQUESTED, select(func.count(col(Extension.id)))),
        ):
            told = session.exec(select(func.count(col(Notice.id))).where(Notice.kind == kind)).one()
            if told != (there := session.exec(facts).one()):
                tally.broken.append(f"{there} times {kind.value}, {told} notices")
        for file in session.exec(select(Attachment)):
            path = path_of(store.settings, file.sha256)
            if not path.exists() or path.stat().st_size != file.size:
                tally.broken.append(f"file {file.name} has lost its bytes")


def _found(session: Session, asked: Asked) -> int:
    """How often what was asked for is there."""
    number, version = asked.numbers[0], asked.version
    decided = col(Notice.assignment_id) == number, col(Notice.rung) == f"report:{version}"
    match asked.kind:
        case Kind.REPORT:
            return _count(session, Report, Report.text == asked.mark, Report.version == version)
        case Kind.FILE:
            return _count(session, Attachment, Attachment.name == f"{asked.mark}docx")
        case Kind.RETURN:
            there = _count(session, Report, Report.reason == asked.mark, Report.version == version)
            told = _count(session, Notice, *decided, Notice.kind == NoticeKind.REPORT_RETURNED)
            return there if there == told else -1
        case Kind.ACCEPT:
            return _count(session, Notice, *decided, Notice.kind == NoticeKind.REPORT_ACCEPTED)
        case Kind.EXTENSION:
            return _count(session, Extension, Extension.reason == asked.mark)
        case Kind.REFUSE:
            return _count(session, Extension, Extension.decision_reason == asked.mark)
        case Kind.GRANT:
            granted = Notice.kind == NoticeKind.EXTENSION_GRANTED
            return min(1, _count(session, Notice, col(Notice.assignment_id) == number, granted))
        case Kind.DEED:
            return _count(session, Deed, Deed.reason == asked.mark)


def _count(session: Session, table: type, *where: object) -> int:
    return session.exec(select(func.count()).select_from(table).where(*where)).one()  # type: ignore[arg-type]


def send_again(store: Store, asked: Sequence[Asked], tally: Tally) -> None:
    """As people do who got no answer: whether it was done or not, it is there once afterwards.

    A preview that other deeds have overtaken is refused, and has to be looked at anew.
    """
    for each in asked:
        if each.status is None and each.kind in (Kind.REPORT, Kind.FILE, Kind.RETURN, Kind.EXTENSION, Kind.DEED):
            status = each.again().status_code
            with reading_session(store.engine) as session:
                found = _found(session, each)
            is_overtaken = each.kind is Kind.DEED and (status, found) == (OVERTAKEN, 0)
            if not is_overtaken and (status not in (200, 201, 303) or found != 1):
                tally.broken.append(f"sent again: {status}, there {found} times: {each.mark}")


def bytes_there(store: Store) -> set[str]:
    """The names of all files in the place of those that were attached."""
    return {path.name for path in files_dir(store.settings).rglob("*") if path.is_file()}


def bytes_named(store: Store) -> set[str]:
    """Those that a row names."""
    with reading_session(store.engine) as session:
        return set(session.exec(select(Attachment.sha256)))


def deliver_to_the_end(store: Store, tally: Tally) -> None:
    """The courier comes to its end: everything was told once."""
    now = clock.now()
    deliver(store, now=now + NEXT_MONTH)
    with reading_session(store.engine) as session:
        waiting = _count(session, Notice, col(Notice.state).in_([NoticeState.PENDING, NoticeState.DEAD]))
        sent = set(session.exec(select(Message.message_key).where(Message.state == MessageState.SENT)))
        ended_in = [MessageState.SENT, MessageState.EMPTY]
        unsent = _count(session, Message, col(Message.state).not_in(ended_in))
    taken = [Path(letter.file).stem.partition("-")[2] for letter in letters(store.settings.mailbox_dir)]
    if (waiting, unsent) != (0, 0) or set(taken) < sent or len(taken) != len(set(taken)):
        tally.broken.append(f"notices waiting {waiting}, messages unsent {unsent}, letters {len(taken)} of {len(sent)}")
    _verify(store, tally)
