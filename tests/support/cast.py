"""The fixed cast of the tests and the few things they all do.

SYT (health) is the office most stories follow; CAT (police) coordinates and is told of long delays; BNC monitors.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from config.clock import HANOI
from config.settings import Settings
from flows.forms import fill_in
from flows.steps import Summary
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, NoticeState, Role
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work.assigning import assign
from models.work.directives import anchors, issue_directive
from models.work.planning import planned_assignments
from tests.support.following_up import follow_up_once
from tests.support.past import live
from tests.support.plans import one_step

NUMBER = "123-TB/TU"
ISSUED = date(2023, 8, 17)

LEAD = "SYT"
TYPED_REPORT = {
    "so_ton_tai": "3",
    "so_nguyen_nhan_chu_quan": "2",
    "document_number": "45/BC-SYT",
    "document_date": "2023-08-18",
    "text": "Đã phân tích, làm rõ nguyên nhân.",
    "action": "send",
}
"""The fields of a report of T0.1 in its form, with nothing wrong."""
COORDINATOR = "CAT"
MONITOR = "BNC"


def at(day: date | str, hour: int = 8, minute: int = 0) -> datetime:
    """A moment in Hà Nội."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(hour, minute), tzinfo=HANOI)


DAY = at("2025-01-08")
"""When ``one_step_assigned`` assigns."""


def issue(store: Store, *, number: str = NUMBER, on_date: date = ISSUED) -> None:
    """Register the assigning document."""
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(on_date), actor="coordinator")
        issue_directive(session, number=number, on_date=on_date, context=context)


@contextmanager
def one_step_issued(settings: Settings, step: str, *, on_date: date, directive: str = "") -> Iterator[Store]:
    """A store by the plan of ``one_step`` alone, issued on that day."""
    folder = settings.data_dir / "its-plan"
    folder.mkdir(parents=True)
    one_step(folder / "plan.yaml", step, directive=directive)
    with open_store(replace(settings, plan_dir=folder)) as store:
        issue(store, on_date=on_date)
        yield store


@contextmanager
def one_step_assigned(settings: Settings, folder: Path, step: str, *, subtask: str = "") -> Iterator[Store]:
    """A store by the plan of ``one_step``, issued on 6/1/2025 and assigned on ``DAY``."""
    with open_store(replace(settings, plan_dir=one_step(folder / "plan.yaml", step, subtask=subtask))) as store:
        issue(store, number="45/KH-UBND", on_date=date(2025, 1, 6))
        with session_scope(store.engine) as session:
            of_priority = store.actor_context(now=DAY, actor="flow:p1").for_priority("p1")
            assign(session, list(planned_assignments(of_priority, anchors(session))), of_priority)
        yield store


def run(store: Store, priority: str, when: datetime, *, offices: Iterable[str] = (LEAD,), run_key: str = "") -> Summary:
    """One run of a priority as of ``when``, all steps, without Prefect."""
    form = fill_in(priority, {"offices": tuple(offices)}, store.plan)
    return follow_up_once(store, priority, form, when, run_key or when.isoformat())


def begin(
    store: Store, priority: str, *days: datetime, offices: Iterable[str] = (LEAD,), on_date: date = ISSUED
) -> Summary:
    """What a story begins with: the document issued on ``on_date``, and a run on each of ``days``; returns the last."""
    offices = tuple(offices)

    def past(store: Store) -> Summary:
        if before := days[:-1]:
            begin(store, priority, *before, offices=offices, on_date=on_date)
        else:
            issue(store, on_date=on_date)
        return run(store, priority, days[-1], offices=offices)

    return live(store, past, priority, days, offices, on_date)


def assignment_of(session: Session, subtask: str, *, office: str = LEAD, role: Role = Role.LEAD) -> Assignment:
    """The one assignment of ``office`` for ``subtask``."""
    query = select(Assignment).where(
        col(Assignment.subtask) == subtask, col(Assignment.office) == office, col(Assignment.role) == role
    )
    return session.scalars(query.order_by(col(Assignment.id))).first() or _missing(subtask, office)


def _missing(subtask: str, office: str) -> Assignment:
    raise AssertionError(f"{office} has no {subtask}")


def number_of(store: Store, subtask: str, *, office: str = LEAD, role: Role = Role.LEAD) -> int:
    """The number of that assignment."""
    with session_scope(store.engine) as session:
        return assignment_of(session, subtask, office=office, role=role).id or 0


def assignment_in(store: Store, assignment_id: int) -> Assignment:
    """The assignment with this id."""
    with session_scope(store.engine) as session:
        found = session.get(Assignment, assignment_id)
        assert found is not None
        return found


def told(store: Store, assignment_id: int, state: NoticeState = NoticeState.SENT) -> list[tuple[NoticeKind, str, str]]:
    """What was said about an assignment, in order: kind, rung without its date, recipient."""
    with session_scope(store.engine) as session:
        notices = session.scalars(
            select(Notice)
            .where(col(Notice.assignment_id) == assignment_id, col(Notice.state) == state)
            .order_by(col(Notice.id))
        ).all()
        return [(n.kind, n.rung.partition(":")[0], f"{n.office}/{n.desk.value}") for n in notices]


def t0_report(**changes: object) -> ReportContent:
    """A right report on T0.1, with changes."""
    content = {
        "counts": {"so_ton_tai": 3, "so_nguyen_nhan_chu_quan": 2},
        "document_number": "45/BC-SYT",
        "document_date": date(2023, 8, 18),
        "text": "Đã phân tích các tồn tại theo yêu cầu.",
        "difficulties": "Số liệu của cơ sở gửi chậm.",
        "proposals": "Hướng dẫn thống nhất biểu mẫu.",
    }
    return ReportContent(**(content | changes))  # type: ignore[arg-type]
