"""What steps asked before the plan was changed: kept, so that occasions of before are planned as they were then."""

import datetime
from collections.abc import Iterable, Mapping

from config.catalogue.fields import Day, Part
from config.catalogue.steps import RoleBasis, RoleWords, Step
from config.catalogue.subtasks import Subtask

StepKey = tuple[str, str]
"""A subtask's code and a step's key."""


class EarlierStep(Part):
    """A step as it was asked for on occasions before the day ``until``.

    entered  the day of the change: work of occasions that had begun by then may be there already, whatever ``until``
    """

    until: Day
    step: Step
    entered: Day


class StepHistory(Part):
    """How a step came to be what it is.

    since    the day from which it is asked for, where that is later than its directive
    until    the day from which it is asked for no more, where that was still ahead when it was dropped: what falls due
             before that day is still asked for, by the step that the plan keeps as retired
    earlier  what it was before, in the order of the changes
    """

    subtask: str
    step: str
    since: Day | None = None
    until: Day | None = None
    earlier: tuple[EarlierStep, ...] = ()

    def place_of(self, on: datetime.date, known_since: datetime.date) -> int:
        """Which of its states an occasion began with: a place in ``earlier``, or its length for what it is now.

        known_since  the day from which its work may have been assigned
        """
        changes = enumerate(self.earlier, start=1)
        return max((n for n, each in changes if each.until <= on and each.entered < known_since), default=0)


def histories_after(
    before: Iterable[Subtask],
    after: Iterable[Subtask],
    histories: Iterable[StepHistory],
    effective_on: datetime.date,
    entered: datetime.date,
) -> list[StepHistory]:
    """The histories of the steps of ``after``, when it takes the place of ``before`` on a day, and of those that end.

    histories  those of ``before``
    entered    the day of the change
    """
    was, kept = _steps(before), {(each.subtask, each.step): each for each in histories}
    found = []
    for key, step in _steps(after).items():
        history = kept.get(key)
        if key not in was:
            history = StepHistory(subtask=key[0], step=key[1], since=effective_on)
        elif _asks(was[key]) != _asks(step):
            history = history or StepHistory(subtask=key[0], step=key[1])
            earlier = EarlierStep(until=effective_on, step=was[key], entered=entered)
            history = history.model_copy(update={"earlier": (*history.earlier, earlier)})
        if history is not None:
            found.append(history)
    asked = _steps(after)
    ending = [key for key in was if key not in asked] if effective_on > entered else ()
    found += [
        kept.get(key, StepHistory(subtask=key[0], step=key[1])).model_copy(update={"until": effective_on})
        for key in ending
    ]
    return [*found, *(each for key, each in kept.items() if each.until and key not in asked and key not in was)]


def _steps(subtasks: Iterable[Subtask]) -> Mapping[StepKey, Step]:
    return {(subtask.code, step.key): step for subtask in subtasks for step in subtask.steps}


def _asks(step: Step) -> Step:
    """A step without what changes nothing about who is asked for what and when: its words and its form."""
    silent = {"title_vi": "–", "title_en": "–", "product": None, "report": None, "report_to": (), "named": ()}
    variants = tuple(each.model_copy(update={"title_vi": "–", "title_en": "–", "named": ()}) for each in step.variants)
    due = step.due.model_copy(update={"words": RoleWords(), "basis": RoleBasis()})
    return step.model_copy(update={**silent, "variants": variants, "due": due})
