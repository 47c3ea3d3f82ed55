"""What reads like a task and gives none: closings, what is given to nobody, what changes earlier work, what is past."""

import re

from intake.directives.drafting.findings import Finding
from intake.directives.drafting.outline import Node
from intake.directives.phrases import earlier_work
from intake.directives.phrases.assignment import Assigned
from intake.directives.phrases.assignment_words import ISSUER, TROUBLE
from intake.directives.phrases.deadline_phrases import Deadline, cell_deadline, terms_in
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.stated_days import YearContext
from intake.directives.phrases.words import ACTION, BARE_CLOSING, CLOSING, plain
from intake.directives.text import DirectiveText, Paragraph

NO_LEAD = "không nêu cơ quan chủ trì"
_NOT_GIVEN = "văn bản nói không giao việc này"
_TAKEN_BACK = "thôi việc đã giao: rút việc cũ, không giao thành việc mới"
_CHANGED = "sửa việc đã giao: đổi hạn hoặc giao lại việc cũ, không giao thành việc mới"
_TOLD_AS_DONE = "văn bản kể việc đã làm hoặc kết quả đã đạt"
_OF_REPORT = "văn bản là báo cáo, thường không giao việc"
_REPORT = re.compile(r"báo cáo(?! viên)(?: (?:kết quả|tình hình|tổng kết|sơ kết|công tác|đánh giá|tiến độ).*)?")
_BEFORE_BODY = 12
"""Paragraphs of the head of a document, among which its kind stands in capitals."""
_ROLE = (
    r"(?:(?:phó )?(?:tổ trưởng|tổ phó|trưởng ban|trưởng đoàn|trưởng nhóm|đoàn trưởng|chủ tịch hội đồng)"
    r"|(?:các )?(?:ủy viên|thành viên|thư ký))(?: thường trực)?"
)
_HAS_ROLE = re.compile(rf"(?:là |làm |- )?{_ROLE}(?: (?:ban|tổ|hội đồng|đoàn)[^;:.]{{0,60}})?[ .;,/]*")
_WITH_ROLE = re.compile(rf"{_ROLE} *:")
_OWNER = re.compile(r"(?<!\w)(?:của|cho(?: phép)?|đối với|giao) +")
_UNTIL = re.compile(r"(?<!\w)(?:đến|tới|trước|hết)(?!\w)")
_OF_NEW_DATE = re.compile(r"[^,;.”\"»]*?(?=[,;”\"»]|\.(?!\d)| (?:tại|theo|của|cho|đối với|chủ trì)(?!\w)|$)")


