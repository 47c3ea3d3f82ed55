"""The words of the pages for codes of the store, in Vietnamese and English."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.catalogue.offices import OFFICE_KINDS
from config.catalogue.plan import Plan
from config.disk import DiskRefused
from config.errors import Refused
from models.store.database import DatabaseBusy, DatabaseUnreachable, DiskUnusable
from models.tables.lifecycle import STATE_WORDS, URGENCY_VI, VERB_WORDS, Status, Urgency
from reports.wording import STATUS_EN, STATUS_VI

_TABLES: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)

_ALL: Mapping[str, Mapping[str, Sequence[str]]] = {
    **_TABLES,
    "urgency": {urgency.value: (URGENCY_VI[urgency], urgency.value.replace("_", " ")) for urgency in Urgency},
    "state": {state.value: words for state, words in STATE_WORDS.items()},
    "status": {status.value: (STATUS_VI[status], STATUS_EN[status]) for status in Status},
    "verb": {
        **{verb.value: words for verb, words in VERB_WORDS.items()},
        **_TABLES["trail"],
        "attach": ("thêm tệp", "added the file"),
        "detach": ("bỏ tệp", "removed the file"),
    },
}


_NO_ROOM = Refused(
    "Máy chủ đã hết chỗ trên đĩa nên chưa ghi được. Báo người quản trị; khi có chỗ, hãy làm lại.",
    "The server's disk is full, so this was not saved. Tell the operator; try again once there is space.",
)
_NO_DISK = Refused(
    "Ổ đĩa của máy chủ không ghi được nên chưa ghi được. Báo người quản trị rồi làm lại.",
    "The server's disk cannot be written to, so this was not saved. Tell the operator, then try again.",
)
_NO_DATABASE = Refused(
    "Cơ sở dữ liệu chưa trả lời; thử lại sau ít phút.",
    "The database is not responding; try again in a few minutes.",
)


def machine_fault(refused: Refused) -> Refused | None:
    """What visitors read of a fault of the machine; None for anything else.

    Where database and disk are concerns nobody out there; that others were writing, or that there is no room, may be
    said.
    """
    if isinstance(refused, (DiskUnusable, DiskRefused)):
        return _NO_ROOM if refused.is_full else _NO_DISK
    if isinstance(refused, DatabaseBusy):
        return refused
    return _NO_DATABASE if isinstance(refused, DatabaseUnreachable) else None


def word(kind: str, value: str, language: str) -> str:
    """The word for ``value`` of ``kind``; the value itself when it has none."""
    vi, en = _ALL[kind].get(value, (value, value))
    return en if language == "en" else vi


def is_field(name: str) -> bool:
    """Whether there is a word for the field of a form."""
    return name in _TABLES["field"]


def field_word(name: str, language: str) -> str:
    """What a field of a form asks for: by its name, or that of its kind («s0.lead», «accept_reason»)."""
    parts = (name, name.rpartition(".")[2], name.rpartition("_")[2])
    return word("field", next(filter(is_field, parts), name), language)


def draft_reason(reason: str, language: str) -> str:
    """Why a draft reads as it does; the Vietnamese itself where there is no other."""
    if language != "en":
        return reason
    said, left = list[str](), _BETWEEN_REASONS.split(reason)
    while left:  # one of several may hold a semicolon of its own
        tried = ((count, _reason_in_english("; ".join(left[:count]))) for count in range(len(left), 0, -1))
        count, words = next(((count, words) for count, words in tried if words), (1, left[0]))
        said, left = [*said, words], left[count:]
    return "; ".join(said)


def _reason_in_english(reason: str) -> str | None:
    words = _TABLES["draft_reason"].get(_OF_DOCUMENT.sub("{}", reason))
    return str(words).format(*_OF_DOCUMENT.findall(reason)) if words else None


_BETWEEN_REASONS = re.compile(r"; (?![^«]*»)")
_OF_DOCUMENT = re.compile(r"(?<= hạn khác: ).+|(?<= thời gian khác: ).+|«[^»]*»|(?<= năm )\d+")
"""What a reason says in words or figures of the document itself."""


def office_kinds(plan: Plan, language: str) -> list[tuple[str, str]]:
    """The kinds of offices with their words: those with words of their own, then the others in the plan's order."""
    kinds = dict.fromkeys((*OFFICE_KINDS, *(office.kind for office in plan.offices)))
    return [(kind, word("kind", kind, language)) for kind in kinds]


def is_flash(key: str) -> bool:
    """Whether ``key`` names a message of kind «flash»; the address could hold anything."""
    return key in _TABLES["flash"]
