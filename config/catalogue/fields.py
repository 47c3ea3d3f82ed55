"""The values of fields in the plan: codes, days, rules, and references to things that must exist.

The fault of each kind of value says in both languages what would be right. References are checked against ``Known``,
the validation context; without it only the form of a value is checked.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from config.errors import Refused
from config.rules.grammar import parse_rule
from config.rules.ladder import LADDER
from config.text.shapes import fault, one_line, shaped
from config.text.suggestions import (
    closest,
    did_you_mean,
    in_capitals,
    subtask_code,
    suggestion,
    with_hyphens,
    with_underscores,
)


class Part(BaseModel):
    """Any part of the plan: frozen, and without other keys than its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Known:
    """The codes the plan defines. ``None``: their file cannot be read, so nothing is checked against them.

    names  gives what the offices are called, for those who write a name in the place of a code
    """

    offices: Collection[str] | None = None
    names: Callable[[], Collection[str]] = tuple
    groups: Collection[str] | None = None
    documents: Collection[str] | None = None
    systems: Collection[str] | None = None
    ladders: Collection[str] | None = None
    subtasks: Collection[str] | None = None


def _known(kind: str, what_vi: str, what_en: str, shape: str) -> AfterValidator:
    return AfterValidator(_known_check(kind, what_vi, what_en, shape))


def _known_check(kind: str, what_vi: str, what_en: str, shape: str) -> Callable[[str, ValidationInfo], str]:
    def check(code: str, info: ValidationInfo) -> str:
        context = info.context if isinstance(info.context, Known) else Known()
        known = getattr(context, kind)
        if known is not None and code not in known:
            if kind == "offices" and (near := _near_name(code, context.names)):
                raise fault(*(f"{lead}{hint}" for lead, hint in zip(_NO_OFFICE, did_you_mean(near), strict=True)))
            close = closest(code, known)
            if close is not None and not re.fullmatch(shape, close) and re.fullmatch(shape, code):
                return code  # the definition is written wrong, and that is reported in its place
            near_vi, near_en = suggestion(code, [each for each in known if re.fullmatch(shape, each)])
            raise fault(f"không có {what_vi} này{near_vi}", f"there is no such {what_en}{near_en}")
        return code

    return check


_NO_OFFICE = "không có cơ quan này", "there is no such office"


def _near_name(written: str, names: Callable[[], Collection[str]]) -> str | None:
    """The name that comes close to a name; codes are compared with codes."""
    return closest(written, names()) if " " in written.strip() else None


def same_as(key: str) -> Any:
    """A field that is the same as another unless it is given: English where the plan has none is the Vietnamese."""
    return Field(default_factory=lambda known: known[key])


def _day(value: Any) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if isinstance(value, str):
        try:
            return datetime.datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            pass
    raise fault(
        "không phải là ngày; viết năm-tháng-ngày, ví dụ 2023-08-17",
        "is not a date; write year-month-day, e.g. 2023-08-17",
    )


def _rule(text: str) -> str:
    try:
        return str(parse_rule(text))
    except Refused as refused:
        raise fault(str(refused).rstrip("."), refused.en.rstrip(".")) from None


def _not_blank(text: str) -> str:
    if not text.strip():
        raise fault("để trống; ghi nội dung", "is empty; enter something")
    if not text.isprintable() and any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
        raise fault("có ký tự điều khiển không nhìn thấy; gõ lại", "contains an invisible control character; retype it")
    return text.strip()


def _source_lines(text: str) -> str:
    """Composed accents, one kind of line end, no control characters, nothing behind a line."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in line).rstrip() for line in lines)


def _refuse_duplicates(codes: tuple[str, ...]) -> tuple[str, ...]:
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        named = ", ".join(sorted(twice))
        raise fault(f"ghi {named} hai lần; mỗi mã chỉ một lần", f"names {named} twice")
    return codes


def unique(codes: Callable[[Any], str] = str) -> AfterValidator:
    """A list without duplicates; ``codes`` gives what must differ."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        _refuse_duplicates(tuple(codes(item) for item in items))
        return items

    return AfterValidator(check)


