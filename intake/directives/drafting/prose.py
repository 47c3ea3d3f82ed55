"""Tasks in prose: numbered items beneath the offices that they are given to, and sentences that give them."""

import re
from dataclasses import dataclass, field

from intake.directives.drafting import labelled_fields as labels
from intake.directives.drafting.assignment import Assigned, AssignmentReader
from intake.directives.drafting.deadline_phrases import (
    Deadline,
    YearContext,
    cell_deadline,
    deadlines_in,
    first_word,
    weightiest,
)
from intake.directives.drafting.details import report_to, target_of
from intake.directives.drafting.findings import Finding
from intake.directives.drafting.office_phrases import OfficePhrase, OfficeReader
from intake.directives.drafting.outline import Node, outline_of, path_of
from intake.directives.drafting.words import ACTION, CLOSING, NOT_A_TASK
from intake.directives.text import DirectiveText

_GIVEN = re.compile(r"(?:[^:;.,]{0,60} )?(?:giao|yêu cầu|đề nghị|phân công) ")
_INTRO_END = re.compile(
    r"(?:,? *(?:và )?(?:(?:có|chịu) trách nhiệm|chỉ đạo|tổ chức|tập trung|triển khai)?(?: thực hiện)?(?: tốt| nghiêm túc)?(?: (?:các|những|một số)? ?(?:nhiệm vụ|nội dung|công việc|giải pháp)[^:.;]{0,40})?(?: trọng tâm)?(?: cụ thể)?(?: như)?(?: sau(?: đây)?)?) *: *$"
)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[^\W\d_])|(?<=[.])\s+(?=\d{1,2}/)")
_DOES_IT = re.compile(
    r"(?:(?:tổ chức|chịu trách nhiệm|triển khai|tham mưu|tham mưu tổ chức|thực hiện|nội dung này|nhiệm vụ này)[ ,]*)+(?:[.;]|$|hoàn thành|trước|trong|chậm nhất)"
)
_CONDITION = re.compile(r"(?:khi|nếu|trường hợp|đối với|các vụ|quá trình|trong quá trình|\* *lưu ý|lưu ý)\b")
_DATED = ("date", "month", "quarter", "half", "year", "span", "recurring", "days")
_LEAST_WORDS = 4


@dataclass
class _Context:
    """Whom the items beneath a paragraph are given to, and where that is said."""

    leads: list[OfficePhrase] = field(default_factory=list)
    coordinating: list[OfficePhrase] = field(default_factory=list)


