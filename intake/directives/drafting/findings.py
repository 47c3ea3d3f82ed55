"""What is found in a text before offices are looked up: a task with the words for everything the text says of it."""

import re
from dataclasses import dataclass, field

from intake.directives.drafting.sentences import DATED
from intake.directives.phrases import labelled_fields as labels
from intake.directives.phrases.assignment import AssignmentReader
from intake.directives.phrases.deadline_phrases import Deadline, cell_deadline
from intake.directives.phrases.labelled_fields import LabelledField
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.stated_days import YearContext
from intake.directives.phrases.words import plain
from intake.directives.text import Span

_TAKES_PLACE = re.compile(r"(?:vào|từ(?! nay))(?!\w)")


@dataclass
class Finding:
    """A task as the text has it.

    start, end  its own words; ``rest`` is where what is to be done begins
    more        further parts of its own words, where the end of a page cuts them
    spans       other places that belong to it: the heading with its office, a merged cell, a line «Thời gian: …»
    doubts      why it is not sure, in Vietnamese
    """

    ref: str
    start: int
    end: int
    rest: int
    source: str
    leads: list[OfficePhrase] = field(default_factory=list)
    coordinating: list[OfficePhrase] = field(default_factory=list)
    report_to: list[OfficePhrase] = field(default_factory=list)
    report_to_words: str = ""
    product: str = ""
    target: str = ""
    deadline: Deadline | None = None
    more: list[Span] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    explicit: bool = False

    @property
    def ends(self) -> list[int]:
        """Where its own words end, and each other place that belongs to it."""
        return [self.end, *(end for _, end in self.spans)]

    @property
    def is_dated(self) -> bool:
        """Whether its own words state a term, which a line «Thời gian: …» does not replace; not only what it is on."""
        said = self.deadline
        if said is None or said.kind not in DATED or _TAKES_PLACE.match(plain(said.words)):
            return False
        return self.start <= said.start < self.end


def fill(
    task: Finding, fields: list[LabelledField], text: str, lower: str, offices: OfficeReader, years: YearContext
) -> None:
    """What lines such as «Cơ quan chủ trì: Sở A» say of a task."""
    for each in fields:
        if each.value >= each.end:
            continue
        named, _ = offices.list_at(text, lower, each.value, each.end)
        words = OfficePhrase(each.value, each.end, text[each.value : each.end])
        match each.name:
            case labels.LEAD:
                told = AssignmentReader(text, lower, offices).at(each.value, each.end)
                task.leads, task.explicit, task.doubts = told.leads or named or [words], True, []
                task.coordinating = told.coordinating or task.coordinating
            case labels.ABOUT:
                task.more.append((each.value, each.end))
            case labels.WITH:
                task.coordinating = named or [words]
            case labels.WHEN:
                read = cell_deadline(text, each.value, each.end, years)
                if not task.is_dated:
                    task.deadline = read or task.deadline
                elif read and task.deadline and read.rule != task.deadline.rule:
                    task.doubts.append(f"dòng thời gian nêu hạn khác: {read.words}")
            case labels.WHAT:
                task.product = words.text
            case labels.TO:
                task.report_to, task.report_to_words = named, words.text
