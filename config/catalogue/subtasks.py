"""Priorities and their subtasks as the plan states them: steps, variants, due rules and report forms."""

import datetime
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from config.catalogue.fields import (
    Day,
    DocumentRef,
    Key,
    LadderRef,
    LongText,
    OfficeRef,
    Part,
    PriorityCode,
    RuleText,
    SubtaskCode,
    SubtaskRef,
    SystemRef,
    Title,
    unique,
)
from config.catalogue.offices import OfficeSpec as OfficeSpec
from config.catalogue.offices import Selector as Selector
from config.catalogue.report_checks import Check

Kind = Literal["one-off", "periodic", "event", "document", "annual-grading", "principle"]


Basis = Literal["law", "practice", "analogy", "proposal", "stated"]


Trigger = Literal["issue", "document", "event", "month", "quarter", "half", "year"]


class DueRules(Part):
    """The rules of a step by role; the coordinating offices' input falls due before the lead's report."""

    lead: RuleText
    coordinating: RuleText | None = None


class CountField(Part):
    """One number of a report form: a whole number from 0, or a percentage."""

    key: Key
    label_vi: Title
    label_en: Title
    kind: Literal["number", "percent"] = "number"


class ReportForm(Part):
    """A closed form: these counts, a document's number and date, files or none, short text or none.

    No other field exists, so there is nowhere to put a citizen, a case or anything classified.
    """

    counts: tuple[CountField, ...] = ()
    checks: tuple[Check, ...] = ()
    document: Literal["required", "optional", "none"] = "optional"
    attachments: Literal["allowed", "disabled"] = "allowed"
    texts: bool = True


class Variant(Part):
    """A step assigned once more, to another lead or with other coordinating offices: a sector, a setting."""

    key: Key
    title_vi: Title
    title_en: Title
    lead: Selector | None = None
    coordinating: tuple[Selector, ...] = ()


class Step(Part):
    """One report to hand in. ``lead`` as a group means that each member leads its own copy.

    variants    ``lead`` of a variant replaces that of the step, ``coordinating`` is added to it
    input_from  steps of the same subtask whose reports are the input here, where no office is coordinating
    report      the form of this step, where it is not the subtask's
    report_to   offices to which the lead sends the finished report; its papers name them
    valid_to    last day on which this may fall due; it is not assigned for later days
    """

    key: Key
    title_vi: Title
    title_en: Title
    trigger: Trigger
    lead: Selector | None = None
    coordinating: tuple[Selector, ...] = ()
    input_from: Annotated[tuple[str, ...], unique()] = ()
    due: DueRules
    variants: tuple[Variant, ...] = ()
    report: ReportForm | None = None
    report_to: Annotated[tuple[OfficeRef, ...], unique()] = ()
    valid_from: Day | None = None
    valid_to: Day | None = None

    def groups(self) -> Iterator[tuple[str, Selector, tuple[Selector, ...]]]:
        """The assignment groups: variant, lead, coordinating. In each exactly one selector leads."""
        if not self.variants and self.lead is not None:
            yield "", self.lead, self.coordinating
        for variant in self.variants:
            lead = variant.lead or self.lead
            if lead is not None:
                yield variant.key, lead, (*self.coordinating, *variant.coordinating)

    def in_force(self, day: datetime.date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


AD_HOC = "ad-hoc"
"""Key of the step that work outside the plan has; no key of a plan file may hold a hyphen."""


AD_HOC_STEP = Step.model_construct(
    key=AD_HOC,
    title_vi="Việc đột xuất",
    title_en="Ad hoc work",
    trigger="event",
    due=DueRules(lead="EVENT+0"),  # never computed: the coordinator names the day
)


class Subtask(Part):
    """One demand of the directive, with its words. A principle has no steps, so nothing is assigned for it.

    quote       verbatim from the directive
    basis       what the deadlines rest on; the directive itself states none
    boundary    what may never be written into its reports
    """

    code: SubtaskCode
    title_vi: Title
    title_en: Title
    quote: LongText
    kind: Kind
    basis: Basis
    basis_note_vi: str = ""
    boundary_vi: str = ""
    documents: Annotated[tuple[DocumentRef, ...], unique()] = ()
    systems: Annotated[tuple[SystemRef, ...], unique()] = ()
    depends_on: Annotated[tuple[SubtaskRef, ...], unique()] = ()
    monitor: OfficeRef | None = None
    ladder: LadderRef = "standard"
    report: ReportForm = ReportForm()
    steps: tuple[Step, ...] = ()

    def form(self, step: str) -> ReportForm:
        """The report form of this step: its own, or that of the subtask."""
        if step == AD_HOC:
            # No counts were agreed for it. Texts and files have the limits of the subtask; where no text is allowed,
            # a document says that it was done.
            own = self.report
            return ReportForm(
                document="optional" if own.texts else "required", attachments=own.attachments, texts=own.texts
            )
        steps_own = next((found.report for found in self.steps if found.key == step), None)
        return steps_own or self.report


class PriorityFile(Part):
    """A priority as its file has it."""

    code: PriorityCode
    numeral: Title
    title_vi: Title
    title_en: Title
    subtasks: tuple[Subtask, ...] = Field(min_length=1)


class Priority(PriorityFile):
    """One of the five priority tasks («Một là» … «năm là»), or one of a further directive.

    directive  code of the directive it belongs to
    """

    directive: str
