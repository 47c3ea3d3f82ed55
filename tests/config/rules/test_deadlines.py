"""Deadline rules: exact days and exact explanations, one for every form."""

from datetime import date, datetime

import pytest

from config.clock import HANOI
from config.errors import Refused
from config.rules.deadlines import (
    HasNoDate,
    NeedsAnchor,
    NoLongerInForce,
    NotDated,
    due,
    occasions,
    reading,
    reporting_period,
)
from config.rules.grammar import FORMS, parse_rule
from config.rules.kinds import Recurring, Timing
from config.rules.periods import Basis, Cadence, parse_period, periods_between
from config.rules.working_time import WorkingCalendar

GOLDEN = [
    # rule, from, due day, explanation in Vietnamese and English
    (
        "ISSUE+5",
        "2023-08-17",
        "2023-08-24",
        "+5 ngày làm việc từ 17/8/2023 → 24:00 ngày 24/8/2023",
        "+5 working days from 17/8/2023 → 24:00 on 24/8/2023",
    ),
    (
        "ISSUE+10",
        "2023-08-17",
        "2023-08-31",
        "+10 ngày làm việc từ 17/8/2023 → 24:00 ngày 31/8/2023",
        "+10 working days from 17/8/2023 → 24:00 on 31/8/2023",
    ),
    (
        "ISSUE+15",
        "2023-08-17",
        "2023-09-11",
        "+15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
        "+15 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 11/9/2023",
    ),
    (
        "ISSUE+20",
        "2023-08-17",
        "2023-09-18",
        "+20 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 18/9/2023",
        "+20 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 18/9/2023",
    ),
    (
        "DOC+30",
        "2023-08-17",
        "2023-10-02",
        "+30 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 2/10/2023",
        "+30 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 2/10/2023",
    ),
    (
        "ISSUE+5",
        "2025-12-29",
        "2026-01-07",
        "+5 ngày làm việc từ 29/12/2025; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ hoán đổi với ngày 10/01/2026)"
        " → 24:00 ngày 7/1/2026",
        "+5 working days from 29/12/2025; skips 1–2/1 (New Year, day off exchanged with 10/01/2026)"
        " → 24:00 on 7/1/2026",
    ),
    (
        "ISSUE+1",
        "2024-05-03",  # the Saturday after it was worked in exchange for 29/4
        "2024-05-04",
        "+1 ngày làm việc từ 3/5/2024; tính cả 4/5/2024 (làm bù) → 24:00 ngày 4/5/2024",
        "+1 working day from 3/5/2024; counts 4/5/2024 (worked in exchange) → 24:00 on 4/5/2024",
    ),
    (
        "ISSUE+10",
        "2025-12-29",
        "2026-01-13",
        "+10 ngày làm việc từ 29/12/2025; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ hoán đổi với ngày 10/01/2026)"
        "; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 13/1/2026",
        "+10 working days from 29/12/2025; skips 1–2/1 (New Year, day off exchanged with 10/01/2026)"
        "; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 13/1/2026",
    ),
    (
        "EVENT-2",
        "2026-01-12",  # backwards as well
        "2026-01-09",
        "−2 ngày làm việc từ 12/1/2026; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 9/1/2026",
        "−2 working days from 12/1/2026; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 9/1/2026",
    ),
    (
        "BY:10/01",
        "2026-01-05",  # a Saturday, and not moved on
        "2026-01-10",
        "chậm nhất ngày 10/1/2026; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 10/1/2026",
        "by 10/1/2026; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 10/1/2026",
    ),
    (
        "EVENT+2",
        "2023-08-31",
        "2023-09-06",
        "+2 ngày làm việc từ 31/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 6/9/2023",
        "+2 working days from 31/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 6/9/2023",
    ),
    (
        "EVENT+0",
        "2023-09-02",
        "2023-09-05",
        "ngay trong ngày 2/9/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo; bỏ qua 2–4/9"
        " (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "on 2/9/2023, a day off, so the next working day; skips 2–4/9 (National Day, day in lieu) → 24:00 on 5/9/2023",
    ),
    (
        "EVENT-10",
        "2024-02-20",
        "2024-01-30",
        "−10 ngày làm việc từ 20/2/2024; bỏ qua 8–14/2 (Tết Nguyên đán) → 24:00 ngày 30/1/2024",
        "−10 working days from 20/2/2024; skips 8–14/2 (Lunar New Year) → 24:00 on 30/1/2024",
    ),
    (
        "EVENT-5",
        "2023-09-02",  # a day off itself; it is not counted, and so not skipped either
        "2023-08-25",
        "−5 ngày làm việc từ 2/9/2023; bỏ qua 1/9 (Quốc khánh) → 24:00 ngày 25/8/2023",
        "−5 working days from 2/9/2023; skips 1/9 (National Day) → 24:00 on 25/8/2023",
    ),
    (
        "ND09-M",
        "2023-08-17",
        "2023-09-19",
        "kỳ 2023-09 chốt số liệu 14/9/2023, +3 ngày làm việc → 24:00 ngày 19/9/2023",
        "period 2023-09 closes on 14/9/2023, +3 working days → 24:00 on 19/9/2023",
    ),
    (
        "ND09-M:coordinating",
        "2023-08-17",
        "2023-09-15",
        "kỳ 2023-09 chốt số liệu 14/9/2023, +1 ngày làm việc → 24:00 ngày 15/9/2023",
        "period 2023-09 closes on 14/9/2023, +1 working day → 24:00 on 15/9/2023",
    ),
    (
        "ND09-M:compiled",
        "2023-10-17",
        "2023-11-27",
        "chậm nhất ngày 25/11/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 27/11/2023",
        "by 25/11/2023, a day off, so the next working day → 24:00 on 27/11/2023",
    ),
    (
        "ND09-Q",
        "2023-08-17",
        "2023-09-21",
        "kỳ 2023-Q3 chốt số liệu 14/9/2023, +5 ngày làm việc → 24:00 ngày 21/9/2023",
        "period 2023-Q3 closes on 14/9/2023, +5 working days → 24:00 on 21/9/2023",
    ),
    (
        "ND09-H:coordinating",
        "2023-08-17",
        "2023-12-19",
        "kỳ 2023-H2 chốt số liệu 14/12/2023, +3 ngày làm việc → 24:00 ngày 19/12/2023",
        "period 2023-H2 closes on 14/12/2023, +3 working days → 24:00 on 19/12/2023",
    ),
    (
        "ND09-H:compiled",
        "2023-08-17",
        "2023-12-25",
        "chậm nhất ngày 25/12/2023 → 24:00 ngày 25/12/2023",
        "by 25/12/2023 → 24:00 on 25/12/2023",
    ),
    (
        "ND09-Y",
        "2023-12-15",
        "2024-12-20",
        "kỳ 2024 chốt số liệu 14/12/2024, +5 ngày làm việc → 24:00 ngày 20/12/2024",
        "period 2024 closes on 14/12/2024, +5 working days → 24:00 on 20/12/2024",
    ),
    (
        "BEFORE:31/01",
        "2023-12-01",
        "2024-01-30",
        "trước ngày 31/1/2024, hiểu là ngày làm việc liền trước → 24:00 ngày 30/1/2024",
        "before 31/1/2024, read as the last working day before it → 24:00 on 30/1/2024",
    ),
    (
        "BEFORE:01/01/2025",
        "2024-12-01",  # nothing is skipped: the day before the holiday was worked
        "2024-12-31",
        "trước ngày 1/1/2025, hiểu là ngày làm việc liền trước → 24:00 ngày 31/12/2024",
        "before 1/1/2025, read as the last working day before it → 24:00 on 31/12/2024",
    ),
    (
        "BEFORE:05/09",
        "2023-08-17",
        "2023-08-31",
        "trước ngày 5/9/2023, hiểu là ngày làm việc liền trước; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù)"
        " → 24:00 ngày 31/8/2023",
        "before 5/9/2023, read as the last working day before it; skips 1–4/9 (National Day, day in lieu)"
        " → 24:00 on 31/8/2023",
    ),
    (
        "BY:31/10",
        "2023-08-17",
        "2023-10-31",
        "chậm nhất ngày 31/10/2023 → 24:00 ngày 31/10/2023",
        "by 31/10/2023 → 24:00 on 31/10/2023",
    ),
    (
        "BY:29/02",
        "2023-01-05",  # a month without that day ends on its last one
        "2023-02-28",
        "chậm nhất ngày 28/2/2023 → 24:00 ngày 28/2/2023",
        "by 28/2/2023 → 24:00 on 28/2/2023",
    ),
    (
        "UNTIL:02/09",
        "2023-08-17",
        "2023-09-05",
        "đến hết ngày 2/9/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo; bỏ qua 2–4/9"
        " (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "until 2/9/2023, a day off, so the next working day; skips 2–4/9 (National Day, day in lieu)"
        " → 24:00 on 5/9/2023",
    ),
    (
        "DATE:19/08+10",
        "2023-08-17",
        "2023-09-05",
        "+10 ngày làm việc từ 19/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "+10 working days from 19/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 5/9/2023",
    ),
    (
        "DATE:19/08-30",
        "2023-08-17",  # this year's term was over on 7/7
        "2024-07-08",
        "−30 ngày làm việc từ 19/8/2024 → 24:00 ngày 8/7/2024",
        "−30 working days from 19/8/2024 → 24:00 on 8/7/2024",
    ),
    (
        "Q510-Y:residential",
        "2023-08-17",
        "2023-11-17",
        "trước ngày 20/11/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 17/11/2023",
        "before 20/11/2023, read as the last working day before it → 24:00 on 17/11/2023",
    ),
    (
        "Q510-Y:unit",
        "2023-08-17",
        "2023-11-29",
        "trước ngày 30/11/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 29/11/2023",
        "before 30/11/2023, read as the last working day before it → 24:00 on 29/11/2023",
    ),
    (
        "Q510-Y",
        "2023-08-17",
        "2023-12-14",
        "trước ngày 15/12/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 14/12/2023",
        "before 15/12/2023, read as the last working day before it → 24:00 on 14/12/2023",
    ),
    (
        "BEFORE:28/02",
        "2027-01-01",
        "2027-02-26",
        "trước ngày 28/2/2027, hiểu là ngày làm việc liền trước → 24:00 ngày 26/2/2027"
        " (lịch nghỉ năm 2027 là tạm tính)",
        "before 28/2/2027, read as the last working day before it → 24:00 on 26/2/2027"
        " (the holidays of 2027 are provisional)",
    ),
    (
        "EVENT-5",
        "2027-01-05",  # due in a certain year, counted through one that is not
        "2026-12-28",
        "−5 ngày làm việc từ 5/1/2027; bỏ qua 1/1 (Tết Dương lịch) → 24:00 ngày 28/12/2026"
        " (lịch nghỉ năm 2027 là tạm tính)",
        "−5 working days from 5/1/2027; skips 1/1 (New Year) → 24:00 on 28/12/2026"
        " (the holidays of 2027 are provisional)",
    ),
    (
        "ISSUE+10cal",
        "2025-01-15",
        "2025-02-03",
        "+10 ngày từ 15/1/2025, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        "; bỏ qua 27/1–1/2 (Tết Nguyên đán) → 24:00 ngày 3/2/2025",
        "+10 calendar days from 15/1/2025, a day off, so the next working day"
        "; skips 27/1–1/2 (Lunar New Year) → 24:00 on 3/2/2025",
    ),
    (
        "ISSUE+24h",
        "2025-01-24",
        "2025-01-25",
        "+24 giờ từ 08:00 ngày 24/1/2025 (mốc không ghi giờ nên tính từ đầu giờ làm việc)"
        ", tính cả đêm và ngày nghỉ → 08:00 ngày 25/1/2025",
        "+24 hours from 08:00 on 24/1/2025 (no hour was given, so from the start of the office day)"
        ", by night and on days off too → 08:00 on 25/1/2025",
    ),
    (
        "ISSUE+1mo",
        "2025-01-31",
        "2025-02-28",
        "+1 tháng từ 31/1/2025 → 24:00 ngày 28/2/2025",
        "+1 month from 31/1/2025 → 24:00 on 28/2/2025",
    ),
    (
        "EVENT-15cal",
        "2025-02-12",
        "2025-01-24",
        "−15 ngày từ 12/2/2025, rơi vào ngày nghỉ 28/1/2025 nên lấy ngày làm việc liền trước"
        "; bỏ qua 27/1 (Tết Nguyên đán) → 24:00 ngày 24/1/2025",
        "−15 calendar days from 12/2/2025, 28/1/2025 is a day off, so the working day before it"
        "; skips 27/1 (Lunar New Year) → 24:00 on 24/1/2025",
    ),
    (
        "AT:15:00-30/06/2025",
        "2025-01-15",
        "2025-06-30",
        "đến 15:00 ngày 30/6/2025, đúng giờ ấy dù là ngày nghỉ → 15:00 ngày 30/6/2025",
        "to 15:00 on 30/6/2025, that hour even on a day off → 15:00 on 30/6/2025",
    ),
    (
        "DATE:15/03/2025+10cal",
        "2025-03-15",
        "2025-03-25",
        "+10 ngày từ 15/3/2025 → 24:00 ngày 25/3/2025",
        "+10 calendar days from 15/3/2025 → 24:00 on 25/3/2025",
    ),
    (
        "MONTH:06",
        "2025-07-01",
        "2026-06-30",
        "Tháng 6/2026, hiểu là đến hết ngày 30/6/2026 → 24:00 ngày 30/6/2026",
        "June 2026, read as to the end of 30/6/2026 → 24:00 on 30/6/2026",
    ),
    (
        "MONTH:01/2025",
        "2025-01-15",
        "2025-02-03",
        "Tháng 1/2025, hiểu là đến hết ngày 31/1/2025, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        "; bỏ qua 31/1–1/2 (Tết Nguyên đán) → 24:00 ngày 3/2/2025",
        "January 2025, read as to the end of 31/1/2025, a day off, so the next working day"
        "; skips 31/1–1/2 (Lunar New Year) → 24:00 on 3/2/2025",
    ),
    (
        "QUARTER:2/2025",
        "2025-01-15",
        "2025-06-30",
        "Quý II/2025, hiểu là đến hết ngày 30/6/2025 → 24:00 ngày 30/6/2025",
        "quarter 2 of 2025, read as to the end of 30/6/2025 → 24:00 on 30/6/2025",
    ),
    (
        "QUARTER:2/2024",
        "2024-01-15",
        "2024-07-01",
        "Quý II/2024, hiểu là đến hết ngày 30/6/2024"
        ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 1/7/2024",
        "quarter 2 of 2024, read as to the end of 30/6/2024, a day off, so the next working day → 24:00 on 1/7/2024",
    ),
    (
        "QUARTER",
        "2025-08-15",
        "2025-09-30",
        "Quý III/2025, hiểu là đến hết ngày 30/9/2025 → 24:00 ngày 30/9/2025",
        "quarter 3 of 2025, read as to the end of 30/9/2025 → 24:00 on 30/9/2025",
    ),
    (
        "HALF:1/2025",
        "2025-01-15",
        "2025-06-30",
        "6 tháng đầu năm 2025, hiểu là đến hết ngày 30/6/2025 → 24:00 ngày 30/6/2025",
        "first half of 2025, read as to the end of 30/6/2025 → 24:00 on 30/6/2025",
    ),
    (
        "YEAR:2025",
        "2025-01-15",
        "2025-12-31",
        "Năm 2025, hiểu là đến hết ngày 31/12/2025 → 24:00 ngày 31/12/2025",
        "the year 2025, read as to the end of 31/12/2025 → 24:00 on 31/12/2025",
    ),
    (
        "YEAR",
        "2022-05-01",
        "2023-01-03",
        "Năm 2022, hiểu là đến hết ngày 31/12/2022, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        "; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ bù) → 24:00 ngày 3/1/2023",
        "the year 2022, read as to the end of 31/12/2022, a day off, so the next working day"
        "; skips 1–2/1 (New Year, day in lieu) → 24:00 on 3/1/2023",
    ),
    (
        "TARGET:2028",
        "2025-01-15",
        "2028-12-31",
        "đến năm 2028, hiểu là đến hết ngày 31/12/2028"
        ", năm mục tiêu nên không chuyển sang ngày làm việc → 24:00 ngày 31/12/2028",
        "by 2028, read as to the end of 31/12/2028; a target year is not moved to a working day → 24:00 on 31/12/2028",
    ),
    (
        "TARGET:2030-2045",
        "2025-01-15",
        "2030-12-31",
        "đến năm 2030, định hướng 2045, báo cáo tiến độ hằng năm, hiểu là đến hết ngày 31/12/2030"
        ", năm mục tiêu nên không chuyển sang ngày làm việc → 24:00 ngày 31/12/2030",
        "by 2030, outlook 2045, progress every year, read as to the end of 31/12/2030"
        "; a target year is not moved to a working day → 24:00 on 31/12/2030",
    ),
    (
        "SPAN:2025-2026",
        "2025-01-15",
        "2025-12-31",
        "2025–2026, báo cáo tiến độ hằng năm, hạn là hết năm đầu 31/12/2025 → 24:00 ngày 31/12/2025",
        "2025–2026, progress every year, due at the end of the first, 31/12/2025 → 24:00 on 31/12/2025",
    ),
    (
        "SPAN:2025-",
        "2025-01-15",
        "2025-12-31",
        "2025 và những năm tiếp theo, báo cáo tiến độ hằng năm, hạn là hết năm đầu 31/12/2025 → 24:00 ngày 31/12/2025",
        "2025 and the years after, progress every year, due at the end of the first, 31/12/2025 → 24:00 on 31/12/2025",
    ),
    (
        "SEASON:spring/2025",
        "2025-01-15",
        "2025-06-02",
        "Mùa xuân 2025, hiểu là đến hết ngày 31/5/2025"
        ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 2/6/2025",
        "spring 2025, read as to the end of 31/5/2025, a day off, so the next working day → 24:00 on 2/6/2025",
    ),
    (
        "SEASON:winter/2025",
        "2025-01-15",
        "2026-03-02",
        "Mùa đông 2025, hiểu là đến hết ngày 28/2/2026"
        ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 2/3/2026",
        "winter 2025, read as to the end of 28/2/2026, a day off, so the next working day → 24:00 on 2/3/2026",
    ),
    (
        "FY:2025/26-Q3",
        "2025-01-15",
        "2025-12-31",
        "quý 3 năm tài khóa FY25/26 (từ tháng 4), hiểu là đến hết ngày 31/12/2025 → 24:00 ngày 31/12/2025",
        "quarter 3 of FY25/26 (from April), read as to the end of 31/12/2025 → 24:00 on 31/12/2025",
    ),
    (
        "MONTHLY:BEFORE:20",
        "2025-01-18",
        "2025-02-19",
        "hằng tháng: trước ngày 20/2/2025, hiểu là ngày làm việc liền trước → 24:00 ngày 19/2/2025",
        "every month: before 20/2/2025, read as the last working day before it → 24:00 on 19/2/2025",
    ),
    (
        "MONTHLY:BEFORE:05",  # 30/4 to 4/5/2025 are days off
        "2025-05-01",
        "2025-05-05",
        "hằng tháng: trước ngày 5/5/2025, hiểu là ngày làm việc liền trước; bỏ qua 30/4–2/5 (Ngày Chiến thắng 30/4,"
        " Quốc tế Lao động, nghỉ hoán đổi) → 24:00 ngày 29/4/2025, khi kỳ chưa bắt đầu nên lấy ngày làm việc đầu tiên"
        " của kỳ; bỏ qua 1–2/5 (Quốc tế Lao động, nghỉ hoán đổi) → 24:00 ngày 5/5/2025",
        "every month: before 5/5/2025, read as the last working day before it; skips 30/4–2/5 (Reunification Day,"
        " Labour Day, exchanged day off) → 24:00 on 29/4/2025, when the period has not begun, so the first working day"
        " of the period; skips 1–2/5 (Labour Day, exchanged day off) → 24:00 on 5/5/2025",
    ),
    (
        "MONTHLY:BY:05/2",
        "2025-01-03",
        "2025-01-06",
        "hằng tháng: chậm nhất ngày 5/1/2025"
        ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 6/1/2025",
        "every month: by 5/1/2025, a day off, so the next working day → 24:00 on 6/1/2025",
    ),
    (
        "QUARTERLY:BEFORE:20/3",
        "2025-01-15",
        "2025-03-19",
        "hằng quý: trước ngày 20/3/2025, hiểu là ngày làm việc liền trước → 24:00 ngày 19/3/2025",
        "every quarter: before 20/3/2025, read as the last working day before it → 24:00 on 19/3/2025",
    ),
    (
        "YEARLY:BY:END/01,END/06",
        "2025-02-15",
        "2025-06-30",
        "hằng năm (cuối tháng 1, cuối tháng 6): Tháng 6/2025, hiểu là đến hết ngày 30/6/2025 → 24:00 ngày 30/6/2025",
        "every year (end of January, end of June): June 2025, read as to the end of 30/6/2025 → 24:00 on 30/6/2025",
    ),
    (
        "EVERY-Q",
        "2025-01-15",
        "2025-03-21",
        "kỳ 2025-Q1 chốt số liệu 14/3/2025, +5 ngày làm việc → 24:00 ngày 21/3/2025",
        "period 2025-Q1 closes on 14/3/2025, +5 working days → 24:00 on 21/3/2025",
    ),
    (
        "AFTER:T1.2:first_plan+5",
        "2025-01-15",
        "2025-01-22",
        "việc T1.2 (first_plan) xong: +5 ngày làm việc từ 15/1/2025 → 24:00 ngày 22/1/2025",
        "T1.2 (first_plan) is done: +5 working days from 15/1/2025 → 24:00 on 22/1/2025",
    ),
]
GOLDEN_OF_PERIODS = [
    (
        "CLOSE",
        "2023-Q3",
        "2023-09-14",
        "kỳ 2023-Q3 chốt số liệu 14/9/2023 → 24:00 ngày 14/9/2023",
        "period 2023-Q3 closes on 14/9/2023 → 24:00 on 14/9/2023",
    ),
    (
        "CLOSE",
        "2024-09",
        "2024-09-16",
        "kỳ 2024-09 chốt số liệu 14/9/2024, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        " → 24:00 ngày 16/9/2024",
        "period 2024-09 closes on 14/9/2024, a day off, so the next working day → 24:00 on 16/9/2024",
    ),
    (
        "CLOSE+3",
        "2024-02",
        "2024-02-19",
        "kỳ 2024-02 chốt số liệu 14/2/2024, +3 ngày làm việc → 24:00 ngày 19/2/2024",
        "period 2024-02 closes on 14/2/2024, +3 working days → 24:00 on 19/2/2024",
    ),
]


