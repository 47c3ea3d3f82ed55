"""What an office holds twice after a change it holds once: parts of one group, and copies that are one and the same.

Pure. The lead's part counts before a coordinating one, and of two coordinating ones the one that has come further. What
was contributed stays with the part that is withdrawn; one whose report waits for a decision stays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from models.tables.lifecycle import OPEN, Role, State
from models.work.deeds.diff import Item, Row, withdrawn

Group = tuple[str, ...]
"""Subtask, step, variant, period and lead office: one lead and those who coordinate with it."""

_PROGRESS = (State.ASSIGNED, State.SUSPENDED, State.ACKNOWLEDGED, State.RETURNED, State.REPORTED)


def group_of(row: Row) -> Group:
    """The group that an assignment is part of."""
    return row.subtask, row.step, row.variant, row.period, row.lead_office


def collapsed(
    items: Iterable[Item],
    groups: Mapping[Group, Sequence[Row]],
    *,
    of: Collection[str],
    with_copies: bool = False,
    joint: Mapping[int, Collection[str]] = MappingProxyType({}),
) -> Iterator[Item]:
    """The items, and the withdrawal of what an office would hold twice by them.

    groups       all parts of the groups concerned; with copies, of all groups of their steps
    of           the offices that come to hold more
    with_copies  whether two copies of a step led by one office are held once as well: those not begun, due at once and
                 asked of the same coordinating offices
    joint        the joint leads of assignments after the change: who leads jointly does not owe input to itself
    """
    changed = {item.row.id: item for item in items if item.row is not None}
    going = dict[int, Row]()
    for parts in groups.values():
        for held in _held(parts, changed, of, joint).values():
            rest = sorted(held, key=_counts, reverse=True)[1:]
            going |= {row.id: row for row in rest if row.state is not State.REPORTED}
    if with_copies:
        going |= _copies(groups, changed, of, going)
    for number, item in changed.items():
        yield withdrawn(going.pop(number)) if number in going else item
    yield from map(withdrawn, going.values())


def _held(
    parts: Iterable[Row], changed: Mapping[int, Item], of: Collection[str], joint: Mapping[int, Collection[str]]
) -> dict[str, list[Row]]:
    """The open parts that each of the offices holds after the change."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in parts:
        for office in (_office(row, changed), *joint.get(row.id, ())):
            if row.state in OPEN and office in of:
                held[office].append(row)
    return held


def _office(row: Row, changed: Mapping[int, Item]) -> str:
    return changed[row.id].office if row.id in changed else row.office


def _counts(row: Row) -> tuple[bool, bool, int, int]:
    return row.role is Role.LEAD, row.has_report, _PROGRESS.index(row.state), -row.id


def _copies(
    groups: Mapping[Group, Sequence[Row]], changed: Mapping[int, Item], of: Collection[str], going: Mapping[int, Row]
) -> dict[int, Row]:
    """Copies of one occasion that have become one and the same, with all their parts; the office's own stays."""
    gone = dict[int, Row]()
    copies: dict[tuple[object, ...], list[list[Row]]] = defaultdict(list)
    for key, parts in groups.items():
        held = [row for row in parts if row.state in OPEN and row.id not in going]
        lead = next((row for row in held if row.role is Role.LEAD), None)
        if lead is not None and _office(lead, changed) in of and not any(row.has_begun for row in held):
            copies[*key[:4], _office(lead, changed), lead.due_at].append(held)
    for same in copies.values():
        # Its own before what comes to it.
        kept, *others = sorted(same, key=lambda held: (any(row.id in changed for row in held), min(r.id for r in held)))
        offices = {_office(row, changed) for row in kept}
        for held in others:
            if {_office(row, changed) for row in held} <= offices:
                gone |= {row.id: row for row in held}
    return gone
