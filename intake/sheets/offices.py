"""The register of offices from a filled-in sheet: offices added or changed as one deed, checked as a whole first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.catalogue.checks.office_check import office_faults, register
from config.catalogue.faults import PlanError, PlanErrors, from_validation
from config.catalogue.fields import Known
from config.catalogue.loader import Offices
from config.catalogue.plan import Plan
from config.errors import Refused
from intake.sheets.fill_in_sheets import CLEAR, FILL_IN, Choices
from intake.sheets.filled_rows import FilledRow, by_code
from intake.sheets.reading import OFFICES
from intake.sheets.review import SheetReview, review_entries
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.work.deeds.apply import apply
from models.work.register.changes import changed_register, office_from

_FILE = "offices.yaml"
_COLUMNS = {column.key: column for column in FILL_IN[OFFICES].columns}
_FREE = ("name_vi", "name_en", "note_vi")
_LONGEST = 200
_REASON = "Nhập danh bạ từ bảng Excel."


def offices_written(plan: Plan) -> dict[str, dict[str, Any]]:
    """The offices of a plan by code, each with what is said of it and the sheet has a column for."""
    said = (office.model_dump(mode="json", exclude_defaults=True, include=set(_COLUMNS)) for office in plan.offices)
    return {str(entry["code"]): entry for entry in said}


def office_cells(entry: Mapping[str, Any], choices: Mapping[str, Choices]) -> dict[str, Any]:
    """The cells of a sheet for an office's entry: lists separated by «;», days as dates."""
    cells: dict[str, Any] = {}
    for key, value in entry.items():
        column = _COLUMNS.get(key)
        if column is None:
            continue  # what the sheet has no column for stays as the file has it
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
    """Review what each row changes, and check the resulting register."""
    before = offices_written(store.plan)
    by_its_code = by_code(rows, "code", lambda row: row.text(_COLUMNS["code"]))
    # The successor of an office may be in the same sheet.
    for row in rows:
        known = row.choices["register"]
        names = {**known.names, **{code: code for code in by_its_code if code not in known.names}}
        row.choices = {**row.choices, "register": replace(known, names=names)}
    entries = {code: _entry(row, before.get(code, {"code": code})) for code, row in by_its_code.items()}
    changed = {code: entry for code, entry in entries.items() if entry != before.get(code)}
    if changed:
        try:
            _check({**before, **changed}, store.plan)
        except PlanErrors as errors:
            _tell(errors, by_its_code)
    right = {code: entry for code, entry in changed.items() if not by_its_code[code].faults}
    reviewed = review_entries(rows, by_its_code, right, before)

    def write(context: ActorContext) -> tuple[str, str]:
        # Again with the good rows alone: one may need another that was left out.
        _check({**before, **right}, store.plan)
        _change_register(store, right, context)
        return (
            f"Đã ghi {len(right)} cơ quan vào danh bạ (một bản mới).",
            f"Saved {len(right)} offices to the register (a new edition).",
        )

    return SheetReview(OFFICES, sheet, reviewed, [fault for row in rows for fault in row.faults], write)


def _change_register(store: Store, entries: Mapping[str, Mapping[str, Any]], context: ActorContext) -> None:
    """Put a register with these offices in force, with what that means for open work."""
    known = {office.code: office.model_dump() for office in context.plan.offices}
    offices = {office.code: office for office in context.plan.offices}
    for code, entry in entries.items():
        unsaid = {key: value for key, value in known.get(code, {}).items() if key not in _COLUMNS}
        offices[code] = office_from({**unsaid, **entry})
    with reading_session(store.engine) as session:
        change = changed_register(session, offices, provenance=Provenance(reason=_REASON), context=context)
    apply(store.engine, change)
    mirror_configuration(store.engine, change.context.plan, store.contacts)


def _entry(row: FilledRow, before: Mapping[str, Any]) -> dict[str, Any]:
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
            "Nothing was imported: with these offices the plan would no longer be valid:",
            details=elsewhere,
        )


def _check(entries: Mapping[str, Mapping[str, Any]], plan: Plan) -> None:
    """Check a register as a whole; raises ``PlanErrors``."""
    content = {"offices": [dict(entry) for entry in entries.values()]}
    errors = list[PlanError]()
    try:
        Offices.model_validate(content, context=Known(offices=set(entries), groups=set(plan.groups)))
    except ValidationError as invalid:
        errors += from_validation(_FILE, content, invalid, Offices)
    errors += office_faults({_FILE: content}, register({_FILE: content}))
    if errors:
        raise PlanErrors(Path(_FILE), errors)
