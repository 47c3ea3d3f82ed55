"""`dondoc assignment`: what offices answer and coordinators decide, beside the list (``cli.assignments.listing``).

The same as the pages of the portal do; for programs, and for a coordinator at the machine itself.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import typer
from sqlmodel import Session

from cli.assignments import direct, listing, taking_back
from cli.assignments.acting import act
from cli.assignments.listing import ASSIGNMENT_ID
from cli.options import AS_OF, JSON, REASON, URGENCY_HELP
from cli.output import show_json
from cli.store import acting_time, open_configured_store
from config.clock import parse_date
from config.errors import Refused
from config.settings import load_settings
from config.text.amounts import parse_amount, stored
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.lifecycle import Urgency
from models.tables.report import ReportContent
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.attachments import ExaminedFile, add_attachment

app = typer.Typer()
app.add_typer(listing.app)
app.add_typer(direct.app)
app.add_typer(taking_back.app)

_ATTACH = typer.Option(
    [],
    "--attach",
    exists=True,
    dir_okay=False,
    help="Tệp kèm theo; lặp lại được. / A file to attach; may be repeated.",
)


@app.command("ack")
def ack_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Cơ quan tiếp nhận việc. / The office acknowledges the assignment."""
    act(assignment_id, "office", as_of, json_, verbs.acknowledge)


