"""How much a run of words looks like a person's name by itself."""

import re
from enum import IntEnum

from config.personal_data.lexicon import Before
from config.personal_data.reading import Word
from config.personal_data.surroundings import Surroundings

_LONGEST_NAME = 5
# «đang thi công», «gửi văn phòng» without accents.
_WORDS_LIKE_NAMES = {
    *(
        f"thi {word}"
        for word in ("cong", "dua", "hanh", "dau", "truong", "sinh", "tuyen", "diem", "xa", "tran", "thu", "cu", "y")
    ),
    *(
        f"van {word}"
        for word in (
            "phong",
            "hoa",
            "ban",
            "hanh",
            "thu",
            "kien",
            "minh",
            "nghe",
            "giang",
            "chuong",
            "con",
            "tai",
            "lam",
        )
    ),
}
_PLACE_BEHIND = re.compile(r" ?[(,\-] ?(?:huyen|tinh|xa|phuong|thi xa|thanh pho|thi tran|nghe an|lao|chdcnd)\b")
_SPEAKS_OR_ACTS = re.compile(
    r" (?:da|se|dang|chua|bao|nop|xin|gui|noi|o|la|phu trach|hua|co|bi|duoc|va|truc|trinh|khai|nhan|ky|vua|cung"
    r"|khong|den|,)\b"
)


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
        shape, length = self._shape(at, before)
        if before is not None and shape < Shape.DOUBTFUL:
            return self._introduced_shape(at, before)
        return shape, length

    def _shape(self, at: int, before: Before | None) -> tuple[Shape, int]:
        """The shape of the name that begins with the surname at this place, and how many words it has."""
        lex, first = self.lex, self.words[at]
        if first not in lex.surnames or (at and self.around.joined(at - 1) and self._within_longer_word(at)):
            return Shape.NONE, 1
        run = self._run(at)
        if not lex.surnames.means(first) and not all(word.written.isascii() for word in run[:3]):
            return Shape.NONE, 1  # a surname without its accents before words that have theirs
        if not first.capital:
            return self._small_shape(at, run, before)
        doubtful = first not in lex.sure_surnames
        odd = (
            doubtful and run[2:] and run[2] not in lex.given and (first.upper or len(run) > 3 or self._like_a_word(run))
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

    def _small_shape(self, at: int, run: list[Word], before: Before | None) -> tuple[Shape, int]:
        """The same in small letters, where a common word looks like a surname."""
        lex = self.lex
        if before is None and self.around.post_near(at) is not None:
            before = Before.POST
        if run[0] not in lex.sure_surnames and before is not Before.PRONOUN:
            return Shape.NONE, 1
        bare = all(word.bare for word in run[:3])
        if bare and not self.text.without_accents:
            return Shape.NONE, 1
        if bare and before is None and self._like_a_word(run):
            return Shape.NONE, 1
        if (
            len(run) >= 3
            and self._is_van_thi(run[1])
            and (run[2] in lex.given or (len(run) > 3 and run[2] in lex.middles and run[3] in lex.given))
        ):
            return Shape.FULL, 3
        if before is None or (bare and run[0] not in lex.sure_surnames):
            return Shape.NONE, 1
        for length in (4, 3):
            if (
                len(run) >= length
                and run[length - 1] in lex.given
                and all(w in lex.middles for w in run[1 : length - 1])
            ):
                return Shape.FULL, length
        if not bare and before in (Before.PRONOUN, Before.LABEL) and len(run) >= 2 and run[1] in lex.given:
            return Shape.SHORT, 2
        return Shape.NONE, 1

    @staticmethod
    def _like_a_word(run: list[Word]) -> bool:
        return len(run) >= 3 and f"{run[1].flat} {run[2].flat}" in _WORDS_LIKE_NAMES

    def _length(self, run: list[Word], least: int) -> int:
        """A name goes on while capitalised given names follow."""
        length = least
        while length < min(len(run), _LONGEST_NAME) and run[length] in self.lex.given and run[length].capital:
            length += 1
        return length

    def _introduced_shape(self, at: int, before: Before) -> tuple[Shape, int]:
        """What stands behind a word that introduces a person, where it begins with no surname."""
        word, lex = self.words[at], self.lex
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
                and (_SPEAKS_OR_ACTS.match(ends) or re.match(r" ?(?:$|[.,;:()\"“«])", ends))
            )
            return (Shape.GIVEN, 1) if called and not self.around.place_at(at) else (Shape.NONE, 1)
        alone = len(run) == 1 or (len(run) == 2 and run[1] in lex.given)
        titled = before in (Before.DEGREE, Before.RANK)
        if not titled and not re.match(r" ?(?:$|[,.;:()\-])", self.text.flat[run[-1].end :][:2]):
            alone = alone and bool(_SPEAKS_OR_ACTS.match(self.text.flat[run[-1].end :][:14]))
        if word in lex.given and alone and not self.around.place_at(at) and not self.around.named_after(at):
            return Shape.GIVEN, len(run)
        return Shape.NONE, 1

    def _behind_a_pronoun(self, at: int, run: list[Word]) -> tuple[Shape, int]:
        word, lex, pronoun = self.words[at], self.lex, self.around.word_before(at)
        known = word in lex.given or word in lex.surnames
        within = pronoun.capital and not self.around.begins_sentence(at - 1) and not (pronoun.upper and word.upper)
        # «Anh Sơn», «Cô Tô» within a sentence is a place; «Ông», «Bà» are written so out of respect.
        if within and (pronoun.flat not in ("ong", "ba", "chi") or not known):
            return Shape.NONE, 1
        if pronoun.capital and _PLACE_BEHIND.match(self.text.flat[self.words[at + len(run) - 1].end :][:20]):
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
        return (Shape.GIVEN, 1) if _SPEAKS_OR_ACTS.match(self.text.flat[word.end : word.end + 12]) else (Shape.NONE, 1)

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
        return run

    @staticmethod
    def _is_van_thi(word: Word) -> bool:
        return word.written.lower() in ("văn", "van", "thị", "thi")
