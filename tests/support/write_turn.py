"""What is done while a store is held by a writer, so that a test can tell that nothing slow is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from models.store import database


@contextmanager
def _counted(real: Any, held: list[int], *given: Any, **named: Any) -> Iterator[Any]:
    with real(*given, **named) as is_given:
        held.append(1)
        try:
            yield is_given
        finally:
            held.pop()


def while_held(patch: pytest.MonkeyPatch, *slow: tuple[Any, str]) -> list[str]:
    """The names of those of ``slow`` (where they are looked up, and the name) that run while a writer has its turn,
    filled as it happens; all of them do what they always do."""
    held: list[int] = []
    found: list[str] = []
    real = database.turn_to_write
    patch.setattr(database, "turn_to_write", lambda *given, **named: _counted(real, held, *given, **named))
    for room, name in slow:
        patch.setattr(room, name, _watched(getattr(room, name), name, held, found))
    return found


def _watched(does: Callable[..., Any], name: str, held: list[int], found: list[str]) -> Callable[..., Any]:
    def watched(*given: Any, **named: Any) -> Any:
        if held:
            found.append(name)
        return does(*given, **named)

    return watched
