"""The command ``dondoc`` as tests call it."""

from collections.abc import Callable

Command = Callable[..., tuple[int, str, str]]
"""Takes the arguments; returns exit code, output and errors."""
