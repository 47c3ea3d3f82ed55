"""How the command shows what others wrote: as it is."""

import pytest

from cli.output import show_table


def test_a_table_shows_brackets_and_colons_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    cells = ("[dondoc] Department of Health: 7 newly assigned", "[/b] :warning:")
    show_table("[dondoc]", ("Tiêu đề", "[Lỗi]"), [cells], empty="")
    shown = capsys.readouterr().out
    assert [word for word in (*cells, "[dondoc]", "[Lỗi]") if word not in shown] == []
