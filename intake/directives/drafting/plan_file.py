"""A draft written as a plan's file, for a coordinator to correct and take in (``dondoc plan import``).

Every task is a subtask with its words; what is not sure has a comment «# SOÁT». Offices that the register does not
know are added as assumed. A task that repeats another one adds its words to that one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.catalogue.conventions import Conventions
from config.catalogue.office_names import code_for, plain_name, visible
from config.catalogue.plan import Plan
from config.text.plain_yaml import as_yaml
from intake.directives.drafting.draft import Draft, DraftOffice, DraftTask
from intake.directives.drafting.targets import target_in
from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.words import ACTION, plain

SOURCE = "van-ban.txt"
_NUMBER = re.compile(r"(?:Số|số|SỐ)\s*:?\s*(\d{1,5})\s*[-/]\s*([A-ZĐ][\w&-]*(?:[-/][A-ZĐ][\w&-]*)*)")
_SUBJECT = re.compile(r"(?:V/v|Về việc)\s*:?\s+", re.IGNORECASE)
_STAYS_LARGE = re.compile(r"\W*(?:.*[\d/].*|UBND|HĐND|MTTQ|BCĐ|BTV|BCH|QLDA|ATTP|PCCC|CCHC|BHXH|BHYT)\W*")
_NO_OFFICE = re.compile(r"liên quan|hữu quan|chức năng")
_KINDS = (
    "KẾ HOẠCH", "CHỈ THỊ", "NGHỊ QUYẾT", "QUYẾT ĐỊNH", "CHƯƠNG TRÌNH", "CÔNG ĐIỆN", "THÔNG BÁO", "PHỤ LỤC", "ĐỀ ÁN",
)  # fmt: skip
MOST_SUBTASKS = 99
"""Of one priority (``config.catalogue.fields.SubtaskCode``)."""
_LONGEST = 190
_UNSURE_BELOW = 0.7
_HEAD = 2500


@dataclass(frozen=True)
class PlanHead:
    """What a plan says of its directive as a whole.

    signed_on    day of the directive; None is the day on which it comes in
    coordinator  code of the office that follows it up; empty is that of the main directive
    periods      nd09 or calendar: what its months, quarters and years are
    """

    code: str
    title: str
    signed_on: date | None = None
    coordinator: str = ""
    periods: str = "nd09"


def head_of(draft: Draft, plan: Plan, name: str) -> PlanHead:
    """What the text says of itself; ``plan`` is the one in force, ``name`` that of the file."""
    return PlanHead(_code(draft.text, plan), _title(draft.text) or name, draft.years.issued)


def plan_file(draft: Draft, plan: Plan, name: str, head: PlanHead | None = None) -> str:
    """The text of a plan.yaml; ``plan`` is the one in force, beside which it stands, ``name`` that of the file.

    head  in place of what the text says of itself
    """
    head = head or head_of(draft, plan, name)
    register = _Register(plan, head.signed_on, head.coordinator)
    again: dict[str, list[DraftTask]] = {}
    for task in draft.tasks:
        if task.duplicate_of:
            again.setdefault(task.duplicate_of, []).append(task)
    kept = [task for task in draft.tasks if not task.duplicate_of]
    priorities: list[str] = []
    for part, (number, tasks) in enumerate(zip(_free_numbers(plan), _parts(kept), strict=False), 1):
        title = head.title if len(kept) <= MOST_SUBTASKS else f"{_short(head.title, 170)} (phần {part})"
        priorities += _indented(as_yaml({"code": f"p{number}", "title_vi": title}), "  - ", "    ")
        priorities.append("    subtasks:")
        for place, task in enumerate(tasks, 1):
            subtask = _subtask(task, f"T{number}.{place}", register, again.get(task.ref, ()))
            priorities += [f"      # SOÁT: {doubt}" for doubt in _doubts(task)]
            priorities += _indented(as_yaml(subtask), "      - ", "        ")
    directive: dict[str, Any] = {"code": head.code, "title_vi": head.title}
    if head.signed_on:
        directive["date"] = head.signed_on
    if head.coordinator:
        directive["coordinator"] = head.coordinator
    if head.periods != Conventions().periods:
        directive["conventions"] = {"periods": head.periods}
    directive["source"] = SOURCE
    top: dict[str, Any] = {"directive": directive}
    if register.added:
        top["offices"] = register.added
    lines = [
        "# Bản thảo do máy đọc từ văn bản; chưa ai soát. Dòng «# SOÁT» nói chỗ chưa chắc.",
        "# Drafted from the text and not yet corrected; '# SOÁT' marks what is not sure.",
        as_yaml(top) + "priorities:",
        *priorities,
    ]
    return "\n".join(lines) + "\n"


def is_named(words: str) -> bool:
    """Whether words name an office or a group: «các cơ quan liên quan» do not."""
    return not _NO_OFFICE.search(words)


def _free_numbers(plan: Plan) -> Iterator[int]:
    taken = {each.code for each in plan.priorities}
    return (free for free in range(1, 100) if f"p{free}" not in taken)


def _parts(tasks: list[DraftTask]) -> Iterator[list[DraftTask]]:
    """As many at once as one priority has room for."""
    return (tasks[at : at + MOST_SUBTASKS] for at in range(0, len(tasks), MOST_SUBTASKS))


def _indented(text: str, first: str, others: str) -> list[str]:
    """The lines of a group as an entry of a list."""
    return [f"{others if at else first}{line}".rstrip() for at, line in enumerate(text.splitlines())]


class _Register:
    """Codes of offices: of the register, and of those that are added to it."""

    def __init__(self, plan: Plan, day: date | None, coordinator: str) -> None:
        self._plan, self._day = plan, day
        self.coordinator = coordinator or plan.main_directive.coordinator
        self.added: list[dict[str, Any]] = []
        self._taken = {each.code for each in plan.offices}
        self._codes: dict[str, str] = {}

    def code(self, office: DraftOffice) -> str:
        if office.office and self._exists(office.office):
            return office.office
        key = plain_name(office.text)
        if key not in self._codes:
            self._codes[key] = code_for(office.text, self._taken)
            self._taken.add(self._codes[key])
            self.added.append(
                {
                    "code": self._codes[key],
                    "name_vi": _short(visible(office.text)),
                    "assumed": True,
                    "note_vi": "Đọc từ văn bản; soát xem có phải cơ quan đã có tên khác, hay một nhóm cơ quan.",
                }
            )
        return self._codes[key]

    def _exists(self, code: str) -> bool:
        """Whether it was there when the directive was signed: an old directive names offices of its day."""
        begins = self._plan.office(code).valid_from
        return not (self._day and begins and self._day < begins)

    def codes(self, offices: Iterable[DraftOffice]) -> list[str]:
        """Of offices by name or group; «các cơ quan liên quan» owe nothing and are left to the quote."""
        return list(dict.fromkeys(self.code(each) for each in offices if is_named(each.text)))


def _subtask(task: DraftTask, code: str, register: _Register, again: Iterable[DraftTask]) -> dict[str, Any]:
    leads = register.codes(task.leads) or [register.coordinator]
    step: dict[str, Any] = {"key": "report", "lead": leads[0] if len(leads) == 1 else leads}
    if task.role == "each" and len(leads) > 1:
        step["each"] = True
    if others := [each for each in register.codes(task.coordinating) if each not in leads]:
        step["coordinating"] = others
    if to := register.codes(task.reported_to):
        step["report_to"] = to
    step["due"] = _due(task.deadline)
    subtask: dict[str, Any] = {"code": code, "title_vi": _short(task.title)}
    subtask["quote"] = [_quote(each) for each in (task, *again)]
    if task.product:
        subtask["product"] = _short(visible(task.product), 900)
    if target := target_in(task):
        subtask["targets"] = [target]
    return subtask | {"steps": [step]}


def _quote(task: DraftTask) -> dict[str, str]:
    return {"text": " … ".join(visible(part) for part in task.quote.split("\n") if part.strip()), "place": task.ref}


def _due(said: Deadline | None) -> dict[str, str]:
    if said is None:
        return {"lead": "UNDATED"}
    return {"lead": _rule(said), "words": visible(said.words)}


def _rule(said: Deadline) -> str:
    """The rule with the year that was read into it; a deadline that cannot be read is none yet."""
    rule = said.rule
    if not rule:
        return "STANDING-Q" if said.kind == "standing" else "UNDATED"
    if said.day and str(said.day.year) not in rule:
        return f"{rule}:{said.day.year}" if rule == "YEAR" else f"{rule}/{said.day.year}"
    return rule


def _doubts(task: DraftTask) -> list[str]:
    doubts = []
    if not task.leads:
        doubts.append("văn bản không nêu cơ quan chủ trì; tạm ghi cơ quan đôn đốc")
    if task.sure < _UNSURE_BELOW:
        doubts += [each for each in task.why if each not in doubts and "không nêu cơ quan" not in each]
    if task.deadline and not task.deadline.rule and task.deadline.kind not in ("none", "standing"):
        doubts.append(f"hạn «{visible(task.deadline.words)}» chưa đọc được")
    elif task.deadline and task.deadline.assumed:
        doubts.append(f"hạn: {task.deadline.assumed}")
    if task.target and target_in(task) is None:
        doubts.append(f"chỉ tiêu «{_short(visible(task.target))}»: ghi vào targets nếu cần theo dõi số liệu")
    return list(dict.fromkeys(doubts))


def _code(text: str, plan: Plan) -> str:
    """«254/QĐ-UBND» as 254-QD-UBND; a number where it is taken."""
    found = _NUMBER.search(text[:_HEAD])
    written = _bare(f"{found[1]}-{found[2]}").upper() if found else "CHI-DAO"
    code = re.sub(r"[^A-Z0-9]+", "-", written).strip("-")[:28]
    code = code if code[0].isalpha() else f"VB-{code}"[:28].rstrip("-")
    taken = {each.code for each in plan.directives}
    return next(each for each in (code, *(f"{code}-{n}" for n in range(2, 100))) if each not in taken)


def _title(text: str) -> str:
    """The kind and the subject of the document, as its head has them: a kind in capitals, «V/v …», «Về việc …»."""
    lines = [visible(line) for line in text[:_HEAD].split("\n") if line.strip()]
    for at, line in enumerate(lines):
        if line.upper().startswith(_KINDS) and line == line.upper():
            subject = lines[at + 1] if len(line.split()) <= 3 and at + 1 < len(lines) else ""
            if about := _SUBJECT.match(subject):
                subject = f"về việc {subject[about.end() :]}"
            return _short(visible(f"{_sentence(line)} {_going_on(subject)}"))
    for line in lines:
        if about := _SUBJECT.match(line):
            return _short(f"Về việc {_going_on(line[about.end() :])}")
    return _short(lines[0]) if lines else ""


def _small(line: str) -> str:
    """A line that is all capitals in small letters, but for numbers of documents and what is short for an office."""
    if line != line.upper():
        return line
    return " ".join(word if _STAYS_LARGE.fullmatch(word) else word.lower() for word in line.split(" "))


def _sentence(line: str) -> str:
    small = _small(line)
    return small[:1].upper() + small[1:]


def _going_on(subject: str) -> str:
    """A subject behind its kind: «Thực hiện …» goes on small, «UBND tỉnh …» does not."""
    small = _small(subject)
    return small[:1].lower() + small[1:] if ACTION.match(plain(small)) or small.startswith("Về ") else small


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(each for each in letters if not unicodedata.combining(each))


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"
