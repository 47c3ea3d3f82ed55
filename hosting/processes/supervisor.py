"""`dondoc up`: every part on one machine, started, watched and ended together.

server → what a stop left behind → deployments → worker → portal → courier → every priority once, to catch up.
Stopping goes the other way: no new runs, a moment for those under way, then courier, portal, worker, server.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import clock
from config.errors import Refused
from config.settings import Settings
from hosting import child_process
from hosting.child_process import Child
from hosting.prefect.connection import HOST, await_server, connected_to, start_server
from hosting.prefect.environment import environment
from hosting.prefect.server_lock import ServerLock
from hosting.processes.parts import SERVER_CHILD, children, worker_arguments
from hosting.processes.run_watch import RunWatch
from hosting.processes.signals import answer_only, stop_interrupts
from hosting.processes.single_instance import refuse_busy_ports, single_instance
from hosting.processes.store_of_today import StoreOfToday
from models.access.accounts import users
from models.keeping.opening import Store, open_store
from models.store.database import reading_session
from models.tables.account import UserRole

WATCH_EVERY_S = 0.5
DRAIN_S = 20
STOP_S = 10
RESTARTS_AN_HOUR = 5
"""Children that end by themselves are started again this often; after that no restart will mend it."""

_HOUR_S = 3600
_RUNS_AT_ONCE = 2
_LOG_LIMIT_BYTES = 5_000_000

Say = Callable[[str], None]
FirstStart = Callable[[Store, Say], bool]


def say_at_once(text: str) -> None:
    """Not held back when the output goes to a file or a service's log."""
    print(text, flush=True)


def up(settings: Settings, first_start: FirstStart, say: Say = say_at_once) -> int:
    """Run everything until Ctrl-C or SIGTERM; returns the exit code 0 after a clean end.

    first_start  prepares the store while the server starts, and returns whether it is new

    Raises ``Refused`` when it cannot start: it already runs, the port is taken, Prefect runs elsewhere, plan or
    database are at fault.
    """
    if settings.prefect_url:
        raise Refused(
            "DONDOC_PREFECT_URL: «dondoc up» tự chạy Prefect trên máy này. Bỏ biến này, hoặc trên nhiều máy thì chạy"
            " từng phần bằng «dondoc part» (docs/operations.md).",
            "DONDOC_PREFECT_URL: 'dondoc up' runs Prefect here by itself. Unset it, or on several machines run the"
            " parts by 'dondoc part' (docs/operations.md).",
        )
    with stop_interrupts(), single_instance(settings, say) as lock, ExitStack() as opened:
        try:
            mark = str(settings.data_dir)
            if left := child_process.end_marked(mark):
                say(f"Đã dọn {left} tiến trình còn sót từ lần chạy trước.")
            refuse_busy_ports(settings)
            store = opened.enter_context(open_store(settings))
            opened.callback(child_process.end_marked, mark)
            Supervisor(settings, store, lock, mark, say).run(opened, first_start)
        except KeyboardInterrupt:
            pass
        finally:
            answer_only(lambda: say("Đang dừng, xin đợi … / stopping, please wait"))
            opened.close()
    say("Đã dừng. Chạy lại bằng cùng lệnh sẽ tiếp tục từ đây. / Stopped.")
    return 0


