"""Lines of a page or of a plain text put together into paragraphs, without page numbers and running heads."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from config.text.suggestions import without_accents

LABEL = re.compile(
    r"\s*(?:(?:[-–—+*]|-\s*)\s+(?=\S)"
    r"|\(?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}|[IVXLC]{1,7}|[a-zđA-ZĐ]|[a-zđ][0-9])(?:[.)/:]|\.\))+(?=\s|[^\W\d_]|$)"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}\.?(?=\s)"
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


def paragraphs_of(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text whose lines may be cut at the width of a page; an empty line parts paragraphs."""
    width = _width(lines)
    found: list[list[str]] = []
    last_full, parted = False, True
    for line in lines:
        bare = line.strip()
        if not bare or _RULE.fullmatch(bare):
            # The foot of a page lies within a paragraph that goes on with a small letter.
            parted = True
            continue
        if found and not _starts_anew(found[-1][-1], bare, width, last_full, parted):
            found[-1].append(bare)
        else:
            found.append([bare])
        last_full, parted = len(bare) >= 0.75 * width, False
    return ["\n".join(each) for each in found]


def _starts_anew(before: str, line: str, width: int, before_is_full: bool, parted: bool) -> bool:
    goes_on = line[0].islower() or bool(_LIST_NUMBER_CUT.search(before))
    if LABEL.match(line) and not (goes_on and _LIST_NUMBER_CUT.search(before)):
        return True
    if width == 0:
        return not (line[0].islower() and not _SENTENCE_END.search(before) and len(before) > 40)
    if parted:
        return not (goes_on and not _SENTENCE_END.search(before))
    if goes_on:
        return bool(_SENTENCE_END.search(before)) and not before_is_full and before[-1] != ","
    if line.isupper() != before.isupper():
        return True
    return not before_is_full


def _width(lines: Sequence[str]) -> int:
    """The width at which lines are cut, or 0 where each line is a paragraph of its own."""
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    if len(lengths) < 4:
        return 0
    longest = lengths[int(len(lengths) * 0.95)]
    if lengths[-1] > 180 or longest < 40:
        return 0
    full = sum(length >= 0.8 * longest for length in lengths)
    cut = sum(
        not _SENTENCE_END.search(before.strip()) and after.strip()[:1].islower()
        for before, after in itertools.pairwise(lines)
        if before.strip() and after.strip()
    )
    return longest if full >= 0.35 * len(lengths) or cut >= 0.2 * len(lengths) else 0


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
