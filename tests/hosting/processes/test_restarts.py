"""The pauses between the starts of a part that keeps ending."""

from hosting.processes.restarts import CALM_S, PAUSES_S, Restarts


class Moment:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def deaths(restarts: Restarts, moment: Moment, name: str, count: int) -> list[float]:
    """So many deaths at once after each start; returns the pauses."""
    pauses = []
    for _ in range(count):
        restarts.started(name)
        pause = restarts.died(name)
        assert pause is not None and restarts.died(name) is None, "it is noted once"
        assert restarts.is_due(name) == (pause == 0)
        moment.now += pause
        assert restarts.is_due(name)
        pauses.append(pause)
    return pauses


def test_it_is_started_again_without_end_after_growing_pauses() -> None:
    moment = Moment()
    pauses = deaths(Restarts(moment), moment, "prefect-server", 200)
    assert tuple(pauses[: len(PAUSES_S)]) == PAUSES_S and set(pauses[len(PAUSES_S) :]) == {PAUSES_S[-1]}


def test_each_part_is_counted_for_itself() -> None:
    moment = Moment()
    restarts = Restarts(moment)
    deaths(restarts, moment, "prefect-server", 5)
    assert deaths(restarts, moment, "portal", 1) == [0.0]


def test_after_a_calm_while_it_begins_anew() -> None:
    moment = Moment()
    restarts = Restarts(moment)
    deaths(restarts, moment, "worker", 5)
    restarts.started("worker")
    moment.now += CALM_S
    assert restarts.died("worker") == 0.0
