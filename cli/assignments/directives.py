"""`dondoc directive`: register the documents and events that deadlines are counted from."""

from collections.abc import Callable
from functools import partial

import typer

from cli.assignments.deeds import CONFIRM, DEED_REASON, PAPER, PAPER_DATE, PREVIEW, decide, stated_grounds
from cli.options import AS_OF, DIRECTIVE, JSON, URGENCY_HELP
from cli.output import check_choice, show_json, show_list
from cli.store import acting_time, open_configured_store
from config.clock import parse_date
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor
from models.tables.lifecycle import Urgency
from models.work.deeds.anchors import correct_anchor, undo_anchor
from models.work.directive_deeds.closing import close_directive, reopen_directive
from models.work.directives import anchors, issue_directive, register_document, register_event

app = typer.Typer()

_DATE = typer.Option(
    ..., "--date", metavar="YYYY-MM-DD", help="Ngày ban hành hoặc ngày diễn ra. / Date of issue, or of the event."
)
_NUMBER = typer.Option(..., "--number", help="Số, ký hiệu, ví dụ 123-TB/TU. / Number and symbol, e.g. 123-TB/TU.")
_TITLE = typer.Option(..., "--title", help="Trích yếu, tên gọi. / The title.")
_IN_JSON = (
    *("id", "kind", "directive", "period", "number", "date", "title"),
    *("subtask", "host_office", "urgency", "sample"),
)
_ANCHOR = typer.Argument(
    metavar="N", help="Số của sự kiện, văn bản trong «dondoc directive list». / Its number in 'dondoc directive list'."
)
_CODE = typer.Argument(metavar="CODE", help="Mã chỉ đạo, ví dụ CD-2023-08-17. / Code of the directive.")
_URGENCY = typer.Option("normal", "--urgency", help=URGENCY_HELP)


@app.command("issue")
def issue_command(
    number: str = _NUMBER,
    date_: str = _DATE,
    directive: str | None = DIRECTIVE,
    sample: bool = typer.Option(False, "--sample", help="Đánh dấu là văn bản MẪU. / Mark it as a sample document."),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Đăng ký văn bản giao việc; ngày ban hành là mốc ISSUE. / Register the assigning document, the anchor ISSUE."""
    on_date = parse_date(date_, "--date")
    document = partial(issue_directive, number=number, on_date=on_date, directive=directive, is_sample=sample)
    _register(document, "Văn bản giao việc", as_of, json_)


@app.command("document")
def document_command(
    number: str = _NUMBER,
    date_: str = _DATE,
    title: str = _TITLE,
    directive: str | None = DIRECTIVE,
    urgency: str = _URGENCY,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Ghi văn bản mới cần quán triệt; là mốc DOC. / Register a new document to be disseminated, the anchor DOC."""
    document = partial(
        register_document,
        number=number,
        on_date=parse_date(date_, "--date"),
        title=title,
        urgency=_urgency(urgency),
        directive=directive,
        may_be_late=confirm,
    )
    _register(document, "Văn bản", as_of, json_)


@app.command("event")
def event_command(
    subtask: str = typer.Option(..., "--subtask", help="Mã việc, ví dụ T3.6. / Code of the subtask, e.g. T3.6."),
    date_: str = _DATE,
    title: str = _TITLE,
    host: str | None = typer.Option(None, "--host", help="Mã cơ quan tổ chức. / Code of the organising office."),
    urgency: str = _URGENCY,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Ghi sự kiện, cuộc họp, lớp tập huấn; là mốc EVENT. / Register an event, meeting or class, the anchor EVENT."""
    event = partial(
        register_event,
        subtask=subtask,
        title=title,
        on_date=parse_date(date_, "--date"),
        host_office=host,
        urgency=_urgency(urgency),
        may_be_late=confirm,
    )
    _register(event, "Sự kiện", as_of, json_)


@app.command("correct")
def correct_command(
    number: int = _ANCHOR,
    date_: str | None = typer.Option(None, "--date", metavar="YYYY-MM-DD", help="Ngày đúng. / Correct date."),
    title: str | None = typer.Option(None, "--title", help="Tên đúng. / Correct title."),
    host: str | None = typer.Option(None, "--host", help="Mã cơ quan tổ chức đúng. / Code of the correct host office."),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Sửa sự kiện, văn bản ghi sai; việc tính từ đó đổi theo. / Correct an event or document, and the work that
    depends on it.
    """
    given = stated_grounds(reason, paper, paper_date)
    on_date = parse_date(date_, "--date") if date_ else None
    decide(
        lambda session, context: correct_anchor(
            session, number, on_date=on_date, title=title, host_office=host, provenance=given, context=context
        ),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("undo")
def undo_command(
    number: int = _ANCHOR,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Hoàn tác sự kiện, văn bản ghi nhầm; thu hồi việc giao từ đó. / Undo an event or document and withdraw its
    work.
    """
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda session, context: undo_anchor(session, number, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("close")
def close_command(
    code: str = _CODE,
    date_: str | None = typer.Option(
        None,
        "--date",
        metavar="YYYY-MM-DD",
        help="Kết thúc từ ngày; để trống: hôm nay. / Closed from this day on; today by default.",
    ),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Kết thúc một chỉ đạo: thu hồi việc đang mở, không giao nữa. / Close a directive: open work is withdrawn."""
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    decide(
        lambda session, context: close_directive(session, code, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("reopen")
def reopen_command(
    code: str = _CODE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Mở lại một chỉ đạo đã kết thúc, cùng các việc đã thu hồi khi đó. / Reopen a closed directive and the work
    withdrawn with it.
    """
    given = stated_grounds(reason, paper, paper_date, needs_reason=False)
    decide(
        lambda session, context: reopen_directive(session, code, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("list")
def list_command(json_: bool = JSON) -> None:
    """Liệt kê các mốc đã ghi. / List the registered documents and events."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        known = anchors(session)
    show_list(
        json_,
        map(_as_json, known),
        "Các mốc tính hạn",
        ("Số", "Loại", "Chỉ đạo", "Khóa", "Ngày", "Nội dung", "Mẫu"),
        [
            (a.id, a.kind.value, a.directive, a.key, f"{a.on_date:%d/%m/%Y}", a.title, "MẪU" if a.is_sample else "")
            for a in known
        ],
        empty="Chưa ghi mốc nào. Đăng ký văn bản giao việc bằng «dondoc directive issue».",
    )


def _register(fact: Callable[..., Anchor], what: str, as_of: str | None, json_: bool) -> None:
    """Register a fact in one transaction and show it; ``fact`` still lacks the session and the context."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        context = store.actor_context(now=acting_time(as_of), actor="coordinator")
        anchor = fact(session, context=context)
        if json_:
            show_json(_as_json(anchor))
            return
        mark = " (MẪU)" if anchor.is_sample else ""
        print(f"{what} «{anchor.number}» ngày {anchor.on_date:%d/%m/%Y}{mark}: đã ghi, kỳ «{anchor.key}».")


def _as_json(anchor: Anchor) -> dict[str, object]:
    other_names = {"period": "key", "date": "on_date", "sample": "is_sample"}
    return {name: getattr(anchor, other_names.get(name, name)) for name in _IN_JSON}


def _urgency(text: str) -> Urgency:
    check_choice("urgency", text, Urgency)
    return Urgency(text)
