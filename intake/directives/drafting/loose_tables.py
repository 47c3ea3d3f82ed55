"""Tables whose cells came apart when they were pasted: each cell on a line of its own, the heads first.

«STT / Nhiệm vụ / Cơ quan chủ trì / Thời gian / 1 / Xây dựng Đề án / Sở Y tế / Quý II/2025 / 2 / …».
"""

import re
from dataclasses import replace

from intake.directives.drafting.table_heads import LEAD, NUMBER, TASK, WHEN, WITH, role_of
from intake.directives.phrases.words import folded
from intake.directives.text import DirectiveText, Paragraph, Span, Table

_LONGEST_HEAD, _LEAST_COLUMNS, _MOST_COLUMNS = 60, 4, 9
_NUMBER = re.compile(r"\(?\d{1,3}[.)]?")
_SECTION = re.compile(r"[IVXLC]+[.)]?|[A-Z][.)]?")
_TIME = re.compile(
    r"(?:hoan thanh |xong )?(?:truoc|trong|thang|quy|nam|ngay|tu |den |het|cham nhat|thuong xuyen|hang|dinh ky|moi "
    r"|khi |theo |sau |\d{1,2}/|20\d\d)"
)


def with_tables_put_together(document: DirectiveText) -> DirectiveText:
    """The document with every such run of paragraphs as a table."""
    blocks = list(document.blocks)
    at = 0
    while at < len(blocks):
        if (found := _table_at(document.text, blocks[at:])) is not None:
            blocks[at : at + found[1]] = [found[0]]
        at += 1
    return replace(document, blocks=tuple(blocks))


def _table_at(text: str, blocks: list[Paragraph | Table]) -> tuple[Table, int] | None:
    """The table that begins with the first of these blocks, and how many of them it takes; None for none."""
    heads = _heads(text, blocks)
    if not heads:
        return None
    rows, taken, number = [_spans(blocks[: len(heads)])], len(heads), 0
    if [_words(text, each).strip("()") for each in blocks[taken : taken + len(heads)]] == [
        str(each) for each in range(1, len(heads) + 1)
    ]:
        taken += len(heads)
    while taken < len(blocks):
        row = _row(text, blocks[taken:], heads, number)
        if row is None:
            break
        cells, used, number = row
        rows.append(cells)
        taken += used
    if number < 2:
        return None
    return Table(blocks[0].start, blocks[taken - 1].end, tuple(rows)), taken


def _heads(text: str, blocks: list[Paragraph | Table]) -> list[str]:
    """What each column says, "" where that is not known; empty where no heads stand here."""
    if not blocks or role_of(folded(_words(text, blocks[0]))) != NUMBER:
        return []
    roles = []
    for each in blocks[: _MOST_COLUMNS + 1]:
        words = _words(text, each)
        if _NUMBER.fullmatch(words) or _SECTION.fullmatch(words):
            break
        if isinstance(each, Table) or len(words) > _LONGEST_HEAD:
            return []
        roles.append(role_of(folded(" ".join(words.split()))) or "")
    known = {TASK, LEAD, WHEN} <= set(roles)
    return roles if known and _LEAST_COLUMNS <= len(roles) <= _MOST_COLUMNS else []


def _row(
    text: str, blocks: list[Paragraph | Table], heads: list[str], number: int
) -> tuple[tuple[Span, ...], int, int] | None:
    """The cells of the next row, how many blocks it takes, and its number; None where the table ends."""
    first = _words(text, blocks[0])
    if _SECTION.fullmatch(first) and len(blocks) > 1 and not isinstance(blocks[1], Table):
        return _filled(_spans(blocks[:2]), len(heads)), 2, number
    if first.strip("().").lstrip("0") != str(number + 1):
        return None
    used = 1
    while used < len(blocks) and used < len(heads) and not _begins_row(_words(text, blocks[used]), number + 2):
        used += 1
    cells, when = _spans(blocks[:used]), heads.index(WHEN)
    if WITH in heads and heads.index(WITH) == when - 1 and used >= when and _is_time(text, cells[when - 1]):
        # «Cơ quan phối hợp» was left empty, and the next cell stands in its place.
        used = min(used, len(heads) - 1)
        cells = (*cells[: when - 1], (cells[when - 2][1],) * 2, *cells[when - 1 : used])
    if len(cells) != len(heads) or not _is_time(text, cells[when]):
        return None
    return cells, used, number + 1


def _is_time(text: str, cell: Span) -> bool:
    return _TIME.match(folded(text[cell[0] : cell[1]])) is not None


def _begins_row(words: str, number: int) -> bool:
    return bool(_SECTION.fullmatch(words)) or (
        bool(_NUMBER.fullmatch(words)) and words.strip("().").lstrip("0") == str(number)
    )


def _filled(cells: tuple[Span, ...], width: int) -> tuple[Span, ...]:
    return (*cells, *[(cells[-1][1],) * 2] * (width - len(cells)))


def _spans(blocks: list[Paragraph | Table]) -> tuple[Span, ...]:
    return tuple((each.start, each.end) for each in blocks)


def _words(text: str, block: Paragraph | Table) -> str:
    return "" if isinstance(block, Table) else text[block.start : block.end].strip()
