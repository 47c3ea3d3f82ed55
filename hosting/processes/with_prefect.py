"""What `dondoc up` does with Prefect itself: registering, looking at the runs, waiting for them before a stop.

Each in a process forked for it that ends. What Prefect's client takes is so given back, and the process that forks all
others never runs a thread, which a client does.
"""

from collections.abc import Callable
from datetime import date

from config import clock
from config.settings import Settings
from hosting.prefect.connection import connected_to
from hosting.processes.registration import registering_failed
from hosting.processes.run_watch import look_at_runs
from models.keeping.opening import Store

DRAIN_S = 20

Say = Callable[[str], None]


def register(store: Store, today: date, api_url: str, say: Say, *, is_first: bool) -> bool:
    """Register the plan's deployments; returns False, and says why, when Prefect does not take them.

    is_first  before the first worker: ends what a stop left behind, and asks for one run of every priority
    """
    from flows.deployments import register

    try:
        with connected_to(store.settings, api_url):
            if is_first:
                _end_stale_runs(say)
            register.deploy(store.plan, today)
            if is_first:
                register.run_all_once(store.plan)
    except Exception as fault:  # the server may be what fails, or our database, in whichever way: it is tried again
        say(registering_failed(fault))
        return False
    return True


def _end_stale_runs(say: Say) -> None:
    from hosting.prefect.corrected_runs import end_stale_runs
    from hosting.prefect.dead_runs import begin_stopped_runs_again

    ended = end_stale_runs(clock.now())
    if ended.interrupted or ended.missed:
        say(f"Lần trước dừng đột ngột: {ended.interrupted} lượt bị ngắt, {ended.missed} lượt bỏ qua; sẽ làm bù.")
    if again := begin_stopped_runs_again(clock.now()):
        say(f"Lần trước dừng để bảo trì: chạy lại {again} lượt bị ngắt. / {again} run(s) restarted")


def watch(store: Store, api_url: str, say: Say) -> bool:
    """``look_at_runs``, connected for it."""
    with connected_to(store.settings, api_url):
        return look_at_runs(store, say)


def drain(settings: Settings, api_url: str, say: Say) -> None:
    """No new runs; those under way get a moment, so that their end is on record."""
    from flows.deployments.register import pause_pool, wait_until_idle

    try:
        with connected_to(settings, api_url):
            pause_pool()
            if not wait_until_idle(DRAIN_S):
                say("Còn lượt chạy dở; lần sau sẽ làm bù.")
    except Exception as fault:
        # The server may be what failed. Nothing is lost: the next start ends such runs, and every run catches up.
        say(f"Không báo được cho Prefect ({fault}); vẫn dừng.")
