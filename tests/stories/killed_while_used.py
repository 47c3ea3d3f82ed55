"""``make crash``, second part: a house in use whose processes are killed with ``kill -9``, again and again.

Offices report, attach files and ask for time, coordinators return, accept, grant, refuse and move dates, all at once
and each over HTTP; the plan is amended, backups are written and letters go out. At a random moment all is killed. Then
what was answered stands, what was not is there whole or not at all and can be sent again without becoming two, every
row is what the trail says, every backup there is can be restored, and no bytes lie about that no file names. Ends with
1 when that does not hold.

    python tests/stories/killed_while_used.py [--kills 100] [--seed 20230817] [sqlite postgresql]
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from sqlmodel import select

from hosting.processes.supervisor import say_at_once as say
from models.keeping.backups import check_backup
from models.keeping.opening import Store, open_store
from models.store.audit_event import AuditHead
from models.store.database import reading
from tests.support.crash.amending import amended_in_part, amendments, keep_amending
from tests.support.crash.new_databases import new_databases
from tests.support.crash.people_working import PeopleAtWork
from tests.support.crash.used_house import (
    Process,
    assign_all,
    ended,
    keep_backing_up,
    keep_delivering,
    settings_for,
    start_portal,
)
from tests.support.crash.what_stands import (
    Tally,
    bytes_named,
    bytes_there,
    compare,
    deliver_to_the_end,
    send_again,
)
from tests.support.waiting import eventually

ANSWERS, PAUSE_S = 25, 0.3
"""So many answers at most, or a backup under way, and a moment longer; then all is killed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="*", help="sqlite, postgresql; both by default")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20230817)
    asked = parser.parse_args()
    held = True
    with tempfile.TemporaryDirectory(prefix="used") as folder:
        for database in asked.databases or ("sqlite", "postgresql"):
            with new_databases(database, Path(folder)) as new_database:
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
        f"{database}: {kills} kills of portal, courier, backup and amendment in {seconds:.0f} s",
        f"  answered {tally.taken} ({kinds}); not answered {tally.unanswered}, of them {tally.there_all_the_same}"
        f" there, whole; backups tried and whole {tally.backups}; bytes without a name cleared away {tally.orphans}",
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
            amending = Process("amending", settings, keep_amending)
            with ended(portal, courier, backup, amending):
                until = threading.Event()
                threads = people.go_on(until)
                _await_the_moment(store, people, chance)
                for each in (portal, *chance.sample((courier, backup, amending), 3)):
                    each.kill()
                until.set()
                for thread in threads:
                    thread.join()
            compare(store, people.asked[seen:], tally)
            tally.broken += amended_in_part(store)
            tally.orphans += len(bytes_there(store) - bytes_named(store))
            _check_backups(store, tally)
            portal = start_portal(settings)
            send_again(store, people.asked[seen:], tally)
            seen = len(people.asked)
        eventually(lambda: bytes_there(store) == bytes_named(store), told=lambda: bytes_there(store))
        portal.kill()
        tally.broken += [f"strange: {each}" for each in people.strange]
        deliver_to_the_end(store, tally)
        tally.kinds["amendment"] = sum(amendments(settings).values())
        for log in (settings.data_dir / "logs").iterdir():
            if "Traceback" in (said := log.read_text(encoding="utf-8", errors="replace")):
                tally.broken.append(f"{log.name}: {said[-2_000:]}")
    return tally


def _await_the_moment(store: Store, people: PeopleAtWork, chance: random.Random) -> None:
    """Counted by what was done, so that a slow machine is killed in the same places.

    Every other time it is as soon as something was written: what was then asked is done, and the answer under way; or
    once the plan is being amended.
    """
    backups = store.settings.backup_dir
    enough = len(people.asked) + chance.randrange(2, ANSWERS)
    earlier = _copies(backups)
    begun = len(amendments(store.settings))
    waits_for_backup, waits_for_writing = chance.random() < 0.4, chance.random() < 0.5
    waits_for_amendment = chance.random() < 0.5

    def has_come() -> bool:
        is_written = bool(_copies(backups) - earlier)
        is_amended = len(amendments(store.settings)) > begun
        is_enough = len(people.asked) >= enough
        return is_enough and (is_written or not waits_for_backup) and (is_amended or not waits_for_amendment)

    with suppress(AssertionError):  # a machine that is very slow is killed all the same
        eventually(has_come, within_s=30)
    if waits_for_writing:
        before, give_up_at = _events(store), time.monotonic() + 10
        while _events(store) == before and time.monotonic() < give_up_at:
            pass
    else:
        time.sleep(chance.uniform(0, PAUSE_S))


def _copies(backups: Path) -> set[Path]:
    """Copies of the store that are being written; what is ready is put away meanwhile."""
    with suppress(FileNotFoundError):
        return set(backups.rglob("dondoc.sqlite"))
    return set()


def _events(store: Store) -> int:
    with reading(store.engine) as connection:
        return int(connection.scalar(select(AuditHead.seq)) or 0)


def _check_backups(store: Store, tally: Tally) -> None:
    """Whatever bears the name of a backup is one; the newest by hand, and that of the day."""
    folder = store.settings.backup_dir
    by_hand = sorted(folder.glob("by-hand-*.tar.gz"))
    for file in (*by_hand[-1:], *folder.glob("dondoc-*.tar.gz")):
        check_backup(store.settings, file).refuse_faults()
        tally.backups += 1
    for file in by_hand[:-1]:
        file.unlink()


if __name__ == "__main__":
    main()
