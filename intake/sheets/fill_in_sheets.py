"""The sheets to fill in with Excel and import: their columns and the choices, which ``fill_in_sheets.toml`` lists."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from config.catalogue.office_names import plain_name
from config.catalogue.plan import Plan
from config.text.suggestions import closest, did_you_mean, without_accents
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, OFFICES, SHEETS, TRACKING
from models.tables.lifecycle import URGENCY_VI

KEEP_AS_IS, CLEAR = "(giữ nguyên)", "–"
"""Cell texts that keep a value as it is and that remove it, as the help of the columns says them. An empty cell changes
nothing either."""

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
        named = [code for code, name in self.names.items() if plain_name(name) == plain_name(text)]
        if not named and self.matching:
            named = [code for code in self.matching(text) if code in self.names]
        if not named and self.is_open and not closest(text, self.names.values()):
            return " ".join(text.split())
        return named[0] if len(named) == 1 else None

    def unknown(self, text: str) -> tuple[str, str]:
        """The fault of an unknown choice in both languages, with a suggestion where one is close."""
        offered = {name: code for code, name in self.names.items()}
        if self.with_code:
            offered |= {code: code for code in self.names}
        near = closest(text.partition(_BETWEEN)[0], offered) or next(
            (name for name in offered if without_accents(name) == without_accents(text)), None
        )
        # The codes of offices and subtasks are people's own words; all others are English.
        meant = near and (offered[near] if offered[near].isupper() else self.names[offered[near]])
        hint_vi, hint_en = did_you_mean(meant) if meant else ("; xem trang «Danh mục».", "; see the sheet “Danh mục”.")
        return (
            f"không có {self.what_vi} «{text[:60]}»{hint_vi}",
            f"there is no {self.what_en} '{text[:60]}'{hint_en}",
        )


@dataclass(frozen=True)
class Column:
    """One column. ``choices`` names a list of ``choices_of``; ``many`` takes several, separated by «;», and ``lines``
    several lines; all else is one line."""

    key: str
    head: str
    width: float
    help_vi: str
    help_en: str
    required: bool = False
    is_day: bool = False
    choices: str = ""
    many: bool = False
    lines: bool = False


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

    @property
    def hidden_rows_are_asked_about(self) -> bool:
        """A tracking table is filtered by whoever reads it, and assigns nothing."""
        return self.kind != TRACKING


_TABLES = tomllib.loads((Path(__file__).parent / "fill_in_sheets.toml").read_text(encoding="utf-8"))


def _sheet(kind: str) -> FillInSheet:
    sheet = _TABLES[kind]
    return FillInSheet(kind, **sheet | {"columns": tuple(Column(**column) for column in sheet["columns"])})


FILL_IN: Mapping[str, FillInSheet] = {kind: _sheet(kind) for kind in (ASSIGNMENTS, CONTACTS, OFFICES)}


def choices_of(plan: Plan, today: date) -> Mapping[str, Choices]:
    """Every list of choices by name; offices that have ended are accepted but not offered."""
    offices = {each.code: each.name_vi for each in plan.offices}
    ended = frozenset(each.code for each in plan.offices if not each.exists_on(today))
    subtasks = {each.code: each.title_vi for each in plan.subtasks() if each.steps}
    matching = partial(plan.office_names.matching, day=today)
    named: Mapping[str, Mapping[str, str]] = _TABLES["names_vi"]
    return {
        "offices": Choices("đơn vị", "office", offices, ended, matching=matching),
        "register": Choices("đơn vị", "office", offices, matching=matching),
        "subtasks": Choices("nội dung", "subtask", subtasks),
        "urgencies": Choices(
            "độ khẩn", "urgency", {key.value: name for key, name in URGENCY_VI.items()}, with_code=False
        ),
        "languages": Choices("ngôn ngữ", "language", named["languages"]),
        "kinds": Choices("loại cơ quan", "kind of office", named["kinds"], is_open=True),
        "groups": Choices("nhóm", "group", {name: named["groups"].get(name, name) for name in plan.groups}),
        "yes_no": Choices("câu trả lời", "answer", {"true": "có", "false": "không"}, with_code=False),
    }
