"""`dondoc intake`: the tasks that a directive gives, drafted from its file."""

import sys
from pathlib import Path

import typer

from cli.options import JSON
from cli.output import show_json
from cli.store import open_configured_store, store_is_there
from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from config.catalogue.plan import Plan
from config.errors import Refused
from config.settings import load_settings
from intake.directives.drafting.draft import Draft, DraftOffice, DraftTask, draft_of
from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.reading.process import read_directive

_NOT_SAID = "không nêu"
_ROLES = {"lead": "chủ trì", "joint": "cùng chủ trì", "each": "mỗi cơ quan trong nhóm", "collective": "chưa rõ ai làm"}
_KINDS = {
    "one-off": "một lần",
    "periodic": "định kỳ",
    "event": "khi có sự việc",
    "document": "khi có văn bản",
    "continuing": "thường xuyên",
}
_LONGEST_PASSAGE = 160
_UNSURE_BELOW = 0.7


def intake_command(
    file: Path = typer.Argument(
        metavar="FILE",
        help="Văn bản giao việc: .docx, .xlsx, PDF có chữ, hoặc văn bản thuần."
        " / The directive: .docx, .xlsx, PDF with text, or plain text.",
    ),
    json_: bool = JSON,
    text: bool = typer.Option(
        False,
        "--text",
        help="In nguyên văn đã đọc; các vị trí trong kết quả đếm ký tự của bản này."
        " / Print the text as read; spans in the result count its characters.",
    ),
) -> None:
    """Read a directive and print the tasks it gives, with what the text does not say left open."""
    try:
        with file.open("rb") as opened:
            document = read_directive(file.name, opened)
    except OSError as fault:
        raise Refused(
            f"Không mở được tệp «{file}»: {fault.strerror}; kiểm tra đường dẫn.",
            f"Cannot open {file}: {fault.strerror}.",
        ) from None
    if text:
        sys.stdout.write(document.text)
        return
    draft = draft_of(document, *_offices_and_place())
    if json_:
        show_json(draft.as_json())
    else:
        _print(draft)


def _offices_and_place() -> tuple[OfficeNames, str]:
    """Of the store's register, or of the plan that would make it where no store is there yet."""
    settings = load_settings()
    if store_is_there(settings):
        with open_configured_store() as store:
            return _of_plan(store.plan)
    return _of_plan(load_plan(settings.plan_dir))


def _of_plan(plan: Plan) -> tuple[OfficeNames, str]:
    return plan.office_names, next((each.place_vi for each in plan.directives if each.place_vi), "")


def _print(draft: Draft) -> None:
    for vi, _ in draft.notes:
        print(f"Lưu ý: {vi}")
    unsure = sum(task.sure < _UNSURE_BELOW for task in draft.tasks)
    print(f"{len(draft.tasks)} nhiệm vụ" + (f", {unsure} cần soát kỹ (đánh dấu ?)" if unsure else "") + ".")
    for task in draft.tasks:
        _print_task(task)
    if draft.uncovered:
        print(f"\nChưa có nhiệm vụ nào cho {len(draft.uncovered)} đoạn sau; soát để không bỏ sót:")
        for start, end in draft.uncovered:
            words = " ".join(draft.text[start:end].split())
            print(f"  [{start}-{end}] {words[:_LONGEST_PASSAGE]}{'…' if len(words) > _LONGEST_PASSAGE else ''}")


def _print_task(task: DraftTask) -> None:
    print(f"\n{'? ' if task.sure < _UNSURE_BELOW else ''}{task.ref}. {task.title}")
    lines = [
        ("Chủ trì", f"{_offices(task.leads)} ({_ROLES[task.role]})"),
        ("Phối hợp", _offices(task.coordinating)),
        ("Báo cáo", _offices([task.report_to] if task.report_to else [])),
        ("Thời hạn", _deadline(task.deadline)),
        ("Sản phẩm", task.product or _NOT_SAID),
        ("Chỉ tiêu", task.target or _NOT_SAID),
        ("Loại", _KINDS[task.kind]),
        ("Vì sao", "; ".join(task.why)),
        ("Trùng với", task.duplicate_of or ""),
    ]
    for name, words in lines:
        if words:
            print(f"   {name + ':':11}{' '.join(words.split())}")


def _offices(offices: list[DraftOffice] | tuple[DraftOffice, ...]) -> str:
    return "; ".join(f"{each.text} [{each.office or '–'}]" for each in offices) or _NOT_SAID


def _deadline(said: Deadline | None) -> str:
    if said is None:
        return _NOT_SAID
    read = [f"{said.day:%d/%m/%Y}"] if said.day else []
    read += [said.rule] if said.rule else ["chưa đọc được thành quy tắc"]
    return f"«{said.words}» → {', '.join(read)}"
