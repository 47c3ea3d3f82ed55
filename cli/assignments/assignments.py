"""`dondoc assignment`: what offices and coordinators answer, until they have a page of their own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import typer
from sqlmodel import Session

from cli.assignments.texts import as_json, history_json, print_history, role_vi, title_of
from cli.output import JsonFlag, show_json, show_table
from cli.workspace import AsOf, instant, looking, opened
from config.catalogue.plan import Plan
from config.clock import local_date, parse_date
from config.errors import Refused
from config.rules.periods import parse_period
from config.settings import load_settings
from intake.files.evidence import examine
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.errors import STATE_VI
from models.tables.lifecycle import Role, State, Status, Urgency
from models.tables.report import ReportContent
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.attachments import add_attachment, all_attachments
from models.work.planning import ANCHORED
from models.work.queries import AssignmentFilter, assignments, history
from models.work.search import search_for
from reports.wording import status_vi

app = typer.Typer(
    no_args_is_help=True,
    help="Các việc đã giao: xem, tiếp nhận, báo cáo, quyết định. Assignments and the answers to them.",
)

_ID = typer.Argument(metavar="SỐ", help="Số của việc. Number of the assignment.")
_REASON = typer.Option(..., "--reason", help="Lý do, một câu ngắn. Why, in a short sentence.")


@app.command("list")
def list_command(
    office: str | None = typer.Option(None, "--office", help="Mã cơ quan. Office code."),
    priority: str | None = typer.Option(None, "--priority", help="Nhiệm vụ, ví dụ p1. The priority."),
    subtask: str | None = typer.Option(None, "--subtask", help="Mã việc, ví dụ T2.3."),
    period: str | None = typer.Option(None, "--period", help="Kỳ, ví dụ 2023-Q4."),
    role: str | None = typer.Option(None, "--role", help="lead hoặc coordinating."),
    status: str | None = typer.Option(
        None,
        "--status",
        help="Tình trạng (done_on_time, done_late, open_within_term, open_overdue) hoặc trạng thái"
        " (assigned, acknowledged, reported, returned, accepted, suspended, withdrawn).",
    ),
    search: str = typer.Option("", "--search", help="Số, mã, tên việc, tên cơ quan. Number, code, words of a name."),
    overdue_first: bool = typer.Option(False, "--overdue-first", help="Việc quá hạn lên trước. What is late first."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Liệt kê các việc theo thời hạn. List assignments by due date."""
    with opened() as store:
        wanted = filter_of(store.plan, office, priority, subtask, period, role, status)
        wanted = replace(wanted, search=search_for(store.plan, search[:100]), overdue_first=overdue_first)
        with looking(store, as_of) as connection:
            found = assignments(connection, wanted, now=instant(as_of))
        if json_:
            show_json([as_json(row) for row in found])
            return
        plan = store.plan
    show_table(
        f"{len(found)} việc",
        ("Số", "Việc", "Kỳ", "Cơ quan", "Vai trò", "Hạn", "Tình trạng"),
        [
            (
                row["id"],
                f"{row['subtask']} {title_of(plan, row, row['occasion'])}",
                row["period"],
                row["office"],
                role_vi(row["role"]),
                f"{row['due_date']:%d/%m/%Y}",
                status_vi(Status(row["status"]), row["state"]),
            )
            for row in found
        ],
        empty="Không có việc nào như vậy.",
    )


@app.command("show")
def show_command(assignment_id: int = _ID, as_of: str | None = AsOf, json_: bool = JsonFlag) -> None:
    """Xem một việc với toàn bộ quá trình. One assignment with its whole history."""
    with opened() as store, reading_session(store.engine) as session:
        found = history(session, assignment_id, now=instant(as_of))
        files = all_attachments(session, assignment_id)
        if json_:
            show_json(history_json(found, store.plan, files))
        else:
            print_history(found, store.plan, files)


@app.command("ack")
def ack_command(assignment_id: int = _ID, as_of: str | None = AsOf, json_: bool = JsonFlag) -> None:
    """Cơ quan tiếp nhận việc. The office acknowledges."""
    _act(assignment_id, "office", as_of, json_, verbs.acknowledge)


