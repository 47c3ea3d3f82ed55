"""`dondoc assignment list|show`: find assignments, and see one with its history."""

from dataclasses import replace
from datetime import datetime

import typer
from sqlmodel import Session

from cli.assignments.display import assignment_json, history_json, print_history, role_vi, title_of
from cli.options import AS_OF, JSON, OFFICE, PERIOD, PRIORITY, ROLE, STATUS, SUBTASK
from cli.output import check_choice, show_json, show_table
from cli.store import effective_time, open_configured_store, read_as_of
from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.due_words import due_in_words
from config.rules.kinds import Timing
from config.rules.periods import parse_period
from config.text.counts import both_in_words, subtasks_among
from models.keeping.past_history import history_then
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State, Status
from models.work.attachments import all_attachments
from models.work.directive_deeds.left_over import left_over
from models.work.planning import ANCHORED
from models.work.queries import AssignmentFilter, assignment_filter, assignments, history
from models.work.search import search_for
from reports.wording import status_vi

app = typer.Typer()

ASSIGNMENT_ID = typer.Argument(metavar="SỐ", help="Số của việc. / Number of the assignment.")


@app.command("list")
def list_command(
    office: str | None = OFFICE,
    priority: str | None = PRIORITY,
    subtask: str | None = SUBTASK,
    period: str | None = PERIOD,
    role: str | None = ROLE,
    status: str | None = STATUS,
    search: str = typer.Option(
        "",
        "--search",
        help="Số, mã, tên việc, tên cơ quan. / Number, code, words of the title or of the office's name.",
    ),
    overdue_first: bool = typer.Option(
        False, "--overdue-first", help="Việc quá hạn lên trước. / Overdue assignments first."
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Liệt kê các việc theo thời hạn. / List assignments by due date."""
    with open_configured_store() as store:
        wanted = filter_of(store.plan, office, priority, subtask, period, role, status)
        wanted = replace(wanted, search=search_for(store.plan, search[:100]), overdue_first=overdue_first)
        with read_as_of(store, as_of) as connection:
            found = assignments(connection, wanted, now=effective_time(as_of))
        if json_:
            show_json([assignment_json(row, row.status, row.occasion) for row in found])
            return
        plan = store.plan
    show_table(
        both_in_words(subtasks_among(found), len(found)),
        ("Số", "Việc", "Kỳ", "Cơ quan", "Vai trò", "Hạn", "Tình trạng"),
        [
            (
                row.id,
                f"{row.subtask} {title_of(plan, row, row.occasion)}",
                row.period,
                row.office,
                role_vi(row.role),
                due_in_words(row),
                status_vi(row.status, row.state, is_dated=row.timing is Timing.DATED),
            )
            for row in found
        ],
        empty="Không có việc nào như vậy.",
    )


@app.command("show")
def show_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Xem một việc với toàn bộ quá trình. / Show one assignment with its whole history."""
    now = effective_time(as_of)
    with open_configured_store() as store:
        if as_of:
            with reading_session(store.engine) as session:
                refuse_before_assigned(history(session, assignment_id, now=now).assignment, now)
        with read_as_of(store, as_of) as connection, Session(connection) as session:
            found = history_then(session, assignment_id, now) if as_of else history(session, assignment_id, now=now)
            files = [file for file in all_attachments(session, assignment_id) if not as_of or file.uploaded_at <= now]
            left = left_over(session, found.assignment, store.actor_context(now=now, actor="coordinator"))
            if json_:
                show_json(history_json(found, store.plan, files, left))
            else:
                print_history(found, store.plan, files, left)


def refuse_before_assigned(assignment: Assignment, now: datetime) -> None:
    """Raise ``Refused`` where ``now`` is a day before an assignment was made."""
    today, assigned_on = local_date(now), local_date(assignment.assigned_at)
    if today < assigned_on:
        raise Refused(
            f"--as-of {today:%d/%m/%Y}: việc số {assignment.id} đến {assigned_on:%d/%m/%Y} mới giao;"
            " chọn ngày từ đó trở đi.",
            f"--as-of {today:%d/%m/%Y}: assignment {assignment.id} was assigned on {assigned_on:%d/%m/%Y};"
            " choose that day or later.",
        )


def filter_of(
    plan: Plan,
    office: str | None,
    priority: str | None,
    subtask: str | None,
    period: str | None,
    role: str | None,
    status: str | None,
) -> AssignmentFilter:
    """The filter that the options describe; raises ``Refused`` for an unknown code, period, role or status."""
    if period is not None and not period.startswith(ANCHORED):
        parse_period(period)
    check_choice("role", role, Role)
    state = State(status) if status in {s.value for s in State} else None
    word = Status(status) if status in {s.value for s in Status} else None
    if status is not None and state is None and word is None:
        known = ", ".join([s.value for s in Status] + [s.value for s in State])
        raise Refused(f"Tình trạng «{status}» không có; dùng: {known}.", f"Unknown status '{status}'; use: {known}.")
    return assignment_filter(
        plan,
        office=office,
        priority=priority,
        subtask=subtask,
        period=period,
        role=Role(role) if role else None,
        state=state,
        status=word,
    )
