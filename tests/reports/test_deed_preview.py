"""The preview of an amendment, read aloud: what a coordinator would say, subtask by subtask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from sqlalchemy import Engine
from sqlmodel import select

from config.settings import Settings
from flows.forms import fill_in
from models.alerts.silences import silence
from models.keeping.opening import Store
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.work.deeds.apply import Change, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.direct import move_dates
from models.work.deeds.grounds import grounds
from models.work.deeds.prepared import prepared_items
from models.work.directive_deeds.closing import close_directive
from models.work.directives import issue_directive
from models.work.register.changes import end
from reports.deed_files import preview_document, write_preview_workbook
from reports.deed_preview import Preview, annex, assignment_rows, preview_of
from tests.support.cast import at, issue, run
from tests.support.deeds import WHY, acting, done, open_assignments
from tests.support.following_up import follow_up_once
from tests.support.past import after
from tests.support.plans import one_file
from tests.support.two_directives import HOUSE, OTHER, store_of_both

PLAN = """
- title_vi: Đầu tư công
  subtasks:
    - code: T1.1
      title_vi: Xây dựng kế hoạch
      quote: Xây dựng kế hoạch đầu tư công.
      targets: [{indicator_vi: Số dự án, unit: dự án, value: 12}]
      steps:
        - {key: plan, title_vi: Dự thảo, lead: departments, due: {lead: "BY:14/03/2025"}}
        - {key: result, title_vi: Kết quả, lead: SYT, coordinating: [STC], due: {lead: CLOSE+3}, trigger: quarter}
    - code: T1.2
      title_vi: Rà soát thủ tục
      steps:
        - {key: review, lead: SYT, coordinating: [SNV], due: {lead: "BY:31/03/2025", coordinating: "BY:21/03/2025"}}
    - code: T1.3
      title_vi: Tổng hợp vướng mắc
      steps: [{key: collect, lead: STC, due: {lead: "BY:30/04/2025"}}]
    - code: T1.4
      title_vi: Công khai kết quả
      steps: [{key: open, lead: SNV, due: {lead: "BY:30/06/2025"}}]
