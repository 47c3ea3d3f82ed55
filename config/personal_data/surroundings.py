"""What stands before and behind a word: what introduces a person, what is named after one, posts, events, places."""

import re
from collections.abc import Sequence

from config.personal_data import acts
from config.personal_data.lexicon import Before, Lexicon, PhraseSet
from config.personal_data.reading import Reading, Word

_POST_REACH = 14
"""A post stands at most so many words before the name of its holder: «Chủ tịch Ủy ban nhân dân xã …»."""
_COMMEMORATION_REACH = 12
_LIST_REACH = 30
_GAP_BEFORE_NAME = re.compile(r"[ .:(«“\"'*_-]{0,3}")
_IN_OFFICE = re.compile(
    r"(?:[ ,\-–;(]{1,3}chức (?:vụ|danh|trách) ?: ?| (?:giữ chức(?: vụ| danh)?|làm) )(?=[^\W\d_])", re.IGNORECASE
)
"""«Ông …, chức vụ: Giám đốc», «ông … giữ chức Giám đốc»"""
_LIST = re.compile(r" ?(?:,|;|-|/|&| và)(?: và)? ?", re.IGNORECASE)
_NUMBER_BETWEEN = re.compile(r" \d{1,3}[A-Z]? ")
"""«tổ dân phố 7» and a name"""
_SENTENCE_END = re.compile(r"[!?;]|\.(?= [^\W\d_])")
_BEHIND_A_PERSON = re.compile(
    r"[ ,(\-:;]*(?:sinh (?:nam|ngay|thang)\b|sinh \d|sn ?:?\d|\((?:sn )?(?:19|20)\d\d\)|(?:hien )?(?:cu |thuong "
    r"|tam )?tru\b|ngu (?:tai|o)\b|que (?:o|quan)?\b"
    r"|\d{1,2} tuoi|so (?:cccd|cmnd|dinh danh|dt|dien thoai|ho chieu)|cccd|cmnd|cmt\b|sdt|dt\b|dien thoai"
    r"|nguoi (?:thon|xa|dan)|(?:hien )?o (?:thon|xom|ban|ap|buon|so|ngo)\b|da chet|nhiem |duong tinh)"
)
_WATER = re.compile(
    r"[^.;!?]{0,40}\b(?:dung tich|muc nuoc|m3|xa (?:lu|tran|nuoc|dieu tiet)|tran xa lu|tich (?:nuoc|duoc)|can nuoc"
    r"|nuoc (?:ve|dang|ha)|ha luu)\b"
)
_APOSTROPHES = ("'", "’", "‘", "ʼ", "ʹ", "`", "´")
# «H'Mông», «K'Ho» are peoples; «Y Tế» of a heading is no name.
_PEOPLES = ("mong", "re", "ho", "roi", "me", "mnong")
_MEDICINE = (
    "te",
    "hoc",
    "khoa",
    "duoc",
    "ta",
    "si",
    "sy",
    "ban",
    "phuc",
    "vien",
    "lenh",
    "kien",
    "nghia",
    "tuong",
    "thuc",
    "yen",
)


