"""The rows of a filled-in sheet; each fault names its cell («Giao việc!C7»)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from config.boundary import refuse_personal_or_secret
from config.catalogue.office_names import plain_name
from config.errors import Refused
from config.text.suggestions import closest, did_you_mean
from intake.sheets.fill_in_sheets import Choices, Column, FillInSheet
from intake.sheets.reading import DAY, NUMBER, TEXT

_HEAD_WITHIN = 15
"""The heads of the columns are within this many rows from the top."""

_WRITTEN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LINE_ENDS = re.compile(r" *[\r\n]+ *")
_SEVERAL = re.compile(r"[;\n]")
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050
"""Excel's numbers for 1/1/2000 and 31/12/2099; other numbers are not taken for days."""


@dataclass(frozen=True)
class Cell:
    kind: str
    value: str


@dataclass
class FilledRow:
    """One row that is not empty. Reading its cells adds to ``faults``."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]
    since_1904: bool
    choices: Mapping[str, Choices]
    faults: list[Refused] = field(default_factory=list)
    faulty_keys: set[str] = field(default_factory=set)

    def place(self, key: str) -> str:
        return f"{self.sheet}!{self.letters.get(key, 'A')}{self.number}"

    def add_fault(self, key: str, vi: str, en: str) -> None:
        self.faulty_keys.add(key)
        self.faults.append(Refused(f"{self.place(key)}: {vi}", f"{self.place(key)}: {en}"))

    def text(self, column: Column) -> str:
        """The text of the cell in NFC; empty when the cell is."""
        cell = self.cells.get(column.key)
        if cell is None:
            if column.required:
                self.add_fault(column.key, f"chưa ghi «{column.head}».", f"“{column.head}” is missing.")
            return ""
        match cell.kind:
            case "error":
                self.add_fault(
                    column.key,
                    f"ô báo lỗi {cell.value}; ghi giá trị đúng.",
                    f"contains the error {cell.value}; enter a correct value.",
                )
            case "formula":
                self.add_fault(
                    column.key,
                    "là công thức chưa tính ra giá trị; mở bằng Excel, lưu lại, hoặc ghi thẳng giá trị.",
                    "is a formula without a calculated value; open and save it in Excel, or type the value.",
                )
            case "text" | "number" | "day" | "other":
                text = unicodedata.normalize("NFC", cell.value).strip()
                if not (column.lines or column.many):
                    text = _LINE_ENDS.sub(" ", text)
                return text.removesuffix(".0" if cell.kind == NUMBER else "")
        return ""

    def free_text(self, column: Column, longest: int) -> str:
        """A free text, checked against the boundary."""
        text, place = self.text(column), self.place(column.key)
        try:
            text = refuse_personal_or_secret(text, place, place)
        except Refused as refused:
            self.faults.append(refused)
            self.faulty_keys.add(column.key)
        if len(text) > longest:
            self.add_fault(
                column.key, f"dài {len(text)} ký tự; tối đa {longest}.", f"{len(text)} characters; at most {longest}."
            )
        return text

    def day(self, column: Column) -> date | None:
        """A day: a date cell, Excel's number for one, or text dd/MM/yyyy."""
        cell, text = self.cells.get(column.key), self.text(column)
        if not text or cell is None:
            return None
        try:
            if cell.kind == NUMBER and (found := self._of_serial(float(cell.value))):
                return found
            if cell.kind in (TEXT, DAY) and (found := _of_text(text)) and 2000 <= found.year < 2100:
                return found
        except (ValueError, OverflowError):
            pass  # 31/02/2026, or a number out of range
        self.add_fault(
            column.key,
            f"«{text[:40]}» không phải là ngày; viết ngày/tháng/năm, ví dụ 31/12/2026.",
            f"'{text[:40]}' is not a date; write day/month/year, e.g. 31/12/2026.",
        )
        return None

    def _of_serial(self, number: float) -> date | None:
        number += 1_462 if self.since_1904 else 0
        return date(1899, 12, 30) + timedelta(days=int(number)) if _FIRST_SERIAL <= number < _LAST_SERIAL + 1 else None

    def code(self, column: Column) -> str:
        """The code of what was chosen."""
        codes = self._codes(column, [text] if (text := self.text(column)) else [])
        return codes[0] if codes else ""

    def codes(self, column: Column) -> tuple[str, ...]:
        """The codes of all choices, separated by «;»; commas also separate codes, which contain none."""
        text = self.text(column)
        parts = [part.strip() for part in _SEVERAL.split(text)]
        known = self.choices[column.choices]
        names = [
            each
            for part in parts
            for each in ([part] if known.find(part) else [one.strip() for one in part.split(",")])
            if each
        ]
        codes = self._codes(column, names)
        if len(set(codes)) < len(codes):
            self.add_fault(column.key, "có mục ghi hai lần.", "an entry is listed twice.")
        return tuple(codes)

    def _codes(self, column: Column, texts: list[str]) -> list[str]:
        known, found = self.choices[column.choices], []
        for text in texts:
            code = known.find(text)
            if code is None:
                self.add_fault(column.key, *known.unknown(text))
            else:
                found.append(code)
        return found


def _of_text(text: str) -> date | None:
    if written := _WRITTEN_DAY.fullmatch(text):
        return date(int(written[3]), int(written[2]), int(written[1]))
    if iso := _ISO_DAY.fullmatch(text):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    return None


