"""`dondoc up`: every part on one machine, started, watched and ended together.

What the parts need is read here once, and each is forked from here, so that it lies in memory once (decision 0033).
Portal and courier need no Prefect: they are started first and go on whatever becomes of it. Once its server answers:
what a stop left behind → deployments → worker → every priority once, to catch up. A part that ends by itself is started
again for itself, after growing pauses and without end. Stopping: no new runs, a moment for those under way, then
courier, worker, portal, server.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date
from functools import partial

from sqlalchemy.exc import DBAPIError

from config import clock
from config.clock import local_date
from config.errors import Refused
from config.settings import Settings
from hosting import child_process
from hosting.child_process import Child, Forked, run_module
from hosting.prefect.connection import HOST, answers, be_server, responds
from hosting.prefect.environment import applied
from hosting.prefect.server_lock import ServerLock
from hosting.processes import with_prefect
from hosting.processes.logs import log_to_stderr, rotate_log
from hosting.processes.parts import COURIER, PORTAL, SERVER_CHILD, WORKER_CHILD, children, worker_arguments
from hosting.processes.read_once import READ_BEFORE, read_once
from hosting.processes.registration import Registration
from hosting.processes.restarts import Restarts
from hosting.processes.run_watch import RunWatch
from hosting.processes.signals import answer_only, stop_event, stop_interrupts
from hosting.processes.single_instance import refuse_busy_ports, single_instance
from hosting.processes.store_of_today import StoreOfToday
from hosting.processes.welcome import addresses
from models.keeping.opening import Store, open_store

WATCH_EVERY_S = 0.5
STOP_S = 10
TELL_AFTER_S = 90
"""A Prefect that does not answer for so long is told of, here, at the desk and in a letter."""

HUNG_AFTER_S = 900
"""A server that runs and does not answer for so long is started anew."""

APART_AT_MOST_S = 300
"""A look at the runs or a registration that takes longer hangs with Prefect, and is tried again."""

_ASK_EVERY_S = 60.0  # whether a Prefect that has heard of us still answers
_RUNS_AT_ONCE = 2
_POLL_S = 0.2

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
    child_process.carry_mark(str(settings.data_dir))
    with stop_interrupts(), single_instance(settings, say) as lock, ExitStack() as opened:
        try:
            mark = str(settings.data_dir)
            if left := child_process.end_marked(mark):
                say(f"Đã dọn {left} tiến trình còn sót từ lần chạy trước.")
            refuse_busy_ports(settings)
            Forked("upgrade", partial(_bring_up_to_date, settings)).wait()
            store = opened.enter_context(open_store(settings, serves=True))
            opened.callback(child_process.end_marked, mark)
            Supervisor(settings, store, lock, say).run(opened, first_start)
        except KeyboardInterrupt:
            pass
        finally:
            answer_only(lambda: say("Đang dừng, xin đợi … / stopping, please wait"))
            opened.close()
    say("Đã dừng. Chạy lại bằng cùng lệnh sẽ tiếp tục từ đây. / Stopped.")
    return 0


def _bring_up_to_date(settings: Settings) -> None:
    """In a process of its own, so that what a migration takes is given back; a fault is told by who opens it next."""
    with suppress(Refused), open_store(settings, serves=True):
        pass


class Supervisor:
    """What runs while `dondoc up` runs, in the order of its start."""

    def __init__(self, settings: Settings, store: Store, lock: ServerLock, say: Say) -> None:
        self._settings = settings
        self._store = store
        self._lock = lock
        self._say = say
        self._base = f"http://{HOST}:{settings.prefect_port}"
        self._api = f"{self._base}/api"
        self._wanted: dict[str, None] = {}  # the children that are to run, in the order of their start
        self._children: dict[str, Child] = {}
        self._restarts = Restarts(time.monotonic)
        self._is_awaited, self._is_told = True, False  # Prefect's server, and that it does not answer
        self._answered_at = self._server_began = time.monotonic()
        self._registration = Registration(self._register)
        self._store_of_today = StoreOfToday(store, say)
        self._runs = RunWatch(lambda store: self._apart("watch", with_prefect.watch, store, self._api, say))

    def run(self, opened: ExitStack, first_start: FirstStart) -> None:
        """Start everything, say where it is, watch until interrupted; what must be ended goes on ``opened``."""
        began = time.monotonic()
        self._say("Đang khởi động máy chủ Prefect … / starting")
        for name in children():
            rotate_log(self._settings.data_dir / "logs" / f"{name}.log")
        opened.enter_context(applied(self._settings, api_url=self._api))
        opened.callback(self._stop_all)
        for name, modules in READ_BEFORE.items():
            read_once(modules)
            self._start(name)
        first = first_start(self._store)  # while they start: this needs only our own database
        self._start(COURIER)
        portal = f"http://{HOST}:{self._settings.portal_port}/healthz"
        while not (responds(portal) and (self._registration.is_made or self._prefect_is_late())):
            self._look()
            time.sleep(_POLL_S)
        self._lock.announce(self._api)
        self._say(self._addresses(time.monotonic() - began, first))
        while True:
            self._look()
            time.sleep(WATCH_EVERY_S)

    # --- starting ------------------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        """Start a child; one that the system has no room for is tried again, as one that has ended."""
        self._wanted[name] = None
        self._restarts.started(name)
        if name == SERVER_CHILD:
            self._is_awaited, self._server_began = True, time.monotonic()
        self._store.engine.dispose()  # a connection must not be open in two processes
        log = self._settings.data_dir / "logs" / f"{name}.log"
        try:
            self._children[name] = child_process.fork(name, partial(self._do, name), log=log)
        except OSError as fault:  # no memory, too many processes, a log on a disk that is full
            self._restarts.died(name)
            self._say(f"Chưa khởi động được «{name}» ({fault.strerror}); sẽ thử lại. / could not be started")

    def _do(self, name: str) -> None:
        """Be the child of that name."""
        if name == SERVER_CHILD:
            be_server(self._settings, self._settings.prefect_port)
        elif name == WORKER_CHILD:
            run_module(worker_arguments("dondoc", _RUNS_AT_ONCE))
        elif name == PORTAL:
            from portal.serving.workers import serve

            serve(self._settings, opened=self._store)
        else:
            self._deliver()

    def _deliver(self) -> None:
        """Send what waits, beside the runs: what failed once, what waited for a working day."""
        from notifications.courier.courier import run_forever

        log_to_stderr()
        with stop_event() as stop:
            run_forever(self._store_of_today.current, stop)  # from what this process last read, and not from now

    def _apart(
        self,
        name: str,
        work: Callable[..., object],
        *arguments: object,
        within_s: float = APART_AT_MOST_S,
        **more: object,
    ) -> bool:
        """Whether ``work`` succeeds in time, in a process forked for it; what it has not done when we are to stop is
        left. Parts that end meanwhile are started again."""
        self._store.engine.dispose()
        try:
            forked = Forked(name, partial(work, *arguments, **more))
        except OSError:  # the system has no room for it
            return False
        give_up_at = time.monotonic() + within_s
        try:
            while (code := forked.poll()) is None and time.monotonic() < give_up_at:
                self._start_ended()
                time.sleep(_POLL_S)
            return code == 0
        finally:
            forked.kill()
            forked.wait()

    def _addresses(self, seconds: float, first: bool) -> str:
        return addresses(self._store, seconds, is_first=first, has_prefect=self._registration.is_made)

    # --- watching and ending -------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look at every part once: start again what has ended, register once Prefect answers."""
        self._start_ended()
        before, self._store = self._store, self._store_of_today.current()
        if self._store.contacts.senders != before.contacts.senders:
            self._stop(PORTAL)
            self._start(PORTAL)
        self._follow_prefect()
        if self._registration.is_made:
            self._runs.check_when_due(self._store)

    def _start_ended(self) -> None:
        for name in list(self._wanted):
            child = self._children.get(name)
            if child is None or not child.running:
                self._start_again(name, child)

    def _start_again(self, name: str, child: Child | None) -> None:
        pause = self._restarts.died(name)
        if child is not None and pause is not None:
            when = f"khởi động lại sau {pause:.0f} giây" if pause else "khởi động lại"
            code, log = child.process.returncode, child.log
            self._say(f"«{name}» đã dừng (mã {code}); {when}. Xem {log}. / restarting")
        if name == SERVER_CHILD and not self._is_awaited:
            self._is_awaited, self._answered_at = True, time.monotonic()
        if self._restarts.is_due(name):
            self._start(name)

    def _follow_prefect(self) -> None:
        """Register with a Prefect that answers and has not heard of plan or day; tell of one that does not answer for
        long, and start it anew when it hangs."""
        now, today = time.monotonic(), local_date(clock.now())
        is_due = self._registration.is_due(self._store, today)
        if not is_due and not self._is_awaited and now - self._answered_at < _ASK_EVERY_S:
            return
        if answers(self._api):
            self._registration.renew_when_due(self._store, today)
            if self._registration.is_made:  # else it is as good as away: nothing runs
                self._answered_at, self._is_awaited, self._is_told = now, False, False
                return
        if self._prefect_is_late() and not self._is_told:
            self._is_told = True
            self._say(
                "Prefect chưa trả lời hoặc chưa nhận đăng ký; trang đôn đốc và việc gửi thư vẫn chạy. / Prefect is not"
                " responding yet"
            )
            self._report_prefect_down()
        server = self._children.get(SERVER_CHILD)
        if server is not None and server.running and now - max(self._answered_at, self._server_began) > HUNG_AFTER_S:
            server.stop(STOP_S)

    def _register(self, store: Store, today: date) -> bool:
        is_first = WORKER_CHILD not in self._wanted
        if not self._apart("register", with_prefect.register, store, today, self._api, self._say, is_first=is_first):
            return False
        if is_first:
            self._start(WORKER_CHILD)
        return True

    def _prefect_is_late(self) -> bool:
        return time.monotonic() - self._answered_at > TELL_AFTER_S

    def _report_prefect_down(self) -> None:
        from flows.runs.trouble import report_prefect_down

        try:
            report_prefect_down(self._store, clock.now())
        except (Refused, DBAPIError) as fault:  # our own database is away as well
            self._say(f"Chưa ghi được sự cố: {type(fault).__name__}.")

    def _stop(self, name: str) -> None:
        if name in self._children:
            self._children[name].stop(STOP_S)

    def _stop_all(self) -> None:
        self._wanted.clear()
        if WORKER_CHILD in self._children:
            self._say("Đang dừng … / stopping")
            drain = partial(with_prefect.drain, self._settings, self._api, self._say)
            self._apart("drain", drain, within_s=with_prefect.DRAIN_S + STOP_S)
        for name in (COURIER, WORKER_CHILD, PORTAL, SERVER_CHILD):
            self._stop(name)