NOT_DATED = [
    (
        "STANDING-M",
        Timing.STANDING,
        "việc thường xuyên, không có hạn; hỏi tiến độ hằng tháng",
        "standing, never due; progress is asked for every month",
    ),
    (
        "UNDATED",
        Timing.UNDATED,
        "chỉ đạo không ghi thời hạn; cơ quan đôn đốc định ngày",
        "the directive names no date; the coordinator sets a date",
    ),
    (
        "UNDATED:urgent",
        Timing.UNDATED,
        "yêu cầu làm sớm mà không ghi ngày; cơ quan đôn đốc định ngày",
        "asked for soon, without a date; the coordinator sets a date",
    ),
    (
        "UNDATED:reference",
        Timing.UNDATED,
        "thời hạn theo văn bản được dẫn; cơ quan đôn đốc định ngày",
        "the date is that of the paper referred to; the coordinator sets a date",
    ),
    (
        "EVENT",
        Timing.UNDATED,
        "mở khi có sự kiện, chỉ đạo không ghi thời hạn; cơ quan đôn đốc định ngày",
        "opened by an event; the directive names no date; the coordinator sets a date",
    ),
    (
        "AFTER:T1.2+5",
        Timing.AFTER,
        "+5 ngày làm việc sau khi việc T1.2 xong; chờ việc T1.2",
        "+5 working days after T1.2 is done; waiting for T1.2",
    ),
    (
        "AFTER:T1.2:first_plan",
        Timing.AFTER,
        "sau việc T1.2 (first_plan), không ghi thời hạn; cơ quan đôn đốc định ngày",
        "after T1.2 (first_plan), without a term; the coordinator sets a date",
    ),
]


