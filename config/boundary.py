"""The boundary as code: text that may hold a citizen's data or a secret is refused before it is stored.

dondoc follows up work between offices. It has no place for a person, a case or anything classified, so every free
text passes through here. One policy in two strengths: what is typed needs no person at all; a file that comes in is a
paper by NĐ 30/2020/NĐ-CP, which is signed by name and says who holds which post. What is looked for is in
``config.personal_data``; how well it is told apart is measured by ``benchmarks/boundary.py``.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache

from config.errors import Refused
from config.personal_data.findings import Finding, Kind
from config.personal_data.matters import homes_in, persons_in_cases, secrecy_in
from config.personal_data.names import initials_in, names_in
from config.personal_data.numbers import numbers_in
from config.personal_data.papers import PaperContext
from config.personal_data.reading import Reading
from config.text.shapes import one_line, printable

LONGEST_TEXT = 20_000
LONGEST_REASON = 1_000
_OVERLAP = 200
"""Characters that a piece of a long text shares with the one before; no pattern of the boundary is longer."""
_LONGEST_WORD = 100


class Strength(Enum):
    """TYPED: reports, titles, reasons. EVIDENCE: the text of a file. FILE_NAME: typed, but a scanner numbers it."""

    TYPED = "typed"
    EVIDENCE = "evidence"
    FILE_NAME = "file name"


_WHAT_TO_DO = {
    Strength.EVIDENCE: (
        "Bôi đen hoặc bỏ phần đó rồi lưu lại, hoặc gửi bản quét (scan) chỉ có số liệu",
        "Black out or remove that part and save again, or send a scan that shows only figures",
    ),
}
_TYPED_WHAT_TO_DO = ("bỏ phần đó rồi gửi lại", "remove it and send again")


def findings(
    text: str, strength: Strength = Strength.TYPED, paper: PaperContext | None = None
) -> list[tuple[Kind, int]]:
    """What a text holds that may not be stored, the first of each kind with the number of its character; [] for none.

    ``paper`` is what was read before of the same file.
    """
    reading = Reading(_normal(text))
    evidence = strength is Strength.EVIDENCE
    first: dict[Kind, int] = {}
    for found in _found(reading, strength, (paper or PaperContext()) if evidence else None):
        first[found.kind] = min(found.at, first.get(found.kind, found.at))
    if paper is not None:
        paper.read(reading)
    return [(kind, reading.place(first[kind])) for kind in Kind if kind in first]


def _found(reading: Reading, strength: Strength, paper: PaperContext | None) -> Iterator[Finding]:
    evidence = strength is Strength.EVIDENCE
    yield from numbers_in(reading, evidence=evidence, file_name=strength is Strength.FILE_NAME)
    for name in names_in(reading):
        if paper is None or not paper.allows(name, reading):
            yield Finding(Kind.NAME, name.at)
    yield from (Finding(Kind.NAME, at) for at in initials_in(reading))
    yield from homes_in(reading)
    yield from persons_in_cases(reading)
    yield from secrecy_in(reading, evidence=evidence)


def refuse_personal_or_secret(
    text: str, field: str, field_en: str, strength: Strength = Strength.TYPED, paper: PaperContext | None = None
) -> str:
    """Return ``text`` in NFC, printable, stripped.

    Raises ``Refused`` naming the field, what was found and what to do.
    """
    if len(text) > LONGEST_TEXT:  # first, since everything after this takes longer for a longer text
        raise Refused(
            f"{field}: dài {len(text)} ký tự; tối đa {LONGEST_TEXT}.",
            f"{field_en}: {len(text)} characters; at most {LONGEST_TEXT}.",
        )
    clean = _normal(text)
    if found := findings(clean, strength, paper) if paper else _findings(clean, strength):
        raise _refusal(field, field_en, found, strength)
    return clean


def _normal(text: str) -> str:
    return printable(unicodedata.normalize("NFC", text)).strip()


def pieces(text: str) -> Iterator[str]:
    """A long text in pieces that may be looked through: cut between words, and nothing is hidden by a cut."""
    start = 0
    while len(text) - start > LONGEST_TEXT:
        end = _between_words(text, start + LONGEST_TEXT)
        yield text[start:end]
        start = _between_words(text, end - _OVERLAP)
    yield text[start:]


def _between_words(text: str, at: int) -> int:
    """The last place between two words up to ``at``: half a number might look like another kind of number."""
    word = next((back for back in range(_LONGEST_WORD) if text[at - back - 1].isspace()), 0)
    return at - word


_findings = lru_cache(maxsize=64)(findings)
"""Without a paper; of what was looked through lately."""


def look_through(texts: Iterable[str]) -> None:
    """Look through what was typed before a lock is taken, so that refusing it, or not, takes no time under the lock."""
    for text in texts:
        if len(text) <= LONGEST_TEXT:
            _findings(_normal(text), Strength.TYPED)


def _refusal(field: str, field_en: str, found: Sequence[tuple[Kind, int]], strength: Strength) -> Refused:
    # What was found is not repeated, since it would end up in a log.
    vi = ", ".join(f"{kind.vi} (ở ký tự thứ {place})" for kind, place in found)
    en = ", ".join(f"{kind.en} (at character {place})" for kind, place in found)
    do_vi, do_en = _WHAT_TO_DO.get(strength, _TYPED_WHAT_TO_DO)
    return Refused(
        f"{field}: có {vi}. Hệ thống chỉ theo dõi việc giữa các cơ quan, không lưu dữ liệu cá nhân hay nội dung mật:"
        f" {do_vi}.",
        f"{field_en}: contains {en}. dondoc stores no personal or classified data: {do_en}.",
    )


def checked_line(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> str:
    """``checked_text`` for a field of one line, as a title is."""
    return checked_text(one_line(text), field, field_en, shortest=shortest, longest=longest)


def checked_text(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> str:
    """``refuse_personal_or_secret`` for a text whose length in letters is limited, both ends included."""
    clean = refuse_personal_or_secret(text, field, field_en)
    for fault in _length_faults(clean, field, field_en, shortest, longest):
        raise fault
    return clean


def text_faults(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> Iterator[Refused]:
    """Everything for which a text may not be kept as it is typed."""
    yield from _length_faults(text, field, field_en, shortest, longest)
    try:
        refuse_personal_or_secret(text, field, field_en)
    except Refused as refused:
        yield refused


def checked_reason(text: str, field: str, field_en: str) -> str:
    """A reason as it is kept; raises ``Refused`` when it is missing, too long or crosses the boundary."""
    clean = checked_text(text, field, field_en, longest=LONGEST_REASON)
    if not clean:
        raise Refused(f"{field}: chưa ghi; cần một câu ngắn.", f"{field_en}: missing; one short sentence.")
    return clean


def _length_faults(text: str, field: str, field_en: str, shortest: int, longest: int) -> Iterator[Refused]:
    length = len(text)
    if not shortest <= length <= longest:
        vi, en = (f"cần từ {shortest} đến", f"between {shortest} and") if shortest else ("tối đa", "at most")
        yield Refused(
            f"{field}: dài {length} ký tự; {vi} {longest}.", f"{field_en}: {length} characters; {en} {longest}."
        )
