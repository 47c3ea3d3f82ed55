"""People who use the portal until it is gone, and what each was answered: offices that report, attach files and ask for
time, coordinators who decide and move dates.

Every request carries a mark of its own, by which what became of it is found.
"""

import itertools
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Any

import httpx
from sqlmodel import col, func, select

from config import clock
from models.access.accounts import add_user, make_token
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, State
from models.tables.report import Extension, Report
from models.work.attachments import waiting_attachments
from tests.support.crash.used_house import DUE_IN
from tests.support.evidence_files import word
from tests.support.people import Person, hidden

AWAY = (503, 507)
OVERTAKEN = 422
"""Said to a preview confirmed after another deed or an amendment."""

HALF = 15
"""Of the thirty of an office so many are reported on, or more time is asked for; the others are moved."""

MOVED_AT_ONCE = 8
FILES_AT_MOST = 4
ACCEPTED_AT_MOST = GRANTED_AT_MOST = 8
"""So that there is something to do for as long as it takes."""


class _Away(Exception):
    """The portal says that its store does not answer; what was asked may have been done or not."""


def _unless_away(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in AWAY:
        raise _Away
    return answer


class Kind(StrEnum):
    """What was asked for."""

    REPORT = "report"
    FILE = "file"
    RETURN = "return"
    ACCEPT = "accept"
    EXTENSION = "extension"
    GRANT = "grant"
    REFUSE = "refuse"
    DEED = "deed"


@dataclass(frozen=True)
class Asked:
    """One request: whose mark it carries, about which assignments, and the status of its answer (None: none came).

    again  sends the very same once more
    """

    kind: Kind
    mark: str
    numbers: tuple[int, ...]
    status: int | None
    again: Callable[[], httpx.Response]
    version: int = 0

    @property
    def was_taken(self) -> bool:
        return self.status in (200, 201, 303)


@dataclass
class Work:
    """Who has the next move on which assignments, as far as the answers tell; what got none is on no list."""

    to_report: queue.SimpleQueue[tuple[int, int]] = field(default_factory=queue.SimpleQueue)
    to_decide: queue.SimpleQueue[tuple[int, int]] = field(default_factory=queue.SimpleQueue)
    to_extend: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    to_grant: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    of_health: set[int] = field(default_factory=set)
    to_attach: dict[int, int] = field(default_factory=dict)
    to_move: Sequence[int] = ()


class PeopleAtWork:
    """Everybody signed in once: sessions outlive the portal."""

    def __init__(self, store: Store, rng: Random) -> None:
        """``has_been_away`` is set when the portal has said that it cannot do anything now."""
        self.has_been_away = threading.Event()
        self._store, self._rng = store, rng
        self._marks, self._lock = itertools.count(1), threading.Lock()
        self.asked: list[Asked] = []
        self.strange: list[str] = []
        """Answers that nobody should get: a failure, or a refusal of what may be done."""
        now, settings = clock.now(), store.settings
        with session_scope(store.engine) as session:
            context = store.actor_context(now=now, actor="command")
            emails = (f"phong{number}@tinh.example" for number in range(3))
            users = [
                add_user(session, email=email, post="Phòng Tổng hợp", role=UserRole.COORDINATOR, context=context)
                for email in emails
            ]
            token = make_token(session, name="Phần mềm", office="SNV", role=None, days=1, context=context)
        self._coordinators = [self._signed_in(user_link(settings, user, now=now), is_form=True) for user in users]
        self._health = self._signed_in(office_links(settings).link("SYT", now=now))
        self._finance = self._signed_in(office_links(settings).link("STC", now=now))
        self._program = httpx.Client(
            base_url=settings.portal_url,
            timeout=30,
            trust_env=False,
            verify=False,
            headers={"Authorization": f"Bearer {token}"},
        )
        self._accepted, self._granted = 0, 0
        self.work = Work()

    def close(self) -> None:
        for person in (*self._coordinators, self._health, self._finance):
            person.web.close()
        self._program.close()

    def _signed_in(self, link: str, *, is_form: bool = False) -> Person:
        web = httpx.Client(base_url=self._store.settings.portal_url, timeout=30, trust_env=False, verify=False)
        person, path = Person(web), link.removeprefix(self._store.settings.portal_url)
        answer = person.post(path, on=path) if is_form else person.get(path)
        assert answer.status_code == 303, answer.text
        return person

    def look_round(self) -> None:
        """Who has the next move now, by the store: what got no answer may have been done or not."""
        with reading_session(self._store.engine) as session:
            rows = session.exec(select(Assignment).order_by(col(Assignment.id))).all()
            counted = select(Report.assignment_id, func.count()).group_by(col(Report.assignment_id))
            reports = dict(session.exec(counted).all())
            asked_for_time = set(
                session.exec(select(Extension.assignment_id).where(Extension.state == ExtensionState.REQUESTED))
            )
        work = self.work = Work()
        of: dict[str, list[int]] = {}
        for row in rows:
            assert row.id is not None
            there = of.setdefault(row.office, [])
            there.append(row.id)
            has_more_to_do = len(there) <= HALF
            if row.office == "SYT":
                work.of_health.add(row.id)
            if row.state is State.REPORTED:
                work.to_decide.put((row.id, reports[row.id]))
            elif row.office == "SYT" and has_more_to_do and row.state in WAITING_FOR_OFFICE:
                work.to_report.put((row.id, reports.get(row.id, 0) + 1))
            elif row.office == "STC" and has_more_to_do:
                (work.to_grant if row.id in asked_for_time else work.to_extend).put(row.id)
            elif row.office == "SNV" and row.state in WAITING_FOR_OFFICE:
                work.to_attach[row.id] = reports.get(row.id, 0) + 1
        work.to_move = [*of["STC"][HALF:], *of["SYT"][HALF:]]

    def go_on(self, until: threading.Event) -> list[threading.Thread]:
        """Everybody works on until the portal is gone or ``until`` is set."""
        self.look_round()
        deeds = (self._report, self._attach, self._decide, self._ask_for_time, self._grant, self._move)
        threads = [threading.Thread(target=self._repeat, args=(deed, until), daemon=True) for deed in deeds]
        for thread in threads:
            thread.start()
        return threads

    def _repeat(self, deed: Callable[[], None], until: threading.Event) -> None:
        while not until.is_set():
            try:
                deed()
            except queue.Empty:
                until.wait(0.02)
            except (_Away, DatabaseUnreachable):
                self.has_been_away.set()
                until.wait(0.1)
            except httpx.TransportError:
                return
            except Exception as fault:
                self.strange.append(f"{deed.__name__}: {type(fault).__name__}: {fault}")
                return

    def _ask(
        self, kind: Kind, numbers: Sequence[int], mark: str, send: Callable[[], httpx.Response], *, version: int = 0
    ) -> bool:
        """Send it and note its answer; whether it was taken."""
        status = None
        try:
            answer = _unless_away(send())
            status = answer.status_code
            is_overtaken = kind is Kind.DEED and status == OVERTAKEN
            if status not in (200, 201, 303) and not is_overtaken:
                self.strange.append(f"{kind} {mark} {numbers}: {status} {answer.text[-1_500:]}")
        finally:
            asked = Asked(kind, mark, tuple(numbers), status, send, version)
            with self._lock:
                self.asked.append(asked)
        return asked.was_taken

    def _mark(self, kind: Kind) -> str:
        return f"{kind.value}-dau-{next(self._marks)}."

    def _sent(
        self, person: Person, path: str, fields: Mapping[str, Any], files: Any = None
    ) -> Callable[[], httpx.Response]:
        """The form as its page holds it now, sent as often as it is called."""
        whole = {**hidden(person), **fields}
        return lambda: person.web.post(path, data=whole, files=files)

    def _report(self) -> None:
        number, version = self.work.to_report.get_nowait()
        mark, path = self._mark(Kind.REPORT), f"/assignments/{number}/report"
        _unless_away(self._health.get(path))
        fields = {"action": "send", "document_number": f"{number}/BC-SYT", "document_date": "2025-02-03", "text": mark}
        files = [("files", (f"{mark}docx", word(mark), "application/octet-stream"))]
        sent = self._sent(self._health, path, fields, files)
        if self._ask(Kind.REPORT, [number], mark, sent, version=version):
            self.work.to_decide.put((number, version))

    def _attach(self) -> None:
        """A file by a program; with enough of them the report that they go with."""
        if not self.work.to_attach:
            raise queue.Empty
        number, version = self._rng.choice(list(self.work.to_attach.items()))
        path = f"/api/v1/assignments/{number}"
        with reading_session(self._store.engine) as session:
            attached = len(waiting_attachments(session, number))
        if attached < FILES_AT_MOST:
            mark = self._mark(Kind.FILE)
            files = {"file": (f"{mark}docx", word(mark))}
            self._ask(Kind.FILE, [number], mark, lambda: self._program.post(f"{path}/files", files=files))
            return
        mark = self._mark(Kind.REPORT)
        body = {"document_number": f"{number}/BC-SNV", "document_date": "2025-02-03", "text": mark}
        del self.work.to_attach[number]
        headers = {"Idempotency-Key": mark}
        send = lambda: self._program.post(f"{path}/report", json=body, headers=headers)  # noqa: E731
        if self._ask(Kind.REPORT, [number], mark, send, version=version):
            self.work.to_decide.put((number, version))

    def _decide(self) -> None:
        number, version = self.work.to_decide.get_nowait()
        is_last = self._accepted < ACCEPTED_AT_MOST and self._rng.random() < 0.2
        kind = Kind.ACCEPT if is_last else Kind.RETURN
        self._accepted += is_last
        mark, person = self._mark(kind), self._coordinators[0]
        _unless_away(person.get(f"/assignments/{number}"))
        fields = {"version": str(version), **({} if is_last else {"return_reason": mark})}
        self._ask(
            kind, [number], mark, self._sent(person, f"/assignments/{number}/{kind.value}", fields), version=version
        )
        if not is_last and number in self.work.of_health:
            self.work.to_report.put((number, version + 1))

    def _ask_for_time(self) -> None:
        number = self.work.to_extend.get_nowait()
        mark, path = self._mark(Kind.EXTENSION), f"/assignments/{number}/extension"
        _unless_away(self._finance.get(path))
        until = (clock.now() + DUE_IN + timedelta(days=20 * (self._granted + 1))).date()
        sent = self._sent(self._finance, path, {"reason": mark, "until": until.isoformat()})
        if self._ask(Kind.EXTENSION, [number], mark, sent):
            self.work.to_grant.put(number)

    def _grant(self) -> None:
        number = self.work.to_grant.get_nowait()
        is_granted = self._granted < GRANTED_AT_MOST and self._rng.random() < 0.3
        kind = Kind.GRANT if is_granted else Kind.REFUSE
        self._granted += is_granted
        mark, person = self._mark(kind), self._coordinators[1]
        _unless_away(person.get(f"/assignments/{number}"))
        fields = {} if is_granted else {"refuse_extension_reason": mark}
        sent = self._sent(person, f"/assignments/{number}/{kind.value}", fields)
        if self._ask(kind, [number], mark, sent):
            self.work.to_extend.put(number)

    def _move(self) -> None:
        mark, person = self._mark(Kind.DEED), self._coordinators[2]
        numbers = self._rng.sample(list(self.work.to_move), MOVED_AT_ONCE)
        path = f"/desk/deeds?{'&'.join(f'n={number}' for number in numbers)}"
        _unless_away(person.get(path))
        # Behind all days off that follow the present date: moving to where it stands already is refused.
        to = (clock.now() + DUE_IN + timedelta(days=self._rng.randrange(14, 300))).date().isoformat()
        fields = {"act": "move", "to": to, "reason": mark, "n": [str(number) for number in numbers]}
        person.last = _unless_away(self._sent(person, "/desk/deeds", fields)())
        assert person.last.status_code == 200, person.page
        self._ask(Kind.DEED, numbers, mark, self._sent(person, "/desk/deeds", {}))
