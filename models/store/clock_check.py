"""Whether this machine's clock can be right, asked before anything is written.

A machine that starts before it has set its clock, or with a dead battery, lives in another year. What it wrote then
could not be taken back: reminders of years would count as said, and what waits would wait for years. So the clock is
held against the newest moment on record, and on PostgreSQL against the server's. A replayed day is no matter of this:
only the machine's own clock counts.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from config import clock
from config.clock import HANOI
from config.errors import Refused
from models.store.columns import UtcDateTime

AHEAD_LIMIT = timedelta(days=31)
"""So far ahead of everything recorded a clock is believed: Tết, a summer's rest, a backup of some weeks ago."""

BEHIND_LIMIT = timedelta(days=2)
"""So far behind the newest record a clock is believed: several machines are never quite of one mind."""

SERVER_LIMIT = timedelta(minutes=5)
"""So far from the clock of the PostgreSQL server."""

WRITTEN_EVERY = timedelta(minutes=10)
"""How old the moment on record may get while work goes on."""

TOLD_FOR = timedelta(days=1)
"""For how long others are told of a machine that has said nothing since: it may have been switched off."""

_ASKED_EVERY_S = 60.0
_JUMP_S = 2.0
"""A clock that goes as evenly as the processor's own is asked about once a minute; one that was set, at once."""

# Not the table's class: what a unit of work stands on knows no tables.
MACHINE_CLOCK = sa.table(
    "machine_clock",
    sa.column("id", sa.Integer),
    sa.column("seen_at", UtcDateTime),
    sa.column("accepted_offset_s", sa.Integer),
)

CLOCK_FAULT = sa.table(
    "clock_fault", sa.column("machine", sa.String), sa.column("says", UtcDateTime), sa.column("told_at", UtcDateTime)
)


@dataclass(frozen=True)
class ClockReading:
    """What is known of the time.

    machine        by this machine's clock
    recorded       the newest moment on record; None in a store in which nothing was written yet
    server         by the clock of the PostgreSQL server; None on SQLite
    server_offset  how far an operator has confirmed that the machine may be ahead of the server
    """

    machine: datetime
    recorded: datetime | None
    server: datetime | None = None
    server_offset: timedelta = timedelta()

    @property
    def is_behind(self) -> bool:
        """Whether it is days behind the newest record: where the record was made by a clock that was ahead, rightly."""
        return self.recorded is not None and self.recorded - self.machine > BEHIND_LIMIT

    @property
    def is_off_server(self) -> bool:
        """Whether it is further from the database server's clock than an operator has confirmed."""
        off_server = self.machine - self.server if self.server else timedelta()
        return min(abs(off_server), abs(off_server - self.server_offset)) > SERVER_LIMIT

    def fault(self) -> "ClockWrong | None":
        """Why the machine's clock cannot be right, or None when it can."""
        if self.is_off_server:
            return ClockWrong(
                self, f"lệch máy chủ cơ sở dữ liệu ({_shown(self.server)})", "which differs from the database server"
            )
        if self.recorded is None:
            return None
        if self.machine - self.recorded > AHEAD_LIMIT:
            return ClockWrong(
                self, f"đi trước hơn một tháng so với lần ghi gần nhất ({_shown(self.recorded)})", "ahead"
            )
        if self.is_behind:
            return ClockWrong(self, f"đi sau lần ghi gần nhất ({_shown(self.recorded)}) nhiều ngày", "days behind")
        return None


class ClockWrong(Refused):
    """This machine's clock cannot be right; nothing was written."""

    def __init__(self, reading: ClockReading, vi: str, en: str) -> None:
        told = {"which differs from the database server": reading.server}.get(en, reading.recorded)
        super().__init__(
            f"Đồng hồ máy chỉ {_shown(reading.machine)}, {vi}. Chưa ghi và chưa gửi gì. Chỉnh giờ của máy: công việc tự"
            " tiếp tục ngay. Nếu giờ ấy đúng (máy nghỉ lâu, bản sao lưu cũ), người quản trị xác nhận bằng"
            " «dondoc clock confirm».",
            f"The machine's clock says {_shown(reading.machine)}, {en} ({_shown(told)}). Nothing was written or sent. "
            "Set the machine's clock and work continues immediately. If that time is right (long pause, old backup), "
            "the operator confirms it with 'dondoc clock confirm'.",
        )
        self.reading = reading


def read_clock(connection: Connection) -> ClockReading:
    """What is known of the time, through a connection that only reads."""
    has_server = connection.dialect.name == "postgresql"
    row = connection.execute(sa.select(MACHINE_CLOCK.c.seen_at, MACHINE_CLOCK.c.accepted_offset_s)).one_or_none()
    server: datetime | None = connection.scalar(sa.text("SELECT clock_timestamp()")) if has_server else None
    return ClockReading(
        clock.now(),
        row.seen_at if row else None,
        server.astimezone(UTC) if server else None,
        timedelta(seconds=row.accepted_offset_s if row else 0),
    )


