"""Documents and systems that have been replaced: by one that is not older, and not by themselves in the end."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalogue.checks.entries import Contents, entries, files_named, without_faults
from config.catalogue.demands import Reference
from config.catalogue.faults import PlanError
from config.catalogue.folders import DIRECTIVE


def replacement_faults(contents: Contents) -> Iterator[PlanError]:
    """Rings, each told once, and replacements that are older than what they replace."""
    for file, content in files_named(contents, DIRECTIVE):
        for key in ("documents", "systems"):
            yield from _faults(file, key, content)


def _faults(file: str, key: str, content: Mapping[str, Any]) -> Iterator[PlanError]:
    found: dict[str, Reference] = {}
    for _, entry in entries(content, key):
        if (reference := without_faults(Reference, entry)) is not None:
            found.setdefault(reference.id, reference)
    told: set[str] = set()
    for code, reference in found.items():
        where, by = f"{code}.replaced_by", reference.replaced_by
        if by == code:
            yield PlanError(file, where, by, "là chính nó; ghi nơi thay thế", "is itself; name what replaces it")
        elif by in found and code not in told and (ring := _ring(code, found)):
            told |= {*ring}
            way = " → ".join(ring)
            yield PlanError(
                file, where, by, f"nối thành vòng: {way}; bỏ một chỗ", f"forms a loop: {way}; remove one link"
            )
        elif by in found and (since := found[by].date) and reference.date and since < reference.date:
            days = f"{since:%d/%m/%Y}", f"{code} ({reference.date:%d/%m/%Y})"
            yield PlanError(
                file,
                where,
                by,
                f"là của ngày {days[0]}, trước {days[1]}; xem lại ngày, hoặc đổi chiều thay thế",
                f"is dated {days[0]}, before {days[1]}; check the dates, or reverse the replacement",
            )


def _ring(code: str, found: Mapping[str, Reference]) -> list[str]:
    """The way back to where it began; empty where there is none."""
    way = [code]
    while (following := found[way[-1]].replaced_by) in found and following is not None:
        way.append(following)
        if following == code:
            return way
        if following in way[:-1]:
            return []  # a ring further on, which is told where it begins
    return []
