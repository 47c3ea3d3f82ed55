"""The command `dondoc clock`: what a wrong clock is refused with, and an operator's word for it."""

import json

import pytest

from config import clock
from config.audit_keys import audit_keys
from config.settings import load_settings
from models.keeping.opening import open_store
from tests.support.cast import run
from tests.support.clocks import TEN_YEARS, set_clock
from tests.support.command import Command


def test_a_clock_that_is_right_is_shown(dondoc: Command) -> None:
    code, out, _ = dondoc("clock", "show")
    assert (code, "Giờ hợp lý" in out) == (0, True)
    assert json.loads(dondoc("clock", "show", "--json")[1])["is_believed"] is True
    assert "không cần xác nhận" in dondoc("clock", "confirm")[1]


def test_every_command_that_writes_is_refused_until_the_operator_confirms(
    dondoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings()
    right, keys = clock.now(), audit_keys(settings)
    set_clock(monkeypatch, right + TEN_YEARS)
    for command in (
        ("assignment", "ack", "1"),
        ("directive", "issue", "--number", "9-TB/TU", "--date", "2023-08-20"),
        ("user", "add", "a@tinh.example", "--post", "Phòng Tổng hợp"),
        ("deliver", "--once"),
        ("backup", "--daily"),
        ("audit", "rotate-key"),
    ):
        code, _, err = dondoc(*command)
        assert (code, "Đồng hồ máy chỉ" in err) == (1, True), command
    assert audit_keys(settings) == keys
    assert not settings.backup_dir.exists()
    assert dondoc("assignment", "list")[0] == 0
    code, out, err = dondoc("clock", "show", "--json")
    assert (code, json.loads(out)["is_believed"]) == (1, False)
    assert "đi trước hơn một tháng" in err
    assert "Đã xác nhận" in dondoc("clock", "confirm")[1]
    assert dondoc("assignment", "ack", "1")[0] == 0
    assert dondoc("audit", "verify")[0] == 0


def test_a_day_that_is_over_is_replayed_and_one_to_come_only_looked_at(dondoc: Command) -> None:
    assert dondoc("deliver", "--once", "--as-of", "2023-08-19")[0] == 0
    assert dondoc("assignment", "ack", "1", "--as-of", "2023-08-19")[0] == 0
    to_come = ("--as-of", "2090-01-05")
    assert dondoc("assignment", "list", *to_come)[0] == 0
    withdraw = ("assignment", "withdraw", "1", "--reason", "Không còn phải làm.")
    assert dondoc(*withdraw, "--preview", *to_come)[0] == 0
    for command in (
        ("deliver", "--once"),
        ("assignment", "ack", "2"),
        ("silence", "add", "--office", "SYT", "--until", "2090-01-09", "--reason", "Đang hợp nhất."),
        ("directive", "issue", "--number", "9-TB/TU", "--date", "2023-08-20"),
        withdraw,
    ):
        code, _, err = dondoc(*command, *to_come)
        assert (code, "chưa đến" in err) == (1, True), command


def test_what_a_clock_ten_years_ahead_has_silenced_is_found_previewed_and_mended(
    dondoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now()
    with open_store(load_settings()) as store:
        run(store, "p1", right + TEN_YEARS)
    code, _, err = dondoc("audit", "followup")
    assert (code, "«dondoc clock repair»" in err) == (1, True)
    preview = json.loads(dondoc("clock", "repair", "--preview", "--json")[1])
    assert preview["ladders"] > 0
    assert json.loads(dondoc("clock", "repair", "--json")[1]) == preview
    assert "Không có gì phải sửa" in dondoc("clock", "repair")[1]
    assert "clock repair" not in dondoc("audit", "followup")[2]


def test_a_clock_that_is_ahead_mends_nothing_and_one_that_is_right_again_does(
    dondoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now()
    set_clock(monkeypatch, right + TEN_YEARS)
    assert dondoc("clock", "repair")[0] == 1
    dondoc("clock", "confirm")
    set_clock(monkeypatch, right)
    assert dondoc("clock", "show")[0] == 1
    assert dondoc("clock", "repair")[0] == 0
    assert dondoc("clock", "show")[0] == 0
