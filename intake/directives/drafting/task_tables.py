"""Tasks in tables: «STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành | Sản phẩm».

Columns are known by the words of their heads, in any order and spelling; a table without a head goes on with the one
before it, and so does its first row where the row was cut by the end of a page.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from intake.directives.drafting.findings import Finding
from intake.directives.drafting.no_tasks import NO_LEAD
from intake.directives.drafting.table_heads import (
    LEAD,
    LONGEST_HEAD,
    NUMBER,
    TARGET,
    TASK,
    TO,
    WHAT,
    WHEN,
    WITH,
    Columns,
    columns_of,
    is_column_numbers,
    role_of,
)
from intake.directives.drafting.target_phrases import target_of
from intake.directives.phrases import labelled_fields as labels
from intake.directives.phrases.assignment import AssignmentReader
from intake.directives.phrases.deadline_phrases import cell_deadline
from intake.directives.phrases.details import report_to
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.stated_days import YearContext
from intake.directives.phrases.unread_terms import deadline_of
from intake.directives.phrases.words import folded, plain
from intake.directives.text import Span, Table

_GIVEN_ABOVE = re.compile(r"\W*(?:nt|n/t|nhu tren|nhu muc tren)\W*|[\"'”“〃]+")
_EMPTY = re.compile(r"[\s\-–—./x_0]*", re.IGNORECASE)
_BETWEEN_OFFICES = re.compile(
    r"(?:[\s\-+*;,./]|\d{1,2}[.)]\s|(?:và|cùng)\s)*(?:(?:giao|chủ trì|phối hợp|chỉ đạo chung)\s*:?\s+)?"
)


@dataclass(frozen=True)
class _Cell:
    """Words at [start, end) of a text."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.text[self.start : self.end]


@dataclass
class _Row:
    """``cells``: the spans of each column of this row, with those of rows that go on with it."""

    cells: dict[str, list[Span]]
    years: YearContext
    section: str = ""
    lead_above: list[OfficePhrase] = field(default_factory=list)


