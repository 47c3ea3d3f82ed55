"""`dondoc boundary check`: one answer a line."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app


def answers(text: str, *options: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["boundary", "check", "--json", *options], input=text)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.output.splitlines()]


def test_each_line_is_answered_with_what_was_found_and_where() -> None:
    assert answers("Đã gửi ông Lê Văn Tám Nghĩa\n\nĐã hoàn thành\r\n") == [
        {"text": "Đã gửi ông Lê Văn Tám Nghĩa", "refused": True, "why": "tên người", "at": 8},
        {"text": "", "refused": False, "why": None, "at": None},
        {"text": "Đã hoàn thành", "refused": False, "why": None, "at": None},
    ]


@pytest.mark.parametrize(("options", "refused"), [((), True), (("--evidence",), False)])
def test_the_text_of_a_file_may_name_who_signed(options: tuple[str, ...], refused: bool) -> None:
    [answer] = answers("TL. CHỦ TỊCH CHÁNH VĂN PHÒNG Lê Hoàng Việt\n", *options)
    assert answer["refused"] is refused
