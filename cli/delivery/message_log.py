"""`dondoc messages`: the delivery log, listed and shown as evidence; dead messages sent again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import typer

from cli.options import JSON, OFFICE
from cli.output import check_choice, format_time, json_row, show_json, show_json_rows, show_table
from cli.store import open_configured_store
from config.clock import now, parse_date, start_of_day
from config.contacts.desks import Desk
from config.errors import Refused
from models.delivery.dead_letters import send_again, send_all_again
from models.delivery.message_log import MessageFilter, latest_messages, message, messages
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import MessageState
from models.tables.outbox import DeliveryAttempt, Message

PAGE_SIZE = 200
"""How many messages the screen shows, the newest; programs get all."""

_TABLE_HEAD = ("Số", "Nơi nhận", "Kênh", "Tiêu đề", "Trạng thái", "Lần thử", "Lúc gửi", "Lỗi")

_RESULTS = {"sent": "đã gửi", "failed": "không gửi được"}


def messages_command(
    office: str | None = OFFICE,
    desk: str | None = typer.Option(None, "--desk", help=f"Nơi nhận: {', '.join(Desk)}. / Desk: {', '.join(Desk)}."),
    channel: str | None = typer.Option(None, "--channel", help="Kênh, ví dụ mailto. / Channel, e.g. mailto."),
    state: str | None = typer.Option(
        None, "--state", help=f"Trạng thái: {', '.join(MessageState)}. / State: {', '.join(MessageState)}."
    ),
    since: str | None = typer.Option(None, "--since", metavar="YYYY-MM-DD", help="Từ ngày này. / From this day on."),
    until: str | None = typer.Option(
        None, "--until", metavar="YYYY-MM-DD", help="Đến hết ngày. / To the end of this day."
    ),
    show: int | None = typer.Option(
        None,
        "--show",
        metavar="SỐ",
        help="Xem nội dung một thư và từng lần gửi. / Show one message with its text and every attempt.",
    ),
    again: int | None = typer.Option(
        None, "--again", metavar="SỐ", help="Gửi lại một thư không gửi được. / Resend one undeliverable message."
    ),
    again_all: bool = typer.Option(
        False,
        "--again-all",
        help="Gửi lại mọi thư không gửi được, theo bộ lọc. / Resend all undeliverable messages that match the filters.",
    ),
    json_: bool = JSON,
) -> None:
    """List, show and send again what is in the delivery log."""
    if again is not None:
        _send_again(again, json_)
        return
    if show is not None:
        _show(show, json_)
        return
    check_choice("desk", desk, Desk)
    check_choice("state", state, MessageState)
    wanted = MessageFilter(
        office=office,
        desk=desk,
        channel=channel,
        state=state,
        since=start_of_day(parse_date(since, "--since")) if since else None,
        until=start_of_day(parse_date(until, "--until") + timedelta(days=1)) if until else None,
    )
    if again_all:
        _send_all_dead_again(wanted, json_)
        return
    with open_configured_store() as store, reading_session(store.engine) as session:
        if office is not None:
            wanted = replace(wanted, office=store.plan.office_named(office).code)
        if json_:
            show_json_rows(json_row(row.model_dump()) for row in messages(session, wanted, texts=True))
            return
        found, total = latest_messages(session, wanted, limit=PAGE_SIZE)
    show_table(f"{total} thư, tin nhắn", _TABLE_HEAD, map(_table_row, found), empty="Không có thư, tin nhắn nào.")
    if total > len(found):
        print(
            f"Trên đây là {len(found)} thư mới nhất, còn {total - len(found)} thư cũ hơn: lọc thêm (--since, --until,"
            " --office …), hoặc lấy hết bằng --json."
        )


def _send_again(number: int, json_: bool) -> None:
    with open_configured_store() as store, session_scope(store.engine) as session:
        queued = send_again(session, number, store.actor_context(now=now(), actor="coordinator"))
    if json_:
        show_json({"message": number, "queued": queued})
    elif queued:
        print(f"Thư số {number} sẽ được gửi lại trong lượt gửi tới.")
    else:
        print(f"Thư số {number} đã gửi hoặc đang chờ gửi; không cần gửi lại.")


def _send_all_dead_again(wanted: MessageFilter, json_: bool) -> None:
    if wanted.state not in (None, MessageState.DEAD):
        raise Refused(
            f"--again-all gửi lại thư không gửi được; bỏ «--state {wanted.state}» hoặc ghi --state "
            f"{MessageState.DEAD}.",
            f"--again-all is for undeliverable messages; leave out '--state {wanted.state}' or say --state dead.",
        )
    with open_configured_store() as store:
        if wanted.office is not None:
            wanted = replace(wanted, office=store.plan.office_named(wanted.office).code)
        queued = send_all_again(store.engine, wanted, store.actor_context(now=now(), actor="coordinator"))
    if json_:
        show_json({"queued": queued})
    elif queued:
        print(f"{queued} thư, tin nhắn sẽ được gửi lại trong lượt gửi tới.")
    else:
        print("Không có thư, tin nhắn không gửi được nào theo bộ lọc này.")


def _show(number: int, json_: bool) -> None:
    """Print one message as evidence: its text as it was sent, and the result of every attempt."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        found, tries = message(session, number)
    if json_:
        shown = [json_row(each.model_dump(exclude={"id", "message_id"})) for each in tries]
        show_json(json_row(found.model_dump()) | {"tries": shown})
        return
    print(f"Thư số {number} gửi {found.office}/{found.desk.value} qua kênh {found.channel}")
    print(f"Mã thư: {found.message_key}; lập {format_time(found.created_at)}; trạng thái {found.state.value}")
    for each in tries:
        print(f"  {_attempt_vi(each)}")
    if not tries:
        print("  chưa có lần gửi nào")
    print(f"\n{found.subject}\n\n{found.body_text}" if found.body_text else "\nChưa soạn nội dung.")


def _table_row(row: Message) -> tuple[Any, ...]:
    return (
        row.id,
        f"{row.office}/{row.desk.value}",
        row.channel,
        row.subject,
        row.state.value,
        row.attempts,
        format_time(row.sent_at),
        row.error,
    )


def _attempt_vi(attempt: DeliveryAttempt) -> str:
    reason = f" ({attempt.reason})" if attempt.reason else ""
    result = _RESULTS[attempt.result.value]
    return f"lần {attempt.number}: {format_time(attempt.at)} qua {attempt.channel}, {result}{reason}"
