"""A plan with a subtask of each kind of timing, from the day it is assigned: no day is shown that nobody has set."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from cli.assignments.deeds import as_json
from cli.assignments.display import assignment_json, history_json, print_history
from config.catalogue.loader import load_plan
from config.catalogue.steps import DueRules
from config.rules.due import NO_DATE
from config.rules.due_words import due_in_words
from config.rules.kinds import Timing
from models.access.accounts import make_token
from models.alerts.attention import attention_counts
from models.keeping.as_of import reading_as_it_was
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session, session_scope
from models.tables.account import UserRole
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import NoticeKind, State, Urgency
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work import verbs
from models.work.deeds.apply import apply, previewing
from models.work.deeds.direct import move_dates
from models.work.deeds.undo import undoing
from models.work.lists.desk_list import undated_work
from models.work.queries import AssignmentFilter, assignments, history
from notifications.channels.mailbox import letters
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from reports.deed_preview import preview_of
from reports.figures import tally
from tests.support.cast import at, issue, run, told
from tests.support.deeds import with_step
from tests.support.doorstep import Portal
from tests.support.past import live
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Ban hành kế hoạch
      steps: [{key: plan, due: {lead: "BY:30/06/2025"}, lead: SYT}]
    - code: T1.2
      title_vi: Rà soát quy định
      steps: [{key: review, due: {lead: UNDATED, words: khẩn trương rà soát}, lead: SYT, coordinating: [STC]}]
    - code: T1.3
      title_vi: Tuyên truyền
      steps: [{key: tell, due: {lead: STANDING-Q, words: thường xuyên}, lead: SYT}]
    - code: T1.4
      title_vi: Phân bổ kinh phí
      depends_on: [T1.1]
      steps: [{key: money, due: {lead: "AFTER:T1.1+5"}, lead: SYT}]
    - code: T1.5
      title_vi: Báo cáo nhanh
      steps: [{key: soon, due: {lead: "ISSUE+24h"}, lead: SYT}]
"""
NEEDS = """
    - code: T1.6
      title_vi: Hướng dẫn thực hiện
      depends_on: [T1.1]
      steps: [{key: guide, due: {lead: UNDATED, words: trên cơ sở kế hoạch}, lead: SYT}]
    - code: T1.7
      title_vi: Kiểm tra
      depends_on: [T1.1]
      steps: [{key: check, due: {lead: "BY:31/07/2025"}, lead: SYT}]
"""
EVERY_MONTH = """
- title_vi: Nhiệm vụ
  subtasks: [{code: T1.1, title_vi: Báo cáo, steps: [{key: plan, due: {lead: "MONTHLY:BY:20"}, lead: SYT}]}]
"""
REPORT = ReportContent(counts={}, document_number="", document_date=None, text="Đã làm.", difficulties="", proposals="")
ISSUED = date(2025, 3, 3)
MORNING = at(ISSUED, 9)
AWKWARD = re.compile(r"(?<!gia )hạn:? (?:chưa định|thường xuyên|chờ việc)|\bdue (?:no date|standing|waits)")
REASON = Provenance(reason="Chốt hạn tại cuộc họp giao ban.")


@pytest.fixture
def begun(store: Store, tmp_path: Path) -> Store:
    """The store by that plan, on the day it was assigned."""
    begun = replace(store, plan=load_plan(one_file(tmp_path / "plan.yaml", PLAN)))
    live(begun, issued_and_assigned)
    return begun


def issued_and_assigned(store: Store) -> None:
    mirror_configuration(store.engine, store.plan, store.contacts)
    issue(store, on_date=ISSUED)
    run(store, "p1", MORNING, offices=())


def row_of(store: Store, subtask: str) -> Assignment:
    with reading_session(store.engine) as session:
        return session.scalars(select(Assignment).where(col(Assignment.subtask) == subtask)).one()


def rungs_of(store: Store, row: Assignment) -> list[tuple[str, datetime]]:
    with reading_session(store.engine) as session:
        query = select(col(TimetableRung.kind), col(TimetableRung.fire_at)).distinct()
        query = query.where(col(TimetableRung.timetable_id) == row.timetable_id).order_by(col(TimetableRung.fire_at))
        return [(str(kind), fire_at) for kind, fire_at in session.execute(query).all()]


def acting(store: Store, when: datetime = MORNING, actor: str = "coordinator"):  # type: ignore[no-untyped-def]
    return store.actor_context(now=when, actor=actor)


