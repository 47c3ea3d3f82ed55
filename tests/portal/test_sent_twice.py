"""Every form that is sent twice from one page is told the second time as the first: nothing is lost, nothing failed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import select, update

from config.settings import Settings
from intake.files.office_documents import XLSX
from intake.sheets.reading import OFFICES
from models.access.signing_in import user_link
from models.keeping.opening import Store, with_contacts_of_today
from models.store.audit_event import AuditHead
from models.store.database import reading_session, session_scope
from models.tables.account import User
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from models.tables.party import Part, Party
from notifications.courier.courier import deliver
from portal.rights import API, PREFECT, RIGHTS
from tests.support.cast import LEAD, TYPED_REPORT, at, number_of
from tests.support.editor import DIRECTIVE, begun, fields_of
from tests.support.evidence_files import pdf
from tests.support.launching import LAUNCH, TEXT, taken_in
from tests.support.outposts import refusing
from tests.support.past import after
from tests.support.people import Files, House, Person, hidden
from tests.support.sheets import filled as sheet_filled

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]

REFUSED = {
    "/sign-in/{token}": "a link signs in once: whoever finds it used learns that somebody was there",
    "/sign-out": "the token of forms goes with the session",
}
"""Where the second is to be refused, and why."""

DONE_ANEW = {
    "/desk/offices/{office}/link": "the page shows a link that nobody has seen yet, and each is on record",
    "/desk/accounts/{user_id}/link": "as that of an office",
    "/desk/accounts": "the account is one, the page shows another link of it, and each is on record",
    "/desk/offices/{office}/revoke": "what was made in between is void, too",
    "/calendar/change": "the page shows the address that holds",
}
"""Where the second does what it asks for once more, and why that is right."""

NO_FORMS = {"/work/{path:path}": "an address of an earlier version, which leads on to the present one"}

WHY = "Theo quyết định của tỉnh."


@pytest.fixture
def mail() -> Iterator[int]:
    """The port of a mail server that takes everything."""
    with refusing({"DATA": "354 go on", "QUIT": "221 bye"}) as port:
        yield port


@pytest.fixture
def store(settings: Settings, mail: int) -> Iterator[Store]:
    """Its plan stands in editions, so that it can be amended, and its operator has named a mail server."""
    with after(settings, lambda _: None) as opened:
        server = f"accounts: mailto://127.0.0.1:{mail}?from=dondoc@tinh.example\n"
        opened.settings.contacts_file.write_text(server, encoding="utf-8")
        yield with_contacts_of_today(opened)


@pytest.fixture
def engine(store: Store) -> Engine:
    return store.engine


@dataclass
class Twice:
    """Sends every form two times, and keeps what was told otherwise the second time."""

    store: Store
    tried: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def __call__(
        self,
        person: Person,
        route: str,
        fields: Mapping[str, object] | None = None,
        *,
        on: str = "",
        to: str = "",
        files: Files | None = None,
    ) -> Person:
        """Fill in the form of a page (``on``, or the one before somebody); they are left with the second answer.

        to  the address that the form is sent to, where the route has places in it
        """
        if on:
            person.get(on)
        assert person.last is not None
        address, answers = to or route, list[httpx.Response]()
        self.tried.add(route)
        if f'="{address.split("?")[0]}' not in person.last.text:
            self.failed.append(f"{route}: no form on {person.last.url}: {told(person.last)}")
            return person
        try:
            filled = fields_of(person, address) | dict(fields or {})
        except StopIteration:  # with an attribute in front, or the address of its page
            filled = hidden(person) | dict(fields or {})
        recorded = list[int]()
        for _ in range(2):
            person.last = person.web.post(address, data=filled, files=files)
            answers.append(person.last)
            with reading_session(self.store.engine) as session:
                recorded.append(session.exec(select(AuditHead.seq)).one())
        first, second = map(told, answers)
        if answers[0].status_code >= 400:
            self.failed.append(f"{route}: cannot be tried: {first}")
        elif (first == second or is_done(second)) is (route in REFUSED):
            self.failed.append(f"{route}:\n  {first}\n  {second}")
        elif (recorded[0] != recorded[1]) is not (route in DONE_ANEW):
            self.failed.append(f"{route}: recorded {recorded[1] - recorded[0]} more")
        return person


_SAID = re.compile(r'<(?:p|div)[^>]*class="(?:flash|refused)[^>]*>(.*?)</(?:p|div)>', re.DOTALL)


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """The status code, the address and what the page says has happened, or why not; not to how many."""
    said = re.sub(r"<[^>]+>|\s+|Số lượng: \d+\.", " ", " ".join(_SAID.findall(answer.text)))
    return answer.status_code, re.sub(r"&count=\d+", "", answer.url.raw_path.decode()), unescape(said).strip()[:400]


def is_done(said: tuple[int, str, str]) -> bool:
    """Whether it is told that all is done, if not word by word as the first time."""
    return said[0] == 200 and said[2].startswith("Đã ")


def test_every_form_that_is_sent_twice_is_told_as_done_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[int]()
    monkeypatch.setattr("portal.intake.rehearsals.start_rehearsal", lambda _, number: started.append(number))
    twice = Twice(house.store)
    house.clock.now = at("2023-08-21", 9)
    deliver(house.store, now=house.clock.now)
    desk = house.coordinator()
    for part in (_work, _desk, _register, _plans, _intake, _people):
        part(house, desk, twice)
    forms = {path for method, path in RIGHTS if method == "POST" and not path.startswith((API, PREFECT))}
    assert not twice.failed, "\n".join(twice.failed)
    assert started == [1]
    assert forms - twice.tried == NO_FORMS.keys()


LATER = "20/09/2023"


def _work(house: House, desk: Person, twice: Twice) -> None:
    """What an office does with its work, and what is decided on it."""
    office = house.office(LEAD)
    one = f"/assignments/{number_of(house.store, 'T0.1')}"

    def of_one(person: Person, verb: str, fields: Mapping[str, object] | None = None, on: str = one) -> None:
        twice(person, f"/assignments/{{assignment_id}}/{verb}", fields, on=on, to=f"{one}/{verb}")

    of_one(office, "acknowledge")
    of_one(office, "delegate", {"unit": "Phòng Nghiệp vụ Y"})
    of_one(office, "questions", {"question": "Biểu 02 tính cả đơn vị trực thuộc không?"})
    route = "/assignments/{assignment_id}/questions/{question_id}"
    twice(desk, route, {"answer_1": "Có, gồm cả đơn vị trực thuộc."}, on=one, to=f"{one}/questions/1")
    ask = f"{one}/extension"
    of_one(office, "extension", {"until": LATER, "reason": "Chờ số liệu cấp xã."}, on=ask)
    of_one(office, "extension/withdraw")
    of_one(office, "extension", {"until": LATER, "reason": "Chờ số liệu cấp huyện."}, on=ask)
    of_one(desk, "refuse", {"refuse_extension_reason": "Việc đã rõ, không thể lùi."})
    of_one(office, "extension", {"until": LATER, "reason": "Chờ số liệu các nơi."}, on=ask)
    of_one(desk, "grant", {"until": LATER})
    of_one(desk, "suspend", {"suspend_reason": "Chờ hướng dẫn của cấp trên."})
    of_one(desk, "resume", {"until": LATER})
    report = f"{one}/report"
    of_one(office, "draft", TYPED_REPORT, on=report)
    of_one(office, "report", TYPED_REPORT, on=report)
    of_one(office, "take-back")
    of_one(office, "report", TYPED_REPORT, on=report)
    of_one(desk, "return", {"reason": "Thiếu phụ lục.", "return_reason": "Thiếu phụ lục."})
    of_one(office, "report", TYPED_REPORT | {"text": "Đã bổ sung phụ lục."}, on=report)
    of_one(desk, "accept")
    other = house.office("SNV")
    n = [str(number_of(house.store, "T0.1", office="SNV"))]
    twice(other, "/acknowledge", {"n": n}, on="/assignments")
    two = f"/assignments/{n[0]}/report"
    other.post(two, TYPED_REPORT, on=two)
    chosen = re.findall(r'name="chosen" value="([^"]+)"', desk.get("/desk").text)
    twice(desk, "/desk/decide", {"chosen": chosen, "choice": "accept"})
    twice(desk, "/desk/decide", {})


def _desk(house: House, desk: Person, twice: Twice) -> None:
    """What a coordinator does from the desk: deeds, letters, entries, silences, ad hoc work."""
    number = str(number_of(house.store, "T0.1", office="STC"))
    named = house.office("TAND")
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=int(number), office="TAND", part=Part.NAMED))
    page = f"/assignments/{number}"
    route = "/assignments/{assignment_id}/contribution"
    twice(named, route, {"contribution": "Đề nghị bổ sung số liệu."}, on=page, to=f"{page}/contribution")
    form = f"/desk/deeds?n={number}"
    twice(desk, "/desk/deeds", {"n": number, "act": "move", "to": "15/11/2023", "reason": WHY}, on=form, to=form)
    twice(desk, "/desk/deeds", {"late_confirmed": "yes"})
    undo = desk.last.url.path  # type: ignore[union-attr]
    route = "/desk/changes/{deed_id}/undo"
    twice(desk, route, {"reason": "Nhập nhầm ngày."}, to=f"{undo}/undo")
    twice(desk, route, {"late_confirmed": "yes"}, to=f"{undo}/undo")
    adhoc = {"title": "Báo cáo nhanh dịp lễ", "subtask": "T3.4", "lead": "SYT", "due_on": "30/08/2023"}
    twice(desk, "/desk/assign", adhoc, on="/desk/assign")
    home = "/desk/directives"
    event = {"entry": "event", "subtask": "T3.6", "title": "Hội nghị quý", "on_date": "02/10/2023", "host": "CAT"}
    twice(desk, home, event, on=home)
    entry = re.search(r"/desk/directives/entries/\d+", desk.get(home).text)
    assert entry is not None, twice.failed
    for act in ({"act": "correct", "on_date": "09/10/2023"}, {"act": "undo"}):
        route = "/desk/directives/entries/{anchor_id}"
        twice(desk, route, act | {"reason": "Lùi vài ngày."}, on=entry[0], to=entry[0])
        twice(desk, route, {"late_confirmed": "yes"}, to=entry[0])
    for act in ("close", "reopen"):
        state = {"directive": DIRECTIVE, "act": act, "paper": "46/KH-UBND"}
        twice(desk, f"{home}/state", state, on=home)
        twice(desk, f"{home}/state", {"late_confirmed": "yes"})
    letter = {"number": "12/UBND", "issued_on": "21/08/2023", "answer_by": "25/08/2023"}
    letter |= {"assignments": str(number_of(house.store, "T0.1", office="STP"))}
    paper: Files = [("files", ("don-doc.pdf", pdf("Van ban don doc"), "application/pdf"))]
    urging = "/desk/urging/STP"
    twice(desk, "/desk/urging/{office}", letter, on=urging, to=urging, files=paper)
    twice(desk, "/desk/silences", {"office": "TAND", "until": "25/08/2023", "reason": WHY}, on="/desk/silences")
    twice(desk, "/desk/silences/{silence_id}/lift", on="/desk/silences", to="/desk/silences/1/lift")
    pause = f"/desk/reminders?n={number}&act=silence"
    twice(desk, "/desk/reminders", {"until": "25/08/2023", "reason": WHY}, on=pause, to=pause)
    twice(desk, "/views", {"name": "Quá hạn", "query": "status=open_overdue"}, on="/assignments?status=open_overdue")
    twice(desk, "/views/{view_id}/remove", on="/assignments", to="/views/1/remove")
    twice(
        desk, "/desk/messages/{message_id}/again", {"copy": "yes"}, on="/desk/messages/1", to="/desk/messages/1/again"
    )
    with session_scope(house.store.engine) as session:
        session.execute(update(Message).values(state=MessageState.DEAD, error="Máy chủ thư từ chối."))
        session.execute(update(Notice).values(state=NoticeState.DEAD))
    twice(desk, "/desk/messages/again", on="/desk")
    months: dict[str, object] = {"months": "1", "what": "", "answering": ""}
    twice(desk, "/rehearsals", months, on="/rehearsals")


def _register(house: House, desk: Person, twice: Twice) -> None:
    """Offices, their addresses and links, the calendar of days off."""
    office, page = "/desk/offices/{office}", "/desk/offices/SYT"
    twice(desk, office, {"focal_to_1": "vanthu@syt.example"}, on=page, to=page)
    twice(desk, f"{office}/try", {"desk": "focal"}, on=page, to=f"{page}/try")
    twice(desk, f"{office}/link", on=page, to=f"{page}/link")
    twice(desk, f"{office}/revoke", on=page, to=f"{page}/revoke")
    home = "/desk/register"
    new = {"act": "add", "name_vi": "Sở Mới", "reason": WHY}
    twice(desk, home, new, on=home)
    twice(desk, home, {"late_confirmed": "yes"})
    merged = {"act": "merge", "merging": ["STP"], "into": "SNV", "paper": "47/NQ-HĐND", "reason": WHY}
    twice(desk, home, merged, on=home)
    twice(desk, home, {"late_confirmed": "yes"})
    off, home = {"days_off": "11/09/2023", "paper": "123/TB-VPCP", "note": "nghỉ bù"}, "/desk/holidays"
    twice(desk, home, off, on=home)
    twice(desk, home, {"late_confirmed": "yes"})
    twice(desk, f"{home}/recompute", on=home)
    twice(desk, f"{home}/recompute", {"late_confirmed": "yes"})
    commune = {"code": "X001", "name_vi": "Xã Số 1", "kind": "locality – địa phương", "member_of": "XA"}
    sheet: Files = [("file", ("bang.xlsx", sheet_filled(house.store.plan, OFFICES, commune), XLSX))]
    chosen = f"/desk/workbook?kind={OFFICES}"
    twice(desk, "/desk/workbook", {"kind": OFFICES}, on=chosen, files=sheet)
    nothing: Files = [("none", ("", b"", ""))]
    twice(desk, "/desk/workbook", files=nothing)


def _plans(house: House, desk: Person, twice: Twice) -> None:
    """The plan's editor, a plan that comes as a file, and a draft applied."""
    with ZipFile(BytesIO(desk.get(f"/plans/directives/{DIRECTIVE}/export").content)) as archive:
        name = next(each for each in archive.namelist() if each.endswith("p1.yaml"))
        changed = archive.read(name).replace(b"ISSUE+15", b"ISSUE+25")
    plan: Files = [("file", ("p1.yaml", changed, "application/octet-stream"))]
    twice(desk, "/plans/upload", on="/plans", files=plan)
    one = "/plans/drafts/{number}"
    page = f"/plans/directives/{DIRECTIVE}"
    twice(desk, "/plans/directives/{code}/drafts", on=page, to=f"{page}/drafts")
    ladder = "/plans/ladders/standard"
    twice(desk, "/plans/ladders/{code}/drafts", on=ladder, to=f"{ladder}/drafts")
    address = desk.last.url.path  # type: ignore[union-attr]
    twice(desk, f"{one}/ladders/{{code}}", on=address, to=address)
    draft = begun(desk)
    subtask = f"{draft}/subtasks/T1.3"

    def of_draft(rest: str, fields: Mapping[str, object] | None = None, *, on: str = "", to: str) -> None:
        twice(desk, f"{one}/{rest}", fields, on=on or to, to=to)

    of_draft("subtasks/{code}", {"title": "Tên khác của nhiệm vụ", "save": "yes"}, to=subtask)
    of_draft("subtasks/{code}/split", {"second": "Phần hai của việc"}, to=f"{subtask}/split")
    other = re.findall(r'name="other" value="([^"]+)"|<option value="(T1[^"]+)"', desk.get(f"{subtask}/merge").text)
    of_draft("subtasks/{code}/merge", {"other": "".join(other[-1])}, to=f"{subtask}/merge")
    of_draft("subtasks/{code}/drop", on=subtask, to=f"{subtask}/drop")
    of_draft("subtasks/{code}/restore", on=draft, to=f"{subtask}/restore")
    new = {"title": "Tổng hợp số liệu cơ sở", "s0.lead": "Sở Y tế", "s0.due": "trước ngày 29/12/2023", "save": "yes"}
    of_draft("priorities/{priority}/new", new, to=f"{draft}/priorities/p1/new")
    facts = f"{draft}/directives/{DIRECTIVE}"
    of_draft("directives/{code}", {"place_vi": "Đà Lạt"}, to=facts)
    of_draft("directives/{code}/priorities", {"new_title": "Nhiệm vụ thêm"}, on=facts, to=f"{facts}/priorities")
    of_draft("preview", {"reason": WHY}, on=draft, to=f"{draft}/preview")
    twice(desk, f"{one}/preview", {"late_confirmed": "yes"}, to=f"{draft}/preview")
    draft = begun(desk)
    of_draft("discard", on=draft, to=f"{draft}/discard")


