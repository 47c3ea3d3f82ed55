"""Steps: who hands in a report, with whom, when and in which form."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from config.catalogue.checks.report_checks import Check
from config.catalogue.demands import Product, as_list
from config.catalogue.fields import (
    WITH_LEAD,
    Day,
    DependencyRef,
    HelpersRule,
    Key,
    LongText,
    OfficeRef,
    Part,
    RuleText,
    Title,
    same_as,
    unique,
)
from config.catalogue.offices import Selector as Selector
from config.errors import Refused
from config.rules.grammar import parse_rule
from config.rules.kinds import (
    AnchorName,
    ByDay,
    ByMoment,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    OnOccasion,
    PeriodicReport,
    Recurring,
    Within,
)
from config.rules.turns import months_of

Basis = Literal["law", "practice", "analogy", "proposal", "stated"]


Trigger = Literal["issue", "document", "event", "month", "quarter", "half", "year"]


TRIGGER_OF: dict[str, Trigger] = {"ISSUE": "issue", "DOC": "document", "EVENT": "event"}
"""What a rule that counts from a dated fact comes round with."""


class RoleWords(Part):
    """The directive's own words for a date, by the role that has the date."""

    lead: LongText | None = None
    coordinating: LongText | None = None


class RoleBasis(Part):
    """What a date rests on, by the role that has the date."""

    lead: Basis | None = None
    coordinating: Basis | None = None


def _of_lead(content: Any) -> Any:
    return {"lead": content} if isinstance(content, str) else content


class DueRules(Part):
    """The rules of a step by role.

    coordinating  without it the coordinating offices are named only and owe nothing; with it their input is asked for
    words         the directive's own words for the date («trong quý II»); a text alone is for the lead
    basis         what the date rests on, where it is not the subtask's; a word alone is for the lead
    """

    lead: RuleText
    coordinating: HelpersRule | None = None
    words: Annotated[RoleWords, BeforeValidator(_of_lead)] = RoleWords()
    basis: Annotated[RoleBasis, BeforeValidator(_of_lead)] = RoleBasis()

    @property
    def helpers_rule(self) -> str | None:
        """The rule by which input of the coordinating offices falls due; None where none is asked for."""
        return self.lead if self.coordinating == WITH_LEAD else self.coordinating


class CountField(Part):
    """One number of a report form: a whole number from 0, or a percentage."""

    key: Key
    label_vi: Title
    label_en: Title = same_as("label_vi")
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


Leads = Annotated[tuple[Selector, ...], BeforeValidator(as_list), unique()]
"""Who leads: one name, or a list of several."""


class Variant(Part):
    """A step assigned once more, to another lead or with other coordinating offices: a sector, a setting."""

    key: Key
    title_vi: Title
    title_en: Title = same_as("title_vi")
    lead: Leads = ()
    coordinating: tuple[Selector, ...] = ()
    named: tuple[Selector, ...] = ()


@dataclass(frozen=True)
class Team:
    """Who does a step, or a variant of it, as the plan names them.

    asked  owe input by a date of their own or the lead's
    named  are told and owe nothing
    each   every lead has its own copy; otherwise several leads hand in one report together; None: see ``Step.each``
    """

    variant: str
    leads: tuple[Selector, ...]
    asked: tuple[Selector, ...]
    named: tuple[Selector, ...]
    each: bool | None
    per_copy: bool


