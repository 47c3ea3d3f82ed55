"""Silences: reminders not sent for a while, and lifting a silence early."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, and_, col, func, or_, select

from config.boundary import checked_reason
from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.periods import named_period, parse_period
from config.text.suggestions import without_accents
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.errors import NotFound
from models.tables.outbox import Silence
from models.tables.party import Part, Party

LONGEST_DAYS = 366
"""Of a silence: a year slipped by in typing would hold reminders back for good."""


def silence(
    session: Session,
    *,
    office: str | None = None,
    subtask: str | None = None,
    period: str | None = None,
    until: date,
    reason: str,
    context: ActorContext,
) -> Silence:
    """Hold back reminders to an office, on a subtask, for a reporting period, or where these meet, through ``until``.

    Work goes on and lateness is counted as always; only reminders are not sent, and each is recorded as silenced.
    """
    blank = any(each is not None and not each.strip() for each in (office, subtask, period))
    if blank or (office is None and subtask is None and period is None):
        raise Refused(
            "Chọn cơ quan, việc hoặc kỳ báo cáo cần tạm ngừng nhắc.",
            "Choose the office, the subtask or the reporting period to pause reminders for.",
        )
    reason = checked_reason(reason, "Lý do", "Reason")
    if until < context.today:
        raise Refused(
            f"Đến hết ngày {until:%d/%m/%Y} đã qua; chọn ngày từ hôm nay trở đi.",
            f"{until:%d/%m/%Y} has passed; choose today or later.",
        )
    if until > (latest := context.today + timedelta(days=LONGEST_DAYS)):
        raise Refused(
            f"Đến hết ngày {until:%d/%m/%Y} quá xa; tạm ngừng nhắc tối đa một năm, đến {latest:%d/%m/%Y}.",
            f"{until:%d/%m/%Y} is too far ahead; reminders pause for a year at most, until {latest:%d/%m/%Y}.",
        )
    if office is not None:
        office = _existing(office, context)
    lock_audit_chain(session)
    subtask = context.plan.subtask(subtask).code if subtask else None
    period = _period(session, period.strip(), subtask, context) if period else None
    same = (Silence.office == office, Silence.subtask == subtask, Silence.period == period)
    identical = select(Silence).where(*same, Silence.until == until, Silence.reason == reason)
    if found := session.exec(identical.where(_in_force(context.today))).first():
        return found  # the button was pressed twice
    made = Silence(
        office=office,
        subtask=subtask,
        period=period,
        until=until,
        reason=reason,
        set_by=context.actor,
        set_at=context.now,
    )
    session.add(made)
    session.flush()
    which = {"office": made.office, "subtask": made.subtask, "period": made.period}
    record(session, context, "silence", f"silence:{made.id}", **which, until=until.isoformat(), reason=reason)
    return made


def lift(session: Session, silence_id: int, context: ActorContext) -> None:
    """End a silence early; lifting it twice changes nothing. Raises ``NotFound``."""
    lock_audit_chain(session)
    found = session.get(Silence, silence_id)
    if found is None:
        raise no_silence(silence_id)
    if found.lifted_at is None:
        found.lifted_at = context.now
        record(session, context, "lift_silence", f"silence:{silence_id}")


def no_silence(silence_id: int) -> NotFound:
    """What is said of one that is not there."""
    return NotFound(f"Không có lần tạm ngừng nhắc số {silence_id}.", f"There is no reminder pause no. {silence_id}.")


def silences(session: Session, today: date, plan: Plan | None = None) -> Sequence[Silence]:
    """The silences in force on ``today``, the first to end first; of a part of the plan those of its subtasks."""
    in_force = select(Silence).where(_in_force(today)).order_by(col(Silence.until), col(Silence.id))
    if plan is not None and not plan.is_whole:
        in_force = in_force.where(col(Silence.subtask).in_([each.code for each in plan.known_subtasks()]))
    return session.exec(in_force).all()


def ending_with(session: Session, offices: Collection[str], today: date) -> Sequence[Silence]:
    """The silences in force that hold for these offices alone; whoever takes over their work is reminded."""
    return [each for each in silences(session, today) if each.office in offices]


def silenced(session: Session, assignments: Collection[int], today: date) -> Mapping[int, set[str]]:
    """Who of those that lead these assignments is concerned by a silence in force on ``today``, by assignment."""
    found: dict[int, set[str]] = defaultdict(set)
    for number, code in session.execute(_silenced(), {"assignments": [*assignments], "today": today}):
        found[number].add(code)
    return found


@cache  # every round of the courier asks
def _silenced() -> Select[Any]:
    assignments = bindparam("assignments", type_=BigInteger, expanding=True)
    today = bindparam("today", type_=Date)
    is_one, office = col(Assignment.id).in_(assignments), col(Assignment.office)
    alone: Select[Any] = select_columns(col(Assignment.id).label("id"), office.label("office")).where(is_one)
    joint = select_columns(col(Party.assignment_id), col(Party.office)).where(
        col(Party.assignment_id).in_(assignments), col(Party.part) == Part.JOINT
    )
    lead = alone.union_all(joint).subquery("lead")
    concerned = and_(
        or_(col(Silence.office).is_(None), Silence.office == lead.c.office),
        or_(col(Silence.subtask).is_(None), Silence.subtask == Assignment.subtask),
        or_(col(Silence.period).is_(None), Silence.period == Assignment.period, _is_of_its_month),
    )
    query = select_columns(lead.c.id, lead.c.office).join(Assignment, col(Assignment.id) == lead.c.id)
    return query.join(Silence, concerned).where(_in_force(today))


_is_of_its_month = and_(
    col(Assignment.period).like("____-__-D_"), Silence.period == func.substr(col(Assignment.period), 1, 7)
)
"""Whether it is one of several times in the month that a silence names."""


def _existing(name: str, context: ActorContext) -> str:
    """The code of an office that has not ended; raises ``Refused``, naming who took over."""
    office = context.plan.office_named(name)
    if office.valid_to is None or office.valid_to >= context.today:
        return office.code
    heirs = ", ".join(sorted({each.office for each in office.heirs} | {office.successor or ""} - {""}))
    raise Refused(
        f"Cơ quan {office.code} đã kết thúc ngày {office.valid_to:%d/%m/%Y}; chọn cơ quan nhận việc ({heirs}).",
        f"Office {office.code} ended on {office.valid_to:%d/%m/%Y}; choose the office that took over its work "
        f"({heirs}).",
    )


def _period(session: Session, key: str, subtask: str | None, context: ActorContext) -> str:
    """The key of an existing period, also of a document's or an event's, of the subtask where one is given; or of the
    one that words mean, «quý IV/2026».

    Raises ``Refused``. Nobody learns by trying which documents and events another subtask has.
    """
    its = select(Assignment.id).where(Assignment.period == key)
    if session.exec(its if subtask is None else its.where(Assignment.subtask == subtask)).first() is not None:
        return key
    words = without_accents(key)
    if (named := named_period(words)) is not None and named.text == words:
        if not named.year:
            raise Refused(
                f"Kỳ «{key}»: ghi cả năm, như «{key}/{context.today.year}».", f"Period '{key}': add its year."
            )
        key = named.key
    return parse_period(key).key


def _in_force(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    return and_(col(Silence.until) >= today, col(Silence.lifted_at).is_(None))
