"""The sheets to fill in with Excel and import: their columns, the meaning of each, and the choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from config.catalogue.plan import Plan
from config.contacts.desks import DESKS
from config.text.suggestions import closest, did_you_mean, without_accents
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, OFFICES, SHEETS
from models.tables.lifecycle import URGENCY_VI

KEEP_AS_IS, CLEAR = "(giữ nguyên)", "–"
"""Cell texts that keep a value as it is and that remove it. An empty cell changes nothing either."""

_BETWEEN = " – "


@dataclass(frozen=True)
class Choices:
    """The choices by code. ``hidden`` ones are accepted but not offered.

    matching  the codes that a name in any spelling may mean
    is_open   what is not offered, and not like anything offered, may be written as well
    """

    what_vi: str
    what_en: str
    names: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    with_code: bool = True
    matching: Callable[[str], Sequence[str]] | None = None
    is_open: bool = False

    def shown(self, code: str) -> str:
        return (
            f"{code}{_BETWEEN}{self.names[code]}"
            if self.with_code and code in self.names
            else self.names.get(code, code)
        )

    def offered(self) -> list[str]:
        return [self.shown(code) for code in self.names if code not in self.hidden]

    def find(self, text: str) -> str | None:
        """The code of what was chosen or typed: as offered, the code alone or the name alone; None when unknown."""
        begun = text.partition(_BETWEEN)[0].strip()
        for code in (begun, begun.upper(), begun.lower()):
            if code in self.names:
                return code
        named = [code for code, name in self.names.items() if name.casefold() == text.casefold()]
        if not named and self.matching:
            named = [code for code in self.matching(text) if code in self.names]
        if not named and self.is_open and not closest(text, self.names.values()):
            return " ".join(text.split())
        return named[0] if len(named) == 1 else None

    def unknown(self, text: str) -> tuple[str, str]:
        """The fault of an unknown choice in both languages, with a suggestion where one is close."""
        near = closest(text.partition(_BETWEEN)[0], self.names) or next(
            (code for code, name in self.names.items() if without_accents(name) == without_accents(text)), None
        )
        hint_vi, hint_en = did_you_mean(near) if near else ("; xem trang «Danh mục».", "; see the sheet «Danh mục».")
        return (
            f"không có {self.what_vi} «{text[:60]}»{hint_vi}",
            f"there is no {self.what_en} '{text[:60]}'{hint_en}",
        )


@dataclass(frozen=True)
class Column:
    """One column. ``choices`` names a list of ``choices_of``; ``many`` takes several, separated by «;»."""

    key: str
    head: str
    width: float
    help_vi: str
    help_en: str
    required: bool = False
    is_day: bool = False
    choices: str = ""
    many: bool = False


@dataclass(frozen=True)
class FillInSheet:
    """A sheet to fill in: one row is one ``noun``; rows are told apart by the column ``named_by``."""

    kind: str
    title: str
    about_vi: str
    about_en: str
    named_by: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return SHEETS[self.kind][0]


_LEAVE_VI = f"Ô trống: giữ như đang có; «{CLEAR}»: bỏ."
_LEAVE_EN = f"An empty cell leaves what is there; «{CLEAR}» takes it away."

_DESK_VI = {
    "focal": (
        "Đầu mối",
        "Nơi nhận chính: mỗi dòng trong ô (Alt+Enter) một địa chỉ Apprise, dùng theo thứ tự.",
    ),
    "head": ("Thủ trưởng", "Nơi nhận khi việc quá hạn lâu; trống thì dùng của đầu mối."),
    "coordinator": ("Cơ quan đôn đốc", "Nơi nhận riêng khi cơ quan này là cơ quan đôn đốc."),
    "monitor": ("Cơ quan theo dõi", "Nơi nhận riêng khi cơ quan này theo dõi việc của cơ quan khác."),
}
_DESK_EN = {
    "focal": "Main address: one Apprise address on each line of the cell, the first to be used first.",
    "head": "Where the head is told of long delays; without one the main address is used.",
    "coordinator": "Where it is told as the coordinating office.",
    "monitor": "Where it is told of what it monitors.",
}

FILL_IN: Mapping[str, FillInSheet] = {
    ASSIGNMENTS: FillInSheet(
        ASSIGNMENTS,
        "Giao việc đột xuất",
        "Mỗi dòng là một việc ngoài kế hoạch. Việc đã giao rồi thì bỏ qua, không giao lần nữa.",
        "Each row is one work outside the plan. What was assigned before is passed over.",
        "title",
        (
            Column(
                "title", "Việc phải làm", 46, "3–300 ký tự; không ghi tên người.", "3 to 300 letters; no persons.", True
            ),
            Column(
                "subtask",
                "Thuộc nội dung",
                38,
                "Chọn nội dung của chỉ đạo.",
                "Choose a subtask.",
                True,
                choices="subtasks",
            ),
            Column("lead", "Cơ quan chủ trì", 30, "Chọn một cơ quan.", "Choose one office.", True, choices="offices"),
            Column(
                "coordinating",
                "Cơ quan phối hợp",
                30,
                "Mã hoặc tên, cách nhau bằng dấu «;».",
                "Codes or names with «;» between.",
                choices="offices",
                many=True,
            ),
            Column(
                "due_on", "Hạn", 14, "Ngày làm việc, ví dụ 31/12/2026.", "A working day, dd/MM/yyyy.", True, is_day=True
            ),
            Column("urgency", "Độ khẩn", 14, "Trống: thường.", "Empty: normal.", choices="urgencies"),
        ),
    ),
    CONTACTS: FillInSheet(
        CONTACTS,
        "Liên hệ của các cơ quan",
        f"Mỗi dòng là một cơ quan. {_LEAVE_VI} Bí mật ghi là ${{TÊN_BIẾN}}; «{KEEP_AS_IS}»: giữ địa chỉ đang dùng.",
        f"Each row is one office. {_LEAVE_EN} Secrets are ${{VARIABLES}}; «{KEEP_AS_IS}» keeps the address in use.",
        "office",
        (
            Column("office", "Cơ quan", 34, "Chọn một cơ quan.", "Choose one office.", True, choices="offices"),
            *(Column(desk, _DESK_VI[desk][0], 34, _DESK_VI[desk][1], _DESK_EN[desk]) for desk in DESKS),
            Column(
                "language", "Ngôn ngữ", 12, "Tiếng của thư gửi cho cơ quan.", "Of letters to it.", choices="languages"
            ),
            Column("quiet", "Giờ nghỉ", 14, "Ví dụ 18:00-07:00; never: nhận mọi lúc.", "E.g. 18:00-07:00, or never."),
            Column("digest_at", "Giờ gửi gộp", 13, "Ví dụ 08:00.", "E.g. 08:00."),
        ),
    ),
    OFFICES: FillInSheet(
        OFFICES,
        "Các cơ quan của kế hoạch",
        f"Mỗi dòng là một cơ quan, thêm mới hoặc sửa. {_LEAVE_VI} Không xóa cơ quan: ghi ngày cuối và đơn vị kế tục.",
        f"Each row is an office, new or changed. {_LEAVE_EN} None is deleted: give its last day and successor.",
        "code",
        (
            Column("code", "Mã", 12, "2–16 chữ in hoa không dấu, chữ số.", "2 to 16 capitals and digits.", True),
            Column("name_vi", "Tên", 42, "Tên đầy đủ; không ghi tên người.", "Its full name in Vietnamese."),
            Column("name_en", "Tên tiếng Anh", 42, "Dùng trong thư và trang tiếng Anh.", "Its name in English."),
            Column("kind", "Loại", 22, "Chọn trong danh sách.", "Choose from the list.", choices="kinds"),
            Column("groups", "Nhóm", 26, "Cách nhau bằng dấu «;».", "With «;» between.", choices="groups", many=True),
            Column(
                "member_of",
                "Thuộc mục chung",
                26,
                "Ví dụ XA cho một xã, phường.",
                "E.g. XA for a commune.",
                choices="register",
            ),
            Column("valid_from", "Từ ngày", 13, "Ngày đầu tiên.", "Its first day.", is_day=True),
            Column("valid_to", "Đến ngày", 13, "Ngày cuối cùng.", "Its last day.", is_day=True),
            Column(
                "successor",
                "Đơn vị kế tục",
                26,
                "Nhận việc từ hôm sau.",
                "Takes over the day after.",
                choices="register",
            ),
            Column("assumed", "Giả định", 11, "Tỉnh chưa xác nhận.", "Not confirmed yet.", choices="yes_no"),
            Column("note_vi", "Ghi chú", 40, "Ngắn; không ghi tên người.", "Short; no persons."),
        ),
    ),
}

_KINDS_VI = {
    "party": "cơ quan đảng",
    "state": "cơ quan nhà nước",
    "police": "công an",
    "military": "quân sự",
    "justice": "tư pháp (viện kiểm sát, tòa án)",
    "front": "mặt trận, đoàn thể",
    "locality": "địa phương",
}
_LANGUAGES = {"vi": "tiếng Việt", "en": "tiếng Anh"}
_GROUPS_VI = {
    "signatories": "cơ quan ký quy chế phối hợp",
    "localities": "địa phương",
    "project06": "nhiệm vụ Đề án 06",
    "event_support": "phối hợp phục vụ sự kiện",
}


def choices_of(plan: Plan, today: date) -> Mapping[str, Choices]:
    """Every list of choices by name; offices that have ended are accepted but not offered."""
    offices = {each.code: each.name_vi for each in plan.offices}
    ended = frozenset(each.code for each in plan.offices if not each.exists_on(today))
    subtasks = {each.code: each.title_vi for each in plan.subtasks() if each.steps}
    named = partial(plan.office_names.matching, day=today)
    return {
        "offices": Choices("đơn vị", "office", offices, ended, matching=named),
        "register": Choices("đơn vị", "office", offices, matching=named),
        "subtasks": Choices("nội dung", "subtask", subtasks),
        "urgencies": Choices(
            "độ khẩn", "urgency", {key.value: name for key, name in URGENCY_VI.items()}, with_code=False
        ),
        "languages": Choices("ngôn ngữ", "language", _LANGUAGES),
        "kinds": Choices("loại cơ quan", "kind of office", _KINDS_VI, is_open=True),
        "groups": Choices("nhóm", "group", {name: _GROUPS_VI.get(name, name) for name in plan.groups}),
        "yes_no": Choices("câu trả lời", "answer", {"true": "có", "false": "không"}, with_code=False),
    }
