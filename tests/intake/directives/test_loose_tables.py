"""Tables that were pasted with each cell on a line of its own."""

from config.catalogue.loader import load_plan
from intake.directives.drafting.draft import Draft, draft_of
from intake.directives.reading.process import read
from tests.support.directive_files import docx

TEXT = (
    "Sơn Hà, ngày 06 tháng 5 năm 2024\nDANH MỤC NHIỆM VỤ\nTT\nNhiệm vụ\nChủ trì\nPhối hợp\nThời gian\nI\nThể chế\n"
    "1\nXây dựng Đề án chuyển đổi số\nSở Nội vụ\nSở Tài chính\nQuý II/2024\n"
    "2\nTập huấn\nSở Y tế\nTháng 9/2024\nGhi chú: cập nhật khi có thay đổi."
)


def read_as(draft: Draft) -> list[tuple[str, str, list[str], str]]:
    return [
        (
            each.ref,
            each.leads[0].text,
            [one.text for one in each.coordinating],
            str(each.deadline and each.deadline.day),
        )
        for each in draft.tasks
    ]


def test_its_rows_are_tasks_also_where_a_cell_was_empty() -> None:
    names = load_plan().office_names
    for name, content in (("chi-dao.txt", TEXT.encode()), ("chi-dao.docx", docx(*TEXT.split("\n")))):
        assert read_as(draft_of(read(name, content), names)) == [
            ("1", "Sở Nội vụ", ["Sở Tài chính"], "2024-06-30"),
            ("2", "Sở Y tế", [], "2024-09-30"),
        ]


def test_what_follows_the_table_is_not_part_of_it() -> None:
    draft = draft_of(read("chi-dao.txt", TEXT.encode()))
    assert any("Ghi chú" in draft.text[a:b] for a, b in draft.uncovered)
