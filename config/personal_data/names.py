"""Names of persons in a text: where one stands, and whether it is a person's, a street's, a place's or history's.

A name is a surname with one to three more syllables that are used as middle or given names, or what stands behind a
word that introduces a person. What stands before and behind it decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from config.personal_data.lexicon import Before, Lexicon, PhraseSet, lexicon
from config.personal_data.reading import Reading, Word

_LONGEST_NAME = 5
_POST_REACH = 8
"""A post stands at most so many words before the name of its holder: «Chủ tịch Ủy ban nhân dân xã …»."""
_COMMEMORATION_REACH = 12
_GAP_BEFORE_NAME = re.compile(r"[ .:(«“\"'*_-]{0,3}")
_LIST = re.compile(r" ?(?:,|;|-|/|&| và)(?: và)? ?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?;]|\.(?= [^\W\d_])")
_BEHIND_A_PERSON = re.compile(
    r"[ ,(\-:;]*(?:sinh (?:nam|ngay|thang)\b|sinh \d|sn ?:?\d|\((?:sn )?(?:19|20)\d\d\)|(?:hien )?(?:cu |thuong |tam )?tru\b|ngu (?:tai|o)\b|que (?:o|quan)?\b"
    r"|\d{1,2} tuoi|so (?:cccd|cmnd|dinh danh|dt|dien thoai|ho chieu)|cccd|cmnd|cmt\b|sdt|dt\b|dien thoai|nguoi (?:thon|xa|dan)|(?:hien )?o (?:thon|xom|so|ngo)\b|da chet|nhiem |duong tinh)"
)
_INITIALS = re.compile(r"[ .:]{1,2}(?:[A-ZĐ]\.?[ ]?){0,3}[A-ZĐ]\.(?:[A-ZĐ]\b\.?)|[ ](?:Ng|Tr|Ph|L|N|T|P|H|V|Đ)\. ?(?:[A-ZĐ][\w]*\.? ?)+")
_PLACE_BEHIND = re.compile(r" ?[(,\-] ?(?:huyen|tinh|xa|phuong|thi xa|thanh pho|thi tran|nghe an|lao|chdcnd)\b")
_SPEAKS_OR_ACTS = re.compile(r" (?:da|se|dang|chua|bao|nop|xin|gui|noi|o|la|phu trach|hua|co|bi|duoc|va|truc|trinh|khai|nhan|ky|vua|cung|khong|den|,)\b")


class Shape(IntEnum):
    """How much a run of words looks like a name by itself."""

    NONE = 0
    GIVEN = 1
    """one syllable used as a given name"""
    DOUBTFUL = 2
    """a surname that is also a common word, with one given name"""
    SHORT = 3
    """a surname with one given name"""
    FULL = 4
    """a surname, middle name and given name"""


@dataclass(frozen=True)
class Name:
    """A person's name: its first and last place in the text as read, and what introduced it ``at`` which place."""

    at: int
    start: int
    end: int
    shape: Shape
    before: Before | None
    post: bool
    """a post stands before or behind it, or a rank or «đồng chí» before it"""
    citizen: bool
    """what stands around it tells of somebody's life: age, home, complaint, kin"""


def names_in(reading: Reading) -> Iterator[Name]:
    """Every person's name, in order; those of streets, schools, companies, places and history are left out."""
    return _Names(reading, lexicon()).found()


