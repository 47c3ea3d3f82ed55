"""Deadlines as people write them: the rule that is read, and the nearest right form where none can be."""

import unicodedata
from collections.abc import Callable

import pytest

from config.errors import Refused
from config.rules.grammar import PHRASES, parse_rule
from config.rules.kinds import Timing

READ = [
    # days
    ("trước ngày 28/2/2023", "BEFORE:28/02/2023"),
    ("hoàn thành trước 30/6/2025", "BEFORE:30/06/2025"),
    ("xong trước 30/6", "BEFORE:30/06"),
    ("báo cáo kết quả trước ngày 10/11/2023", "BEFORE:10/11/2023"),
    ("chậm nhất trước ngày 5/9", "BEFORE:05/09"),
    ("chậm nhất ngày 31/10", "BY:31/10"),
    ("chậm nhất là ngày 31/10/2025", "BY:31/10/2025"),
    ("không quá ngày 31/10/2025", "BY:31/10/2025"),
    ("30/6/2025", "BY:30/06/2025"),
    ("ngày 30 tháng 6 năm 2025", "BY:30/06/2025"),
    ("30.6.2025", "BY:30/06/2025"),
    ("30-6-2025", "BY:30/06/2025"),
    ("2025-06-30", "BY:30/06/2025"),
    ("đến hết ngày 5/9", "UNTIL:05/09"),
    ("đến ngày 5/9/2025", "UNTIL:05/09/2025"),
    ("từ ngày 1/6 đến ngày 30/6/2025", "UNTIL:30/06/2025"),
    ("trước 15 giờ ngày 30/6/2025", "AT:15:00-30/06/2025"),
    ("trước 17h30 ngày 20/6", "AT:17:30-20/06"),
    ("by 30 June 2025", "BY:30/06/2025"),
    ("June 30, 2025", "BY:30/06/2025"),
    ("no later than 30/6/2025", "BY:30/06/2025"),
    ("before 30/6/2025", "BEFORE:30/06/2025"),
    ("trước ngày: 30/6/2025", "BEFORE:30/06/2025"),
    # months, quarters, halves, years
    ("12/2025", "MONTH:12/2025"),
    ("6/2025", "MONTH:06/2025"),
    ("tháng 6/2025", "MONTH:06/2025"),
    ("tháng 6 năm 2025", "MONTH:06/2025"),
    ("tháng sáu năm 2025", "MONTH:06/2025"),
    ("trong tháng 6", "MONTH:06"),
    ("đến hết tháng 6/2025", "MONTH:06/2025"),
    ("cuối tháng 6", "MONTH:06"),
    ("by the end of June 2025", "MONTH:06/2025"),
    ("trước tháng 6/2025", "BEFORE:01/06/2025"),
    ("Quý II/2025", "QUARTER:2/2025"),
    ("trong quý II", "QUARTER:2"),
    ("trong quý II/2025", "QUARTER:2/2025"),
    ("Quý III năm 2026", "QUARTER:3/2026"),
    ("quý 3 năm 2026", "QUARTER:3/2026"),
    ("quý hai", "QUARTER:2"),
    ("QUÝ IV.2025", "QUARTER:4/2025"),
    ("T6/2025", "MONTH:06/2025"),
    ("quí II", "QUARTER:2"),
    ("Qúy II", "QUARTER:2"),
    ("trong quý IV năm 2009", "QUARTER:4/2009"),
    ("chậm nhất trong quý II/2025", "QUARTER:2/2025"),
    ("trước quý III/2025", "BEFORE:01/07/2025"),
    ("Q2 2025", "QUARTER:2/2025"),
    ("2025-Q2", "QUARTER:2/2025"),
    ("the second quarter of 2025", "QUARTER:2/2025"),
    ("6 tháng đầu năm 2025", "HALF:1/2025"),
    ("sáu tháng cuối năm", "HALF:2"),
    ("nửa đầu năm 2025", "HALF:1/2025"),
    ("H1 2025", "HALF:1/2025"),
    ("first half of 2025", "HALF:1/2025"),
    ("năm 2025", "YEAR:2025"),
    ("2028", "YEAR:2028"),
    ("trong năm", "YEAR"),
    ("hết năm 2010", "YEAR:2010"),
    ("cuối năm 2025", "YEAR:2025"),
    ("đến hết năm 2030", "YEAR:2030"),
    ("by the end of 2030", "YEAR:2030"),
    ("trong quý", "QUARTER"),
    # target years, spans
    ("đến năm 2030", "TARGET:2030"),
    ("by 2030", "TARGET:2030"),
    ("đến 2030, định hướng 2045", "TARGET:2030-2045"),
    ("đến năm 2030, tầm nhìn đến năm 2045", "TARGET:2030-2045"),
    ("2025–2026", "SPAN:2025-2026"),
    ("giai đoạn 2025 - 2030", "SPAN:2025-2030"),
    ("từ năm 2025 đến năm 2030", "SPAN:2025-2030"),
    ("năm 2025 và 2026", "SPAN:2025-2026"),
    ("2025, 2026, 2027", "SPAN:2025-2027"),
    ("2025 và những năm tiếp theo", "SPAN:2025-"),
    ("năm 2025 và các năm tiếp theo", "SPAN:2025-"),
    ("2025 onwards", "SPAN:2025-"),
    # at a rhythm
    ("hằng năm", "EVERY-Y"),
    ("hàng quý", "EVERY-Q"),
    ("báo cáo hằng tháng", "EVERY-M"),
    ("định kỳ 6 tháng", "EVERY-H"),
    ("định kỳ 06 tháng một lần", "EVERY-H"),
    ("3 tháng một lần", "EVERY-Q"),
    ("6 tháng/lần", "EVERY-H"),
    ("every 6 months", "EVERY-H"),
    ("quarterly", "EVERY-Q"),
    ("trước ngày 20 hằng tháng", "MONTHLY:BEFORE:20"),
    ("hằng tháng trước ngày 25", "MONTHLY:BEFORE:25"),
    ("ngày 5 tháng sau", "MONTHLY:BY:05/2"),
    ("by the 20th of each month", "MONTHLY:BY:20"),
    ("trước ngày 20 tháng cuối quý", "QUARTERLY:BEFORE:20/3"),
    ("ngày 05 tháng đầu quý sau", "QUARTERLY:BY:05/4"),
    ("cuối mỗi quý", "QUARTERLY:BY:END/3"),
    ("tháng 01 và tháng 6 hằng năm", "YEARLY:BY:END/01,END/06"),
    ("định kỳ 06 tháng một lần (tháng 01 và tháng 6 hàng năm)", "YEARLY:BY:END/01,END/06"),
    ("trước ngày 15/6 và 15/12 hằng năm", "YEARLY:BEFORE:15/06,15/12"),
    ("trước ngày 15/12 hằng năm", "YEARLY:BEFORE:15/12"),
    ("hằng năm, trước ngày 31 tháng 12", "YEARLY:BEFORE:31/12"),
    ("vào ngày 15 của tháng đầu tiên mỗi quý", "QUARTERLY:BY:15/1"),
    # terms
    ("07 ngày làm việc", "ISSUE+7"),
    ("07 (bảy) ngày làm việc", "ISSUE+7"),
    ("trong thời hạn 07 ngày làm việc", "ISSUE+7"),
    ("ba ngày làm việc", "ISSUE+3"),
    ("trong vòng 10 ngày kể từ ngày ban hành", "ISSUE+10cal"),
    ("trong vòng 10 ngày kể từ ngày …", "ISSUE+10cal"),
    ("10 ngày làm việc kể từ ngày nhận được văn bản mới", "DOC+10"),
    ("trong 5 ngày kể từ ngày kết thúc hội nghị", "EVENT+5cal"),
    ("trong vòng 10 ngày kể từ ngày 15/3/2025", "DATE:15/03/2025+10cal"),
    ("5 ngày làm việc trước ngày 30/6/2025", "DATE:30/06/2025-5"),
    ("15 ngày trước hội nghị", "EVENT-15cal"),
    ("trong vòng 2 tuần", "ISSUE+14cal"),
    ("trong thời hạn 6 tháng", "ISSUE+6mo"),
    ("trong 24 giờ", "ISSUE+24h"),
    ("trong 24 (hai mươi bốn) giờ", "ISSUE+24h"),
    ("báo cáo ngay", "ISSUE+24h"),
    ("within 7 working days", "ISSUE+7"),
    ("within 10 days of the date of issue", "ISSUE+10cal"),
    ("within 24 hours", "ISSUE+24h"),
    # after another subtask, on an event
    ("sau T1.2", "AFTER:T1.2"),
    ("sau khi hoàn thành T1.2", "AFTER:T1.2"),
    ("5 ngày làm việc sau T1.2", "AFTER:T1.2+5"),
    ("trong 5 ngày sau khi T1.2 hoàn thành", "AFTER:T1.2+5cal"),
    ("5 working days after T1.2", "AFTER:T1.2+5"),
    ("tại Kỳ họp thứ Sáu", "EVENT+0"),
    ("khi có yêu cầu", "EVENT"),
    ("Ngay khi có dự toán", "EVENT"),
    ("ngay sau khi Nghị quyết được phê duyệt", "EVENT"),
    ("trên cơ sở dự toán do Sở Tài chính lập", "EVENT"),
    # standing, undated
    ("thường xuyên", "STANDING-Q"),
    ("Thường xuyên, liên tục", "STANDING-Q"),
    ("thường xuyên, báo cáo hằng tháng", "STANDING-M"),
    ("thường xuyên, định kỳ 6 tháng báo cáo một lần", "STANDING-H"),
    ("tiếp tục", "STANDING-Q"),
    ("tiếp tục tổ chức tuyên truyền, tập huấn", "STANDING-Q"),
    ("đẩy mạnh", "STANDING-Q"),
    ("thường xuyên kiểm tra, đôn đốc", "STANDING-Q"),
    ("ongoing", "STANDING-Q"),
    ("khẩn trương", "UNDATED:urgent"),
    ("nhanh chóng", "UNDATED:urgent"),
    ("as soon as possible", "UNDATED:urgent"),
    ("khẩn trương tham mưu", "UNDATED:urgent"),
    ("không quy định", "UNDATED"),
    ("theo lộ trình đã cam kết trong báo cáo số 12/BC-UBND", "UNDATED:reference"),
    # English seasons and fiscal years
    ("Spring 2025", "SEASON:spring/2025"),
    ("Winter 2025", "SEASON:winter/2025"),
    ("Q3 FY25/26", "FY:2025/26-Q3"),
    ("FY 2025/26", "FY:2025/26"),
]


