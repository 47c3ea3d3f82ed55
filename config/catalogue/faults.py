"""Faults of the plan in the words of its author: file, key, value, and what would be right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from reprlib import Repr
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import Refused
from config.text.shapes import FAULT
from config.text.suggestions import suggestion

Location = tuple[int | str, ...]

_NAMED_BY = ("code", "id")
"""The keys that name an entry of a top-level list, instead of its number."""

_WRITTEN = {"quotes": "quote"}
"""Fields by the name that files write, where that is another one."""

_OF_A_TEXT = ("text", "title_vi")
"""Fields that a text alone stands for."""

_EXCERPT_LENGTH = 60


@dataclass(frozen=True)
class PlanError:
    """One fault. ``key`` is the path to it ("T3.4.steps[0].due.lead"), ``value`` what is there or None."""

    file: str
    key: str
    value: Any
    problem_vi: str
    problem_en: str

    def __str__(self) -> str:
        return f"{self._where()}: {self.problem_vi}"

    @property
    def en(self) -> str:
        return f"{self._where()}: {self.problem_en}"

    def _where(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return where if self.value is None else f"{where} = {_shown(self.value)}"


class PlanErrors(Refused):
    """The plan has faults; ``errors`` holds all of them."""

    def __init__(self, directory: Path, errors: Iterable[PlanError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            f"Kế hoạch ở {directory} có {len(self.errors)} lỗi:",
            f"Faults of the plan in {directory} ({len(self.errors)}):",
            details=[Refused(str(error), error.en) for error in self.errors],
        )


def key_of(content: Any, location: Location) -> str:
    """The path to a place in a file; an entry of the file's list is called by its code, not its number."""
    path, node = "", content
    for depth, part in enumerate(location):
        if isinstance(node, str | int) and (isinstance(part, int) or part in _OF_A_TEXT):
            continue  # one value in the place of a list, a text in that of a group
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
            code = next((node[by] for by in _NAMED_BY if by in node), None) if isinstance(node, dict) else None
            path = code if depth == 1 and isinstance(code, str) else f"{path}[{part}]"
        else:
            name = _WRITTEN.get(part, part) if isinstance(node, dict) and part not in node else part
            node = node.get(name) if isinstance(node, dict) else None
            path = f"{path}.{name}" if path else name
    return path


def from_validation(file: str, content: Any, invalid: ValidationError, model: type[BaseModel]) -> Iterator[PlanError]:
    """Every fault pydantic found, in words."""
    # What follows from a field that is at fault is at fault only with it.
    details = [each for each in invalid.errors(include_url=False) if each["type"] != "default_factory_not_called"]
    for detail in details:
        depth = len(detail["loc"])
        if detail["type"] == "too_short" and any(
            other["loc"][:depth] == detail["loc"] and len(other["loc"]) > depth for other in details
        ):
            continue  # entries were left out because of their own faults, which are reported
        vi, en = _words(detail, model)
        value = None if detail["type"] == "missing" else detail["input"]
        yield PlanError(file, key_of(content, detail["loc"]), value, vi, en)


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == FAULT:
        return context["vi"], context["en"]
    if kind == "missing":
        return "thiếu mục này", "is missing"
    if kind == "extra_forbidden":
        near_vi, near_en = suggestion(str(detail["loc"][-1]), keys_at(model, detail["loc"][:-1]))
        return f"không có mục tên này{near_vi}", f"no such key{near_en}"
    if kind == "literal_error":
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        words = ["true" if word == "True" else word for word in words]
        near_vi, near_en = suggestion(str(detail["input"]), words)
        listed = ", ".join(words)
        if "«" in near_vi:
            return f"phải là một trong: {listed}{near_vi}", f"must be one of: {listed}{near_en}"
        return f"phải là một trong: {listed}", f"must be one of: {listed}"
    if kind.endswith(("_type", "_parsing", "_from_float")):
        expected = kind.rsplit("_", 1)[0].removesuffix("_from")
        vi, en = _TYPES.get(expected, (expected, expected))
        return f"phải là {vi}", f"must be {en}"
    if kind in _LIMITS:
        vi, en = _LIMITS[kind]
        return vi.format(**context), en.format(**context)
    # pydantic's own words are English; the Vietnamese line at least says where to look.
    return "giá trị không dùng được ở mục này", f"cannot be used here ({detail['msg']})"


_TYPES = {
    "string": ("chữ; số và true/false để trong ngoặc kép", "text; put numbers and true/false in quotes"),
    "int": ("số nguyên", "a whole number"),
    "bool": ("true hoặc false", "true or false"),
    "tuple": ("danh sách, mỗi dòng một mục bắt đầu bằng dấu gạch", "a list"),
    "model": ("nhóm «mục: giá trị»", "a group of 'key: value'"),
}

_LIMITS = {
    "string_too_short": (
        "ngắn quá; ít nhất {min_length} ký tự",
        "too short; at least {min_length} characters",
    ),
    "string_too_long": ("dài quá; tối đa {max_length} ký tự", "too long; at most {max_length} characters"),
    "too_long": ("dài quá; tối đa {max_length}, đang là {actual_length}", "too long; at most {max_length}"),
    "finite_number": ("phải là số nguyên", "must be a whole number"),
    "too_short": ("phải có ít nhất {min_length} mục", "needs at least {min_length} entries"),
    "greater_than_equal": ("nhỏ quá; từ {ge} trở lên", "too small; at least {ge}"),
    "less_than_equal": ("lớn quá; đến {le} thôi", "too large; at most {le}"),
    "invalid_key": ("tên mục phải là chữ", "a key must be text"),
}


def keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that are allowed at a place."""
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _shown(value: Any) -> str:
    text = _repr.repr(value)
    return text if len(text) <= _EXCERPT_LENGTH else text[: _EXCERPT_LENGTH - 1] + "…"


_repr = Repr()
_repr.maxstring = _repr.maxother = _EXCERPT_LENGTH
