"""`dondoc up`: every part on one machine, started, watched and ended together.

Portal and courier need no Prefect: they are started first and go on whatever becomes of it. Once its server answers:
what a stop left behind → deployments → worker → every priority once, to catch up. A part that ends by itself is started
again for itself, after growing pauses and without end. Stopping: no new runs, a moment for those under way, then
courier, worker, portal, server.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from config import clock
from config.errors import Refused
from config.settings import Settings
from hosting import child_process
from hosting.child_process import Child
from hosting.prefect.connection import HOST, answers, connected_to, responds, start_server
from hosting.prefect.environment import applied, environment
from hosting.prefect.server_lock import ServerLock
from hosting.processes.parts import SERVER_CHILD, WORKER_CHILD, children, worker_arguments
from hosting.processes.restarts import Restarts
from hosting.processes.run_watch import RunWatch
from hosting.processes.signals import answer_only, stop_interrupts
from hosting.processes.single_instance import refuse_busy_ports, single_instance
from hosting.processes.store_of_today import StoreOfToday
from hosting.processes.welcome import addresses
from models.keeping.opening import Store, open_store

WATCH_EVERY_S = 0.5
DRAIN_S = 20
STOP_S = 10
TELL_AFTER_S = 90
"""A Prefect that does not answer for so long is told of, here, at the desk and in a letter."""

HUNG_AFTER_S = 900
"""A server that runs and does not answer for so long is started anew."""

_PORTAL, _COURIER = "portal", "courier"
_LATE_S = 60.0  # between two tries to register with a Prefect that does not take it
_ASK_EVERY_S = 60.0  # whether a Prefect that has heard of us still answers
_RUNS_AT_ONCE = 2
_POLL_S = 0.2
_LOG_LIMIT_BYTES = 5_000_000

Say = Callable[[str], None]
FirstStart = Callable[[Store], bool]


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
            "DONDOC_PREFECT_URL: 'dondoc up' runs Prefect on this machine itself. Unset this variable, or, on "
            "several machines, run the parts with 'dondoc part' (docs/operations.md).",
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
        self._restarts = Restarts(time.monotonic)
        self._stop_courier = threading.Event()
        self._courier_thread: threading.Thread | None = None
        self._opened = ExitStack()
        self._is_connected = self._is_registered = False
        self._is_awaited, self._is_told = True, False  # Prefect's server, and that it does not answer
        self._answered_at = self._server_began = time.monotonic()
        self._register_at = 0.0
        self._store_of_today = StoreOfToday(store, say)
        self._runs = RunWatch(say)

    def run(self, opened: ExitStack, first_start: FirstStart) -> None:
        """Start everything, say where it is, watch until interrupted; what must be ended goes on ``opened``."""
        began = time.monotonic()
        self._say("Đang khởi động máy chủ Prefect … / starting")
        for name in children():
            _rotate_log(self._settings.data_dir / "logs" / f"{name}.log")
        opened.callback(self._stop_all)
        for name in (SERVER_CHILD, _PORTAL):
            self._start(name)
        first = first_start(self._store)  # while they start: this needs only our own database
        opened.enter_context(applied(self._settings, api_url=self._api))  # before the first import of Prefect
        opened.callback(self._end_courier)
        self._start_courier()
        self._opened, portal = opened, f"http://{HOST}:{self._settings.portal_port}/healthz"
        while not (responds(portal) and (self._is_registered or self._prefect_is_late())):
            self._look()
            time.sleep(_POLL_S)
        self._lock.announce(self._api)
        self._say(self._addresses(time.monotonic() - began, first))
        while True:
            self._look()
            time.sleep(WATCH_EVERY_S)

    # --- starting ------------------------------------------------------------------------------------------

    def _end_stale_runs(self) -> None:
        from hosting.prefect.corrected_runs import end_stale_runs
        from hosting.prefect.dead_runs import begin_stopped_runs_again

        ended = end_stale_runs(clock.now())
        if ended.interrupted or ended.missed:
            self._say(
                f"Lần trước dừng đột ngột: {ended.interrupted} lượt bị ngắt, {ended.missed} lượt bỏ qua; sẽ làm bù."
            )
        if again := begin_stopped_runs_again(clock.now()):
            self._say(f"Lần trước dừng để bảo trì: chạy lại {again} lượt bị ngắt. / {again} run(s) restarted")

    def _start(self, name: str) -> None:
        self._restarts.started(name)
        if name == SERVER_CHILD:
            self._is_awaited, self._server_began = True, time.monotonic()
            port = self._settings.prefect_port
            self._children[name] = start_server(self._settings, port, mark=self._mark, environment={})
            return
        commands = {
            _PORTAL: ("-m", "cli.main", "portal"),
            WORKER_CHILD: worker_arguments("dondoc", _RUNS_AT_ONCE),
        }
        self._children[name] = child_process.start(
            name,
            commands[name],
            mark=self._mark,
            environment=environment(self._settings, api_url=self._api),
            log=self._settings.data_dir / "logs" / f"{name}.log",
        )

    def _start_courier(self) -> None:
        """Sends what waits, beside the runs: what failed once, what waited for a working day."""
        from notifications.courier.courier import run_forever

        self._restarts.started(_COURIER)
        self._courier_thread = threading.Thread(
            target=run_forever, args=(lambda: self._store, self._stop_courier), name=_COURIER, daemon=True
        )
        self._courier_thread.start()

    def _end_courier(self) -> None:
        self._stop_courier.set()
        if self._courier_thread is not None:
            self._courier_thread.join(STOP_S)

    def _addresses(self, seconds: float, first: bool) -> str:
        return addresses(self._store, seconds, is_first=first, has_prefect=self._is_registered)

    # --- watching and ending -------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look at every part once: start again what has ended, register once Prefect answers."""
        for name, child in list(self._children.items()):
            if not child.running:
                self._start_again(name, f"mã {child.process.returncode}", child.log)
        if self._courier_thread is not None and not self._courier_thread.is_alive():
            self._start_again(_COURIER, "lỗi", None)
        self._follow_prefect()
        before, self._store = self._store, self._store_of_today.current()
        if self._store.plan is not before.plan:
            self._is_registered = False  # with the plan that is in force now
        if self._store.contacts.senders != before.contacts.senders:
            self._stop(_PORTAL)
            self._start(_PORTAL)
        if self._is_registered:
            self._runs.check_when_due(self._store)

    def _start_again(self, name: str, how: str, log: Path | None) -> None:
        pause = self._restarts.died(name)
        if pause is not None:
            where = f" Xem {log}." if log else ""
            when = f"khởi động lại sau {pause:.0f} giây" if pause else "khởi động lại"
            self._say(f"«{name}» đã dừng ({how}); {when}.{where} / restarting")
        if name == SERVER_CHILD and not self._is_awaited:
            self._is_awaited, self._answered_at = True, time.monotonic()
        if self._restarts.is_due(name):
            if name == _COURIER:
                self._start_courier()
            else:
                self._start(name)

    def _follow_prefect(self) -> None:
        """Register with a Prefect that answers and has not heard of us; tell of one that does not answer for long, and
        start it anew when it hangs."""
        now = time.monotonic()
        if self._is_registered and not self._is_awaited and now - self._answered_at < _ASK_EVERY_S:
            return
        if answers(self._api):
            self._answered_at, self._is_awaited, self._is_told = now, False, False
            if not self._is_registered and now >= self._register_at:
                self._register()
            return
        if self._prefect_is_late() and not self._is_told:
            self._is_told = True
            self._say(
                "Máy chủ Prefect chưa trả lời; trang đôn đốc và việc gửi thư vẫn chạy. / Prefect is not responding yet"
            )
            self._report_prefect_down()
        server = self._children[SERVER_CHILD]
        if server.running and now - max(self._answered_at, self._server_began) > HUNG_AFTER_S:
            server.stop(STOP_S)

    def _register(self) -> None:
        from flows.deployments import register

        try:
            if not self._is_connected:
                self._opened.enter_context(connected_to(self._settings, self._api))
                self._is_connected = True
                self._opened.callback(self._drain)
            is_first = WORKER_CHILD not in self._children
            if is_first:
                self._end_stale_runs()
            register.deploy(self._store.plan)
            if is_first:
                register.run_all_once(self._store.plan)
                self._start(WORKER_CHILD)
        except Exception as fault:  # the server may be what fails, or our database, in whichever way: it is tried again
            self._register_at, why = time.monotonic() + _LATE_S, fault if isinstance(fault, Refused) else type(fault)
            self._say(f"Chưa đăng ký được với Prefect ({why}); thử lại. / trying to register again")
        else:
            self._is_registered = True

    def _prefect_is_late(self) -> bool:
        return time.monotonic() - self._answered_at > TELL_AFTER_S

    def _report_prefect_down(self) -> None:
        from flows.runs.trouble import report_prefect_down

        try:
            report_prefect_down(self._store, clock.now())
        except (Refused, DBAPIError) as fault:  # our own database is away as well
            self._say(f"Chưa ghi được sự cố: {type(fault).__name__}.")

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

    def _stop_all(self) -> None:
        for name in (WORKER_CHILD, _PORTAL, SERVER_CHILD):
            if name in self._children:
                self._stop(name)


def _rotate_log(log: Path) -> None:
    """Keep one old log and start a new one when it has grown long."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