@pytest.mark.parametrize(("rule", "timing", "vi", "en"), NOT_DATED)
def test_what_has_no_day_says_why(calendar: WorkingCalendar, rule: str, timing: Timing, vi: str, en: str) -> None:
    answer = reading(rule, calendar=calendar)
    assert answer == NotDated(timing, rule, vi, en)
    with pytest.raises(HasNoDate) as refusal:
        due(rule, calendar=calendar)
    assert refusal.value.answer == answer


def test_after_a_subtask_without_a_term_there_is_no_date_even_when_it_is_done(calendar: WorkingCalendar) -> None:
    answer = reading("AFTER:T1.2", calendar=calendar, anchor=date(2025, 1, 15))
    assert isinstance(answer, NotDated) and answer.timing is Timing.UNDATED


def test_the_words_of_the_directive_stand_before_the_explanation(calendar: WorkingCalendar) -> None:
    term = due("trong quý II/2025", calendar=calendar, words="hoàn thành trong quý II")
    assert term.explanation_vi.startswith("«hoàn thành trong quý II»: Quý II/2025, hiểu là đến hết ngày 30/6/2025")
    assert term.explanation_en.startswith("'hoàn thành trong quý II': quarter 2 of 2025, read as")
    same = due("Quý II/2025", calendar=calendar, words="quý II/2025")
    assert same.explanation_vi.startswith("Quý II/2025, hiểu là")
    long = due("Quý II/2025", calendar=calendar, words="từ " * 800)
    assert len(long.explanation_vi) < 1000  # what the store takes


