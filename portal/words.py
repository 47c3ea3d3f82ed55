"""The words of the pages for codes of the store, in Vietnamese and English."""

from config.catalogue.offices import OFFICE_KINDS
from config.catalogue.plan import Plan
from models.tables.lifecycle import STATE_WORDS, URGENCY_VI, VERB_WORDS, Status, Urgency
from reports.wording import STATUS_EN, STATUS_VI

_OTHERS = {
    "role": {"lead": ("chủ trì", "lead"), "coordinating": ("phối hợp", "coordinating")},
    "urgency": {urgency.value: (URGENCY_VI[urgency], urgency.value.replace("_", " ")) for urgency in Urgency},
    "kind": {
        "party": ("Cơ quan Đảng", "Party bodies"),
        "state": ("Chính quyền tỉnh, sở, ngành", "Government and departments"),
        "police": ("Công an", "Police"),
        "military": ("Quân sự, biên phòng", "Military, border guard"),
        "justice": ("Tòa án, viện kiểm sát", "Courts, procuracy"),
        "front": ("Mặt trận, đoàn thể", "Front and mass organisations"),
        "locality": ("Địa phương", "Localities"),
    },
    "basis": {
        "law": ("luật định", "law"),
        "practice": ("thông lệ", "practice"),
        "analogy": ("áp dụng tương tự", "by analogy"),
        "proposal": ("đề xuất của cơ quan đôn đốc", "proposed by the coordinator"),
        "stated": ("nêu trong chỉ đạo", "stated in the directive"),
    },
    "report": {
        "submitted": ("chờ xác nhận", "to be decided on"),
        "accepted": ("đã xác nhận", "accepted"),
        "returned": ("bị trả lại", "returned"),
    },
    "extension": {
        "requested": ("chờ quyết định", "to be decided on"),
        "granted": ("được gia hạn", "granted"),
        "refused": ("không được gia hạn", "refused"),
        "lapsed": ("không còn cần quyết định", "no longer needed"),
    },
    "actor": {
        "coordinator": ("cơ quan đôn đốc", "the coordinator"),
        "manager": ("lãnh đạo", "a manager"),
        "flow": ("hệ thống", "the system"),
        "courier": ("hệ thống", "the system"),
    },
    "flash": {
        "acknowledged": ("Đã tiếp nhận.", "Acknowledged."),
        "reported": ("Đã gửi báo cáo. Cơ quan đôn đốc sẽ xem và trả lời.", "Report sent; the coordinator will answer."),
        "saved": ("Đã lưu bản nháp.", "Draft saved."),
        "extension_requested": ("Đã gửi đề nghị gia hạn.", "The request for more time was sent."),
        "delegated": ("Đã ghi bộ phận thực hiện.", "The unit was noted."),
        "accept": ("Đã xác nhận báo cáo.", "The report is accepted."),
        "return": ("Đã trả lại báo cáo.", "The report is returned."),
        "grant_extension": ("Đã gia hạn.", "More time was granted."),
        "refuse_extension": ("Đã từ chối gia hạn.", "More time was refused."),
        "withdraw": ("Đã thu hồi việc.", "The assignment is withdrawn."),
        "suspend": ("Đã tạm dừng việc.", "The assignment is suspended."),
        "resume": ("Việc được tiếp tục.", "The assignment goes on."),
        "assigned": ("Đã giao việc đột xuất.", "The ad hoc work is assigned."),
        "imported": ("Đã giao các việc trong tệp.", "The work in the file is assigned."),
        "silenced": ("Đã tạm ngừng nhắc việc.", "Reminders are held back."),
        "lifted": ("Đã nhắc việc trở lại.", "Reminders are sent again."),
        "queued_again": ("Sẽ gửi lại trong ít phút.", "It will be sent again shortly."),
        "all_queued_again": (
            "Thư, tin nhắn không gửi được sẽ được gửi lại trong ít phút.",
            "What could not be delivered will be sent again shortly.",
        ),
        "test_sent": ("Đã gửi tin thử.", "The test message was sent."),
        "revoked": ("Đã thu hồi mọi đường dẫn đã gửi cho cơ quan này.", "All links of this office are revoked."),
        "calendar_changed": (
            "Đã đổi địa chỉ lịch; địa chỉ cũ không còn dùng được.",
            "The calendar's address was changed; the old one is void.",
        ),
        "attached": ("Đã thêm tệp.", "The file was added."),
        "removed": ("Đã bỏ tệp.", "The file was removed."),
    },
}

_ALL: dict[str, dict[str, tuple[str, str]]] = {
    **_OTHERS,
    "state": {state.value: words for state, words in STATE_WORDS.items()},
    "status": {status.value: (STATUS_VI[status], STATUS_EN[status]) for status in Status},
    "verb": {
        **{verb.value: words for verb, words in VERB_WORDS.items()},
        "attach": ("thêm tệp", "added the file"),
        "detach": ("bỏ tệp", "removed the file"),
    },
}


def word(kind: str, value: str, language: str) -> str:
    """The word for ``value`` of ``kind``; the value itself when it has none."""
    vi, en = _ALL[kind].get(value, (value, value))
    return en if language == "en" else vi


def office_kinds(plan: Plan, language: str) -> list[tuple[str, str]]:
    """The kinds of offices with their words: those with words of their own, then the others in the plan's order."""
    kinds = dict.fromkeys((*OFFICE_KINDS, *(office.kind for office in plan.offices)))
    return [(kind, word("kind", kind, language)) for kind in kinds]


def is_flash(key: str) -> bool:
    """Whether ``key`` names a message of kind «flash»; the address could hold anything."""
    return key in _OTHERS["flash"]
