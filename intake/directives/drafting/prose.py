"""Tasks in prose: numbered items beneath the offices that they are given to, and sentences that give them."""

import re
from dataclasses import dataclass, field

from intake.directives.drafting.findings import Finding, fill
from intake.directives.drafting.governing_terms import GoverningTerms, share_term
from intake.directives.drafting.no_tasks import NO_LEAD, is_closing, is_trouble, stands_apart, trouble_behind
from intake.directives.drafting.outline import Node, learn_offices, outline_of, path_of
from intake.directives.drafting.sentences import DATED, by_date, pieces, sentences
from intake.directives.drafting.target_phrases import target_of
from intake.directives.drafting.told_elsewhere import addressees, reports_back, told_elsewhere
from intake.directives.phrases import labelled_fields as labels
from intake.directives.phrases.assignment import Assigned, AssignmentReader
from intake.directives.phrases.deadline_phrases import terms_in, weightiest
from intake.directives.phrases.details import report_to
from intake.directives.phrases.earlier_work import is_change
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.stated_days import YearContext
from intake.directives.phrases.unread_terms import deadline_of
from intake.directives.phrases.words import ACTION, BACKGROUND_HEADING, NOT_A_TASK, VALIDITY, folded
from intake.directives.text import DirectiveText

_TELLS = re.compile(r"(?:^|[.,;:] +)(?:giao|yêu cầu|đề nghị|phân công)(?!\w)|(?<!\w)(?:chủ trì|trách nhiệm)(?!\w)")
_GIVEN = re.compile(r"(?:[^:;.,]{0,60} )?(?:giao|yêu cầu|đề nghị|phân công) ")
_ASSIGNS = re.compile(r"(?<!\w)(?:giao|phân công)(?!\w)")
_INTRO_END = re.compile(
    r"(?:,? *(?:và )?(?:(?:có|chịu) trách nhiệm|chỉ đạo|tổ chức|tập trung|triển khai)?(?: thực hiện)?(?: tốt"
    r"| nghiêm túc)?(?: (?:các|những|một số)? ?(?:nhiệm vụ|nội dung|công việc"
    r"|giải pháp)[^:.;]{0,40})?(?: trọng tâm)?(?: cụ thể)?(?: như)?(?: sau(?: đây)?)?) *: *$"
)
_CONDITION = re.compile(r"(?:khi|nếu|trường hợp|đối với|các vụ|quá trình|trong quá trình|\* *lưu ý|lưu ý)\b")
_EACH = re.compile(r"(?:mỗi|từng) (?:thôn|bản|ấp|buôn|làng|xóm|khu phố|khu dân cư|tổ dân phố|khối phố|hộ)(?!\w)")
_LEAST_WORDS = 4
_LEAST_LETTERS = 50
_NEAR = 400
_ITEM, _LETTER = 4.0, 8.0
"""Ranks of the outline: what stands beneath «1.», and what is lettered, dashed or has no label."""


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
        learn_offices(self._nodes, document.text, lower, offices)
        self._addressed = addressees(self._nodes, document.text, lower, self._assigning)
        self._terms = GoverningTerms(document.text, lower, years)
        self._found: list[Finding] = []
        self._of_node: dict[int, Finding] = {}

    def findings(self) -> list[Finding]:
        for at, node in enumerate(self._nodes):
            self._read(node, self._nodes[at - 1] if at else None)
        return self._found

    def _inherited(self, node: Node) -> _Context:
        for each in list(node.lineage())[1:]:
            if id(each) in self._contexts:
                return self._contexts[id(each)]
        return _Context()

    def _read(self, node: Node, before: Node | None) -> None:
        lower = self._lower
        words = lower[node.body : node.end].strip()
        self._terms.note(node)
        if node.heading or node.formal or not words:
            return
        if NOT_A_TASK.fullmatch(words):
            valid = VALIDITY.match(lower, node.body, node.end)
            self._later_sentences(node, valid.end() if valid else node.end, node.end, given=True)
            return
        fields = labels.fields_in(lower, node.body, node.end)
        if fields and fields[0].start <= node.body + 2:
            bare = {each.name for each in fields} <= {labels.WHEN, labels.WHAT}
            tasks = self._tasks_above(node, before, bare=bare)
            for task in tasks:
                self._fill(task, fields, node)
            if tasks or (bare and not self._assigning.at(fields[0].value, node.end).leads):
                return
        end = fields[0].start if fields else node.end
        assigned = self._assigning.at(node.body, end)
        inherited = self._inherited(node)
        if assigned.heading:
            self._contexts[id(node)] = _Context(assigned.leads, assigned.coordinating)
            self._headings.add(id(node))
            return
        if is_closing(self._lower, node, assigned, end, given=bool(_GIVEN.match(lower, node.body, end))):
            return
        if node.children and words.endswith(":"):
            if not assigned.leads and (within := self._assigning.given_within(node.body, end)):
                assigned = within
            self._introduce(node, assigned, inherited)
            return
        found = self._tasks(node, assigned, inherited, end, before)
        if not found and node.label and any(each.name == labels.LEAD for each in fields):
            found = [self._add(node, node.body, end, Assigned(node.body), _Context(), whole=True)]
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
        if not leads or node.background or not intro or "sau" not in intro[0]:
            return
        if ACTION.match(self._lower, assigned.rest, intro.start()) and intro.start() - assigned.rest > _LEAST_LETTERS:
            self._add(node, assigned.rest, intro.start(), assigned, _Context(leads))

    def _tasks(
        self, node: Node, assigned: Assigned, inherited: _Context, end: int, before: Node | None
    ) -> list[Finding]:
        lower = self._lower
        if node.preamble and assigned.leads and not _GIVEN.match(lower, node.body, end):
            return []
        given = None
        if not (assigned.leads or node.preamble):
            given = told_elsewhere(
                self._text, lower, node.body, end, self._assigning, labelled=bool(node.label), inherited=inherited.leads
            )
        if given:
            assigned = Assigned(assigned.rest, given.leads, given.coordinating or assigned.coordinating, explicit=True)
        if inherited.leads and assigned.leads and _EACH.match(lower, node.body, end):
            assigned = Assigned(node.body)  # «Mỗi thôn thành lập …»: what is counted, not who is told
        item = bool(node.label) or self._is_alone(node)
        everybody = self._addressed or [each for each in inherited.leads if each.many]
        closes = not (assigned.leads or (inherited.leads if item else not node.last_of_text))
        if everybody and closes and reports_back(lower, node, self._assigning):
            duty = self._add(node, node.body, end, Assigned(node.body), _Context(everybody), whole=True)
            duty.doubts.append("câu không nêu cơ quan: hiểu là mọi nơi được gửi")
            return [duty]
        if not item and not assigned.leads and not re.match(r"(?:chủ trì|phối hợp) ", lower[node.body : end]):
            self._goes_on(node, before)
            return self._later_sentences(node, node.body, end)
        if node.background and not (assigned.leads and (node.about_money or _TELLS.search(lower[node.body : end]))):
            return []
        deadlines = terms_in(self._text, node.body, end, self._years, lower)
        if not assigned.leads and not inherited.leads:
            if later := self._later_sentences(node, node.body, end):
                return later
            said = weightiest(deadlines)
            dated = (said is not None and said.kind in (*DATED, "on-request")) or is_change(lower, node.body, end)
            aims = BACKGROUND_HEADING.match(folded(lower[node.body : node.body + _LEAST_LETTERS]))
            is_task = bool(node.label) and dated and not aims and not any(each.label for each in node.children)
        else:
            acts = ACTION.match(lower, assigned.rest, end) or _CONDITION.match(lower, assigned.rest, end)
            is_task = bool(acts or assigned.leads or assigned.coordinating)
            # A heading that names no office has items beneath it.
            is_task = is_task or (item and not any(each.label for each in node.children))
        if not is_task:
            return self._later_sentences(node, node.body, end)
        if (trouble := trouble_behind(lower, node, assigned, end)) is not None:
            parts = [(assigned.rest, trouble), (trouble, end)]
        elif given is None:
            parts = pieces(self._text, lower, assigned.rest, end, deadlines, self._assigning)
        else:
            parts = by_date(self._text, lower, assigned.rest, end, deadlines)
        found = []
        if len(parts) == 1 or not is_closing(self._lower, node, assigned, parts[0][1]):
            found.append(self._add(node, *parts[0], assigned, inherited, whole=True))
        told = _Context(assigned.leads or inherited.leads, assigned.coordinating)
        for a, b in parts[1:]:
            own = self._assigning.at(a, b)
            if is_closing(self._lower, node, own, b):
                continue
            told = _Context(own.leads, own.coordinating) if own.leads else told
            found.append(self._add(node, own.rest, b, own, told, begins=a))
        share_term(lower, node, found)
        return found

    def _is_alone(self, node: Node) -> bool:
        """Whether a paragraph without a number is what stands beneath an office's name: the first, or one of a row."""
        if (above := node.parent) is None or id(above) not in self._headings:
            return False
        return above.children[0] is node or not any(each.label for each in above.children)

    def _later_sentences(self, node: Node, start: int, end: int, *, given: bool = False) -> list[Finding]:
        """Sentences further on in a paragraph that give something to an office by name; ``given``: with «giao»."""
        if node.background and not _GIVEN.search(self._lower, start, end):
            return []
        found: list[Finding] = []
        for a, b in sentences(self._text, start, end, self._assigning):
            assigned = self._assigning.at(a, b)
            if not (assigned.leads or node.background or node.preamble):
                # «Báo cáo kết quả đề nghị các đơn vị gửi về …»
                told = self._assigning.given_within(a, b)
                if told and is_closing(self._lower, node, told, b):
                    continue
                assigned = Assigned(a, told.leads, told.coordinating, explicit=True) if told else assigned
            if not assigned.leads or assigned.heading or is_closing(self._lower, node, assigned, b):
                continue
            if _GIVEN.match(self._lower, a, b) or not (given or node.background or node.preamble):
                terms = terms_in(self._text, a, b, self._years, self._lower)
                for x, y in by_date(self._text, self._lower, assigned.rest, b, terms):
                    found.append(self._add(node, x, y, assigned, _Context(), begins=a if x == assigned.rest else x))
        return found

    def _goes_on(self, node: Node, before: Node | None) -> bool:
        """Whether a paragraph without a number goes on with the task before it; it then belongs to that task."""
        if before is None or not self._found or stands_apart(self._lower, node):
            return False
        last = self._found[-1]
        if before.end not in last.ends or (node.last_of_text and not ACTION.match(self._lower, node.body, node.end)):
            return False
        last.spans.append((node.start, node.end))
        return True

    def _add(
        self,
        node: Node,
        rest: int,
        end: int,
        assigned: Assigned,
        context: _Context,
        *,
        whole: bool = False,
        begins: int | None = None,
    ) -> Finding:
        """Note a task. ``whole``: it begins where its paragraph does; else at ``begins``, or at ``rest``."""
        text, lower = self._text, self._lower
        while end > rest and text[end - 1] in " \n;,(":
            end -= 1
        leads, coordinating = assigned.leads or context.leads, assigned.coordinating or context.coordinating
        if assigned.only_with and coordinating and leads and not any(each.many for each in leads):
            leads, coordinating = coordinating[:1], [*leads, *coordinating[1:]]
        coordinating = coordinating or self._assigning.partners_within(rest, min(end, rest + _NEAR))
        start = node.body if whole else rest if begins is None else begins
        path = path_of(node) if node.label or not assigned.leads else ""
        found = Finding(
            path or f"đ{self._nodes.index(node) + 1}", start, end, rest, "prose", leads, coordinating,
            explicit=assigned.explicit,
        )  # fmt: skip
        found.deadline = deadline_of(text, lower, start, end, rest, self._years)
        if (found.deadline is None or found.deadline.kind in ("none", "event")) and (term := self._terms.above(node)):
            found.deadline = term
            found.spans.append((term.start, term.end))
        found.report_to = report_to(text, lower, rest if assigned.leads else start, end, self._offices)
        found.target = target_of(text, lower, rest, end) or ""
        found.spans += [(each.start, each.end) for each in leads if not start <= each.start < end]
        if node.background and not node.about_money and not _ASSIGNS.search(lower, node.body, end):
            found.doubts.append("nằm ở phần mục đích, yêu cầu")
        if is_trouble(lower, found):
            found.doubts.append("câu chung cho mọi cơ quan: báo cáo khi có vướng mắc")
        if not leads:
            found.doubts.append(NO_LEAD)
        self._found.append(found)
        self._of_node[id(node)] = found
        return found

    def _tasks_above(self, node: Node, before: Node | None, *, bare: bool) -> list[Finding]:
        """The tasks that a line «Thời gian: …» speaks of; ``bare``: it says no more than when and what."""
        for each in list(node.lineage())[1:]:
            if id(each) in self._of_node:
                return [self._of_node[id(each)]]
            has_tasks = any(each.body <= task.start for task in self._found)
            if each.label and each.children and not (bare and has_tasks) and self._named_task(each, node.body):
                return [self._of_node[id(each)]]
        last = self._found[-1:]
        if node.rank >= _LETTER and before and any(before.end in task.ends for task in last) and not before.label:
            return last
        if node.parent is None or node.parent.rank < _ITEM:
            return []
        beside = [self._of_node[id(each)] for each in node.parent.children if id(each) in self._of_node]
        return [each for each in beside if not each.is_dated] if bare else beside[-1:]

    def _named_task(self, node: Node, until: int) -> bool:
        """An item whose office stands in a line beneath it becomes a task by that line."""
        words = self._lower[node.body : node.end]
        if len(words.split()) < _LEAST_WORDS or (node.rank < 3 and not ACTION.match(words)):
            return False
        task = self._add(node, node.body, node.end, Assigned(node.body), self._inherited(node), whole=True)
        task.doubts.clear()
        for each in node.children:
            if each.label or each.body >= until:
                break
            task.more.append((each.start, each.end))
            said = terms_in(self._text, each.body, each.end, self._years, self._lower)
            task.deadline = task.deadline or weightiest(said)
        return True

    def _fill(self, task: Finding, fields: list[labels.LabelledField], node: Node) -> None:
        fill(task, fields, self._text, self._lower, self._offices, self._years)
        task.spans.append((node.start, node.end))
