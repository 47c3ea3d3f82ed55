"""Which offices a step means on a day: who leads, who owes input to whom, who is told. Pure, without dates.

Identity of a row: ``lead_office`` names the copy it belongs to. Joint leads are one copy under the first of them. A
coordinating office that owes input once beside several copies belongs to none of them; there it is its own
``lead_office``, so that neither a change of the group nor of the leads makes its duty another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.catalogue.plan import Plan
from config.catalogue.steps import Selector, Step, Team


@dataclass(frozen=True)
class Assignee:
    """One office that is to hand something in.

    joint  offices that lead the same copy with it, without itself; for leads only
    named  offices that are told of it and owe nothing; for leads only
    """

    variant: str
    role: Literal["lead", "coordinating"]
    lead_office: str
    office: str
    joint: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def assignees(
    plan: Plan,
    step: Step,
    day: date,
    host: str | None = None,
    part: Sequence[str] = (),
    due: tuple[date, date] | None = None,
) -> Iterator[Assignee]:
    """Everybody who hands something in, copy by copy.

    host  the office that holds the event, if there is one
    part  which part of the work of an office that was split is meant (``config.catalogue.offices.successor_on``)
    due   when leads and coordinating offices owe it: who joins a group until then owes it too; without, on ``day``
    """
    by_lead, by_helpers = due or (day, day)
    for team in step.teams():
        leads, asked, named = (
            _offices(plan, chosen, (day, last), host, part)
            for chosen, last in ((team.leads, by_lead), (team.asked, by_helpers), (team.named, by_lead))
        )
        joint = leads[1:] if _is_joint(plan, team) else ()
        copies = leads[: len(leads) - len(joint)]
        shared = not joint and not team.per_copy and _has_copies(plan, team)
        for lead in copies:
            own = {lead, *joint}
            told = tuple(office for office in named if office not in own and office not in asked)
            yield Assignee(team.variant, "lead", lead, lead, joint, told)
            if not shared:
                yield from (Assignee(team.variant, "coordinating", lead, each) for each in asked if each not in own)
        if shared:
            # Who leads the only copy there is does not owe input to itself.
            helpers = [each for each in asked if copies and copies != (each,)]
            yield from (Assignee(team.variant, "coordinating", each, each) for each in helpers)


def _is_joint(plan: Plan, team: Team) -> bool:
    if team.each is not None:
        return not team.each
    return len(team.leads) > 1 and not any(_means_several(plan, lead) for lead in team.leads)


def _has_copies(plan: Plan, team: Team) -> bool:
    return len(team.leads) > 1 or any(_means_several(plan, lead) for lead in team.leads)


def _means_several(plan: Plan, lead: Selector) -> bool:
    return lead.group is not None or (lead.office is not None and plan.is_collective(lead.office))


def _offices(
    plan: Plan, selectors: Sequence[Selector], days: tuple[date, date], host: str | None, part: Sequence[str]
) -> tuple[str, ...]:
    """The offices meant on a day, each once; for the host of an event the office that the event names.

    days  that day, and the last one on which an office of a group is meant
    """
    return tuple(
        dict.fromkeys(
            office
            for selector in selectors
            for office in (
                ((host,) if host else ()) if selector.host else plan.resolve(selector, days[0], part, days[1])
            )
        )
    )