def test_each_kind_is_assigned_with_what_it_has_to_say(begun: Store) -> None:
    found = {code: row_of(begun, code) for code in ("T1.1", "T1.2", "T1.3", "T1.4", "T1.5")}
    assert {code: row.timing for code, row in found.items()} == {
        "T1.1": Timing.DATED,
        "T1.2": Timing.UNDATED,
        "T1.3": Timing.STANDING,
        "T1.4": Timing.AFTER,
        "T1.5": Timing.DATED,
    }
    assert [code for code, row in found.items() if row.due_date == NO_DATE] == ["T1.2", "T1.3", "T1.4"]
    assert (
        "khẩn trương rà soát" in found["T1.2"].explanation_vi and "không ghi thời hạn" in found["T1.2"].explanation_vi
    )
    assert "T1.1" in found["T1.4"].explanation_vi
    assert {kind for kind, _ in rungs_of(begun, found["T1.2"])} == {"not_acknowledged"}
    assert {kind for kind, _ in rungs_of(begun, found["T1.4"])} == {"not_acknowledged"}
    assert {kind for kind, _ in rungs_of(begun, found["T1.3"])} == {"not_acknowledged", "progress"}


def test_what_has_no_date_is_never_late_nor_due_soon_and_is_counted_apart(begun: Store) -> None:
    for when in (at("2025-04-01"), at("2027-01-04")):
        with reading(begun.engine) as connection:
            whole = tally(connection, now=when, calendar=begun.calendar)[()]
            late = {
                row.subtask
                for row in assignments(connection, AssignmentFilter(), now=when)
                if row.status == "open_overdue"
            }
            counted = attention_counts(connection, now=when, calendar=begun.calendar)
        assert (whole.standing, whole.undated) == (1, 2)
        assert late <= {"T1.1", "T1.5"}
        assert whole.open_overdue == len(late) == counted.overdue
        assert whole.due == len(late)


def test_undated_work_that_is_done_is_in_no_rate(begun: Store) -> None:
    number = row_of(begun, "T1.2").id or 0
    handed_in(begun, number, at("2025-03-10"))
    with reading(begun.engine) as connection:
        whole = tally(connection, now=at("2025-03-11"), calendar=begun.calendar, only=col(Assignment.id) == number)[()]
    assert (whole.total, whole.done_on_time, whole.due, whole.on_time_rate) == (1, 1, 0, None)


def handed_in(store: Store, number: int, when: datetime, text: str = "Đã làm.") -> None:
    with session_scope(store.engine) as session:
        content = ReportContent(
            counts={}, document_number="", document_date=None, text=text, difficulties="", proposals=""
        )
        verbs.report(session, number, content, acting(store, when, "office:SYT"))
        verbs.accept(session, number, acting(store, when))


def test_standing_work_is_asked_at_its_rhythm_and_goes_on_after_each_report(begun: Store) -> None:
    number = row_of(begun, "T1.3").id or 0
    with session_scope(begun.engine) as session:
        verbs.acknowledge(session, number, acting(begun, actor="office:SYT"))
    asked = []
    for day in (date(2025, 3, 14), date(2025, 6, 16), date(2025, 9, 15)):
        run(begun, "p1", at(day), offices=())
        asked = [kind for kind, *_ in told(begun, number) if kind is NoticeKind.PROGRESS]
        handed_in(begun, number, at(day, 15), f"Kỳ đến {day:%d/%m/%Y}.")
        row = row_of(begun, "T1.3")
        assert (row.state, row.completed_at, row.reported_at) == (State.ACKNOWLEDGED, None, None)
        assert row.next_alert_at is not None and row.next_alert_at > at(day, 15)
    assert len(asked) == 3
    with reading_session(begun.engine) as session:
        found = history(session, number, now=at("2025-09-16"))
    assert [report.version for report in found.reports] == [1, 2, 3]
    with reading_as_it_was(begun.engine, at("2025-06-16", 16)) as connection:
        (then,) = assignments(connection, AssignmentFilter(subtask="T1.3"), now=at("2025-06-16", 16))
    assert (then.state, then.timing) == (State.ACKNOWLEDGED, Timing.STANDING)


