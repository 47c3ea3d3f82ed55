"""The life of an assignment and of what hangs on it, as data, on one page.

Overdue is not a state: it is computed from the clock. An extension is a row and a new due date, not a state.
"""

from enum import StrEnum


class State(StrEnum):
    """Where an assignment stands; each comment says who moves it in and who moves it out."""

    ASSIGNED = "assigned"  # in: a flow assigns; out: the office acknowledges or reports
    ACKNOWLEDGED = "acknowledged"  # in: the office, also by taking its report back; out: the office reports
    REPORTED = "reported"  # in: the office; out: the coordinator accepts or returns, the office takes it back
    RETURNED = "returned"  # in: the coordinator, with a reason; out: the office reports again
    ACCEPTED = "accepted"  # in: the coordinator; final
    SUSPENDED = "suspended"  # in: the coordinator, with a reason; out: the coordinator, as newly assigned
    WITHDRAWN = "withdrawn"  # in: the coordinator, with a reason; final


STATE_WORDS = {
    State.ASSIGNED: ("đã giao, chưa tiếp nhận", "assigned, not acknowledged"),
    State.ACKNOWLEDGED: ("đã tiếp nhận", "acknowledged"),
    State.REPORTED: ("đã báo cáo, chờ xác nhận", "reported, awaiting decision"),
    State.RETURNED: ("bị trả lại", "returned"),
    State.ACCEPTED: ("đã hoàn thành", "done"),
    State.SUSPENDED: ("đang tạm dừng", "suspended"),
    State.WITHDRAWN: ("đã thu hồi", "withdrawn"),
}
"""In Vietnamese and English."""


class Verb(StrEnum):
    """What people and flows do to an assignment; each is a function in ``models.work.verbs``."""

    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    DELEGATE = "delegate"
    REPORT = "report"
    CORRECT = "correct"  # a report that waits for a decision, by a new version of it
    TAKE_BACK = "take_back"  # a report that waits for a decision
    ACCEPT = "accept"
    RETURN = "return"
    REQUEST_EXTENSION = "request_extension"
    WITHDRAW_REQUEST = "withdraw_request"  # for more time, before it is decided on
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"
    CONTRIBUTE = "contribute"  # an office that is only named
    ASK = "ask"  # the office or the coordinator, of the other
    ANSWER = "answer"


VERB_WORDS = {
    Verb.ASSIGN: ("giao việc", "assigned the work"),
    Verb.ACKNOWLEDGE: ("tiếp nhận", "acknowledged"),
    Verb.DELEGATE: ("giao cho bộ phận", "assigned to a unit"),
    Verb.REPORT: ("báo cáo", "reported"),
    Verb.CORRECT: ("sửa báo cáo đã gửi", "corrected the report"),
    Verb.TAKE_BACK: ("rút lại báo cáo", "took the report back"),
    Verb.ACCEPT: ("xác nhận báo cáo", "accepted the report"),
    Verb.RETURN: ("trả lại báo cáo", "returned the report"),
    Verb.REQUEST_EXTENSION: ("xin gia hạn", "requested an extension"),
    Verb.WITHDRAW_REQUEST: ("rút đề nghị gia hạn", "withdrew the extension request"),
    Verb.GRANT_EXTENSION: ("gia hạn", "granted the extension"),
    Verb.REFUSE_EXTENSION: ("từ chối gia hạn", "refused the extension"),
    Verb.SUSPEND: ("tạm dừng", "suspended the work"),
    Verb.RESUME: ("cho tiếp tục", "resumed the work"),
    Verb.WITHDRAW: ("thu hồi", "withdrew the work"),
    Verb.HAND_OVER: ("bàn giao", "handed over"),
    Verb.CONTRIBUTE: ("góp ý, cung cấp nội dung", "contributed"),
    Verb.ASK: ("hỏi", "asked"),
    Verb.ANSWER: ("trả lời", "answered"),
}
"""In Vietnamese, as what is done, and in English, as what was done."""


OPEN = frozenset({State.ASSIGNED, State.ACKNOWLEDGED, State.REPORTED, State.RETURNED, State.SUSPENDED})
"""Not finished: counted on the board as open."""

WAITING_FOR_OFFICE = frozenset({State.ASSIGNED, State.ACKNOWLEDGED, State.RETURNED})
"""The next move is the office's, so the ladder runs."""

TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.ASSIGNED, Verb.ACKNOWLEDGE): State.ACKNOWLEDGED,
    **{(state, Verb.REPORT): State.REPORTED for state in WAITING_FOR_OFFICE},
    (State.REPORTED, Verb.ACCEPT): State.ACCEPTED,
    (State.REPORTED, Verb.RETURN): State.RETURNED,
    (State.REPORTED, Verb.CORRECT): State.REPORTED,
    (State.REPORTED, Verb.TAKE_BACK): State.ACKNOWLEDGED,
    **{(state, Verb.SUSPEND): State.SUSPENDED for state in WAITING_FOR_OFFICE},
    # After a pause the office confirms anew, against a new due date.
    (State.SUSPENDED, Verb.RESUME): State.ASSIGNED,
    # A report that waits is decided on first, or nobody could decide on it any more.
    **{(state, Verb.WITHDRAW): State.WITHDRAWN for state in OPEN - {State.REPORTED}},
    # These leave the state as it is. A request made before a report was sent in may still be decided after it.
    **{(state, verb): state for state in WAITING_FOR_OFFICE for verb in (Verb.DELEGATE, Verb.REQUEST_EXTENSION)},
    **{
        (state, verb): state
        for state in OPEN
        for verb in (
            *(Verb.HAND_OVER, Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION),
            *(Verb.WITHDRAW_REQUEST, Verb.CONTRIBUTE, Verb.ASK),
        )
    },
    # What was asked may be answered when the work is over.
    **{(state, Verb.ANSWER): state for state in State},
}