class TableReader:
    def __init__(self, text: str, lower: str, offices: OfficeReader, years: YearContext) -> None:
        self._text, self._lower, self._offices, self._years = text, lower, offices, years
        self._assigning = AssignmentReader(text, lower, offices)
        self._columns: Columns | None = None
        self._rows: list[_Row] = []
        self._section, self._section_leads = "", list[OfficePhrase]()

    def read(self, table: Table) -> None:
        """Take in a table; one without heads goes on with the one before it where it is as wide."""
        columns = columns_of(table, self._words)
        if columns:
            self._columns = columns
            self._section, self._section_leads = "", []
        elif not (self._columns and self._columns.width == len(table.rows[0])):
            return
        first = columns.rows if columns else 0
        for row in table.rows[first:]:
            self._take(row, continued=row is table.rows[first])

    def findings(self) -> list[Finding]:
        found = [self._finding(row) for row in self._rows]
        met = Counter(each.ref for each in found)
        again = any(count > 1 for ref, count in met.items() if ref)
        for each, row in zip(found, self._rows, strict=True):
            if again and each.ref and row.section and not each.ref.startswith(row.section):
                each.ref = f"{row.section}.{each.ref}"
        return found

    # --- rows --------------------------------------------------------------------------------------------

    def _take(self, row: tuple[Span, ...], *, continued: bool) -> None:
        columns = self._columns
        assert columns is not None
        cells = {role: row[at] for role, at in columns.roles.items() if at < len(row)}
        said = {role for role, span in cells.items() if self._words(span)}
        if not said or self._is_repeated_head(cells) or is_column_numbers(row, self._words):
            return
        spans = {span for span in row if self._words(span)}
        if (len(spans) <= 2 and not said & {LEAD, WHEN, WITH, WHAT, TO}) or len(spans) == 1 or self._is_across(cells):
            if (
                continued
                and self._rows
                and NUMBER not in said
                and self._lower[cells[TASK][0] : cells[TASK][1]][:1].islower()
            ):
                self._continue(cells)
                return
            self._begin_section(max(spans, key=lambda span: span[1] - span[0]) if spans else cells[TASK], cells)
            return
        goes_on = NUMBER in columns.roles and NUMBER not in said and self._rows
        small = TASK in said and self._text[cells[TASK][0]].islower()
        if goes_on and (continued or TASK not in said or (small and not {LEAD, WHEN} & said)):
            self._continue(cells)
            return
        if TASK not in said:
            return
        years = replace(self._years, year=columns.year) if columns.year else self._years
        kept = {role: [span] for role, span in cells.items() if role in said}
        for role, spans_ in kept.items():
            if _GIVEN_ABOVE.fullmatch(folded(self._text[spans_[0][0] : spans_[0][1]])) and self._rows:
                kept[role] = self._rows[-1].cells.get(role, [])
        above = columns.roles.get(LEAD, len(row)) < columns.roles[TASK] and LEAD not in kept and self._rows
        if above and self._rows[-1].section == self._section and LEAD in self._rows[-1].cells:
            # An office named once before its tasks, in the manner of «Cơ quan | Nhiệm vụ».
            kept[LEAD] = self._rows[-1].cells[LEAD]
        self._rows.append(_Row(kept, years, self._section, self._section_leads))

    def _is_across(self, cells: dict[str, Span]) -> bool:
        """One merged cell over the task and what is said of it is a heading."""
        return any(span == cells[TASK] for role, span in cells.items() if role not in (TASK, NUMBER))

    def _is_repeated_head(self, cells: dict[str, Span]) -> bool:
        same = [
            role
            for role, span in cells.items()
            if (words := self._words(span)) and len(words) <= LONGEST_HEAD and role_of(words) == role
        ]
        return len(same) >= max(2, len(cells) - 1)

    def _continue(self, cells: dict[str, Span]) -> None:
        last = self._rows[-1]
        for role, span in cells.items():
            if self._words(span) and span not in last.cells.get(role, []):
                last.cells.setdefault(role, []).append(span)

    def _begin_section(self, span: Span, cells: dict[str, Span]) -> None:
        number = self._words(cells.get(NUMBER, (0, 0)))
        label = re.match(r"([ivxa-z]{1,5}|\d+(?:\.\d+)*)[.):]?$", number)
        inside = re.match(r"\s*([IVX]{1,5}|[A-Z]|\d+(?:\.\d+)*)[.):/]\s", self._text[span[0] : span[1]])
        self._section = label[1].upper() if label else inside[1] if inside else ""
        at = span[0] + (inside.end() if inside else 0)
        assigned = self._assigning.at(at, span[1])
        self._section_leads = assigned.leads if assigned.heading else []

    # --- tasks -------------------------------------------------------------------------------------------

    def _finding(self, row: _Row) -> Finding:
        task = row.cells[TASK]
        start, end = task[0]
        number = self._words(row.cells[NUMBER][0]).strip(" .)") if row.cells.get(NUMBER) else ""
        found = Finding(number.upper() if number.isalpha() else number, start, end, start, "table", explicit=True)
        label = re.match(r"\s*(?:\d+(?:\.\d+)*[.)]|[-+])\s+", self._text[start:end])
        found.rest = start + label.end() if label else start
        found.more = task[1:]
        found.spans = [span for role, spans in row.cells.items() if role != TASK for span in spans]
        self._offices_of(found, row)
        if WHEN in row.cells:
            cell = self._cell(row, WHEN)
            said = cell_deadline(cell.text, cell.start, cell.end, row.years)
            found.deadline = replace(said, start=row.cells[WHEN][0][0], end=row.cells[WHEN][0][1]) if said else None
        if found.deadline is None:
            cell = self._cell(row, TASK)
            said = deadline_of(cell.text, cell.lower, cell.start, cell.end, cell.start, row.years)
            found.deadline = replace(said, start=start, end=end) if said and task[1:] else said
        found.product = "\n".join(
            self._text[a:b] for a, b in row.cells.get(WHAT, []) if not _EMPTY.fullmatch(self._text[a:b])
        )
        found.target = (
            "\n".join(self._text[a:b] for a, b in row.cells.get(TARGET, []))
            or target_of(self._text, self._lower, start, end)
            or ""
        )
        if TO in row.cells:
            cell = self._cell(row, TO)
            found.report_to, found.report_to_words = self._list(cell), cell.words
        found.report_to = found.report_to or report_to(self._text, self._lower, start, end, self._offices)
        if not found.leads:
            found.doubts.append(NO_LEAD)
        return found

    def _offices_of(self, found: Finding, row: _Row) -> None:
        if LEAD in row.cells:
            cell = self._cell(row, LEAD)
            fields = labels.fields_in(cell.lower, cell.start, cell.end)
            assigned = AssignmentReader(cell.text, cell.lower, self._offices).at(cell.start, cell.end)
            if fields and fields[0].start <= cell.start + 3:
                for each in fields:
                    into = found.coordinating if each.name == labels.WITH else found.leads
                    into += self._list(replace(cell, start=each.value, end=each.end))
            elif assigned.coordinating and assigned.leads:
                found.leads += assigned.leads
                found.coordinating += assigned.coordinating
            else:
                found.leads += self._list(cell)
        if WITH in row.cells:
            found.coordinating += self._list(self._cell(row, WITH))
        if not found.leads and LEAD not in row.cells:
            span = row.cells[TASK][0]
            bracket, given = self._assigning.in_brackets(*span), self._assigning.at(*span)
            told = bracket or given
            found.leads = told.leads or row.lead_above
            found.coordinating = found.coordinating or told.coordinating
            found.rest = given.rest if given.leads and not given.heading else found.rest

    def _cell(self, row: _Row, role: str) -> _Cell:
        """A cell in its place; one that is cut by the end of a page as a text of its own."""
        spans = row.cells[role]
        if len(spans) == 1:
            return _Cell(self._text, self._lower, *spans[0])
        text = "\n".join(self._text[a:b] for a, b in spans)
        return _Cell(text, plain(text), 0, len(text))

    def _list(self, cell: _Cell) -> list[OfficePhrase]:
        """The offices of a cell; words between marks that name none are kept as they stand."""
        found: list[OfficePhrase] = []
        text, at, end = cell.text, cell.start, cell.end
        while at < end:
            skipped = _BETWEEN_OFFICES.match(cell.lower, at, end)
            at = skipped.end() if skipped else at
            if at >= end:
                break
            offices, after = self._offices.list_at(text, cell.lower, at, end)
            stop = re.compile(r"[;,\n]|$").search(text, max(after, at), end)
            edge = stop.start() if stop else end
            if not offices:
                words = text[at:edge].strip(" .")
                if words and not _EMPTY.fullmatch(words):
                    found.append(OfficePhrase(at, at + len(words), words))
                at = edge + 1
                continue
            bracket = re.compile(r"\s*\([^)]*\)").match(text, after, end)
            tail = text[after:edge].strip(" .")
            if len(tail) > 1 and not bracket:
                last = offices[-1]
                whole = text[last.start : edge].rstrip(" .")
                offices = [*offices[:-1], replace(last, end=last.start + len(whole), text=whole)]
            found += offices
            at = max(edge, bracket.end() if bracket else edge)
        return found

    def _words(self, span: Span) -> str:
        """Folded, on one line."""
        words = " ".join(folded(self._text[span[0] : span[1]]).split())
        return "" if words in ("-", "–", "/", ".") else words
