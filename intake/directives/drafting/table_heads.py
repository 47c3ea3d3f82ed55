"""The columns of a task table, known by the words of their heads in any order and spelling, in one row or several."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.directives.text import Span, Table

NUMBER, TASK, LEAD, WITH, WHEN, WHAT, TO, TARGET = "number", "task", "lead", "with", "when", "what", "to", "target"
_BEGINS = "begins"
_WHO = (
    r"(?:co quan|don vi|bo phan|nguoi|to chuc|ca nhan|dia phuong|(?:so|ban|phong), (?:ban|nganh))"
    r"(?:(?:,|/| va| -) ?(?:co quan|don vi|bo phan|nguoi|to chuc|ca nhan|dia phuong|ban|nganh))*"
)
_HEADS: tuple[tuple[str, str], ...] = (
    (NUMBER, r"(?:so )?(?:s?tt|thu tu)|so|no\.?|ma so"),
    (WITH,
        rf".*phoi hop.*|.*coordinat.*|.*support.*|(?:{_WHO}|phong|so|ban) (?:cung )?tham gia(?: .*)?"
        rf"|(?:(?:{_WHO}|phong|so|ban) )?cung (?:tham gia|thuc hien|trien khai|chiu trach nhiem|tham muu)(?: .*)?"),
    (TO,
        r"(?:co quan|cap|noi|don vi)? ?(?:trinh|ban hanh|phe duyet|nhan bao cao|quyet dinh)(?: (?:ban hanh|phe duyet"
        r"|cap co tham quyen))?|.*(?:co quan|cap|don vi) (?:trinh|ban hanh|phe duyet|quyet dinh|nhan).*"),
    (LEAD,
        rf".*chu tri.*|(?:{_WHO},? ?|lanh dao )?(?:thuc hien(?! (?:nam|quy|thang|tu|den|so voi|\d))|phu trach|dau moi"
        r"|chiu trach nhiem|tham muu|duoc giao|duoc phan cong).*"
        rf"|{_WHO} (?:soan thao|xay dung|chuan bi|trien khai|chu quan|de xuat|lap)(?: .*)?|phan cong.*"
        r"|(?:ten )?(?:co quan|don vi)(?:, (?:don vi|dia phuong|co quan))*|trach nhiem|.*\blead.*|responsib.*|owner"
        r"|co quan/don vi|to chuc, ca nhan"),
    (_BEGINS, r".*bat dau|tu ngay|trien khai tu.*|start.*"),
    (WHEN,
        r".*(?:thoi gian|thoi han|thoi diem|tien do|lo trinh|ky han|deadline|timeline|due|moc hoan thanh"
        r"|ngay hoan thanh).*|han(?: .*)?|hoan thanh(?: .*)?"),
    (WHAT, r".*(?:san pham|dau ra|hinh thuc van ban|output|deliverable).*|ket qua.*|du kien ket qua"),
    (TARGET, r"(?:chi tieu|muc tieu)(?: .*)?"),
    (TASK,
        r".*(?:nhiem vu|noi dung|cong viec|hoat dong|giai phap|ten de an|ten van ban|viec|nhom|de muc|hang muc"
        r"|chuong trinh|task|activit|action|ten chi tieu).*|muc tieu, chi tieu"),
)  # fmt: skip
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?|\([a-z]\)|[a-z]")
_LEADS = re.compile(r"chu tri|soan thao")
_HEAD_ROWS = 8
LONGEST_HEAD = 90


@dataclass(frozen=True)
class Columns:
    """Which column says what; ``rows``: how many rows the heads take, from the top of the table.

    year  that the heads state: «Thời gian hoàn thành (năm 2025)»
    """

    roles: dict[str, int]
    width: int
    rows: int
    year: int | None = None


def columns_of(table: Table, words: Callable[[Span], str]) -> Columns | None:
    """The columns of a table; None where it is no task table. ``words``: of a cell, folded, on one line."""
    best: Columns | None = None
    for first in range(min(_HEAD_ROWS, len(table.rows))):
        for rows in (1, 2, 3):
            columns = _read(table, first, rows, words)
            if columns and (best is None or len(columns.roles) > len(best.roles)):
                best = columns
        if best:
            return best
    return None


def is_column_numbers(row: tuple[Span, ...], words: Callable[[Span], str]) -> bool:
    """«(1) (2) (3)» beneath the heads."""
    texts = [words(each) for each in row if words(each)]
    return len(texts) > 2 and all(_COLUMN_NUMBER.fullmatch(each) for each in texts)


def role_of(words: str) -> str | None:
    """What a column with this head says."""
    bare = re.sub(r"\([^)]*\)", "", words).strip(" :*.")
    return next((role for role, pattern in _HEADS if re.fullmatch(pattern, bare)), None)


def _read(table: Table, first: int, rows: int, words: Callable[[Span], str]) -> Columns | None:
    head = table.rows[first : first + rows]
    if len(head) < rows:
        return None
    roles: dict[str, int] = {}
    words_of_all, leads = "", False
    for column in range(len(head[0])):
        texts = [words(each) for each in dict.fromkeys(row[column] for row in head) if words(each)]
        if any(len(each) > LONGEST_HEAD for each in texts):
            return None
        words_of_all += " " + " ".join(texts)
        # The head nearest to the cells says most: «Cơ quan thực hiện | Phối hợp».
        role = next((role for text in [*texts[::-1], " ".join(texts)] if (role := role_of(text))), None)
        # «Cơ quan chủ trì» leads, not «Lãnh đạo phụ trách» beside it.
        if role and (role not in roles or (role == LEAD and _LEADS.search(texts[-1]) and not leads)):
            roles[role] = column
            leads = leads or (role == LEAD and bool(_LEADS.search(texts[-1])))
    if TASK not in roles and TARGET in roles:
        roles[TASK] = roles.pop(TARGET)
    if TASK not in roles or not ({LEAD, WHEN, WITH} & roles.keys()):
        return None
    if rows > 1 and sum(bool(role_of(words(cell))) for cell in dict.fromkeys(head[-1])) < 2:
        return None
    year = re.search(r"nam (20\d\d)", words_of_all)
    after = first + rows
    while after < len(table.rows) and is_column_numbers(table.rows[after], words):
        after += 1
    return Columns(roles, len(head[0]), after, int(year[1]) if year else None)
