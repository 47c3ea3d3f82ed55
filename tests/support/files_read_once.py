"""Files read once for a whole process: each is read in a process of its own, whose start costs more than most tests."""

import json
from functools import lru_cache
from typing import Any

from intake import sandbox

_FILES = 100


def share_read_files() -> None:
    """Let what was found in a file be known when the same file comes again; one that was refused is read again."""
    answer_of = sandbox._answer_of

    @lru_cache(_FILES)
    def once(module: str, name: str, content: bytes) -> str:
        return json.dumps(answer_of(module, name, content))

    def answer(module: str, name: str, content: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(once(module, name, content))
        return found

    sandbox._answer_of = answer
