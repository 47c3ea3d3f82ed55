"""Much work, written in bulk: as many assignments as a test wants, in all priorities, some of them due soon."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import product
from pathlib import Path

from sqlalchemy import insert, select
from sqlmodel import Session, col

from config.catalogue.plan import Plan
from config.clock import end_of_day
from config.settings import PLAN_0_1_DIR
from models.alerts.timetables import timetable_id
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import Role, State, Urgency
from tests.support.cast import ISSUED, MONITOR, at

NOW = at("2023-09-12")
DUE_SOON, DUE_LATER = date(2023, 9, 19), date(2024, 3, 29)
RUNG = f"due_in_5:{DUE_SOON}"
"""What is to be said of each assignment that is due soon, and of no other."""

_AT_ONCE = 50_000
_OFFICE = '  - {{code: DV{n:04}, name_vi: "Đơn vị số {n}", name_en: "Unit {n}", kind: state}}\n'


def wide_plan(folder: Path, *, offices: int) -> Path:
    """A copy of the plan as shipped with so many offices more, which the plan itself gives nothing to do."""
    shutil.copytree(PLAN_0_1_DIR, folder)
    with (folder / "offices.yaml").open("a", encoding="utf-8") as file:
        file.writelines(_OFFICE.format(n=n) for n in range(offices))
    return folder


def lay_in(store: Store, *, size: int, due: int) -> None:
    """``size`` assignments, as many for each priority and each unit; of ``due`` of them the first reminder is due."""
    offices = [office.code for office in store.plan.offices if office.code.startswith("DV")]
    groups = len(store.plan.priorities) * len(offices)
    with session_scope(store.engine) as session:
        rows: list[dict[str, object]] = []
        for due_on, numbers in (
            (DUE_SOON, range(due // groups)),
            (DUE_LATER, range(due // groups, size // groups)),
        ):
            timetable, first = _timetable(session, store, due_on)
            common = _common(due_on) | {"timetable_id": timetable, "next_alert_at": first}
            rows += _rows(store.plan, offices, numbers, common)
        assert len(rows) == size
        for begin in range(0, size, _AT_ONCE):
            session.execute(insert(Assignment), rows[begin : begin + _AT_ONCE])
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # as PostgreSQL does by itself within minutes


def _timetable(session: Session, store: Store, due_on: date) -> tuple[int, datetime]:
    """The timetable of work due then, and when its first reminder is to be said."""
    ladder = store.plan.ladder("standard")
    timetable = timetable_id(session, ladder, assigned_on=ISSUED, due_on=due_on, today=ISSUED, calendar=store.calendar)
    reminders = select(col(TimetableRung.fire_at)).where(
        col(TimetableRung.timetable_id) == timetable, col(TimetableRung.rung) == f"due_in_5:{due_on}"
    )
    return timetable, session.scalars(reminders).one()


def _rows(
    plan: Plan, offices: Sequence[str], numbers: Sequence[int], common: dict[str, object]
) -> Iterator[dict[str, object]]:
    for priority in plan.priorities:
        subtask = next(subtask for subtask in priority.subtasks if subtask.steps)
        what = {"priority": priority.code, "subtask": subtask.code, "step": subtask.steps[0].key}
        for office, number in product(offices, numbers):
            whose = {"lead_office": office, "assigned_office": office, "office": office}
            yield common | what | whose | {"period": f"event:{number}"}


def _common(due_on: date) -> dict[str, object]:
    due_at = end_of_day(due_on)
    return {
        "variant": "",
        "role": Role.LEAD,
        "monitor_office": MONITOR,
        "urgency": Urgency.NORMAL,
        "state": State.ACKNOWLEDGED,
        "rule": "ISSUE+20",
        "basis": "proposal",
        "due_at": due_at,
        "due_date": due_on,
        "original_due_at": due_at,
        "original_due_date": due_on,
        "explanation_vi": "20 ngày làm việc",
        "explanation_en": "20 working days",
        "calendar_version": "x",
        "rung_done": 0,
        "assigned_at": at(ISSUED),
        "acknowledged_at": at(ISSUED),
    }