class _Names:
    def __init__(self, reading: Reading, words: Lexicon) -> None:
        self.text = reading
        self.lex = words
        self.words = reading.words
        self._no_person: set[int] = set()
        """places of the ends of names that are no person's, for lists that go on: «đường Lê Lợi, Trần Phú»"""

    def found(self) -> Iterator[Name]:
        at = 0
        while at < len(self.words):
            length, name = self._name_at(at)
            if name is not None:
                yield name
            at += max(length, 1)

    # --- one place ------------------------------------------------------------------------------------------

    def _name_at(self, at: int) -> tuple[int, Name | None]:
        """How many words are done with, and the person's name that begins here, if one does."""
        before = self._introduced(at)
        shape, length = self._shape(at, before)
        if before is not None and shape < Shape.DOUBTFUL:
            shape, length = self._introduced_shape(at, before)
        if shape is Shape.NONE:
            return 1, None
        start, end = self.words[at].start, self.words[at + length - 1].end
        if not self._is_person(at, length, shape, before):
            self._no_person.add(end)
            return length, None
        behind = self.text.flat[end : end + 40]
        posted = before in (Before.POST, Before.RANK) or self._is_comrade(at) or self._post_near(at) is not None
        citizen = bool(_BEHIND_A_PERSON.match(behind)) or before in (Before.MATTER, Before.RELATIVE)
        return length, Name(self._introduced_at(at, before), start, end, shape, before, posted or self._post_behind(at + length), citizen)

    def _is_person(self, at: int, length: int, shape: Shape, before: Before | None) -> bool:
        of_history = self._famous(at, length)
        if of_history and (before is not Before.PRONOUN or self._is_comrade(at) or self._commemorated(at)):
            return False
        if before is Before.PRONOUN:
            return not (self._commemorated(at) and shape >= Shape.DOUBTFUL)
        if self._lex_place(at) and shape < Shape.FULL:
            return False
        end = self.words[at + length - 1].end
        if self._company_near(at):
            return False
        if self._named_after(at):
            return shape is Shape.FULL and self._head_of_unit(at)
        if self._commemorated(at):
            return False
        if _BEHIND_A_PERSON.match(self.text.flat[end : end + 40]):
            return shape >= Shape.DOUBTFUL
        if before is not None:
            return True
        if shape >= Shape.SHORT:
            return True
        return shape is Shape.DOUBTFUL and (self._post_near(at) is not None or self._post_behind(at + length))

    # --- shapes -----------------------------------------------------------------------------------------------

    def _shape(self, at: int, before: Before | None) -> tuple[Shape, int]:
        """The shape of the name that begins with the surname at this place, and how many words it has."""
        lex, first = self.lex, self.words[at]
        if first not in lex.surnames or (at and self._joined(at - 1) and self._within_longer_word(at)):
            return Shape.NONE, 1
        run = self._run(at)
        if not lex.surnames.means(first) and not all(word.written.isascii() for word in run[:3]):
            return Shape.NONE, 1  # a surname without its accents before words that have theirs
        if not first.capital:
            return self._small_shape(at, run, before)
        doubtful = first not in lex.sure_surnames
        if len(run) >= 3 and self._is_van_thi(run[1]) and run[2].capital and not (doubtful and run[2] not in lex.given):
            return Shape.FULL, self._length(run, 3)
        if len(run) == 3 and not (doubtful or first.upper or first.bare) and run[1] in lex.middles and run[2].capital:
            return Shape.FULL, 3
        if len(run) >= 3 and before is Before.MATTER and self._is_van_thi(run[1]):
            return Shape.FULL, 3
        for length in (4, 3):
            middle = run[1 : length - 1]
            if len(run) >= length and run[length - 1] in lex.given and all(w in lex.middles or w in lex.given for w in middle):
                if (doubtful or first.bare) and first.upper and before is None and not all(w in lex.middles for w in middle):
                    continue
                return Shape.FULL, self._length(run, length)
        if len(run) >= 2 and run[1] in lex.given:
            return (Shape.DOUBTFUL if doubtful or first.upper or run[1].upper else Shape.SHORT), 2
        if len(run) >= 2 and len(run[1].written) == 1 and before is not None:
            return Shape.SHORT, 2
        return Shape.NONE, 1

    def _small_shape(self, at: int, run: list[Word], before: Before | None) -> tuple[Shape, int]:
        """The same in small letters, where a common word looks like a surname."""
        lex = self.lex
        if before is None and self._post_near(at) is not None:
            before = Before.POST
        if run[0] not in lex.sure_surnames and before is not Before.PRONOUN:
            return Shape.NONE, 1
        bare = all(word.bare for word in run[:3])
        if bare and not self.text.without_accents:
            return Shape.NONE, 1
        if len(run) >= 3 and self._is_van_thi(run[1]) and (run[2] in lex.given or (len(run) > 3 and run[2] in lex.middles and run[3] in lex.given)):
            return Shape.FULL, 3
        if before is None or (bare and run[0] not in lex.sure_surnames):
            return Shape.NONE, 1
        for length in (4, 3):
            if len(run) >= length and run[length - 1] in lex.given and all(w in lex.middles for w in run[1 : length - 1]):
                return Shape.FULL, length
        if not bare and before in (Before.PRONOUN, Before.LABEL) and len(run) >= 2 and run[1] in lex.given:
            return Shape.SHORT, 2
        return Shape.NONE, 1

    def _length(self, run: list[Word], least: int) -> int:
        """A name goes on while capitalised given names follow."""
        length = least
        while length < min(len(run), _LONGEST_NAME) and run[length] in self.lex.given and run[length].capital:
            length += 1
        return length

    def _introduced_shape(self, at: int, before: Before) -> tuple[Shape, int]:
        """What stands behind a word that introduces a person, where it begins with no surname."""
        word, lex = self.words[at], self.lex
        if lex.no_name_begins.length_at(self.words, at) or self._lex_place(at) and self._place_here(at, before):
            return Shape.NONE, 1
        run = self._run(at)
        if before is Before.PRONOUN:
            return self._behind_a_pronoun(at, run)
        if not word.capital or word.upper:
            return Shape.NONE, 1
        capitals = [w for w in run if w.capital]
        if before is Before.MATTER:
            case = self._word_before(at).flat in ("can", "cao", "an")
            return (Shape.SHORT, len(run)) if case and len(capitals) >= 2 else (Shape.NONE, 1)
        alone = len(run) == 1 or (len(run) == 2 and run[1] in lex.given)
        if before is Before.POST and not re.match(r" ?(?:$|[,.;:()\-])", self.text.flat[run[-1].end :][:2]):
            alone = alone and bool(_SPEAKS_OR_ACTS.match(self.text.flat[run[-1].end :][:14]))
        if word in lex.given and alone and not self._lex_place(at) and not self._named_after(at):
            return Shape.GIVEN, len(run)
        return Shape.NONE, 1

    def _behind_a_pronoun(self, at: int, run: list[Word]) -> tuple[Shape, int]:
        word, lex, pronoun = self.words[at], self.lex, self._word_before(at)
        known = word in lex.given or word in lex.surnames
        if pronoun.capital and not self._begins_sentence(at - 1) and not (pronoun.upper and word.upper):
            # «Anh Sơn», «Cô Tô» within a sentence is a place; «Ông», «Bà» are written so out of respect.
            if pronoun.flat not in ("ong", "ba", "chi") or not known:
                return Shape.NONE, 1
        if pronoun.capital and _PLACE_BEHIND.match(self.text.flat[self.words[at + len(run) - 1].end :][:20]):
            return Shape.NONE, 1
        if word.upper:
            titled = pronoun.flat in ("ong", "ba", "chi", "anh") or self._is_comrade(at)
            return (Shape.GIVEN, 1) if known and titled and len(run) <= 4 else (Shape.NONE, 1)
        if word.capital:
            return Shape.GIVEN, len([w for w in run if w.capital])
        if self.text.without_accents or word.bare and pronoun.bare and pronoun.flat != "anh" and pronoun.flat != "em":
            return Shape.NONE, 1
        if word in lex.in_small_letters or not word.key or word not in lex.given:
            return Shape.NONE, 1
        return (Shape.GIVEN, 1) if _SPEAKS_OR_ACTS.match(self.text.flat[word.end : word.end + 12]) else (Shape.NONE, 1)

    # --- what stands around ------------------------------------------------------------------------------------

    def _introduced(self, at: int) -> Before | None:
        """What kind of word stands right before this one and introduces a person."""
        if at == 0 or not self._adjoins(at):
            return None
        words = self.words
        for kind, phrases in self.lex.before.items():
            if length := phrases.length_before(words, at):
                if kind is Before.PRONOUN and self._compound(at, length):
                    continue
                if kind is Before.LABEL and length == 1 and not self._labelled(at):
                    continue
                if kind is Before.RELATIVE and length == 1 and not self._labelled(at) and not words[at].capital:
                    continue
                return kind
        return None

    def _introduced_at(self, at: int, before: Before | None) -> int:
        length = self.lex.before[before].length_before(self.words, at) if before is not None else 0
        return self.words[at - length].start

    def _compound(self, at: int, length: int) -> bool:
        """Whether the pronoun before belongs to a word like «tiếng Anh» or, without accents, may be another word."""
        first = at - length
        pronoun = self.words[first]
        if self.lex.compounds_with_pronoun.length_before(self.words, at):
            return True
        # «ba», «co», «chi», «bac» are other words where accents are missing only here.
        return pronoun.bare and not self.lex.before[Before.PRONOUN].holds_exactly(self.words[first:at]) and not self.text.without_accents

    def _labelled(self, at: int) -> bool:
        """Whether «label: name» is written."""
        between = self.text.plain[self.words[at - 1].end : self.words[at].start]
        return ":" in between or (between == " " and self._word_before(at).flat in ("do", "gap", "ten"))

    def _is_comrade(self, at: int) -> bool:
        before = [word.flat for word in self.words[max(0, at - 2) : at]]
        return before == ["dong", "chi"] or before == ["d", "c"] or before[-1:] == ["dc"] or before[-1:] == ["bac"]

    def _named_after(self, at: int) -> bool:
        words, lex = self.words, self.lex
        if at == 0:
            return False
        between = self.text.plain[words[at - 1].end : words[at].start]
        if words[at - 1].end in self._no_person and _LIST.fullmatch(between):
            return True
        listed = re.fullmatch(r" ?(?:,|;|-|/|&)? ?(?:và )?", between)
        if listed and words[at - 1].flat == "va" and at > 1 and words[at - 2].end in self._no_person:
            return True
        if not re.fullmatch(r" ?(?:\d{1,3}[A-Z]? |[\"“«(]|- )?", between):
            return False
        length = lex.named_after.length_before(words, at)
        return bool(length) and not lex.not_named_after.length_before(words, at)

    def _head_of_unit(self, at: int) -> bool:
        """«Chủ tịch UBND xã» and a name: the head of the unit, where the name is no place's."""
        unit = self.lex.units_with_heads.length_before(self.words, at)
        post = self._post_near(at)
        return bool(unit) and post is not None and not self._lex_place(at)

    def _company_near(self, at: int) -> bool:
        """Whether a company stands before, of whose name this is the end: «Công ty Cổ phần Đầu tư …»."""
        return self._near(self.lex.companies, at) is not None

    def _post_near(self, at: int) -> int | None:
        """The place of a post before this word with nothing but an office between them."""
        return self._near(self.lex.before[Before.POST], at)

    def _near(self, phrases: PhraseSet, at: int) -> int | None:
        for end in range(at, max(0, at - _POST_REACH), -1):
            if end < at:
                word = self.words[end]
                if not (word in self.lex.offices_tail or word.capital) or not self._joined(end):
                    return None
            if phrases.length_before(self.words, end):
                return end
        return None

    def _post_behind(self, at: int) -> bool:
        """Whether a post stands behind the name: «…, Giám đốc», «… - Phó Trưởng ban»."""
        if at >= len(self.words):
            return False
        between = self.text.plain[self.words[at - 1].end : self.words[at].start]
        if not re.fullmatch(r" ?[,(:\-–;]? ?(?:\()?", between):
            return False
        return bool(self.lex.before[Before.POST].length_at(self.words, at) or self.words[at].flat in ("tinh", "uvbtv", "uvtv", "pgd", "gd"))

    def _commemorated(self, at: int) -> bool:
        """Whether an event, a feast or a monument is named for the name, in the same sentence."""
        for end in range(at, max(0, at - _COMMEMORATION_REACH), -1):
            if end < at and _SENTENCE_END.search(self.text.plain[self.words[end].end - 1 : self.words[end + 1].start + 1][1:]):
                return False
            if self.lex.commemorations.length_before(self.words, end):
                return True
        return False

    def _famous(self, at: int, length: int) -> bool:
        return self.lex.famous.length_at(self.words, at) >= length

    def _lex_place(self, at: int) -> bool:
        length = self.lex.places.length_at(self.words, at)
        return bool(length) and all(word.capital for word in self.words[at : at + length])

    def _place_here(self, at: int, before: Before) -> bool:
        """A person may bear the name of a place: «ông Hà Trung», but «công dân Hà Nội»."""
        return before is not Before.PRONOUN or self.words[at - 1].capital

    def _within_longer_word(self, at: int) -> bool:
        """Whether a place that began before goes on here: «Nam Trung Lý»."""
        return any(self.lex.places.length_at(self.words, at - back) > back for back in (1, 2) if at >= back)

    # --- words ----------------------------------------------------------------------------------------------------

    def _run(self, at: int) -> list[Word]:
        """The words from here on that belong together: all capitalised, or all small."""
        run = [self.words[at]]
        capital = run[0].capital
        for following in range(at + 1, min(at + _LONGEST_NAME + 1, len(self.words))):
            word = self.words[following]
            if not self._joined(following - 1) or not (word.capital == capital or self._is_van_thi(word)):
                break
            if run[0].upper and not word.upper and len(run) > 1 and word not in self.lex.given:
                break
            run.append(word)
        return run

    @staticmethod
    def _is_van_thi(word: Word) -> bool:
        return word.written.lower() in ("văn", "van", "thị", "thi")

    def _word_before(self, at: int) -> Word:
        return self.words[at - 1]

    def _joined(self, at: int) -> bool:
        """Whether nothing but a space stands between this word and the next."""
        if at + 1 >= len(self.words):
            return True
        return self.text.plain[self.words[at].end : self.words[at + 1].start] in ("", " ", "_")

    def _adjoins(self, at: int) -> bool:
        between = self.text.plain[self.words[at - 1].end : self.words[at].start]
        return bool(between) and bool(_GAP_BEFORE_NAME.fullmatch(between)) and not (
            between == ". " and len(self.words[at - 1].flat) > 4
        )

    def _begins_sentence(self, at: int) -> bool:
        before = self.text.plain[: self.words[at].start].rstrip(' "«“(-')
        return not before or before[-1] in ".:;!?*•+" or bool(re.search(r"(?:^|\s)\d{1,2}[.)]$", before))


def initials_in(reading: Reading) -> Iterator[int]:
    """The places of initials behind a word that introduces a person: «cháu N.V.A», «bà Ng. T. Hoa»."""
    words, before = reading.words, lexicon().before
    kinds = [before[kind] for kind in (Before.PRONOUN, Before.MATTER, Before.RELATIVE)]
    for end in range(1, len(words)):
        if any(kind.length_before(words, end) for kind in kinds) and _INITIALS.match(reading.plain, words[end - 1].end):
            yield words[end].start
