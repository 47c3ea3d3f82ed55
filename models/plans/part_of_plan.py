"""A part of the plan: some of its directives, as an account that is limited to them has to do with it."""

from config.catalogue.plan import Plan


class PartOfPlan(Plan):
    """Some directives of a plan, with all offices: whatever else is asked for reads as unknown."""

    @property
    def is_whole(self) -> bool:
        return False


def limited_to(plan: Plan, directives: frozenset[str]) -> Plan:
    """What of a plan is of these directives; worked out once."""
    if directives not in plan.parts:
        plan.parts[directives] = PartOfPlan(
            directives=tuple(each for each in plan.directives if each.code in directives),
            priorities=tuple(each for each in plan.priorities if each.directive in directives),
            offices=plan.offices,
            ladders=plan.ladders,
            retired=tuple(each for each in plan.retired if each.directive in directives),
            history=tuple(each for each in plan.history if plan.directive_of(each.subtask).code in directives),
        )
    return plan.parts[directives]