class Sifter:
    """Looks through what was found in one text: what gives nothing is left out, what is no new work is doubted."""

    def __init__(self, document: DirectiveText, lower: str, offices: OfficeReader, years: YearContext) -> None:
        self._text, self._lower, self._offices, self._years = document.text, lower, offices, years
        self._report = is_report(document)

    def sifted(self, found: list[Finding]) -> list[Finding]:
        return [each for each in found if self._stays(each)]

    def _stays(self, task: Finding) -> bool:
        lower = self._lower
        if task.leads and ISSUER.match(plain(task.leads[0].text)):
            order = earlier_work.ORDERS_NOT.match(lower, task.rest, task.end)
            task.leads = (order and self._named(order.end(), task.end)) or task.leads
        lead = next((each.start for each in task.leads if task.start <= each.start), None)
        said = (lower, task.start, lead, task.rest, task.end)
        if earlier_work.is_not_given(*said):
            task.doubts.append(_NOT_GIVEN)
            return earlier_work.tells_more(lower, task.rest, task.end)
        if self._is_of_roster(task):
            return False
        if task.source != "table" and self._is_past(task):
            if self._report or (task.deadline is None and not earlier_work.tells_more(lower, task.rest, task.end)):
                return False
            task.doubts.append(_TOLD_AS_DONE)
        if earlier_work.is_taken_back(*said):
            task.doubts.append(_TAKEN_BACK)
            task.deadline = task.deadline if earlier_work.tells_more(lower, task.rest, task.end) else None
        elif all(task.start < each.start < task.end for each in task.leads):
            self._note_change(task)
        if any(self._named(at, task.end) for at in earlier_work.instead_of(lower, task.start, task.end)):
            task.doubts = [*(each for each in task.doubts if each != _CHANGED), _CHANGED]
        if self._report:
            task.doubts.append(_OF_REPORT)
        return True

    def _is_past(self, task: Finding) -> bool:
        at = task.rest
        if not task.leads:
            offices, after = self._offices.list_at(self._text, self._lower, task.rest, task.end)
            at = after if offices else at
        return earlier_work.has_been_done(self._lower, at, task.end, report=self._report and not task.explicit)

    def _is_of_roster(self, task: Finding) -> bool:
        """«Tổ trưởng: Chủ tịch UBND xã», «Giám đốc Sở Y tế: Phó Trưởng ban»: who is what, with nothing to be done."""
        if task.deadline is not None or task.source == "table":
            return False
        if _HAS_ROLE.fullmatch(self._lower, task.rest, task.end):
            return True
        has_role = _WITH_ROLE.match(self._lower, task.start, task.end)
        return bool(has_role) and not ACTION.search(self._lower, task.rest, task.end)

    def _note_change(self, task: Finding) -> None:
        """Of «từ A thành B», B is the office and the date."""
        if not earlier_work.is_change(self._lower, task.start, task.end):
            return
        task.doubts.append(_CHANGED)
        colon = self._lower.find(":", task.start, task.end)
        if task.leads and 0 <= colon < min(each.start for each in task.leads):  # «Sửa …: Sở A chủ trì»
            return
        named: list[OfficePhrase] = []
        if (new := earlier_work.new_part(self._lower, task.start, task.end)) is not None:
            named, task.deadline = self._named(new, task.end), self._date_from(new, task.end)
        elif task.deadline is None:
            task.deadline = self._date_from(task.start, task.end)
        places = [task.start, *(each.end() for each in _OWNER.finditer(self._lower, task.start, task.end))]
        task.leads = named or task.leads or next((told for at in places if (told := self._named(at, task.end))), [])
        task.doubts = [each for each in task.doubts if each != NO_LEAD or not task.leads]

    def _named(self, at: int, end: int) -> list[OfficePhrase]:
        while at < end and self._text[at] in ' “"«':
            at += 1
        return self._offices.list_at(self._text, self._lower, at, end)[0]

    def _date_from(self, at: int, end: int) -> Deadline | None:
        said = terms_in(self._text, at, end, self._years, self._lower)
        if said:
            return min(said, key=lambda each: each.start)
        for begins in (at, *(each.start() for each in _UNTIL.finditer(self._lower, at, end))):
            words = _OF_NEW_DATE.match(self._lower, begins, end)
            bare = cell_deadline(self._text, begins, words.end(), self._years) if words else None
            if bare and bare.rule:
                return bare
        return None


def is_report(document: DirectiveText) -> bool:
    """Whether the head of a document says in capitals that it is a report."""
    head = [each for each in document.blocks[:_BEFORE_BODY] if isinstance(each, Paragraph)]
    words = [document.text[each.start : each.end].strip() for each in head]
    return any(each == each.upper() and _REPORT.fullmatch(plain(each)) for each in words)


def is_closing(lower: str, node: Node, assigned: Assigned, end: int, *, given: bool = False) -> bool:
    """Whether nothing is told but to obey the document: «… chịu trách nhiệm thi hành Quyết định này».

    given  an office is given the document to carry out by name, which is a task
    """
    words = lower[assigned.rest : end].strip(" ;,")
    everybody = not node.label and all(each.many for each in assigned.leads)
    if everybody and assigned.leads and (BARE_CLOSING.fullmatch(words) or CLOSING.fullmatch(words)):
        return True
    return not given and CLOSING.fullmatch(words) is not None


def stands_apart(lower: str, node: Node) -> bool:
    """Whether a paragraph without a number has nothing to do with the task before it."""
    return bool(CLOSING.search(lower, node.body, node.end)) or earlier_work.is_change(lower, node.body, node.end)


def trouble_behind(lower: str, node: Node, assigned: Assigned, end: int) -> int | None:
    """Where «; quá trình thực hiện nếu có vướng mắc, …» begins behind a closing; None elsewhere."""
    trouble = TROUBLE.search(lower, assigned.rest, end)
    if trouble and assigned.rest < trouble.start() and is_closing(lower, node, assigned, trouble.start()):
        return trouble.start()
    return None


def is_trouble(lower: str, task: Finding) -> bool:
    """Whether everybody is told to report trouble, which is not always to be followed up."""
    return bool(task.leads) and all(each.many for each in task.leads) and bool(TROUBLE.match(lower, task.start))