"""
NOW = at("2025-02-10")


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    with after(replace(settings, plan_dir=one_file(tmp_path / "plan.yaml", PLAN)), assigned) as opened:
        yield opened


def assigned(store: Store) -> None:
    issue(store, number="45/KH-UBND", on_date=date(2025, 1, 6))
    follow_up_once(store, "p1", fill_in("p1", {}, store.plan), at("2025-01-08"), "first")


def changed(store: Store, folder: Path, *changes: tuple[str, str], offices: tuple[str, str] = ("", "")) -> Change:
    """The amendment by the plan with these words in the place of those; ``offices`` in the register."""
    text = PLAN
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return amended(store, folder, text, offices=offices)


def amended(
    store: Store, folder: Path, text: str, *, offices: tuple[str, str] = ("", ""), open_work: bool = True
) -> Change:
    context = store.actor_context(now=NOW, actor="coordinator")
    path = one_file(folder / "amended.yaml", text)
    path.write_text(path.read_text().replace(*offices))
    plan, calendar = plan_from(path, PlanInForce(store.plan, store.calendar, store.editions), context.today)
    paper = grounds(paper_number="71/KH-UBND", paper_date=date(2025, 2, 7), reason="Theo đề nghị.", needs_reason=False)
    with reading_session(store.engine) as session:
        return amendment(session, plan, calendar, provenance=paper, context=context, open_work=open_work)


def read_out(store: Store, change: Change) -> Preview:
    context = store.actor_context(now=NOW, actor="coordinator")
    with previewing(store.engine, change) as (connection, prepared):
        return preview_of(connection, prepared, change, context)


def sentences(store: Store, change: Change) -> dict[str, tuple[str, ...]]:
    return {each.code or each.title: each.sentences for each in read_out(store, change).paragraphs}


def test_dates_are_moved_back_and_forward(store: Store, tmp_path: Path) -> None:
    change = changed(store, tmp_path, ("14/03/2025", "28/03/2025"), ("30/04/2025", "07/02/2025"))
    assert sentences(store, change) == {
        "T1.1": ("Dự thảo: hạn dời từ 14/03/2025 sang 28/03/2025 cho Sở Y tế, Sở Tài chính và Sở Nội vụ",),
        "T1.3": (
            "hạn rút từ 05/05/2025 lên 07/02/2025 cho Sở Tài chính; 1 phần việc quá hạn ngay; phải tiếp nhận lại",
        ),
    }


def test_a_lead_is_swapped_and_those_beside_it_change(store: Store, tmp_path: Path) -> None:
    change = changed(
        store,
        tmp_path,
        ("lead: SYT, coordinating: [SNV]", "lead: STC, coordinating: [SKHDT, HOI]"),
        ("lead: SYT, coordinating: [STC]", "lead: SYT, coordinating: [STC, SNV], named: [VHTT]"),
    )
    assert sentences(store, change) == {
        "T1.1": ("Kết quả: thêm Sở Nội vụ và Sở Văn hóa, Thể thao và Du lịch phối hợp (được biết)",),
        "T1.2": (
            "chủ trì chuyển từ Sở Y tế sang Sở Tài chính; phải tiếp nhận lại",
            "yêu cầu Sở Kế hoạch và Đầu tư và Hiệp hội Doanh nghiệp tỉnh gửi phần phối hợp, hạn 21/03/2025",
            "thôi yêu cầu Sở Nội vụ gửi phần phối hợp",
        ),
    }


def test_whoever_owed_input_may_be_named_only(store: Store, tmp_path: Path) -> None:
    change = changed(store, tmp_path, (', coordinating: "BY:21/03/2025"', ""))
    assert sentences(store, change) == {"T1.2": ("Sở Nội vụ không còn phải gửi phần phối hợp, chỉ được biết",)}


def test_a_subtask_is_dropped_added_and_renamed(store: Store, tmp_path: Path) -> None:
    change = changed(
        store,
        tmp_path,
        ("title_vi: Rà soát thủ tục", "title_vi: Rà soát, cắt giảm thủ tục"),
        ("code: T1.3", "code: T1.5"),
        ("value: 12", "value: 15"),
        ("lead: SNV, due: {lead: ", "lead: [SNV, STC], due: {lead: "),
    )
    assert sentences(store, change) == {
        "T1.1": ("chỉ tiêu «Số dự án»: từ 12 dự án thành 15 dự án",),
        "T1.2": ("đổi tên, trước đây là «Rà soát thủ tục»",),
        "T1.3": ("bỏ khỏi kế hoạch", "thôi giao cho Sở Tài chính"),
        "T1.4": ("thêm Sở Tài chính cùng chủ trì",),
        "T1.5": ("nhiệm vụ mới", "giao mới cho Sở Tài chính, hạn 05/05/2025"),
    }


def test_what_has_no_open_work_is_told_from_the_next_time_on(store: Store, tmp_path: Path) -> None:
    later = ("trigger: quarter}", "trigger: quarter}\n    - {code: T1.9, title_vi: Sự kiện, steps: [%s]}")
    event = "{key: event, trigger: event, lead: host, coordinating: [SNV], due: {lead: EVENT+5}}"
    first = changed(store, tmp_path, (later[0], later[1] % event))
    assert sentences(store, first)["T1.9"] == ("nhiệm vụ mới",)
    done(store, first)
    other = event.replace("[SNV]", "[STC]").replace("host", "[host, SYT]").replace("EVENT+5", "EVENT+9")
    again = changed(store.of_today(), tmp_path, (later[0], later[1] % other))
    assert sentences(store.of_today(), again)["T1.9"] == (
        "từ lần giao sau thêm Sở Y tế chủ trì; thêm Sở Tài chính phối hợp (được biết);"
        " Sở Nội vụ thôi phối hợp (được biết); hạn tính theo «9 ngày làm việc kể từ ngày kết thúc sự kiện»",
    )


def test_the_register_and_the_summary(store: Store, tmp_path: Path) -> None:
    change = changed(
        store,
        tmp_path,
        ("14/03/2025", "28/03/2025"),
        offices=("{code: VHTT, ", "{code: MOI, name_vi: Sở Mới}\n  - {code: VHTT, "),
    )
    found = read_out(store, change)
    assert [(each.title, each.sentences) for each in found.paragraphs if not each.code] == [
        ("Danh bạ cơ quan", ("thêm Sở Mới",))
    ]
    assert (found.title, found.grounds) == (
        "Sửa đổi kế hoạch",
        "theo 71/KH-UBND ngày 07/02/2025; lý do: Theo đề nghị.",
    )
    assert found.summary == (
        "Phần việc: 3 đổi hạn; không việc nào quá hạn ngay.",
        "Mỗi cơ quan sau nhận một thư (3 cơ quan được báo): Sở Nội vụ, Sở Tài chính và Sở Y tế.",
    )


def test_the_deed_of_one_office_is_told_alike(store: Store) -> None:
    number, row = next((number, row) for number, row in open_assignments(store).items() if row.subtask == "T1.4")
    change = move_dates([number], date(2025, 7, 15), provenance=WHY, context=acting(store, NOW))
    assert sentences(store, change) == {"T1.4": (f"hạn dời từ {row.due_date:%d/%m/%Y} sang 15/07/2025 cho Sở Nội vụ",)}


def test_open_work_of_what_the_plan_has_dropped_is_told_too(store: Store, tmp_path: Path) -> None:
    second = "\n- title_vi: Công khai\n  subtasks:\n    - code: T2.1\n      title_vi: Công khai kết quả\n"
    moved = PLAN[: PLAN.index("    - code: T1.4")] + second + PLAN[PLAN.index("      steps: [{key: open") :]
    done(store, amended(store, tmp_path, moved))
    dropped = PLAN[: PLAN.index("    - code: T1.4")]
    done(store.of_today(), amended(store.of_today(), tmp_path, dropped, open_work=False))
    later = store.of_today()
    assert [each.code for each in later.plan.priorities] == ["p1"]
    number = next(number for number, row in open_assignments(later).items() if row.subtask == "T2.1")
    change = move_dates([number], date(2025, 7, 15), provenance=WHY, context=acting(later, NOW))
    assert sentences(later, change) == {"T2.1": ("hạn dời từ 30/06/2025 sang 15/07/2025 cho Sở Nội vụ",)}


def test_what_is_done_alike_to_many_subtasks_is_told_once(store: Store) -> None:
    with session_scope(store.engine) as session:
        change = end(session, "SYT", "STC", provenance=WHY, context=acting(store, NOW))
    assert sentences(store, change) == {
        "Chủ trì chuyển từ Sở Y tế sang Sở Tài chính": ("T1.1 Xây dựng kế hoạch", "T1.2 Rà soát thủ tục"),
        "Thôi giao cho Sở Y tế": ("T1.1 Xây dựng kế hoạch",),  # its heir has a copy of its own
        "Danh bạ cơ quan": ("sửa Sở Y tế",),
    }


def test_a_silence_that_ends_with_its_office_is_told(store: Store) -> None:
    context = acting(store, NOW)
    with session_scope(store.engine) as session:
        for office in ("SYT", "SNV"):
            silence(session, until=date(2025, 6, 30), reason="Đang sắp xếp.", office=office, context=context)
        change = end(session, "SYT", "STC", provenance=WHY, context=context)
    found = read_out(store, change)
    assert found.silences == ((1, "SYT"),)
    assert found.summary[-1] == "Tạm ngừng nhắc số 1 (SYT) hết cùng cơ quan; cơ quan nhận việc vẫn được nhắc."
    assert ("Danh bạ cơ quan", ("sửa Sở Y tế",)) in [(each.title, each.sentences) for each in found.paragraphs]


def test_a_coordinator_that_has_ended_signs_no_more(store: Store, tmp_path: Path) -> None:
    change = changed(
        store,
        tmp_path,
        ("14/03/2025", "28/03/2025"),
        offices=("tỉnh, kind: state", "tỉnh, kind: state, valid_to: 2025-01-31, successor: STC"),
    )
    assert read_out(store, change).author == "Sở Tài chính"


def test_the_coordinator_of_the_directive_that_changes_signs(settings: Settings, engine: Engine) -> None:
    both = store_of_both(settings, engine)
    issue(both, on_date=date(2024, 1, 4))
    context = both.actor_context(now=at("2024-01-08"), actor="coordinator")
    with session_scope(engine) as session:
        issue_directive(session, number="05/KH-UBND", on_date=date(2024, 1, 4), directive=OTHER, context=context)
    for priority in ("p1", "p6"):
        run(both, priority, at("2024-01-05"), offices=())
    with reading_session(engine) as session:
        first, other = (
            session.exec(select(Assignment.id).where(Assignment.priority == each)).first() or 0 for each in ("p1", "p6")
        )
        changes = [
            close_directive(session, OTHER, provenance=WHY, context=context),
            move_dates([other], date(2024, 12, 20), provenance=WHY, context=context),
            move_dates([first, other], date(2024, 12, 20), provenance=WHY, context=context),
        ]
    names = {code: both.plan.office(both.plan.directive(code).coordinator).name_vi for code in (HOUSE, OTHER)}
    assert names[HOUSE] != names[OTHER]
    authors = []
    for change in changes:
        with previewing(engine, change) as (connection, prepared):
            authors.append(preview_of(connection, prepared, change, context).author)
    assert authors == [names[OTHER], names[OTHER], names[HOUSE]]


def test_the_files_have_the_sentences_and_every_assignment(store: Store, tmp_path: Path) -> None:
    change = changed(store, tmp_path, ("14/03/2025", "28/03/2025"), ("30/04/2025", "16/05/2025"))
    found, plan = read_out(store, change), change.context.plan
    with previewing(store.engine, change) as (connection, _):
        word = Document(BytesIO(preview_document(found, annex(prepared_items(connection), plan))))
        write_preview_workbook(book := BytesIO(), found, assignment_rows(prepared_items(connection), plan))
        count = len([*prepared_items(connection)])
    assert word.core_properties.author == "Ủy ban nhân dân tỉnh"
    text = [each.text for each in word.paragraphs]
    assert "Nhiệm vụ T1.1 – Xây dựng kế hoạch:" in text
    assert "– hạn dời từ 05/05/2025 sang 16/05/2025 cho Sở Tài chính." in text
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[0] == ["Nội dung, kỳ", "Thay đổi", "Cơ quan", "Hạn", "Việc số"]
    assert [row[2:4] for row in rows if row[1] == "đổi hạn"] == [
        ["Sở Y tế; Sở Tài chính; Sở Nội vụ", "14/03/2025 → 28/03/2025"],
        ["Sở Tài chính", "05/05/2025 → 16/05/2025"],
    ]
    sentences_sheet, by_assignment = openpyxl.load_workbook(book).worksheets
    assert [row[0].value for row in sentences_sheet.iter_rows(min_row=7)] == ["T1.1", "T1.3"]
    assert by_assignment.max_row == 1 + count
