"""The words for kinds of notices and for desks: headings, counts in a subject, the order of a digest."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.contacts.desks import Desk
from config.text.counts import both_in_words, subtasks_among
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import WAITING_FOR_OFFICE, NoticeKind, State


@dataclass(frozen=True)
class KindWording:
    """The words for one kind.

    count_*  completes a number: "2 việc quá hạn", "2 overdue"
    one_en   the English form for a single one, where it differs
    """

    heading_vi: str
    heading_en: str
    count_vi: str
    count_en: str
    one_en: str = ""

    def heading(self, language: str) -> str:
        return self.heading_vi if language == "vi" else self.heading_en

    def count(self, number: int, language: str) -> str:
        if language == "vi":
            return f"{number} {self.count_vi}"
        return f"{number} {self.one_en if number == 1 and self.one_en else self.count_en}"


# In the order of a digest: the most urgent first, then decisions, then what is new.
WORDINGS: dict[NoticeKind, KindWording] = {
    NoticeKind.OVERDUE: KindWording("Việc đã quá hạn", "Overdue", "việc quá hạn", "overdue"),
    NoticeKind.URGED: KindWording("Việc được đôn đốc", "Urged by the coordinator", "việc được đôn đốc", "urged"),
    NoticeKind.DUE_TODAY: KindWording("Việc đến hạn hôm nay", "Due today", "việc đến hạn hôm nay", "due today"),
    NoticeKind.DUE_SOON: KindWording("Việc sắp đến hạn", "Due soon", "việc sắp đến hạn", "due soon"),
    NoticeKind.UNDELIVERABLE: KindWording(
        "Thư không tới được cơ quan",
        "Undelivered messages",
        "thư không tới được cơ quan",
        "messages not delivered",
        "message not delivered",
    ),
    NoticeKind.REPORT_RETURNED: KindWording("Báo cáo bị trả lại", "Returned reports", "báo cáo bị trả lại", "returned"),
    NoticeKind.NOT_ACKNOWLEDGED: KindWording(
        "Việc chưa tiếp nhận", "Not acknowledged", "việc chưa tiếp nhận", "not acknowledged"
    ),
    NoticeKind.PROGRESS: KindWording(
        "Đề nghị báo cáo tiến độ",
        "Please report progress",
        "việc cần báo cáo tiến độ",
        "progress requested",
    ),
    NoticeKind.EXTENSION_REQUESTED: KindWording(
        "Đề nghị gia hạn chờ quyết định",
        "Extension requests",
        "đề nghị gia hạn",
        "extension requests",
        "request for more time",
    ),
    NoticeKind.REPORT_RECEIVED: KindWording(
        "Báo cáo chờ xác nhận",
        "Reports awaiting decision",
        "báo cáo chờ xác nhận",
        "reports awaiting decision",
        "report to decide on",
    ),
    NoticeKind.ASKED: KindWording(
        "Câu hỏi chờ trả lời",
        "Questions awaiting an answer",
        "câu hỏi chờ trả lời",
        "questions awaiting an answer",
        "question to answer",
    ),
    NoticeKind.ANSWERED: KindWording("Câu hỏi đã được trả lời", "Answers", "câu trả lời", "answers", "answer"),
    NoticeKind.EXTENSION_REFUSED: KindWording(
        "Không được gia hạn",
        "Extensions refused",
        "đề nghị gia hạn không được chấp nhận",
        "extension requests refused",
        "request refused",
    ),
    NoticeKind.EXTENSION_GRANTED: KindWording("Được gia hạn", "Extensions granted", "việc được gia hạn", "extended"),
    NoticeKind.REPORT_ACCEPTED: KindWording(
        "Báo cáo đã được xác nhận", "Accepted reports", "báo cáo được xác nhận", "accepted"
    ),
    NoticeKind.MOVED: KindWording(
        "Việc thay đổi hạn", "Due dates changed", "việc thay đổi hạn", "due dates changed", "due date changed"
    ),
    NoticeKind.HANDED_OVER: KindWording(
        "Việc nhận bàn giao", "Taken over from another office", "việc nhận bàn giao", "taken over"
    ),
    NoticeKind.RESUMED: KindWording("Việc được tiếp tục", "Resumed", "việc được tiếp tục", "resumed"),
    NoticeKind.SUSPENDED: KindWording("Việc tạm dừng", "Suspended", "việc tạm dừng", "suspended"),
    NoticeKind.WITHDRAWN: KindWording("Việc đã thu hồi", "Withdrawn", "việc đã thu hồi", "withdrawn"),
    NoticeKind.REASSIGNED: KindWording(
        "Việc đã giao cơ quan khác",
        "Reassigned to another office",
        "việc đã giao cơ quan khác",
        "reassigned to another office",
    ),
    NoticeKind.ASSIGNED: KindWording("Việc mới được giao", "Newly assigned", "việc mới", "newly assigned"),
    NoticeKind.JOINT_LEAD_ACTED: KindWording(
        "Cơ quan cùng chủ trì đã thực hiện",
        "Done by a joint lead",
        "việc cơ quan cùng chủ trì đã thực hiện",
        "done by joint leads",
        "done by a joint lead",
    ),
    NoticeKind.CONTRIBUTED: KindWording(
        "Góp ý của cơ quan phối hợp",
        "Contributions from named offices",
        "góp ý của cơ quan phối hợp",
        "contributions",
        "contribution",
    ),
    NoticeKind.INFORMED: KindWording(
        "Để biết, phối hợp (không phải báo cáo)",
        "For your information (nothing to report)",
        "việc để biết, phối hợp",
        "for information",
    ),
}

MAX_KINDS_IN_SUBJECT = 3
"""Kinds that a subject names."""


def counted_in_words(notices: Sequence[NoticeFacts], language: str) -> str:
    """«3 nhiệm vụ (5 phần việc)»: what the digest is about; empty where that is one assignment or none."""
    about = {notice.assignment_id: notice for notice in notices if notice.kind is not NoticeKind.UNDELIVERABLE}
    return both_in_words(subtasks_among(about.values()), len(about), language) if len(about) > 1 else ""


def waits_for(notice: NoticeFacts) -> bool:
    """Whether the recipient has something to do about it."""
    return notice.state in WAITING_FOR_OFFICE and notice.kind not in (NoticeKind.REASSIGNED, NoticeKind.INFORMED)


def said_with(kind: NoticeKind, language: str) -> str:
    """What the text of a notice is: a reason, a question, an answer."""
    words = {NoticeKind.ASKED: ("hỏi", "asked"), NoticeKind.ANSWERED: ("trả lời", "answer")}
    return words.get(kind, ("lý do", "reason"))[language == "en"]


def can_acknowledge(notices: Sequence[NoticeFacts], desk: Desk) -> bool:
    """Whether there is work in the digest that its recipient has not acknowledged."""
    return desk is Desk.FOCAL and any(each.state is State.ASSIGNED and waits_for(each) for each in notices)


EARLIER_NOTICE_WORDS: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.ASSIGNED: ("giao việc", "work assigned"),
    NoticeKind.HANDED_OVER: ("giao việc bàn giao", "work handed over"),
    NoticeKind.RESUMED: ("cho tiếp tục", "work resumed"),
    NoticeKind.MOVED: ("báo thay đổi hạn", "notified of a new due date"),
    NoticeKind.NOT_ACKNOWLEDGED: ("nhắc tiếp nhận", "asked to acknowledge"),
    NoticeKind.DUE_SOON: ("nhắc sắp đến hạn", "reminded, due soon"),
    NoticeKind.DUE_TODAY: ("nhắc đến hạn", "reminded, due that day"),
    NoticeKind.OVERDUE: ("báo quá hạn", "notified as overdue"),
    NoticeKind.PROGRESS: ("hỏi tiến độ", "asked for progress"),
    NoticeKind.URGED: ("đôn đốc", "urged"),
    NoticeKind.REPORT_RETURNED: ("trả lại báo cáo", "report returned"),
}
"""What was sent before, as a head of office is told of it, in Vietnamese and English."""

DESK_NAMES: dict[Desk, tuple[str, str]] = {
    Desk.FOCAL: ("đầu mối", "focal point"),
    Desk.HEAD: ("thủ trưởng", "head"),
    Desk.COORDINATOR: ("cơ quan đôn đốc", "coordinator"),
    Desk.MONITOR: ("cơ quan theo dõi", "monitor"),
}
"""The name of each desk in Vietnamese and English."""
