"""`dondoc notices|mailbox|deliver|channels`: the outbox, the local mailbox, sending, and the channels in use."""

import time
from dataclasses import asdict

import typer

from cli.options import AS_OF, JSON, OFFICE
from cli.output import check_choice, format_time, json_row, show_json, show_list, show_table
from cli.store import acting_time, open_configured_store
from config.clock import now
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from config.errors import Refused
from config.settings import load_settings
from models.store.database import reading_session
from models.tables.lifecycle import NoticeState
from models.work.queries import notices
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from notifications.courier.sent_at_once import check_channels, require_all_sent

channels = typer.Typer()


LETTERS_SHOWN = 20
"""Of the local mailbox, without `--all`."""


def notices_command(
    office: str | None = OFFICE,
    state: str | None = typer.Option(
        None, "--state", help=f"Trạng thái: {', '.join(NoticeState)}. / State: {', '.join(NoticeState)}."
    ),
    json_: bool = JSON,
) -> None:
    """List the notices of the outbox."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        check_choice("state", state, NoticeState)
        if office is not None:
            office = store.plan.office_named(office).code
        found = notices(session, office=office, state=NoticeState(state) if state else None)
    show_list(
        json_,
        (json_row(notice.model_dump()) for notice in found),
        f"{len(found)} nội dung nhắc",
        ("Số", "Loại", "Việc", "Bậc", "Nơi nhận", "Kênh", "Trạng thái", "Lúc gửi"),
        [
            (
                notice.id,
                notice.kind.value,
                notice.assignment_id,
                notice.rung,
                f"{notice.office}/{notice.desk.value}",
                notice.channel,
                notice.state.value,
                format_time(notice.sent_at),
            )
            for notice in found
        ],
        empty="Chưa có nội dung nhắc nào.",
    )


def mailbox_command(
    read: int | None = typer.Option(None, "--read", metavar="N", help="Đọc thư số N. / Read message N."),
    office: str | None = OFFICE,
    all_: bool = typer.Option(False, "--all", help="Liệt kê tất cả. / List all."),
    json_: bool = JSON,
) -> None:
    """List the mail of the local mailbox, the newest first, or print one."""
    settings = load_settings()
    found = letters(settings.mailbox_dir)
    numbered = list(enumerate(found, start=1))  # a letter keeps its number when another comes in
    if office:
        names = _names_of(office)
        numbered = [(number, letter) for number, letter in numbered if letter.recipient in names]
    numbered.reverse()
    if json_:
        show_json([letter.as_json() | {"number": number} for number, letter in numbered])
        return
    if read is not None:
        if not 1 <= read <= len(found):
            raise Refused(
                f"Hộp thư có {len(found)} thư; không có thư số {read}.",
                f"The mailbox holds {len(found)} messages; there is no number {read}.",
            )
        print(f"{found[read - 1].subject}\n\n{found[read - 1].text}")
        return
    listed = numbered if all_ else numbered[:LETTERS_SHOWN]
    show_table(
        f"{len(numbered)} thư trong {settings.mailbox_dir}, mới nhất trước",
        ("N", "Lúc", "Gửi", "Tiêu đề"),
        [(number, f"{letter.at:%d/%m/%Y %H:%M}", letter.recipient, letter.subject) for number, letter in listed],
        empty=f"Không có thư nào ({settings.mailbox_dir}).",
    )
    if len(numbered) > len(listed):
        print(f"… và {len(numbered) - len(listed)} thư cũ hơn; xem tất cả bằng --all.")
    if numbered:
        print("Đọc một thư: dondoc mailbox --read N")


def _names_of(code: str) -> set[str]:
    """The names under which letters go to an office; raises ``Refused`` for a code there is none of."""
    with open_configured_store() as store:
        office = store.plan.office(code)
    return {office.name_vi, office.name_en}


def deliver_command(
    once: bool = typer.Option(False, "--once", help="Gửi một lượt rồi dừng. / Stop after one round."),
    every: int = typer.Option(
        30, "--every", min=1, help="Nghỉ giữa hai lượt, giây. / Pause between rounds, in seconds."
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Send what is waiting, once or again and again."""
    with open_configured_store(serves=True) as store:
        while True:
            done = deliver(store, now=now(), as_of=acting_time(as_of) if as_of else None, gathers=not once)
            if json_:
                show_json(done.as_json())
            else:
                print(
                    f"Đã gửi {done.sent}, sẽ thử lại {done.retrying}, không gửi được {done.failed},"
                    f" đã hủy {done.cancelled} nội dung không còn đúng, còn chờ {done.waiting}."
                )
            if once:
                return
            time.sleep(every)


@channels.command("list")
def channels_list_command(json_: bool = JSON) -> None:
    """Kênh liên hệ của từng cơ quan; không hiện địa chỉ. / List the channels of each office, without addresses."""
    with open_configured_store() as store:
        rows = [
            {
                "office": office.code,
                **{desk.value: _channels_of(store.contacts, office.code, desk) for desk in Desk},
            }
            for office in store.plan.offices
        ]
    show_list(
        json_,
        rows,
        f"Kênh liên hệ ({LOCAL_MAILBOX} = hộp thư tại chỗ)",
        ("Cơ quan", "Đầu mối", "Thủ trưởng", "Đôn đốc", "Theo dõi"),
        [tuple(row.values()) for row in rows],
        empty="Kế hoạch chưa có cơ quan nào.",
    )


@channels.command("test")
def channels_test_command(
    office: str = typer.Argument(metavar="OFFICE", help="Mã cơ quan. / Code of the office."),
    desk: str = typer.Option("focal", "--desk", help=f"Nơi nhận: {', '.join(Desk)}. / Desk: {', '.join(Desk)}."),
    json_: bool = JSON,
) -> None:
    """Gửi thử một tin qua từng kênh và nói rõ kết quả. / Send a test message over each channel and show each result."""
    check_choice("desk", desk, Desk)
    with open_configured_store() as store:
        to = store.plan.office_named(office)
        tried = check_channels(store, to.code, Desk(desk), now=now())
    if json_:
        show_json({"office": to.code, "desk": desk, "channels": [asdict(each) for each in tried]})
    require_all_sent(to, tried)
    if not json_:
        over = ", ".join("hộp thư tại chỗ" if each.channel == LOCAL_MAILBOX else each.channel for each in tried)
        print(f"Đã gửi tin thử tới {to.name_vi} qua {over}. Sent over {', '.join(each.channel for each in tried)}.")


def _channels_of(contacts: Contacts, office: str, desk: Desk) -> str:
    """The channel in use, followed by its fallbacks."""
    return ", ".join(address.channel for address in contacts.in_order(office, desk))