class Supervisor:
    """What runs while `dondoc up` runs, in the order of its start."""

    def __init__(self, settings: Settings, store: Store, lock: ServerLock, mark: str, say: Say) -> None:
        self._settings = settings
        self._store = store
        self._lock = lock
        self._mark = mark
        self._say = say
        self._base = f"http://{HOST}:{settings.prefect_port}"
        self._api = f"{self._base}/api"
        self._children: dict[str, Child] = {}
        self._restarted_at: list[float] = []
        self._store_of_today = StoreOfToday(store, say)
        self._runs = RunWatch(say)

    def run(self, opened: ExitStack, first_start: FirstStart) -> None:
        """Start everything, say where it is, watch until interrupted; what must be ended goes on ``opened``."""
        began = time.monotonic()
        self._say("Đang khởi động máy chủ Prefect … / starting")
        for name in children():
            _rotate_log(self._settings.data_dir / "logs" / f"{name}.log")
        server, *others = children()
        self._start(server)
        opened.callback(self._stop, server)
        first = first_start(self._store, self._say)  # while the server starts: this needs only our own database
        await_server(self._children[server], self._api)
        opened.enter_context(connected_to(self._settings, self._api))
        from flows.deployments import register  # only now: the first import of Prefect reads the environment

        self._end_stale_runs()
        register.deploy(self._store.plan)
        for name in others:
            self._start(name)
            opened.callback(self._stop, name)
        opened.enter_context(self._courier())
        opened.callback(self._drain)
        register.run_all_once(self._store.plan)
        self._lock.announce(self._api)
        self._say(self._addresses(time.monotonic() - began, first))
        self._watch()

    # --- starting ------------------------------------------------------------------------------------------

    def _end_stale_runs(self) -> None:
        from hosting.prefect.corrected_runs import end_stale_runs

        ended = end_stale_runs(clock.now())
        if ended.interrupted or ended.missed:
            self._say(
                f"Lần trước dừng đột ngột: {ended.interrupted} lượt bị ngắt, {ended.missed} lượt bỏ qua; sẽ làm bù."
            )

    def _start(self, name: str) -> None:
        if name == SERVER_CHILD:
            port = self._settings.prefect_port
            self._children[name] = start_server(self._settings, port, mark=self._mark, environment={})
            return
        commands = {"portal": ("-m", "cli.main", "portal"), "worker": worker_arguments("dondoc", _RUNS_AT_ONCE)}
        self._children[name] = child_process.start(
            name,
            commands[name],
            mark=self._mark,
            environment=environment(self._settings, api_url=self._api),
            log=self._settings.data_dir / "logs" / f"{name}.log",
        )

    @contextmanager
    def _courier(self) -> Iterator[None]:
        """Sends what waits, beside the runs: what failed once, what waited for a working day."""
        from notifications.courier.courier import run_forever

        stop = threading.Event()
        thread = threading.Thread(target=run_forever, args=(lambda: self._store, stop), name="courier", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(STOP_S)

    def _addresses(self, seconds: float, first: bool) -> str:
        door = f"{self._settings.portal_url}/prefect"
        lines = [
            f"dondoc sẵn sàng sau {seconds:.0f} giây / ready:",
            f"  Trang đôn đốc / portal      {self._settings.portal_url}",
            f"  Lượt chạy / runs            {door}/v2/runs",
            f"  Quá hạn / overdue           {door}/v2/runs?tags=co-qua-han",
            f"  Luồng và phiếu / flows      {door}/v2/deployments",
            f"  Bảng theo dõi / board       {door}/newest/board",
            f"  Hộp thư tại máy / mailbox   {self._settings.mailbox_dir}   (dondoc mailbox)",
            f"  Nhật ký / logs              {self._settings.data_dir / 'logs'}",
        ]
        if first and self._settings.sample:
            lines.append("  Đây là DỮ LIỆU MẪU; dữ liệu thật: đặt DONDOC_DATA_DIR khác và DONDOC_SAMPLE=0.")
        elif first:
            lines.append("  Chưa có văn bản giao việc: chạy luồng «Ban hành văn bản giao việc» ở trang trên.")
        lines += self._first_coordinator()
        lines.append("Nhấn Ctrl-C để dừng. / Ctrl-C stops everything.")
        return "\n".join(lines)

    def _first_coordinator(self) -> list[str]:
        """How to make the first account that decides on reports; said until there is one."""
        with reading_session(self._store.engine) as session:
            if users(session, role=UserRole.COORDINATOR, enabled=True):
                return []
        return [
            "  Chưa có tài khoản đôn đốc. Tạo tài khoản đầu tiên và nhận đường dẫn vào trang / no coordinator yet:",
            '    dondoc user add EMAIL --post "Phòng Tổng hợp"',
        ]

    # --- watching and ending -------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            for name, child in self._children.items():
                if not child.running:
                    self._start_again(name, child)
            before, self._store = self._store, self._store_of_today.current()
            if self._store.plan is not before.plan:
                from flows.deployments import register

                register.deploy(self._store.plan)
            if self._store.contacts != before.contacts:
                self._stop("portal")
                self._start("portal")
            self._runs.check_when_due(self._store)
            time.sleep(WATCH_EVERY_S)

    def _start_again(self, name: str, child: Child) -> None:
        now = time.monotonic()
        self._restarted_at = [at for at in self._restarted_at if now - at < _HOUR_S] + [now]
        if len(self._restarted_at) > RESTARTS_AN_HOUR:
            raise Refused(
                f"«{name}» dừng nhiều lần; xem {child.log}.",
                f"'{name}' keeps ending; see {child.log}.",
                details=child.log_tail(),
            )
        self._say(f"«{name}» đã dừng (mã {child.process.returncode}); khởi động lại. Xem {child.log}.")
        self._start(name)
        if name == SERVER_CHILD:
            await_server(self._children[name], self._api)

    def _drain(self) -> None:
        """No new runs; those under way get a moment, so that their end is on record."""
        from flows.deployments.register import pause_pool, wait_until_idle

        self._say("Đang dừng … / stopping")
        try:
            pause_pool()
            if not wait_until_idle(DRAIN_S):
                self._say("Còn lượt chạy dở; lần sau sẽ làm bù.")
        except Exception as fault:
            # The server may be what failed. Nothing is lost: the next start ends such runs, and every run catches up.
            self._say(f"Không báo được cho Prefect ({fault}); vẫn dừng.")

    def _stop(self, name: str) -> None:
        self._children[name].stop(STOP_S)


def _rotate_log(log: Path) -> None:
    """Keep one old log and start a new one when it has grown long."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