def filled_rows(form: FillInSheet, read: Mapping[str, Any], choices: Mapping[str, Choices]) -> list[FilledRow]:
    """The rows below the heads of a sheet as ``intake.sheets.reading`` found it.

    Raises ``Refused`` when the heads are not those of the form, or cells that are merged leave some without a value.
    """
    rows: dict[int, dict[int, Cell]] = {}
    for row, column, kind, value in read["cells"]:
        rows.setdefault(row, {})[column] = Cell(kind, value)
    sheet = str(read["sheet"])
    head, columns = _columns(form, sheet, rows)
    letters = {key: _letter(place) for place, key in columns.items()}
    faults = [*_beside(sheet, head, rows), *_merged(sheet, head, read["merged"])]
    if faults:
        raise Refused(f"Trang «{sheet}» chưa đọc được:", f"The sheet “{sheet}” cannot be read:", details=faults)
    found = [
        FilledRow(
            sheet,
            number,
            {columns[place]: cell for place, cell in cells.items() if place in columns},
            letters,
            bool(read["since_1904"]),
            choices,
        )
        for number, cells in sorted(rows.items())
        if number > head and cells.keys() & columns.keys()
    ]
    if form.hidden_rows_are_asked_about:
        _ask_about_hidden(found, set(read["hidden"]), form)
    return found


def _ask_about_hidden(rows: Sequence[FilledRow], hidden: Container[int], form: FillInSheet) -> None:
    """A row that does not show is not taken in before somebody has looked at it."""
    for row in rows:
        if row.number in hidden:
            row.add_fault(
                form.named_by,
                f"dòng {row.number} đang ẩn hoặc bị lọc; có nhập dòng này không? Bỏ ẩn, bỏ lọc để nhập; xóa dòng để"
                " bỏ.",
                f"row {row.number} is hidden or filtered out; is it meant to be imported? Unhide it to import it, or "
                "delete the row.",
            )


def by_code(rows: Sequence[FilledRow], key: str, code_of: Callable[[FilledRow], str]) -> dict[str, FilledRow]:
    """Rows by the code that tells them apart; a second one of the same code is told in the cell of ``key``."""
    found: dict[str, FilledRow] = {}
    for row in rows:
        code = code_of(row)
        if first := found.get(code):
            row.add_fault(
                key, f"{code} đã có ở dòng {first.number}; bỏ một.", f"{code} is in row {first.number}; remove one."
            )
        elif code:
            found[code] = row
    return found


def _columns(form: FillInSheet, sheet: str, rows: Mapping[int, Mapping[int, Cell]]) -> tuple[int, dict[int, str]]:
    """The row of the heads, and which column holds what."""
    known = {plain_name(column.head): column for column in form.columns}

    def heads(cells: Mapping[int, Cell]) -> dict[int, str]:
        return {place: plain_name(cell.value.replace("*", "")) for place, cell in cells.items()}

    near_the_top = {number: heads(cells) for number, cells in rows.items() if number <= _HEAD_WITHIN}
    head = max(near_the_top, key=lambda number: len(known.keys() & near_the_top[number].values()), default=0)
    found = near_the_top.get(head, {})
    faults = []
    if not known.keys() & found.values():
        faults.append(_fault(sheet, "A1", "không thấy dòng tiêu đề của mẫu.", "the form's heading row was not found."))
    else:
        for place, name in found.items():
            where, written = f"{_letter(place)}{head}", rows[head][place].value[:40]
            if name not in known:
                # Nearly the head of a column that is missing; anything else is a column of one's own («STT»).
                near = closest(name, known.keys() - found.values())
                if near:
                    vi, en = did_you_mean(known[near].head)
                    faults.append(
                        _fault(sheet, where, f"mẫu không có cột «{written}»{vi}", f"no column '{written}'{en}")
                    )
            elif list(found.values()).count(name) > 1:
                faults.append(
                    _fault(sheet, where, f"cột «{written}» có hai lần.", f"column '{written}' appears twice.")
                )
        for name, column in known.items():
            if column.required and name not in found.values():
                faults.append(
                    _fault(sheet, f"A{head}", f"thiếu cột «{column.head}».", f"column “{column.head}” is missing.")
                )
    if faults:
        raise Refused(
            f"Trang «{sheet}» không đúng mẫu; sửa lại hoặc lấy mẫu mới:",
            f"The sheet “{sheet}” does not match the form; correct it or get a new form:",
            details=faults,
            command="dondoc workbook template",
        )
    return head, {place: known[name].key for place, name in found.items() if name in known}


def _beside(sheet: str, head: int, rows: Mapping[int, Mapping[int, Cell]]) -> Iterator[Refused]:
    """Values under no head at all; a column of one's own has one and is left alone."""
    heads = rows.get(head, {})
    for number, cells in rows.items():
        for place in cells.keys() - heads.keys() if number > head else ():
            yield _fault(
                sheet,
                f"{_letter(place)}{number}",
                "nằm ngoài các cột có tiêu đề; bỏ đi, hoặc ghi tiêu đề cho cột đó.",
                "is outside the columns with headings; remove it, or give its column a heading.",
            )


def _merged(sheet: str, head: int, merged: list[str]) -> Iterator[Refused]:
    for area in merged:
        last = re.findall(r"\d+", area)
        if last and int(last[-1]) > head:
            yield _fault(
                sheet, area, "là ô gộp; bỏ gộp, ghi vào từng ô.", "is a merged cell; unmerge it and fill in each cell."
            )


def _fault(sheet: str, where: str, vi: str, en: str) -> Refused:
    return Refused(f"{sheet}!{where}: {vi}", f"{sheet}!{where}: {en}")


def _letter(place: int) -> str:
    """The name of a column counted from 0: A … Z, AA …."""
    name = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        name, place = chr(ord("A") + rest) + name, place - 1
    return name
