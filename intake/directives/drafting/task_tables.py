"""Tasks in tables: «STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành | Sản phẩm».

Columns are known by the words of their heads, in any order and spelling; a table without a head goes on with the one
before it, and so does its first row where the row was cut by the end of a page.
"""

import re
from dataclasses import dataclass, field, replace

from intake.directives.drafting import labelled_fields as labels
from intake.directives.drafting.assignment import AssignmentReader
from intake.directives.drafting.deadline_phrases import YearContext, cell_deadline, deadlines_in, weightiest
from intake.directives.drafting.details import report_to, target_of
from intake.directives.drafting.findings import Finding
from intake.directives.drafting.office_phrases import OfficePhrase, OfficeReader
from intake.directives.drafting.words import folded
from intake.directives.text import Span, Table

NUMBER, TASK, LEAD, WITH, WHEN, WHAT, TO, TARGET = "number", "task", "lead", "with", "when", "what", "to", "target"
_HEADS: tuple[tuple[str, str], ...] = (
    (NUMBER, r"(?:so )?(?:s?tt|thu tu)|so|no\.?|ma so"),
    (WITH, r".*phoi hop.*|.*coordinat.*|.*support.*|don vi tham gia|co quan tham gia"),
    (TO, r"(?:co quan|cap|noi|don vi)? ?(?:trinh|ban hanh|phe duyet|nhan bao cao|quyet dinh)(?: (?:ban hanh|phe duyet|cap co tham quyen))?|.*(?:co quan|cap|don vi) (?:trinh|ban hanh|phe duyet|quyet dinh|nhan).*"),
    (LEAD, r".*chu tri.*|(?:co quan|don vi|bo phan|nguoi|to chuc|ca nhan|so, nganh|dia phuong|lanh dao)?,? ?(?:don vi )?(?:thuc hien|phu trach|dau moi|chiu trach nhiem|tham muu|duoc giao|thuc hien chinh).*|phan cong.*|co quan|don vi|(?:ten )?(?:co quan|don vi)(?:, (?:don vi|dia phuong|co quan))*|trach nhiem|.*\blead.*|responsib.*|owner|co quan/don vi|to chuc, ca nhan"),
    (WHEN, r".*(?:thoi gian|thoi han|thoi diem|tien do|lo trinh|ky han|deadline|timeline|due|moc hoan thanh|ngay hoan thanh).*|han(?: .*)?|hoan thanh(?: .*)?"),
    (WHAT, r".*(?:san pham|dau ra|hinh thuc van ban|output|deliverable).*|ket qua.*|du kien ket qua"),
    (TARGET, r"(?:chi tieu|muc tieu)(?: .*)?"),
    (TASK, r".*(?:nhiem vu|noi dung|cong viec|hoat dong|giai phap|ten de an|ten van ban|viec|nhom|de muc|hang muc|chuong trinh|task|activit|action|ten chi tieu).*|muc tieu, chi tieu"),
)  # fmt: skip
_GIVEN_ABOVE = re.compile(r"\W*(?:nt|n/t|nhu tren|nhu muc tren)\W*|[\"'”“〃]+")
_EMPTY = re.compile(r"[\s\-–—./x_0]*", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?|\([a-z]\)|[a-z]")
_HEAD_ROWS = 8
_LONGEST_HEAD = 90


@dataclass
class _Columns:
    roles: dict[str, int]
    width: int
    years: YearContext


@dataclass
class _Row:
    """``cells``: the spans of each column of this row, with those of rows that go on with it."""

    cells: dict[str, list[Span]]
    place: Span
    section: str = ""
    lead_above: list[OfficePhrase] = field(default_factory=list)


class TableReader:
    def __init__(self, text: str, lower: str, offices: OfficeReader, years: YearContext) -> None:
        self._text, self._lower, self._offices, self._years = text, lower, offices, years
        self._assigning = AssignmentReader(text, lower, offices)
        self._columns: _Columns | None = None
        self._rows: list[_Row] = []
        self._section, self._section_leads = "", list[OfficePhrase]()

    def read(self, table: Table, *, follows: bool) -> list[tuple[int, int]]:
        """Take in a table; returns the spans of its heads. ``follows``: nothing but a table stands before it."""
        heads: list[Span] = []
        columns, first = self._head(table)
        if columns:
            self._columns = columns
            self._section, self._section_leads = "", []
            heads = [(table.start, self._row_place(table.rows[first - 1])[1])]
        elif not (self._columns and self._columns.width == len(table.rows[0])):
            self._columns = None if not follows else self._columns
            return []
        begins = True
        for row in table.rows[first:]:
            self._take(row, continued=begins and columns is None)
            begins = False
        return heads

    def findings(self) -> list[Finding]:
        found = [self._finding(row) for row in self._rows]
        return [each for each in found if each]

    # --- heads -------------------------------------------------------------------------------------------

    def _head(self, table: Table) -> tuple[_Columns | None, int]:
        best: tuple[_Columns | None, int] = (None, 0)
        for first in range(min(_HEAD_ROWS, len(table.rows))):
            for rows in (1, 2, 3):
                columns = self._columns_of(table, first, rows)
                if columns and (best[0] is None or len(columns.roles) > len(best[0].roles)):
                    best = (columns, first + rows)
            if best[0]:
                break
        columns, after = best
        while columns and after < len(table.rows) and self._is_column_numbers(table.rows[after]):
            after += 1
        return columns, after

    def _columns_of(self, table: Table, first: int, rows: int) -> _Columns | None:
        head = table.rows[first : first + rows]
        if len(head) < rows:
            return None
        roles: dict[str, int] = {}
        words_of_all = ""
        for column in range(len(head[0])):
            spans = list(dict.fromkeys(row[column] for row in head))
            texts = [self._words(each) for each in spans if self._words(each)]
            if any(len(each) > _LONGEST_HEAD for each in texts):
                return None
            words_of_all += " " + " ".join(texts)
            # The head nearest to the cells says most: «Cơ quan thực hiện | Phối hợp».
            role = next((role for text in [*texts[::-1], " ".join(texts)] if (role := _role(text))), None)
            if role and role not in roles:
                roles[role] = column
        if TASK not in roles and TARGET in roles:
            roles[TASK] = roles.pop(TARGET)
        if TASK not in roles or not ({LEAD, WHEN, WITH} & roles.keys()):
            return None
        if rows > 1 and sum(bool(_role(self._words(cell))) for cell in dict.fromkeys(head[-1])) < 2:
            return None
        year = re.search(r"nam (20\d\d)", words_of_all)
        years = replace(self._years, year=int(year[1])) if year else self._years
        return _Columns(roles, len(head[0]), years)

    def _is_column_numbers(self, row: tuple[Span, ...]) -> bool:
        texts = [self._words(each) for each in row if self._words(each)]
        return len(texts) > 2 and all(_COLUMN_NUMBER.fullmatch(each) for each in texts)

    # --- rows --------------------------------------------------------------------------------------------

    def _take(self, row: tuple[Span, ...], *, continued: bool) -> None:
        columns = self._columns
        assert columns is not None
        cells = {role: row[at] for role, at in columns.roles.items() if at < len(row)}
        said = {role for role, span in cells.items() if self._words(span)}
        if not said or self._is_repeated_head(cells) or self._is_column_numbers(row):
            return
        spans = {span for span in row if self._words(span)}
        if len(spans) <= 2 and not said & {LEAD, WHEN, WITH, WHAT, TO} or len(spans) == 1 or self._is_across(cells):
            if continued and self._rows and NUMBER not in said and self._lower[cells[TASK][0] : cells[TASK][1]][:1].islower():
                self._continue(cells)
                return
            self._begin_section(max(spans, key=lambda span: span[1] - span[0]) if spans else cells[TASK], cells)
            return
        goes_on = NUMBER in columns.roles and NUMBER not in said and self._rows
        small = TASK in said and self._text[cells[TASK][0]].islower()
        if goes_on and (continued or TASK not in said or small and not {LEAD, WHEN} & said):
            self._continue(cells)
            return
        if TASK not in said:
            return
        place = self._row_place(row)
        kept = {role: [span] for role, span in cells.items() if role in said}
        for role, spans_ in kept.items():
            if _GIVEN_ABOVE.fullmatch(folded(self._text[spans_[0][0] : spans_[0][1]])) and self._rows:
                kept[role] = self._rows[-1].cells.get(role, [])
        self._rows.append(_Row(kept, place, self._section, self._section_leads))

    def _is_across(self, cells: dict[str, Span]) -> bool:
        """One merged cell over the task and its office is a heading."""
        return LEAD in cells and cells[TASK] == cells[LEAD]

    def _is_repeated_head(self, cells: dict[str, Span]) -> bool:
        same = [role for role, span in cells.items() if (words := self._words(span)) and len(words) <= _LONGEST_HEAD and _role(words) == role]
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

    def _row_place(self, row: tuple[Span, ...]) -> Span:
        own = [span for span in row if span[0] < span[1]]
        # A merged cell stands where its first row stands.
        start = max((span[0] for span in own), default=0)
        line = self._text.rfind("\n", 0, start) + 1
        near = [span for span in own if span[0] >= line - 4000]
        return (min(s for s, _ in near), max(e for _, e in near)) if near else (0, 0)

    # --- tasks -------------------------------------------------------------------------------------------

    def _finding(self, row: _Row) -> Finding | None:
        columns = self._columns
        assert columns is not None
        task = row.cells[TASK]
        start, end = task[0]
        number = self._words(row.cells[NUMBER][0]).strip(" .)") if row.cells.get(NUMBER) else ""
        found = Finding(number.upper() if number.isalpha() else number, start, end, start, "table", explicit=True)
        found.ref = f"{row.section}.{found.ref}" if row.section and found.ref and not found.ref.startswith(row.section) else found.ref
        label = re.match(r"\s*(?:\d+(?:\.\d+)*[.)]|[-+])\s+", self._text[start:end])
        found.rest = start + label.end() if label else start
        found.spans = [span for spans in row.cells.values() for span in spans if span != (start, end)]
        self._offices_of(found, row)
        if row.cells.get(WHEN):
            # Of a cell cut by the end of a page the parts are one after the other, with other cells between.
            for span in row.cells[WHEN]:
                found.deadline = found.deadline if found.deadline and found.deadline.rule else cell_deadline(self._text, *span, columns.years) or found.deadline
        if found.deadline is None:
            found.deadline = weightiest([each for span in task for each in deadlines_in(self._text, *span, columns.years, self._lower)])
        found.product = "\n".join(self._text[a:b] for a, b in row.cells.get(WHAT, []) if not _EMPTY.fullmatch(self._text[a:b]))
        found.target = "\n".join(self._text[a:b] for a, b in row.cells.get(TARGET, [])) or target_of(self._text, self._lower, start, end) or ""
        for span in row.cells.get(TO, []):
            offices = self._list(span)
            found.report_to, found.report_to_words = (offices[0] if offices else None), self._text[span[0] : span[1]]
        found.report_to = found.report_to or report_to(self._text, self._lower, start, end, self._offices)
        if not found.leads:
            found.doubts.append("không nêu cơ quan chủ trì")
        return found

    def _offices_of(self, found: Finding, row: _Row) -> None:
        for span in row.cells.get(LEAD, []):
            fields = labels.fields_in(self._lower, *span)
            assigned = self._assigning.at(*span)
            if fields and fields[0].start <= span[0] + 3:
                for each in fields:
                    into = found.coordinating if each.name == labels.WITH else found.leads
                    into += self._list((each.value, each.end))
            elif assigned.coordinating and assigned.leads:
                found.leads += assigned.leads
                found.coordinating += assigned.coordinating
            else:
                found.leads += self._list(span)
        for span in row.cells.get(WITH, []):
            found.coordinating += self._list(span)
        if not found.leads and LEAD not in row.cells:
            span = row.cells[TASK][0]
            bracket, given = self._assigning.in_brackets(*span), self._assigning.at(*span)
            told = bracket[0] if bracket else given
            found.leads = told.leads or row.lead_above
            found.coordinating = found.coordinating or told.coordinating
            found.rest = given.rest if given.leads and not given.heading else found.rest

    def _list(self, span: Span) -> list[OfficePhrase]:
        """The offices of a cell; words between marks that name none are kept as they stand."""
        found: list[OfficePhrase] = []
        at, end = span
        lead = re.compile(r"(?:[\s\-+*;,./]|\d{1,2}[.)]\s|(?:và|cùng)\s)*(?:(?:giao|chủ trì|phối hợp|chỉ đạo chung)\s*:?\s+)?")
        while at < end:
            skipped = lead.match(self._lower, at, end)
            at = skipped.end() if skipped else at
            if at >= end:
                break
            offices, after = self._offices.list_at(self._text, self._lower, at, end)
            stop = re.compile(r"[;,\n]|$").search(self._text, max(after, at), end)
            edge = stop.start() if stop else end
            if offices:
                bracket = re.compile(r"\s*\([^)]*\)").match(self._text, after, end)
                tail = self._text[after:edge].strip(" .")
                if tail and not bracket and len(tail) > 1 and not tail.startswith("("):
                    last = offices[-1]
                    whole = self._text[last.start : edge].rstrip(" .")
                    offices = [*offices[:-1], replace(last, end=last.start + len(whole), text=whole)]
                found += offices
                at = max(edge, bracket.end() if bracket else edge)
            else:
                words = self._text[at:edge].strip(" .")
                if words and not _EMPTY.fullmatch(words):
                    found.append(OfficePhrase(at, at + len(words), words))
                at = edge + 1
        return found

    def _words(self, span: Span) -> str:
        """Folded, on one line."""
        words = " ".join(folded(self._text[span[0] : span[1]]).split())
        return "" if words in ("-", "–", "/", ".") else words


def _role(words: str) -> str | None:
    bare = re.sub(r"\([^)]*\)", "", words).strip(" :*.")
    return next((role for role, pattern in _HEADS if re.fullmatch(pattern, bare)), None)
