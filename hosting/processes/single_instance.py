"""One `dondoc up` for a data directory, and no other program on its ports."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.errors import Refused
from config.settings import Settings
from hosting.prefect.connection import port_in_use
from hosting.prefect.server_lock import ServerLock, holder, try_lock

WAIT_FOR_A_RUN_S = 120
_POLL_S = 0.5


@contextmanager
def single_instance(settings: Settings, say: Callable[[str], None]) -> Iterator[ServerLock]:
    """Hold the lock of the data directory; waits for a single run to end, raises ``Refused`` when `dondoc up` runs."""
    give_up_at = time.monotonic() + WAIT_FOR_A_RUN_S
    told = False
    while True:
        with try_lock(settings, permanent=True) as lock:
            if lock is not None:
                yield lock
                return
        held = holder(settings)
        if (held and held.permanent) or time.monotonic() > give_up_at:
            where = held.api_url.removesuffix("/api") if held and held.api_url else "đang khởi động"
            pid = held.pid if held else "?"
            raise Refused(
                f"dondoc đã chạy cho {settings.data_dir} (tiến trình {pid}, {where}). Dừng tiến trình đó trước,"
                " hoặc dùng DONDOC_DATA_DIR khác.",
                f"dondoc is already running for {settings.data_dir} (process {pid}, {where}). Stop it first, or use"
                " another DONDOC_DATA_DIR.",
            )
        if not told:
            say("Đợi một lượt chạy riêng kết thúc … / waiting for a single run to finish")
            told = True
        time.sleep(_POLL_S)


def refuse_busy_ports(settings: Settings) -> None:
    """Raise ``Refused`` when somebody else uses a port that is ours."""
    for port, setting in ((settings.prefect_port, "DONDOC_PORT"), (settings.portal_port, "DONDOC_PORTAL_PORT")):
        if port_in_use(port):
            raise Refused(
                f"Cổng {port} đang có chương trình khác dùng. Dừng chương trình đó, hoặc đặt cổng khác:"
                f" {setting}={port + 1}.",
                f"Port {port} is used by another program. Stop that program, or choose another port: "
                f"{setting}={port + 1}.",
            )