@pytest.mark.parametrize(
    ("at", "rule", "due_at", "day"),
    [
        ("2025-01-24T14:30", "ISSUE+24h", "2025-01-25T14:30", "2025-01-25"),  # a Saturday
        ("2025-01-24T22:00", "EVENT+2h", "2025-01-25T00:00", "2025-01-24"),  # 24:00 belongs to the day that ends
        ("2025-01-28T07:00", "ISSUE+72h", "2025-01-31T07:00", "2025-01-31"),  # Tết
        ("2025-01-24T14:30", "AFTER:T1.2+6h", "2025-01-24T20:30", "2025-01-24"),
        ("2025-01-15T00:00", "AT:15:00-26/01/2025", "2025-01-26T15:00", "2025-01-26"),  # a Sunday
    ],
)
def test_hours_run_through_nights_and_days_off(
    calendar: WorkingCalendar, at: str, rule: str, due_at: str, day: str
) -> None:
    term = due(rule, calendar=calendar, at=datetime.fromisoformat(f"{at}+07:00"))
    assert (term.due_at, term.due_date.isoformat()) == (datetime.fromisoformat(f"{due_at}+07:00"), day)
    assert not term.provisional and "bỏ qua" not in term.explanation_vi


@pytest.mark.parametrize(
    ("written", "cadence", "basis", "key"),
    [
        ("Quý II/2025", "quarter", "nd09", "2025-Q2"),
        ("Quý II/2025", "quarter", "calendar", "2025-Q2"),
        ("Quý II/2024", "quarter", "calendar", "2024-Q2"),  # due on 1/7, named Sunday 30/6
        ("tháng 6/2025", "quarter", "nd09", "2025-Q2"),
        ("năm 2025", "year", "nd09", "2025"),
        ("2025-2026", "half", "nd09", "2025-H2"),
        ("30/6/2025", "quarter", "nd09", "2025-Q3"),  # a day: NĐ 09 closed the quarter on 14/6
        ("30/6/2025", "quarter", "calendar", "2025-Q2"),
        ("trước 1/7/2025", "quarter", "calendar", "2025-Q2"),
    ],
)
def test_a_deadline_stands_in_the_report_of_the_period_it_names(
    calendar: WorkingCalendar, written: str, cadence: Cadence, basis: Basis, key: str
) -> None:
    period = reporting_period(due(written, calendar=calendar), cadence, basis)
    assert (period.key, period.basis) == (key, basis)


