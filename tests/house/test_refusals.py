"""What is refused is said for pages and for commands alike: no sentence names an option or a command."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "models", "intake", "reports", "portal", "flows", "notifications")

FOR_OPERATORS = frozenset(
    {
        "config/clock.py",  # reads the options themselves
        "models/store/clock_check.py",
        "models/keeping/trail_anchor.py",
        "models/keeping/acknowledged.py",
        "models/plans/editions.py",
        "config/settings.py",
    }
)
"""What these refuse is for whoever stands before the machine, also where a page passes it on."""

COMMAND = re.compile(r"(?:^|[\s(«'])--[a-z]|\bdondoc (?:[a-z]+ )*[a-z]+\b")
SELF = re.compile(r"dondoc (?:follows|stores|wrote|on this|không|tự)")


def sentences(path: Path) -> Iterator[str]:
    """The words given to each refusal in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and re.search("Refused|NotFound|Fault$|_fault$|Wrong$", ast.unparse(node.func)):
            for argument in node.args:
                parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                yield "".join(
                    part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) is str
                )


@pytest.mark.parametrize("room", ROOMS)
def test_no_refusal_names_an_option_or_a_command(room: str) -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), said)
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in FOR_OPERATORS
        for said in sentences(path)
        if COMMAND.search(said) and not SELF.search(said)
    ]
    assert found == []
