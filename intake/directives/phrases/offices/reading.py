"""One office or one group of offices at a place in a text, read word by word up to where its name ends."""

import re
from dataclasses import dataclass, replace

from intake.directives.phrases.offices import words
from intake.directives.phrases.offices.dictionary import AREA, LEVEL, MORE_LEVELS, WORD, OfficeDictionary
from intake.directives.phrases.words import ACTION, NO_NAME

_MOST_WORDS = 28
_MOST_OWNERS = 8
_REACH_OF_NAME = 40
"""Letters before a verb within which the words stand that make it part of a name; each verb of a text is looked at."""


@dataclass(frozen=True)
class OfficePhrase:
    """The words for one office or one group (``many``), with their place in the text.

    head  what stands before the words where a list shares it: «Sở» of «các Sở: Nội vụ, Y tế»
    """

    start: int
    end: int
    text: str
    many: bool = False
    head: str = ""


@dataclass(frozen=True)
class OfficeReading:
    """A text that is read up to ``end``. Each step takes a place and returns where what it has read ends.

    depth  how many offices this one belongs to or is the head of: «Phòng A thuộc Sở B của UBND tỉnh C»
    """

    text: str
    lower: str
    end: int
    dictionary: OfficeDictionary
    depth: int = 0

    def item(self, at: int, *, in_list: bool) -> tuple[list[OfficePhrase], int]:
        """One office, one group, or the offices of «các Sở: Nội vụ, Y tế»; none where no office is named."""
        if self.depth > _MOST_OWNERS:
            return [], at
        lower, many = self.lower, words.MANY.match(self.lower, at, self.end)
        if known := self._known(at):
            bodies = lower.startswith(words.BODIES, at) or words.OF_PLACES.match(lower, known)
            if bodies and (of_many := self._of_many(at, known)):
                return of_many, of_many[-1].end
            known = self._and_work(known)
            after = self._owned(self._qualified(known, placed=lower.startswith(words.PLACED, at)))
            group = bool(many or words.EACH_OF.match(lower, at, after)) or "cơ quan ngang bộ" in lower[at:after]
            return [OfficePhrase(at, after, self.text[at:after], group)], after
        if title := words.TITLE.match(lower, at, self.end):
            items, after = self._within(title.end())
            if not items and not self._is_capital(title.end()):  # «Hiệu trưởng trường đại học»
                items, after = self._group(title.end(), title.end())
            if items:
                return items, after
        if many:
            return self._group(at, many.end())
        if (head := self.dictionary.head_at(lower, at, self.end)) and (
            self._is_capital(at) or (in_list and lower.startswith(words.COMMON, at)) or self._capital_after(head)
        ):
            if of_many := self._of_many(at, head.end()):
                return of_many, of_many[-1].end
            after = self._owned(self._and_more(at, head, self._name(head.end(), head[0])))
            if after > head.end() or head[0] in words.ALONE:
                group = lower.startswith(words.GENERAL, at)
                return [OfficePhrase(at, after, self.text[at:after], group)], after
        if alone := words.TITLE_ALONE.match(lower, at, self.end):
            return [OfficePhrase(at, alone.end(), self.text[at : alone.end()])], alone.end()
        return [], at

    def _within(self, at: int) -> tuple[list[OfficePhrase], int]:
        """The office at ``at`` within the name of another."""
        return replace(self, depth=self.depth + 1).item(at, in_list=True)

    def _of_many(self, start: int, at: int) -> list[OfficePhrase]:
        """«UBND các xã, phường» as one group; empty where ``at`` has no «các»."""
        of_all = words.OF_ALL.match(self.lower, at, self.end)
        return self._group(start, of_all.end() + len("các "))[0] if of_all else []

    def _known(self, at: int) -> int:
        return self.dictionary.name_at(self.lower, at, self.end)

    def _is_capital(self, at: int) -> bool:
        return self.text[at : at + 1].isupper()

    def _capital_after(self, head: re.Match[str]) -> bool:
        word = WORD.search(self.text, head.end(), self.end)
        return bool(word and word.start() <= head.end() + 2 and word[0][0].isupper())

    def _starts_office(self, at: int) -> bool:
        lower, end = self.lower, self.end
        if words.MANY.match(lower, at, end) or words.TITLE.match(lower, at, end) or self._known(at):
            return True
        head = self._is_capital(at) and self.dictionary.head_at(lower, at, end)
        return bool(head) and not words.FIELD_TOO.match(self.text, at, end)

    def _qualified(self, after: int, *, placed: bool) -> int:
        """A known name with its level and place: «Công an» of «Công an tỉnh Sơn La»."""
        while True:
            while level := LEVEL.match(self.lower, after, self.end):
                after = level.end()
            place = words.CAPITAL.match(self.text, after, self.end)
            if place and self._is_place(place, after, placed=placed):
                after = self._capitals(after)
                continue
            area = AREA.match(self.lower, after, self.end) or MORE_LEVELS.match(self.lower, after, self.end)
            if not area:
                return after
            after = area.end()

    def _is_place(self, word: re.Match[str], after: int, *, placed: bool) -> bool:
        """Whether a capital word behind a name says where it is: «Công an tỉnh Sơn La», «Quốc hội Việt Nam»."""
        if word[1].isdigit() and len(word[1]) < 4:
            return self.lower[:after].endswith(words.NUMBERED)
        if not word[1][0].isupper() or self.dictionary.head_at(self.lower, word.start(1), self.end):
            return False
        if placed and not ACTION.match(self.lower, word.start(1), self.end):
            return True
        return self.lower[:after].endswith(words.PLACE_OF) or word[1] in ("Trung", "Việt")

    def _capitals(self, after: int) -> int:
        while (word := words.CAPITAL.match(self.text, after, self.end)) and (
            word[1][0].isupper() or word[1][0].isdigit()
        ):
            after = word.end()
        return after

    def _owned(self, after: int) -> int:
        """A name with the office it belongs to: «phòng An ninh chính trị nội bộ Công an tỉnh», «Cục A thuộc Bộ B»."""
        belongs = words.OWNED.match(self.lower, after, self.end)
        owner = belongs or words.ADJACENT.match(self.lower, after, self.end)
        if not owner or not (belongs or (self._is_capital(owner.end()) and self.text[after] != "\n")):
            return after
        items, there = self._within(owner.end())
        if items or not belongs:
            return there if items else after
        # «các đơn vị thuộc Bộ»: which one is said elsewhere.
        bare = self.dictionary.head_at(self.lower, owner.end(), self.end)
        return bare.end() if bare and self._is_capital(bare.start()) else after

    def _and_work(self, known: int) -> int:
        """«Phòng Xây dựng và Kiểm tra văn bản»: a known name and a verb with a capital."""
        joint = words.AND_OF_NAME.match(self.lower, known, self.end)
        capital = joint and self._is_capital(joint.end()) and not self._starts_office(joint.end())
        return self._name(known) if joint and capital and ACTION.match(self.lower, joint.end(), self.end) else known

    def _and_more(self, at: int, head: re.Match[str], after: int) -> int:
        """«Phòng Kiểm soát thủ tục và theo dõi đơn thư rà soát …»: a name with a second verb, where a third follows."""
        name, joint = self.lower[head.end() : after].strip(), words.AND_OF_NAME.match(self.lower, after, self.end)
        told = self._told(joint.end()) if joint and words.may_do_more(head[0], name, self.text[:at].lower()) else None
        if not told or (there := self._name(told.end())) == told.end():
            return after
        space = words.ADJACENT.match(self.lower, there, self.end)
        return (
            there if there == self.end or self.text[there] in ".\n\t" or (space and self._told(space.end())) else after
        )

    def _name(self, after: int, head: str = "") -> int:
        """Where a name that is not known ends: before a verb, a mark, or the next office."""
        lower, end, begins, by_verb = self.lower, self.end, after, head in words.NAMED_BY_VERBS
        space = words.ADJACENT.match(lower, after, end)
        if space and (of_department := self.dictionary.field_at(lower, space.end())):
            after = space.end() + len(of_department)
        for _ in range(_MOST_WORDS):
            if area := AREA.match(lower, after, end):
                after = area.end()
                continue
            joint = None if words.OWNED.match(lower, after, end) else words.JOINT_OF_NAME.match(lower, after, end)
            word = WORD.match(self.text, joint.end(), end) if joint else None
            if not joint or not word:
                return after
            capital, mark, name = word[0][0].isupper(), joint[0].strip(), lower[begins:after].strip()
            goes_on = not capital and words.is_open_name(head, name)
            if mark in (",", "và", "&") and ((not capital and not goes_on) or self._starts_office(word.start())):
                return after
            if mark == "," and not goes_on and not words.LAST_OF_NAME.match(lower, word.start(), end):
                return after
            told = None if capital else self._told(word.start())
            if told and not (by_verb or goes_on or words.is_half_a_word(head, name, told[0])):
                return after
            by_verb = False
            after = told.end() if told else word.end()
        return after

    def _told(self, at: int) -> re.Match[str] | None:
        """What an office is told; not «trực ban» of «Thường trực Ban Chỉ huy», nor a verb that belongs to a name."""
        told = NO_NAME.match(self.lower, at, self.end)
        if told and (
            not self.text[at : told.end()].islower()
            or words.OF_NAME.search(self.lower, max(0, at - _REACH_OF_NAME), told.end())
        ):
            return None
        return told

    def _group(self, start: int, at: int) -> tuple[list[OfficePhrase], int]:
        """«các sở, ban, ngành cấp tỉnh» as one; «các Sở: Nội vụ, Y tế» one by one."""
        noun = self.dictionary.groups.match(self.lower, at, self.end)
        if noun is None:
            if self._known(at) or (self._is_capital(at) and self.dictionary.head_at(self.lower, at, self.end)):
                items, after = self._within(at)
                return [OfficePhrase(start, each.end, self.text[start : each.end], True) for each in items[:1]], after
            return [], start
        if listed := self._fields(noun) or self._communes(start, at, noun):
            return listed, listed[-1].end
        after = self._trading(noun)
        space = words.ADJACENT.match(self.lower, after, self.end) if noun[0] in words.GIVEN_FIELDS else None
        if space and (of_department := self.dictionary.field_at(self.lower, space.end())):
            after = space.end() + len(of_department)
        for _ in range(_MOST_WORDS):
            further = self._further(noun, after)
            if further == after:
                break
            after = further
        return [OfficePhrase(start, after, self.text[start:after], True)], after

    def _trading(self, noun: re.Match[str]) -> int:
        """«doanh nghiệp thu mua, chế biến thủy sản» where it is told something else right behind it."""
        trade = words.TRADE.match(self.lower, noun.end(), self.end) if noun[0] in words.TRADERS else None
        after = trade.end() if trade else noun.end()
        while trade and (further := self._further(noun, after)) > after:
            after = further
        told = NO_NAME.match(self.lower, after + 1, self.end)
        return after if told and not told[0].startswith("cho") else noun.end()

    def _further(self, noun: re.Match[str], after: int) -> int:
        """One more word, noun or qualification of a group; ``after`` itself where the group ends."""
        lower, end = self.lower, self.end
        if area := AREA.match(lower, after, end):
            return area.end()
        if words.OWNED.match(lower, after, end) and (owned := self._owned(after)) > after:
            return owned
        joint = words.JOINT_OF_GROUP.match(lower, after, end)
        word = WORD.match(self.text, joint.end(), end) if joint else None
        if not joint or not word:
            return after
        at, capital = word.start(), word[0][0].isupper()
        if joint[0].strip() in ("", "-"):
            office = capital and self._starts_office(at)
            if office and noun[0] in words.PERSONS:
                return self._within(at)[1]
            stops = office and noun.end() != after
            return after if stops or (not capital and self._told(at)) else word.end()
        known = self._known(at)
        if known and not self.dictionary.groups.fullmatch(lower, at, known):
            return after
        more = self.dictionary.groups.match(lower, at, end)
        # «tổ chức» is also what an office is told to do.
        if more and not words.TOLD_TO_ORGANISE.match(lower, at, end):
            own_name = capital and (known or self._name(more.end()) > more.end())
            if not own_name:
                return self._trading(more)
        if capital or "," in joint[0] or self._starts_office(at) or NO_NAME.match(lower, at, end):
            return after
        return word.end()

    def _fields(self, noun: re.Match[str]) -> list[OfficePhrase]:
        """The departments of «các Sở: Nội vụ, Y tế»; empty where the noun has no list of fields."""
        mark = re.compile(r" *(?:, *ngành *)?:? +").match(self.lower, noun.end(), self.end)
        if noun[0] not in words.GIVEN_FIELDS or not mark or not self._is_capital(mark.end()):
            return []
        shared = self.text[noun.start()].upper() + noun[0][1:]
        found: list[OfficePhrase] = []
        at = mark.end()
        while self._is_capital(at):
            of_department = self.dictionary.field_at(self.lower, at)
            if of_department is None and self._starts_office(at):
                break
            first = WORD.match(self.text, at, self.end)
            after = at + len(of_department) if of_department else self._name(first.end()) if first else at
            found.append(OfficePhrase(at, after, self.text[at:after], head=shared))
            joint = words.JOINT_OF_FIELDS.match(self.lower, after, self.end)
            if not joint:
                break
            at = joint.end()
        return found if len(found) > 1 or ":" in mark[0] else []

    def _communes(self, start: int, at: int, noun: re.Match[str]) -> list[OfficePhrase]:
        """The places of «UBND các xã Hòa Mỹ, Tân Lập»; empty where the noun has no list of places."""
        mark = words.BEFORE_PLACE.match(self.lower, noun.end(), self.end) if noun[0] in words.PLACE_OF else None
        if not mark or not self._is_capital(mark.end()) or self._starts_office(mark.end()):
            return []
        found: list[OfficePhrase] = []
        place = mark.end()
        while self._is_capital(place) and not self._starts_office(place):
            after = self._capitals(place - 1)
            first, shared = not found, f"{self.text[start : at - len('các ')]}{noun[0]}"
            begins = start if first else place
            found.append(OfficePhrase(begins, after, self.text[begins:after], True, "" if first else shared))
            joint = words.JOINT_OF_FIELDS.match(self.lower, after, self.end)
            if not joint:
                break
            place = joint.end()
        return found if len(found) > 1 else []