def test_a_rhythm_follows_the_periods_of_the_directive_and_nd09_its_own(calendar: WorkingCalendar) -> None:
    of_calendar = parse_period("2025-Q2", "calendar")
    assert due("hằng quý", calendar=calendar, period=of_calendar).due_date == date(2025, 7, 7)
    assert due("EVERY-Q:compiled", calendar=calendar, period=of_calendar).due_date == date(2025, 7, 11)
    assert due("ND09-Q", calendar=calendar, period=of_calendar).due_date == date(2025, 6, 20)
    assert due("hằng quý", calendar=calendar, anchor=date(2025, 6, 20), basis="calendar").due_date == date(2025, 7, 7)


def test_days_of_its_own_come_back_in_calendar_periods(calendar: WorkingCalendar) -> None:
    def days(written: str, first: date, last: date) -> list[tuple[str, date]]:
        rule = parse_rule(written)
        assert isinstance(rule, Recurring)
        return [
            (period.key, due(rule, calendar=calendar, period=period).due_date)
            for period in occasions(rule, first, last)
        ]

    assert days("trước ngày 20 hằng tháng", date(2025, 1, 31), date(2025, 3, 1)) == [
        ("2025-01", date(2025, 1, 17)),
        ("2025-02", date(2025, 2, 19)),
        ("2025-03", date(2025, 3, 19)),
    ]
    assert days("tháng 01 và tháng 6 hằng năm", date(2025, 1, 1), date(2026, 2, 1)) == [
        ("2025-01", date(2025, 2, 3)),
        ("2025-06", date(2025, 6, 30)),
        ("2026-01", date(2026, 2, 2)),
    ]
    assert days("ngày 05 tháng đầu quý sau", date(2025, 1, 1), date(2025, 6, 30)) == [
        ("2025-Q1", date(2025, 4, 8)),  # 7/4 is a holiday
        ("2025-Q2", date(2025, 7, 7)),
    ]
    assert days("trước ngày 15/12 hằng năm", date(2025, 1, 1), date(2025, 6, 30)) == [("2025", date(2025, 12, 12))]
    with pytest.raises(Refused, match="không có ngày nào trong kỳ 2025-03"):
        due("tháng 01 và tháng 6 hằng năm", calendar=calendar, period=parse_period("2025-03", "calendar"))


