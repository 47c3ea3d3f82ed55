"""`dondoc assignment move|reassign|coordinate|release|retitle|withdraw`: the coordinator's own deeds on open work."""

import typer

from cli.assignments.deeds import CONFIRM, DEED_REASON, PAPER, PAPER_DATE, PREVIEW, decide, stated_grounds
from cli.options import AS_OF, JSON
from config.clock import parse_date
from models.work.deeds.direct import coordinate, give_to, move_dates, release, withdraw_all
from models.work.deeds.titles import retitle
from models.work.deeds.undo import undoing

app = typer.Typer()

NUMBERS = typer.Argument(metavar="N…", help="Số của một hay nhiều việc. / Numbers of one or more assignments.")


@app.command("move")
def move_command(
    numbers: list[int] = NUMBERS,
    to: str = typer.Option(
        ...,
        "--to",
        metavar="YYYY-MM-DD",
        help="Hạn mới; rơi vào ngày nghỉ thì lùi đến ngày làm việc tiếp theo. / The new due date; a day off moves to "
        "the next working day.",
    ),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    confirm: bool = CONFIRM,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Đổi hạn, kể cả hạn đã qua, không cần đề nghị; hạn gốc được giữ. / Change due dates, even past ones; the
    original dates are kept.
    """
    day = parse_date(to, "--to")
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda _, context: move_dates(numbers, day, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("reassign")
def reassign_command(
    numbers: list[int] = NUMBERS,
    to: str = typer.Option(..., "--to", metavar="OFFICE", help="Cơ quan nhận việc. / The office that takes over."),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    confirm: bool = CONFIRM,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Chuyển việc cho cơ quan khác. / Reassign work to another office."""
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda _, context: give_to(numbers, to, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("coordinate")
def coordinate_command(
    numbers: list[int] = NUMBERS,
    to: list[str] = typer.Option(
        ...,
        "--to",
        metavar="OFFICE",
        help="Cơ quan phối hợp thêm; lặp lại được. / A coordinating office to add; may be repeated.",
    ),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    confirm: bool = CONFIRM,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Thêm cơ quan phối hợp. / Add coordinating offices."""
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda _, context: coordinate(numbers, to, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("release")
def release_command(
    numbers: list[int] = NUMBERS,
    offices: list[str] = typer.Option(
        [],
        "--office",
        metavar="OFFICE",
        help="Cơ quan thôi phối hợp các việc này; không ghi thì N là chính các phần phối hợp. / The coordinating "
        "office to remove; if omitted, N are the coordinating parts themselves.",
    ),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cho cơ quan thôi phối hợp; phần đã đóng góp được giữ. / Remove coordinating offices; what they contributed is
    kept.
    """
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda _, context: release(numbers, offices, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("retitle")
def retitle_command(
    numbers: list[int] = NUMBERS,
    to: str = typer.Option(..., "--to", metavar="TITLE", help="Tên mới. / The new title."),
    english: str = typer.Option("", "--english", metavar="TITLE", help="Tên tiếng Anh. / The title in English."),
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Đổi tên việc đột xuất, hoặc nội dung trong kế hoạch. / Rename ad hoc work or a planned subtask."""
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda session, context: retitle(session, numbers, to, title_en=english, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("withdraw")
def withdraw_command(
    numbers: list[int] = NUMBERS,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Thu hồi các việc đã giao. / Withdraw assignments."""
    given = stated_grounds(reason, paper, paper_date)
    decide(
        lambda _, context: withdraw_all(numbers, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("undo")
def undo_command(
    deed: int = typer.Argument(
        metavar="DEED",
        help="Số của lần điều chỉnh, in ra khi áp dụng. / Number of the change, printed when it was applied.",
    ),
    reason: str = DEED_REASON,
    confirm: bool = CONFIRM,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Hoàn tác một lần điều chỉnh, nếu sau đó chưa có thay đổi khác. / Undo a whole change, if nothing has changed
    since.
    """
    given = stated_grounds(reason, "", None)
    change = decide(
        lambda session, context: undoing(session, deed, given.reason, context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )
    if "editions" in change.particulars and not (preview or json_):
        print(
            "Lịch trở lại như trước thông báo; hạn các việc đang mở chưa đổi. Đổi hạn bằng «dondoc holidays recompute»"
            " (không bao giờ sớm hơn); hạn đã lùi theo thông báo: hoàn tác lần tính lại ấy."
        )
