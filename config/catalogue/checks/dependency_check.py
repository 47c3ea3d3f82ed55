"""What must be done first: steps that exist, and nothing that waits for itself, at once or through others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.catalogue.checks.entries import Contents, entries
from config.catalogue.faults import PlanError
from config.catalogue.fields import parse_dependency
from config.catalogue.folders import is_priority
from config.text.suggestions import suggestion


@dataclass
class _Needs:
    """What each subtask («T1.2») and each step with needs of its own («T1.2.plan») needs, and where that is written."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    steps: dict[str, list[str]] = field(default_factory=dict)


def dependency_faults(contents: Contents) -> Iterator[PlanError]:
    """Steps that are not there, and rings, each told once."""
    found = _Needs()
    for file, content in contents.items():
        for _, subtask in entries(content, "subtasks") if is_priority(file) else ():
            _collect(file, subtask, found)
    yield from _unknown_steps(found)
    told: set[frozenset[str]] = set()
    for node, (file, key) in found.places.items():
        if node in found.needs[node]:
            yield PlanError(file, key, node, "là chính việc này", "is itself")
        ring = _plain_ring(_shortest_cycle(node, found.needs))
        # A ring through a step is told where it begins, not again for its subtask.
        subtasks = frozenset(each.rpartition(".")[0] if each.count(".") > 1 else each for each in ring)
        same = subtasks if len(subtasks) > 1 else frozenset(ring)
        if ring and same not in told:
            told.add(same)
            way = " → ".join(ring)
            yield PlanError(
                file, key, ring[1], f"nối thành vòng: {way}; bỏ một chỗ", f"forms a loop: {way}; remove one link"
            )


def _collect(file: str, subtask: Mapping[str, Any], found: _Needs) -> None:
    code = subtask.get("code")
    if not isinstance(code, str) or code in found.places:
        return
    common = [_node(code, name) for name in _names(subtask)]
    found.places[code] = file, f"{code}.depends_on"
    found.needs[code] = list(common)
    found.steps[code] = []
    for place, step in entries(subtask, "steps"):
        key = step.get("key")
        if not isinstance(key, str):
            continue
        found.steps[code].append(key)
        if own := [_node(code, name) for name in _names(step)]:
            node = f"{code}.{key}"
            found.places[node] = file, f"{code}.steps[{place}].depends_on"
            found.needs[node] = [*own, *common]
            # Done is a subtask when its steps are.
            found.needs[code].append(node)


def _names(entry: Mapping[str, Any]) -> list[str]:
    listed = entry.get("depends_on")
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _node(code: str, name: str) -> str:
    subtask, step = parse_dependency(name)
    return f"{subtask or code}.{step}" if step else subtask


def _unknown_steps(found: _Needs) -> Iterator[PlanError]:
    for node, (file, key) in found.places.items():
        own = node.rpartition(".")[0] if node.count(".") > 1 else ""
        for needed in dict.fromkeys(found.needs[node]):
            subtask, step = parse_dependency(needed)
            if step and subtask in found.steps and step not in found.steps[subtask]:
                if own and needed in found.needs.get(own, ()):
                    continue  # written, and told, at the subtask
                vi, en = suggestion(step, found.steps[subtask])
                yield PlanError(
                    file, key, step, f"việc {subtask} không có bước này{vi}", f"{subtask} has no such step{en}"
                )


def _plain_ring(ring: list[str]) -> list[str]:
    """The ring without the subtasks that stand in it for the step beside them only."""
    plain = [each for place, each in enumerate(ring) if not _stands_for_next(ring, place)]
    if plain and plain[0] != plain[-1]:
        plain.append(plain[0])
    return plain if len(plain) > 2 else ring


def _stands_for_next(ring: list[str], place: int) -> bool:
    return place + 1 < len(ring) and ring[place + 1].startswith(ring[place] + ".")


def _shortest_cycle(start: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The shortest cycle from a node through others back to it; empty when there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        for name in needs.get(way[-1], ()):
            if name == start and len(way) > 1:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
