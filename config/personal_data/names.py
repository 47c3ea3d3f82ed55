"""Names of persons in a text: where one stands, and whether it is a person's, a street's, a place's or history's.

A name is a surname with one to three more syllables that are used as middle or given names, or what stands behind a
word that introduces a person. What stands before and behind it decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from config.personal_data import acts
from config.personal_data.lexicon import Before, lexicon
from config.personal_data.reading import Reading
from config.personal_data.shapes import Shape, Shapes
from config.personal_data.surroundings import Surroundings

_INITIALS = re.compile(
    r"[ .:]{1,2}(?:[A-ZĐ]\.?[ ]?){0,3}[A-ZĐ]\.(?:[A-ZĐ]\b\.?)|[ ](?:Ng|Tr|Ph|L|N|T|P|H|V|Đ)\. ?(?:[A-ZĐ][\w]*\.? ?)+"
)
_INITIALS_AND_AGE = re.compile(
    r"(?<![\w.])(?:[A-ZĐ]\. ?){1,3}[A-ZĐ]\.?(?= ?[(,] ?(?:\d{1,3} tuổi|sinh (?:năm|ngày)|SN ?\d))"
)
_INITIALS_AND_NAME = re.compile(r"(?<![\w.])(?:[A-ZĐ]\. ?){1,3}(?=[A-ZĐ][^\W\d_A-ZĐ])")


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
    """what stands around it tells of somebody's life: age, home, complaint, kin, an accusation"""


def names_in(reading: Reading) -> Iterator[Name]:
    """Every person's name, in order; those of streets, schools, companies, places and history are left out."""
    around = Surroundings(reading, lexicon())
    shapes = Shapes(around)
    at = 0
    while at < len(around.words):
        length, name = _name_at(around, shapes, at)
        if name is not None:
            yield name
        at += length


def initials_in(reading: Reading) -> Iterator[int]:
    """Where initials stand behind what introduces a person, or before an age: «cháu N.V.A», «N.T.T (32 tuổi)»."""
    words, before = reading.words, lexicon().before
    for told_of in _INITIALS_AND_AGE.finditer(reading.plain):
        yield told_of.start()
    kinds = [before[kind] for kind in (Before.PRONOUN, Before.MATTER, Before.RELATIVE, Before.LABEL)]
    for end in range(1, len(words)):
        if any(kind.length_before(words, end) for kind in kinds) and _INITIALS.match(reading.plain, words[end - 1].end):
            yield words[end].start
    for at, word in enumerate(words):
        initials = word.written.upper() == word.written and len(word.written) == 1
        if initials and (found := _INITIALS_AND_NAME.match(reading.plain, word.start)) and found[0].count(".") > 1:
            given = next((each for each in words[at:] if each.start >= found.end()), None)
            if given is not None and lexicon().given.means(given):
                yield word.start


def _name_at(around: Surroundings, shapes: Shapes, at: int) -> tuple[int, Name | None]:
    """How many words are done with, and the person's name that begins here, if one does."""
    before = around.introduced(at)
    shape, length = shapes.of(at, before)
    if shape is Shape.NONE:
        return 1, None
    start, end = around.words[at].start, around.words[at + length - 1].end
    if not _is_person(around, at, length, shape, before):
        if not around.famous(at, length) or around.named_after(at):
            around.no_person.add(end)  # a name of history shelters none beside it
        return 1 if len(around.words[at].written) == 1 else length, None  # «A Hùng» may be «anh Hùng»
    posted = before in (Before.POST, Before.RANK) or around.is_comrade(at) or around.post_near(at) is not None
    accused = acts.is_accused(around.text, start, end)
    citizen = around.life_follows(end) or accused or before in (Before.MATTER, Before.RELATIVE)
    return length, Name(
        around.introduced_at(at, before),
        start,
        end,
        shape,
        before,
        posted or around.post_behind(at + length),
        citizen,
    )


def _is_person(around: Surroundings, at: int, length: int, shape: Shape, before: Before | None) -> bool:
    """Whether a name is that of somebody who lives today."""
    of_history = around.famous(at, length)
    named_today = around.tells_of_a_life(at, length) or around.holds_a_post(at, length)
    if of_history and before is not Before.RANK and named_today:
        return True
    if of_history and (not around.means_a_citizen(at, length, before) or around.is_comrade(at)):
        return False
    if before is Before.PRONOUN:
        if around.names_a_place(at, shape is Shape.FULL):
            return False
        return not (around.commemorated(at) and shape >= Shape.DOUBTFUL)
    if around.place_at(at) and shape < Shape.FULL:
        return False
    end = around.words[at + length - 1].end
    if before is not Before.MATTER and (around.company_near(at) or around.is_reservoir(at, length)):
        return False
    if around.named_after(at):
        return shape is Shape.FULL and (around.head_of_unit(at) or around.lives_in(at))
    if around.commemorated(at):
        return False
    if around.life_follows(end):
        return shape >= Shape.DOUBTFUL
    if shape >= Shape.SHORT:
        return True
    if before is not None and (shape is Shape.GIVEN or not around.introduces_anybody(at, before)):
        return True
    return around.post_near(at) is not None or around.post_behind(at + length)