@pytest.mark.parametrize(("written", "rule"), READ)
def test_words_are_read_as_the_rule_they_mean(written: str, rule: str) -> None:
    assert str(parse_rule(written)) == rule


@pytest.mark.parametrize(
    "other",
    [
        str.upper,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", " \u200b"),
        lambda text: "\ufeff" + text + ".",
        lambda text: text.replace("đ", "ð").replace("Đ", "Ð"),
    ],
    ids=["capitals", "NFD", "no-break", "doubled", "zero-width", "marks", "eth"],
)
def test_case_accents_and_spaces_change_nothing(other: Callable[[str], str]) -> None:
    read = [(written, str(parse_rule(other(written)))) for written, _ in READ]
    assert read == READ


@pytest.mark.parametrize("anchor", ["ISSUE", "DOC", "EVENT"])
def test_a_term_is_counted_from_what_its_step_is_opened_by(anchor: str) -> None:
    assert str(parse_rule("07 ngày làm việc", anchor)) == f"{anchor}+7"  # type: ignore[arg-type]
    assert str(parse_rule("07 ngày làm việc kể từ ngày ban hành", anchor)) == "ISSUE+7"  # type: ignore[arg-type]


REFUSED = [
    ("31/06/2025", "31/06/2025: tháng 6 có 30 ngày"),
    ("trước ngày 29/02/2025", "29/02/2025: tháng 2 năm 2025 có 28 ngày"),
    ("Quý V", "Quý V: có quý I đến quý IV"),
    ("quý 5/2025", "Quý 5: có quý I đến quý IV"),
    ("tháng 13/2025", "Tháng 13: có tháng 1 đến tháng 12"),
    ("12/13/2025", "có phải 13/12/2025?"),
    ("30/6/25", "có phải «30/6/2025»?"),
    ("30.6", "có phải «30/6»?"),
    ("6/25", "có phải 25/6 hoặc 6/2025?"),
    ("ISUE+5", "có phải «ISSUE+5»?"),
    ("BEFOR:31/01", "có phải «BEFORE:31/01»?"),
    ("trướcc ngày 30/6", "có phải «trước ngày 30/6»?"),
    (
        "hoàn thành trước 30/6 và báo cáo trước 15/7",
        "tách thành 2 bước: «hoàn thành trước 30/6» và «báo cáo trước 15/7»",
    ),
    ("trong quý II/2025, báo cáo trước 15/7", "tách thành 2 bước"),
    ("báo cáo tổng kết công tác năm trước ngày 30/6/2025", "có phải «trước ngày 30/6/2025»?"),
    ("có hiệu lực sau 10 ngày kể từ ngày ký", "không phải là thời hạn"),
    ("sau ngày 31/01", "là lúc bắt đầu"),
    ("sau 10 ngày kể từ ngày ban hành", "hạn ghi như «10 ngày kể từ ngày ban hành»"),
    ("đầu năm 2026", "chưa nói ngày nào"),
    ("thứ Sáu hằng tuần", "theo tuần"),
    ("2 tháng một lần", "kỳ báo cáo có tháng, quý"),
    ("6 tháng", "«trong vòng 6 tháng»"),
    ("Quý II, III năm 2025", "nêu mấy quý"),
    ("2030-2025", "năm sau phải lớn hơn"),
    ("FY25/27", "liền nhau"),
    ("FY25", "FY25/26"),
    ("mười lăm ngày", "chữ số"),
    ("ISSUE+401", "từ 0 đến 400"),
    ("ISSUE-3", "EVENT-5"),
    ("AFTER:T1.2-5", "chỉ tính về sau"),
    ("trước 25 giờ ngày 3/4", "giờ từ 0 đến 23"),
    ("năm 2101", "từ năm 1990 đến 2100"),
    ("khẩn trương hoàn thành trước 3o/6", ""),
    ("thường xuyên báo cáo hằng thág", ""),
    ("theo kế hoạch, hoàn thành trước 30/6/2025", "«hoàn thành trước 30/6/2025»"),
    ("ngày", ""),
    ("xyz", "viết như «trước ngày 30/6/2025»"),
]


