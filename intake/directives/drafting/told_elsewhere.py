"""Who is told further on in a paragraph: in brackets, in its last sentence, or by «do Sở A chủ trì»."""

import re

from intake.directives.drafting.sentences import sentences
from intake.directives.phrases.assignment import Assigned, AssignmentReader
from intake.directives.phrases.office_reading import OfficePhrase

_DOES_IT = re.compile(
    r"(?:(?:tổ chức|chịu trách nhiệm|triển khai|tham mưu|tham mưu tổ chức|thực hiện|nội dung này"
    r"|nhiệm vụ này)[ ,]*)+(?:[.;]|$|hoàn thành|trước|trong|chậm nhất|gửi|báo cáo|trình|xong|mỗi|hằng)"
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