def test_a_term_back_from_an_event_never_passes_it(calendar: WorkingCalendar) -> None:
    tet = date(2025, 1, 29)
    assert due("EVENT-1cal", calendar=calendar, anchor=tet).due_date == date(2025, 1, 24)


@pytest.mark.parametrize("rule", ["ISSUE+5", "MONTH:06", "trong quý", "MONTHLY:BEFORE:20", "trong 24 giờ"])
def test_what_counts_from_a_day_asks_for_it(calendar: WorkingCalendar, rule: str) -> None:
    with pytest.raises(NeedsAnchor, match="cần một ngày mốc") as refusal:
        due(rule, calendar=calendar)
    assert refusal.value.command == "--from"


@pytest.mark.parametrize(("rule", "start", "day", "vi", "en"), GOLDEN, ids=[f"{r}@{s}" for r, s, *_ in GOLDEN])
def test_each_form_gives_its_day_and_says_how(
    calendar: WorkingCalendar, rule: str, start: str, day: str, vi: str, en: str
) -> None:
    term = due(rule, calendar=calendar, anchor=date.fromisoformat(start))
    assert (term.due_date.isoformat(), term.explanation_vi, term.explanation_en) == (day, vi, en)
    assert term.provisional == ("tạm tính" in vi)


@pytest.mark.parametrize(("rule", "period", "day", "vi", "en"), GOLDEN_OF_PERIODS)
def test_the_close_of_a_period_is_counted_from(
    calendar: WorkingCalendar, rule: str, period: str, day: str, vi: str, en: str
) -> None:
    term = due(rule, calendar=calendar, period=parse_period(period))
    assert (term.due_date.isoformat(), term.explanation_vi, term.explanation_en) == (day, vi, en)


