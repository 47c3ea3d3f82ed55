"""A store after long use, and how its database goes about the questions that must stay quick in it.

``grow`` lays the lives that are there many times over, in a few statements; ``ask`` asks what runs, couriers, the
portal and whoever watches ask all day, and gives every statement; ``faults`` tells which of them would read a large
table from its first row to its last, or find what is due by another index than the one made for it.
``benchmarks/plans.py`` looks at a million assignments in the same way.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, event, func, literal, select, text, true, update
from sqlmodel import Session, SQLModel, col

from models.alerts.attention import attention_counts
from models.alerts.due_alerts import sweep
from models.delivery import leases
from models.delivery.auditor import LOOKBACK, audit_follow_up
from models.delivery.dead_letters import dead_letters
from models.delivery.fallback import start_fallbacks
from models.delivery.grouping import group_waiting
from models.delivery.windows import DeliveryWindow, defer_to_window
from models.keeping.opening import Store
from models.store.audit import AuditEvent
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState, ReportState, State, Status
from models.tables.outbox import Message, Notice
from models.tables.report import Report
from models.work.lists.desk_list import decisions_waiting
from models.work.lists.office_list import work_list
from models.work.queries import AssignmentFilter, assignments, history
from reports.board.board import board
from reports.board.board_markdown import trend
from reports.board.situation import due_trend, situation, situation_lanes
from reports.figures import tally
from reports.spans import span_of

# What grows with the years, parents first: its key, what hangs on which parent, and what must differ between copies.
_COPIED: tuple[tuple[type[SQLModel], str, Mapping[str, type[SQLModel]], Sequence[str]], ...] = (
    (Message, "id", {}, ("message_key",)),
    (Assignment, "id", {}, ("period",)),
    (Report, "id", {"assignment_id": Assignment}, ("submission",)),
    (Notice, "id", {"assignment_id": Assignment, "message_id": Message}, ()),
    (AuditEvent, "seq", {}, ("subject",)),
)

LARGE = frozenset(table_of(model).name for model, *_ in _COPIED)
"""The other tables a database may well read whole."""


def grow(engine: Engine, *, times: int, now: datetime) -> int:
    """Lay everything there is ``times`` over, nearly all of it done and told; gives how many assignments there are."""
    with engine.begin() as connection:
        last = {model: connection.scalar(select(func.max(table_of(model).c[key]))) or 0 for model, key, *_ in _COPIED}
        number = select(literal(1).label("number")).cte("copies", recursive=True)
        copies = number.union_all(select(number.c.number + 1).where(number.c.number < times - 1))
        for model, key, parents, distinct in _COPIED:
            table, moved = table_of(model), {key: model, **parents}
            columns = [
                each + copies.c.number * last[moved[each.name]]
                if each.name in moved
                else each + "/" + cast(copies.c.number, String)
                if each.name in distinct
                else each
                for each in table.c
            ]
            connection.execute(table.insert().from_select([*table.c.keys()], select(*columns).join(copies, true())))
        _grow_old(connection, now)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for model, key, *_ in _COPIED:
                if key == "id":
                    name = table_of(model).name
                    connection.execute(
                        text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
                    )
            connection.execute(text("VACUUM ANALYZE"))  # what a server in use does by itself
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Assignment)) or 0


def _grow_old(connection: Connection, now: datetime) -> None:
    """Of forty assignments one stays as it is; what waits to be said or sent is as little as in life."""
    done = {"state": State.ACCEPTED, "reported_at": now, "completed_at": now, "next_alert_at": None}
    connection.execute(update(Assignment).where(col(Assignment.id) % 40 != 0).values(done))
    decided = {"state": ReportState.ACCEPTED, "decided_at": now}
    connection.execute(update(Report).where(col(Report.id) % 40 != 0).values(decided))
    connection.execute(update(Notice).where(col(Notice.id) % 10 != 0).values(state=NoticeState.SENT, sent_at=now))
    superseded = {"state": NoticeState.SUPERSEDED, "message_id": None, "sent_at": None}
    connection.execute(update(Notice).where(col(Notice.id) % 10 == 0).values(superseded))
    waiting = {"state": NoticeState.PENDING, "message_id": None, "sent_at": None}
    connection.execute(update(Notice).where(col(Notice.id) % 400 == 0).values(waiting))
    connection.execute(update(Message).where(col(Message.id) % 400 != 0).values(state=MessageState.SENT, sent_at=now))
    lost = {"state": MessageState.DEAD, "sent_at": None, "fallback_at": now}
    connection.execute(update(Message).where(col(Message.id) % 50 == 1).values(lost))


@dataclass(frozen=True)
class Asked:
    """A statement with its values, and which question it belongs to."""

    question: str
    statement: str
    values: Any


def ask(store: Store, now: datetime) -> Iterator[list[Asked]]:
    """Ask everything once, giving the statements of one question after the other; the store is left as it was."""
    with Session(store.engine) as session:
        connection, heard = session.connection(), []

        def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
            if statement.startswith(("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")):
                heard.append((statement, values[0] if many else values))

        questions = _questions(store, session, now)
        event.listen(connection, "before_cursor_execute", hear)
        for question, put in questions.items():
            put()
            yield [Asked(question, *each) for each in heard]
            heard.clear()
        session.rollback()


def _questions(store: Store, session: Session, now: datetime) -> dict[str, Callable[[], object]]:
    connection, calendar, plan = session.connection(), store.calendar, store.plan
    context = store.actor_context(now=now, actor="flow:p1", run_key="looked at")
    office, monitor, one = session.execute(
        select(col(Assignment.office), col(Assignment.monitor_office), col(Assignment.id)).limit(1)
    ).one()
    of_p1 = col(Assignment.priority) == "p1"
    speaking = DeliveryWindow(store.contacts, calendar, now)
    kind = tuple(each.code for each in plan.offices if each.kind == "state")
    kept: dict[str, Any] = {"now": now, "calendar": calendar}
    recently: dict[str, Any] = {"now": now, "since": now - LOOKBACK, "calendar": store.calendar}
    lists = {
        "all": AssignmentFilter(),
        "of a priority": AssignmentFilter(priority="p3"),
        "of an office": AssignmentFilter(office=office),
        "overdue": AssignmentFilter(status=Status.OPEN_OVERDUE),
        "reported": AssignmentFilter(state=State.REPORTED),
        "of a quarter": AssignmentFilter(due_in=(span_of("2023-Q4").first, span_of("2023-Q4").last)),
    }
    return {
        "sweep": lambda: sweep(session, context),
        "sweep of a priority": lambda: sweep(session, context, priority="p2"),
        "attention counts": lambda: attention_counts(connection, **kept, priority="p1"),
        "auditor": lambda: audit_follow_up(connection, **recently, priority="p1"),
        "courier passes on": lambda: leases.readdress_to_successors(session, {"HUYEN": "XA"}, now=now),
        "courier holds back": lambda: defer_to_window(session, speaking),
        "courier groups": lambda: group_waiting(session, now=now, allowed=speaking.allowed()),
        "courier groups by directive": lambda: group_waiting(
            session, now=now, allowed=speaking.allowed(), apart=(("p1", "p2"), ("p3",))
        ),
        "courier gives up": lambda: leases.give_up_expired(session, now=now),
        "courier claims": lambda: leases.claim(session, now=now, limit=50),
        "courier claims poison candidates": lambda: leases.claim(session, now=now, limit=1, poison_candidates=True),
        "courier takes up": lambda: start_fallbacks(session, store.contacts, context),
        "courier counts": lambda: leases.waiting_count(session),
        **{
            f"list {name}": _calling(assignments, connection, wanted, now=now, limit=50)
            for name, wanted in lists.items()
        },
        "work of an office": lambda: work_list(connection, office, **kept, page_size=20),
        "work of a monitor": lambda: work_list(connection, monitor, **kept, page_size=20),
        "one assignment": lambda: history(session, one, now=now),
        "desk": lambda: (decisions_waiting(connection, limit=20), dead_letters(session)),
        "board": lambda: board(connection, **kept),
        "board of a priority": lambda: board(connection, **kept, priority="p1"),
        "trend": lambda: trend(connection, **kept, priority="p1"),
        "portal's board": lambda: situation(connection, **kept),
        "portal's board of a kind": lambda: situation(connection, **kept, only=col(Assignment.office).in_(kind)),
        "portal's trend": lambda: due_trend(connection, grain="quarter", count=8, **kept),
        "portal's timeline": lambda: situation_lanes(
            connection, due_in=span_of("2023-12"), named=lambda *key: (key[0], key[1]), **kept, only=of_p1
        ),
        "watched": lambda: (tally(connection, **kept), audit_follow_up(connection, **recently)),
    }


def _calling(function: Callable[..., object], *given: Any, **named: Any) -> Callable[[], object]:
    return lambda: function(*given, **named)


MADE_FOR = {
    "sweep": {"ix_assignment_next_alert_at"},
    "sweep of a priority": {"ix_assignment_next_alert_at"},
    "courier groups": {"ix_notice_pending", "ix_notice_waiting"},
    "courier gives up": {"ix_message_waiting"},
    "courier claims": {"ix_message_waiting", "ix_message_express"},
    "courier counts": {"ix_message_waiting"},
    "courier takes up": {"ix_message_given_up", "ix_message_dead"},
    "auditor": {"ix_assignment_rungs_passed"},
    "desk": {"ix_report_waiting"},
}
"""The indexes one of which a question must be seen to go by: they hold only what waits."""

ADDING_UP = frozenset({"list all", "board", "portal's board", "portal's trend", "portal's timeline", "watched"})
"""What counts everything there is may read it once; PostgreSQL chooses whether in the table or in an index."""


def faults(connection: Connection, asked: Sequence[Asked]) -> list[str]:
    """What would be read whole or by the wrong index, with its statement; nothing is carried out."""
    found: list[str] = []
    used: dict[str, set[str]] = {question: set() for question in MADE_FOR}
    may_read = ADDING_UP if connection.dialect.name == "postgresql" else frozenset()
    for each in asked:
        steps = [*_steps(connection, each)]
        whole = {table for table, index in steps if not index} & LARGE
        found += [
            f"{each.question} reads {table} whole: {each.statement}" for table in whole if each.question not in may_read
        ]
        used.get(each.question, set()).update(index for _, index in steps)
    return found + [f"{name} goes by {used[name]}" for name, made in MADE_FOR.items() if not used[name] & made]


def _steps(connection: Connection, each: Asked) -> Iterator[tuple[str, str]]:
    """The tables a statement looks into, each with the index it goes by; none where it goes from row to row."""
    if connection.dialect.name == "sqlite":
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each.statement}", each.values):
            how, _, rest = row.detail.partition(" ")
            if how in ("SCAN", "SEARCH"):
                table = rest.split()[0].removesuffix("_1")
                yield table, rest.partition("INDEX ")[2].partition(" ")[0] or ("its number" if how == "SEARCH" else "")
        return
    # Whether it would rather read all hangs on how tidy its pages happen to be; whether it has another way does not.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {each.statement}", each.values).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    yield from _steps_within(plan[0]["Plan"])


def _steps_within(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if node["Node Type"].endswith("Seq Scan"):
        yield node["Relation Name"], ""
    elif "Index Name" in node:
        yield node.get("Relation Name", ""), node["Index Name"]
    for each in node.get("Plans", ()):
        yield from _steps_within(each)
