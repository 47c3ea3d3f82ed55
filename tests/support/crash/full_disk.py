"""A disk that runs full while people use the portal, and has room again: run with a small disk mounted at ``DISK``.

Started by ``test_full_disk.py`` in a mount namespace of its own, so that nobody else sees the disk. The portal, the
courier and the store lie on it, and what is written for a moment. Prints what is wrong, a line each.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from random import Random

import httpx

from config import clock
from config.settings import Settings
from hosting.processes.supervisor import say_at_once as say
from models.access.accounts import make_token
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from tests.support.crash.people_working import PeopleAtWork
from tests.support.crash.used_house import assign_all, ended, keep_delivering, settings_for, start, start_portal
from tests.support.crash.what_stands import Tally, bytes_named, bytes_there, compare, deliver_to_the_end, send_again
from tests.support.evidence_files import word
from tests.support.waiting import eventually

ANSWERS = 5


def main(disk: Path) -> list[str]:
    home, tally = disk / "home", Tally()
    home.mkdir()
    settings = settings_for(home, f"sqlite:///{home / 'dondoc.sqlite'}")
    with open_store(settings) as store:
        assign_all(store)
        token = _token(store)
        portal, courier = start_portal(settings), start("courier", settings, keep_delivering)
        with ended(portal, courier):
            people, until = PeopleAtWork(store, Random(20230817)), threading.Event()
            threads = people.go_on(until)
            _await_answers(people)
            people.has_been_away.clear()
            ballast = _fill(disk)
            if not people.has_been_away.wait(60):
                tally.broken.append("nobody was told that the disk is full")
            tally.broken += _look(settings, token)
            ballast.unlink()
            _await_answers(people)
            until.set()
            for thread in threads:
                thread.join()
            compare(store, people.asked, tally)
            send_again(store, people.asked, tally)
            if bytes_there(store) != bytes_named(store):
                tally.broken.append(f"left behind: {bytes_there(store) ^ bytes_named(store)}")
            people.close()
            if not (portal.is_running and courier.is_running):
                tally.broken.append("portal or courier has ended")
        deliver_to_the_end(store, tally)
    if "Traceback" in (said := portal.said() + courier.said()):
        tally.broken.append(said[-3_000:])
    return [*tally.broken, *people.strange]


def _await_answers(people: PeopleAtWork) -> None:
    enough = sum(each.was_taken for each in people.asked) + ANSWERS
    eventually(
        lambda: sum(each.was_taken for each in people.asked) >= enough, within_s=120, told=lambda: people.strange
    )


def _fill(disk: Path) -> Path:
    """A file that takes all the room there is, and what is given back meanwhile."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def _token(store: Store) -> str:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=clock.now(), actor="command")
        return make_token(session, name="Phần mềm", office="SNV", role=None, days=1, context=context)


def _look(settings: Settings, token: str) -> list[str]:
    """What programs and the operator are told meanwhile; reading goes on."""
    wrong = []
    with httpx.Client(
        base_url=f"{settings.portal_url}/api/v1",
        trust_env=False,
        verify=False,
        timeout=60,
        headers={"Authorization": f"Bearer {token}"},
    ) as web:
        listed = web.get("/assignments", params={"office": "SNV"})
        if listed.status_code != 200:
            wrong.append(f"nothing can be read: {listed.status_code}")
        number = listed.json()["items"][-1]["id"]
        answer = web.post(f"/assignments/{number}/files", files={"file": ("a.docx", word("Một tệp nhỏ."))})
        if answer.status_code != 503 or "hết chỗ trên đĩa" not in answer.json()["detail"]:
            wrong.append(f"a file: {answer.status_code} {answer.text}")
    for command in (("user", "add", "x@tinh.example", "--post", "Phòng Tổng hợp"), ("backup", "--daily")):
        environment = os.environ | {
            "DONDOC_DATA_DIR": str(settings.data_dir),
            "DONDOC_PLAN_DIR": str(settings.plan_dir),
            "DONDOC_SAMPLE": "0",
        }
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *command], env=environment, capture_output=True, text=True, check=False
        )
        is_said = "đầy" in done.stderr or "No space left" in done.stderr or "disk is full" in done.stderr
        if done.returncode != 1 or "Traceback" in done.stderr or not is_said:
            wrong.append(f"{command}: {done.returncode} {done.stderr[-1_500:]}")
    return wrong


if __name__ == "__main__":
    found = main(Path(os.environ["DISK"]))
    for line in found:
        say(line)
    sys.exit(1 if found else 0)
