"""Refusals by the state of the store.

Refused (config.errors)
├── NotFound            no such assignment, report, extension, anchor
├── TransitionRefused   the verb does not apply in the assignment's state
├── InvalidReport       the report form has faults, all listed
└── DatabaseUnreachable the database does not answer or is not ours
    └── DatabaseBusy    it answers, and others hold what is wanted
"""

from config.errors import Refused
from models.tables.lifecycle import STATE_WORDS, VERB_WORDS, State, Verb


class NotFound(Refused):
    """What was named does not exist."""


class AssignmentNotFound(NotFound):
    """No assignment has this number."""

    def __init__(self, assignment_id: int) -> None:
        super().__init__(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )


class TransitionRefused(Refused):
    """The verb does not apply in the state the assignment is in."""

    def __init__(self, assignment_id: int, state: State, verb: Verb) -> None:
        super().__init__(
            f"Việc số {assignment_id} đang ở trạng thái «{STATE_WORDS[state][0]}», không thể {VERB_WORDS[verb][0]}.",
            f"Assignment {assignment_id} is {state.value}; it cannot be changed by '{verb.value}'.",
        )
        self.assignment_id = assignment_id
        self.state = state
        self.verb = verb


class InvalidReport(Refused):
    """The report form has faults; ``details`` names each field and what would be right."""
