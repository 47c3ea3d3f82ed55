"""Who a sentence tells to do something, and with whom: «Giao Sở A chủ trì, phối hợp với Sở B, C …»."""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from intake.directives.phrases import assignment_words as words
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.words import ACTION, plain

_LONGEST_TOPIC = 160


@dataclass
class Assigned:
    """``rest``: where what is to be done begins. ``explicit``: the words give it, «Giao Sở A»; ``heading``: nothing
    but offices stands there. ``only_with``: the office takes part in the work of the first of ``coordinating``."""

    rest: int
    leads: list[OfficePhrase] = field(default_factory=list)
    coordinating: list[OfficePhrase] = field(default_factory=list)
    explicit: bool = False
    heading: bool = False
    only_with: bool = False


class AssignmentReader:
    def __init__(self, text: str, lower: str, offices: OfficeReader) -> None:
        self._text, self._lower, self._offices = text, lower, offices

    def at(self, start: int, end: int) -> Assigned:
        """Who is told at the beginning of [start, end)."""
        lower = self._lower
        lead_in = words.TROUBLE.match(lower, start, end) or words.LEAD_IN.match(lower, start, end)
        at = lead_in.end() if lead_in else start
        offices, after, give = self._told(at, end)
        if not offices and (led := self._behind_topic(start, end)):
            return led
        if not offices:
            return self._without_subject(start, end)
        found = self._behind_subject(offices, after, end, given=give, lenient=at == start)
        return found or self._without_subject(start, end)

    def _behind_topic(self, start: int, end: int) -> Assigned | None:
        """«Cấp tỉnh: Ban Tuyên giáo tham mưu …», «Về kiến nghị này, Sở Xây dựng nghiên cứu …», «Trước ngày 15/9, …»."""
        topic = words.TOPIC.match(self._lower, start, end)
        term = words.FRONT_TERM.match(self._lower, start, end)
        marks = [each for each in (term, topic) if each]
        if about := words.ABOUT.match(self._lower, start, end):
            marks += re.compile(", +").finditer(self._lower, about.end(), min(end, start + _LONGEST_TOPIC))
        for mark in marks:
            offices, after, give = self._told(mark.end(), end)
            found = self._behind_subject(offices, after, end, given=give) if offices else None
            if found and not (found.heading and mark is topic and self._text[end - 1] != ":"):
                return found
        return None

    def given_within(self, start: int, end: int, mark: str = "") -> Assigned | None:
        """«…, Chủ tịch UBND tỉnh yêu cầu Sở A …» further on in a sentence; ``mark``: what stands before the verb."""
        found = None
        for match in re.finditer(
            rf"{mark}(?<!\w)(?:giao|yêu cầu|đề nghị|phân công)(?: nhiệm vụ)?(?: cho)? +", self._lower[start:end]
        ):
            offices, after = self._list(start + match.end(), end)
            if offices:
                found = self._behind_subject(offices, after, end, given=True) or found
        return found

    def in_brackets(self, start: int, end: int, *, alone: bool = False) -> Assigned | None:
        """«(Giao Công an tỉnh tham mưu)», «(Sở A chủ trì)»; ``alone``: also «(Sở A)» as the last words."""
        for bracket in re.finditer(r"\(([^()]{6,400})\)", self._lower[start:end]):
            inner, close = start + bracket.start(1), start + bracket.end(1)
            by = re.compile(r"(?:do|giao) +").match(self._lower, inner, close)
            label = re.compile(r"(?:cơ quan |đơn vị )?(?:chủ trì|thực hiện|phụ trách) *: *").match(
                self._lower, inner, close
            )
            offices, after = self._list(label.end() if label else by.end() if by else inner, close)
            if not offices:
                continue
            if alone and after == close and not self._lower[close:end].strip(" ).;,/"):
                return Assigned(start, offices, explicit=True)
            if not (by or label or words.ROLE_BEHIND.match(self._lower, after, close)):
                continue
            if found := self._behind_subject(offices, after, close, given=True):
                found.coordinating = found.coordinating or self._joining(found.rest, close)
                return found
        return None

    def _joining(self, start: int, end: int) -> list[OfficePhrase]:
        """«…; Sở B phối hợp» behind the office that leads."""
        for mark in re.finditer(r"[;,] *", self._lower[start:end]):
            offices, after = self._list(start + mark.end(), end)
            if offices and words.JOINS.match(self._lower, after, end):
                return offices
        return []

    def partners_within(self, start: int, end: int) -> list[OfficePhrase]:
        """«…, phối hợp chặt chẽ với Sở B …» further on in a sentence, or «Căn cứ dự toán do Sở B lập, …» before it."""
        if made := words.ON_WORK_OF.match(self._lower, start, end):
            return self._list(made.end(), end)[0]
        sentence = re.compile(r"\.\s|$").search(self._lower, start, end)
        for met in words.MIDDLE.finditer(self._lower, start, sentence.start() if sentence else end):
            offices, _ = self._list(met.end(), end)
            if offices:
                return offices
        return []

    def led_within(self, start: int, end: int) -> Assigned | None:
        """«…: Vụ Pháp chế chủ trì, phối hợp với …» behind what is to be done."""
        for mark in re.finditer(r"[:;,(] *", self._lower[start:end]):
            offices, after = self._list(start + mark.end(), end)
            if offices and words.LEADS.match(self._lower, after, end):
                return self._behind_subject(offices, after, end, given=True)
        return None

    def done_by(self, start: int, end: int) -> list[OfficePhrase]:
        """«… do Sở A chủ trì»."""
        for by in re.finditer(r"(?<!\w)do +", self._lower[start:end]):
            offices, after = self._list(start + by.end(), end)
            if (
                offices
                and words.LEADS.match(self._lower, after, end)
                and not re.match(r",? *chủ trì soạn thảo", self._lower[after:end])
            ):
                return offices
        return []

    def offices(self, at: int, end: int) -> list[OfficePhrase]:
        """The offices listed from ``at`` on."""
        return self._list(at, end)[0]

    def _list(self, at: int, end: int, *, given: bool = False) -> tuple[list[OfficePhrase], int]:
        return self._offices.list_at(self._text, self._lower, at, end, given=given)

    def _told(self, at: int, end: int) -> tuple[list[OfficePhrase], int, bool]:
        """The offices told from ``at`` on, where they end, and whether they are given it in so many words."""
        give = words.GIVE.match(self._lower, at, end)
        # «; yêu cầu chủ đầu tư hạ cần trục» is what the office before it does.
        at_once = give is not None and (self._text[at].isupper() or give[0].startswith("giao"))
        offices, after = self._list(give.end() if give else at, end, given=at_once)
        if not give and offices and (by := words.GIVE.match(self._lower, self._spaces(after, end), end)):
            # «Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành …»
            told, behind = self._list(by.end(), end)
            if self._is_item(at) and not words.ISSUER.match(self._lower, at, end):
                told = []
            if told and not plain(told[0].text).startswith(words.PERSONS):
                return told, behind, True
        return offices, after, give is not None

    def _is_item(self, at: int) -> bool:
        """Whether a number or a dash stands before ``at`` on its line."""
        return bool(self._text[self._text.rfind("\n", 0, at) + 1 : at].strip())

    def _spaces(self, at: int, end: int) -> int:
        while at < end and self._text[at] in " \n":
            at += 1
        return at

    def _behind_subject(
        self, offices: list[OfficePhrase], after: int, end: int, *, given: bool, lenient: bool = False
    ) -> Assigned | None:
        lower = self._lower
        while bracket := words.ASIDE.match(lower, after, end):
            after = bracket.end()
        last = offices[-1]
        which = words.WHICH.match(lower, after, end) if last.many else None
        if last.many and words.OF_ALL.fullmatch(plain(last.text)):
            which = which or words.THAT_LEAD.match(lower, after, end)
        if last.many and "đồng chí" in last.text:
            which = which or words.IN_CHARGE.match(lower, after, end)
        if last.many:
            which = which or words.AND_OTHERS.match(lower, after, end)
        if which:
            offices = [*offices[:-1], replace(last, end=which.end(), text=self._text[last.start : which.end()])]
            after = which.end()
        if not given and words.ORDERS.match(lower, after, end):
            return None
        found = Assigned(after, leads=offices, explicit=True)
        for at, (one, other) in enumerate(pairwise(offices), start=1):
            if words.JOINED_BY.fullmatch(lower, one.end, other.start):
                found.leads, found.coordinating = offices[:at], offices[at:]
                break
        rest = lower[after:end].strip(" .:;,")
        if not rest:
            found.rest, found.heading = end, True
            return found
        if qualified := re.compile(
            r"(?: *(?:hoạt động|có |được |nơi |trên địa bàn|đóng trên|có liên quan|thuộc phạm vi|không |tại |trong |và "
            r"|theo )[^:.;]{0,120})?:"
        ).match(lower, after, end):
            found.rest = self._spaces(qualified.end(), end)
            duty = words.DUTY.match(lower, found.rest, end)
            if not lower[duty.end() if duty else found.rest : end].strip(" .:;"):
                found.rest, found.heading = end, True
                return found
            return self._led(found, end)
        if led := words.LEADS.match(lower, after, end):
            found.rest = led.end()
            return self._led(found, end, leads=True)
        duty = words.DUTY.match(lower, after, end)
        told = bool(duty and duty.end() > after + 1 and duty[0].strip(" ,"))
        at = self._spaces(duty.end() if duty else after, end)
        comma = re.compile(r" *, *").match(lower, at, end)
        at = comma.end() if comma else at
        if not (given or told) and words.FOUND.match(lower, at, end):
            return None
        if told and lower[at:end].strip(" .:;") == "":
            found.rest, found.heading = end, True
            return found
        if words.WITH.match(lower, at, end) and not given and not told and words.STARTS_WITH.match(lower, at, end):
            found.rest = at
            return found
        temporal = words.TEMPORAL.match(lower, at, end) or words.TERM_WITHIN.match(lower, at, end)
        timely = temporal and (told or not comma) and ACTION.match(lower, temporal.end(), end)
        if (
            given
            or told
            or timely
            or ACTION.match(lower, at, end)
            or (lenient and not comma and self._tells(offices, at, end))
        ):
            found.rest = at
            return self._led(found, end)
        return None

    def _tells(self, offices: list[OfficePhrase], at: int, end: int) -> bool:
        """Whether what follows offices known by name is something to do, though with a verb that is not known."""
        word = re.compile(r"[^\W\d_]+").match(self._text, at, end)
        named = all(self._offices.knows(each.text) and not each.many for each in offices)
        return bool(named and word and word[0].islower() and not words.NO_VERB.match(self._lower, at, end))

    def _led(self, found: Assigned, end: int, *, leads: bool = False) -> Assigned:
        """Read on behind the lead: «chủ trì, phối hợp với …»."""
        lower = self._lower
        if not leads and (led := words.LEADS.match(lower, found.rest, end)):
            found.rest, leads = led.end(), True
        met = words.WITH.match(lower, found.rest, end)
        if met and (leads or not words.STARTS_WITH.match(lower, found.rest, end)):
            found.coordinating, found.rest = self._partners(met.end(), end, found.rest)
        elif met and not leads and (own := words.STARTS_WITH.match(lower, found.rest, end)):
            partners, rest = self._partners(own.end(), end, found.rest)
            if partners:
                found.coordinating, found.rest = partners, rest
                named = [each for each in partners if "liên quan" not in each.text and "hữu quan" not in each.text]
                alone = len(found.leads) < 2 and len(named) == 1
                found.only_with = not own["self"] and not own["close"] and alone
        elif leads and (behind := re.compile(r",? *").match(lower, found.rest, end)):
            offices, after = self._list(behind.end(), end)
            if offices and (joins := words.JOINS.match(lower, after, end)):
                found.coordinating, found.rest = offices, joins.end()
        found.heading = bool(found.leads) and not lower[found.rest : end].strip(" .:;")
        return found

    def _partners(self, at: int, end: int, otherwise: int) -> tuple[list[OfficePhrase], int]:
        offices, after = self._list(at, end)
        if not offices:
            return [], otherwise
        joint = re.compile(r" *(?:,|:|để|và|nhằm)? *(?:trong việc +)?").match(self._lower, after, end)
        return offices, joint.end() if joint else after

    def _without_subject(self, start: int, end: int) -> Assigned:
        found = Assigned(start)
        at = start
        if (temporal := words.TEMPORAL.match(self._lower, start, end)) and re.compile(
            r"(?:chủ trì|phối hợp|giao )"
        ).match(self._lower, temporal.end(), end):
            at = temporal.end()
        led = words.LEADS.match(self._lower, at, end)
        found.rest = led.end() if led else at
        before = found.rest
        self._led(found, end, leads=bool(led))
        if found.rest == before and not led:
            found.rest = start
        return found