def _intake(house: House, desk: Person, twice: Twice) -> None:
    """A directive's text, corrected and launched."""
    home, one = "/desk/intake", "/desk/intake/{draft_id}"
    twice(desk, home, {"text": TEXT}, on=home)
    page = desk.last.url.path  # type: ignore[union-attr]
    twice(desk, f"{one}/rows/{{row}}", {"act": "next"}, on=f"{page}?row=1", to=f"{page}/rows/1")
    start = TEXT.index("Các cơ sở y tế")
    twice(desk, f"{one}/add", {"passage": f"{start}-{start + 50}"}, on=page, to=f"{page}/add")
    words = {"words": "Trung tâm Kiểm soát bệnh tật", "office": "Sở Y tế"}
    twice(desk, f"{one}/offices", words, on=page, to=f"{page}/offices")
    acts = ({"act": "merge", "n": ["2", "3"]}, {"act": "sure"}, {"act": "drop", "n": "1"}, {"act": "restore", "n": "1"})
    for act in (*acts, {"act": "confirm", "n": "1"}):
        twice(desk, f"{one}/rows", act, on=page, to=f"{page}/rows")
    twice(desk, f"{one}/launch", LAUNCH | {"leave_out": "yes"}, on=f"{page}/launch", to=f"{page}/launch")
    twice(desk, f"{one}/launch", to=f"{page}/launch")
    page = taken_in(desk, TEXT.replace("15/KH-UBND", "16/KH-UBND"))
    twice(desk, f"{one}/drop", on=home, to=f"{page}/drop")


