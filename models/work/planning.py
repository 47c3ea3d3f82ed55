"""What the plan asks for by a given day: the assignments that should exist, worked out without the store.

Pure: the same context and anchors always give the same assignments, so that assigning twice assigns once.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.catalogue.assignees import assignees
from config.catalogue.history import StepHistory
from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Step, Subtask
from config.clock import local_date
from config.errors import Refused
from config.rules.deadlines import Due, occasions
from config.rules.grammar import parse_rule
from config.rules.kinds import Recurring, Timing
from config.rules.periods import Cadence, Period, month_named, parse_period, periods_between
from models.store.actor import PriorityContext
from models.tables.anchor import Anchor, AnchorKind
from models.tables.lifecycle import Role
from models.work.planned import PlannedAssignment as PlannedAssignment
from models.work.planned import continued
from models.work.terms import after_what_it_needs, passed, term_of

ANCHORED = ("doc:", "event:", "adhoc:")
"""How the periods begin of assignments that are counted from a dated fact."""


@dataclass(frozen=True)
class _Occasion:
    """One time a step falls due: a reporting period, or a dated fact."""

    key: str
    on: date
    period: Period | None
    anchor: Anchor

    @property
    def known_since(self) -> date:
        """The day from which its work may have been assigned: an event is often entered long before it takes place."""
        return self.on if self.period else local_date(self.anchor.created_at)


def planned_assignments(
    context: PriorityContext,
    anchors: Sequence[Anchor],
    *,
    periods: Collection[str] = (),
    offices: Collection[str] = (),
    since: date | None = None,
) -> Iterator[PlannedAssignment]:
    """Every assignment of a priority that should exist today, step by step and occasion by occasion.

    anchors  the dated facts of all directives; those of others are passed over
    periods  only these (a period not yet begun may be named); without, all from the assigning document to today
    offices  only these, by code or name
    since    the day up to which all was planned on the same anchors: only what has begun after it can be new

    Raises ``Refused`` before an assigning document of its directive is registered, and for a period or office that does
    not fit.
    """
    plan, directive = context.plan, context.directive
    anchors = [anchor for anchor in anchors if anchor.directive == directive.code]
    issue = next((anchor for anchor in anchors if anchor.kind is AnchorKind.ISSUE), None)
    if issue is None:
        raise Refused(
            "Chưa có văn bản giao việc; đăng ký ở trang «Chỉ đạo» hoặc bằng luồng «Ban hành văn bản giao việc».",
            "No assigning document is registered yet; record it on the page 'Directives', or with the flow for it.",
            command=how_to_issue(plan, directive),
        )
    offices = {plan.office_named(office, context.today).code for office in offices}
    # Before its day a document asks for nothing.
    planning = _Planning(context, issue, anchors, since if since and since >= issue.on_date else None, offices)
    _refuse_unfitting(periods, (step for _, step in context.steps), anchors)
    return (planned for subtask, step in context.steps for planned in planning.planned(subtask, step, periods))


def planned_of_step(
    context: PriorityContext, anchors: Sequence[Anchor], subtask: Subtask, step: Step, *, as_now: bool = False
) -> Iterator[PlannedAssignment]:
    """What ``planned_assignments`` gives of one step; nothing before an assigning document is registered.

    as_now  on every occasion, also of a pause, by what the step asks now, whatever it asked then
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
    """What the planning of one priority looks at; ``anchors`` are of its directive, no ``offices`` stand for all."""

    context: PriorityContext
    issue: Anchor
    anchors: Sequence[Anchor]
    since: date | None = None
    offices: Collection[str] = ()

    def planned(
        self, subtask: Subtask, step: Step, periods: Collection[str], *, as_now: bool = False
    ) -> Iterator[PlannedAssignment]:
        """All of one step; what began before it was changed goes by what it asked then, or under that identity."""
        history = self.context.plan.history_of(subtask.code, step.key)
        if history is None:
            for occasion in self.occasions(subtask, step, periods, as_now=as_now):
                if self._is_new(occasion):
                    yield from self.assignments(subtask, step, occasion, self.offices)
            return
        steps = [*(each.step for each in history.earlier), step]
        closed: dict[str, date] = {}
        for place, first in enumerate(steps):
            # Another rhythm begins with the first period after those that had begun by the old one.
            opens_after = max((day for rhythm, day in closed.items() if rhythm != first.rhythm), default=date.min)
            for occasion in self.occasions(subtask, first, periods, as_now=as_now):
                if self._place(history, subtask, steps, occasion) != place or occasion.on <= opens_after:
                    continue
                if occasion.period and self.context.directive.asks_on(occasion.on):
                    closed[first.rhythm] = max(closed.get(first.rhythm, date.min), occasion.period.closes)
                if not self._is_new(occasion):
                    continue
                changes = zip(history.earlier[place:], steps[place + 1 :], strict=True)
                later = [
                    new for was, new in changes if new.rhythm == first.rhythm and (as_now or was.until <= occasion.on)
                ]
                planned = continued([list(self.assignments(subtask, each, occasion)) for each in (first, *later)])
                of_all = self._while_asked(history, planned, occasion)
                yield from (each for each in of_all if not self.offices or each.office in self.offices)

    def _is_new(self, occasion: _Occasion) -> bool:
        return self.since is None or (occasion.period is not None and occasion.period.opens > self.since)

    def _place(self, history: StepHistory, subtask: Subtask, steps: Sequence[Step], occasion: _Occasion) -> int:
        """Which of its states an occasion begins with. A change that was entered before it began and holds from a day
        ahead governs what falls due from that day on, as it does for the occasions that had begun."""
        place = history.place_of(occasion.on, occasion.known_since)
        for number, change in enumerate(history.earlier[place:], start=place + 1):
            was, now = steps[number - 1], steps[number]
            if now.rhythm != was.rhythm or change.entered >= occasion.known_since:
                break
            term = self._due(subtask, was, Role.LEAD, occasion)
            if term is None or term.due_date < change.until:
                break
            place = number
        return place

    def _while_asked(
        self, history: StepHistory, planned: Sequence[PlannedAssignment], occasion: _Occasion
    ) -> Iterator[PlannedAssignment]:
        """Of a step that came later, only what falls due from then on; a day that it names and that is over is left
        to the coordinator. Of one that ends, what is due before that day with its lead."""
        since = history.since
        if history.until and any(e.role is Role.LEAD and e.due.due_date >= history.until for e in planned):
            return
        for each in planned:
            if since is None or self._falls_on(occasion, each.due) >= since:
                yield each
            elif occasion.anchor is self.issue and occasion.period is None:
                yield replace(each, due=passed(each.due, since))

    @staticmethod
    def _falls_on(occasion: _Occasion, term: Due) -> date:
        """The day that tells whether a step was asked for in time: of a period its last one, or its due date where that
        comes first; of work without a due date, that of its occasion."""
        if occasion.period:
            return min(occasion.period.closes, term.due_date)
        return term.due_date if term.timing is Timing.DATED else occasion.on

    def occasions(self, subtask: Subtask, step: Step, named: Collection[str], *, as_now: bool) -> Iterator[_Occasion]:
        directive, today = self.context.directive, self.context.today
        if today < self.issue.on_date or directive.is_closed(today):
            return
        for occasion in self._all_occasions(subtask, step, named):
            # What the assigning document asks for once is asked for, also where that is of a day of a pause.
            is_asked = as_now or step.trigger == "issue" or directive.asks_on(occasion.on)
            if is_asked and (not named or not {occasion.key, month_named(occasion.key)}.isdisjoint(named)):
                yield occasion

    def _all_occasions(self, subtask: Subtask, step: Step, periods: Collection[str]) -> Iterator[_Occasion]:
        if step.trigger == "issue":
            yield _Occasion(self.issue.key, self.issue.on_date, None, self.issue)
        elif step.trigger == "document" or step.trigger == "event":
            for anchor in self.anchors:
                if anchor.kind.value == step.trigger and anchor.subtask in (None, subtask.code):
                    yield _Occasion(anchor.key, anchor.on_date, None, anchor)
        else:
            for period in self._periods(step, step.trigger, periods):
                yield _Occasion(period.key, max(period.opens, self.issue.on_date), period, self.issue)

    def _periods(self, step: Step, cadence: Cadence, named: Collection[str]) -> Iterable[Period]:
        conventions = self.context.directive.conventions
        if isinstance(rule := parse_rule(step.due.lead), Recurring):
            ahead = (parse_period(key).closes for key in named if not key.startswith(ANCHORED))
            return occasions(rule, self.issue.on_date, max([self.context.today, *ahead]), conventions.before_date)
        bases = conventions.bases_of(rule)
        if not named:
            return periods_between(cadence, self.issue.on_date, self.context.today, bases)
        parsed = (parse_period(key, bases) for key in named if not key.startswith(ANCHORED))
        return [p for p in parsed if p.cadence == cadence and p.closes >= self.issue.on_date]

    def assignments(
        self, subtask: Subtask, step: Step, occasion: _Occasion, offices: Collection[str] = ()
    ) -> Iterator[PlannedAssignment]:
        """Everybody who hands something in for one step on one occasion (``config.catalogue.assignees``)."""
        whole = self._due(subtask, step, Role.LEAD, occasion)
        if whole is None or not step.in_force(whole.due_date if whole.timing is Timing.DATED else occasion.on):
            return
        # A rule is the same for every office, and a step may have two hundred of them.
        terms = {Role.LEAD: whole, Role.COORDINATING: self._due(subtask, step, Role.COORDINATING, occasion)}
        basis = {Role.LEAD: subtask.basis_of(step, "lead"), Role.COORDINATING: subtask.basis_of(step, "coordinating")}
        monitor = self.context.monitor_of(subtask)
        ladder = self.context.plan.ladder(subtask.ladder)
        anchor = occasion.anchor
        part = (subtask.code,)
        due_dates = whole.due_date, (terms[Role.COORDINATING] or whole).due_date
        for each in assignees(self.context.plan, step, occasion.on, anchor.host_office, part, due_dates):
            # Where the host was corrected the right one leads; the copy is named after the first one for good.
            corrected = anchor.first_host is not None and each.lead_office == anchor.host_office and _is_hosted(step)
            named_after = anchor.first_host if corrected and anchor.first_host else each.lead_office
            role = Role(each.role)
            term = terms[role]
            if term is not None and term.due_date < self.issue.on_date and anchor is self.issue and not occasion.period:
                term = passed(term, self.issue.on_date)
            office, *joint = self._today((each.office, *each.joint), part)
            # What fell due before the work was assigned at all is not owed.
            if term is None or term.due_date < self.issue.on_date or (offices and office not in offices):
                continue
            yield PlannedAssignment(
                priority=self.context.priority.code,
                subtask=subtask.code,
                step=step.key,
                variant=each.variant,
                period=occasion.key,
                role=role,
                lead_office=named_after,
                assigned_office=named_after if role is Role.LEAD else each.office,
                office=office,
                monitor_office=monitor,
                anchor_id=anchor.id,
                urgency=anchor.urgency,
                basis=basis[role],
                due=term,
                ladder=ladder,
                joint_offices=tuple(joint),
                named_offices=tuple(told for told in self._today(each.named, part) if told not in (office, *joint)),
                words=step.words_of(each.role),
            )

    def _today(self, offices: Iterable[str], part: Sequence[str]) -> tuple[str, ...]:
        """The offices that answer for these today, each once: two that became one hold the work once."""
        plan, today = self.context.plan, self.context.today
        return tuple(dict.fromkeys(plan.current_office(office, today, part) for office in offices))

    def _due(self, subtask: Subtask, step: Step, role: Role, occasion: _Occasion) -> Due | None:
        """When it falls due, or why it has no day (yet); None where nothing is owed."""
        rule = step.due.lead if role is Role.LEAD else step.due.helpers_rule
        if rule is None:
            return None
        return term_of(
            after_what_it_needs(self.context.plan, subtask, step, rule),
            self.context,
            on=occasion.on if occasion.period is None else None,
            anchor=occasion.anchor if occasion.period is None else None,
            period=occasion.period,
            words=step.words_of("lead" if role is Role.LEAD else "coordinating"),
        )


def _is_hosted(step: Step) -> bool:
    return any(lead.host for team in step.teams() for lead in team.leads)


def _refuse_unfitting(periods: Collection[str], steps: Iterable[Step], anchors: Sequence[Anchor]) -> None:
    """A period that no step of the priority works by is a slip of the pen, not an empty run."""
    cadences = {step.trigger if step.trigger == step.rhythm else "month" for step in steps}
    keys = {anchor.key for anchor in anchors}
    for key in periods:
        if key.startswith(ANCHORED):
            if key not in keys:
                raise Refused(
                    f"Kỳ «{key}»: chưa đăng ký văn bản hoặc sự kiện đó.",
                    f"Period '{key}': no such document or event is registered.",
                )
        elif (cadence := parse_period(key).cadence) not in cadences:
            raise Refused(
                f"Kỳ «{key}»: nhiệm vụ này không có việc nào theo kỳ như vậy.",
                f"Period '{key}': this priority task has no work with such a period ({cadence}).",
            )
