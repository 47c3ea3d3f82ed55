"""The entries of a plan's files as read, and as they are without their faults, so that one fault hides no other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.catalogue.faults import PlanError, keys_at
from config.catalogue.folders import folder_of, name_of

_Part = TypeVar("_Part", bound=BaseModel)

Contents = Mapping[str, Mapping[str, Any]]
"""What the files hold, by their names."""

_ROLE_KEYS = ("lead", "coordinating", "variants")


def files_named(contents: Contents, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The files with this name, the main plan's first."""
    yield from ((file, content) for file, content in contents.items() if name_of(file) == name)


def files_in(contents: Contents, folder: str) -> Contents:
    """The files of one directive."""
    return {file: content for file, content in contents.items() if folder_of(file) == folder}


def entries(content: Mapping[str, Any] | None, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a list that are groups of values, with their places."""
    listed = content.get(key) if content else None
    if isinstance(listed, list):
        yield from ((place, entry) for place, entry in enumerate(listed) if isinstance(entry, dict))


def without_faults(model: type[_Part], content: Any) -> _Part | None:
    """The part, without the fields that are at fault; None when the part is not valid without them."""
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False)
    content = deepcopy(content)
    for fault in faults:
        # Only fields that can be left out: without a wrong ``lead`` it would seem that nobody leads.
        if fault["type"] == "extra_forbidden":
            if get_close_matches(str(fault["loc"][-1]), keys_at(model, fault["loc"][:-1]), n=1):
                return None  # misspelt: what it stands for would seem to be missing
        elif len(fault["loc"]) != 1 or fault["loc"][0] in _ROLE_KEYS:
            return None
        holder = _holder(content, fault["loc"][:-1])
        if holder is None:
            return None
        holder.pop(str(fault["loc"][-1]), None)
    try:
        return model.model_validate(content)
    except ValidationError:
        return None


def _holder(content: Any, location: Sequence[int | str]) -> dict[str, Any] | None:
    """The group of values at a place; one value in the place of a list is the list's only one."""
    for part in location:
        if isinstance(part, int) and not isinstance(content, list):
            continue
        try:
            content = content[part]
        except (LookupError, TypeError):
            return None
    return content if isinstance(content, dict) else None


def duplicates(
    file: str,
    listed: Iterable[tuple[int, dict[str, Any]]],
    by: str,
    where: str,
    seen: dict[str, str] | None = None,
) -> Iterator[PlanError]:
    """Faults for codes that are used a second time; ``seen`` holds the file in which each was used first."""
    seen = {} if seen is None else seen
    for place, entry in listed:
        code = entry.get(by)
        if not isinstance(code, str):
            continue
        if code in seen:
            first = "" if seen[code] == file else f" ({seen[code]})"
            yield PlanError(
                file,
                f"{where}[{place}].{by}",
                code,
                f"đã dùng ở mục trước{first}; mỗi mã chỉ một lần",
                f"is used before{first}; each code only once",
            )
        seen.setdefault(code, file)