def _people(house: House, desk: Person, twice: Twice) -> None:
    """Accounts, deputies, programs, calendars, and signing in and out."""
    home = "/desk/accounts"
    twice(desk, home, {"email": "vp@tinh.example", "post": "Văn phòng", "role": "manager"}, on=home)
    with session_scope(house.store.engine) as session:
        number = session.exec(select(User.id).where(User.email == "vp@tinh.example")).one()
    changed = {"email": "vp@tinh.example", "post": "Văn phòng Tổng hợp", "role": "manager"}
    twice(desk, f"{home}/{{user_id}}/change", changed, on=home, to=f"{home}/{number}/change")
    for verb in ("link", "disable", "enable"):
        twice(desk, f"{home}/{{user_id}}/{verb}", on=home, to=f"{home}/{number}/{verb}")
    home = "/desk/deputies"
    days = {"first_day": "21/08/2023", "last_day": "25/08/2023"}
    emails = re.findall(r'<option value="([^"]+@[^"]+)"', desk.get(home).text)
    twice(desk, home, days | {"user": emails[0], "deputy": "vp@tinh.example"}, on=home)
    of_desk = {f"desk_{name}": day for name, day in days.items()} | {"office": "SYT", "email": "a@b.example"}
    twice(desk, f"{home}/desk", of_desk | {"desk": "focal"}, on=home)
    twice(desk, f"{home}/{{number}}/end", on=home, to=f"{home}/1/end")
    home = "/desk/webhooks"
    hook = {"name": "Theo dõi của tỉnh", "url": "https://theo-doi.example/hook", "events": "reported"}
    twice(desk, home, hook, on=home)
    twice(desk, f"{home}/{{number}}/try", on=home, to=f"{home}/1/try")
    twice(desk, f"{home}/{{number}}/end", on=home, to=f"{home}/1/end")
    twice(desk, "/calendar/change", on="/calendar")
    somebody = house.stranger()
    twice(somebody, "/sign-in", {"email": "vp@tinh.example"}, on="/sign-in")
    with session_scope(house.store.engine) as session:
        link = house.path(user_link(house.store.settings, session.get_one(User, number), now=house.clock.now))
    twice(somebody, "/sign-in/{token}", on=link, to=link)
    twice(desk, "/sign-out", on="/desk")
