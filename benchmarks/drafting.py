"""How well the tasks of directives are found, per field: texts with their tasks by hand (tests/fixtures).

For each text: the share of its tasks that is found (recall), of what is found that is a task (precision), and of all
tasks the share whose lead, coordinating offices, deadline and addressee are right; ``whole`` is lead, coordinating
offices and deadline together, as F1. ``dates`` is the precision of deadlines: what is dated or recurring in the draft
and is so in the gold. Each round of ``unseen_*`` was written after the rules and measured before they were mended for
it; docs/performance.md has those figures. Last, the seconds of reading a PDF of 200 pages.

    python benchmarks/drafting.py
    python benchmarks/drafting.py --wrong     # each task that is missing, too many or wrong, and how
"""

import argparse
import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter

from config.catalogue.loader import load_plan
from config.catalogue.office_names import plain_name
from intake.directives.drafting.draft import Draft, DraftTask, draft_of
from intake.directives.reading.process import read

TEXTS = Path(__file__).parents[1] / "tests" / "fixtures" / "directives"
CORPUS = TEXTS.parent / "corpus"
"""Real directives, each as text and as the tasks in it; the draft was tuned with them."""

_TITLE = re.compile(
    r"^(?:các )?(?:đồng chí )?(?:thủ trưởng|giám đốc|chủ tịch|vụ trưởng|cục trưởng|chi cục trưởng|chánh|bộ trưởng) "
)
_SAME_OFFICES = 0.8
PAGES = 200


@dataclass
class Score:
    """Counts over one text or several."""

    gold: int = 0
    drafted: int = 0
    found: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("lead", "with", "deadline", "to", "whole"), 0))
    dated: int = 0
    dated_right: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        self.gold += other.gold
        self.drafted += other.drafted
        self.found += other.found
        self.dated += other.dated
        self.dated_right += other.dated_right
        for name, count in other.right.items():
            self.right[name] += count

    def f1(self, right: int) -> float:
        return 2 * right / (self.gold + self.drafted) if self.gold + self.drafted else 1.0

    @property
    def whole(self) -> float:
        return self.f1(self.right["whole"])

    @property
    def dates(self) -> float:
        return self.dated_right / self.dated if self.dated else 1.0

    def line(self, name: str) -> str:
        of_found = [self.right[each] / max(self.found, 1) for each in ("lead", "with", "deadline", "to")]
        figures = [self.found / max(self.gold, 1), self.found / max(self.drafted, 1), self.f1(self.found), *of_found]
        shown = "".join(f"{each:9.2f}" for each in (*figures, self.whole, self.dates))
        return f"{name:34}{self.gold:5}{self.drafted:8}{shown}"


def score(draft: Draft, gold: Iterable[dict[str, Any]]) -> Score:
    """Compare a draft with the tasks by hand."""
    wanted, left = list(gold), list(draft.tasks)
    counted = Score(gold=len(wanted), drafted=len(left))
    pairs: list[tuple[dict[str, Any], DraftTask]] = []
    for task in wanted:
        fitting = [each for each in left if holds(draft, each, task["phrase"])]
        # Of several the shortest: a task must not hide another.
        best = min(fitting, key=lambda each: (each.ref != task["ref"], len(each.quote)), default=None)
        if best is None:
            counted.wrong.append(f"missing   {task['ref']}: {task['phrase'][:90]}")
            continue
        left.remove(best)
        pairs.append((task, best))
    counted.found = len(pairs)
    for task, drafted in pairs:
        wrong = compare(counted, task, drafted)
        if wrong:
            counted.wrong.append(f"differs   {task['ref']}: {'; '.join(wrong)}")
    for each in left:
        counted.wrong.append(f"too many  {each.ref}: {each.title[:90]}")
        if date_of(each) is not None:
            counted.dated += 1
    return counted


def compare(counted: Score, task: dict[str, Any], drafted: DraftTask) -> list[str]:
    leads, coordinating = [each.text for each in drafted.leads], [each.text for each in drafted.coordinating]
    said, date = gold_date(task), date_of(drafted)
    to = [each.text for each in drafted.reported_to]
    right = {
        "lead": _same_offices([task["lead"]] if isinstance(task["lead"], str) else task["lead"] or [], leads),
        "with": _same_offices(task["coordinating"], coordinating),
        "deadline": said == date,
        "to": _same_offices([task["report_to"]] if task.get("report_to") else [], to),
    }
    right["whole"] = right["lead"] and right["with"] and right["deadline"]
    for name, is_right in right.items():
        counted.right[name] += is_right
    if date is not None:
        counted.dated += 1
        counted.dated_right += said == date
    wrong = []
    if not right["lead"]:
        wrong.append(f"lead {leads}, not {task['lead']}")
    if not right["with"]:
        wrong.append(f"with {coordinating}, not {task['coordinating']}")
    if not right["deadline"]:
        wrong.append(f"deadline {date}, not {said}")
    if not right["to"]:
        wrong.append(f"to {to}, not {task.get('report_to')}")
    return wrong


