"""The columns of the tracking table, and how it is printed: on which paper, with which of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import Refused
from reports.sheets.styles import PAPERS

Column = tuple[str, str, str, float]

COLUMNS: tuple[Column, ...] = (
    ("number", "TT", "No.", 6),
    ("id", "Số việc", "Id", 7),
    ("subtask", "Mã", "Code", 7),
    ("title", "Nhiệm vụ", "Work", 34),
    ("period", "Kỳ", "Period", 13),
    ("role", "Vai trò", "Role", 11.5),
    ("lead", "Chủ trì", "Lead", 19),
    ("coordinating", "Phối hợp", "Coordinating", 23),
    ("product", "Sản phẩm", "To be submitted", 21),
    ("due", "Thời hạn", "Due", 11.5),
    ("original_due", "Hạn gốc", "Originally due", 11.5),
    ("status", "Tình trạng", "Status", 14),
    ("done_on", "Ngày hoàn thành", "Done on", 11.5),
    ("result", "Kết quả", "Result", 30),
    ("monitor", "Đơn vị theo dõi", "Monitor", 15),
)
"""What each column is, its head in both languages, and how wide it is."""

_OF_WORDS = frozenset({"title", "period", "lead", "coordinating", "product", "result", "monitor"})
"""Columns that take what room is left on the paper."""

_ROOM = {"A4": 144, "A3": 210}
"""How wide all columns may be together before the paper makes them smaller."""


@dataclass(frozen=True)
class Print:
    """How the table is to be printed: on which paper, and which of ``COLUMNS``."""

    paper: str = "A4"
    columns: Sequence[Column] = COLUMNS


def print_as(paper: str, columns: Sequence[str]) -> Print:
    """What a person chose; raises ``Refused`` for what there is not. Nothing chosen is A4 with all columns."""
    paper = paper.upper() or "A4"
    if paper not in PAPERS:
        raise Refused(
            f"Khổ giấy «{paper}» không có; có: {', '.join(PAPERS)}.",
            f"There is no paper size '{paper}'; available: {', '.join(PAPERS)}.",
        )
    return Print(paper, _spread(columns_named(columns), _ROOM[paper]))


def _spread(columns: Sequence[Column], room: float) -> tuple[Column, ...]:
    """The columns as wide as the paper: where few are chosen, those of words share what is left."""
    words = sum(width for key, *_, width in columns if key in _OF_WORDS)
    spare = max(room - sum(width for *_, width in columns), 0)
    return tuple(
        (key, vi, en, width * (1 + spare / words) if key in _OF_WORDS else width) for key, vi, en, width in columns
    )


def columns_named(keys: Sequence[str]) -> tuple[Column, ...]:
    """These of ``COLUMNS`` in their order, all without keys; raises ``Refused`` for one that there is not."""
    known = [key for key, *_ in COLUMNS]
    if unknown := [key for key in keys if key not in known]:
        raise Refused(
            f"Cột «{', '.join(unknown)}» không có; có: {', '.join(known)}.",
            f"There is no column '{', '.join(unknown)}'; available: {', '.join(known)}.",
        )
    return tuple(each for each in COLUMNS if not keys or each[0] in keys)
