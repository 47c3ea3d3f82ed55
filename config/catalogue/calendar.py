"""calendar.yaml: the signed table of days off and days worked in exchange, read with every fault at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from config.catalogue.folders import further_folders, priority_codes
from config.errors import Refused
from config.rules.working_time import FIRST_YEAR, LAST_YEAR, Override, WorkingCalendar, supported
from config.settings import PLAN_DIR
from config.text.plain_yaml import parse

_KEYS = ("overrides", "provisional_from")


_ROW_KEYS = ("date", "kind", "document", "note_vi", "note_en")


def load_calendar(path: Path | None = None) -> WorkingCalendar:
    """Read the table of overrides, and those of the further directives in the folders beside it, which hold for their
    own work in addition; raises ``Refused`` listing every fault in them."""
    path = path or PLAN_DIR / "calendar.yaml"
    refusals: list[Refused] = []
    house, own = WorkingCalendar(), dict[str, WorkingCalendar]()
    try:
        house = _read(path, path.name)
    except Refused as refused:
        refusals.append(refused)
    for folder in further_folders(path.parent):
        if not (folder / path.name).exists():
            continue
        try:
            theirs = _read(folder / path.name, f"{folder.name}/{path.name}", house)
        except Refused as refused:
            refusals.append(refused)
        else:
            own |= dict.fromkeys(priority_codes(folder), theirs)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise Refused(
            f"Lịch làm việc ở {path.parent} có lỗi:",
            f"The calendars in {path.parent} have faults:",
            details=[line for refused in refusals for line in (refused.details or (str(refused),))],
        )
    return replace(house, own=own)


def _read(path: Path, name: str, house: WorkingCalendar | None = None) -> WorkingCalendar:
    """One table; with ``house`` what it says is added to that one."""
    try:
        content, twice = parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Refused(f"{name}: không có tệp này trong {path.parent}.", f"There is no {path}.") from None
    except (OSError, UnicodeDecodeError):
        raise Refused(
            f"{name}: không đọc được; kiểm tra quyền đọc và bảng mã UTF-8.",
            f"Cannot read {path}; it must be UTF-8 text that you may read.",
        ) from None
    except (yaml.YAMLError, RecursionError) as fault:
        mark = getattr(fault, "problem_mark", None)
        vi, en = (f"dòng {mark.line + 1}: ", f"line {mark.line + 1}: ") if mark else ("", "")
        raise Refused(
            f"{name}: {vi}sai cú pháp YAML; kiểm tra thụt lề, dấu hai chấm, ngoặc.",
            f"{name}: {en}is not valid YAML; check indents, colons, brackets.",
        ) from None
    faults = [f"dòng {line}: mục «{key}» viết hai lần; bỏ một." for key, line in twice]
    if not isinstance(content, dict):
        faults.append(f"nội dung = {content!r}: phải có các mục {', '.join(_KEYS)}.")
        content = {"provisional_from": LAST_YEAR}
    rows = content.get("overrides")
    if rows is not None and not isinstance(rows, list):
        faults.append(f"overrides = {rows!r}: phải là danh sách các ngày.")
        rows = None
    overrides: dict[date, Override] = {}
    decided = {override.date: override.document for override in house.overrides} if house else {}
    for number, raw in enumerate(rows or ()):
        if override := _override(number, raw, faults):
            where = f"overrides[{number}].date = {override.date}"
            if override.date in overrides:
                faults.append(f"{where}: ngày này đã có dòng ở trên; chỉ để một.")
            if override.date in decided:
                faults.append(f"{where}: lịch chung đã có ngày này ({decided[override.date]}); bỏ dòng này.")
            overrides[override.date] = override
    # Asked for outright: without it, years nobody has announced would pass as certain.
    provisional = content.get("provisional_from", house.provisional_from if house else None)
    if not isinstance(provisional, int) or not FIRST_YEAR <= provisional <= LAST_YEAR:
        faults.append(f"provisional_from = {provisional!r}: phải là một năm từ {FIRST_YEAR} đến {LAST_YEAR}.")
    faults += _unknown("", content, _KEYS)
    if faults or not isinstance(provisional, int):
        raise Refused(
            f"Lịch làm việc {path} có {len(faults)} lỗi:",
            f"The calendar {path} has {len(faults)} faults:",
            details=[f"{name}: {fault}" for fault in faults],
        )
    return WorkingCalendar((*(house.overrides if house else ()), *overrides.values()), provisional)


def _unknown(where: str, given: dict[Any, Any], known: tuple[str, ...]) -> list[str]:
    return [
        f"{where}{key} = {value!r}: không có mục này; các mục là {', '.join(known)}."
        for key, value in given.items()
        if key not in known
    ]


def _override(number: int, raw: Any, faults: list[str]) -> Override | None:
    where = f"overrides[{number}]"
    if not isinstance(raw, dict):
        faults.append(f"{where} = {raw!r}: phải có {', '.join(_ROW_KEYS)}.")
        return None
    before = len(faults)
    day, kind = _date(raw.get("date")), raw.get("kind")
    if day is None:
        years = f"từ năm {FIRST_YEAR} đến {LAST_YEAR}"
        faults.append(f"{where}.date = {raw.get('date')!r}: phải là ngày dạng 2026-01-02, {years}.")
    if kind not in ("day_off", "working_day"):
        faults.append(f"{where}.kind = {kind!r}: phải là day_off (nghỉ) hoặc working_day (làm việc).")
    for key in ("document", "note_vi", "note_en"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            faults.append(f"{where}.{key} = {raw.get(key)!r}: phải là chữ, không để trống.")
    faults += _unknown(f"{where}.", raw, _ROW_KEYS)
    if len(faults) > before or day is None or kind not in ("day_off", "working_day"):
        return None
    return Override(day, kind, raw["document"], raw["note_vi"], raw["note_en"])


def _date(text: Any) -> date | None:
    try:
        return supported(date.fromisoformat(text))
    except (TypeError, ValueError, Refused):
        return None
