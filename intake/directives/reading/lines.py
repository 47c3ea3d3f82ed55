"""Lines of a page or of a plain text put together into paragraphs, without page numbers and running heads."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from config.text.suggestions import without_accents
from intake.directives.phrases.words import ACTION, plain

LABEL = re.compile(
    r"\s*(?:(?:[-–—+*]|-\s*)\s+(?=\S)"
    r"|\(?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}|[IVXLC]{1,7}|[a-zđA-ZĐ]|[a-zđ][0-9])(?:[.):]|(?<=\d)/|/(?=\s)|\.\))+(?=\s|[^\W\d_]|$)"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}\.?(?=\s)|(?:[IVX]{1,5}|[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})[-–](?=\s+[^\W\d_])|[A-Z][-–](?=\s+[A-ZĐ]{2})"
    r"|(?:Điều|ĐIỀU|Phần|PHẦN|Chương|CHƯƠNG|Mục|MỤC|Phụ lục|PHỤ LỤC|Khoản)\s+(?:thứ\s+)?[0-9IVXLC]+\b[.:]?"
    r"|(?:Và\s+|và\s+)?(?:[Mm]ột|[Hh]ai|[Bb]a|[Bb]ốn|[Tt]ư|[Nn]ăm|[Ss]áu|[Bb]ảy|[Bb]ẩy|[Tt]ám|[Cc]hín"
    r"|[Mm]ười(?:\s+(?:một|hai))?)\s+là\s*[,:]?"
    r"|[Tt]hứ\s+(?:nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)\s*[,:])"
)
"""What an item of a list begins with: «1.», «2.1», «a)», «-», «IV.», «Điều 3.», «Một là,»."""

_PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:(?:trang|page)\s*)?[0-9]{1,4}(?:\s*/\s*[0-9]{1,4})?[-–—|\s]*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.:;!?…][\"'”’»)]*$|\./\.?$")
_RULE = re.compile(r"[-_=*.|\s–—]{3,}")
_LIST_NUMBER_CUT = re.compile(r"(?:số|ngày|tháng|năm|khoản|điểm|điều|quý|và|của|với|cho|tại|,)$", re.IGNORECASE)
_RUNNING_HEAD_LONGEST = 90
_SHORTEST_CUT = 20
_LONGEST_LINE = 180
_NARROWEST, _WIDEST = 60, 130
_FIRST_HEAD = re.compile(r"\s*(?:(?:Số )?S?TT|Stt|Số thứ tự)\s*")
_FIRST_ROW = re.compile(r"\s*\(?(?:0?1|I|A)[.)]?\s*")


def paragraphs_and_cells(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text; from the heads of a table on whose cells stand a line each, every line for itself."""
    head = next(
        (
            at
            for at, line in enumerate(lines)
            if _FIRST_HEAD.fullmatch(line) and any(_FIRST_ROW.fullmatch(each) for each in lines[at + 1 : at + 10])
        ),
        len(lines),
    )
    return [*paragraphs_of(lines[:head]), *(line.strip() for line in lines[head:] if line.strip())]


def paragraphs_of(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text whose lines may be cut at the width of a page; an empty line parts paragraphs."""
    width, ragged = _width(lines)
    # Of a page with short lines alone, those that reach its edge are cut there.
    longest = max((len(line.strip()) for line in lines), default=0)
    page = longest if _NARROWEST <= longest <= _WIDEST else sys.maxsize
    found: list[list[str]] = []
    last_full, parted = False, True
    for line in lines:
        bare = line.strip()
        if not bare or _RULE.fullmatch(bare):
            # The foot of a page lies within a paragraph that goes on with a small letter.
            parted = True
            continue
        anew = (
            _starts_anew_ragged(found[-1][-1], bare)
            if found and ragged
            else not found or _starts_anew(found[-1][-1], bare, width, last_full, parted)
        )
        if not anew:
            found[-1].append(bare)
        else:
            found.append([bare])
        last_full, parted = len(bare) >= (0.75 * width if width else 0.88 * page), False
    return ["\n".join(each) for each in found]


def _starts_anew(before: str, line: str, width: int, before_is_full: bool, parted: bool) -> bool:
    goes_on = line[0].islower() or bool(_LIST_NUMBER_CUT.search(before))
    if LABEL.match(line) and not (goes_on and _LIST_NUMBER_CUT.search(before)):
        return True
    if width == 0:
        cut = before_is_full or (line[0].islower() and len(before) > 40)
        return bool(_SENTENCE_END.search(before)) or not cut
    if parted:
        return not (goes_on and not _SENTENCE_END.search(before))
    if goes_on:
        return bool(_SENTENCE_END.search(before)) and not before_is_full and before[-1] != ","
    if _in_capitals(line) != _in_capitals(before):
        return True
    return not before_is_full


def _starts_anew_ragged(before: str, line: str) -> bool:
    """The same where lines are cut anywhere: a line goes on unless it is an item, told what to do, or a heading."""
    if LABEL.match(line) and not (line[0].islower() and _LIST_NUMBER_CUT.search(before)):
        return True
    if line[0].islower() or _LIST_NUMBER_CUT.search(before):
        return bool(_SENTENCE_END.search(before)) and before[-1] != ","
    if _SENTENCE_END.search(before) or _in_capitals(line) != _in_capitals(before):
        return True
    return bool(ACTION.match(plain(line))) or len(before) < _SHORTEST_CUT


def _in_capitals(line: str) -> bool:
    """Whether a line is a heading in capitals, and not an abbreviation alone."""
    return line.isupper() and len(line.split()) > 1


def _width(lines: Sequence[str]) -> tuple[int, bool]:
    """The width at which lines are cut, 0 where each is a paragraph of its own; and whether they are cut anywhere."""
    shown = [line.strip() for line in lines if line.strip()]
    lengths = sorted(map(len, shown))
    if len(lengths) < 4:
        return 0, False
    longest = lengths[int(len(lengths) * 0.95)]
    cut = [
        len(before)
        for before, after in pairwise(shown)
        if not _SENTENCE_END.search(before) and after[0].islower() and not LABEL.match(after)
    ]
    kept = sum(length >= 0.75 * longest for length in cut)
    if len(cut) >= max(4, 0.05 * len(lengths)) and kept < 0.7 * len(cut):
        return 0, True
    if lengths[-1] > _LONGEST_LINE or longest < 40:
        return 0, False
    full = sum(length >= 0.8 * longest for length in lengths)
    return (longest if full >= 0.35 * len(lengths) or len(cut) >= 0.2 * len(lengths) else 0), False


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Pages without their numbers and without the lines that stand at the head or foot of several of them."""
    ends = Counter(head for page in pages for head in {_head_form(line) for line in _ends(page)})
    repeated = {
        head for head, count in ends.items() if (head and count >= max(3, 0.4 * len(pages))) or (head == "" and count)
    }
    return [[line for at, line in enumerate(page) if not _is_running(line, at, len(page), repeated)] for page in pages]


def _ends(page: Sequence[str]) -> Iterable[str]:
    return [*page[:2], *page[-2:]]


def _head_form(line: str) -> str:
    """Without its numbers, so that «Trang 3» and «Trang 4» are one."""
    return re.sub(r"[0-9]+", "#", without_accents(line)) if len(line) <= _RUNNING_HEAD_LONGEST else " "


def _is_running(line: str, at: int, lines: int, repeated: set[str]) -> bool:
    if 2 <= at < lines - 2:
        return False
    if _PAGE_NUMBER.fullmatch(line.strip()):
        return True
    head = _head_form(line)
    return head.strip() != "" and head in repeated and not LABEL.match(line)