def test_a_date_is_set_by_a_deed_and_taken_back_by_undoing_it(begun: Store) -> None:
    row = row_of(begun, "T1.2")
    number, to = row.id or 0, date(2025, 5, 15)
    done = apply(begun.engine, move_dates([number], to, provenance=REASON, context=acting(begun)))
    now = row_of(begun, "T1.2")
    assert (now.timing, now.due_date, now.original_due_date, now.original_timing) == (
        Timing.DATED,
        to,
        NO_DATE,
        Timing.UNDATED,
    )
    assert {"due_soon", "overdue"} <= {kind for kind, _ in rungs_of(begun, now)}
    run(begun, "p1", at("2025-03-04"), offices=())
    assert NoticeKind.MOVED in [kind for kind, *_ in told(begun, number)]
    assert any("chưa định hạn" in letter.text and "15/05/2025" in letter.text for letter in letters_of(begun))
    with reading_session(begun.engine) as session:
        change = undoing(session, done.deed, "Nhầm việc.", acting(begun, at("2025-03-05")))
    apply(begun.engine, change)
    back = row_of(begun, "T1.2")
    assert (back.timing, back.due_date) == (Timing.UNDATED, NO_DATE)
    assert {kind for kind, _ in rungs_of(begun, back)} == {"not_acknowledged"}
    with reading_as_it_was(begun.engine, at("2025-03-04")) as connection:
        (then,) = assignments(connection, AssignmentFilter(subtask="T1.2"), now=at("2025-03-04"))
    assert (then.timing, then.due_date) == (Timing.DATED, to)


def test_what_follows_gets_its_date_when_the_other_is_done(begun: Store) -> None:
    follower = row_of(begun, "T1.4").id or 0
    run(begun, "p1", at("2025-03-10"), offices=())
    assert row_of(begun, "T1.4").timing is Timing.AFTER
    handed_in(begun, row_of(begun, "T1.1").id or 0, at("2025-03-20"))
    run(begun, "p1", at("2025-03-21"), offices=())
    now = row_of(begun, "T1.4")
    assert (now.timing, now.due_date, now.rule) == (Timing.DATED, date(2025, 3, 27), "AFTER:T1.1+5")
    assert "20/3/2025" in now.explanation_vi
    assert {"due_soon", "overdue"} <= {kind for kind, _ in rungs_of(begun, now)}
    assert NoticeKind.MOVED in [kind for kind, *_ in told(begun, follower)]
    run(begun, "p1", at("2025-03-24"), offices=())
    assert row_of(begun, "T1.4").due_date == date(2025, 3, 27)


@pytest.mark.parametrize("first", [State.ACKNOWLEDGED, State.RETURNED])
def test_a_first_date_is_told_and_not_acknowledged_anew(begun: Store, first: State) -> None:
    office = acting(begun, at("2025-03-05"), "office:SYT")
    by_deed, following = (row_of(begun, subtask).id or 0 for subtask in ("T1.2", "T1.4"))
    with session_scope(begun.engine) as session:
        for number in (by_deed, following):
            verbs.acknowledge(session, number, office)
            if first is State.RETURNED:
                verbs.report(session, number, REPORT, office)
                verbs.return_(session, number, "Thiếu phụ lục.", acting(begun, at("2025-03-06")))
    apply(begun.engine, move_dates([by_deed], date(2025, 5, 15), provenance=REASON, context=acting(begun)))
    handed_in(begun, row_of(begun, "T1.1").id or 0, at("2025-03-20"))
    for day in ("2025-03-21", "2025-03-25"):
        run(begun, "p1", at(day), offices=())
    for number, subtask in ((by_deed, "T1.2"), (following, "T1.4")):
        now = row_of(begun, subtask)
        assert (now.timing, now.state, now.acknowledged_at) == (Timing.DATED, first, at("2025-03-05"))
        kinds = [kind for kind, *_ in told(begun, number)]
        assert NoticeKind.MOVED in kinds and NoticeKind.NOT_ACKNOWLEDGED not in kinds


def test_what_follows_work_that_was_withdrawn_waits_for_the_coordinator(begun: Store) -> None:
    with session_scope(begun.engine) as session:
        verbs.withdraw(session, row_of(begun, "T1.1").id or 0, "Không làm nữa.", acting(begun, at("2025-03-10")))
    run(begun, "p1", at("2025-03-11"), offices=())
    now = row_of(begun, "T1.4")
    assert (now.timing, now.due_date) == (Timing.UNDATED, NO_DATE)
    assert "đã thu hồi" in now.explanation_vi


