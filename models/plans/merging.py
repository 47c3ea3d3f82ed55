"""Two changes of one document since the same edition, made into one: each part as whoever changed it has it.

Pure: plain JSON in and out. Lists of things with a code of their own are compared by that, so that one more office, or
another date of one step, is no conflict with a change beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NOT_THERE: Any = object()
_CODES = ("code", "key", "id", "date", "name", "of")


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """The content with both changes; where both changed the same part, as ``mine`` has it (``conflicts``)."""
    return _merge(base, mine, theirs)


def conflicts(base: Any, mine: Any, theirs: Any) -> list[str]:
    """The parts that both changed, and not alike: «T1.2.review.due.lead»."""
    return [".".join(path) for path in _conflicts(base, mine, theirs, ())]


def _merge(base: Any, mine: Any, theirs: Any) -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    parts = _parts(base, mine, theirs)
    if parts is None:
        return mine
    of_base, of_mine, of_theirs = parts
    found = {
        key: _merge(of_base.get(key, _NOT_THERE), of_mine.get(key, _NOT_THERE), of_theirs.get(key, _NOT_THERE))
        for key in dict.fromkeys((*of_mine, *of_theirs))
    }
    there = {key: part for key, part in found.items() if part is not _NOT_THERE}
    return [*there.values()] if isinstance(mine, list) else there


def _conflicts(base: Any, mine: Any, theirs: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if mine in (base, theirs) or theirs == base:
        return
    parts = _parts(base, mine, theirs)
    if parts is None:
        yield path
        return
    of_base, of_mine, of_theirs = parts
    is_list = isinstance(mine, list)
    for key in dict.fromkeys((*of_mine, *of_theirs)):
        # The name of a list says nothing that the codes in it do not say.
        further = path if isinstance(of_mine.get(key), list) and not is_list and _coded(of_mine[key]) else (*path, key)
        yield from _conflicts(
            of_base.get(key, _NOT_THERE), of_mine.get(key, _NOT_THERE), of_theirs.get(key, _NOT_THERE), further
        )


def _parts(*contents: Any) -> list[Mapping[str, Any]] | None:
    """The parts of each by name or code; None where they are not made of such. What is not there has none."""
    there = [each for each in contents if each is not _NOT_THERE]
    if len(there) < 2 or any(each is _NOT_THERE for each in contents[1:]):
        return None
    if all(isinstance(each, dict) for each in there):
        return [{} if each is _NOT_THERE else each for each in contents]
    if all(isinstance(each, list) for each in there):
        listed = [{} if each is _NOT_THERE else _coded(each) for each in contents]
        return None if None in listed else [each or {} for each in listed]
    return None


def _coded(listed: Sequence[Any]) -> dict[str, Any] | None:
    """A list by the codes of its entries; None where they have none or not each its own."""
    for code in _CODES:
        if all(isinstance(each, dict) and isinstance(each.get(code), str) for each in listed):
            found = {each[code]: each for each in listed}
            return found if len(found) == len(listed) else None
    return None