class ProseReader:
    """Finds the tasks of the paragraphs of one document."""

    def __init__(self, document: DirectiveText, lower: str, offices: OfficeReader, years: YearContext) -> None:
        self._text, self._lower, self._offices, self._years = document.text, lower, offices, years
        self._nodes = outline_of(document)
        self._assigning = AssignmentReader(document.text, lower, offices)
        self._contexts: dict[int, _Context] = {}
        self._headings: set[int] = set()
        self._found: list[Finding] = []
        self._of_node: dict[int, Finding] = {}

    def findings(self) -> list[Finding]:
        self._learn_offices()
        for at, node in enumerate(self._nodes):
            self._read(node, self._nodes[at - 1] if at else None)
        return self._found

    def _learn_offices(self) -> None:
        """Headings that are an office's name alone: «4. Vụ Phổ biến, giáo dục pháp luật»."""
        for node in self._nodes:
            words = self._text[node.body : node.end].strip(" .:;\n")
            if node.label and 6 < len(words) <= 120 and ":" not in words:
                items, after = self._offices.list_at(self._text, self._lower, node.body, node.end)
                alone = len(items) == 1 and not self._lower[after : node.end].strip(" .:")
                begun = len(items) == 1 and not items[0].many and (
                    node.children or not ACTION.search(self._lower, after, node.end)
                )
                if alone or begun and re.match(r", [^\W\d_]", self._lower[after : node.end]):
                    self._offices.add([words])

    def _inherited(self, node: Node) -> _Context:
        for each in list(node.lineage())[1:]:
            if id(each) in self._contexts:
                return self._contexts[id(each)]
        return _Context()

    def _read(self, node: Node, before: Node | None) -> None:
        lower = self._lower
        words = lower[node.body : node.end].strip()
        if node.heading or not words or NOT_A_TASK.fullmatch(words):
            return
        fields = labels.fields_in(lower, node.body, node.end)
        if fields and fields[0].start <= node.body + 2 and (task := self._task_above(node)):
            self._fill(task, fields, node)
            return
        end = fields[0].start if fields else node.end
        assigned = self._assigning.at(node.body, end)
        inherited = self._inherited(node)
        if assigned.heading:
            self._contexts[id(node)] = _Context(assigned.leads, assigned.coordinating)
            self._headings.add(id(node))
            return
        if CLOSING.fullmatch(lower[assigned.rest : end].strip()) and not _GIVEN.match(lower, node.body, end):
            return
        if node.children and words.endswith(":"):
            if not assigned.leads and (within := self._assigning.given_within(node.body, end)):
                assigned = within
            self._introduce(node, assigned, inherited)
            return
        found = self._tasks(node, assigned, inherited, end, before)
        if found and fields:
            self._fill(found[-1], fields, node)
        if found and node.children and assigned.leads:
            self._contexts[id(node)] = _Context(assigned.leads)

    def _introduce(self, node: Node, assigned: Assigned, inherited: _Context) -> None:
        """A paragraph that ends with «:» gives what stands beneath it to its offices; it may be a task as well."""
        leads = assigned.leads or inherited.leads
        if assigned.leads or assigned.coordinating:
            self._contexts[id(node)] = _Context(leads, assigned.coordinating)
        intro = _INTRO_END.search(self._lower, assigned.rest, node.end)
        end = intro.start() if intro else node.end
        if leads and not node.background and ACTION.match(self._lower, assigned.rest, end) and end - assigned.rest > 50 and intro and "sau" in intro[0]:
            self._add(node, assigned.rest, end, assigned, _Context(leads))

    def _tasks(
        self, node: Node, assigned: Assigned, inherited: _Context, end: int, before: Node | None
    ) -> list[Finding]:
        lower, bracket_at, whole_paragraph = self._lower, end, False
        explicit = bool(assigned.leads)
        if (bracket := self._assigning.in_brackets(node.body, end)) and not explicit:
            given, bracket_at = bracket
            assigned = Assigned(assigned.rest, given.leads, given.coordinating or assigned.coordinating, explicit=True)
            explicit = True
        elif not explicit and not inherited.leads and (by := self._assigning.done_by(node.body, end)):
            assigned = Assigned(assigned.rest, by, assigned.coordinating, explicit=True)
            explicit = True
        above = node.parent
        alone = above is not None and id(above) in self._headings and (
            above.children[0] is node or not any(each.label for each in above.children)
        )
        if not node.label and not explicit and not alone and not re.match(r"(?:chủ trì|phối hợp) ", lower[node.body : end]):
            self._goes_on(node, before)
            return self._later_sentences(node, node.body, end)
        if not explicit and not inherited.leads and (given := self._given_behind(node.body, end)):
            assigned, explicit = Assigned(assigned.rest, given.leads, given.coordinating, explicit=True), True
            whole_paragraph = True
        leads = assigned.leads or inherited.leads
        deadlines = deadlines_in(self._text, node.body, end, self._years, lower)
        if node.background and not explicit:
            return []
        if not leads:
            said = weightiest(deadlines)
            if not said or said.kind not in (*_DATED, "on-request") or not node.label:
                return self._later_sentences(node, node.body, end)
        acts = ACTION.match(lower, assigned.rest, end) or _CONDITION.match(lower, assigned.rest, end)
        if not acts and not explicit and not assigned.coordinating and not (inherited.leads and (node.label or alone)):
            return self._later_sentences(node, node.body, end)
        found = []
        pieces = [(assigned.rest, end)] if whole_paragraph else self._pieces(assigned.rest, end, deadlines)
        for a, b in pieces:
            first = not found
            piece = assigned if first else self._assigning.at(a, b)
            if not first and CLOSING.fullmatch(lower[piece.rest : b].strip()):
                continue
            context = inherited if first else _Context(piece.leads or leads, [] if piece.leads else assigned.coordinating)
            found.append(self._add(node, a if first else piece.rest, b, piece if first or piece.leads or piece.coordinating else Assigned(a), context, whole=first, brackets=bracket_at))
        return found

    def _given_behind(self, start: int, end: int) -> Assigned | None:
        """«… . Giao Sở A chủ trì, phối hợp với Sở B thực hiện»: the whole paragraph is what is given."""
        for sentence in _SENTENCE.finditer(self._text, start, end):
            assigned = self._assigning.at(sentence.end(), end)
            if assigned.leads and (assigned.heading or _DOES_IT.match(self._lower, assigned.rest, end)):
                return assigned
        return None

    def _later_sentences(self, node: Node, start: int, end: int) -> list[Finding]:
        """Sentences further on in a paragraph that give something to an office by name."""
        if node.background and not _GIVEN.search(self._lower, start, end):
            return []
        found = []
        cuts = [start, *[each.end() for each in _SENTENCE.finditer(self._text, start, end)], end]
        for a, b in zip(cuts[1:], cuts[2:], strict=False):
            assigned = self._assigning.at(a, b)
            if assigned.leads and not assigned.heading and (_GIVEN.match(self._lower, a, b) or not node.background):
                if not CLOSING.fullmatch(self._lower[assigned.rest : b].strip()):
                    found.append(self._add(node, assigned.rest, b, assigned, _Context(), whole=False, begins=a))
        return found

    def _goes_on(self, node: Node, before: Node | None) -> bool:
        """Whether a paragraph without a number goes on with the task before it; it then belongs to that task."""
        if before is None or not self._found or CLOSING.search(self._lower, node.body, node.end):
            return False
        last = self._found[-1]
        if last.end != before.end and before.end not in [end for _, end in last.spans]:
            return False
        if node.last_of_text and not ACTION.match(self._lower, node.body, node.end):
            return False
        last.spans.append((node.start, node.end))
        return True

    def _pieces(self, start: int, end: int, deadlines: list[Deadline]) -> list[tuple[int, int]]:
        """A paragraph as one task, or as several where each has a deadline or an office of its own."""
        cuts = [start]
        dated = [each for each in deadlines if each.kind in _DATED and each.start >= start]
        marks = list(re.finditer(r"[;.]\s+|(?<=\w) và (?=báo cáo|gửi|trình|hoàn thành|tổng hợp)|, (?=báo cáo|gửi báo cáo)", self._lower[start:end]))
        for mark in marks:
            at = start + mark.end()
            if mark[0].startswith(".") and not self._text[at : at + 1].isupper():
                continue
            given = self._assigning.at(at, end) if mark[0][0] in ".;" else None
            if mark[0][0] == "." and given and given.leads and not given.heading:
                cuts.append(at)
                continue
            behind = self._lower[at:end]
            acts = ACTION.match(behind) or any(each.start == at for each in dated)
            here = [each for each in dated if cuts[-1] <= each.start < at]
            later = [each for each in dated if each.start >= at]
            if not acts or not here and not (len(cuts) > 1 and mark[0][0] == ";"):
                continue
            if later and here or (mark[0][0] == ";" and len(dated) > 1 and here):
                cuts.append(at)
            elif mark[0][0] == ";" and len(cuts) > 1 and later:
                cuts.append(at)
        return list(zip(cuts, [*cuts[1:], end], strict=True))

    def _add(
        self, node: Node, rest: int, end: int, assigned: Assigned, context: _Context, *, whole: bool = True, begins: int | None = None, brackets: int | None = None
    ) -> Finding:
        text, lower = self._text, self._lower
        while end > rest and text[end - 1] in " \n;,":
            end -= 1
        leads, coordinating = assigned.leads or context.leads, assigned.coordinating or context.coordinating
        if assigned.only_with and coordinating and leads and not any(each.many for each in leads):
            leads, coordinating = coordinating[:1], [*leads, *coordinating[1:]]
        coordinating = coordinating or self._assigning.partners_within(rest, min(end, rest + 400))
        start = node.body if whole else rest if begins is None else begins
        path = path_of(text, node) if node.label or not assigned.leads else ""
        path = path or f"đ{self._nodes.index(node) + 1}"
        found = Finding(path, start, end, rest, "prose", leads, coordinating, explicit=assigned.explicit)
        deadlines = [
            each for each in deadlines_in(text, start, end, self._years, lower) if begins is None or each.start >= begins
        ]
        found.deadline = weightiest(deadlines) or first_word(lower, text, rest, end)
        found.report_to = report_to(text, lower, start if whole and not assigned.leads else rest, brackets or end, self._offices)
        found.target = target_of(text, lower, rest, end) or ""
        found.spans = [(each.start, each.end) for each in leads if not start <= each.start < end]
        if not leads:
            found.doubts.append("không nêu cơ quan chủ trì")
        elif not assigned.leads and not assigned.only_with:
            pass
        self._found.append(found)
        self._of_node[id(node)] = found
        return found

    def _task_above(self, node: Node) -> Finding | None:
        """The task that a line «Thời gian: …» speaks of."""
        for each in list(node.lineage())[1:]:
            if id(each) in self._of_node:
                return self._of_node[id(each)]
            if each.label and not each.children[0].label and each.children[0] is not node:
                pass
            if each.label and each.children and self._named_task(each):
                return self._of_node[id(each)]
        return self._found[-1] if self._found and self._found[-1].end <= node.start else None

    def _named_task(self, node: Node) -> bool:
        """An item whose office stands in a line beneath it becomes a task by that line."""
        words = self._lower[node.body : node.end]
        if len(words.split()) < _LEAST_WORDS or node.rank < 3 and not ACTION.match(words):
            return False
        self._add(node, node.body, node.end, Assigned(node.body), self._inherited(node))
        self._found[-1].doubts.clear()
        return True

    def _fill(self, task: Finding, fields: list[labels.LabelledField], node: Node) -> None:
        for each in fields:
            if each.value >= each.end:
                continue
            offices, _ = self._offices.list_at(self._text, self._lower, each.value, each.end)
            words = OfficePhrase(each.value, each.end, self._text[each.value : each.end])
            match each.name:
                case labels.LEAD:
                    task.leads = offices or [words]
                    task.explicit = True
                    task.doubts = [doubt for doubt in task.doubts if "chủ trì" not in doubt]
                case labels.WITH:
                    task.coordinating = offices or [words]
                case labels.WHEN:
                    task.deadline = cell_deadline(self._text, each.value, each.end, self._years) or task.deadline
                case labels.WHAT:
                    task.product = words.text
                case labels.TO:
                    task.report_to, task.report_to_words = offices[0] if offices else None, words.text
        task.spans.append((node.start, node.end))
