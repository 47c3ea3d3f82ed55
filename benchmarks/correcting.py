"""How many forms a coordinator sends from a directive's text to its launched plan, by the gold beside the texts.

Every act that the page of a draft offers is really done, by the functions behind it, until each task of the gold stands
in the draft as the gold has it: a row that is right is confirmed together with all the others (one form), a row that is
wrong is changed and confirmed (one form), a task that was not found is added from its passage (one form, and one more
where its fields need changing), rows that are no task are ticked and dropped together (one form). Reading the text,
looking at the preview and confirming it are a form each.

    python benchmarks/correcting.py
    python benchmarks/correcting.py --wrong     # what each form was needed for
"""

import argparse
import re
from pathlib import Path
from typing import Any

import drafting

from config.catalogue.loader import load_plan
from intake.directives.correcting import acts
from intake.directives.correcting.passages import PassageReader, names_of, place_of
from intake.directives.correcting.rows import Row, RowState, Sheet, sheet_of
from intake.directives.drafting.draft import draft_of
from intake.directives.reading.process import read

TABLES_AT_MOST, PROSE_AT_MOST = 1.2, 2.5
"""Forms for each task of a table, and of prose."""

_ONCE = 3
"""Reading the text, the preview, its confirmation."""

_RHYTHMS = {"P1M": "hằng tháng", "P3M": "hằng quý", "P6M": "định kỳ 6 tháng", "P1Y": "hằng năm", "P1W": "hằng tuần"}


class Desk:
    """A coordinator with one draft, and a count of the forms sent."""

    def __init__(self, path: Path, gold: list[dict[str, Any]]) -> None:
        plan = load_plan()
        names = names_of(plan, {})
        document = read(path.name, path.read_bytes())
        self.sheet: Sheet = sheet_of(document, draft_of(document, names, place_of(plan)))
        self.reader = PassageReader.of(self.sheet.text, names, place_of(plan))
        self.gold, self.forms, self.needed = gold, _ONCE, list[str]()

    def work(self) -> None:
        left = list(self.sheet.rows)
        right: list[int] = []
        for task in self.gold:
            row = self._fitting(task, left)
            if row is None:
                row = self._add(task)
            else:
                left.remove(row)
            if wrong := self._wrong(task, row):
                self._change(task, row, wrong)
            else:
                right.append(row.number)
        if left:
            self._send(f"drop {len(left)}", acts.set_state(self.sheet, [r.number for r in left], RowState.DROPPED))
        if right:
            self._send(f"confirm {len(right)}", acts.set_state(self.sheet, right, RowState.CONFIRMED))

    def unsettled(self) -> list[str]:
        """The tasks of the gold that are still not in the draft as the gold has them."""
        confirmed = self.sheet.of(RowState.CONFIRMED)
        found = []
        for task in self.gold:
            rows = [row for row in confirmed if drafting.holds(self.sheet.draft(), row.task, task["phrase"])]
            if not any(not self._wrong(task, row) for row in rows):
                found.append(task["ref"])
        return found

    def _send(self, why: str, sheet: Sheet) -> None:
        self.forms += 1
        self.sheet = sheet
        self.needed.append(why)

    def _fitting(self, task: dict[str, Any], rows: list[Row]) -> Row | None:
        draft = self.sheet.draft(tuple(RowState))
        fitting = [row for row in rows if drafting.holds(draft, row.task, task["phrase"])]
        return min(fitting, key=lambda row: (row.task.ref != task["ref"], len(row.task.quote)), default=None)

    def _wrong(self, task: dict[str, Any], row: Row) -> list[str]:
        current = self.sheet.row(row.number)
        assert current is not None
        wrong: list[str] = drafting.compare(drafting.Score(), task, current.task)
        return wrong

    def _add(self, task: dict[str, Any]) -> Row:
        start, end = self._passage(task["phrase"])
        sheet, number = acts.add(self.sheet, start, end, self.reader)
        self._send(f"add {task['ref']}", sheet)
        row = self.sheet.row(number)
        assert row is not None
        return row

    def _passage(self, phrase: str) -> tuple[int, int]:
        """Where a phrase stands, however its spaces are."""
        parts = [r"\s+".join(map(re.escape, part.split())) for part in phrase.split("…") if part.strip()]
        found = re.search(r"[\s\S]*?".join(parts), self.sheet.text, re.IGNORECASE)
        if found is None:
            raise SystemExit(f"the text does not hold «{phrase}»")
        return found.span()

    def _change(self, task: dict[str, Any], row: Row, wrong: list[str]) -> None:
        now = row.task
        lead = task["lead"] or []
        said = drafting.gold_date(task)
        deadline = now.deadline.words if now.deadline else ""
        if said != drafting.date_of(now):
            deadline = _typed(said, task["deadline"])
        typed = acts.Changes(
            title=now.title,
            leads="\n".join([lead] if isinstance(lead, str) else lead),
            coordinating="\n".join(task["coordinating"]),
            report_to=task.get("report_to") or "",
            deadline=deadline,
            product=now.product or "",
            target=now.target or "",
            role=now.role,
        )
        changed = acts.change(self.sheet, row.number, typed, self.reader, confirm=True)
        self._send(f"change {task['ref']}: {'; '.join(wrong)}", changed)


def _typed(said: str | None, gold: str | None) -> str:
    """A deadline as it is typed."""
    if said is None:
        return ""
    if said == "recurring":
        return _RHYTHMS.get(gold or "", "hằng quý")
    year, month, day = said.split("-")
    return f"đến hết ngày {day}/{month}/{year}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    print(f"{'':34}{'tasks':>6}{'forms':>7}{'a task':>8}{'not right':>11}")
    over = False
    for path, gold in drafting.texts():
        desk = Desk(path, gold)
        desk.work()
        each = desk.forms / len(gold)
        kind = drafting.kind_of(path)
        # The forms that are sent once weigh nothing in a table of 140 rows.
        weighed = (desk.forms - _ONCE) / len(gold)
        over |= weighed > (TABLES_AT_MOST if kind == "tables" else PROSE_AT_MOST)
        name = path.parent.name if path.name == "directive.txt" else path.name
        print(f"{name:34}{len(gold):6}{desk.forms:7}{each:8.2f}{len(desk.unsettled()):11}")
        if options.wrong:
            print("".join(f"    {why[:150]}\n" for why in desk.needed), end="")
    print("too many forms" if over else f"within {TABLES_AT_MOST} a row of a table and {PROSE_AT_MOST} a task of prose")


if __name__ == "__main__":
    main()
