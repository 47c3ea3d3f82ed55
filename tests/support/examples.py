"""How many examples a law is tried with."""

from hypothesis import settings

FEW = 20
"""Of a hundred; `make check` tries so many, `make test` all."""


def examples(number: int) -> int:
    """``number`` of examples, or the part of it that the profile of this run asks for; never fewer than 3."""
    return max(min(number, 3), number * settings.default.max_examples // 100)
