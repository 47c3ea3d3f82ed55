"""Warnings about the machine itself, sent beside the outbox: it cannot be relied on for what stops it.

Over the first of the coordinator's channels that takes it; where none does, into the local mailbox. What was told is
remembered in a file of the data directory, each thing once: the store cannot be written under a wrong clock.
"""

import socket
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from html import escape

from config.clock import local_date
from config.contacts.contacts import Address
from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from config.errors import Refused
from config.text.atomic_write import atomic_write
from models.keeping.clock_confirmation import clock_of
from models.keeping.opening import Store
from models.store.clock_check import ClockWrong
from notifications.channels.outgoing import OutgoingMessage, Result
from notifications.channels.sending import send

_TOLD = "warnings-told"
_REMEMBERED = 200


def warn_of_clock(store: Store, fault: ClockWrong) -> bool:
    """Tell the coordinator, once for each time it happens, that this machine's clock is wrong and all work rests.

    Returns whether a channel took it now. Not told is what is over: a clock that was set in the middle of a run.
    """
    if clock_of(store.engine).fault() is None:
        return False
    reading, machine = fault.reading, socket.gethostname()
    # The moment on record stays as it is for as long as the clock is wrong. By it the letter is dated, too.
    known = reading.server or reading.recorded or reading.machine
    lines = (
        "Kính gửi: cơ quan đôn đốc",
        f"Máy «{machine}»: {fault}",
        "Trong lúc này dondoc không giao việc, không nhắc và không nhận báo cáo, để giờ sai không làm hỏng dữ liệu."
        " Báo ngay người quản trị máy.",
        f"Machine '{machine}': {fault.en}",
        "Until then dondoc assigns nothing, reminds nobody and takes no reports. Tell the operator of the machine.",
    )
    about = f"clock {machine} {reading.recorded} {local_date(known)}"
    return send_warning(store, about, "[Đôn đốc] Đồng hồ máy chủ sai, mọi việc tạm dừng", lines, now=known)


def warn_of_server(store: Store, server: str, channel: str, reason: str, *, now: datetime) -> bool:
    """Tell the coordinator, once a day, that a server takes no message of ours; returns whether a channel took it."""
    day = local_date(now)
    lines = (
        "Kính gửi: cơ quan đôn đốc",
        f"Máy chủ «{server}» (kênh {channel}) không nhận thư của dondoc. {reason}",
        "Không thư nào bị mất. Nhờ người quản trị xem mật khẩu, tài khoản gửi và chứng chỉ của máy chủ; khi sửa "
        "xong, mọi thư đang chờ sẽ tự được gửi. Trong lúc đó, các cơ quan chưa được nhắc qua kênh này.",
        f"The server '{server}' (channel {channel}) is not accepting dondoc's messages. Nothing is lost: once its "
        "password, account or certificate is fixed, everything waiting is sent automatically.",
    )
    subject = f"[Đôn đốc] Máy chủ gửi thư từ chối, thư đang chờ ({day:%d/%m/%Y})"
    return send_warning(store, f"server {server} {day}", subject, lines, now=now, except_over=(channel,))


def send_warning(
    store: Store, about: str, subject: str, lines: Sequence[str], *, now: datetime, except_over: Collection[str] = ()
) -> bool:
    """Send a warning to the coordinator of the main directive unless it was told before; returns whether one was sent
    over a channel.

    about        tells one warning from another
    except_over  channels that are known not to work
    """
    key = f"dondoc-warning-{sha256(about.encode()).hexdigest()[:20]}"
    file = store.settings.data_dir / _TOLD
    told: list[str] = []
    with suppress(OSError):
        told = file.read_text(encoding="utf-8", errors="replace").split()
    if key in told:
        return False
    office = store.plan.coordinator_on(store.plan.main_directive, local_date(now))
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    text = "\n\n".join(lines) + "\n"
    outgoing = OutgoingMessage(key, office.name_vi, subject, text, html, f"{subject}\n{lines[1]}")
    addresses = store.contacts.in_order(office.code, Desk.COORDINATOR)
    for address in (*addresses, Address(LOCAL_MAILBOX, store.settings.language)):
        if address.channel in except_over:
            continue
        outcome = send(address, outgoing, mailbox=store.settings.mailbox_dir, now=now)
        if outcome.result in (Result.SENT, Result.AMBIGUOUS):
            # One that lies in the mailbox only is tried again, and replaces its own file there.
            if address in addresses:
                # A disk that takes nothing must not stop the courier: then it is told once more.
                with suppress(Refused), atomic_write(file) as kept:
                    kept.write(("\n".join([*told, key][-_REMEMBERED:]) + "\n").encode())
            return address.channel != LOCAL_MAILBOX
    return False
