"""The exact words of a digest, in both languages, for every desk; the texts lie in tests/golden.

After a wanted change of words: delete the file and run the test once, then read what it wrote.
"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.plan import Plan
from config.clock import end_of_day
from config.contacts.desks import Desk, Recipient
from config.rules.deadlines import NotDated, reading
from config.rules.due import NO_DATE
from config.rules.due_words import change_clause
from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.alerts.notices import contribution_rung, joint_rung
from models.delivery.deed_notices import DeedNotice
from models.delivery.facts import EarlierNotice, NoticeFacts, UndeliveredMessage
from models.tables.deed import ItemKind
from models.tables.lifecycle import NoticeKind, Role, State, Urgency, Verb
from models.work.deeds.facts import DeedFacts
from notifications.words.kinds import WORDINGS
from notifications.words.render import PREVIEW_SIZE, Audience, render
from tests.support.cast import at

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = at("2023-09-14", 7, 30)


def audience(name: str, desk: Desk, language: str, sample: bool) -> Audience:
    link, signed = "https://dondoc.example/door/x?to=", "Văn phòng Tỉnh ủy" if language == "vi" else "Party Office"
    return Audience(name, desk, language, sample, lambda path: link + path, 30, signed, "vanthu@vptu.example")


def item(kind: NoticeKind, number: int, due: date = date(2023, 9, 11), **changes: object) -> NoticeFacts:
    whole = NoticeFacts(
        notice_id=number,
        kind=kind,
        rung=f"x:{due.isoformat()}",
        recipient=Recipient("SYT", Desk.FOCAL),
        id=number,
        priority="p1",
        subtask="T0.1",
        step="report",
        variant="",
        period="doc:123-TB/TU",
        occasion="",
        role=Role.LEAD,
        office="SYT",
        lead_office="SYT",
        delegated_to="",
        urgency=Urgency.NORMAL,
        state=State.ASSIGNED,
        due_at=end_of_day(due),
        due_date=due,
        original_due_date=due,
        timing=Timing.DATED,
        original_timing=Timing.DATED,
        rule="ISSUE+15",
        explanation_vi="+15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
        explanation_en="+15 working days from 17/8/2023; skips 1–4/9 (National Day) → 24:00 on 11/9/2023",
        reason="",
        until=None,
        decided=False,
        reminder_count=0,
        last_reminded_at=None,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


LATE = item(
    NoticeKind.OVERDUE,
    5,
    reminder_count=3,
    last_reminded_at=at("2023-09-12"),
    original_due_date=date(2023, 9, 6),
    is_extended=True,
)

GIVEN = date(2023, 9, 20)


def before(day: str, kind: NoticeKind, desk: Desk = Desk.FOCAL, office: str = "SYT") -> EarlierNotice:
    return EarlierNotice(at(day), kind, Recipient(office, desk))


IN_VAIN = (
    before("2023-08-18", NoticeKind.ASSIGNED, office="SNV"),
    before("2023-08-22", NoticeKind.NOT_ACKNOWLEDGED),
    before("2023-08-25", NoticeKind.NOT_ACKNOWLEDGED, Desk.HEAD),
    before("2023-08-29", NoticeKind.DUE_SOON),
    before("2023-09-05", NoticeKind.DUE_SOON),
    before("2023-09-06", NoticeKind.DUE_TODAY),
    before("2023-09-08", NoticeKind.REPORT_RETURNED),
    before("2023-09-12", NoticeKind.OVERDUE),
    before("2023-09-12", NoticeKind.OVERDUE, Desk.MONITOR, "BNC"),
)

REFUSED = "Máy chủ thư từ chối (mã 550); kiểm tra địa chỉ, tài khoản."


def by_deed(kind: ItemKind, **changes: object) -> DeedNotice:
    """What a deed of 20/9 did to an assignment that was due on 11/9."""
    deed = DeedFacts(
        deed=4,
        assignment_id=1,
        kind=kind,
        paper_number="45/KH-UBND",
        paper_date=date(2023, 9, 18),
        reason="",
        actor="coordinator",
        at=at("2023-09-20"),
        from_state=State.ACKNOWLEDGED,
        to_state=State.ASSIGNED,
        from_office="SYT",
        to_office="SYT",
        from_due_date=date(2023, 9, 11),
        to_due_date=date(2023, 9, 11),
        from_timing=Timing.DATED,
        to_timing=Timing.DATED,
        asks_anew=False,
    )
    deed = replace(deed, **changes)  # type: ignore[arg-type]
    return DeedNotice(deed=deed, since=deed, asks_anew=deed.asks_anew)


TOLD = {
    Desk.FOCAL: [
        item(
            NoticeKind.ASSIGNED,
            21,
            date(2023, 10, 2),
            subtask="T2.1",
            period="2023-Q4",
            role=Role.COORDINATING,
            lead_office="SNV",
        ),
        LATE,
        item(NoticeKind.DUE_TODAY, 4, date(2023, 9, 14), subtask="T2.1", period="2023-09"),
        item(NoticeKind.DUE_SOON, 9, date(2023, 9, 21), subtask="T1.4", step="report", period="2023-H2"),
        item(NoticeKind.NOT_ACKNOWLEDGED, 10, date(2023, 9, 29), subtask="T1.4", step="report", period="2023"),
        item(NoticeKind.REPORT_RETURNED, 7, reason="Số liệu chưa khớp.", state=State.RETURNED),
        item(NoticeKind.REPORT_ACCEPTED, 11, state=State.ACCEPTED),
        item(
            NoticeKind.REPORT_ACCEPTED,
            30,
            date(2024, 12, 31),
            original_due_date=date(2023, 12, 29),
            rule="SPAN:2023-2025",
            state=State.ACKNOWLEDGED,
        ),
        item(
            NoticeKind.EXTENSION_GRANTED,
            8,
            date(2023, 9, 20),
            original_due_date=date(2023, 9, 11),
            is_extended=True,
            until=date(2023, 9, 20),
        ),
        item(NoticeKind.EXTENSION_REFUSED, 12, date(2023, 9, 20), reason="Việc đã rõ."),
        item(NoticeKind.WITHDRAWN, 13, state=State.WITHDRAWN),
        item(NoticeKind.HANDED_OVER, 14, date(2023, 9, 20), rung="from:SNV"),
        item(NoticeKind.SUSPENDED, 18, reason="Chờ hướng dẫn của cấp trên.", state=State.SUSPENDED),
        item(NoticeKind.RESUMED, 19, date(2023, 9, 27), original_due_date=date(2023, 9, 11)),
        item(
            NoticeKind.MOVED,
            24,
            date(2023, 9, 6),
            original_due_date=date(2023, 9, 11),
            deed=by_deed(ItemKind.MOVED, to_due_date=date(2023, 9, 6), asks_anew=True),
        ),
        item(
            NoticeKind.REASSIGNED,
            25,
            date(2023, 9, 20),
            office="SNV",
            reason="Đúng chức năng.",
            original_due_date=date(2023, 9, 11),
            deed=by_deed(ItemKind.REASSIGNED, to_office="SNV", to_due_date=date(2023, 9, 20), asks_anew=True),
        ),
        item(
            NoticeKind.ASSIGNED,
            26,
            date(2023, 9, 20),
            original_due_date=date(2023, 9, 11),
            deed=by_deed(ItemKind.REASSIGNED, from_office="SNV", to_due_date=date(2023, 9, 20), asks_anew=True),
        ),
        item(
            NoticeKind.ASSIGNED,
            27,
            date(2023, 9, 20),
            deed=by_deed(ItemKind.MADE, from_office=None, from_due_date=None),
        ),
        item(NoticeKind.ASSIGNED, 28, deed=by_deed(ItemKind.RESTORED, from_state=State.WITHDRAWN, paper_date=None)),
        item(
            NoticeKind.WITHDRAWN,
            29,
            state=State.WITHDRAWN,
            reason="Trùng việc.",
            deed=by_deed(ItemKind.WITHDRAWN, to_state=State.WITHDRAWN, paper_number=""),
        ),
    ],
    Desk.HEAD: [
        replace(LATE, earlier_notices=IN_VAIN),
        item(
            NoticeKind.OVERDUE,
            6,
            date(2023, 9, 13),
            reminder_count=1,
            last_reminded_at=at("2023-09-13"),
            earlier_notices=IN_VAIN[:1],
        ),
    ],
    Desk.COORDINATOR: [
        LATE,
        item(
            NoticeKind.UNDELIVERABLE,
            22,
            rung="message:7:tgram",
            undelivered=UndeliveredMessage(7, "SYT", Desk.FOCAL, "mailto", REFUSED, "tgram"),
        ),
        item(
            NoticeKind.UNDELIVERABLE,
            23,
            rung="message:8:",
            undelivered=UndeliveredMessage(8, "SNV", Desk.HEAD, "json", REFUSED, ""),
        ),
        item(NoticeKind.REPORT_RECEIVED, 15, state=State.REPORTED),
        item(NoticeKind.REPORT_RECEIVED, 16, state=State.REPORTED),
        item(
            NoticeKind.EXTENSION_REQUESTED, 17, date(2023, 9, 20), until=date(2023, 9, 28), reason="Chờ số liệu cấp xã."
        ),
    ],
    Desk.MONITOR: [LATE],
}


RUNG_NAMES_AN_OFFICE = (NoticeKind.JOINT_LEAD_ACTED, NoticeKind.CONTRIBUTED, NoticeKind.HANDED_OVER)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("desk", list(Desk))
def test_the_words_are_these(plan: Plan, calendar: WorkingCalendar, language: str, desk: Desk) -> None:
    office = plan.office("SYT")
    name = office.name_vi if language == "vi" else office.name_en
    sample = desk is Desk.FOCAL
    digest = render(TOLD[desk], audience(name, desk, language, sample), plan=plan, calendar=calendar, now=NOW)
    said = f"{digest.subject}\n\n{digest.text}"
    path = GOLDEN / f"digest.{desk.value}.{language}.txt"
    if not path.exists():
        path.write_text(said, encoding="utf-8")
        pytest.fail(f"{path.name} was not there and has been written; read it, then run again")
    assert said == path.read_text(encoding="utf-8")


def test_a_long_digest_counts_what_it_does_not_list(plan: Plan, calendar: WorkingCalendar) -> None:
    many = [item(NoticeKind.OVERDUE, number) for number in range(1, PREVIEW_SIZE + 8)]
    digest = render(many, audience("Sở Y tế", Desk.FOCAL, "vi", sample=False), plan=plan, calendar=calendar, now=NOW)
    assert f"{PREVIEW_SIZE + 7} việc quá hạn" in digest.subject
    assert f"VIỆC ĐÃ QUÁ HẠN ({PREVIEW_SIZE + 7})" in digest.text
    for words in (digest.text, digest.html):
        assert "và 7 việc khác" in words
        assert words.count("Báo cáo phân tích nguyên nhân tồn tại") == PREVIEW_SIZE
    assert digest.short.count("\n") == 7


def test_html_shows_what_was_typed_and_runs_nothing(plan: Plan, calendar: WorkingCalendar) -> None:
    bad = [item(NoticeKind.REPORT_RETURNED, 7, reason="<script>alert(1)</script> & {{ 7*7 }}")]
    digest = render(bad, audience("Sở Y tế", Desk.FOCAL, "vi", sample=False), plan=plan, calendar=calendar, now=NOW)
    assert "<script>" not in digest.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7*7 }}" in digest.html


def test_whoever_has_reported_is_not_called_late(plan: Plan, calendar: WorkingCalendar) -> None:
    for state, kind in ((State.REPORTED, NoticeKind.REPORT_RECEIVED), (State.ACCEPTED, NoticeKind.REPORT_ACCEPTED)):
        said = render_one(plan, calendar, item(kind, 3, state=state))
        assert "trễ" not in said
    assert "trễ 3 ngày làm việc" in render_one(plan, calendar, item(NoticeKind.OVERDUE, 3))


def render_one(
    plan: Plan, calendar: WorkingCalendar, one: NoticeFacts, desk: Desk = Desk.FOCAL, language: str = "vi"
) -> str:
    digest = render([one], audience("Sở Y tế", desk, language, sample=False), plan=plan, calendar=calendar, now=NOW)
    return digest.text + digest.html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_has_words_in_both_languages(
    plan: Plan, calendar: WorkingCalendar, kind: NoticeKind, language: str
) -> None:
    rungs = {
        NoticeKind.JOINT_LEAD_ACTED: joint_rung(Verb.REPORT, 1, "SNV"),
        NoticeKind.CONTRIBUTED: contribution_rung(1, "SNV"),
    }
    rung = rungs.get(kind, "from:SNV")
    digest = render(
        [item(kind, 3, rung=rung), item(kind, 4, rung=rung)],
        audience("X", Desk.FOCAL, language, sample=False),
        plan=plan,
        calendar=calendar,
        now=NOW,
    )
    wording = WORDINGS[kind]
    assert f"X: 2 {wording.count_vi if language == 'vi' else wording.count_en}" in digest.subject
    assert f"{wording.heading(language)} (2)" in digest.html
    assert f"{wording.heading(language).upper()} (2)" in digest.text


@pytest.mark.parametrize("desk", [Desk.COORDINATOR, Desk.MONITOR])
def test_nobody_is_offered_an_answer_that_is_not_theirs(plan: Plan, calendar: WorkingCalendar, desk: Desk) -> None:
    said = render_one(plan, calendar, item(NoticeKind.OVERDUE, 3), desk)
    assert ("Xem và quyết định tại" if desk is Desk.COORDINATOR else "Xem chi tiết tại") in said
    assert "Tiếp nhận, báo cáo" not in said


def test_one_is_spoken_of_as_one(plan: Plan, calendar: WorkingCalendar) -> None:
    one = item(NoticeKind.OVERDUE, 3, date(2023, 9, 13), reminder_count=1, last_reminded_at=at("2023-09-13"))
    said = render_one(plan, calendar, one, language="en")
    assert "1 working day late" in said
    assert "reminded once, last on 13/09/2023" in said
    asked = render(
        [item(NoticeKind.EXTENSION_REQUESTED, 3)],
        audience("X", Desk.COORDINATOR, "en", sample=False),
        plan=plan,
        calendar=calendar,
        now=NOW,
    )
    assert asked.subject == "[dondoc] X: 1 request for more time – overdue since 11/09/2023"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_assignment_stands_once_under_its_weightiest_heading(
    plan: Plan, calendar: WorkingCalendar, language: str
) -> None:
    new, other = item(NoticeKind.ASSIGNED, 5), item(NoticeKind.ASSIGNED, 6, date(2023, 9, 22))
    contributions = [
        item(NoticeKind.CONTRIBUTED, 7, rung=contribution_rung(n, who)) for n, who in ((1, "CAT"), (2, "STP"))
    ]
    to = audience("X", Desk.FOCAL, language, sample=False)
    said = render([new, other, LATE, *contributions], to, plan=plan, calendar=calendar, now=NOW)
    assert [said.text.count(f"[{number}]") for number in (5, 6, 7)] == [1, 1, 1]
    assert said.html.count(f'/assignments/{5}"') == 1
    if language == "vi":
        assert "VIỆC ĐÃ QUÁ HẠN (1)" in said.text and "VIỆC MỚI ĐƯỢC GIAO (1)" in said.text
        assert "việc mới được giao\n     cách tính hạn:" in said.text, "what else is told of it stands in its notes"
        assert said.subject.startswith("[Đôn đốc] X: 1 việc quá hạn, 1 việc mới, 1 góp ý")
        assert said.subject.endswith(" – hạn gần nhất 22/09/2023")
        assert "Công an tỉnh" in said.text and "Sở Tư pháp" in said.text


@pytest.mark.parametrize(
    ("urgency", "vi", "en"),
    [
        (Urgency.EXPRESS, "HỎA TỐC", "EXPRESS"),
        (Urgency.VERY_URGENT, "THƯỢNG KHẨN", "VERY URGENT"),
        (Urgency.URGENT, "KHẨN", "URGENT"),
    ],
)
def test_urgency_stands_in_subject_and_text(
    plan: Plan, calendar: WorkingCalendar, urgency: Urgency, vi: str, en: str
) -> None:
    told = [item(NoticeKind.ASSIGNED, 5, urgency=urgency), item(NoticeKind.ASSIGNED, 6)]
    for language, words in (("vi", vi), ("en", en)):
        said = render(told, audience("X", Desk.FOCAL, language, sample=False), plan=plan, calendar=calendar, now=NOW)
        assert f"] {words} – X: " in said.subject and said.short.startswith(said.subject)
        assert said.text.startswith(f"*** {words} ***\n") and said.text.count(f" · {words}") == 1
        assert said.html.count(f"<strong>{words}</strong>") == 1


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("desk", list(Desk))
def test_a_text_has_no_gaps_and_no_long_lines(plan: Plan, calendar: WorkingCalendar, language: str, desk: Desk) -> None:
    digest = render(TOLD[desk], audience("X", desk, language, sample=True), plan=plan, calendar=calendar, now=NOW)
    assert "\n\n\n" not in digest.text
    assert not [line for line in digest.text.splitlines() if line != line.rstrip()]
    assert max(map(len, digest.text.splitlines())) < 140


def test_an_english_digest_has_no_vietnamese_but_what_people_typed(plan: Plan, calendar: WorkingCalendar) -> None:
    whom = audience("X", Desk.FOCAL, "en", sample=True)
    said = render(TOLD[Desk.FOCAL], whom, plan=plan, calendar=calendar, now=NOW).text
    typed = "Số liệu chưa khớp.", "Việc đã rõ.", "Chờ hướng dẫn của cấp trên.", "Trùng việc.", "Đúng chức năng."
    for words in typed:
        said = said.replace(words, "")
    assert not [
        line for line in said.splitlines() if any(letter in line for letter in "ăâđêôơưạảấầậắằặẹếềệịọốồộớờợụứừựỳ")
    ]


WITHOUT = {
    Timing.UNDATED: ("UNDATED", "chưa định hạn"),
    Timing.STANDING: ("STANDING-Q", "thường xuyên"),
    Timing.AFTER: ("AFTER:T1.2+5", "chờ việc T1.2"),
}
AWKWARD = re.compile(
    r"(?:(?<!gia )hạn|due date|due)(?: (?:mới|gốc|từ|thành|from|to|date))?:? (?:<strong>)?"
    r"(?:chưa|thường xuyên|chờ|no |standing|waits|without)|thành (?:chưa|thường|chờ)|từ (?:chưa|thường|chờ)"
    r"|cách tính hạn: (?:việc thường|chỉ đạo|yêu cầu)|9999"
)


def of_timing(kind: NoticeKind, timing: Timing, **changes: object) -> NoticeFacts:
    if timing is Timing.DATED:
        return item(kind, 1, **changes)  # type: ignore[arg-type]
    answer = reading(WITHOUT[timing][0], calendar=WorkingCalendar())
    assert isinstance(answer, NotDated)
    stored = answer.as_stored("x")
    told = {"timing": timing, "original_timing": timing, "rule": stored.rule}
    told |= {"explanation_vi": stored.explanation_vi, "explanation_en": stored.explanation_en}
    return item(kind, 1, NO_DATE, **(told | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("timing", list(Timing))
@pytest.mark.parametrize("before", list(Timing))
def test_every_sentence_reads_well_with_every_kind_of_date(
    plan: Plan, calendar: WorkingCalendar, language: str, timing: Timing, before: Timing
) -> None:
    """Each kind of notice of work that is dated, undated, standing or waiting, and was any of these before."""
    days = {True: date(2023, 9, 11), False: NO_DATE}
    was = days[before is Timing.DATED] if before != timing else date(2023, 9, 6) if timing is Timing.DATED else NO_DATE
    original = {"original_due_date": was, "original_timing": before}
    changed = {
        "from_due_date": was,
        "from_timing": before,
        "to_due_date": days[timing is Timing.DATED],
        "to_timing": timing,
    }
    notices = [
        of_timing(
            kind, timing, deed=by_deed(ItemKind.MOVED, **changed) if kind is NoticeKind.MOVED else None, **original
        )
        for kind in WORDINGS
        if kind not in RUNG_NAMES_AN_OFFICE and kind is not NoticeKind.UNDELIVERABLE
    ]
    for notice in notices:
        told = render([notice], audience("Sở Y tế", Desk.FOCAL, language, False), plan=plan, calendar=calendar, now=NOW)
        for text in (told.subject, told.text, told.html, told.short):
            assert not AWKWARD.search(text), AWKWARD.search(text)
        if timing is not Timing.DATED and language == "vi":
            assert WITHOUT[timing][1] in told.text
        assert len(re.findall("trước đây", told.text)) <= 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_change_of_date_is_one_sentence_whatever_was_before(language: str) -> None:
    day = date(2023, 9, 11)
    said = {
        (was, now): change_clause(
            day if was is Timing.DATED else NO_DATE, was, day if now is Timing.DATED else NO_DATE, now, language
        )
        for was in Timing
        for now in Timing
    }
    assert not [words for words in said.values() if AWKWARD.search(words)]
    if language == "vi":
        assert said[Timing.UNDATED, Timing.DATED] == "định hạn 11/09/2023 (trước đây chưa định hạn)"
        assert said[Timing.DATED, Timing.STANDING] == "bỏ hạn 11/09/2023, nay là việc thường xuyên"
        assert said[Timing.AFTER, Timing.UNDATED] == "nay chưa định hạn (trước đây chờ việc khác xong)"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "Còn 2 nhiệm vụ chưa định hạn, chờ định ngày: T1.2, T1.4."),
        ("en", "2 subtasks still without a due date, waiting for you to set one: T1.2, T1.4."),
    ],
)
def test_the_coordinators_letter_names_what_waits_for_a_date(
    plan: Plan, calendar: WorkingCalendar, language: str, line: str
) -> None:
    to = audience("Ban Nội chính", Desk.COORDINATOR, language, False)
    told = render([LATE], to, plan=plan, calendar=calendar, now=NOW, undated=("T1.2", "T1.4"))
    assert line in told.text and line in told.html
    assert line not in render([LATE], to, plan=plan, calendar=calendar, now=NOW).text
