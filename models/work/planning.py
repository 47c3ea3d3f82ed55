"""What the plan asks for by a given day: the assignments that should exist, worked out without the store.

Pure: the same context and anchors always give the same assignments, so that assigning twice assigns once.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.catalogue.plan import Directive, Plan, Selector
from config.catalogue.subtasks import Step, Subtask
from config.errors import Refused
from config.rules.deadlines import Due, NoLongerInForce, due
from config.rules.ladder import Ladder
from config.rules.periods import Cadence, Period, parse_period, periods_between
from models.store.actor import PriorityContext
from models.tables.anchor import Anchor, AnchorKind
from models.tables.lifecycle import Role, Urgency

ANCHORED = ("doc:", "event:", "adhoc:")
"""How the periods begin of assignments that are counted from a dated fact."""


@dataclass(frozen=True)
class PlannedAssignment:
    """An assignment of one priority that should exist. ``assigned_office`` and ``lead_office`` are its identity for
    good; ``office`` answers for it on the day of planning (a successor where the office has ended)."""

    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    role: Role
    lead_office: str
    assigned_office: str
    office: str
    monitor_office: str
    anchor_id: int | None
    urgency: Urgency
    basis: str
    due: Due
    ladder: Ladder

    @property
    def identity(self) -> tuple[str, str, str, str, str, str, Role]:
        return (
            self.subtask,
            self.step,
            self.variant,
            self.period,
            self.lead_office,
            self.assigned_office,
            self.role,
        )


@dataclass(frozen=True)
class _Occasion:
    """One time a step falls due: a reporting period, or a dated fact."""

    key: str
    on: date
    period: Period | None
    anchor: Anchor


def planned_assignments(
    context: PriorityContext,
    anchors: Sequence[Anchor],
    *,
    periods: Collection[str] = (),
    offices: Collection[str] = (),
) -> Iterator[PlannedAssignment]:
    """Every assignment of a priority that should exist today, step by step and occasion by occasion.

    anchors  the dated facts of all directives; those of others are passed over
    periods  only these (a period not yet begun may be named); without, all from the assigning document to today
    offices  only these

    Raises ``Refused`` before an assigning document of its directive is registered, and for a period or office that does
    not fit.
    """
    plan, directive = context.plan, context.directive
    anchors = [anchor for anchor in anchors if anchor.directive == directive.code]
    issue = next((anchor for anchor in anchors if anchor.kind is AnchorKind.ISSUE), None)
    if issue is None:
        raise Refused(
            "Chưa có văn bản giao việc; đăng ký bằng luồng «Ban hành văn bản giao việc» hoặc lệnh"
            f" «{how_to_issue(plan, directive)}».",
            f"No assigning document is registered yet; use '{how_to_issue(plan, directive)}'.",
        )
    for office in offices:
        plan.office(office)
    planning = _Planning(context, issue, anchors)
    _refuse_unfitting(periods, context.subtasks, anchors)
    return (
        planned
        for subtask in context.subtasks
        for step in subtask.steps
        for planned in planning.planned(subtask, step, periods)
        if not offices or planned.office in offices
    )


def planned_of_step(
    context: PriorityContext, anchors: Sequence[Anchor], subtask: Subtask, step: Step, *, as_now: bool = False
) -> Iterator[PlannedAssignment]:
    """What ``planned_assignments`` gives of one step; nothing before an assigning document is registered.

    as_now  on every occasion by what the step asks now, whatever it asked then
    """
    anchors = [anchor for anchor in anchors if anchor.directive == context.directive.code]
    issue = next((anchor for anchor in anchors if anchor.kind is AnchorKind.ISSUE), None)
    if issue is None:
        return iter(())
    return _Planning(context, issue, anchors).planned(subtask, step, (), as_now=as_now)


def how_to_issue(plan: Plan, directive: Directive) -> str:
    """The command that registers the assigning document of a directive."""
    which = "" if directive == plan.main_directive else f" --directive {directive.code}"
    return f"dondoc directive issue{which} --number 123-TB/TU --date {directive.date:%Y-%m-%d}"


@dataclass(frozen=True)
class _Planning:
    """What the planning of one priority looks at; ``anchors`` are those of its directive."""

    context: PriorityContext
    issue: Anchor
    anchors: Sequence[Anchor]

    def planned(
        self, subtask: Subtask, step: Step, periods: Collection[str], *, as_now: bool = False
    ) -> Iterator[PlannedAssignment]:
        """All of one step: occasions that began before it was changed by what it asked then."""
        history = self.context.plan.history_of(subtask.code, step.key)
        if history is None:
            for occasion in self.occasions(subtask, step, periods):
                yield from self.assignments(subtask, step, occasion)
            return
        begins = date.min
        for earlier in history.earlier:
            for occasion in self.occasions(subtask, earlier.step, periods):
                if begins <= occasion.on < earlier.until:
                    asked = step if as_now and step.trigger == earlier.step.trigger else earlier.step
                    yield from self._since(history.since, subtask, asked, occasion)
            begins = earlier.until
        for occasion in self.occasions(subtask, step, periods):
            if begins <= occasion.on:
                yield from self._since(history.since, subtask, step, occasion)

    def _since(
        self, since: date | None, subtask: Subtask, step: Step, occasion: _Occasion
    ) -> Iterator[PlannedAssignment]:
        """Of a step that came later, only what falls due from then on."""
        for each in self.assignments(subtask, step, occasion):
            if since is None or (occasion.period.closes if occasion.period else each.due.due_date) >= since:
                yield each

    def occasions(self, subtask: Subtask, step: Step, periods: Collection[str]) -> Iterator[_Occasion]:
        directive, today = self.context.directive, self.context.today
        if today < self.issue.on_date or directive.is_closed(today):
            return
        for occasion in self._all_occasions(subtask, step, periods):
            if directive.asks_on(occasion.on) and (not periods or occasion.key in periods):
                yield occasion

    def _all_occasions(self, subtask: Subtask, step: Step, periods: Collection[str]) -> Iterator[_Occasion]:
        if step.trigger == "issue":
            yield _Occasion(self.issue.key, self.issue.on_date, None, self.issue)
        elif step.trigger == "document":
            for anchor in self.anchors:
                if anchor.kind is AnchorKind.DOCUMENT:
                    yield _Occasion(anchor.key, anchor.on_date, None, anchor)
        elif step.trigger == "event":
            for anchor in self.anchors:
                if anchor.kind is AnchorKind.EVENT and anchor.subtask == subtask.code:
                    yield _Occasion(anchor.key, anchor.on_date, None, anchor)
        else:
            for period in self._periods(step.trigger, periods):
                yield _Occasion(period.key, max(period.opens, self.issue.on_date), period, self.issue)

    def _periods(self, cadence: Cadence, named: Collection[str]) -> Iterable[Period]:
        if not named:
            return periods_between(cadence, self.issue.on_date, self.context.today)
        parsed = (parse_period(key) for key in named if not key.startswith(ANCHORED))
        return [p for p in parsed if p.cadence == cadence and p.closes >= self.issue.on_date]

    def assignments(self, subtask: Subtask, step: Step, occasion: _Occasion) -> Iterator[PlannedAssignment]:
        """All groups of one step on one occasion; in each exactly one lead, then its coordinating offices."""
        whole = self._due(step, Role.LEAD, occasion)
        if whole is None or not step.in_force(whole.due_date):
            return
        # A rule is the same for every office, and a step may have two hundred of them.
        helping = self._due(step, Role.COORDINATING, occasion) if step.due.coordinating else None
        terms = {Role.LEAD: whole, Role.COORDINATING: helping}
        monitor = self.context.monitor_of(subtask)
        plan, today = self.context.plan, self.context.today
        ladder = plan.ladder(subtask.ladder)
        for variant, lead, coordinating in step.groups():
            helpers = [office for each in coordinating for office in self._offices(each, occasion, subtask)]
            for lead_office in self._offices(lead, occasion, subtask):
                # Where the host was corrected the right one leads; the group is named after the first for good.
                leads = occasion.anchor.host_office if lead.host and occasion.anchor.host_office else lead_office
                group = [(lead_office, leads, Role.LEAD)]
                group += [(each, each, Role.COORDINATING) for each in dict.fromkeys(helpers) if each != leads]
                for office, answers, role in group:
                    term = terms[role]
                    # What fell due before the work was assigned at all is not owed.
                    if term is not None and term.due_date >= self.issue.on_date:
                        yield PlannedAssignment(
                            priority=self.context.priority.code,
                            subtask=subtask.code,
                            step=step.key,
                            variant=variant,
                            period=occasion.key,
                            role=role,
                            lead_office=lead_office,
                            assigned_office=office,
                            office=plan.current_office(answers, today, (subtask.code,)),
                            monitor_office=monitor,
                            anchor_id=occasion.anchor.id,
                            urgency=occasion.anchor.urgency,
                            basis=subtask.basis,
                            due=term,
                            ladder=ladder,
                        )

    def _offices(self, selector: Selector, occasion: _Occasion, subtask: Subtask) -> tuple[str, ...]:
        if selector.host:
            host = occasion.anchor.first_host or occasion.anchor.host_office
            return (host,) if host else ()
        return self.context.plan.resolve(selector, occasion.on, (subtask.code,))

    def _due(self, step: Step, role: Role, occasion: _Occasion) -> Due | None:
        """When it falls due; None where the rule has no day any more, so that nothing is owed."""
        rule = step.due.lead if role is Role.LEAD else step.due.coordinating
        assert rule is not None  # the plan's check: a step with coordinating offices has their rule
        try:
            return due(
                rule,
                calendar=self.context.calendar,
                anchor=occasion.on if occasion.period is None else None,
                period=occasion.period,
                before=self.context.directive.conventions.before_date,
            )
        except NoLongerInForce:
            return None


def _refuse_unfitting(periods: Collection[str], subtasks: Iterable[Subtask], anchors: Sequence[Anchor]) -> None:
    """A period that no step of the priority works by is a slip of the pen, not an empty run."""
    triggers = {step.trigger for subtask in subtasks for step in subtask.steps}
    keys = {anchor.key for anchor in anchors}
    for key in periods:
        if key.startswith(ANCHORED):
            if key not in keys:
                raise Refused(
                    f"Kỳ «{key}»: chưa đăng ký văn bản hoặc sự kiện đó.",
                    f"Period '{key}': no such document or event is registered.",
                )
        elif (cadence := parse_period(key).cadence) not in triggers:
            raise Refused(
                f"Kỳ «{key}»: nhiệm vụ này không có việc nào theo kỳ như vậy.",
                f"Period '{key}': nothing in this priority is reported by {cadence}.",
            )
