"""What may stand in a field of the plan: codes, days, rules, and references to things that must exist.

Each kind of value says in both languages what would be right. References are held against ``Known``, handed
over as the validation context; without one only the form of a value is checked.
"""

import datetime
import difflib
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from config.errors import Refused
from config.rules import FORMS, parse_rule

FAULT = "plan_fault"
"""The type of a validation error that brings its own words (``vi``, ``en``)."""


class Part(BaseModel):
    """Anything in the plan: frozen, and with no room for a key that is not foreseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Known:
    """The codes the plan defines. ``None``: their file cannot be read, so nothing is held against it."""

    offices: Collection[str] | None = None
    groups: Collection[str] | None = None
    documents: Collection[str] | None = None
    systems: Collection[str] | None = None
    ladders: Collection[str] | None = None
    subtasks: Collection[str] | None = None


def fault(vi: str, en: str) -> PydanticCustomError:
    """A validation error in the words of the person who wrote the file."""
    # The words go in as values: a brace in them is not a place to fill in.
    return PydanticCustomError(FAULT, "{vi}", {"vi": vi, "en": en})


def nearest(word: str, known: Collection[str]) -> tuple[str, str]:
    """Which of the known words was meant, or what there is: "; có phải «CAT»?" in Vietnamese and English."""
    by_fold = {code.casefold(): code for code in known}
    if close := difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6):
        return f"; có phải «{by_fold[close[0]]}»?", f"; did you mean '{by_fold[close[0]]}'?"
    listed = ", ".join(sorted(known)) or "–"
    return f"; có: {listed}", f"; there are: {listed}"


def _shaped(pattern: str, vi: str, en: str) -> AfterValidator:
    shape = re.compile(pattern)

    def check(text: str) -> str:
        if not shape.fullmatch(text):
            raise fault(f"không đúng dạng; đúng ra là {vi}", f"is not well formed; it should be {en}")
        return text

    return AfterValidator(check)


def _known(kind: str, what_vi: str, what_en: str) -> AfterValidator:
    def check(code: str, info: ValidationInfo) -> str:
        known = getattr(info.context, kind) if isinstance(info.context, Known) else None
        if known is not None and code not in known:
            near_vi, near_en = nearest(code, known)
            raise fault(f"không có {what_vi} này{near_vi}", f"there is no such {what_en}{near_en}")
        return code

    return AfterValidator(check)


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
    except Refused:
        forms = ", ".join(form for form, *_ in FORMS)
        raise fault(
            f"không phải quy tắc thời hạn; đúng ra là một trong: {forms}",
            f"is not a deadline rule; it should be one of: {forms}",
        ) from None


def _words(text: str) -> str:
    if not text.strip():
        raise fault("để trống; ghi nội dung", "is empty; write something")
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise fault("có ký tự điều khiển không nhìn thấy; gõ lại", "holds an invisible control character; type it anew")
    return text.strip()


def _not_twice(codes: tuple[str, ...]) -> tuple[str, ...]:
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        named = ", ".join(sorted(twice))
        raise fault(f"ghi {named} hai lần; mỗi mã chỉ một lần", f"names {named} twice")
    return codes


def once(codes: Callable[[Any], str] = str) -> AfterValidator:
    """A list in which nothing stands twice; ``codes`` gives what must differ."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        _not_twice(tuple(codes(item) for item in items))
        return items

    return AfterValidator(check)


Words = Annotated[str, AfterValidator(_words), Field(max_length=1000)]
Title = Annotated[str, AfterValidator(_words), Field(max_length=200)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
RuleText = Annotated[str, AfterValidator(_rule)]
"""A deadline rule in its canonical form (``config.rules``)."""

OfficeCode = Annotated[str, _shaped(r"[A-Z][A-Z0-9]{1,15}", "chữ in hoa và chữ số, ví dụ SYT", "capitals, e.g. SYT")]
ReferenceCode = Annotated[str, _shaped(r"[A-Z][A-Z0-9]{1,15}", "chữ in hoa và chữ số, ví dụ NQ12TW", "e.g. NQ12TW")]
SubtaskCode = Annotated[str, _shaped(r"T[0-5]\.[1-9]\d?", "T, số nhiệm vụ, chấm, số việc, ví dụ T3.4", "e.g. T3.4")]
PriorityCode = Annotated[str, _shaped(r"p[1-5]", "p1, p2, p3, p4 hoặc p5", "one of p1 … p5")]
GroupName = Annotated[str, _shaped(r"[a-z][a-z0-9_]{1,31}", "chữ thường, ví dụ signatories", "e.g. signatories")]
KEY = re.compile(r"[a-z][a-z0-9_]{1,31}")
Key = Annotated[str, _shaped(KEY.pattern, "chữ thường không dấu và _, ví dụ first_plan", "e.g. first_plan")]

OfficeRef = Annotated[str, _known("offices", "cơ quan", "office")]
GroupRef = Annotated[str, _known("groups", "nhóm cơ quan", "group of offices")]
DocumentRef = Annotated[str, _known("documents", "văn bản", "document")]
SystemRef = Annotated[str, _known("systems", "hệ thống", "system")]
LadderRef = Annotated[str, _known("ladders", "thang nhắc việc", "ladder")]
SubtaskRef = Annotated[str, _known("subtasks", "việc", "subtask")]
