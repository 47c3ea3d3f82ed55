"""Who is told elsewhere: in brackets, in the last sentence, by «do Sở A chủ trì», or by «Kính gửi: …»."""

import re
from dataclasses import replace

from intake.directives.drafting.outline import Node
from intake.directives.drafting.sentences import sentences
from intake.directives.phrases.assignment import Assigned, AssignmentReader
from intake.directives.phrases.offices.reading import OfficePhrase

_DOES_IT = re.compile(
    r"(?:(?:tổ chức|chịu trách nhiệm|triển khai|tham mưu|tham mưu tổ chức|thực hiện|nội dung này"
    r"|nhiệm vụ này)[ ,]*)+(?:[.;]|$|hoàn thành|trước|trong|chậm nhất|gửi|báo cáo|trình|xong|mỗi|hằng)"
)

_ADDRESSED = re.compile(r"kính gửi *:? *")
_BACK = re.compile(
    r"(?:(?:đề nghị|yêu cầu) +)?(?:(?:định kỳ|trước ngày|chậm nhất|trong ngày) [^;:]{2,60}?,? +)?"
    r"(?:kết quả[^,;.:]{0,60}? (?:báo cáo|gửi)|(?:tổng hợp,? +)?(?:báo cáo|gửi|nộp)|hoàn thành việc)(?!\w)"
)


def told_elsewhere(
    text: str,
    lower: str,
    start: int,
    end: int,
    assigning: AssignmentReader,
    *,
    labelled: bool,
    inherited: list[OfficePhrase],
) -> Assigned | None:
    """The offices that the whole of [start, end) is given to, or None.

    labelled   it is a numbered item, for which «(Sở A)» as its last words is enough
    inherited  the offices it stands beneath; only brackets name others
    """
    if bracket := assigning.in_brackets(start, end, alone=labelled and not inherited):
        return bracket
    if inherited:
        return None
    if behind := _given_behind(text, lower, start, end, assigning):
        return behind
    if by := assigning.done_by(start, end):
        return Assigned(0, by)
    if led := assigning.led_within(start, end):
        return led
    # «Đối với kiến nghị của …: giao Sở A …»
    return assigning.given_within(start, _end_of_topic(text, start, end, assigning), mark="[:,;] +")


def _given_behind(text: str, lower: str, start: int, end: int, assigning: AssignmentReader) -> Assigned | None:
    """«… . Giao Sở A chủ trì, phối hợp với Sở B thực hiện»: the whole paragraph is what is given."""
    told = [each for at, _ in sentences(text, start, end, assigning)[1:] if (each := assigning.at(at, end)).leads]
    if len(told) == 1 and (told[0].heading or _DOES_IT.match(lower, told[0].rest, end)):
        return told[0]
    return None


def _end_of_topic(text: str, start: int, end: int, assigning: AssignmentReader) -> int:
    """Where a paragraph about one thing ends: before the first of several offices that are told more."""
    told = [a for a, b in sentences(text, start, end, assigning)[1:] if assigning.at(a, b).leads]
    return told[0] if len(told) > 1 else end


def reports_back(lower: str, node: Node, assigning: AssignmentReader) -> bool:
    """Whether a paragraph is a duty that names nobody: «Báo cáo kết quả về Sở A trước …»."""
    return bool(_BACK.match(lower, node.body, node.end)) and not assigning.given_within(node.body, node.end)


def addressees(nodes: list[Node], text: str, lower: str, assigning: AssignmentReader) -> list[OfficePhrase]:
    """The offices that a letter is addressed to, each by itself: «Kính gửi: Sở A; các bệnh viện»."""
    found: list[OfficePhrase] = []
    within = False
    for node in nodes:
        to = _ADDRESSED.match(lower, node.body, node.end)
        within = bool(to) or (within and node.formal)
        if within:
            found += assigning.offices(to.end() if to else node.body, node.end)
    return [replace(each, many=True) for each in found] if len(found) > 1 else found
