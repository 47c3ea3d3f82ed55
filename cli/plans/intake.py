"""`dondoc intake`: the tasks that a directive gives, drafted from its file."""

import sys
from pathlib import Path

import typer

from cli.options import JSON
from cli.output import show_json
from cli.store import open_configured_store, store_is_there
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.errors import Refused
from config.settings import load_settings
from config.text.atomic_write import atomic_write
from intake.directives.drafting.draft import Draft, DraftOffice, DraftTask, draft_of
from intake.directives.drafting.plan_file import SOURCE, plan_file
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
    plan_dir: Path | None = typer.Option(
        None,
        "--plan",
        metavar="DIR",
        help="Ghi bản thảo thành kế hoạch trong thư mục mới, để soát rồi nhập kho. / Write the draft as a plan into "
        "a new folder, to be checked and imported.",
    ),
    text: bool = typer.Option(
        False,
        "--text",
        help="In nguyên văn đã đọc; các vị trí trong kết quả đếm theo ký tự của bản này. / Print the text as read; "
        "positions in the result count its characters.",
    ),
) -> None:
    """Read a directive and print the tasks it gives, with what the text does not say left open."""
    if plan_dir and plan_dir.exists() and any(plan_dir.iterdir()):
        raise Refused(
            f"Thư mục «{plan_dir}» đã có tệp; chọn thư mục mới, để không ghi đè bản đang soát.",
            f"Folder '{plan_dir}' is not empty; choose a new one, so that a draft being checked is not overwritten.",
        )
    with file.open("rb") as opened:
        document = read_directive(file.name, opened)
    if text:
        sys.stdout.write(document.text)
        return
    plan = _plan()
    draft = draft_of(document, plan.office_names, _place(plan))
    if plan_dir:
        _write_plan(draft, plan, plan_dir, file.stem)
    elif json_:
        show_json(draft.as_json())
    else:
        _print(draft)


def _plan() -> Plan:
    """The plan of the store, or the one that would make it where no store is there yet."""
    settings = load_settings()
    if store_is_there(settings):
        with open_configured_store() as store:
            return store.plan
    return load_plan(settings.plan_dir)


def _place(plan: Plan) -> str:
    return next((each.place_vi for each in plan.directives if each.place_vi), "")


def _write_plan(draft: Draft, plan: Plan, folder: Path, name: str) -> None:
    if not draft.tasks:
        raise Refused(
            "Không thấy nhiệm vụ nào trong văn bản nên không ghi kế hoạch; xem «dondoc intake FILE».",
            "No task was found in the text, so no plan was written; see 'dondoc intake FILE'.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in ((SOURCE, draft.text), ("plan.yaml", plan_file(draft, plan, name))):
        with atomic_write(folder / file) as opened:
            opened.write(content.encode())
    print(
        f"Đã ghi {folder / 'plan.yaml'}. Soát các dòng «# SOÁT», rồi: dondoc plan import {folder} --reason …"
        f" (báo mọi lỗi cùng lúc). / Written; check it, then import it."
    )


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
        ("Báo cáo", _offices(task.reported_to)),
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
