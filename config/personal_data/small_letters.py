"""Names written in small letters, where common words look like surnames, with accents or without."""

import re

from config.personal_data.lexicon import Before, Lexicon
from config.personal_data.reading import Word
from config.personal_data.surroundings import Surroundings

SPEAKS_OR_ACTS = re.compile(
    r" (?:da|se|dang|chua|bao|nop|xin|gui|noi|o|la|phu trach|hua|co|bi|duoc|va|truc|trinh|khai|nhan|ky|vua|cung"
    r"|khong|den|lam|tong hop|,)\b"
)


def like_a_word(lex: Lexicon, run: list[Word]) -> bool:
    """«đang thi công», «gửi văn phòng»: what looks like a middle name begins a word."""
    return len(run) >= 3 and f"{run[1].flat} {run[2].flat}" in lex.bare["pairs_like_middles"]


class SmallLetters:
    """How many words from a place on are a name in small letters: 4 or 3 with a middle name, 2 without, 0 for none."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.text, self.lex, self.words = around.text, around.lex, around.words

    def length(self, at: int, run: list[Word], before: Before | None) -> int:
        """``run`` is the words that belong together from ``at`` on, ``before`` what introduces them."""
        lex = self.lex
        bare = all(word.bare for word in run[:3])
        if before is None and not bare and self.around.post_near(at) is not None:
            before = Before.POST
        if not self._surname(run[0]) and before is not Before.PRONOUN:
            return self._of_a_minority(at, run, bare=bare)
        if bare and not self.text.without_accents:
            return 0
        if bare and before is None and like_a_word(lex, run):
            sure = bool(run[3:]) and run[3] in lex.given and self._sure_when_bare(at, [run[0], *run[2:]])
            return 4 if sure else 0
        if run[2:] and run[1].flat in ("van", "thi") and self._given_follows(run):
            return 3
        if before is None or (bare and run[0] not in lex.sure_surnames):
            return self._alone(at, run, bare=bare)
        if length := self._with_middle(run):
            return length
        if bare or len(run) < 2 or lex.pairs_in_small_letters.length_at(self.words, at, exactly=True):
            return 0
        return 2 if before in (Before.PRONOUN, Before.LABEL, Before.TASK) and run[1] in lex.given else 0

    def _surname(self, word: Word) -> bool:
        return word in self.lex.sure_surnames or word.flat in self.lex.bare["bare_surnames"]

    def _given_follows(self, run: list[Word]) -> bool:
        lex = self.lex
        return run[2] in lex.given or (len(run) > 3 and run[2] in lex.middles and run[3] in lex.given)

    def _alone(self, at: int, run: list[Word], *, bare: bool) -> int:
        """A name that nothing introduces is told by what it does: «tran duc long chua nhan»."""
        length = self._with_middle(run)
        if not length:
            return self._of_a_minority(at, run, bare=bare)
        if not SPEAKS_OR_ACTS.match(self.text.flat[run[length - 1].end :][:14]):
            return 0
        sure = self._sure_when_bare(at, run) if bare else run[0] in self.lex.sure_surnames
        return length if sure else 0

    def _of_a_minority(self, at: int, run: list[Word], *, bare: bool) -> int:
        """«hà lệ diễm xin …», «giang a pao khong …»: surnames that are words too, where a sentence begins."""
        if run[0] not in self.lex.surnames or len(run) < 3 or not self.around.begins_sentence(at):
            return 0
        length = self._with_middle(run) if not bare else 3 if run[1].flat == "a" else 0
        return length if length and SPEAKS_OR_ACTS.match(self.text.flat[run[length - 1].end :][:14]) else 0

    def _with_middle(self, run: list[Word]) -> int:
        lex = self.lex
        for length in (4, 3):
            middle = run[1 : length - 1]
            if len(run) >= length and run[length - 1] in lex.given and all(word in lex.middles for word in middle):
                return length
        return 0

    def _sure_when_bare(self, at: int, run: list[Word]) -> bool:
        """Whether words without accents begin as a name does and no other word: «tran duc long», not «thi tran»."""
        bare, words = self.lex.bare, [word.flat for word in run[:3]]
        if words[0] not in bare["bare_surnames"] or len(words) < 3:
            return False
        compound = at and self.around.joined(at - 1) and self.words[at - 1].flat in bare["before_bare_surnames"]
        if compound and self.around.post_near(at) is None:
            return False
        behind = self.words[at + 3].flat if at + 3 < len(self.words) else ""
        pairs = (f"{one} {two}" for one, two in zip(words, [*words[1:], behind], strict=True))
        return not any(pair in bare["bare_pairs"] for pair in pairs)
