"""Offices of the plan: when they exist, who succeeds them, and which of them a selector means."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from config.catalogue.fields import (
    Day,
    GroupName,
    GroupRef,
    Known,
    OfficeCode,
    OfficeRef,
    Part,
    Title,
    same_as,
    unique,
)
from config.catalogue.office_names import NamedOffice, OfficeNames
from config.text.shapes import fault
from config.text.suggestions import did_you_mean

PARTY = "party"
"""The kind of office whose papers have the form of Party documents; every other kind is a heading on the board."""

OFFICE_KINDS = (PARTY, "state", "police", "military", "justice", "front", "locality")
"""The kinds that have words of their own; a plan may name others (bộ, doanh nghiệp, trường học …)."""

_PARTY_IN_WORDS = ("party", "đảng", "cơ quan đảng")
_MISSPELT = 0.85


def _kind(text: str) -> str:
    kind = " ".join(text.split())
    if kind.casefold() in _PARTY_IN_WORDS:
        return PARTY
    for known in OFFICE_KINDS:
        if kind != known and SequenceMatcher(None, known, kind.casefold()).ratio() >= _MISSPELT:
            vi, en = did_you_mean(known)
            raise fault(f"gần giống một loại đã có{vi}", f"comes close to a known kind{en}")
    return kind


OfficeKind = Annotated[Title, Field(max_length=60), AfterValidator(_kind)]


class Heir(Part):
    """Who takes over one part of the work of an office that was split.

    of  a subtask ("T3.4"), or the number of a single assignment ("17")
    """

    of: Title
    office: OfficeRef


class NextName(Part):
    """The name an office bears from a day ahead."""

    since: Day
    name_vi: Title
    name_en: Title


class Membership(Part):
    """From which day to which an office is of a group, both included; without one of them, always on that side."""

    group: GroupName
    since: Day | None = None
    until: Day | None = None


class OfficeSpec(Part):
    """An office, when it exists, and who succeeds it.

    kind         what kind of office it is, in the plan's own words; only ``PARTY`` changes anything
    aliases      other names it goes by, or went by
    memberships  when it joined or left groups; of a group without one it is, or is not, for all days (``joined``)
    valid_to     its last day; the successor answers from the next day on
    heirs        who answers in place of the successor for some of its work
    next_name    what it is called from a day ahead
    assumed      not named in the directive: an assumption the province must confirm
    member_of    the collective entry ("xã, phường") this office belongs to; a collective with members stands
                 for them, one without stands for itself
    """

    code: OfficeCode
    name_vi: Title
    name_en: Title = same_as("name_vi")
    kind: OfficeKind = "state"
    aliases: Annotated[tuple[Title, ...], unique()] = ()
    groups: Annotated[tuple[GroupName, ...], unique()] = ()
    memberships: tuple[Membership, ...] = ()
    member_of: OfficeRef | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    successor: OfficeRef | None = None
    heirs: tuple[Heir, ...] = ()
    next_name: NextName | None = None
    assumed: bool = False
    note_vi: str = ""

    def exists_on(self, day: datetime.date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def is_of(self, group: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether it is of a group on a day from ``first`` through ``last``."""
        dated = [each for each in self.memberships if each.group == group]
        if not dated:
            return group in self.groups
        return any((each.since or first) <= last and first <= (each.until or last) for each in dated)

    def heir(self, of: Sequence[str] = ()) -> str | None:
        """Who takes over: the heir of the first of these parts of its work that has one, or its successor."""
        named = {each.of: each.office for each in self.heirs}
        return next((named[part] for part in of if part in named), self.successor)


class Selector(Part):
    """Which offices: one, all of a group, or the host of the event. Exactly one of the three.

    In a file the name alone says which: ``CAT`` is an office, ``signatories`` a group, ``host`` the host.
    """

    office: OfficeRef | None = None
    group: GroupRef | None = None
    host: Literal[True] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any, info: ValidationInfo) -> Any:
        if isinstance(content, dict | Selector):
            return content
        if not isinstance(content, str):
            raise fault(
                "ghi một tên: mã cơ quan (CAT), tên nhóm (signatories) hoặc host",
                "must be one name: an office (CAT), a group (signatories) or host",
            )
        if content == "host":
            return {"host": True}
        known = info.context.offices if isinstance(info.context, Known) else None
        # «Cat» is a slip for the office; "there is no such group" would be the wrong advice.
        office = content.isupper() or content.upper() in (known or ()) or " " in content.strip()
        return {"office" if office else "group": content}

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(part is not None for part in (self.office, self.group, self.host)) != 1:
            raise fault(
                "ghi đúng một trong ba: mã cơ quan (CAT), tên nhóm (signatories) hoặc host",
                "must be exactly one of: an office (CAT), a group (signatories), host",
            )
        return self

    def __str__(self) -> str:
        return self.office or self.group or "host"