def holds(draft: Draft, task: DraftTask, phrase: str) -> bool:
    words = _bare("\n".join((task.quote, *(draft.text[a:b] for a, b in task.spans))))
    at = 0
    for part in phrase.split("…"):
        found = words.find(_bare(part), at)
        if found < 0:
            return False
        at = found + len(_bare(part))
    return True


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", plain_name(re.sub(r"\s+", " ", text))).strip()


def _same_offices(one: Iterable[str], other: Iterable[str]) -> bool:
    wanted, drafted = _office_words(one), _office_words(other)
    if not wanted or not drafted:
        return not wanted and not drafted
    return 2 * len(wanted & drafted) / (len(wanted) + len(drafted)) >= _SAME_OFFICES


def _office_words(offices: Iterable[str]) -> set[str]:
    """The words of a list of offices, each once with the word before it."""
    words: set[str] = set()
    for office in offices:
        for part in re.split(r"[;,]", office):
            bare = re.sub(r"^(?:va|và|các|cac) ", "", _bare(_TITLE.sub("", part.strip().lower()))).split()
            words |= {" ".join(pair) for pair in zip(["", *bare], bare, strict=False) if pair[0]} or set(bare)
    return words


def date_of(task: DraftTask) -> str | None:
    """The ISO day, «recurring», or None."""
    if task.deadline is None:
        return None
    if task.deadline.day:
        return task.deadline.day.isoformat()
    return "recurring" if task.deadline.kind == "recurring" else None


def gold_date(task: dict[str, Any]) -> str | None:
    said = task["deadline"]
    if not said:
        return "recurring" if task.get("deadline_type") in ("vague-periodic", "recurring") else None
    if re.fullmatch(r"\d{4}", said):
        return f"{said}-12-31"
    return "recurring" if said.startswith("P") else str(said)


def texts(folder: Path = TEXTS) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Each text with its tasks by hand."""
    found = []
    if folder == TEXTS:
        for tasks in sorted(CORPUS.glob("*/tasks.json")):
            found.append((tasks.with_name("directive.txt"), json.loads(tasks.read_text(encoding="utf-8"))["tasks"]))
    for gold in sorted(folder.rglob("*.gold.json")):
        stem = gold.name.removesuffix(".gold.json")
        text = next(each for each in sorted(gold.parent.glob(f"{stem}.*")) if each != gold)
        found.append((text, json.loads(gold.read_text(encoding="utf-8"))["tasks"]))
    return found


def kind_of(path: Path) -> str:
    """corpus: real prose; made: prose written for this project; tables; and each round of unseen ones."""
    if path.parent.name.startswith("unseen"):
        return path.parent.name
    return "tables" if path.stem.startswith("table") else "made" if path.stem.startswith("made") else "corpus"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--folder", type=Path, default=TEXTS)
    options = parser.parse_args()
    names = load_plan().office_names
    heads = ("recall", "prec.", "found", "lead", "with", "deadline", "to", "whole", "dates")
    print(f"{'':34}{'gold':>5}{'drafted':>8}{''.join(f'{each:>9}' for each in heads)}")
    kinds: defaultdict[str, Score] = defaultdict(Score)
    for path, gold in texts(options.folder):
        draft = draft_of(read(path.name, path.read_bytes()), names)
        counted = score(draft, gold)
        kinds[kind_of(path)].add(counted)
        print(counted.line(path.parent.name if path.name == "directive.txt" else path.name))
        if options.wrong:
            print("".join(f"    {each}\n" for each in counted.wrong), end="")
    for kind, counted in kinds.items():
        print(counted.line(f"all: {kind}"))


def seconds_of_reading() -> tuple[float, float]:
    """CPU seconds of reading 200 pages of tables, and of drafting their tasks."""
    writer, pages = PdfWriter(), PdfReader(TEXTS / "table-ministries.pdf").pages
    while len(writer.pages) < PAGES:
        writer.add_page(pages[len(writer.pages) % len(pages)])
    file = io.BytesIO()
    writer.write(file)
    names, started = load_plan().office_names, time.process_time()
    document = read("dai.pdf", file.getvalue())
    half = time.process_time()
    draft_of(document, names)
    return half - started, time.process_time() - half


if __name__ == "__main__":
    main()
    reading, drafting = seconds_of_reading()
    print(f"{PAGES} pages of tables: read in {reading:.1f} s, drafted in {drafting:.1f} s of CPU")
