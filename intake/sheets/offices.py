"""offices.yaml of the plan from a filled-in sheet: offices added or changed, the whole plan checked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.catalogue.faults import PlanErrors
from config.catalogue.folders import copy_plan
from config.catalogue.loader import load_plan
from config.errors import Refused
from config.settings import PLAN_DIR
from config.text.plain_yaml import parse
from config.text.yaml_entries import with_entries
from intake.sheets.fill_in_sheets import CLEAR, FILL_IN, Choices
from intake.sheets.filled_rows import FilledRow, by_code
from intake.sheets.reading import OFFICES
from intake.sheets.review import SheetReview, review_entries, write_offices
from models.keeping.opening import Store
from models.store.actor import ActorContext

_FILE = "offices.yaml"
_COLUMNS = {column.key: column for column in FILL_IN[OFFICES].columns}
_FREE = ("name_vi", "name_en", "note_vi")
_LONGEST = 200


def offices_written(plan_dir: Path) -> dict[str, dict[str, Any]]:
    """The offices of a plan as its file has them."""
    content = parse((plan_dir / _FILE).read_text(encoding="utf-8-sig")).content
    return {str(entry["code"]): dict(entry) for entry in content["offices"]}


def office_cells(entry: Mapping[str, Any], choices: Mapping[str, Choices]) -> dict[str, Any]:
    """The cells of a sheet for an office's entry: lists separated by «;», days as dates."""
    cells: dict[str, Any] = {}
    for key, value in entry.items():
        column = _COLUMNS[key]
        if column.many:
            cells[key] = "; ".join(value)
        elif column.is_day:
            cells[key] = date.fromisoformat(str(value))
        elif column.choices:
            cells[key] = choices[column.choices].shown(str(value).lower() if isinstance(value, bool) else str(value))
        else:
            cells[key] = str(value)
    return cells


def review_offices(store: Store, sheet: str, rows: Sequence[FilledRow]) -> SheetReview:
    """Review what each row changes, and check the resulting plan with its loader."""
    plan_dir = store.settings.plan_dir
    before = offices_written(plan_dir)
    by_its_code = by_code(rows, "code", lambda row: row.text(_COLUMNS["code"]))
    # The successor of an office may be in the same sheet.
    for row in rows:
        register = row.choices["register"]
        names = {**register.names, **{code: code for code in by_its_code if code not in register.names}}
        row.choices = {**row.choices, "register": replace(register, names=names)}
    entries = {code: _entry(row, code, before.get(code, {"code": code})) for code, row in by_its_code.items()}
    changed = {code: entry for code, entry in entries.items() if entry != before.get(code)}
    if changed:
        try:
            _check(plan_dir, _with(plan_dir, changed))
        except PlanErrors as errors:
            _tell(errors, by_its_code)
    right = {code: entry for code, entry in changed.items() if not by_its_code[code].faults}
    reviewed = review_entries(rows, by_its_code, right, before)

    def write(context: ActorContext) -> tuple[str, str]:
        if plan_dir.resolve() == PLAN_DIR.resolve():
            raise Refused(
                "Kế hoạch đang dùng là bản đi kèm dondoc, không sửa được. Chép ra bằng «dondoc plan copy THƯ-MỤC», đặt"
                " DONDOC_PLAN_DIR là thư mục đó, rồi nhập lại.",
                "The plan in use is the one shipped with dondoc. Copy it with 'dondoc plan copy DIR', set"
                " DONDOC_PLAN_DIR to that folder, and import again.",
            )
        text = _with(plan_dir, right)
        # Again with the good rows alone: one may need another that was left out.
        _check(plan_dir, text)
        vi, en = write_offices(plan_dir / _FILE, text, context, len(right))
        return f"{vi} Khởi động lại dondoc để dùng.", f"{en} Restart dondoc."

    return SheetReview(OFFICES, sheet, reviewed, [fault for row in rows for fault in row.faults], write)


def _entry(row: FilledRow, code: str, before: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = dict(before)
    for key, column in _COLUMNS.items():
        if key == "code" or key not in row.cells:
            continue
        text = row.text(column)
        if text == CLEAR:
            entry.pop(key, None)
        elif column.is_day:
            if day := row.day(column):
                entry[key] = day.isoformat()
        elif column.many:
            if codes := row.codes(column):
                entry[key] = list(codes)
        elif key == "assumed":
            if row.code(column) == "true":
                entry[key] = True
            else:
                entry.pop(key, None)
        elif column.choices:
            if chosen := row.code(column):
                entry[key] = chosen
        elif key in _FREE:
            entry[key] = row.free_text(column, _LONGEST)
    return entry


def _tell(errors: PlanErrors, rows: Mapping[str, FilledRow]) -> None:
    """Add each fault to the cell it comes from; raises ``Refused`` for faults that come from no row of the sheet."""
    elsewhere = []
    for error in errors.errors:
        code, _, rest = error.key.partition(".")
        row = rows.get(code)
        if error.file != _FILE or row is None:
            elsewhere.append(Refused(str(error), error.en))
            continue
        key = rest.partition("[")[0]
        value = "" if error.value is None else f"«{str(error.value)[:40]}» "
        if key not in row.faulty_keys:
            row.add_fault(
                key if key in _COLUMNS else "code", f"{value}{error.problem_vi}.", f"{value}{error.problem_en}."
            )
    if elsewhere and not any(row.faults for row in rows.values()):
        raise Refused(
            "Chưa nhập gì: với các cơ quan này kế hoạch không còn đúng:",
            "Nothing was taken in: with these offices the plan is not right any more:",
            details=elsewhere,
        )


def _check(plan_dir: Path, text: str) -> None:
    """Load the resulting plan; raises ``PlanErrors``."""
    with TemporaryDirectory() as folder:
        copy_plan(plan_dir, Path(folder))
        (Path(folder) / _FILE).write_text(text, encoding="utf-8")
        load_plan(Path(folder))


def _with(plan_dir: Path, entries: Mapping[str, Mapping[str, Any]]) -> str:
    text = (plan_dir / _FILE).read_text(encoding="utf-8-sig")
    as_written = {
        code: {key: date.fromisoformat(value) if _COLUMNS[key].is_day else value for key, value in entry.items()}
        for code, entry in entries.items()
    }
    return with_entries(text, "offices", as_written, file=_FILE) if entries else text