def require_right_clock(engine: Engine) -> None:
    """Raise ``ClockWrong`` when this machine's clock cannot be right; else keep the moment on record.

    Every unit of work begins with it. It costs nothing while the clock goes on evenly.
    """
    now_s, now = time.monotonic(), clock.now()
    with _lock:
        if (checked := _checked.get(engine)) is not None:
            gone_s = now_s - checked.monotonic_s
            if gone_s < _ASKED_EVERY_S and abs((now - checked.at).total_seconds() - gone_s) < _JUMP_S:
                return
    with engine.connect() as connection:
        reading = read_clock(connection.execution_options(dondoc_reading=True))
    if (fault := reading.fault()) is not None:
        if reading.is_off_server:
            _tell_others(engine, reading, now_s)
        raise fault
    if reading.server is not None and (checked is None or engine in _told_s):
        _take_back(engine)
    if reading.recorded is None or reading.machine - reading.recorded > WRITTEN_EVERY:
        # In a transaction of its own: all that write would otherwise wait for each other at this one row.
        with engine.begin() as connection:
            record_moment(connection, reading.machine)
    with _lock:
        _checked[engine] = _Checked(now_s, now)


@dataclass(frozen=True)
class OtherClock:
    """Another machine of the house whose clock is wrong: it does nothing until it is right.

    says     the moment by its clock
    told_at  the same moment by the database server's
    """

    machine: str
    says: datetime
    told_at: datetime

    @property
    def vi(self) -> str:
        return (
            f"Đồng hồ của máy «{self.machine}» chỉ {_shown(self.says)} lúc máy chủ cơ sở dữ liệu chỉ"
            f" {_shown(self.told_at)}: các phần chạy ở máy ấy (gửi thư, quét hạn) đang dừng. Chỉnh giờ của máy ấy, công"
            " việc tự tiếp tục."
        )

    @property
    def en(self) -> str:
        return (
            f"The clock of the machine '{self.machine}' said {_shown(self.says)} at {_shown(self.told_at)} by the"
            " database server: what runs there (sending, tracking) has stopped. Set that clock and it goes on."
        )


def wrong_clocks_elsewhere(connection: Connection) -> list[OtherClock]:
    """The other machines that have told within a day that their clock is wrong; none where the database is a file."""
    if connection.dialect.name != "postgresql":
        return []
    names = [CLOCK_FAULT.c[name] for name in ("machine", "says", "told_at")]
    since = sa.func.clock_timestamp() - TOLD_FOR
    others = sa.select(*names).where(CLOCK_FAULT.c.machine != _this_machine(), CLOCK_FAULT.c.told_at > since)
    return [OtherClock(*row) for row in connection.execute(others.order_by(CLOCK_FAULT.c.machine))]


def _tell_others(engine: Engine, reading: ClockReading, now_s: float) -> None:
    """Let the other machines know, at most once a minute; what goes wrong with it does not hide the fault itself."""
    with _lock:
        if now_s - _told_s.get(engine, -_ASKED_EVERY_S) < _ASKED_EVERY_S:
            return
        _told_s[engine] = now_s
    row = {"machine": _this_machine(), "says": reading.machine, "told_at": reading.server}
    told = postgresql.insert(CLOCK_FAULT).values(row)
    with suppress(DBAPIError), engine.begin() as connection:
        connection.execute(told.on_conflict_do_update(index_elements=["machine"], set_=row))


def _take_back(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.delete(CLOCK_FAULT).where(CLOCK_FAULT.c.machine == _this_machine()))
    with _lock:
        _told_s.pop(engine, None)


def _this_machine() -> str:
    return socket.gethostname()[:100]


def require_steady_clock(since: datetime) -> None:
    """Raise ``ClockWrong`` when the clock was set after ``since``, a moment that what is now written would bear."""
    now = clock.now()
    if not -SERVER_LIMIT <= now - since <= BEHIND_LIMIT:
        raise ClockWrong(ClockReading(since, now), f"và vừa được đặt lại ({_shown(now)})", "and has just been set")


def record_moment(connection: Connection, at: datetime, values: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Make ``at`` the newest moment on record."""
    if not connection.execute(sa.update(MACHINE_CLOCK).values(seen_at=at, **values)).rowcount:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"id": 1, "seen_at": at, "accepted_offset_s": 0, **values}
        connection.execute(insert(MACHINE_CLOCK).values(row).on_conflict_do_nothing())


@dataclass(frozen=True)
class _Checked:
    monotonic_s: float
    at: datetime


_lock = threading.Lock()
_checked: "WeakKeyDictionary[Engine, _Checked]" = WeakKeyDictionary()
_told_s: "WeakKeyDictionary[Engine, float]" = WeakKeyDictionary()


def _shown(at: datetime | None) -> str:
    return f"{at.astimezone(HANOI):%H:%M %d/%m/%Y}" if at else ""
