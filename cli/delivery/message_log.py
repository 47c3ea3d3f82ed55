"""`dondoc messages`: the log of delivery, listed, shown as evidence, exported, and sent again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from cli.output import JsonFlag, moment, one_of, plain_row, show_json, show_json_rows, show_table
from cli.workspace import opened
from config.clock import now, parse_date, start_of_day
from config.contacts.desks import Desk
from config.errors import Refused
from config.text.atomic_write import atomic_write
from models.delivery.dead_letters import send_again, send_all_again
from models.delivery.message_log import READ_SIZE, MessageFilter, attempts, latest_messages, message, messages
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import MessageState
from models.tables.outbox import DeliveryAttempt, Message

PAGE_SIZE = 200
"""So many are shown on the screen, the latest; files and programs get all."""

_HEAD = ("Số", "Nơi nhận", "Kênh", "Tiêu đề", "Trạng thái", "Lần thử", "Lúc gửi", "Lỗi")
_EXPORTED = ("Số", "Lúc lập", "Cơ quan", "Bộ phận", *_HEAD[2:], "Các lần thử")

_RESULTS = {"sent": "đã gửi", "failed": "không gửi được"}

_MADE_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is worked out by a spreadsheet, whoever wrote it."""


def messages_command(
    office: str | None = typer.Option(None, "--office", help="Mã cơ quan. Office code."),
    desk: str | None = typer.Option(None, "--desk", help=f"{', '.join(Desk)}."),
    channel: str | None = typer.Option(None, "--channel", help="Kênh, ví dụ mailto. Channel."),
    state: str | None = typer.Option(None, "--state", help=f"{', '.join(MessageState)}."),
    since: str | None = typer.Option(None, "--since", metavar="YYYY-MM-DD", help="Từ ngày. From this day."),
    until: str | None = typer.Option(None, "--until", metavar="YYYY-MM-DD", help="Đến hết ngày. Through this day."),
    show: int | None = typer.Option(
        None, "--show", metavar="SỐ", help="Nội dung một thư và từng lần thử. One with its text and every try."
    ),
    export: Path | None = typer.Option(None, "--export", metavar="FILE.csv", help="Ghi ra tệp mở được bằng Excel."),
    again: int | None = typer.Option(None, "--again", metavar="SỐ", help="Gửi lại thư đã bỏ. Send one again."),
    again_all: bool = typer.Option(
        False, "--again-all", help="Gửi lại mọi thư đã bỏ, theo bộ lọc. Send all that was given up again, as filtered."
    ),
    json_: bool = JsonFlag,
) -> None:
    """Nhật ký gửi: thư, tin nhắn, từng lần thử, kết quả. The log of delivery."""
    if again is not None:
        _send_again(again, json_)
        return
    if show is not None:
        _show(show, json_)
        return
    one_of("desk", desk, Desk)
    one_of("state", state, MessageState)
    wanted = MessageFilter(
        office=office,
        desk=desk,
        channel=channel,
        state=state,
        since=start_of_day(parse_date(since, "--since")) if since else None,
        until=start_of_day(parse_date(until, "--until") + timedelta(days=1)) if until else None,
    )
    if again_all:
        _send_all_again(wanted, json_)
        return
    with opened() as store, reading_session(store.engine) as session:
        if office is not None:
            store.plan.office(office)
        if export is not None:
            written = _export(export, _all_exported(session, wanted))
            # Whoever reads JSON finds the rows themselves below.
            if not json_:
                print(f"Đã ghi {written} thư, tin nhắn vào {export}.")
                return
        if json_:
            show_json_rows(plain_row(each.model_dump()) for each in messages(session, wanted, texts=True))
            return
        found, total = latest_messages(session, wanted, limit=PAGE_SIZE)
    show_table(f"{total} thư, tin nhắn", _HEAD, map(_listed, found), empty="Không có thư, tin nhắn nào.")
    if total > len(found):
        print(
            f"Trên đây là {len(found)} thư mới nhất, còn {total - len(found)} thư cũ hơn: lọc thêm (--since, --until,"
            " --office …) hoặc ghi hết ra tệp bằng --export."
        )


