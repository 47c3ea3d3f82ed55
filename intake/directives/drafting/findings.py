"""What is found in a text before offices are looked up: a task with the words for everything the text says of it."""

from dataclasses import dataclass, field

from intake.directives.drafting.deadline_phrases import Deadline
from intake.directives.drafting.office_phrases import OfficePhrase
from intake.directives.text import Span


@dataclass
class Finding:
    """A task as the text has it.

    start, end  its own words; ``rest`` is where what is to be done begins
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
    report_to: OfficePhrase | None = None
    report_to_words: str = ""
    product: str = ""
    target: str = ""
    deadline: Deadline | None = None
    spans: list[Span] = field(default_factory=list)
    title: str = ""
    doubts: list[str] = field(default_factory=list)
    explicit: bool = False