Text = Annotated[str, AfterValidator(_not_blank)]
"""Text of any length: quotes and sources are not cut."""
SourceText = Annotated[str, AfterValidator(_source_lines), AfterValidator(_not_blank)]
"""The text of a whole document, line by line."""
LongText = Annotated[str, AfterValidator(_not_blank), Field(max_length=1000)]
Title = Annotated[str, AfterValidator(_not_blank), AfterValidator(one_line), Field(max_length=200)]
LongTitle = Annotated[str, AfterValidator(_not_blank), AfterValidator(one_line), Field(max_length=1000)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
RuleText = Annotated[str, AfterValidator(_rule)]
"""A deadline rule in its canonical form (``config.rules.grammar``)."""

WITH_LEAD = "lead"
"""In the place of a rule for coordinating offices: their input falls due on the lead's date."""

HelpersRule = Annotated[str, AfterValidator(lambda text: text if text == WITH_LEAD else _rule(text))]
"""When the input of the coordinating offices falls due: a rule, or ``WITH_LEAD``."""

_CAPITALS = r"[A-Z][A-Z0-9]{1,15}"
_SUBTASK = r"T(?:0|[1-9][0-9]?)\.[1-9][0-9]?"
_WORD = r"[a-z][a-z0-9_]{1,31}"

_CAPITALS_VI = "2–16 chữ in hoa không dấu và chữ số, đầu là chữ, ví dụ"
_CAPITALS_EN = "2 to 16 capitals and digits, a letter first, e.g."
_WORD_VI = "2–32 chữ thường không dấu, chữ số và _, đầu là chữ, ví dụ"
_WORD_EN = "2 to 32 small letters, digits and _, a letter first, e.g."

OfficeCode = Annotated[str, shaped(_CAPITALS, in_capitals, f"{_CAPITALS_VI} SYT", f"{_CAPITALS_EN} SYT")]
ReferenceCode = Annotated[str, shaped(_CAPITALS, in_capitals, f"{_CAPITALS_VI} NQ12TW", f"{_CAPITALS_EN} NQ12TW")]
SubtaskCode = Annotated[
    str,
    shaped(
        _SUBTASK,
        subtask_code,
        "T, số nhiệm vụ (0–99), dấu chấm, số việc (1–99), ví dụ T3.4",
        "T, the priority (0 to 99), a full stop, a number (1 to 99), e.g. T3.4",
    ),
]
PRIORITY = re.compile(r"p[1-9][0-9]?")
PriorityCode = Annotated[
    str, shaped(PRIORITY.pattern, with_underscores, "p và số nhiệm vụ (1–99), ví dụ p3", "p and a number, e.g. p3")
]
DIRECTIVE_CODE = re.compile(r"(?=.{2,32}$)[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
DirectiveCode = Annotated[
    str,
    shaped(
        DIRECTIVE_CODE.pattern,
        with_hyphens,
        "2–32 chữ in hoa không dấu, chữ số và -, đầu là chữ, ví dụ CD-2023-08-17",
        "2 to 32 capitals, digits and -, a letter first, e.g. CD-2023-08-17",
    ),
]
"""Part of anchors, artifacts and addresses; it must not change once something was assigned under it."""
GroupName = Annotated[str, shaped(_WORD, with_underscores, f"{_WORD_VI} signatories", f"{_WORD_EN} signatories")]
SUBTASK = re.compile(_SUBTASK)
KEY = re.compile(_WORD)
Key = Annotated[str, shaped(_WORD, with_underscores, f"{_WORD_VI} first_plan", f"{_WORD_EN} first_plan")]

OfficeRef = Annotated[str, _known("offices", "cơ quan", "office", _CAPITALS)]
GroupRef = Annotated[str, _known("groups", "nhóm cơ quan", "group of offices", _WORD)]
DocumentRef = Annotated[str, _known("documents", "văn bản", "document", _CAPITALS)]
SystemRef = Annotated[str, _known("systems", "hệ thống", "system", _CAPITALS)]
LadderRef = Annotated[str, _known("ladders", "thang nhắc việc", "ladder", LADDER)]

_STEP_OF_SUBTASK = re.compile(rf"({_SUBTASK})\.({_WORD})")


def parse_dependency(text: str) -> tuple[str, str]:
    """Subtask and step that a dependency names, either empty: «T1.2», «T1.2.plan», or «plan» of the own subtask."""
    if found := _STEP_OF_SUBTASK.fullmatch(text):
        return found[1], found[2]
    return ("", text) if KEY.fullmatch(text) else (text, "")


def _subtask_of_dependency(text: str, info: ValidationInfo) -> str:
    subtask, _ = parse_dependency(text)
    if subtask:
        _known_subtask(subtask, info)
    return text


_known_subtask = _known_check("subtasks", "việc", "subtask", _SUBTASK)
DependencyRef = Annotated[str, AfterValidator(_subtask_of_dependency)]
"""A subtask or a step that must be done first (``parse_dependency``); steps are checked with their subtask."""
