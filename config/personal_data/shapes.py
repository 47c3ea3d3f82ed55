"""How much a run of words looks like a person's name by itself."""

import re
from enum import IntEnum

from config.personal_data import acts
from config.personal_data.lexicon import Before
from config.personal_data.reading import Word
from config.personal_data.small_letters import SPEAKS_OR_ACTS, SmallLetters, like_a_word
from config.personal_data.surroundings import Surroundings

_LONGEST_NAME = 5
_PLACE_BEHIND = re.compile(r" ?[(,\-] ?(?:huyen|tinh|xa|phuong|thi xa|thanh pho|thi tran|nghe an|lao|chdcnd)\b")
_LETTERS = ("a", "c", "e")
"""«anh», «chị», «em» as notes have them: «A. Thắng», «nhờ c Hà»"""
_AT_WORK = re.compile(r" (?:ben|phong|o phong|ban|so|lai xe|ke toan|van thu|\()(?![a-z])|,? ?(?:sdt|dt)\b")
_ENGLISH = ("mr", "mrs", "ms", "miss")
_INTRODUCE_ANY = (Before.RELATIVE, Before.DEGREE, Before.RANK, Before.MATTER, Before.LABEL)


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


class Shapes:
    """The shapes of the names in a text."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.text, self.lex, self.words = around.text, around.lex, around.words

    def of(self, at: int, before: Before | None) -> tuple[Shape, int]:
        """The shape of what begins at a word, introduced by ``before``, and how many words it has."""
        if length := self.around.highland_name(at):
            return Shape.FULL, length
        shape, length = self._shape(at, before)
        if shape < Shape.SHORT and self.words[at].capital:
            shape, length = max((shape, length), self._unlisted_shape(at, before))
        if before is not None and shape < Shape.DOUBTFUL:
            shape, length = self._introduced_shape(at, before)
        return (
            (Shape.SHORT, self._given_alone(at)) if shape is Shape.NONE and self._given_alone(at) else (shape, length)
        )

    def _given_alone(self, at: int) -> int:
        """How many words are a given name of somebody asked or owning: «hỏi Phượng (kế toán)», «lương của Hạnh»; 0."""
        word, run = self.words[at], self._run(at)
        if not word.capital or word.upper or len(run) > 2 or not all(self.lex.given.means(each) for each in run):
            return 0
        if self.around.place_at(at) or any(
            phrases.length_at(self.words, at) for phrases in (self.lex.fields_of_work, self.lex.no_name_begins)
        ):
            return 0
        asked = acts.is_asked(self.text, word.start, run[-1].end, sure=len(run) == 1)
        return len(run) if asked or acts.is_owner(self.text, word.start, sure=len(run) == 1) else 0

    def _unlisted_shape(self, at: int, before: Before | None) -> tuple[Shape, int]:
        """The shape of capitalised words that no list holds: «Thạch Sô Phal»; what stands around them decides."""
        run = self._run(at)
        if not 2 <= len(run) <= _LONGEST_NAME or any(word.upper or not word.capital for word in run):
            return Shape.NONE, 1
        if self._begins_otherwise(at, len(run), before):
            return Shape.NONE, 1
        lex, known = self.lex, self._begins_with_surname(run)
        syllables = sum(any(each.means(word) for each in (lex.given, lex.middles, lex.surnames)) for word in run)
        sure = known and run[0] in lex.sure_surnames
        within = sure or (syllables >= 2 and (known or not self.around.begins_sentence(at)))
        named = self.around.named_after(at) or (not sure and self.around.within_a_name(at))
        if 3 <= len(run) <= 4 and within and not named and not self.text.without_accents:
            return (Shape.FULL if known else Shape.SHORT), len(run)
        posted = self.around.post_near(at) is not None
        if len(run) == 3 and (before is not None or posted) and run[1] in lex.middles and run[2] in lex.given:
            return Shape.FULL, 3
        introduced = before is not None and (sure or not self.around.introduces_anybody(at, before))
        if known and (introduced or posted):
            return Shape.DOUBTFUL, len(run)
        if self.around.acts_as_a_person(run, surname=known):
            return Shape.SHORT, len(run)
        if introduced and before in _INTRODUCE_ANY and self.around.word_before(at).flat not in ("vu", "an"):
            return Shape.DOUBTFUL, len(run)
        return Shape.NONE, 1

    def _begins_with_surname(self, run: list[Word]) -> bool:
        """«Do Thanh Hưng» begins with no «Đỗ»: a surname without its accents stands before none that has them."""
        bare = self.text.without_accents or all(word.written.isascii() for word in run)
        return run[0] in self.lex.surnames if bare else self.lex.surnames.means(run[0])

    def _begins_otherwise(self, at: int, length: int, before: Before | None) -> bool:
        """Whether a place, an office or a thing is named by these words, or they stand amid a longer name."""
        lex, words = self.lex, self.words
        amid = at and before is None and self.around.joined(at - 1) and words[at - 1].capital
        if amid and not self.around.begins_sentence(at - 1):
            return True
        other = lex.no_name_begins.length_at(words, at) or lex.named_after.length_at(words, at, exactly=True)
        if any(lex.fields_of_work.length_at(words, at + n) for n in range(length)):
            return True
        return (
            other > 1
            or bool(other and words[at] not in lex.surnames)
            or any(lex.places.length_at(words, at + n) or words[at + n] in lex.things for n in range(length))
            or any(lex.years.length_at(words, at + n) for n in range(length))
        )

    def _shape(self, at: int, before: Before | None) -> tuple[Shape, int]:
        """The shape of the name that begins with the surname at this place, and how many words it has."""
        lex, first = self.lex, self.words[at]
        if lex.fields_of_work.length_at(self.words, at, exactly=True):
            return Shape.NONE, 1
        amid = bool(at) and before is None and self.around.joined(at - 1) and self.words[at - 1].capital
        amid = amid and not self.words[at - 1].upper and not self.around.begins_sentence(at - 1)
        if amid and first not in lex.sure_surnames and self.around.post_near(at) is None:
            return Shape.NONE, 1
        if first not in lex.surnames or (at and self.around.joined(at - 1) and self._within_longer_word(at)):
            return Shape.NONE, 1
        run = self._run(at)
        if not lex.surnames.means(first) and not all(word.written.isascii() for word in run[:3]):
            return Shape.NONE, 1  # a surname without its accents before words that have theirs
        if not first.capital:
            length = SmallLetters(self.around).length(at, run, before)
            return (Shape.NONE, Shape.NONE, Shape.SHORT, Shape.FULL, Shape.FULL)[length], max(length, 1)
        doubtful = first not in lex.sure_surnames
        odd = (
            doubtful
            and run[2:]
            and run[2] not in lex.given
            and (first.upper or len(run) > 3 or like_a_word(self.lex, run))
        )
        if len(run) >= 3 and self._is_van_thi(run[1]) and run[2].capital and not odd:
            return Shape.FULL, self._length(run, 3)
        if len(run) == 3 and not (doubtful or first.upper or first.bare) and run[1] in lex.middles and run[2].capital:
            return Shape.FULL, 3
        if len(run) >= 3 and before is Before.MATTER and self._is_van_thi(run[1]):
            return Shape.FULL, 3
        for length in (4, 3):
            middle = run[1 : length - 1]
            if (
                len(run) >= length
                and run[length - 1] in lex.given
                and all(w in lex.middles or w in lex.given for w in middle)
            ):
                if (
                    (doubtful or first.bare)
                    and first.upper
                    and before is None
                    and not all(w in lex.middles for w in middle)
                ):
                    continue
                return Shape.FULL, self._length(run, length)
        if len(run) >= 2 and run[1] in lex.given:
            bare = not (lex.surnames.means(first) or self.text.without_accents)
            return (Shape.DOUBTFUL if doubtful or bare or first.upper or run[1].upper else Shape.SHORT), 2
        if (
            len(run) >= 2
            and len(run[1].written) == 1
            and run[1].capital
            and (before is not None or not doubtful)
            and not first.upper
        ):
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
        if (
            before is Before.LABEL
            and self.around.word_before(at).flat == "ten"
            and word.capital
            and lex.given.means(word)
        ):
            return Shape.SHORT, 1
        if lex.no_name_begins.length_at(self.words, at, exactly=not self.text.without_accents) or (
            self.around.place_at(at) and self._place_here(at, before)
        ):
            return Shape.NONE, 1
        run = self._run(at)
        if before is Before.PRONOUN or (before is Before.DEGREE and not word.capital):
            return self._behind_a_pronoun(at, run)
        if not word.capital or word.upper:
            return Shape.NONE, 1
        capitals = [w for w in run if w.capital]
        if before is Before.MATTER:
            case = self.around.word_before(at).flat in ("can", "cao", "an")
            if case and len(capitals) >= 2:
                return Shape.SHORT, len(run)
            ends = self.text.flat[word.end : word.end + 14]
            called = (
                len(run) == 1
                and (lex.given.means(word) or (self.text.without_accents and word in lex.given))
                and (SPEAKS_OR_ACTS.match(ends) or re.match(r" ?(?:$|[.,;:()\"“«])", ends))
            )
            return (Shape.GIVEN, 1) if called and not self.around.place_at(at) else (Shape.NONE, 1)
        alone = len(run) == 1 or (len(run) == 2 and run[1] in lex.given and before is not Before.TASK)
        titled = before in (Before.DEGREE, Before.RANK) or (
            before is Before.POST and len(run) <= 2 and not lex.fields_of_work.length_at(self.words, at)
        )
        if not titled and not re.match(r" ?(?:$|[,.;:()\-])", self.text.flat[run[-1].end :][:2]):
            end = run[-1].end
            alone = alone and (
                bool(SPEAKS_OR_ACTS.match(self.text.flat[end:][:14])) or acts.does(self.text, end, sure=True)
            )
        if word in lex.given and alone and not self.around.place_at(at) and not self.around.named_after(at):
            return Shape.GIVEN, len(run)
        return Shape.NONE, 1

    def _behind_a_pronoun(self, at: int, run: list[Word]) -> tuple[Shape, int]:
        word, lex, pronoun = self.words[at], self.lex, self.around.word_before(at)
        known = word in lex.given or word in lex.surnames
        if pronoun.flat in _LETTERS and not self.around.is_comrade(at):
            return self._behind_a_letter(at, run)
        within = pronoun.capital and not self.around.begins_sentence(at - 1) and not (pronoun.upper and word.upper)
        # «Anh Sơn», «Cô Tô» within a sentence is a place; «Ông», «Bà» are written so out of respect.
        if within and pronoun.flat not in _ENGLISH and (pronoun.flat not in ("ong", "ba", "chi") or not known):
            return Shape.NONE, 1
        if pronoun.capital and _PLACE_BEHIND.match(self.text.flat[self.words[at + len(run) - 1].end :][:20]):
            return Shape.NONE, 1
        counted = acts.speaks_of_many(self.text, word.end)
        if pronoun.capital and counted and self.around.place_at(at - 1):
            return Shape.NONE, 1
        if word.upper:
            titled = pronoun.flat in ("ong", "ba", "chi", "anh") or self.around.is_comrade(at)
            return (Shape.GIVEN, 1) if known and titled and len(run) <= 4 else (Shape.NONE, 1)
        if word.capital:
            return Shape.GIVEN, len([w for w in run if w.capital])
        if self.text.without_accents or (word.bare and pronoun.bare and pronoun.flat != "anh" and pronoun.flat != "em"):
            return Shape.NONE, 1
        if word in lex.in_small_letters or not word.key or word not in lex.given:
            return Shape.NONE, 1
        return (Shape.GIVEN, 1) if SPEAKS_OR_ACTS.match(self.text.flat[word.end : word.end + 12]) else (Shape.NONE, 1)

    def _behind_a_letter(self, at: int, run: list[Word]) -> tuple[Shape, int]:
        """Who works or acts, not what a letter counts: «A. Tình hình», «điểm c Luật Đất đai», «Kim Sơn A»."""
        letter, behind = self.words[at - 1], self.text.flat[run[-1].end :][:16]
        apart = self.text.plain[: letter.start][-1:] in ("", " ", "(")
        clear = not letter.capital or self.around.begins_sentence(at - 1)
        named = run[0].capital and not run[0].upper and all(self.lex.given.means(word) for word in run)
        acts_or_works = SPEAKS_OR_ACTS.match(behind) or _AT_WORK.match(behind)
        meant = apart and clear and named and run[0] not in self.lex.things and len(run) <= 2
        return (Shape.GIVEN, len(run)) if meant and acts_or_works else (Shape.NONE, 1)

    def _place_here(self, at: int, before: Before) -> bool:
        """A person may bear the name of a place: «ông Hà Trung», but «công dân Hà Nội»."""
        return before is not Before.PRONOUN or self.words[at - 1].capital or self.words[at] not in self.lex.surnames

    def _within_longer_word(self, at: int) -> bool:
        """Whether a place that began before goes on here: «Nam Trung Lý»."""
        return any(self.lex.places.length_at(self.words, at - back) > back for back in (1, 2) if at >= back)

    def _run(self, at: int) -> list[Word]:
        """The words from here on that belong together: all capitalised, or all small."""
        run = [self.words[at]]
        capital = run[0].capital
        for following in range(at + 1, min(at + _LONGEST_NAME + 1, len(self.words))):
            word = self.words[following]
            if not self.around.joined(following - 1) or not (word.capital == capital or self._is_van_thi(word)):
                break
            if run[0].upper and not word.upper and len(run) > 1 and word not in self.lex.given:
                break
            run.append(word)
        while capital and len(run) > 1 and not run[-1].capital:
            run.pop()  # «Hoàng Sơn thi công»: no name ends so
        return run

    @staticmethod
    def _is_van_thi(word: Word) -> bool:
        return word.written.lower() in ("văn", "van", "thị", "thi")