def test_every_form_has_an_exact_example() -> None:
    heads = {form.split("+")[0].split(":")[0].split("-M")[0].split("[")[0].split(",")[0] for form, *_ in FORMS}
    tried = " ".join(rule for rule, *_ in (*GOLDEN, *GOLDEN_OF_PERIODS, *NOT_DATED))
    assert {head for head in heads if head not in tried} == set()


@pytest.mark.parametrize(("cadence", "letter"), [("month", "M"), ("quarter", "Q"), ("half", "H"), ("year", "Y")])
def test_in_every_period_input_comes_before_the_report_and_both_before_the_compilation(
    calendar: WorkingCalendar, cadence: Cadence, letter: str
) -> None:
    for period in periods_between(cadence, date(2020, 1, 1), date(2030, 12, 14)):
        given, reported, compiled = (
            due(f"ND09-{letter}:{stage}", calendar=calendar, period=period).due_date
            for stage in ("coordinating", "report", "compiled")
        )
        assert period.closes < given < reported <= compiled, period.key


def test_a_term_is_over_at_midnight_after_its_last_day(calendar: WorkingCalendar) -> None:
    term = due("ISSUE+15", calendar=calendar, anchor=date(2023, 8, 17))
    assert term.due_at.astimezone(HANOI).isoformat() == "2023-09-12T00:00:00+07:00"


def test_the_grading_chain_ends_with_the_communes_once_districts_are_gone(calendar: WorkingCalendar) -> None:
    assert due("Q510-Y", calendar=calendar, anchor=date(2024, 8, 1)).due_date == date(2024, 12, 13)
    assert due("Q510-Y", calendar=calendar, anchor=date(2026, 8, 1)).due_date == date(2026, 11, 27)