@app.command("report")
def report_command(
    assignment_id: int = ASSIGNMENT_ID,
    count: list[str] = typer.Option(
        [],
        "--count",
        metavar="KHÓA=SỐ",
        help="Một chỉ tiêu của biểu, ví dụ so_hoi_nghi=3; lặp lại cho mỗi chỉ tiêu."
        " / One figure of the form, e.g. so_hoi_nghi=3; repeat for each figure.",
    ),
    document: str | None = typer.Option(
        None, "--document", help="Số, ký hiệu văn bản báo cáo. / Number of the reporting document."
    ),
    document_date: str | None = typer.Option(
        None, "--document-date", metavar="YYYY-MM-DD", help="Ngày ký văn bản báo cáo. / Date of the reporting document."
    ),
    text: str = typer.Option("", "--text", help="Kết quả; tối đa 3000 ký tự. / Results, at most 3000 characters."),
    difficulties: str = typer.Option("", "--difficulties", help="Khó khăn, vướng mắc. / Difficulties met."),
    proposals: str = typer.Option("", "--proposals", help="Đề xuất, kiến nghị. / Proposals made."),
    attach: list[Path] = _ATTACH,
    corrects: int | None = typer.Option(
        None,
        "--corrects",
        metavar="LẦN",
        help="Thay báo cáo lần này đang chờ quyết định. / The version awaiting a decision that this one replaces.",
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan nộp báo cáo; thôi nhắc cho đến khi có quyết định. / The office submits its report; reminders stop until
    it is decided.
    """
    content = ReportContent(
        counts=dict(_count(item) for item in count),
        document_number=document,
        document_date=parse_date(document_date, "--document-date") if document_date else None,
        text=text,
        difficulties=difficulties,
        proposals=proposals,
    )
    examined = _examine(attach)

    def report(session: Session, assignment_id: int, context: ActorContext) -> object:
        for each in examined:
            add_attachment(session, load_settings(), assignment_id, each, context)
        return verbs.report(session, assignment_id, content, context, corrects=corrects)

    act(assignment_id, "office", as_of, json_, report)


@app.command("contribute")
def contribute_command(
    assignment_id: int = ASSIGNMENT_ID,
    office: str = typer.Option(..., "--office", help="Cơ quan được nêu tên. / The office that is named."),
    text: str = typer.Option(..., "--text", help="Nội dung góp ý; tối đa 3000 ký tự. / At most 3000 characters."),
    attach: list[Path] = _ATTACH,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan được nêu tên phối hợp góp ý; không thay đổi gì khác. / A named office contributes; nothing else
    changes.
    """
    examined = _examine(attach)

    def contribute(session: Session, assignment_id: int, context: ActorContext) -> object:
        by = replace(context, actor=f"office:{context.plan.office_named(office).code}")
        return verbs.contribute(session, load_settings(), assignment_id, text, by, files=examined)

    act(assignment_id, "office", as_of, json_, contribute)


@app.command("accept")
def accept_command(
    assignment_id: int = ASSIGNMENT_ID,
    interim: bool | None = typer.Option(
        None,
        "--interim/--final",
        help="Việc kéo dài nhiều năm: chỉ ghi nhận tiến độ, hay đã hoàn thành; để trống thì theo thời điểm báo cáo. "
        "/ For work that spans years: progress only, or complete; by default decided by the time of the report.",
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan đôn đốc xác nhận báo cáo. / The coordinator accepts the report."""
    act(assignment_id, "coordinator", as_of, json_, partial(verbs.accept, interim=interim))


@app.command("return")
def return_command(
    assignment_id: int = ASSIGNMENT_ID, reason: str = REASON, as_of: str | None = AS_OF, json_: bool = JSON
) -> None:
    """Trả lại báo cáo; hạn gốc giữ nguyên, nhắc việc tiếp tục. / Return the report; the due date stays."""
    act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.return_(s, i, reason, context))


@app.command("extend")
def extend_command(
    assignment_id: int = ASSIGNMENT_ID,
    until: str = typer.Option(
        ..., "--until", metavar="YYYY-MM-DD", help="Xin lùi hạn đến ngày này. / The due date requested."
    ),
    reason: str = REASON,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan xin gia hạn, trước khi hết hạn. / The office requests an extension, before the due date."""
    day = parse_date(until, "--until")
    act(
        assignment_id,
        "office",
        as_of,
        json_,
        lambda s, i, context: verbs.request_extension(s, i, day, reason, context),
    )


@app.command("decide")
def decide_command(
    assignment_id: int = ASSIGNMENT_ID,
    grant: bool = typer.Option(False, "--grant", help="Đồng ý gia hạn. / Grant the extension."),
    refuse: bool = typer.Option(
        False, "--refuse", help="Không đồng ý; cần --reason. / Refuse the extension; needs --reason."
    ),
    until: str | None = typer.Option(
        None,
        "--until",
        metavar="YYYY-MM-DD",
        help="Gia hạn đến ngày khác với ngày xin. / Extend to a different date from the one requested.",
    ),
    reason: str = typer.Option("", "--reason", help="Lý do, khi không đồng ý. / The reason, if it is refused."),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan đôn đốc quyết định đề nghị gia hạn. / The coordinator decides an extension request."""
    if grant == refuse:
        raise typer.BadParameter("chọn một trong hai: --grant hoặc --refuse (choose one).")
    day = parse_date(until, "--until") if until else None
    verb: Callable[[Session, int, ActorContext], object] = (
        (lambda s, i, context: verbs.grant_extension(s, i, day, context))
        if grant
        else (lambda s, i, context: verbs.refuse_extension(s, i, reason, context))
    )
    act(assignment_id, "coordinator", as_of, json_, verb)


@app.command("add")
def add_command(
    subtask: str = typer.Option(
        ..., "--subtask", help="Nội dung của chỉ đạo, ví dụ T3.4. / The subtask it belongs to, e.g. T3.4."
    ),
    title: str = typer.Option(..., "--title", help="Việc phải làm. / What is to be done."),
    lead: str = typer.Option(..., "--lead", help="Cơ quan chủ trì. / The lead office."),
    coordinating: list[str] = typer.Option(
        [], "--coordinating", help="Cơ quan phối hợp; lặp lại được. / A coordinating office; may be repeated."
    ),
    due: str = typer.Option(..., "--due", metavar="YYYY-MM-DD", help="Thời hạn. / The due date."),
    urgency: Urgency = typer.Option(Urgency.NORMAL, "--urgency", help=URGENCY_HELP),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Giao việc đột xuất, ngoài kế hoạch. / Assign work outside the plan."""
    wanted = AdHoc(subtask, title, lead, parse_date(due, "--due"), tuple(coordinating), urgency)
    with open_configured_store() as store, session_scope(store.engine) as session:
        numbers = assign_ad_hoc(session, wanted, store.actor_context(now=acting_time(as_of), actor="coordinator"))
    if json_:
        show_json({"assignments": numbers})
    else:
        print(f"Đã giao: việc số {', '.join(map(str, numbers))}.")


@app.command("delegate")
def delegate_command(
    assignment_id: int = ASSIGNMENT_ID,
    unit: str = typer.Option(
        ..., "--to", help="Bộ phận hoặc chức danh, không ghi tên người. / A unit or a post, never a person's name."
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan ghi bộ phận thực hiện. / The office notes which unit does the work."""
    act(assignment_id, "office", as_of, json_, lambda s, i, context: verbs.delegate(s, i, unit, context))


@app.command("suspend")
def suspend_command(
    assignment_id: int = ASSIGNMENT_ID, reason: str = REASON, as_of: str | None = AS_OF, json_: bool = JSON
) -> None:
    """Tạm dừng: không nhắc, không tính quá hạn. / Suspend: no reminders, not counted as overdue."""
    act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.suspend(s, i, reason, context))


@app.command("resume")
def resume_command(
    assignment_id: int = ASSIGNMENT_ID,
    until: str | None = typer.Option(
        None,
        "--until",
        metavar="YYYY-MM-DD",
        help="Hạn mới; không ghi thì cộng lại số ngày đã tạm dừng. / The new due date; by default the suspended days "
        "are added back.",
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cho việc đang tạm dừng tiếp tục. / Resume a suspended assignment."""
    day = parse_date(until, "--until") if until else None
    act(assignment_id, "coordinator", as_of, json_, lambda s, i, context: verbs.resume(s, i, day, context))


def _examine(paths: list[Path]) -> list[ExaminedFile]:
    # Imported here: what reads documents takes long to load, and most commands attach none.
    from intake.files.evidence import examine_all

    with ExitStack() as files:
        examined, fault = examine_all((path.name, files.enter_context(path.open("rb"))) for path in paths)
    if fault:
        raise fault
    return examined


def _count(item: str) -> tuple[str, float]:
    """The key and the number of one ``--count``, of a target also with decimals; raises ``Refused``."""
    key, equals, number = item.partition("=")
    if not equals or not number.strip():
        raise Refused(
            f"--count «{item}»: viết theo dạng khóa=số, ví dụ so_hoi_nghi=3.",
            f"--count '{item}': write key=number, e.g. so_hoi_nghi=3.",
        )
    key = key.strip()
    return key, stored(parse_amount(number, f"--count «{key}»", f"--count '{key}'"))
