"""When the runs are looked at, and what becomes of a Prefect that gives no answer."""

from types import SimpleNamespace

import pytest

from flows.runs import trouble
from hosting.processes import run_watch
from hosting.processes.run_watch import CHECK_EVERY_S, RunWatch
from models.keeping.opening import Store


@pytest.mark.sqlite_only
def test_a_prefect_that_twice_gives_no_answer_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now, answers, looked, told = [0.0], [True], list[float](), list[float]()

    def look(_: Store) -> bool:
        looked.append(now[0])
        return answers[0]

    monkeypatch.setattr(run_watch, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(trouble, "report_prefect_down", lambda *_: told.append(now[0]))
    watch = RunWatch(look)

    def after(seconds: float, *, answered: bool) -> None:
        now[0] += seconds
        answers[0] = answered
        watch.check_when_due(store)

    after(10, answered=True)
    assert not looked
    for answered in (True, False, True, False):
        after(CHECK_EVERY_S + 1, answered=answered)
    after(10, answered=False)
    assert len(looked) == 4 and not told
    after(CHECK_EVERY_S + 1, answered=False)
    assert told == [now[0]]