class Surroundings:
    """The words of a text with what stands around each; ``at`` is a word's index."""

    def __init__(self, reading: Reading, words: Lexicon) -> None:
        self.text = reading
        self.lex = words
        self.words = reading.words
        self.no_person: set[int] = set()
        """places of the ends of names that are no person's, for lists that go on: «đường Lê Lợi, Trần Phú»"""

    def highland_name(self, at: int) -> int:
        """How many words from here on are a name of the Central Highlands: «K'Brể», «H'Hen Niê», «Y Moan Êban»; 0."""
        words, first = self.words, self.words[at]
        if len(first.written) != 1 or first.written not in "HKY" or at + 1 >= len(words):
            return 0
        between, second = self.text.plain[first.end : words[at + 1].start], words[at + 1]
        clan = between in _APOSTROPHES and second.flat not in _PEOPLES
        spoken = first.written == "Y" and between == " " and second.capital and second.flat not in _MEDICINE
        if not (clan or spoken) or second.upper:
            return 0
        end = at + 2
        while end < len(words) and self.joined(end - 1) and words[end].capital and not words[end].upper:
            end += 1
        return end - at

    def acts_as_a_person(self, run: Sequence[Word], *, surname: bool) -> bool:
        """Whether what stands around a run of words is done by a person, or to one where it begins with a surname.

        Two syllables are as often a commune's or a firm's name, unless the first is hardly more than a surname.
        """
        sure = surname and (run[0] in self.lex.sure_surnames or len(run) > 2)
        return acts.does(self.text, run[-1].end, sure=sure) or (
            surname
            and (acts.is_dealt_with(self.text, run[0].start, sure=sure) or acts.tells_of_one(self.text, run[-1].end))
        )

    def introduced(self, at: int) -> Before | None:
        """What kind of word stands right before this one and introduces a person."""
        if at == 0 or not self._adjoins(at):
            return None
        words = self.words
        for kind, phrases in self.lex.before.items():
            if length := phrases.length_before(words, at):
                if kind is Before.PRONOUN and self._compound(at, length):
                    continue
                if kind is Before.MATTER and self.lex.compounds_with_matter.length_before(words, at):
                    continue
                if kind is Before.RELATIVE and not (
                    self.text.without_accents or phrases.holds_exactly(words[at - length : at])
                ):
                    continue  # «TRƯỞNG BAN» is nobody's «bạn»
                named = length > 1 and words[at - length].flat in ("nguoi", "ho", "ten", "co", "chu")
                if kind in (Before.LABEL, Before.TASK) and not named and not self._labelled(at):
                    continue
                if kind is Before.RELATIVE and length == 1 and not self._labelled(at) and not words[at].capital:
                    continue
                return kind
        return None

    def introduces_anybody(self, at: int, before: Before) -> bool:
        """«Chủ trì: Châu Khê», «trường hợp Trà Bồng»: offices and communes stand there as often as persons."""
        return before is Before.TASK or bool(
            before is Before.MATTER and self.lex.matters_of_anybody.length_before(self.words, at)
        )

    def names_a_place(self, at: int, whole: bool) -> bool:
        """Whether the pronoun before is a place's or a firm's: «chợ Ông Tạ», «cong ty co phan …»."""
        if self.text.without_accents and self.company_near(at):
            return True
        return not whole and self.words[at - 1].capital and self.named_after(at - 1)

    def introduced_at(self, at: int, before: Before | None) -> int:
        length = self.lex.before[before].length_before(self.words, at) if before is not None else 0
        return self.words[at - length].start

    def _compound(self, at: int, length: int) -> bool:
        """Whether the pronoun before belongs to a word like «tiếng Anh» or, without accents, may be another word."""
        first = at - length
        pronoun = self.words[first]
        if self.lex.compounds_with_pronoun.length_before(self.words, at):
            return True
        # «ba», «co», «chi», «bac» are other words where accents are missing only here.
        return (
            pronoun.bare
            and not self.lex.before[Before.PRONOUN].holds_exactly(self.words[first:at])
            and not self.text.without_accents
        )

    def _labelled(self, at: int) -> bool:
        """Whether «label: name» is written."""
        between = self.text.plain[self.words[at - 1].end : self.words[at].start]
        return ":" in between or (between == " " and self.word_before(at).flat in ("do", "gap", "ten", "la"))

    def is_comrade(self, at: int) -> bool:
        before = [word.flat for word in self.words[max(0, at - 2) : at]]
        return before == ["dong", "chi"] or before == ["d", "c"] or before[-1:] == ["dc"] or before[-1:] == ["bac"]

    def life_follows(self, end: int) -> bool:
        """Whether age, home or papers follow a place of the text."""
        return bool(_BEHIND_A_PERSON.match(self.text.flat[end : end + 40]))

    def tells_of_a_life(self, at: int, length: int) -> bool:
        """Whether what follows tells of somebody who lives, though the name is one of history."""
        last = self.words[at + length - 1]
        return self.life_follows(last.end) and not self.commemorated(at) and last.flat != "minh"

    def is_reservoir(self, at: int, length: int) -> bool:
        """«Hồ Yên Mỹ còn 62% dung tích», «Hồ Nguyễn Công Trứ»: what is told of it is told of water."""
        end = self.words[at + length - 1].end
        of_history = length > 2 and self.famous(at + 1, length - 1)
        return self.words[at].flat == "ho" and (of_history or bool(_WATER.match(self.text.flat, end)))

    def means_a_citizen(self, at: int, length: int, before: Before | None) -> bool:
        """«bị can …», «hộ …», «đơn của …»: somebody of today is meant, though the name is one of history."""
        if self.commemorated(at) or self.named_after(at):
            return False
        if before in (Before.PRONOUN, Before.MATTER, Before.RELATIVE):
            return True
        start, end = self.words[at].start, self.words[at + length - 1].end
        owned = acts.is_owner(self.text, start, sure=True)
        return owned or acts.is_accused(self.text, start, end) or acts.does(self.text, end, sure=True)

    def holds_a_post(self, at: int, length: int) -> bool:
        """«Lê Ngọc Hân - chuyên viên»: a post stands behind a name that is one of history too."""
        return (
            self.post_behind(at + length) and not self.commemorated(at) and self.words[at + length - 1].flat != "minh"
        )

    def lives_in(self, at: int) -> bool:
        """«y tế bản Lò Thị Kiên»: no village is called so."""
        words = self.words
        return words[at - 1] in self.lex.villages and words[at + 1].flat in ("thi", "van")

    def named_after(self, at: int) -> bool:
        words, lex = self.words, self.lex
        if at == 0:
            return False
        between = self.text.plain[words[at - 1].end : words[at].start]
        if words[at - 1].end in self.no_person and _LIST.fullmatch(between):
            return True
        if self._goes_on_list(at):
            return True
        listed = re.fullmatch(r" ?(?:,|;|-|/|&)? ?(?:và )?", between)
        if listed and words[at - 1].flat == "va" and at > 1 and words[at - 2].end in self.no_person:
            return True
        if not re.fullmatch(r" ?(?:\d{1,3}[A-Z]? |[\"“«(]|- )?", between):
            return False
        length = lex.named_after.length_before(words, at)
        return bool(length) and not lex.not_named_after.length_before(words, at)

    def _goes_on_list(self, at: int) -> bool:
        """Whether a list of streets or schools goes on here: «đường Nguyễn Du, Cửa Hữu và …»."""
        words = self.words
        for begin in range(at - 1, max(0, at - _LIST_REACH), -1):
            between = self.text.plain[words[begin].end : words[begin + 1].start]
            if not (words[begin].capital or words[begin].flat == "va") or not (
                between == " " or _LIST.fullmatch(between)
            ):
                return False
            if self.lex.streets.length_before(words, begin):
                return begin < at - 1
        return False

    def head_of_unit(self, at: int) -> bool:
        """«Chủ tịch UBND xã» and a name: the head of the unit, where the name is no place's."""
        unit = self.lex.units_with_heads.length_before(self.words, at)
        post = self.post_near(at)
        return bool(unit) and post is not None and not self.place_at(at)

    def company_near(self, at: int) -> bool:
        """Whether a company stands before, of whose name this is the end: «Công ty Cổ phần Đầu tư …»."""
        return self._near(self.lex.companies, at) is not None

    def within_a_name(self, at: int) -> bool:
        """Whether a house, firm or feast stands before, of whose name this may be the end: «Bệnh viện Đa khoa …»."""
        return self._near(self.lex.named_after, at) is not None

    def post_near(self, at: int) -> int | None:
        """The place of a post before this word with nothing but an office between them."""
        return self._near(self.lex.before[Before.POST], at)

    def _near(self, phrases: PhraseSet, at: int) -> int | None:
        for end in range(at, max(0, at - _POST_REACH), -1):
            if end < at:
                word = self.words[end]
                numbered = end == at - 1 and _NUMBER_BETWEEN.fullmatch(self.text.plain[word.end : self.words[at].start])
                if not (word in self.lex.offices_tail or word.capital) or not (self.joined(end) or numbered):
                    return None
            if phrases.length_before(self.words, end):
                return end
        return None

    def post_behind(self, at: int) -> bool:
        """Whether a post stands behind the name: «…, Giám đốc», «… - Phó Trưởng ban»."""
        if at >= len(self.words):
            return False
        behind = self.text.plain[self.words[at - 1].end :]
        if named := _IN_OFFICE.match(behind):
            start = self.words[at - 1].end + named.end()
            at = next(each for each in range(at, len(self.words)) if self.words[each].start >= start)
        elif not re.match(r" ?[,(:\-–;]? ?(?:\()?(?=[^\W\d_])", behind):
            return False
        return bool(
            self.lex.before[Before.POST].length_at(self.words, at)
            or self.words[at].flat in ("tinh", "uvbtv", "uvtv", "pgd", "gd")
        )

    def commemorated(self, at: int) -> bool:
        """Whether an event, a feast or a monument is named for the name, in the same sentence."""
        for end in range(at, max(0, at - _COMMEMORATION_REACH), -1):
            if end < at and _SENTENCE_END.search(
                self.text.plain[self.words[end].end - 1 : self.words[end + 1].start + 1][1:]
            ):
                return False
            if self.lex.commemorations.length_before(self.words, end):
                return True
        return False

    def famous(self, at: int, length: int) -> bool:
        return self.lex.famous.length_at(self.words, at) >= length

    def place_at(self, at: int) -> bool:
        length = self.lex.places.length_at(self.words, at)
        return bool(length) and all(word.capital for word in self.words[at : at + length])

    def word_before(self, at: int) -> Word:
        return self.words[at - 1]

    def joined(self, at: int) -> bool:
        """Whether nothing but a space stands between this word and the next."""
        if at + 1 >= len(self.words):
            return True
        return self.text.plain[self.words[at].end : self.words[at + 1].start] in ("", " ", "_")

    def _adjoins(self, at: int) -> bool:
        between = self.text.plain[self.words[at - 1].end : self.words[at].start]
        return (
            bool(between)
            and bool(_GAP_BEFORE_NAME.fullmatch(between))
            and not (between == ". " and len(self.words[at - 1].flat) > 4)
        )

    def begins_sentence(self, at: int) -> bool:
        before = self.text.plain[: self.words[at].start].rstrip(' "«“(-')
        return not before or before[-1] in ".:;!?*•+" or bool(re.search(r"(?:^|\s)\d{1,2}[.)]$", before))
