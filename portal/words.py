"""The words of the pages for codes of the store, in Vietnamese and English."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.catalogue.offices import OFFICE_KINDS
from config.catalogue.plan import Plan
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
    return key in _TABLES["flash"]
