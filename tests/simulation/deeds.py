"""Deeds of the coordinator on many assignments: looked at, and done as they were looked at."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session

from config.rules.working_time import Override
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.deed import ItemKind
from models.work.deeds.apply import Change, apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.direct import give_to, move_dates, withdraw_all
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from models.work.deeds.prepared import PreparedItem, prepared_items
from models.work.deeds.undo import undoing
from models.work.register.changes import end
from tests.simulation.act import Act, Stage
from tests.simulation.house import ENDING, LEADS, PLAN
from tests.simulation.seen import OPEN, Answer
from tests.simulation.witness import Claim
from tests.support.plans import one_file

WHY = grounds(reason="Theo yêu cầu của lãnh đạo.")


def move(stage: Stage) -> Act | None:
    numbers = _some_open(stage)
    to = stage.today + timedelta(days=stage.chance.randint(-3, 20))
    return _deed(
        stage,
        f"move {numbers} to {to}",
        lambda _, context: move_dates(numbers, to, provenance=WHY, context=context),
        due=stage.rolled(to),
    )


def give(stage: Stage) -> Act | None:
    numbers, office = _some_open(stage), stage.chance.choice(LEADS)
    return _deed(
        stage,
        f"give {numbers} to {office}",
        lambda _, context: give_to(numbers, office, provenance=WHY, context=context),
    )


def take_back(stage: Stage) -> Act | None:
    numbers = _some_open(stage)
    return _deed(
        stage,
        f"withdraw {numbers}",
        lambda _, context: withdraw_all(numbers, provenance=WHY, context=context),
    )


def undo(stage: Stage) -> Act | None:
    deeds = [number for number, deed in stage.seen.tables["deed"].items() if deed["kind"] == "direct"]
    if not deeds:
        return None
    number = stage.chance.choice(deeds[-4:])
    return _deed(
        stage,
        f"undo {number}",
        lambda session, context: undoing(session, number, "Ghi nhầm, nay sửa lại.", context),
    )


def amend(stage: Stage, folder: Path) -> Act | None:
    """A new edition by a paper: a date, a lead, a subtask dropped or back again, by the real reading of its file."""
    text = PLAN
    for old, new in (
        ("ISSUE+12}", "ISSUE+15}"),
        ("lead: SYT, coordinating: [SNV]", "lead: STC, coordinating: [SNV]"),
        ("ISSUE+8}", "ISSUE+10}"),
        ("CLOSE+3", "CLOSE+5"),
        ("lead: VHTT", "lead: SNV"),
        ("lead: [STC, SNV], named: [HOI]", "lead: [STC, SYT], named: [HOI, VHTT]"),
    ):
        if stage.chance.random() < 0.3:
            text = text.replace(old, new)
    if stage.chance.random() < 0.3:
        text = text[: text.index("    - code: T2.5")]
    number = stage.next_serial()
    paper = grounds(paper_number=f"{number}/KH-UBND", paper_date=stage.today, needs_reason=False)

    path = one_file(folder / f"amended-{number}.yaml", text)

    def change(session: Session, context: ActorContext) -> Change:
        in_force = PlanInForce(context.plan, context.calendar, context.editions)
        plan, calendar = plan_from(path, in_force, context.today)
        return amendment(session, plan, calendar, provenance=paper, context=context)

    return _deed(stage, f"amend by {number}", change)


def late_holiday(stage: Stage) -> Act | None:
    """A notice of a day off, soon; it moves nothing by itself."""
    day = stage.later(stage.chance.randint(1, 8))
    number = stage.next_serial()
    paper = grounds(paper_number=f"{number}/TB-VPCP", paper_date=stage.today, needs_reason=False)
    off = Override(day, "day_off", paper.paper_number, "nghỉ bù", "a day off")
    act = _deed(
        stage,
        f"notice {number}: {day} is off",
        lambda _, context: holiday_notice([off], provenance=paper, context=context),
    )
    act.done = lambda _: stage.close(day)
    return act


def recalculate(stage: Stage) -> Act | None:
    return _deed(stage, "recalculate", recalculated_by)


def end_office(stage: Stage) -> Act | None:
    """An office ends, today or soon, and another takes over what it has."""
    (code,), heir = ENDING, "SNV"
    if code in stage.heirs:
        return None
    on = stage.today + timedelta(days=stage.chance.randint(0, 6))
    number = stage.next_serial()
    paper = grounds(paper_number=f"{number}/NQ-HĐND", paper_date=stage.today, effective_on=on, needs_reason=False)
    act = _deed(
        stage,
        f"{code} ends on {on}",
        lambda session, context: end(session, code, heir, provenance=paper, context=context),
    )
    stage.heirs[code] = heir  # from the moment of trying: whether it was done is for the runs to find
    return act


def _some_open(stage: Stage) -> list[int]:
    numbers = [n for n, row in stage.seen.assignments.items() if row["state"] in OPEN]
    return sorted(stage.chance.sample(numbers, min(len(numbers), stage.chance.randint(1, 4))))


def _deed(
    stage: Stage,
    name: str,
    change_of: Callable[[Session, ActorContext], Change],
    *,
    due: date | None = None,
) -> Act:
    """Looked at, confirmed, done; what was looked at is what is expected.

    due  on which day all that moves is due, as it is known beforehand
    """
    claim = Claim(name)

    def do(store: Store) -> None:
        context = stage.context(store, "coordinator")
        with reading_session(store.engine) as session:
            change = change_of(session, context)
        with previewing(store.engine, change) as (connection, prepared):
            items, digest = list(prepared_items(connection)), prepared.digest
        claim.expected = _expected(stage, items)
        if due is not None:
            assert {each.to_due_date for each in items} <= {due}, f"{name}: not due on {due}"
        apply(store.engine, change, confirmed=digest, may_be_late=True)
        mirror_configuration(store.engine, change.context.plan, store.contacts)

    return Act(claim, stage.portal, do)


def _expected(stage: Stage, items: Sequence[PreparedItem]) -> dict[int, Answer]:
    """What becomes of the assignments that a preview shows."""
    expected = {}
    for item in items:
        number = item.assignment_id
        if number is None or number not in stage.seen.assignments or item.kind is ItemKind.LEFT:
            continue
        state = stage.seen.answer(number).state
        if item.kind is ItemKind.WITHDRAWN:
            state = "withdrawn"
        elif item.kind is ItemKind.RESTORED:
            state = "assigned" if item.asks_anew else _before_withdrawn(stage, number)
        elif item.asks_anew and state == "acknowledged":
            state = "assigned"
        expected[number] = Answer(state, item.to_office, item.to_due_date.isoformat())
    return expected


def _before_withdrawn(stage: Stage, number: int) -> str:
    (last, *_) = stage.eye.rows(
        "SELECT from_state FROM deed_item WHERE assignment_id = ? AND kind = 'withdrawn' ORDER BY deed_id DESC", number
    )
    return str(last["from_state"])
