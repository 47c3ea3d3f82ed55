"""How the command shows what others wrote, and how it refuses."""

import pytest

from cli.help import refuse
from cli.output import show_table
from config.errors import Refused


def test_a_table_shows_brackets_and_colons_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    cells = ("[dondoc] Department of Health: 7 newly assigned", "[/b] :warning:")
    show_table("[dondoc]", ("Tiêu đề", "[Lỗi]"), [cells], empty="")
    shown = capsys.readouterr().out
    assert [word for word in (*cells, "[dondoc]", "[Lỗi]") if word not in shown] == []


def refusal(refused: Refused, capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as end:
        refuse(refused)
    assert end.value.code == 1
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_language_of_a_refusal_has_its_own_details(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_LANGUAGE", language)
    vi = ["Lỗi: Biến sai:", "  - CỔNG: dùng số.", "  - MÁY: để trống."]
    en = ["Error: Wrong variables:", "  - PORT: use a number.", "  - HOST: is empty."]
    details = [Refused("CỔNG: dùng số.", "PORT: use a number."), Refused("MÁY: để trống.", "HOST: is empty.")]
    told = refusal(Refused("Biến sai:", "Wrong variables:", details=details), capsys)
    assert told == (vi + en if language == "vi" else en + vi)


def test_details_that_are_the_same_in_both_languages_are_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DONDOC_LANGUAGE", raising=False)
    told = refusal(Refused("Mất:", "Lost:", details=["T0.1: 3"]), capsys)
    assert told == ["Lỗi: Mất:", "Error: Lost:", "  - T0.1: 3"]
    assert refusal(Refused("Mất."), capsys) == ["Lỗi: Mất."]
