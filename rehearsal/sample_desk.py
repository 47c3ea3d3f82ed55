"""What lies on the sample's desk beside reports and requests: moved dates, questions, a directive as a draft."""

from datetime import date, datetime, time
from pathlib import Path

from sqlmodel import Session, col, select

from config.clock import HANOI
from intake.directives.correcting.bringing_in import bring_in
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, Role
from models.work.deeds.apply import apply, previewing
from models.work.deeds.direct import move_dates
from models.work.deeds.grounds import grounds
from models.work.verbs.asking import answer, ask
from notifications.courier.courier import deliver

_DIRECTIVE = Path(__file__).parent / "sample_directive.txt"
"""Invented, and says so: what a coordinator finds as a draft to correct."""

_AT = time(10, 30)
_MOVED_BY = 10
"""Working days."""

_OFFICES_ASK = (
    "Số liệu kỳ này lấy đến ngày 14 hay đến hết tháng?",
    "Biểu của kỳ trước có cột «chuyển kỳ sau»; kỳ này có phải điền không?",
)
_DESK_ASKS = "Việc đã quá hạn; đề nghị cho biết ngày dự kiến gửi báo cáo và vướng mắc, nếu có."
_OFFICE_ANSWERS = "Đang chờ số liệu của các xã, phường; dự kiến gửi trong tuần sau."


def leave_on_the_desk(store: Store, day: date) -> None:
    """On ``day`` the coordinator moves the dates of one subtask and asks two late offices, of which one answers; two
    other offices ask; a second directive comes in as a text. Where there is less open work, less is done."""
    now = datetime.combine(day, _AT, tzinfo=HANOI)
    with reading_session(store.engine) as session:
        ahead, late = _open_work(session, day)
    _move_one_subtask(store, ahead, now)
    desk = store.actor_context(now=now, actor="coordinator")
    with session_scope(store.engine) as session:
        for assignment, text in zip(reversed(ahead), _OFFICES_ASK, strict=False):
            ask(session, assignment.id or 0, text, _office(store, assignment, now))
        for place, assignment in enumerate(late[:2]):
            asked = ask(session, assignment.id or 0, _DESK_ASKS, desk)
            if place and asked.id is not None:
                answer(session, assignment.id or 0, asked.id, _OFFICE_ANSWERS, _office(store, assignment, now))
    with _DIRECTIVE.open("rb") as file:
        bring_in(store, "ke-hoach-cai-cach-hanh-chinh-2027-mau.txt", file, desk)
    deliver(store, now=now)


def _open_work(session: Session, day: date) -> tuple[list[Assignment], list[Assignment]]:
    """What leads owe: due after ``day``, and overdue; each the nearest date first."""
    owed = select(Assignment).where(
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
        Assignment.role == Role.LEAD,
        col(Assignment.due_date).is_not(None),
    )
    rows = session.exec(owed.order_by(col(Assignment.due_date), col(Assignment.id))).all()
    ahead = [each for each in rows if each.due_date is not None and each.due_date > day]
    return ahead, [each for each in rows if each not in ahead]


def _move_one_subtask(store: Store, ahead: list[Assignment], now: datetime) -> None:
    """The subtask that is due next, of all its offices."""
    if not ahead:
        return
    first = ahead[0]
    same = [each for each in ahead if (each.subtask, each.due_date) == (first.subtask, first.due_date)]
    assert first.due_date is not None
    change = move_dates(
        [each.id or 0 for each in same],
        store.calendar.add(first.due_date, _MOVED_BY),
        provenance=grounds(reason="Hội nghị giao ban lùi sang nửa cuối tháng."),
        context=store.actor_context(now=now, actor="coordinator"),
    )
    with previewing(store.engine, change) as (_, prepared):
        digest = prepared.digest
    apply(store.engine, change, confirmed=digest)


def _office(store: Store, assignment: Assignment, now: datetime) -> ActorContext:
    return store.actor_context(now=now, actor=f"office:{assignment.office}")