def _send_again(number: int, json_: bool) -> None:
    with opened() as store, session_scope(store.engine) as session:
        queued = send_again(session, number, store.actor_context(now=now(), actor="coordinator"))
    if json_:
        show_json({"message": number, "queued": queued})
    elif queued:
        print(f"Thư số {number} sẽ được gửi lại trong lượt gửi tới.")
    else:
        print(f"Thư số {number} đã gửi hoặc đang chờ gửi; không cần gửi lại.")


def _send_all_again(wanted: MessageFilter, json_: bool) -> None:
    if wanted.state not in (None, MessageState.DEAD):
        raise Refused(
            f"--again-all gửi lại thư đã bỏ; bỏ «--state {wanted.state}» hoặc ghi --state {MessageState.DEAD}.",
            f"--again-all is for what was given up; leave out '--state {wanted.state}' or say --state dead.",
        )
    with opened() as store:
        if wanted.office is not None:
            store.plan.office(wanted.office)
        queued = send_all_again(store.engine, wanted, store.actor_context(now=now(), actor="coordinator"))
    if json_:
        show_json({"queued": queued})
    elif queued:
        print(f"{queued} thư, tin nhắn sẽ được gửi lại trong lượt gửi tới.")
    else:
        print("Không có thư, tin nhắn nào đã bỏ theo bộ lọc này.")


def _show(number: int, json_: bool) -> None:
    """The text as it was kept when it was sent, and what became of every try."""
    with opened() as store, reading_session(store.engine) as session:
        found, tries = message(session, number)
    if json_:
        of_message = {"id", "message_id"}
        shown = [plain_row(each.model_dump(exclude=of_message)) for each in tries]
        show_json(plain_row(found.model_dump()) | {"tries": shown})
        return
    print(f"Thư số {number} gửi {found.office}/{found.desk.value} qua kênh {found.channel}")
    print(f"Mã thư: {found.message_key}; lập {moment(found.created_at)}; trạng thái {found.state.value}")
    for each in tries:
        print(f"  {_in_words(each)}")
    if not tries:
        print("  chưa có lần thử nào")
    print(f"\n{found.subject}\n\n{found.body_text}" if found.body_text else "\nChưa soạn nội dung.")


def _listed(row: Message) -> tuple[Any, ...]:
    return (
        row.id,
        f"{row.office}/{row.desk.value}",
        row.channel,
        row.subject,
        row.state.value,
        row.attempts,
        moment(row.sent_at),
        row.error,
    )


def _all_exported(session: Session, wanted: MessageFilter) -> Iterator[tuple[Any, ...]]:
    found = messages(session, wanted)
    while part := list(islice(found, READ_SIZE)):
        tried = attempts(session, [row.id or 0 for row in part])
        yield from (_exported(row, tried.get(row.id or 0, [])) for row in part)


def _exported(row: Message, tries: Sequence[DeliveryAttempt]) -> tuple[Any, ...]:
    # Without the text: its links open doors, and a file is passed on.
    number, _, *rest = _listed(row)
    told = "; ".join(map(_in_words, tries))
    return (number, moment(row.created_at), row.office, row.desk.value, *rest, told)


def _in_words(attempt: DeliveryAttempt) -> str:
    reason = f" ({attempt.reason})" if attempt.reason else ""
    result = _RESULTS[attempt.result.value]
    return f"lần {attempt.number}: {moment(attempt.at)} qua {attempt.channel}, {result}{reason}"


def _export(path: Path, rows: Iterable[Sequence[Any]]) -> int:
    """Write a table that Excel reads as what it is: UTF-8 with its mark, and no cell that it would work out.

    Gives how many rows were written below the head.
    """
    written = 0
    with atomic_write(path) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(_EXPORTED)
        for row in rows:
            writer.writerow([_harmless(cell) for cell in row])
            written += 1
        text.detach()  # or else it would close the file, which is not in its place yet
    return written


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_MADE_FORMULAS) else cell
