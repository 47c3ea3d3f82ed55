"""Holidays, other days off and Saturdays worked in exchange: calendar.yaml, read with every fault at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from config.catalogue.folders import CALENDAR, further_folders, one_file_in, priority_codes
from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from config.rules.working_time import Override, WorkingCalendar, supported
from config.settings import PLAN_DIR
from config.text.plain_yaml import read_yaml

_KEYS = ("overrides", "provisional_from")
_ROW_KEYS = ("date", "kind", "document", "note_vi", "note_en")


def load_calendar(path: Path | None = None, *, common: WorkingCalendar | None = None) -> WorkingCalendar:
    """Read the table of overrides, and those of the further directives in the folders beside it, which hold for their
    own work in addition; raises ``Refused`` listing every fault in them.

    path    calendar.yaml of a plan; where the plan has none, the one shipped holds
    common  the calendar that stands already, where the plan is that of a further directive
    """
    path = path or PLAN_DIR / CALENDAR
    if common is not None:
        return _load(path.parent, "", common) or common
    refusals: list[Refused] = []
    common, own = WorkingCalendar(), dict[str, WorkingCalendar]()
    try:
        common = _load(path.parent) or _load(PLAN_DIR) or common
    except Refused as refused:
        refusals.append(refused)
    for folder in further_folders(path.parent):
        try:
            theirs = _load(folder, f"{folder.name}/", common)
        except Refused as refused:
            refusals.append(refused)
        else:
            own |= dict.fromkeys(_codes_in(folder), theirs) if theirs else {}
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise Refused(
            f"Lịch làm việc ở {path.parent} có lỗi:",
            f"The calendars in {path.parent} have faults:",
            details=[fault for refused in refusals for fault in refused.faults],
        )
    return replace(common, own=own)


def _load(folder: Path, prefix: str = "", common: WorkingCalendar | None = None) -> WorkingCalendar | None:
    """The calendar of one directive, added to ``common`` where that is given; None where it has none of its own."""
    path = one_file_in(folder) or folder / CALENDAR
    if not path.is_file():
        return None
    name = f"{prefix}{path.name}"
    try:
        content, slips = read_yaml(path)
    except Refused as fault:
        raise Refused(f"{name}: {fault}.", f"{name}: {fault.en}.") from None
    if path.name != CALENDAR:
        # Slips in the rest of the file are told with the plan.
        content, slips = (content.get("calendar") if isinstance(content, dict) else None), []
        if content is None:
            return None
    return _calendar(content, slips, path, name, common)


def _codes_in(folder: Path) -> list[str]:
    path = one_file_in(folder)
    if path is None:
        return priority_codes(folder)
    listed = read_yaml(path).content.get("priorities")
    return [code for each in listed or () if isinstance(each, dict) and isinstance(code := each.get("code"), str)]


def _calendar(
    content: Any, slips: Sequence[Refused], path: Path, name: str, common: WorkingCalendar | None
) -> WorkingCalendar:
    """One table as read."""
    faults = [Refused(f"{slip}.", f"{slip.en}.") for slip in slips]
    if not isinstance(content, dict):
        keys = ", ".join(_KEYS)
        faults.append(Refused(f"nội dung = {content!r}: phải có các mục {keys}.", f"content: must hold {keys}."))
        content = {"provisional_from": LAST_YEAR}
    rows = content.get("overrides")
    if rows is not None and not isinstance(rows, list):
        faults.append(_fault("overrides", rows, "phải là danh sách các ngày", "must be a list of days"))
        rows = None
    overrides: dict[date, Override] = {}
    decided = {override.date: override.document for override in common.overrides} if common else {}
    for number, raw in enumerate(rows or ()):
        if override := _override(f"overrides[{number}]", raw, faults):
            where = f"overrides[{number}].date = {override.date}"
            if override.date in overrides:
                faults.append(
                    Refused(
                        f"{where}: ngày này đã có dòng ở trên; chỉ để một.",
                        f"{where}: this day has a row above; keep one.",
                    )
                )
            if override.date in decided:
                document = decided[override.date]
                faults.append(
                    Refused(
                        f"{where}: lịch chung đã có ngày này ({document}); bỏ dòng này.",
                        f"{where}: the common calendar has this day ({document}); remove this row.",
                    )
                )
            overrides[override.date] = override
    # Required: without it, years that nobody has announced would pass as certain.
    provisional = content.get("provisional_from", common.provisional_from if common else None)
    if not isinstance(provisional, int) or not FIRST_YEAR <= provisional <= LAST_YEAR:
        vi, en = f"phải là một năm từ {FIRST_YEAR} đến {LAST_YEAR}", f"must be a year from {FIRST_YEAR} to {LAST_YEAR}"
        faults.append(_fault("provisional_from", provisional, vi, en))
    faults += _unknown("", content, _KEYS)
    if faults or not isinstance(provisional, int):
        raise Refused(
            f"Lịch làm việc {path} có {len(faults)} lỗi:",
            f"The calendar {path} has {len(faults)} faults:",
            details=[Refused(f"{name}: {fault}", f"{name}: {fault.en}") for fault in faults],
        )
    return WorkingCalendar((*(common.overrides if common else ()), *overrides.values()), provisional)


def _fault(key: str, value: Any, vi: str, en: str) -> Refused:
    return Refused(f"{key} = {value!r}: {vi}.", f"{key} = {value!r}: {en}.")


def _unknown(where: str, given: dict[Any, Any], known: tuple[str, ...]) -> list[Refused]:
    keys = ", ".join(known)
    return [
        _fault(f"{where}{key}", value, f"không có mục này; các mục là {keys}", f"no such key; the keys are {keys}")
        for key, value in given.items()
        if key not in known
    ]


def _override(where: str, raw: Any, faults: list[Refused]) -> Override | None:
    if not isinstance(raw, dict):
        keys = ", ".join(_ROW_KEYS)
        faults.append(_fault(where, raw, f"phải có {keys}", f"must hold {keys}"))
        return None
    before = len(faults)
    day, kind = _date(raw.get("date")), raw.get("kind")
    if day is None:
        vi = f"phải là ngày dạng 2026-01-02, từ năm {FIRST_YEAR} đến {LAST_YEAR}"
        en = f"must be a day like 2026-01-02, from {FIRST_YEAR} to {LAST_YEAR}"
        faults.append(_fault(f"{where}.date", raw.get("date"), vi, en))
    if kind not in ("day_off", "working_day"):
        vi, en = "phải là day_off (nghỉ) hoặc working_day (làm việc)", "must be day_off or working_day"
        faults.append(_fault(f"{where}.kind", kind, vi, en))
    for key in ("document", "note_vi", "note_en"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            faults.append(_fault(f"{where}.{key}", raw.get(key), "phải là chữ, không để trống", "must be text"))
    faults += _unknown(f"{where}.", raw, _ROW_KEYS)
    if len(faults) > before or day is None or kind not in ("day_off", "working_day"):
        return None
    return Override(day, kind, raw["document"], raw["note_vi"], raw["note_en"])


def _date(text: Any) -> date | None:
    try:
        return supported(date.fromisoformat(text))
    except (TypeError, ValueError, Refused):
        return None