@pytest.mark.parametrize("steps", ["monthly", "none"])
def test_what_waits_for_no_occasion_of_its_own_goes_to_the_desk(store: Store, tmp_path: Path, steps: str) -> None:
    """A plan of an earlier version, whose awaited work comes back every month, or is nobody's any more."""
    (due,) = load_plan(one_file(tmp_path / "monthly.yaml", EVERY_MONTH)).subtask("T1.1").steps
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    monthly = replace(store, plan=with_step(plan, "T1.1", "plan", lambda _: due if steps == "monthly" else None))
    issued_and_assigned(monthly)
    assert row_of(monthly, "T1.4").timing is Timing.AFTER
    for day in ("2025-05-05", "2025-05-06"):
        run(monthly, "p1", at(day), offices=())
    row = row_of(monthly, "T1.4")
    assert (row.timing, row.state) == (Timing.UNDATED, State.ASSIGNED)
    said = "không rõ chờ lần nào" if steps == "monthly" else "không giao cho cơ quan nào"
    assert said in row.explanation_vi and "cơ quan đôn đốc định ngày" in row.explanation_vi
    with reading(monthly.engine) as connection:
        assert "T1.4" in {each.subtask for each in undated_work(connection, limit=10)[0]}


ENDLESS = {
    "thường xuyên, không có lúc xong": "STANDING-Q",
    "lại chờ chính việc này": "AFTER:T1.4+5",
}


@pytest.mark.parametrize("said", ENDLESS)
def test_what_waits_for_work_that_is_never_done_goes_to_the_desk(store: Store, tmp_path: Path, said: str) -> None:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    due = DueRules(lead=ENDLESS[said])
    waiting = replace(store, plan=with_step(plan, "T1.1", "plan", lambda step: step.model_copy(update={"due": due})))
    issued_and_assigned(waiting)
    run(waiting, "p1", at("2025-03-05"), offices=())
    row = row_of(waiting, "T1.4")
    assert (row.timing, row.state) == (Timing.UNDATED, State.ASSIGNED)
    assert said in row.explanation_vi


def test_what_waits_for_work_that_is_never_in_force_goes_to_the_desk(store: Store, tmp_path: Path) -> None:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    never = {"due": DueRules(lead="BY:30/06/2025"), "valid_to": date(2025, 5, 1)}
    waiting = replace(store, plan=with_step(plan, "T1.1", "plan", lambda step: step.model_copy(update=never)))
    issued_and_assigned(waiting)
    run(waiting, "p1", at("2025-03-05"), offices=())
    row = row_of(waiting, "T1.4")
    assert row.timing is Timing.UNDATED and "ngoài thời gian có hiệu lực" in row.explanation_vi


def test_a_date_that_would_be_past_is_left_to_the_coordinator(begun: Store) -> None:
    handed_in(begun, row_of(begun, "T1.1").id or 0, at("2025-03-20"))
    run(begun, "p1", at("2025-05-05"), offices=())
    now = row_of(begun, "T1.4")
    assert (now.timing, now.due_date) == (Timing.UNDATED, NO_DATE)
    assert "đã qua" in now.explanation_vi


def test_a_term_in_hours_ends_at_its_hour(begun: Store) -> None:
    row = row_of(begun, "T1.5")
    assert row.due_at == at("2025-03-04", 8)
    kinds = [kind for kind, _ in rungs_of(begun, row)]
    assert "overdue" in kinds
    assert all(fire_at < at("2025-03-04", 20) for kind, fire_at in rungs_of(begun, row) if kind == "due_soon")


def test_a_term_in_hours_is_told_at_once_day_and_night(begun: Store) -> None:
    row = row_of(begun, "T1.5")
    run(begun, "p1", row.due_at + timedelta(minutes=1), offices=())
    with reading_session(begun.engine) as session:
        notices = session.scalars(select(Notice).where(col(Notice.assignment_id) == row.id)).all()
    assert {NoticeKind.ASSIGNED, NoticeKind.OVERDUE} <= {notice.kind for notice in notices}
    assert {notice.urgency for notice in notices} == {Urgency.EXPRESS}


def test_the_desk_lists_what_waits_for_a_date_until_one_is_set(begun: Store) -> None:
    with reading(begun.engine) as connection:
        before, count = undated_work(connection, limit=10)
    assert ([row.subtask for row in before], count) == (["T1.2"], 1)
    apply(begun.engine, move_dates([before[0].id], date(2025, 5, 15), provenance=REASON, context=acting(begun)))
    with reading(begun.engine) as connection:
        assert undated_work(connection, limit=10) == ([], 0)


