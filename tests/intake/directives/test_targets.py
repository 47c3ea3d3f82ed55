"""Which figures of a task are to be reached, and whether they are the least or the most."""

import pytest

from config.catalogue.loader import load_plan
from intake.directives.drafting.draft import draft_of
from intake.directives.drafting.targets import target_in
from intake.directives.reading.process import read


def figure_of(words: str) -> tuple[str | None, tuple[str, bool] | None]:
    """The target's words, and its figure with whether it is the most."""
    (task,) = draft_of(read("kh.txt", f"1. Giao Sở Y tế {words}.".encode()), load_plan().office_names).tasks
    found = target_in(task)
    return task.target, found and (found["value"], bool(found.get("at_most")))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("kéo giảm tỷ lệ suy dinh dưỡng xuống còn 8%", "8"),
        ("giảm tỷ lệ hộ nghèo còn 1,5%", "1,5"),
        ("giữ tỷ lệ nợ đọng ở mức thấp hơn 2%", "2"),
        ("khống chế tỷ lệ mắc mới không cao hơn 0,3%", "0,3"),
        ("bảo đảm tỷ lệ trả hồ sơ trễ hạn không vượt 3%", "3"),
        ("không để tỷ lệ thất nghiệp trên 3%", "3"),
        ("không để nợ quá 5%", "5"),
        ("giảm tỷ lệ nợ xấu về dưới mức 2%", "2"),
        ("bảo đảm tỷ lệ hồ sơ quá hạn từ 2% trở xuống", "2"),
    ],
)
def test_at_most(words: str, value: str) -> None:
    assert figure_of(words)[1] == (value, True)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("bảo đảm tỷ lệ tiêm chủng không thấp hơn 95%", "95"),
        ("bảo đảm tỷ lệ tiêm chủng không dưới 95%", "95"),
        ("không để tỷ lệ giải ngân thấp hơn 95%", "95"),
        ("phấn đấu các xã đạt trên 95% người dân tham gia bảo hiểm y tế", "95"),
        ("giảm 30% thủ tục hành chính", "30"),
        ("giảm tỷ lệ hộ nghèo 1,5%", "1,5"),
        ("bố trí tối thiểu 1% tổng chi ngân sách", "1"),
        ("rà soát 100% hộ nghèo", "100"),
        ("kiểm tra ít nhất 20% cơ sở", "20"),
        ("phấn đấu số xã nông thôn mới đạt 80%", "80"),
        ("bảo đảm các hộ còn lại đạt 90%", "90"),
    ],
)
def test_at_least(words: str, value: str) -> None:
    assert figure_of(words)[1] == (value, False)


@pytest.mark.parametrize("words", ["hạn chế nợ đọng ở mức 5%", "giữ tỷ lệ nợ đọng ở mức 5%"])
def test_words_that_do_not_tell_stay_words(words: str) -> None:
    said, figure = figure_of(words)
    assert said and "5%" in said
    assert figure is None


@pytest.mark.parametrize(
    "words",
    [
        "tham mưu điều chuyển vốn của các dự án giải ngân dưới 50%",
        "xử lý các dự án giải ngân đạt dưới 50%",
        "rà soát các xã có tỷ lệ hộ nghèo trên 20%",
        "khắc phục tình trạng giải ngân mới đạt 52,3% kế hoạch",
        "hỗ trợ 30% chi phí mua máy cho hợp tác xã",
        "xử lý hành vi chậm nộp, phạt 0,05%/ngày đối với khoản chậm nộp",
        "triển khai khoản vay có lãi suất không quá 6,5%/năm",
    ],
)
def test_a_figure_that_is_not_to_be_reached_is_no_target(words: str) -> None:
    assert figure_of(words) == (None, None)
