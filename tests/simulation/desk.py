"""What the coordinator decides on single assignments, and about reminders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session

from models.alerts.silences import lift, silence
from models.delivery.dead_letters import send_all_again
from models.delivery.message_log import MessageFilter
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.work import verbs
from models.work.directives import issue_directive, register_event
from tests.simulation.act import Act, Stage
from tests.simulation.seen import OPEN, WAITING_FOR_OFFICE
from tests.simulation.witness import Claim

WHY = "Theo yêu cầu của lãnh đạo."


def issue(stage: Stage) -> Act:
    """The document that assigns the work: what every life begins with."""

    def do(session: Session, context: ActorContext) -> None:
        issue_directive(session, number="45/KH-UBND", on_date=context.today, context=context)

    return _unit(stage, Claim("issue"), do)


def accept(stage: Stage) -> Act | None:
    act = _on(stage, "accept", ("reported",), lambda s, n, c: verbs.accept(s, n, c), "accepted", "report_accepted")
    if act is None:
        return None
    for number, answer in act.claim.expected.items():
        if answer.state == "accepted" and stage.seen.assignments[number]["timing"] == "standing":
            act.claim.expected[number] = answer._replace(state="acknowledged")  # what never ends goes on
    return act


def return_(stage: Stage) -> Act | None:
    return _on(
        stage, "return", ("reported",), lambda s, n, c: verbs.return_(s, n, WHY, c), "returned", "report_returned"
    )


def suspend(stage: Stage) -> Act | None:
    return _on(
        stage, "suspend", WAITING_FOR_OFFICE, lambda s, n, c: verbs.suspend(s, n, WHY, c), "suspended", "suspended"
    )


def withdraw(stage: Stage) -> Act | None:
    states = (*WAITING_FOR_OFFICE, "suspended")
    act = _on(stage, "withdraw", states, lambda s, n, c: verbs.withdraw(s, n, WHY, c), "withdrawn", "withdrawn")
    for number, answer in list(act.claim.expected.items()) if act else ():
        lead = stage.seen.assignments[number]
        if act and answer.state == "withdrawn" != lead["state"] and lead["role"] == "lead":
            for part in stage.seen.assignments.values():
                if part["role"] != "lead" and part["state"] in states and all(part[n] == lead[n] for n in _THE_GROUP):
                    act.claim.expected |= stage.expected(part, state="withdrawn")
    return act


_THE_GROUP = ("subtask", "step", "variant", "period", "lead_office")


def resume(stage: Stage) -> Act | None:
    if (row := stage.some("suspended")) is None:
        return None
    until = stage.rolled(stage.today + timedelta(days=stage.chance.randint(1, 15)))
    act = _unit(
        stage,
        Claim(f"resume {row['id']}", expected=stage.expected(row, state="assigned", due_date=until.isoformat())),
        lambda session, context: verbs.resume(session, row["id"], until, context),
    )
    return replace(act, must_succeed=True, told=("resumed",))


def decide_on_time(stage: Stage) -> Act | None:
    """Grant a request for more time, or refuse it."""
    waiting = [each for each in stage.seen.tables["extension"].values() if each["state"] == "requested"]
    if not waiting:
        return None
    request = stage.chance.choice(waiting)
    row = stage.seen.assignments[request["assignment_id"]]
    if stage.chance.random() < 0.3:
        act = _unit(
            stage,
            Claim(f"refuse time {row['id']}", expected=stage.expected(row)),
            lambda session, context: verbs.refuse_extension(session, row["id"], WHY, context),
        )
        return replace(act, must_succeed=row["state"] in OPEN, told=("extension_refused",))
    granted = stage.rolled(date.fromisoformat(request["requested_until"]))
    right = granted > stage.today and granted.isoformat() > row["due_date"] and row["state"] in OPEN
    act = _unit(
        stage,
        Claim(
            f"grant time {row['id']}",
            expected=stage.expected(row, **({"due_date": granted.isoformat()} if right else {})),
        ),
        lambda session, context: verbs.grant_extension(session, row["id"], None, context),
    )
    return replace(act, must_succeed=right, told=("extension_granted",) if right else ())


def hold_reminders(stage: Stage) -> Act | None:
    """A silence, or the end of one."""
    held = [n for n, each in stage.seen.tables["silence"].items() if each["lifted_at"] is None]
    if held and stage.chance.random() < 0.5:
        number = stage.chance.choice(held)
        return _unit(stage, Claim(f"lift {number}"), lambda session, context: lift(session, number, context))
    if (row := stage.some(*WAITING_FOR_OFFICE)) is None:
        return None
    which = stage.chance.choice([{"office": row["office"]}, {"subtask": row["subtask"]}, {"period": row["period"]}])
    until = stage.today + timedelta(days=stage.chance.randint(0, 6))
    return _unit(
        stage,
        Claim(f"silence {which}"),
        lambda session, context: silence(session, **which, until=until, reason=WHY, context=context),
    )


def send_again(stage: Stage) -> Act | None:
    """What was given up, once more."""
    if not any(each["state"] == "dead" for each in stage.seen.tables["message"].values()):
        return None

    def do(store: Store) -> int:
        return send_all_again(store.engine, MessageFilter(), stage.context(store, "coordinator"))

    return Act(Claim("send again"), stage.portal, do, must_succeed=True)


def enter_event(stage: Stage) -> Act:
    day, title = stage.today + timedelta(days=stage.chance.randint(0, 5)), f"Hội nghị lần {stage.next_serial()}"

    def do(session: Session, context: ActorContext) -> None:
        register_event(session, subtask="T2.2", title=title, on_date=day, context=context, may_be_late=True)

    return replace(_unit(stage, Claim(f"event on {day}"), do), must_succeed=True)


def _on(
    stage: Stage,
    name: str,
    states: tuple[str, ...],
    verb: Callable[[Session, int, ActorContext], object],
    to: str,
    told: str,
) -> Act | None:
    """A verb on an assignment, mostly on one that stands where it fits."""
    row = stage.some(*(() if stage.chance.random() < 0.1 else states))
    if row is None:
        return None
    right, number = row["state"] in states, row["id"]
    claim = Claim(f"{name} {number}", expected=stage.expected(row, **({"state": to} if right else {})))
    act = _unit(stage, claim, lambda session, context: verb(session, number, context))
    return replace(act, must_succeed=right, told=(told,) if right else ())


def _unit(stage: Stage, claim: Claim, do: Callable[[Session, ActorContext], object]) -> Act:
    """One unit of work, as a page does it."""

    def in_scope(store: Store) -> None:
        with session_scope(store.engine) as session:
            do(session, stage.context(store, "coordinator"))

    return Act(claim, stage.portal, in_scope)