def test_more_time_is_not_asked_for_where_there_is_no_date(begun: Store) -> None:
    number = row_of(begun, "T1.2").id or 0
    with pytest.raises(Exception, match="chưa định hạn"), session_scope(begun.engine) as session:
        verbs.request_extension(session, number, date(2025, 9, 1), "Cần thêm.", acting(begun, actor="office:SYT"))


def test_what_is_suspended_without_a_date_goes_on_without_one(begun: Store) -> None:
    number = row_of(begun, "T1.3").id or 0
    with session_scope(begun.engine) as session:
        verbs.suspend(session, number, "Chờ hướng dẫn.", acting(begun))
    with session_scope(begun.engine) as session:
        verbs.resume(session, number, None, acting(begun, at("2025-04-01")))
    row = row_of(begun, "T1.3")
    assert (row.timing, row.due_date, row.state) == (Timing.STANDING, NO_DATE, State.ASSIGNED)
    with session_scope(begun.engine) as session:
        verbs.suspend(session, number, "Chờ hướng dẫn.", acting(begun, at("2025-04-02")))
        verbs.resume(session, number, date(2025, 6, 2), acting(begun, at("2025-04-03")))
    row = row_of(begun, "T1.3")
    assert (row.timing, row.due_date) == (Timing.DATED, date(2025, 6, 2))


def letters_of(store: Store):  # type: ignore[no-untyped-def]
    return letters(store.settings.mailbox_dir)


def test_the_day_that_stands_for_none_is_shown_nowhere(begun: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run(begun, "p1", at("2025-03-20"), offices=())
    numbers = [row_of(begun, code).id or 0 for code in ("T1.2", "T1.3", "T1.4")]
    shown = [
        *(text for letter in letters_of(begun) for text in (letter.subject, letter.text)),
        *_on_pages(begun, numbers),
        *_by_command(begun, numbers),
    ]
    shown.append(capsys.readouterr().out)
    assert len(shown) > 40
    for text in shown:
        place = re.sub(r"\b[0-9a-f]{32,64}\b", "", text).find("9999")  # which a token may hold by chance
        assert place < 0, text[max(0, place - 300) : place + 100]
        place = text.find("30/12/99")
        assert place < 0, text[max(0, place - 300) : place + 100]
        awkward = AWKWARD.search(re.sub(r"<[^>]*>", "", text))
        assert not awkward, awkward
    whole = "\n".join(shown)
    for said in ("chưa định hạn", "thường xuyên", "chờ việc T1.1"):
        assert said in whole


def _on_pages(store: Store, numbers: list[int]) -> Iterator[str]:
    portal = Portal(store)
    portal.now = at("2025-03-20", 10)
    desk = portal.signed_in(portal.account())
    office = portal.browser()
    office.get(portal.door("SYT"))
    office.send(portal.door("SYT"))
    paths = ["/assignments", "/board", "/desk", "/documents", "/workbook", "/slip", "/calendar"]
    paths += ["/documents/report?period=2025-Q1&format=docx", "/documents/slip/SYT", "/documents/reminder/SYT"]
    paths += ["/desk/workbook/template", "/board?lang=en", "/assignments?lang=en"]
    for number in numbers:
        paths += [f"/assignments/{number}", f"/assignments/{number}/extension", f"/assignments/{number}/report"]
        paths += [f"/assignments/{number}?lang=en"]
    read = 0
    for browser in (desk, office):
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code < 500, path
            read += answer.status_code == 200
            yield from _texts(answer.content)
    assert read > 20
    with session_scope(store.engine) as session:
        context = store.actor_context(now=portal.now, actor="operator")
        token = make_token(session, name="Phần mềm", office=None, role=UserRole.COORDINATOR, days=30, context=context)
    web = portal.browser().web
    web.headers["Authorization"] = f"Bearer {token}"
    for path in ("assignments", "board", "decisions", *(f"assignments/{number}" for number in numbers)):
        answer = web.get(f"/api/v1/{path}")
        assert answer.status_code == 200, (path, answer.text)
        yield answer.text
    found = web.get(f"/api/v1/assignments/{numbers[0]}").json()
    assert (found["due_date"], found["timing"]) == (None, "undated")


def _texts(content: bytes) -> Iterator[str]:
    """A page, or the parts of a document in a package."""
    if content[:2] != b"PK":
        yield content.decode()
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith(".xml"):
                yield package.read(name).decode().replace("99999", "")


def _by_command(store: Store, numbers: list[int]) -> Iterator[str]:
    now = at("2025-03-20", 10)
    with reading_session(store.engine) as session:
        for number in numbers:
            found = history(session, number, now=now)
            yield json.dumps(history_json(found, store.plan), default=str)
            print_history(found, store.plan)
    with reading(store.engine) as connection:
        for row in assignments(connection, AssignmentFilter(), now=now):
            yield json.dumps(assignment_json(row, row.status, row.occasion), default=str)
        found_board = board(connection, now=now, calendar=store.calendar)
        yield board_markdown(found_board, store.plan)
        yield json.dumps(found_board.as_json())
    before = acting(store, now)
    change = move_dates(numbers, date(2025, 7, 1), provenance=REASON, context=before)
    with previewing(store.engine, change) as (connection, prepared):
        said = preview_of(connection, prepared, change, before)
        yield json.dumps(as_json(connection, prepared, said), default=str)


def test_the_coordinators_letter_says_what_waits_for_a_date(begun: Store) -> None:
    with session_scope(begun.engine) as session:
        content = ReportContent(
            counts={}, document_number="", document_date=None, text="Đã làm.", difficulties="", proposals=""
        )
        verbs.report(session, row_of(begun, "T1.1").id or 0, content, acting(begun, at("2025-03-10"), "office:SYT"))
    run(begun, "p1", at("2025-03-11"), offices=())
    assert any("Còn 1 nhiệm vụ chưa định hạn, chờ định ngày: T1.2." in letter.text for letter in letters_of(begun))


def test_what_depends_on_other_work_and_has_no_date_waits_for_it(store: Store, tmp_path: Path) -> None:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN.rstrip() + NEEDS))
    mirror_configuration(store.engine, plan, store.contacts)
    begun = replace(store, plan=plan)
    issue(begun, on_date=ISSUED)
    run(begun, "p1", MORNING, offices=())
    row = row_of(begun, "T1.6")
    assert (row.timing, row.rule, due_in_words(row)) == (Timing.AFTER, "AFTER:T1.1", "chờ việc T1.1")
    assert "trên cơ sở kế hoạch" in row.explanation_vi
    # The directive's own date stands, whatever must be done before.
    assert row_of(begun, "T1.7").due_date == date(2025, 7, 31)
    handed_in(begun, row_of(begun, "T1.1").id or 0, at("2025-03-20"))
    run(begun, "p1", at("2025-03-21"), offices=())
    assert row_of(begun, "T1.6").timing is Timing.UNDATED
    with reading(begun.engine) as connection:
        assert "T1.6" in {each.subtask for each in undated_work(connection, limit=10)[0]}


