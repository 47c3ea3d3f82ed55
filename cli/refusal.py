"""How the command refuses: in both languages, the user's first."""

import sys
from typing import NoReturn

from cli.language import english
from config.errors import Refused


def refuse(refused: Refused) -> NoReturn:
    """Print a refusal in both languages, the user's first, and end with exit code 1.

    Each language has its own details; details that are the same in both are printed once.
    """
    said = [("Lỗi", str(refused), refused.details), ("Error", refused.en, refused.details_en)]
    if refused.en == str(refused):
        said = said[:1]
    if english():
        said.reverse()
    same = said[0][2] == said[-1][2]
    for number, (heading, sentence, details) in enumerate(said, start=1):
        print(f"{heading}: {sentence}", file=sys.stderr)
        if not same or number == len(said):
            for line in details:
                print(f"  - {line}", file=sys.stderr)
    raise SystemExit(1)