@pytest.mark.parametrize(("written", "nearest"), REFUSED)
def test_what_cannot_be_read_gets_the_nearest_right_form_in_one_sentence(written: str, nearest: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(written)
    said = str(refusal.value)
    assert f"«{written}»" in said and nearest in said
    assert refusal.value.en != said and f"'{written}'" in refusal.value.en
    assert said.endswith((".", "?")) and len(said) < 240


def test_every_phrase_that_is_shown_can_be_read() -> None:
    for phrases, *_ in PHRASES:
        for phrase in phrases.split(" · "):
            assert parse_rule(f"{phrase} 30/6/2025" if phrase.endswith(" ngày") else phrase)


@pytest.mark.parametrize(
    ("written", "timing"),
    [
        ("quý II/2025", Timing.DATED),
        ("sau T1.2", Timing.AFTER),
        ("AFTER:T1.2+5", Timing.AFTER),
        ("khi có yêu cầu", Timing.UNDATED),
        ("khẩn trương", Timing.UNDATED),
        ("thường xuyên", Timing.STANDING),
    ],
)
def test_a_rule_says_its_timing(written: str, timing: Timing) -> None:
    assert parse_rule(written).timing is timing


def test_a_long_text_is_refused_quickly_and_cut() -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule("hoàn thành nhiệm vụ được giao " * 60)
    assert len(str(refusal.value)) < 400