@app.command("report")
def report_command(
    assignment_id: int = _ID,
    count: list[str] = typer.Option(
        [],
        "--count",
        metavar="KHÓA=SỐ",
        help="Một chỉ tiêu của biểu, ví dụ so_hoi_nghi=3; lặp lại cho mỗi chỉ tiêu.",
    ),
    document: str | None = typer.Option(None, "--document", help="Số, ký hiệu văn bản báo cáo. Its number."),
    document_date: str | None = typer.Option(
        None, "--document-date", metavar="YYYY-MM-DD", help="Ngày ký văn bản báo cáo. Its date."
    ),
    text: str = typer.Option("", "--text", help="Kết quả; tối đa 3000 ký tự. Results."),
    difficulties: str = typer.Option("", "--difficulties", help="Khó khăn, vướng mắc. Difficulties."),
    proposals: str = typer.Option("", "--proposals", help="Đề xuất, kiến nghị. Proposals."),
    attach: list[Path] = typer.Option(
        [], "--attach", exists=True, dir_okay=False, help="Tệp kèm theo; lặp lại. Files."
    ),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Cơ quan nộp báo cáo; thôi nhắc cho đến khi có quyết định. The office reports."""
    content = ReportContent(
        counts=dict(_count(item) for item in count),
        document_number=document,
        document_date=parse_date(document_date, "--document-date") if document_date else None,
        text=text,
        difficulties=difficulties,
        proposals=proposals,
    )
    examined = []
    for path in attach:
        with path.open("rb") as file:
            examined.append(examine(path.name, file))

    def report(session: Session, number: int, context: ActorContext) -> object:
        for each in examined:
            add_attachment(session, load_settings(), number, each, context)
        return verbs.report(session, number, content, context)

    _act(assignment_id, "office", as_of, json_, report)


@app.command("accept")
def accept_command(assignment_id: int = _ID, as_of: str | None = AsOf, json_: bool = JsonFlag) -> None:
    """Cơ quan đôn đốc xác nhận báo cáo. The coordinator accepts the report."""
    _act(assignment_id, "coordinator", as_of, json_, verbs.accept)


@app.command("return")
def return_command(
    assignment_id: int = _ID, reason: str = _REASON, as_of: str | None = AsOf, json_: bool = JsonFlag
) -> None:
    """Trả lại báo cáo; hạn gốc giữ nguyên, nhắc việc tiếp tục. Return the report."""
    _act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.return_(s, i, reason, context))


@app.command("extend")
def extend_command(
    assignment_id: int = _ID,
    until: str = typer.Option(..., "--until", metavar="YYYY-MM-DD", help="Xin lùi hạn đến ngày. Until when."),
    reason: str = _REASON,
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Cơ quan xin gia hạn, trước khi hết hạn. The office asks for more time."""
    day = parse_date(until, "--until")
    _act(
        assignment_id,
        "office",
        as_of,
        json_,
        lambda s, i, context: verbs.request_extension(s, i, day, reason, context),
    )


@app.command("decide")
def decide_command(
    assignment_id: int = _ID,
    grant: bool = typer.Option(False, "--grant", help="Đồng ý gia hạn. Grant it."),
    refuse: bool = typer.Option(False, "--refuse", help="Không đồng ý; cần --reason. Refuse it."),
    until: str | None = typer.Option(
        None, "--until", metavar="YYYY-MM-DD", help="Gia hạn đến ngày khác với ngày xin. Another date."
    ),
    reason: str = typer.Option("", "--reason", help="Lý do, khi không đồng ý. Why, when refused."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Cơ quan đôn đốc quyết định đề nghị gia hạn. The coordinator decides on more time."""
    if grant == refuse:
        raise typer.BadParameter("chọn một trong hai: --grant hoặc --refuse (choose one).")
    day = parse_date(until, "--until") if until else None
    verb: Callable[[Session, int, ActorContext], object] = (
        (lambda s, i, context: verbs.grant_extension(s, i, day, context))
        if grant
        else (lambda s, i, context: verbs.refuse_extension(s, i, reason, context))
    )
    _act(assignment_id, "coordinator", as_of, json_, verb)


@app.command("add")
def add_command(
    subtask: str = typer.Option(..., "--subtask", help="Nội dung của chỉ đạo, ví dụ T3.4. Subtask it belongs to."),
    title: str = typer.Option(..., "--title", help="Việc phải làm. What is asked."),
    lead: str = typer.Option(..., "--lead", help="Cơ quan chủ trì. The lead."),
    coordinating: list[str] = typer.Option([], "--coordinating", help="Cơ quan phối hợp; lặp lại. Who helps."),
    due: str = typer.Option(..., "--due", metavar="YYYY-MM-DD", help="Hạn. When it is due."),
    urgency: Urgency = typer.Option(Urgency.NORMAL, "--urgency", help="Độ khẩn. Urgency."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Giao việc đột xuất, ngoài kế hoạch. Assign work outside the plan."""
    wanted = AdHoc(subtask, title, lead, parse_date(due, "--due"), tuple(coordinating), urgency)
    with opened() as store, session_scope(store.engine) as session:
        numbers = assign_ad_hoc(session, wanted, store.actor_context(now=instant(as_of), actor="coordinator"))
    if json_:
        show_json({"assignments": numbers})
    else:
        print(f"Đã giao: việc số {', '.join(map(str, numbers))}.")


@app.command("delegate")
def delegate_command(
    assignment_id: int = _ID,
    unit: str = typer.Option(..., "--to", help="Bộ phận hoặc chức danh, không ghi tên người. Unit or post."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Cơ quan ghi bộ phận thực hiện. The office notes which unit does the work."""
    _act(assignment_id, "office", as_of, json_, lambda s, i, context: verbs.delegate(s, i, unit, context))


@app.command("suspend")
def suspend_command(
    assignment_id: int = _ID, reason: str = _REASON, as_of: str | None = AsOf, json_: bool = JsonFlag
) -> None:
    """Tạm dừng: không nhắc, không tính quá hạn. Suspend the assignment."""
    _act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.suspend(s, i, reason, context))


@app.command("resume")
def resume_command(
    assignment_id: int = _ID,
    until: str | None = typer.Option(
        None, "--until", metavar="YYYY-MM-DD", help="Hạn mới; không ghi thì trả lại số ngày đã dừng. New due date."
    ),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Cho việc đang tạm dừng tiếp tục. Resume a suspended assignment."""
    day = parse_date(until, "--until") if until else None
    _act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.resume(s, i, day, context))


@app.command("withdraw")
def withdraw_command(
    assignment_id: int = _ID, reason: str = _REASON, as_of: str | None = AsOf, json_: bool = JsonFlag
) -> None:
    """Thu hồi việc đã giao. Withdraw the assignment."""
    _act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.withdraw(s, i, reason, context))


def _act(
    assignment_id: int,
    role: str,
    as_of: str | None,
    json_: bool,
    verb: Callable[[Session, int, ActorContext], object],
) -> None:
    """Do one verb in one transaction and show the assignment as it is after it."""
    with opened() as store, session_scope(store.engine) as session:
        now = instant(as_of)
        work_before = history(session, assignment_id, now=now).assignment
        if (today := local_date(now)) < (assigned_on := local_date(work_before.assigned_at)):
            raise Refused(
                f"--as-of {today:%d/%m/%Y}: việc số {assignment_id} đến {assigned_on:%d/%m/%Y} mới giao;"
                " chọn ngày từ đó trở đi.",
                f"--as-of {today:%d/%m/%Y}: assignment {assignment_id} was assigned on {assigned_on:%d/%m/%Y};"
                " choose that day or later.",
            )
        actor = f"office:{work_before.office}" if role == "office" else role
        verb(session, assignment_id, store.actor_context(now=now, actor=actor))
        session.flush()
        found = history(session, assignment_id, now=now)
        if json_:
            show_json(history_json(found, store.plan)["assignment"])
            return
        done = found.assignment
        print(
            f"Việc số {done.id} ({done.subtask}, {store.plan.office(done.office).name_vi}): "
            f"{STATE_VI[done.state]}; hạn {done.due_date:%d/%m/%Y}; {status_vi(found.status, done.state).lower()}."
        )


def _count(item: str) -> tuple[str, int]:
    key, equals, number = item.partition("=")
    if not equals or not number.strip().isascii() or not number.strip().isdigit():
        raise Refused(
            f"--count «{item}»: viết theo dạng khóa=số, số nguyên từ 0, ví dụ so_hoi_nghi=3.",
            f"--count '{item}': write key=number with a whole number, e.g. so_hoi_nghi=3.",
        )
    return key.strip(), int(number)


def filter_of(
    plan: Plan,
    office: str | None,
    priority: str | None,
    subtask: str | None,
    period: str | None,
    role: str | None,
    status: str | None,
) -> AssignmentFilter:
    """Which assignments the options ask for; raises ``Refused`` for what there is not."""
    if office is not None:
        plan.office(office)
    if priority is not None:
        plan.priority(priority)
    if subtask is not None:
        plan.subtask(subtask)
    if period is not None and not period.startswith(ANCHORED):
        parse_period(period)
    if role is not None and role not in {r.value for r in Role}:
        raise Refused(f"Vai trò «{role}» không có; dùng lead hoặc coordinating.", f"Unknown role '{role}'.")
    state = State(status) if status in {s.value for s in State} else None
    word = Status(status) if status in {s.value for s in Status} else None
    if status is not None and state is None and word is None:
        known = ", ".join([s.value for s in Status] + [s.value for s in State])
        raise Refused(f"Tình trạng «{status}» không có; dùng: {known}.", f"Unknown status '{status}'; use: {known}.")
    return AssignmentFilter(office, priority, subtask, period, Role(role) if role else None, state, word)
