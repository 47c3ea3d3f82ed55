"""How well the boundary tells what may be stored: shares of texts refused, over the corpus ``tests/fixtures/boundary``.

Every text is tried as it is written, decomposed (NFD), and with its spaces doubled and not breaking. Printed: of each
file and of all how many texts, the share that is refused, and on request each that is decided wrongly. Aims: at least
99 % refused of what must be, at most 1 % of what must not. ``fresh_*`` and each round of ``unseen_*`` were written
after the rules and measured before they were mended for them; docs/performance.md has those figures.

    python benchmarks/boundary.py
    python benchmarks/boundary.py --wrong
"""

import argparse
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from config.boundary import Strength, findings

CORPUS = Path(__file__).parents[1] / "tests" / "fixtures" / "boundary"

FORMS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "wide spaces": lambda text: text.replace(" ", " \u00a0"),
}


def texts(path: Path) -> Iterator[str]:
    """The texts of a file of the corpus; lines that begin with # name their class."""
    return (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# "))


def wrong(path: Path) -> list[tuple[str, str, str]]:
    """Each text that is decided wrongly: its form, itself, and for what it is refused."""
    must_be_refused = path.stem.endswith("refused")
    strength = Strength.EVIDENCE if "evidence" in path.stem else Strength.TYPED
    found = []
    for text in texts(path):
        for name, form in FORMS.items():
            why = findings(form(text), strength)
            if bool(why) is not must_be_refused:
                found.append((name, text, ", ".join(f"{kind.vi} ({at})" for kind, at in why)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true", help="print each text that is decided wrongly")
    show = parser.parse_args().wrong
    totals = {"accepted": [0, 0], "refused": [0, 0]}
    print(f"{'file':30}{'texts':>7}{'refused':>10}{'ms a text':>11}")
    for path in sorted(CORPUS.glob("*.txt")):
        began = time.perf_counter()
        faults = wrong(path)
        tried = sum(1 for _ in texts(path)) * len(FORMS)
        refused = tried - len(faults) if path.stem.endswith("refused") else len(faults)
        total = totals[path.stem.rpartition("_")[2]]
        total[0] += tried
        total[1] += refused
        took = (time.perf_counter() - began) * 1000 / tried
        print(f"{path.stem:30}{tried // len(FORMS):7}{refused / tried:10.2%}{took:11.2f}")
        if show:
            for form, text, why in faults:
                print(f"    {form}: {text}  {why}")
    for kind, (tried, refused) in totals.items():
        print(f"{'all ' + kind:30}{tried // len(FORMS):7}{refused / tried:10.2%}")


if __name__ == "__main__":
    main()
