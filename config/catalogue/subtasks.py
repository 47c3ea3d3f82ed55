"""Priorities and their subtasks as the plan states them: what the directive demands, and in which steps it is done."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from config.catalogue.demands import Product, Quotes, Target
from config.catalogue.fields import (
    WITH_LEAD,
    DependencyRef,
    DocumentRef,
    LadderRef,
    OfficeRef,
    Part,
    PriorityCode,
    SubtaskCode,
    SystemRef,
    Title,
    same_as,
    unique,
)
from config.catalogue.offices import OfficeSpec as OfficeSpec
from config.catalogue.offices import Selector as Selector
from config.catalogue.steps import AD_HOC as AD_HOC
from config.catalogue.steps import AD_HOC_STEP as AD_HOC_STEP
from config.catalogue.steps import Basis as Basis
from config.catalogue.steps import CountField as CountField
from config.catalogue.steps import ReportForm as ReportForm
from config.catalogue.steps import Step as Step
from config.catalogue.steps import Trigger as Trigger

Kind = Literal["one-off", "periodic", "event", "document", "annual-grading", "principle"]


def with_titles(subtask: Mapping[str, Any]) -> list[Any]:
    """The steps of a subtask as read; a step without a title has the subtask's."""
    titles = {key: subtask[key] for key in ("title_vi", "title_en") if key in subtask}
    return [titles | step if isinstance(step, dict) and "title_vi" not in step else step for step in subtask["steps"]]


class Subtask(Part):
    """One demand of the directive, with its words. A principle has no steps, so nothing is assigned for it.

    quotes      verbatim from the directive; in a file ``quote``, one text or a list
    kind        what kind of demand it is; told by its steps where the plan does not say
    basis       what its dates rest on; see ``basis_of``
    boundary    what may never be written into its reports
    depends_on  subtasks or steps that must be done before any step of this one
    """

    code: SubtaskCode
    title_vi: Title
    title_en: Title = same_as("title_vi")
    quotes: Quotes = ()
    basis: Basis | None = None
    basis_note_vi: str = ""
    boundary_vi: str = ""
    documents: Annotated[tuple[DocumentRef, ...], unique()] = ()
    systems: Annotated[tuple[SystemRef, ...], unique()] = ()
    depends_on: Annotated[tuple[DependencyRef, ...], unique()] = ()
    monitor: OfficeRef | None = None
    ladder: LadderRef = "standard"
    product: Product | None = None
    targets: Annotated[tuple[Target, ...], unique(lambda target: target.key)] = ()
    report: ReportForm = ReportForm()
    steps: tuple[Step, ...] = ()
    kind: Kind = Field(default_factory=lambda known: _kind_of(known["steps"]))

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, content: Any) -> Any:
        """``quote`` of a file is ``quotes``; a step without a title has the subtask's."""
        if not isinstance(content, dict):
            return content
        if "quote" in content and "quotes" not in content:
            content = {"quotes" if key == "quote" else key: value for key, value in content.items()}
        return {**content, "steps": with_titles(content)} if isinstance(content.get("steps"), list) else content

    @property
    def quote(self) -> str:
        """Its words in the directive, as one text."""
        return " … ".join(quote.text for quote in self.quotes)

    def step(self, key: str) -> Step | None:
        """The step of this key, or None."""
        return next((found for found in self.steps if found.key == key), None)

    def basis_of(self, step: Step, role: Literal["lead", "coordinating"]) -> Basis:
        """Whose words a date rests on. The directive's («stated») only where it says so for that role, or its words
        for the date are given; a date that the plan adds for coordinating offices is a proposal."""
        due = step.due
        if (
            role == "coordinating"
            and due.coordinating == WITH_LEAD
            and not (due.basis.coordinating or due.words.coordinating)
        ):
            role = "lead"
        said = due.basis.lead if role == "lead" else due.basis.coordinating
        words = due.words.lead if role == "lead" else due.words.coordinating
        if said or words:
            return said or "stated"
        if self.basis is None or (role == "coordinating" and self.basis == "stated"):
            return "proposal"
        return self.basis

    def product_of(self, step: str) -> Product | None:
        """What there is when the step is done: its own product, or the subtask's where no step has its own."""
        if any(each.product for each in self.steps):
            found = self.step(step)
            return found.product if found else None
        return self.product

    def form(self, step: str) -> ReportForm:
        """The report form of this step: its own or the subtask's, with the number and date of a product that is a
        paper, and a count for each target."""
        if step == AD_HOC:
            # No counts were agreed for it. Texts and files have the limits of the subtask; where no text is allowed,
            # a document says that it was done.
            own = self.report
            return ReportForm(
                document="optional" if own.texts else "required", attachments=own.attachments, texts=own.texts
            )
        found = self.step(step)
        form = (found.report if found else None) or self.report
        product = self.product_of(step)
        if product is not None and product.is_paper and form.document == "optional":
            form = form.model_copy(update={"document": "required"})
        known = {count.key for count in form.counts}
        missing = tuple(_count_of(target) for target in self.targets if target.key not in known)
        return form.model_copy(update={"counts": (*form.counts, *missing)}) if missing else form


def _count_of(target: Target) -> CountField:
    return CountField(
        key=target.key,
        label_vi=target.indicator_vi,
        label_en=target.indicator_en,
        kind="percent" if target.is_percentage else "number",
    )


def _kind_of(steps: tuple[Step, ...]) -> Kind:
    """The kind of a subtask by what its first step comes round with."""
    match steps[0].trigger if steps else "issue":
        case "month" | "quarter" | "half" | "year":
            return "periodic"
        case "event" | "document" as trigger:
            return trigger
        case _:
            return "one-off"


class PriorityFile(Part):
    """A priority as its file has it."""

    code: PriorityCode
    numeral: Title = Field(default_factory=lambda known: f"Nhiệm vụ {known['code'][1:]}")
    title_vi: Title
    title_en: Title = same_as("title_vi")
    subtasks: tuple[Subtask, ...] = Field(min_length=1)


class Priority(PriorityFile):
    """A priority task with the directive it belongs to."""

    directive: str
