"""A Prefect server that took us and hangs later is told of, and started anew."""

from types import SimpleNamespace

import pytest

from hosting.processes import supervisor
from hosting.processes.parts import SERVER_CHILD
from hosting.processes.supervisor import HUNG_AFTER_S, TELL_AFTER_S, Supervisor
from models.keeping.opening import Store


class Server:
    """A child that runs until it is stopped."""

    running = True

    def stop(self, _within_s: float) -> None:
        self.running = False


def test_a_registered_server_that_hangs_is_told_of_and_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now, health, told, server = [0.0], [True], list[float](), Server()
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(supervisor, "answers", lambda _api: health[0])
    monkeypatch.setattr(Supervisor, "_register", lambda ours, store, today: True)
    monkeypatch.setattr(Supervisor, "_report_prefect_down", lambda _: told.append(now[0]))
    watching = Supervisor(store.settings, store, None, lambda _: None)  # type: ignore[arg-type]
    watching._children[SERVER_CHILD] = server  # type: ignore[assignment]

    def watch(for_s: float) -> None:
        for _ in range(int(for_s)):
            now[0] += 1.0
            watching._follow_prefect()

    watch(2 * HUNG_AFTER_S)
    assert server.running and not told
    health[0], hangs_since = False, now[0]
    watch(TELL_AFTER_S + 60)
    assert len(told) == 1 and server.running
    assert told[0] - hangs_since <= TELL_AFTER_S + 1
    watch(HUNG_AFTER_S - TELL_AFTER_S)
    assert not server.running