def names_of(offices: Iterable[OfficeSpec]) -> OfficeNames:
    """The offices by everything they may be called."""
    return OfficeNames(
        NamedOffice(each.code, (each.name_vi, each.name_en, *each.aliases), each.valid_from, each.valid_to)
        for each in offices
    )


Register = Mapping[str, OfficeSpec]
"""Offices by code, in the order of the plan."""


def successor_on(offices: Register, code: str, day: datetime.date, of: Sequence[str] = ()) -> str:
    """Who answers for ``code`` on ``day``: itself, or the first of its successors that has not ended.

    of  which part of its work is meant, where it was split: the number of an assignment, a subtask
    """
    seen = {code}
    office = offices.get(code)
    while office is not None and office.valid_to is not None and office.valid_to < day:
        heir = office.heir(of)
        if heir is None or heir in seen:
            break
        code = heir
        seen.add(code)
        office = offices.get(code)
    return code


def joined(offices: Iterable[OfficeSpec], before: Sequence[OfficeSpec], on: datetime.date) -> list[OfficeSpec]:
    """The offices as they are from a day on, with the days on which they join and leave the groups of ``before``.

    A group that is new has its first members always, and so has an office that is new with a day of its own.
    """
    known = {each.code: each for each in before}
    groups = {group for each in before for group in (*each.groups, *(dated.group for dated in each.memberships))}
    found = []
    for office in offices:
        was = known.get(office.code)
        had = was.groups if was else ()
        said = {each.group for each in office.memberships}
        kept = (each for each in (was.memberships if was else ()) if each.group not in said)
        memberships = (*office.memberships, *kept)
        for group in had:
            if group not in office.groups:
                memberships = _left(memberships, group, on)
        for group in office.groups if was is not None or office.valid_from is None else ():
            if group in groups and group not in had:
                memberships = _entered(memberships, group, on)
        found.append(office.model_copy(update={"memberships": memberships}))
    return found


def on_another_day(office: OfficeSpec, group: str, on: datetime.date) -> OfficeSpec:
    """The office with another day for the last time that it joined the group, or left it if it is out of it.

    One that is of the group for all days, or for none, stays as it is.
    """
    if not any(each.group == group and (each.since or each.until) for each in office.memberships):
        return office
    change = _entered if group in office.groups else _left
    return office.model_copy(update={"memberships": change(office.memberships, group, on)})


def _entered(memberships: tuple[Membership, ...], group: str, on: datetime.date) -> tuple[Membership, ...]:
    """With the group joined on a day: an open time begins then, one that lasted until then or longer goes on."""
    others, theirs = _by_group(memberships, group)
    eve = on - datetime.timedelta(days=1)
    ended = [(each, each.until) for each in theirs if each.until and (each.since is None or each.since < on)]
    lasting = (each for each, until in ended if until >= eve)
    begun = min(lasting, key=lambda each: each.since or datetime.date.min, default=Membership(group=group, since=on))
    earlier = (each for each, until in ended if until < eve)
    return (*others, *earlier, begun.model_copy(update={"until": None}))


def _left(memberships: tuple[Membership, ...], group: str, on: datetime.date) -> tuple[Membership, ...]:
    """With the group left on a day, whatever was said of its end: nothing of it remains from that day on."""
    others, theirs = _by_group(memberships, group)
    eve = on - datetime.timedelta(days=1)
    last = max(theirs, key=lambda each: each.until or datetime.date.max, default=Membership(group=group))
    kept = (each for each in theirs or [last] if each.since is None or each.since < on)
    until = {"until": eve}
    return (*others, *(e.model_copy(update=until) if e is last or (e.until or on) >= on else e for e in kept))


def _by_group(memberships: tuple[Membership, ...], group: str) -> tuple[list[Membership], list[Membership]]:
    """Those of other groups, and those of this one."""
    others = [each for each in memberships if each.group != group]
    return others, [each for each in memberships if each.group == group]


def resolve(
    offices: Register,
    selector: Selector,
    day: datetime.date,
    of: Sequence[str] = (),
    last: datetime.date | None = None,
) -> tuple[str, ...]:
    """The offices a selector means on ``day``, each once; an ended office gives its successor, or the heir ``of`` that
    part of its work. Of a group are meant those that are of it on a day through ``last``.

    A collective entry gives its members of that day, or itself while none are listed. ``host`` gives none:
    the event says who that is.
    """
    if selector.office is not None:
        chosen = [selector.office]
    else:
        group, last = selector.group or "", max(day, last or day)
        chosen = [office.code for office in offices.values() if office.is_of(group, day, last)]
    current = dict.fromkeys(successor_on(offices, code, day, of) for code in chosen)
    existing = [code for code in current if code in offices and offices[code].exists_on(day)]
    return tuple(dict.fromkeys(member for code in existing for member in _members(offices, code, day)))


def _members(offices: Register, code: str, day: datetime.date) -> list[str]:
    members = [o.code for o in offices.values() if o.member_of == code and o.exists_on(day)]
    return members or [code]
