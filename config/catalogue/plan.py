"""The plan's shape: directive, priorities, subtasks, steps, report forms. Frozen once loaded.

Everything here was decided; nothing here knows what has happened. ``config.catalogue.loader`` reads it from YAML, and
``config.catalogue.checks.plan_check`` checks its parts against each other.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Annotated

from pydantic import Field

from config.catalogue.conventions import Conventions as Conventions
from config.catalogue.conventions import Pause
from config.catalogue.demands import Reference, System
from config.catalogue.fields import (
    PRIORITY,
    Day,
    DirectiveCode,
    LongText,
    LongTitle,
    OfficeRef,
    Part,
    SourceText,
    Title,
    parse_dependency,
    same_as,
    unique,
)
from config.catalogue.history import StepHistory, StepKey
from config.catalogue.office_names import OfficeNames
from config.catalogue.offices import OfficeSpec as OfficeSpec
from config.catalogue.offices import Register, names_of, resolve, successor_on
from config.catalogue.offices import Selector as Selector
from config.catalogue.subtasks import AD_HOC, AD_HOC_STEP, Priority, Step, Subtask
from config.errors import Refused
from config.rules.ladder import Ladder
from config.text.suggestions import known_as


class Directive(Part):
    """The speech or programme that the plan breaks down into subtasks.

    place_vi         where the coordinator's documents are written, as their head names it; dots when empty
    superior_vi      the body above the coordinator, as the head of its documents names it; left out when empty
    drafting_unit    the unit that drafts letters, as their symbol names it: «PV01» in «67/CAT-PV01»
    report_to        whom the coordinator's reports on it go to; whom its subtasks name when empty
    coordinator      the office that urges, and decides on reports and extensions
    default_monitor  the office told of long delays where a subtask names no other; the coordinator unless given
    source           the directive's text, against which quotes are checked; a file names a .txt file beside it
    closed_on        the day from which nothing more is asked for
    pauses           the times for which it was closed before
    """

    code: DirectiveCode
    title_vi: LongTitle
    title_en: LongTitle = same_as("title_vi")
    date: Day
    note_vi: LongText | None = None
    place_vi: Title | None = None
    superior_vi: Title | None = None
    drafting_unit: Annotated[Title, Field(max_length=20)] | None = None
    report_to: Annotated[tuple[OfficeRef, ...], unique()] = ()
    coordinator: OfficeRef
    default_monitor: OfficeRef = same_as("coordinator")
    conventions: Conventions = Conventions()
    source: SourceText | None = None
    documents: tuple[Reference, ...] = ()
    systems: tuple[System, ...] = ()
    closed_on: Day | None = None
    pauses: tuple[Pause, ...] = ()

    def is_closed(self, day: datetime.date) -> bool:
        """Whether it asks for nothing more on a day."""
        return self.closed_on is not None and self.closed_on <= day

    def refuse_closed(self, day: datetime.date) -> None:
        """Raise ``Refused`` where it asks for nothing more, so that what is entered would make nothing."""
        if self.closed_on is not None and self.is_closed(day):
            raise Refused(
                f"chỉ đạo {self.code} đã kết thúc ngày {self.closed_on:%d/%m/%Y}; mở lại rồi mới giao thêm việc.",
                f"directive {self.code} was closed on {self.closed_on:%d/%m/%Y}; reopen it to assign more work.",
            )

    def asks_on(self, day: datetime.date) -> bool:
        """Whether what begins on a day is asked for: not where it was closed then."""
        return not any(pause.holds_on(day) for pause in self.pauses)


class Plan(Part):
    """The whole plan. Look-ups raise ``Refused`` naming what is unknown and what comes close.

    directives  the main one first, then those followed beside it
    retired     what earlier editions asked for and this one does not: nothing is assigned by it, and what was keeps its
                titles and report forms
    history     what steps asked before they were changed
    """

    directives: tuple[Directive, ...]
    priorities: tuple[Priority, ...]
    offices: tuple[OfficeSpec, ...]
    ladders: tuple[Ladder, ...]
    retired: tuple[Priority, ...] = ()
    history: tuple[StepHistory, ...] = ()

    @cached_property
    def version(self) -> str:
        """A short hash of the content: the same plan, the same version."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @cached_property
    def _subtasks(self) -> dict[str, Subtask]:
        return {each.code: each for priority in (*self.retired, *self.priorities) for each in priority.subtasks}

    @cached_property
    def _retired_steps(self) -> dict[tuple[str, str], Step]:
        retired = (subtask for priority in self.retired for subtask in priority.subtasks)
        return {(subtask.code, step.key): step for subtask in retired for step in subtask.steps}

    @cached_property
    def _offices(self) -> Register:
        return {office.code: office for office in self.offices}

    @cached_property
    def office_names(self) -> OfficeNames:
        """The offices by everything they may be called."""
        return names_of(self.offices)

    @cached_property
    def _collectives(self) -> frozenset[str]:
        return frozenset(office.member_of for office in self.offices if office.member_of)

    def is_collective(self, code: str) -> bool:
        """Whether an office stands for others that are listed one by one."""
        return code in self._collectives

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The offices of each group, by its name."""
        names = dict.fromkeys(group for office in self.offices for group in office.groups)
        return {name: tuple(o.code for o in self.offices if name in o.groups) for name in names}

    @property
    def is_whole(self) -> bool:
        """Whether it has every directive that is followed, and is not the part of an account (``PartOfPlan``)."""
        return True

    @cached_property
    def parts(self) -> dict[frozenset[str], "Plan"]:
        """What accounts that are limited to some directives have of it, by their codes."""
        return {}

    @property
    def priority_codes(self) -> tuple[str, ...]:
        """The codes of all priorities, those retired too."""
        return tuple(dict.fromkeys(each.code for each in (*self.retired, *self.priorities)))

    @property
    def main_directive(self) -> Directive:
        """The directive in the plan directory itself: for what concerns the whole store and no single assignment."""
        return self.directives[0]

    @property
    def has_several(self) -> bool:
        """Whether more than one directive is followed, so that each must be named."""
        return len(self.directives) > 1

    def directive(self, code: str | None = None) -> Directive:
        """The directive of this code; the main one for None. A blank code is that of none."""
        if code is None:
            return self.main_directive
        return known_as({each.code: each for each in self.directives}, code, "Chỉ đạo", "directive")

    def directive_of(self, code: str) -> Directive:
        """The directive that a priority or a subtask belongs to."""
        priority = code if PRIORITY.fullmatch(code) else self.priority_of(code)
        return self.directive(self.priority(priority).directive)

    def priorities_of(self, directive: str) -> tuple[Priority, ...]:
        """The priorities of one directive."""
        code = self.directive(directive).code
        return tuple(each for each in self.priorities if each.directive == code)

    @cached_property
    def _priority_of(self) -> dict[str, str]:
        priorities = (*self.retired, *self.priorities)
        return {subtask.code: priority.code for priority in priorities for subtask in priority.subtasks}

    def priority(self, code: str) -> Priority:
        return known_as({p.code: p for p in (*self.retired, *self.priorities)}, code, "Nhiệm vụ", "priority")

    def subtask(self, code: str) -> Subtask:
        return known_as(self._subtasks, code, "Việc", "subtask")

    def subtasks(self) -> Iterable[Subtask]:
        """The subtasks asked for now."""
        return (subtask for priority in self.priorities for subtask in priority.subtasks)

    def steps(self) -> Iterator[tuple[Subtask, Step]]:
        """The steps asked for now, and those that are asked for until a day (``StepHistory.until``)."""
        for subtask in self.subtasks():
            yield from ((subtask, step) for step in subtask.steps)
        for each in self.history:
            if each.until is not None:
                yield self.subtask(each.subtask), self.step(each.subtask, each.step)

    def known_subtasks(self) -> Iterable[Subtask]:
        """``subtasks`` and the retired ones."""
        return self._subtasks.values()

    def priority_of(self, subtask: str) -> str:
        """The code of the priority that a subtask belongs to."""
        return self._priority_of[self.subtask(subtask).code]

    def step(self, subtask: str, step: str) -> Step:
        if step == AD_HOC:
            return AD_HOC_STEP
        if (retired := self._retired_steps.get((subtask, step))) is not None:
            return retired
        return known_as({s.key: s for s in self.subtask(subtask).steps}, step, f"Bước của {subtask}", "step")

    def history_of(self, subtask: str, step: str) -> StepHistory | None:
        """How a step came to be what it is; None where it has always been so."""
        return self._history.get((subtask, step))

    @cached_property
    def _history(self) -> dict[StepKey, StepHistory]:
        return {(each.subtask, each.step): each for each in self.history}

    def office(self, code: str) -> OfficeSpec:
        return known_as(self._offices, code, "Cơ quan", "office")

    def office_named(self, text: str, day: datetime.date | None = None) -> OfficeSpec:
        """The office of this code, name, old name or abbreviation (``config.catalogue.office_names``); raises
        ``Refused`` for a name that none has or several have.

        day  of several offices of one name, the one that exists on this day is meant
        """
        return self.office(self.office_names.named(text, day) if self._is_name(text, day) else text)

    def _is_name(self, text: str, day: datetime.date | None) -> bool:
        """Whether it is to be looked up by name; what looks like a code is asked after among the codes."""
        return text not in self._offices and (" " in text.strip() or bool(self.office_names.matching(text, day)))

    def ladder(self, code: str) -> Ladder:
        return known_as({ladder.code: ladder for ladder in self.ladders}, code, "Thang nhắc việc", "ladder")

    def dependencies(self, subtask: str, step: str) -> tuple[tuple[str, str], ...]:
        """The steps that must be done before this one, each as subtask and step; a subtask stands for all of its."""
        whole = self.subtask(subtask)
        named = (*whole.depends_on, *self.step(subtask, step).depends_on)
        found: dict[tuple[str, str], None] = {}
        for code, key in map(parse_dependency, named):
            keys = (key,) if key else tuple(each.key for each in self.subtask(code).steps)
            found |= dict.fromkeys((code or subtask, each) for each in keys)
        return tuple(found)

    def step_title(
        self, subtask: str, step: str, variant: str = "", language: str = "vi", *, occasion: str = ""
    ) -> str:
        """The title people use: subtask, step where there are several, variant; for ad hoc work its own title.

        occasion  title of what the work was counted from, where it is not the assigning document
        """
        if step == AD_HOC and occasion:
            return occasion
        parent = self.subtask(subtask)
        whole = parent.title_vi if language == "vi" else parent.title_en
        return " – ".join(filter(None, (whole, self.part_title(subtask, step, variant, language))))

    def part_title(self, subtask: str, step: str, variant: str = "", language: str = "vi") -> str:
        """The step, where its subtask has several, and the variant; empty where the subtask's title says it all."""
        part, titles = self.step(subtask, step), list[str]()
        if len(self.subtask(subtask).steps) > 1 or step == AD_HOC:
            titles.append(part.title_vi if language == "vi" else part.title_en)
        for chosen in part.variants:
            if chosen.key == variant:
                titles.append(chosen.title_vi if language == "vi" else chosen.title_en)
        return " – ".join(titles)

    def current_office(self, code: str, day: datetime.date, of: Sequence[str] = ()) -> str:
        """Who answers for ``code`` on ``day``: itself, or its last successor in line (``successor_on``)."""
        return successor_on(self._offices, self.office(code).code, day, of)

    def coordinator_on(self, directive: Directive, day: datetime.date) -> OfficeSpec:
        """Who coordinates a directive on ``day``."""
        return self.office(self.current_office(directive.coordinator, day))

    def is_for_all_leads(self, lead_office: str, office: str) -> bool:
        """Whether an office that coordinates owes its input once, to every lead (``config.catalogue.assignees``)."""
        last = datetime.date.max
        return successor_on(self._offices, lead_office, last) == successor_on(self._offices, office, last)

    def resolve(
        self, selector: Selector, day: datetime.date, of: Sequence[str] = (), last: datetime.date | None = None
    ) -> tuple[str, ...]:
        """The offices a selector means on ``day`` (``config.catalogue.offices.resolve``)."""
        return resolve(self._offices, selector, day, of, last)
