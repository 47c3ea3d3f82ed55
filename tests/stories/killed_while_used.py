"""``make crash``, second part: portal, courier and backups killed with ``kill -9`` while people use the portal.

Offices report, attach files and ask for time, coordinators return, accept, grant, refuse and move dates, all at once
and each over HTTP; backups are written and letters go out. At a random moment all processes are killed. Then what was
answered stands, what was not is there whole or not at all and can be sent again without becoming two, every row is what
the trail says, every backup there is can be restored, and no bytes lie about that no file names. Ends with 1 when that
does not hold.

    python tests/stories/killed_while_used.py [--kills 100] [--seed 20230817] [sqlite postgresql]
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from config import clock
from config.audit_keys import audit_keys
from hosting.processes.supervisor import say_at_once as say
from models.keeping.backups import check_backup
from models.keeping.opening import Store, open_store
from models.keeping.verification import verify_store
from models.store.audit_event import AuditHead
from models.store.database import reading, reading_session, snapshot
from models.tables.deed import Deed
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.tables.report import Attachment, Extension, Report
from models.work.attachments import path_of
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.stories.killed_at_random import databases
from tests.support.crash.people_at_work import Asked, Kind, PeopleAtWork
from tests.support.crash.used_house import (
    Process,
    assign_all,
    ended,
    keep_backing_up,
    keep_delivering,
    settings_for,
    start_portal,
)
from tests.support.waiting import eventually

ANSWERS, PAUSE_S = 25, 0.3
"""So many answers at most, or a backup under way, and a moment longer; then all is killed."""

AFTER_THE_LEASE = timedelta(hours=1)
NEXT_MONTH = timedelta(days=31)


@dataclass
class Tally:
    """What was found over all kills."""

    taken: int = 0
    unanswered: int = 0
    there_all_the_same: int = 0
    backups: int = 0
    orphans: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="*", help="sqlite, postgresql; both by default")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20230817)
    asked = parser.parse_args()
    held = True
    with tempfile.TemporaryDirectory(prefix="used") as folder:
        for database in asked.databases or ("sqlite", "postgresql"):
            with databases(database, Path(folder)) as new_database:
                home = Path(folder) / f"home-{database}"
                home.mkdir()
                began = time.monotonic()
                tally = live(home, new_database("used"), asked.kills, random.Random(asked.seed))
                held &= not tally.broken
                _tell(database, asked.kills, time.monotonic() - began, tally)
    sys.exit(0 if held else 1)


def _tell(database: str, kills: int, seconds: float, tally: Tally) -> None:
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.kinds.items()))
    for line in (
        f"{database}: {kills} kills of portal, courier and backup in {seconds:.0f} s; answered {tally.taken} ({kinds})",
        f"  not answered {tally.unanswered}, of them {tally.there_all_the_same} there, whole; backups tried and whole"
        f" {tally.backups}; bytes without a name cleared away {tally.orphans}",
        f"  broken {len(tally.broken)}: {'BROKEN' if tally.broken else 'held'}",
        *(f"  BROKEN {each}" for each in tally.broken),
    ):
        say(line)


def live(home: Path, url: str, kills: int, chance: random.Random) -> Tally:
    """So many lives of a house, each cut short."""
    tally, settings = Tally(), settings_for(home, url)
    with ExitStack() as opened:
        store = opened.enter_context(open_store(settings))
        assign_all(store)
        portal = start_portal(settings)
        opened.callback(lambda: portal.kill())
        people = PeopleAtWork(store, chance)
        opened.callback(people.close)
        seen = 0
        for _ in range(kills):
            courier = Process("courier", settings, keep_delivering)
            backup = Process("backup", settings, keep_backing_up)
            with ended(portal, courier, backup):
                until = threading.Event()
                at_work = people.go_on(until)
                _await_the_moment(store, people, chance)
                for each in (portal, *chance.sample((courier, backup), 2)):
                    each.kill()
                until.set()
                for thread in at_work:
                    thread.join()
            _compare(store, people.asked[seen:], tally)
            tally.orphans += len(_bytes_there(store) - _bytes_named(store))
            _check_backups(store, tally)
            portal = start_portal(settings)
            _send_again(store, people.asked[seen:], tally)
            seen = len(people.asked)
        eventually(lambda: _bytes_there(store) == _bytes_named(store), told=lambda: _bytes_there(store))
        portal.kill()
        tally.broken += [f"strange: {each}" for each in people.strange]
        _check_at_the_end(store, tally)
        for log in (settings.data_dir / "logs").iterdir():
            if "Traceback" in (said := log.read_text(encoding="utf-8", errors="replace")):
                tally.broken.append(f"{log.name}: {said[-2_000:]}")
    return tally


def _await_the_moment(store: Store, people: PeopleAtWork, chance: random.Random) -> None:
    """Counted by what was done, so that a slow machine is killed in the same places.

    Every other time it is as soon as something was written: what was then asked is done, and the answer under way.
    """
    backups = store.settings.backup_dir
    enough = len(people.asked) + chance.randrange(2, ANSWERS)
    earlier = set(backups.rglob("dondoc.sqlite"))
    waits_for_backup, waits_for_writing = chance.random() < 0.4, chance.random() < 0.5

    def has_come() -> bool:
        is_written = bool(set(backups.rglob("dondoc.sqlite")) - earlier)
        return len(people.asked) >= enough and (is_written or not waits_for_backup)

    with suppress(AssertionError):  # a machine that is very slow is killed all the same
        eventually(has_come, within_s=30)
    if waits_for_writing:
        before, give_up_at = _events(store), time.monotonic() + 10
        while _events(store) == before and time.monotonic() < give_up_at:
            pass
    else:
        time.sleep(chance.uniform(0, PAUSE_S))


def _events(store: Store) -> int:
    with reading(store.engine) as connection:
        return int(connection.scalar(select(AuditHead.seq)) or 0)


def _compare(store: Store, asked: Sequence[Asked], tally: Tally) -> None:
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


def _send_again(store: Store, asked: Sequence[Asked], tally: Tally) -> None:
    """As people do who got no answer: whether it was done or not, it is there once afterwards."""
    for each in asked:
        if each.status is None and each.kind in (Kind.REPORT, Kind.FILE, Kind.RETURN, Kind.EXTENSION, Kind.DEED):
            status = each.again().status_code
            with reading_session(store.engine) as session:
                found = _found(session, each)
            if status not in (200, 201, 303) or found != 1:
                tally.broken.append(f"sent again: {status}, there {found} times: {each.mark}")


def _check_backups(store: Store, tally: Tally) -> None:
    """Whatever bears the name of a backup is one; the newest by hand, and that of the day."""
    folder = store.settings.backup_dir
    by_hand = sorted(folder.glob("by-hand-*.tar.gz"))
    for file in (*by_hand[-1:], *folder.glob("dondoc-*.tar.gz")):
        check_backup(store.settings, file).refuse_faults()
        tally.backups += 1
    for file in by_hand[:-1]:
        file.unlink()


def _bytes_there(store: Store) -> set[str]:
    return {path.name for path in (store.settings.data_dir / "attachments").rglob("*") if path.is_file()}


def _bytes_named(store: Store) -> set[str]:
    with reading_session(store.engine) as session:
        return set(session.exec(select(Attachment.sha256)))


def _check_at_the_end(store: Store, tally: Tally) -> None:
    """The courier comes to its end: everything was told once."""
    now = clock.now()
    deliver(store, now=now + NEXT_MONTH, at=now + AFTER_THE_LEASE)
    with reading_session(store.engine) as session:
        waiting = _count(session, Notice, col(Notice.state).in_([NoticeState.PENDING, NoticeState.DEAD]))
        sent = set(session.exec(select(Message.message_key).where(Message.state == MessageState.SENT)))
        ended_in = [MessageState.SENT, MessageState.EMPTY]
        unsent = _count(session, Message, col(Message.state).not_in(ended_in))
    taken = [Path(letter.file).stem.partition("-")[2] for letter in letters(store.settings.mailbox_dir)]
    if (waiting, unsent) != (0, 0) or set(taken) < sent or len(taken) != len(set(taken)):
        tally.broken.append(f"notices waiting {waiting}, messages unsent {unsent}, letters {len(taken)} of {len(sent)}")
    _verify(store, tally)


if __name__ == "__main__":
    main()
