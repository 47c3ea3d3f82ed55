"""A deadline that is said once for every item beneath it: «1. Quý I», «hoàn thành trước ngày 31/01 các việc sau:»."""

import re

from intake.directives.drafting.findings import Finding
from intake.directives.drafting.outline import Node
from intake.directives.phrases.assignment_words import FRONT_TERM
from intake.directives.phrases.deadline_phrases import Deadline, cell_deadline, terms_in, weightiest
from intake.directives.phrases.stated_days import YearContext

_OF_ONE_DAY = ("date", "month", "quarter", "half", "year")
_LONGEST_HEADING = 80
_DONE = re.compile(r"(?:hoàn thành|thực hiện|xong)[^.;]{0,60}$")
_PURPOSE = re.compile(r"(?<!\w)(?:để|nhằm|phục vụ|bảo đảm|đảm bảo|do|vì)(?!\w)[^.;]*$")
_ORDERS = r"(?:yêu cầu|giao|đề nghị|chỉ đạo|quy định|ban hành|phân công|xây dựng|triển khai|hướng dẫn|thông báo)"
_ISSUER_AFTER = re.compile(rf"[,.;] +[^,.;:]{{2,90}} {_ORDERS}(?!\w)")
_OF_ANOTHER = re.compile(rf"(?<!\w)(?:của|do) [^,;:.]{{2,60}} {_ORDERS}(?!\w)[^,;:.]*$")
"""«Thực hiện Công văn … của Bộ Y tế yêu cầu hoàn thành trước ngày …, UBND tỉnh ban hành Kế hoạch như sau:»."""
_TIME = re.compile(
    r"(?:thời gian:? )?(?:(?:hoàn thành|thực hiện|xong) )?(?:trong|ngay|trước|chậm nhất|từ|đến|hết|ngày|tháng|quý|năm"
    r"|giai đoạn|đợt|tuần|\d+[ /.-]|sáu tháng)"
)
_WORK_OF = re.compile(
    r"(?:(?:các|những|một số) +)?(?:nhiệm vụ|công tác|công việc|nội dung|hoạt động|việc)(?: (?:trọng tâm|cụ thể|chủ yếu"
    r"|công tác|cần làm))*(?: (?:hoàn thành|thực hiện))?(?: của)? +(?=trong|quý|tháng|6 tháng|trước|từ)"
)


class GoverningTerms:
    """The terms of one text, noted as its headings are met."""

    def __init__(self, text: str, lower: str, years: YearContext) -> None:
        self._text, self._lower, self._years = text, lower, years
        self._of_node: dict[int, Deadline] = {}

    def note(self, node: Node) -> None:
        """Take in a heading or an introduction."""
        if node.children and (term := _governing_term(self._text, self._lower, node, self._years)):
            self._of_node[id(node)] = term

    def above(self, node: Node) -> Deadline | None:
        """The nearest term that holds for an item."""
        return next((self._of_node[id(each)] for each in list(node.lineage())[1:] if id(each) in self._of_node), None)


def share_term(lower: str, node: Node, found: list[Finding]) -> None:
    """«Trong tháng 9/2026: Sở A …; Sở B …» is the term of all of them."""
    front = FRONT_TERM.match(lower, node.body, node.end)
    term = found[0].deadline if found else None
    if front and front["mark"] == ":" and term and term.start < front.end():
        for each in found[1:]:
            if each.deadline is None:
                each.deadline = term
                each.spans.append((term.start, term.end))


def _is_for_what_follows(lower: str, start: int, end: int, term: Deadline, node: Node) -> bool:
    """Not the day of what the items are for: «Để thông xe trước ngày 19/12, Chủ tịch UBND tỉnh yêu cầu:»; nor what
    another body asked for before the issuer speaks."""
    before = lower[start : term.start]
    if before.strip() and (_OF_ANOTHER.search(before) or _ISSUER_AFTER.search(lower, term.end, end)):
        return False
    done = _DONE.search(before) or lower.startswith(("hoàn thành", "xong"), term.start)
    if node.preamble or _PURPOSE.search(before):
        return bool(done) and not _PURPOSE.search(before)
    return bool(done) or term.start == start or term.end >= end


def _governing_term(text: str, lower: str, node: Node, years: YearContext) -> Deadline | None:
    """The day that a heading of nothing but a term, or an introduction that ends with «:», states for what follows."""
    start, end = node.body, node.end
    while end > start and text[end - 1] in " .:;\n":
        end -= 1
    if node.background:
        return None
    term = None
    if lower[node.body : node.end].rstrip().endswith(":"):
        said = [each for each in terms_in(text, start, end, years, lower) if each.kind in _OF_ONE_DAY]
        term = weightiest([each for each in said if _is_for_what_follows(lower, start, end, each, node)])
    if term is None and end - start <= _LONGEST_HEADING:
        work = _WORK_OF.match(lower, start, end)
        at = work.end() if work else start
        read = cell_deadline(text, at, end, years) if _TIME.match(lower, at, end) else None
        # Not a part of the heading: «Kế hoạch năm 2026» is no term.
        term = read if read and read.rule and not read.assumed.startswith(("đọc", "lấy mốc")) else None
        if work and term and (term.kind in ("half", "year") or "cuối năm" in term.words.lower()):
            term = None  # «Nhiệm vụ trọng tâm 6 tháng cuối năm» is what a time is for, not by when each is done
    return term if term and term.day and term.kind in _OF_ONE_DAY else None
