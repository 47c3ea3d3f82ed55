"""The lists of ``words.toml`` as they are asked: single words, and phrases that end right before a name."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from config.personal_data.reading import Reading, Word
from config.text.tones import tone_last

_HERE = Path(__file__).parent
_LONGEST_PHRASE = 4
_STEMS, _BRANCHES = "giáp ất bính đinh mậu kỷ canh tân nhâm quý", "tý sửu dần mão thìn tỵ ngọ mùi thân dậu tuất hợi"
_BARE = ("bare_surnames", "before_bare_surnames", "bare_pairs", "pairs_like_middles")
_COMMUNE = re.compile(r"name_vi: (?:Phường|Xã) ([^,}]+)")


class Before(StrEnum):
    """What kind of word stands before a name."""

    PRONOUN = "pronouns"
    RELATIVE = "relatives"
    DEGREE = "degrees"
    RANK = "ranks"
    POST = "posts"
    LABEL = "labels"
    TASK = "tasks"
    """what an office stands behind as well: «Vắng: …», «Chủ trì: …»"""
    MATTER = "matters"


class WordSet:
    """Single words; one that is written without accents is any of those it may stand for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._keys = frozenset(tone_last(word) for word in words)
        self._flat = frozenset(Reading(word).flat for word in words)

    def __contains__(self, word: Word) -> bool:
        return word.key in self._keys or (word.bare and word.flat in self._flat)

    def means(self, word: Word) -> bool:
        """Whether it is one of them as written."""
        return word.key in self._keys


class PhraseSet:
    """Phrases of up to four words, asked for by the words that they end with or begin with."""

    def __init__(self, phrases: Iterable[str]) -> None:
        split = [phrase.split() for phrase in phrases]
        self._keys = frozenset(" ".join(map(tone_last, words)) for words in split)
        self._flat = frozenset(Reading(" ".join(words)).flat for words in split)
        # Most words neither begin nor end a phrase, which is asked first.
        self._ends = frozenset(phrase.rpartition(" ")[2] for phrase in self._keys | self._flat)
        self._begins = frozenset(phrase.partition(" ")[0] for phrase in self._keys | self._flat)

    def holds(self, words: Sequence[Word]) -> bool:
        if " ".join(word.key for word in words) in self._keys:
            return True
        return all(word.bare for word in words) and " ".join(word.flat for word in words) in self._flat

    def holds_exactly(self, words: Sequence[Word]) -> bool:
        """The same, where accents are not missing."""
        return " ".join(word.key for word in words) in self._keys

    def length_before(self, words: Sequence[Word], end: int) -> int:
        """How many words before ``end`` are one of the phrases, the longest; 0 for none."""
        if not end or words[end - 1].key not in self._ends:
            return 0
        return next((n for n in range(min(_LONGEST_PHRASE, end), 0, -1) if self.holds(words[end - n : end])), 0)

    def length_at(self, words: Sequence[Word], start: int, *, exactly: bool = False) -> int:
        """How many words from ``start`` on are one of the phrases, the longest; 0 for none."""
        if start >= len(words) or words[start].key not in self._begins:
            return 0
        longest = min(_LONGEST_PHRASE, len(words) - start)
        holds = self.holds_exactly if exactly else self.holds
        return next((n for n in range(longest, 0, -1) if holds(words[start : start + n])), 0)


class Lexicon:
    """All lists; read once a process."""

    def __init__(self, lists: dict[str, Any], communes: Iterable[str]) -> None:
        self._lists = lists
        self._communes = tuple(communes)

    def words(self, name: str) -> WordSet:
        return WordSet(str(self._lists[name]).split())

    def phrases(self, name: str) -> PhraseSet:
        return PhraseSet(self._lists[name])

    @cached_property
    def surnames(self) -> WordSet:
        return self.words("surnames")

    @cached_property
    def sure_surnames(self) -> WordSet:
        doubtful = str(self._lists["doubtful_surnames"]).split()
        return WordSet(set(str(self._lists["surnames"]).split()).difference(doubtful))

    @cached_property
    def middles(self) -> WordSet:
        return self.words("middles")

    @cached_property
    def given(self) -> WordSet:
        return self.words("given")

    @cached_property
    def in_small_letters(self) -> WordSet:
        return self.words("words_in_small_letters")

    @cached_property
    def offices_tail(self) -> WordSet:
        return self.words("offices_tail")

    @cached_property
    def fields_of_work(self) -> PhraseSet:
        return self.phrases("fields_of_work")

    @cached_property
    def pairs_in_small_letters(self) -> PhraseSet:
        return self.phrases("pairs_in_small_letters")

    @cached_property
    def streets(self) -> PhraseSet:
        return self.phrases("streets")

    @cached_property
    def villages(self) -> WordSet:
        return self.words("villages")

    @cached_property
    def bare(self) -> dict[str, frozenset[str]]:
        """The lists of what is written without accents in small letters."""
        strings = {name: str(self._lists[name]).split() for name in ("bare_surnames", "before_bare_surnames")}
        return {name: frozenset(strings.get(name) or self._lists[name]) for name in _BARE}

    @cached_property
    def years(self) -> PhraseSet:
        """Years by stem and branch: «Xuân Mậu Thân»."""
        return PhraseSet(f"{stem} {branch}" for stem in _STEMS.split() for branch in _BRANCHES.split())

    @cached_property
    def things(self) -> WordSet:
        return self.words("things")

    @cached_property
    def before(self) -> dict[Before, PhraseSet]:
        return {kind: self.phrases(kind.value) for kind in Before}

    @cached_property
    def matters_of_anybody(self) -> PhraseSet:
        return self.phrases("matters_of_anybody")

    @cached_property
    def named_after(self) -> PhraseSet:
        return self.phrases("named_after")

    @cached_property
    def companies(self) -> PhraseSet:
        return self.phrases("companies")

    @cached_property
    def not_named_after(self) -> PhraseSet:
        return self.phrases("not_named_after")

    @cached_property
    def units_with_heads(self) -> PhraseSet:
        return self.phrases("units_with_heads")

    @cached_property
    def commemorations(self) -> PhraseSet:
        return self.phrases("commemorations")

    @cached_property
    def famous(self) -> PhraseSet:
        return self.phrases("famous")

    @cached_property
    def places(self) -> PhraseSet:
        return PhraseSet([*self._lists["places"], *self._communes])

    @cached_property
    def no_name_begins(self) -> PhraseSet:
        return self.phrases("no_name_begins")

    @cached_property
    def compounds_with_matter(self) -> PhraseSet:
        return self.phrases("compounds_with_matter")

    @cached_property
    def compounds_with_pronoun(self) -> PhraseSet:
        return self.phrases("compounds_with_pronoun")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    communes = _COMMUNE.findall((_HERE.parent / "communes.yaml").read_text(encoding="utf-8"))
    lists = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
    return Lexicon(lists, (name.strip().lower() for name in communes))
