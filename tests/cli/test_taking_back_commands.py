"""What an office takes back, corrects and asks, done from the command line."""

import json

from tests.support.command import Command

REPORT = ("assignment", "report", "1", "--count", "so_ton_tai=3", "--count", "so_nguyen_nhan_chu_quan=2")
PAPER = ("--document", "45/BC-SYT", "--document-date", "2023-08-18", "--text", "Đã phân tích, làm rõ nguyên nhân.")
AS_OF = ("--as-of", "2023-08-21")


def shown(dondoc: Command) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(dondoc("assignment", "show", "1", *AS_OF, "--json")[1])
    return found


def test_a_report_is_corrected_and_taken_back_and_a_request_withdrawn(dondoc: Command) -> None:
    assert dondoc(*REPORT, *PAPER, *AS_OF)[0] == 0
    assert dondoc(*REPORT, *PAPER, *AS_OF)[0] == 1, "a second report does not replace the first by mistake"
    assert dondoc(*REPORT, *PAPER, "--corrects", "1", *AS_OF)[0] == 0
    assert dondoc("assignment", "take-back", "1", *AS_OF)[0] == 0
    assert dondoc("assignment", "take-back", "1", *AS_OF)[0] == 1
    assert [each["state"] for each in shown(dondoc)["reports"]] == ["taken_back", "taken_back"]
    assert dondoc("assignment", "extend", "1", "--until", "2023-09-29", "--reason", "Chờ số liệu.", *AS_OF)[0] == 0
    assert dondoc("assignment", "withdraw-request", "1", *AS_OF)[0] == 0
    assert [each["state"] for each in shown(dondoc)["extensions"]] == ["withdrawn"]


def test_a_question_is_asked_and_answered(dondoc: Command) -> None:
    assert dondoc("assignment", "ask", "1", "--text", "Theo mẫu nào?", *AS_OF)[0] == 0
    answer = ("assignment", "answer", "1", "--question", "1", "--text", "Theo mẫu 02.", *AS_OF)
    assert dondoc(*answer)[0] == 1, "the office does not answer itself"
    assert dondoc(*answer, "--from-coordinator")[0] == 0
    assert [each["answer"] for each in shown(dondoc)["questions"]] == ["Theo mẫu 02."]