def test_the_district_link_has_no_day_once_districts_are_gone(calendar: WorkingCalendar) -> None:
    assert due("Q510-Y:district", calendar=calendar, anchor=date(2024, 12, 13)).due_date == date(2024, 12, 13)
    for asked in ({"anchor": date(2024, 12, 14)}, {"anchor": date(2026, 8, 1)}, {"period": parse_period("2025")}):
        with pytest.raises(NoLongerInForce, match="từ ngày 1/7/2025 không còn cấp huyện") as refusal:
            due("Q510-Y:district", calendar=calendar, **asked)  # type: ignore[arg-type]
        assert "Q510-Y:unit" in refusal.value.en


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("trước ngày 31/01", "BEFORE:31/01"),
        ("  Chậm  nhất ngày 31/10 ", "BY:31/10"),
        ("ĐẾN HẾT NGÀY 25/12/2023", "UNTIL:25/12/2023"),
        ("tru\u031bo\u031b\u0301c nga\u0300y 31/01", "BEFORE:31/01"),
        ("\u00d0ến hết\u00a0ngày 5/9", "UNTIL:05/09"),  # eth, and a space that does not break
        ("event \u2212 10", "EVENT-10"),  # the minus sign of an explanation
    ],
)
def test_the_words_of_documents_are_understood(wording: str, rule: str) -> None:
    assert str(parse_rule(wording)) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISSUE",
        "ISSUE-3",
        "ISSUE+",
        "ISSUE+999",
        "ND09-X",
        "BEFORE:31/02",
        "BY:1/13",
        "DATE:19/08",
        "+5",
        "DOC-1",
        "EVENT-0",
        "EVENT-401",
        "CLOSE-1",
        "ND09-M:later",
        "BY:29/02/2023",
        "BY:01/01/1989",
        "UNTIL:1/1/2101",
        "Q510-M",
        "Q510-Y:province",
        "ISSUE+5 DOC+5",
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_the_nearest_right_form(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(text)
    assert f"«{text}»" in str(refusal.value)
    assert len(str(refusal.value)) < 200  # one sentence, not a list of forms


def test_before_a_date_can_be_read_the_other_way_and_says_so(calendar: WorkingCalendar) -> None:
    term = due("BEFORE:31/01", calendar=calendar, anchor=date(2023, 12, 1), before="inclusive")
    assert term.due_date == date(2024, 1, 31)
    assert "hiểu là đến hết ngày đó" in term.explanation_vi
    rolled = due("BEFORE:28/04/2024", calendar=calendar, before="inclusive")
    assert rolled.due_date == date(2024, 5, 2)
    assert "rơi vào ngày nghỉ" in rolled.explanation_vi


def test_a_yearly_day_falls_in_the_year_of_its_period(calendar: WorkingCalendar) -> None:
    assert due("BEFORE:31/01", calendar=calendar, period=parse_period("2024")).due_date == date(2024, 1, 30)
    assert due("DATE:19/08-30", calendar=calendar, period=parse_period("2026")).due_date.year == 2026


@pytest.mark.parametrize(
    ("rule", "period", "day"),
    [
        ("MONTHLY:BEFORE:01", "2025-05", date(2025, 5, 30)),
        ("MONTHLY:BEFORE:01", "2025-12", date(2025, 12, 31)),
        ("QUARTERLY:BEFORE:01/1", "2025-Q1", date(2025, 3, 31)),
        ("YEARLY:BEFORE:01/01,01/07", "2025-01", date(2024, 12, 31)),
        ("YEARLY:BEFORE:01/01,01/07", "2025-07", date(2025, 6, 30)),
        ("YEARLY:BEFORE:15/01,01/07", "2025-07", date(2025, 6, 30)),
        ("YEARLY:BEFORE:02/05,15/10", "2025-05", date(2025, 4, 29)),
        ("YEARLY:BEFORE:05/01,15/07", "2026-01", date(2026, 1, 5)),  # 1 to 4/1/2026 are days off
        ("BEFORE:01/01", "2025", date(2025, 12, 31)),
        ("BEFORE:02/01", "2025", date(2025, 12, 31)),
        ("YEARLY:BEFORE:02/01", "2025", date(2025, 12, 31)),
        ("DATE:05/01-10cal", "2025", date(2025, 12, 26)),
        ("MONTHLY:BEFORE:02", "2026-01", date(2026, 1, 5)),  # 1 to 4/1/2026 are days off
        ("BEFORE:05/01", "2026", date(2026, 1, 5)),
    ],
)
def test_a_day_before_its_period_is_that_of_the_next_and_days_off_at_its_beginning_move_it_forward(
    calendar: WorkingCalendar, rule: str, period: str, day: date
) -> None:
    assert due(rule, calendar=calendar, period=parse_period(period, "calendar"), basis="calendar").due_date == day


@pytest.mark.parametrize(
    ("words", "since", "dates"),
    [
        ("trước ngày 01 tháng 7 và 01 tháng 12 hằng năm", date(2025, 3, 3), ["2025-06-30", "2025-11-28", "2026-06-30"]),
        ("trước ngày 01/01 và 15/07 hằng năm", date(2025, 3, 3), ["2025-07-14", "2025-12-31"]),
        ("YEARLY:BEFORE:01/04,15/10", date(2025, 3, 3), ["2025-03-31", "2025-10-14", "2026-03-31"]),
        ("YEARLY:BEFORE:01/04,01/07,01/10", date(2025, 3, 3), ["2025-03-31", "2025-06-30", "2025-09-30"]),
        ("trước ngày 02/01 hằng năm", date(2025, 3, 3), ["2025-12-31", "2026-12-31"]),
    ],
)
def test_no_day_after_that_of_the_directive_is_passed_over(
    calendar: WorkingCalendar, words: str, since: date, dates: list[str]
) -> None:
    rule = parse_rule(words)
    assert isinstance(rule, Recurring)
    periods = occasions(rule, since, date(2026, 5, 1))
    assert [due(rule, calendar=calendar, period=each).due_date.isoformat() for each in periods][: len(dates)] == dates
    assert due(rule, calendar=calendar, anchor=since).due_date.isoformat() == dates[0]


def test_a_yearly_day_counted_back_further_than_a_year_is_still_ahead(calendar: WorkingCalendar) -> None:
    assert due("DATE:19/08-400", calendar=calendar, anchor=date(2023, 8, 17)).due_date == date(2024, 1, 10)


def test_a_term_that_ends_on_the_day_it_is_asked_for_is_not_over(calendar: WorkingCalendar) -> None:
    assert due("BY:31/10", calendar=calendar, anchor=date(2023, 10, 31)).due_date == date(2023, 10, 31)
    assert due("BY:31/10", calendar=calendar, anchor=date(2023, 11, 1)).due_date == date(2024, 10, 31)


def test_the_close_of_a_period_needs_a_period(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="kỳ báo cáo"):
        due("CLOSE+3", calendar=calendar, anchor=date(2023, 8, 17))


@pytest.mark.parametrize("rule", ["ISSUE+5", "ND09-Y", "BEFORE:01/01", "DATE:19/08-30", "Q510-Y"])
@pytest.mark.parametrize("day", [date.min, date(1850, 1, 1), date(2101, 1, 1), date.max])
def test_a_date_outside_the_calendar_is_refused(calendar: WorkingCalendar, rule: str, day: date) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        due(rule, calendar=calendar, anchor=day)


def test_counting_out_of_the_calendar_is_refused(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        due("ISSUE+5", calendar=calendar, anchor=date(2100, 12, 29))
    with pytest.raises(Refused, match="1990 đến 2100"):
        due("EVENT-5", calendar=calendar, anchor=date(1990, 1, 3))
