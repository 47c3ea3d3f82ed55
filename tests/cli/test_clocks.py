"""The command `dondoc clock`: what a wrong clock is refused with, and an operator's word for it."""

import json

import pytest

from config import clock
from tests.support.clocks import TEN_YEARS, set_clock
from tests.support.command import Command


def test_a_clock_that_is_right_is_shown(dondoc: Command) -> None:
    code, out, _ = dondoc("clock", "show")
    assert (code, "Giờ hợp lý" in out) == (0, True)
    assert json.loads(dondoc("clock", "show", "--json")[1])["is_believed"] is True
    assert "không phải xác nhận" in dondoc("clock", "confirm")[1]


def test_every_command_that_writes_is_refused_until_the_operator_confirms(
    dondoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now()
    set_clock(monkeypatch, right + TEN_YEARS)
    for command in (
        ("assignment", "ack", "1"),
        ("directive", "issue", "--number", "9-TB/TU", "--date", "2023-08-20"),
        ("user", "add", "a@tinh.example", "--post", "Phòng Tổng hợp"),
        ("deliver", "--once"),
    ):
        code, _, err = dondoc(*command)
        assert (code, "Đồng hồ máy chỉ" in err) == (1, True), command
    assert dondoc("assignment", "list")[0] == 0
    code, out, err = dondoc("clock", "show", "--json")
    assert (code, json.loads(out)["is_believed"]) == (1, False)
    assert "đi trước hơn một tháng" in err
    assert "Đã xác nhận" in dondoc("clock", "confirm")[1]
    assert dondoc("assignment", "ack", "1")[0] == 0
    assert dondoc("audit", "verify")[0] == 0


def test_a_replayed_day_of_any_year_is_not_refused(dondoc: Command) -> None:
    assert dondoc("deliver", "--once", "--as-of", "2033-08-18")[0] == 0
    assert dondoc("assignment", "ack", "1", "--as-of", "2023-08-19")[0] == 0
