"""Refusals by the state of the store.

Refused (config.errors)
├── NotFound            no such assignment, report, extension, anchor
├── TransitionRefused   the verb does not apply in the assignment's state
├── AlreadyEntered      an event or document is there already, and was given otherwise this time
├── LateAtOnce          what is entered would make work overdue at once, and nobody confirmed that
├── InvalidReport       the report form has faults, all listed
└── DatabaseUnreachable the database does not answer or is not ours
    └── DatabaseBusy    it answers, and others hold what is wanted
"""

from collections.abc import Collection

from config.errors import Refused
from models.tables.anchor import Anchor, AnchorKind
from models.tables.lifecycle import STATE_WORDS, VERB_WORDS, State, Verb


class NotFound(Refused):
    """What was named does not exist."""


class AssignmentNotFound(NotFound):
    """No assignment has this number."""

    def __init__(self, assignment_id: int) -> None:
        super().__init__(
            f"Không có việc số {assignment_id}; xem các số trong danh sách việc.",
            f"There is no assignment no. {assignment_id}; see the numbers in the list of assignments.",
            command="dondoc assignment list",
        )
        self.assignment_id = assignment_id


class TransitionRefused(Refused):
    """The verb does not apply in the state the assignment is in."""

    def __init__(self, assignment_id: int, state: State, verb: Verb) -> None:
        vi = f"Việc số {assignment_id} đang ở trạng thái «{STATE_WORDS[state][0]}», không thể {VERB_WORDS[verb][0]}"
        en = f"Assignment {assignment_id} is {state.value}; it cannot be changed by '{verb.value}'"
        if state is State.REPORTED and verb in (Verb.WITHDRAW, Verb.SUSPEND):
            vi, en = f"{vi}; xác nhận hoặc trả lại báo cáo trước", f"{en}; accept or return its report first"
        super().__init__(f"{vi}.", f"{en}.")
        self.assignment_id = assignment_id
        self.state = state
        self.verb = verb


class InvalidReport(Refused):
    """The report form has faults; ``details`` names each field and what would be right."""


class AlreadyEntered(Refused):
    """An event or document is there already; ``differing`` names, in both languages, what was given otherwise."""

    def __init__(self, known: Anchor, differing: Collection[tuple[str, str]]) -> None:
        name = known.title if known.kind is AnchorKind.EVENT else known.number
        vi, en = (", ".join(words) for words in zip(*differing, strict=True))
        super().__init__(
            f"«{name}» ngày {known.on_date:%d/%m/%Y} đã được ghi (mục số {known.id}), khác với lần này ở: {vi}. Nếu mục"
            " đó sai thì sửa, hoặc hoàn tác rồi ghi lại.",
            f"'{name}' of {known.on_date:%d/%m/%Y} is already entered (no. {known.id}) and differs in: {en}. If that "
            "entry is wrong, correct it, or undo it and enter it again.",
        )
        self.anchor_id = known.id


class LateAtOnce(Refused):
    """Assignments would be overdue the moment it is done; whoever means that confirms it."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"Nếu thực hiện, {count} việc sẽ quá hạn ngay. Xem lại ngày; nếu đúng như vậy thì xác nhận (ô «Tôi biết "
            "các việc nêu trên sẽ quá hạn ngay …»).",
            f"{count} assignments would be overdue immediately. Check the dates; if this is intended, confirm (the "
            "box “I understand …”).",
            command="--confirm",
        )
        self.count = count
