"""Four real directives written as plans: the text, what the plan says of it, and the tasks an annotator found."""

import json
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent.parent / "fixtures" / "corpus"
NAMES = sorted(folder.name for folder in CORPUS.iterdir())


def text_of(name: str) -> str:
    """The directive's text."""
    return (CORPUS / name / "directive.txt").read_text(encoding="utf-8")


def tasks_of(name: str) -> list[dict[str, Any]]:
    """The tasks found in it, phrases verbatim but sometimes shortened by «…»."""
    found: list[dict[str, Any]] = json.loads((CORPUS / name / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    return found
