"""Attempts that several processes count in one file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from config import clock
from portal.sign_in.attempts import AttemptsFile

_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@given(seconds=st.lists(st.integers(0, 400), max_size=30))
def test_never_more_than_the_limit_in_any_window(tmp_path_factory: pytest.TempPathFactory, seconds: list[int]) -> None:
    path, now = tmp_path_factory.mktemp("attempts") / "attempts.sqlite", _BEGAN
    let_in: list[datetime] = []
    with pytest.MonkeyPatch.context() as patch:
        for number, each in enumerate(seconds):
            now += timedelta(seconds=each)
            patch.setattr(clock, "now", lambda moment=now: moment)
            # Two storages over one file are two processes.
            limiter = MovingWindowRateLimiter(AttemptsFile(path))
            left = limiter.get_window_stats(_LIMIT, "place").remaining
            in_window = [at for at in let_in if at > now - timedelta(minutes=10)]
            assert left == 3 - len(in_window), number
            if limiter.hit(_LIMIT, "place"):
                let_in.append(now)
                assert len(in_window) < 3
            else:
                assert len(in_window) == 3


_LIMIT = RateLimitItemPerMinute(3, 10)


def test_what_has_run_out_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: _BEGAN)
    file = AttemptsFile(tmp_path / "attempts.sqlite")
    assert file.acquire_entry("a", 1, 600)
    monkeypatch.setattr(clock, "now", lambda: _BEGAN + timedelta(minutes=11))
    assert file.acquire_entry("b", 1, 600)
    assert file.reset() == 1
