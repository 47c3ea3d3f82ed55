"""What each verb does to an assignment's row, written once: for the verbs themselves and for looking back.

Pure: an earlier state of the row and an audit event give the next state. ``models.work.verbs`` writes the difference,
``models.keeping.as_of`` replays the audit trail from the first state on. What a deed does is written by statements on
all its rows (``models.work.deeds.writing``); ``after_deed`` says the same of one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from config.clock import end_of_day
from config.rules.kinds import Timing
from models.tables.assignment import Assignment
from models.tables.deed import DeedItem
from models.tables.lifecycle import FORMER_TRANSITIONS, TRANSITIONS, State, Verb
from models.work.planned import Row


@dataclass(frozen=True)
class Progress:
    """The columns of an assignment that verbs change, as they are at one moment.

    due_at  only where the due date does not hold to the end of its day
    """

    state: State
    office: str
    due_date: date
    delegated_to: str = ""
    acknowledged_at: datetime | None = None
    reported_at: datetime | None = None
    completed_at: datetime | None = None
    suspended_at: datetime | None = None
    resumed_at: datetime | None = None
    due_at: datetime | None = None
    timing: Timing = Timing.DATED

    @classmethod
    def at_first(
        cls, office: str, due_date: date, due_at: datetime | None = None, timing: Timing = Timing.DATED
    ) -> "Progress":
        """A new assignment of an office."""
        return cls(State.ASSIGNED, office, due_date, due_at=due_at, timing=timing)

    @classmethod
    def of(cls, assignment: Assignment) -> "Progress":
        """An assignment as its row says."""
        return cls(**{name: getattr(assignment, name) for name in cls.__dataclass_fields__})

    def columns(self) -> dict[str, Any]:
        """The columns by name, with the due instant that follows from the due date."""
        return vars(self) | {"due_at": self.due_at or end_of_day(self.due_date)}


def is_allowed(progress: Progress, verb: Verb) -> bool:
    """Whether the lifecycle lets this verb happen now."""
    return (progress.state, verb) in TRANSITIONS


def may_have_happened(progress: Progress, verb: Verb) -> bool:
    """Whether the lifecycle lets this verb happen, or did in an earlier version."""
    return is_allowed(progress, verb) or (progress.state, verb) in FORMER_TRANSITIONS


def after(progress: Progress, verb: Verb, at: datetime, details: Mapping[str, Any]) -> Progress:
    """The row after a verb that ``may_have_happened``.

    at       when it happened
    details  what its audit event says of it
    """
    moved = replace(progress, state=(FORMER_TRANSITIONS | TRANSITIONS)[progress.state, verb])
    match verb:
        case Verb.ACKNOWLEDGE:
            return replace(moved, acknowledged_at=at)
        case Verb.DELEGATE:
            return replace(moved, delegated_to=details["to"])
        case Verb.REPORT:  # who reports has the work, acknowledged or not
            return replace(moved, reported_at=at, acknowledged_at=moved.acknowledged_at or at)
        case Verb.CORRECT:
            return replace(moved, reported_at=at)
        case Verb.RETURN | Verb.TAKE_BACK:
            return replace(moved, reported_at=None)
        case Verb.ACCEPT if progress.timing is Timing.STANDING:  # it goes on: the next prompt asks again
            return replace(moved, state=State.ACKNOWLEDGED, reported_at=None)
        case Verb.ACCEPT if details.get("interim"):  # work that spans years goes on, to a later date or the same one
            goes_on = replace(moved, state=State.ACKNOWLEDGED, reported_at=None)
            if "until" not in details:
                return goes_on
            return replace(goes_on, due_date=date.fromisoformat(details["until"]), due_at=None)
        case Verb.ACCEPT:
            return replace(moved, completed_at=at)
        case Verb.GRANT_EXTENSION:
            return replace(moved, due_date=date.fromisoformat(details["until"]), due_at=None)
        case Verb.SUSPEND:
            return replace(moved, suspended_at=at)
        case Verb.RESUME:  # as newly assigned, so the office confirms anew
            anew = replace(moved, suspended_at=None, acknowledged_at=None, resumed_at=at)
            if details["until"] is None:  # still without a due date
                return anew
            due_at = datetime.fromisoformat(details["at"]) if "at" in details else None
            return replace(anew, due_date=date.fromisoformat(details["until"]), due_at=due_at, timing=Timing.DATED)
        case Verb.HAND_OVER:
            return replace(moved, office=details["successor"], delegated_to="")
        case _:
            return moved


def after_deed(progress: Progress, item: DeedItem, at: datetime, undone: Progress | None = None) -> Progress:
    """The row after a deed that changed it at a moment; ``progress`` is as made where the deed made it.

    undone  as it was before the deed that this one takes back
    """
    moved = replace(
        progress,
        state=item.to_state,
        office=item.to_office,
        delegated_to=progress.delegated_to if item.to_office == progress.office else "",
        due_date=item.to_due_date,
        due_at=item.to_due_at,
        timing=item.to_timing,
    )
    if item.asks_anew:
        return replace(moved, acknowledged_at=None, reported_at=None, resumed_at=at)
    if undone and item.to_state is undone.state and answer_is_given_back(undone, progress, item.to_office):
        return replace(moved, acknowledged_at=undone.acknowledged_at, resumed_at=undone.resumed_at)
    return moved


def answer_is_given_back(before: Progress, now: Progress | Row, office: str) -> bool:
    """Whether what an office had acknowledged before a deed holds again when that is undone: it has it again, and has
    not answered since."""
    had_answered = before.acknowledged_at is not None and office == before.office
    return had_answered and (now.office != office or now.acknowledged_at is None)