SEVERAL = """
    - code: T1.6
      title_vi: Giao dự toán
      depends_on: [T1.1, T1.5]
      steps: [{key: budget, due: {lead: "AFTER:T1.1+5"}, lead: SYT}]
    - code: T1.7
      title_vi: Hướng dẫn thực hiện
      depends_on: [T1.1, T1.5]
      steps: [{key: guide, due: {lead: UNDATED}, lead: SYT}]
"""


def test_what_waits_for_several_is_dated_when_the_last_is_done(store: Store, tmp_path: Path) -> None:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN.rstrip() + SEVERAL))
    mirror_configuration(store.engine, plan, store.contacts)
    begun = replace(store, plan=plan)
    issue(begun, on_date=ISSUED)
    run(begun, "p1", MORNING, offices=())
    assert [row_of(begun, code).rule for code in ("T1.6", "T1.7")] == ["AFTER:T1.1,T1.5+5", "AFTER:T1.1,T1.5"]
    assert due_in_words(row_of(begun, "T1.7")) == "chờ việc T1.1, T1.5"
    handed_in(begun, row_of(begun, "T1.5").id or 0, at("2025-03-04"))
    run(begun, "p1", at("2025-03-05"), offices=())
    assert {row_of(begun, code).timing for code in ("T1.6", "T1.7")} == {Timing.AFTER}
    handed_in(begun, row_of(begun, "T1.1").id or 0, at("2025-03-20"))
    run(begun, "p1", at("2025-03-21"), offices=())
    row = row_of(begun, "T1.6")
    assert (row.timing, row.due_date) == (Timing.DATED, date(2025, 3, 27))
    assert "T1.1, T1.5" in row.explanation_vi
    assert row_of(begun, "T1.7").timing is Timing.UNDATED