FORMER_TRANSITIONS = {(State.REPORTED, Verb.WITHDRAW): State.WITHDRAWN}
"""What 0.1 let happen and nothing does any more; audit trails tell of it."""


class Role(StrEnum):
    """What an office is to a subtask. The monitor is named on the assignment; it has nothing to report."""

    LEAD = "lead"
    COORDINATING = "coordinating"


class Urgency(StrEnum):
    """Degrees of urgency of administrative documents (NĐ 30/2020)."""

    NORMAL = "normal"  # thường
    URGENT = "urgent"  # khẩn
    VERY_URGENT = "very_urgent"  # thượng khẩn
    EXPRESS = "express"  # hỏa tốc: delivered at once, also on days off


URGENCY_VI = {
    Urgency.NORMAL: "thường",
    Urgency.URGENT: "khẩn",
    Urgency.VERY_URGENT: "thượng khẩn",
    Urgency.EXPRESS: "hỏa tốc",
}


class Status(StrEnum):
    """The four status words of the national trackers; computed from the clock, never stored."""

    DONE_ON_TIME = "done_on_time"  # hoàn thành đúng hạn
    DONE_LATE = "done_late"  # hoàn thành quá hạn
    OPEN_WITHIN_TERM = "open_within_term"  # chưa hoàn thành, trong hạn
    OPEN_OVERDUE = "open_overdue"  # chưa hoàn thành, quá hạn


class ReportState(StrEnum):
    SUBMITTED = "submitted"  # in: the office; out: the coordinator, or the office itself
    ACCEPTED = "accepted"  # in: the coordinator; final
    RETURNED = "returned"  # in: the coordinator, with a reason; final, a new report follows
    TAKEN_BACK = "taken_back"  # in: the office, to correct it or by a corrected version; final


NOT_STANDING = frozenset({ReportState.RETURNED, ReportState.TAKEN_BACK})
"""Reports that say nothing any more: another one follows."""


class ExtensionState(StrEnum):
    # in: the office, before the due date; out: the coordinator, once, or the office, or it lapses
    REQUESTED = "requested"
    GRANTED = "granted"  # in: the coordinator, with a date; final
    REFUSED = "refused"  # in: the coordinator, with a reason; final
    WITHDRAWN = "withdrawn"  # in: the office, before it was decided on; final
    LAPSED = "lapsed"  # in: the coordinator, the work is over, or due no earlier than was asked for; final


class NoticeKind(StrEnum):
    """What a notice says."""

    ASSIGNED = "assigned"
    INFORMED = "informed"  # of work that others do: to know of it and to coordinate
    JOINT_LEAD_ACTED = "joint_lead_acted"  # one of several leads acknowledged, reported or requested an extension
    CONTRIBUTED = "contributed"  # an office that is named has added something, for the leads to use
    NOT_ACKNOWLEDGED = "not_acknowledged"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PROGRESS = "progress"  # standing work is asked how far it is
    URGED = "urged"  # the coordinator reminds of it now, apart from its ladder
    REPORT_RECEIVED = "report_received"
    REPORT_ACCEPTED = "report_accepted"
    REPORT_RETURNED = "report_returned"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    MOVED = "moved"
    REASSIGNED = "reassigned"
    ASKED = "asked"  # a question, to the side that is to answer it
    ANSWERED = "answered"  # to the side that asked
    UNDELIVERABLE = "undeliverable"


REMINDERS = frozenset(
    {
        NoticeKind.NOT_ACKNOWLEDGED,
        NoticeKind.DUE_SOON,
        NoticeKind.DUE_TODAY,
        NoticeKind.OVERDUE,
        NoticeKind.PROGRESS,
        NoticeKind.URGED,
    }
)
"""Kinds that apply only while the office has the next move."""


class NoticeState(StrEnum):
    PENDING = "pending"  # in: a verb or the sweep; out: the courier
    SENT = "sent"  # in: the courier, with its message
    SUPERSEDED = "superseded"  # in: the sweep, a higher rung was due at the same time; final
    CANCELLED = "cancelled"  # in: the courier, it no longer applied or a higher rung came; final, with the reason
    # in: the courier, its message could not be delivered; out: the coordinator, by having that sent again
    DEAD = "dead"


class MessageState(StrEnum):
    QUEUED = "queued"  # in: the courier groups notices, or a failed try waits; out: the courier claims it
    SENDING = "sending"  # in: a courier, under a lease; out: the same courier, or another after the lease
    SENT = "sent"  # in: the courier; final
    EMPTY = "empty"  # in: the courier, every notice in it was cancelled; final
    DEAD = "dead"  # in: the courier, permanent failure or tries used up; final, with the reason


class AttemptResult(StrEnum):
    """What became of one try; both are final."""

    SENT = "sent"  # the channel took the message
    FAILED = "failed"  # it did not, or it is not known: see the reason