class Step(Part):
    """One report to hand in.

    title      the subtask's, where a step has none of its own
    trigger    what it comes round with; told by the lead's rule where that leaves no choice
    lead       one office, or several of a list that hand in one report together; a group: each member its own copy
    each       whether several leads have a copy each; unless said, offices of a list are joint, members of a group not
    coordinating  asked for input where ``due`` has a rule for them, otherwise named
    per_copy   where the leads have a copy each, the coordinating offices owe input to each; otherwise once for all
    named      told of the work, see it and its reports, owe nothing
    variants   ``lead`` of a variant replaces that of the step, ``coordinating`` and ``named`` are added to it
    input_from  steps of the same subtask whose reports are the input here
    depends_on  subtasks or steps that must be done first
    product    what there is when this step is done, where it is not the subtask's
    report     the form of this step, where it is not the subtask's
    report_to  offices to which the lead sends the finished report; its papers name them
    valid_to   last day on which this may fall due; it is not assigned for later days
    """

    key: Key
    title_vi: Title
    title_en: Title = same_as("title_vi")
    trigger: Trigger
    due: DueRules
    lead: Leads = ()
    each: bool | None = None
    coordinating: tuple[Selector, ...] = ()
    per_copy: bool = False
    named: tuple[Selector, ...] = ()
    input_from: Annotated[tuple[str, ...], unique()] = ()
    depends_on: Annotated[tuple[DependencyRef, ...], unique()] = ()
    variants: tuple[Variant, ...] = ()
    product: Product | None = None
    report: ReportForm | None = None
    report_to: Annotated[tuple[OfficeRef, ...], unique()] = ()
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_trigger(cls, content: Any) -> Any:
        named = content.get("trigger") if isinstance(content, dict) else None
        if isinstance(named, str) and named in _ANCHOR_OF:
            return _counted_from(_ANCHOR_OF[named], content)
        due = content.get("due") if isinstance(content, dict) and "trigger" not in content else None
        lead = due.get("lead") if isinstance(due, dict) else None
        trigger = _trigger_of(lead) if isinstance(lead, str) else None
        return {**content, "trigger": trigger} if trigger else content

    @property
    def rhythm(self) -> str:
        """What its occasions come round with: two rules of one rhythm come back on the same ones.

        The trigger; of several days of a year also their months, whose names their periods bear.
        """
        months = months_of(parse_rule(self.due.lead))
        return f"{self.trigger}:{','.join(map(str, months))}" if months else self.trigger

    def teams(self) -> Iterator[Team]:
        """Who does it: one team, or one for each variant."""
        for variant in self.variants or (None,):
            leads = (variant and variant.lead) or self.lead
            coordinating = (*self.coordinating, *(variant.coordinating if variant else ()))
            named = (*self.named, *(variant.named if variant else ()))
            asked = self.due.coordinating is not None
            if leads:
                yield Team(
                    variant=variant.key if variant else "",
                    leads=leads,
                    asked=coordinating if asked else (),
                    named=named if asked else (*coordinating, *named),
                    each=self.each,
                    per_copy=self.per_copy,
                )

    def groups(self) -> Iterator[tuple[str, Selector, tuple[Selector, ...]]]:
        """Variant, lead and those who coordinate with it, asked or named by ``coordinating``; each lead by itself."""
        for team in self.teams():
            added = next((v.coordinating for v in self.variants if v.key == team.variant), ())
            for lead in team.leads:
                yield team.variant, lead, (*self.coordinating, *added)

    def words_of(self, role: Literal["lead", "coordinating"]) -> str:
        """The directive's own words for the date of a role; empty where the plan has none."""
        words = self.due.words
        if role == "coordinating":
            return words.coordinating or (words.lead or "" if self.due.coordinating == WITH_LEAD else "")
        return words.lead or ""

    def in_force(self, day: datetime.date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


_ANCHOR_OF: Mapping[object, AnchorName] = {"event": "EVENT", "document": "DOC"}


def _counted_from(anchor: AnchorName, content: dict[str, Any]) -> dict[str, Any]:
    """A step as read whose deadlines in words are counted from what opens it: «báo cáo ngay» of an event."""
    due = content.get("due")
    if not isinstance(due, dict):
        return content
    rules = {key: _read_from(anchor, due[key]) for key in ("lead", "coordinating") if isinstance(due.get(key), str)}
    return {**content, "due": {**due, **rules}}


def _read_from(anchor: AnchorName, text: str) -> str:
    try:
        return str(parse_rule(text, anchor))
    except Refused:
        return text  # told where it stands


def _trigger_of(rule: str) -> str | None:
    """What a step comes round with, by its lead's rule; None where the rule leaves a choice."""
    try:
        parsed = parse_rule(rule)
    except Refused:
        return "issue"  # the rule is at fault, and only that is told
    match parsed:
        case FromAnchor(anchor=anchor) | Within(anchor=anchor) | OnOccasion(anchor=anchor):
            return TRIGGER_OF[anchor]
        case PeriodicReport(cadence=cadence) | Recurring(cadence=cadence):
            return cadence
        case FromDay(year=None) | GradingLink() | ByDay(year=None) | ByMoment(year=None):
            return "year"
        case FromClose():
            return None
        case _:
            return "issue"


AD_HOC = "ad-hoc"
"""Key of the step that work outside the plan has; no key of a plan file may hold a hyphen."""


AD_HOC_STEP = Step.model_construct(
    key=AD_HOC,
    title_vi="Việc đột xuất",
    title_en="Ad hoc work",
    trigger="event",
    due=DueRules(lead="EVENT+0"),  # never computed: the coordinator names the day
)
