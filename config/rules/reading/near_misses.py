"""What a deadline that cannot be read was probably meant to be: the nearest right form, in one sentence."""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from config.errors import Refused
from config.rules.kinds import AnchorName, EndOf, FromAnchor, Rule, Timing, Within
from config.rules.reading import machine_forms
from config.rules.reading.phrases import read_phrase
from config.text.suggestions import without_accents

Read = Callable[[str], Rule | None]

_WORDS = re.findall(
    r"\S+",
    "trước ngày chậm nhất đến hết trong tháng quý năm hằng đầu cuối vòng thời hạn làm việc giờ kể từ sau khi hoàn thành"
    " báo cáo thường xuyên khẩn trương định kỳ một lần tuần giai đoạn tiếp theo những các"
    " before until within working days quarter month year every end monthly quarterly yearly ongoing hours",
)
_PLAIN = {without_accents(word): word for word in _WORDS}
_MACHINE_WORDS = re.findall(
    r"\S+",
    "ISSUE DOC EVENT CLOSE BEFORE BY UNTIL DATE MONTH QUARTER HALF YEAR TARGET SPAN MONTHLY QUARTERLY YEARLY AFTER"
    " STANDING UNDATED SEASON coordinating report compiled residential unit district spring summer autumn winter",
)
_JOINS = re.compile(r"\s+(?:và|va|and|rồi|đồng thời)\s+|[;,]\s+", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2}[/.-]\d{1,2})[/.-](\d{2})(?!\d)")
_DASHED = re.compile(r"(?<![\d/.-])(\d{1,2})[.-](\d{1,2})(?![\d/.-])")
_OF_THE_MONTH = re.compile(r"(\bngày \d{1,2})(?: của| trong)? tháng$", re.IGNORECASE)
_SHORT_SPAN = re.compile(r"(?<!\d)(20\d{2})\s*[-–]\s*(\d{2})(?!\d)")
_MONTH_OF_SHORT_YEAR = re.compile(r"(?<![\d/])(\d{1,2})/(\d{2})(?![\d/])")
_VAGUE = re.compile(r"^(?:đầu|giữa|early|mid)\b", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:tuần|week|thứ (?:hai|ba|tư|năm|sáu|bảy))\b", re.IGNORECASE)
_FROM_ON = re.compile(r"^(?:sau|từ|kể từ|bắt đầu từ|after|from)\b", re.IGNORECASE)
_KNOWN: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), vi, en)
    for pattern, vi, en in (
        (r"hiệu lực|^căn cứ|take effect", "ngày có hiệu lực, ngày của căn cứ không phải là thời hạn",
         "an effective date or the date of a legal basis is not a deadline"),
        (r"^(?:\w+ )?năm học|school year", "năm học không nói ngày nào; ghi ngày, như «chậm nhất ngày 31/5/2026»",
         "a school year does not name a day; give one, as in 'by 31/5/2026'"),
        (r"\bh[ằà]ng (?:năm|quý|tháng),? (?:kể )?từ (?:năm|tháng|ngày|quý)",
         "lúc bắt đầu ghi ở valid_from của bước; ở đây chỉ ghi «hằng năm»",
         "the start date belongs in the step's valid_from; write only 'every year' here"),
        (r"\b(?:h[ằà]ng|mỗi) ngày\b", "không có kỳ hằng ngày; ghi «thường xuyên, báo cáo hằng tháng»",
         "there is no daily period; write 'standing, report monthly'"),
        (r"\b(?:nửa tháng|(?:\d+|mười|mười lăm) ngày) ?(?:/|một|1) ?lần|\btháng (?:\d|hai|ba|bốn) lần|\btwice a month",
         "kỳ ngắn nhất là tháng; tách thành các bước, như «ngày 15 hằng tháng» và «ngày cuối cùng hằng tháng»",
         "the shortest period is a month; split it into steps, as in 'the 15th of each month' and 'end of each month'"),
        (r"\b(?:tháng|quý|năm|tuần) (?:sau|tới)\b|\bngày mai\b",
         "ghi rõ tháng, quý, năm nào, như «trước ngày 31/01/2026», hoặc «trước ngày 31/01 hằng năm»",
         "say which month or year, as in 'before 31/01/2026'"),
        (r"\brưỡi\b", "ghi số ngày, như «trong vòng 45 ngày»", "give a number of days, as in 'within 45 days'"),
        (r"^(?:trong |cả |trong cả )?(?:nhiệm kỳ|giai đoạn)$", "ghi các năm, như «giai đoạn 2025–2030»",
         "name the years, as in '2025-2030'"),
        (r"^ngay từ", "là lúc bắt đầu, không phải hạn; ghi hạn, hoặc «khẩn trương» nếu không có",
         "that is a starting point; give a deadline, or 'as soon as possible'"),
        (r"^(?:ngay|triển khai)$", "có phải «báo cáo ngay»?", "did you mean 'báo cáo ngay' (report immediately)?"),
        (r"\b(?:Tết|dịp|kỷ niệm|mùa)\b", "chưa nói ngày nào; ghi ngày, như «trước ngày 02/9/2025»",
         "it does not name a day; give one, as in 'before 02/9/2025'"),
        (r"^\W*(?:\d+|một|hai|ba|bốn|năm|sáu|chín) tháng\W*$",
         "viết «trong vòng 6 tháng», «6 tháng đầu năm» hoặc «định kỳ 6 tháng»",
         "write 'within 6 months', 'first half of 2025' or 'every 6 months'"),
        (r"\bfy ?'?\d+$", "năm tài khóa ghi đủ hai năm, như FY25/26",
         "name both years of a fiscal year, as in FY25/26"),
        (r"quý [ivx\d]+ ?(?:,|-|–|và|đến) ?[ivx\d]+\b", "nêu mấy quý; ghi quý cuối cùng, hoặc tách thành các bước",
         "it names several quarters; write the last one, or split it into several steps"),
        (r"\b(?:mười|mươi|trăm) (?:ngày|\w+ ngày)|^(?:mười|mươi|trăm)\b", "ghi số bằng chữ số, như «15 ngày làm việc»",
         "write numbers in digits, as in '15 days'"),
        (r"^nd09|^every-", "viết ND09-Q (M tháng, Q quý, H 6 tháng, Y năm), thêm :coordinating hoặc :compiled",
         "write ND09-Q (M month, Q quarter, H half, Y year), then :coordinating or :compiled"),
        (r"^q510", "viết Q510-Y, Q510-Y:residential, :unit hoặc :district",
         "write Q510-Y, Q510-Y:residential, :unit or :district"),
        (r"^issue", "viết ISSUE+15, số ngày từ 0 đến 400", "write ISSUE+15, with 0 to 400 days"),
        (r"^(?:doc|event|close)\b", "viết như DOC+30, EVENT-5, CLOSE+3", "write it like DOC+30, EVENT-5, CLOSE+3"),
        (r"^date:", "viết như DATE:19/08+10", "write it like DATE:19/08+10"),
        (r"^(?:before|by|until):", "viết như BEFORE:31/01 hoặc BY:31/10/2025",
         "write it like BEFORE:31/01 or BY:31/10/2025"),
    )
)  # fmt: skip
_RHYTHM_OPENING = re.compile(r"^(?:(?:báo cáo|gửi báo cáo|định kỳ) )+", re.IGNORECASE)
_RHYTHM = re.compile(
    r"(?:(?:báo cáo|định kỳ) )*(?:h[ằà]ng |mỗi |1 |01 )?(?:(?P<one>tháng|quý|năm)|(?P<months>0?[36]) tháng)"
    r"(?: một lần)?",
    re.IGNORECASE,
)
_HALVES = ("đầu", "giữa", "nửa")
_LONGEST_WINDOW, _MOST_WORDS, _EXCERPT_LENGTH = 12, 60, 160


def refusal(text: str, clean: str, anchor: AnchorName) -> Refused:
    """The refusal of ``text``; ``clean`` is the text as one clean line."""
    vi, en = _meant(clean, lambda line: machine_forms.read(line.upper().replace(" ", "")) or read_phrase(line, anchor))
    shown = _shown(text)
    return Refused(
        f"Không đọc được thời hạn «{shown}»; {_ended(vi)}", f"Cannot read the deadline '{shown}'; {_ended(en)}"
    )


def _shown(text: str) -> str:
    return text if len(text) <= _EXCERPT_LENGTH else text[: _EXCERPT_LENGTH - 1] + "…"


def wrong_value(text: str, fault: Refused) -> Refused:
    """The refusal of a text that has a known form and an impossible value in it."""
    shown = _shown(text)
    return Refused(
        f"Thời hạn «{shown}» không có; {_ended(str(fault))}", f"There is no deadline '{shown}'; {_ended(fault.en)}"
    )


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _meant(clean: str, read: Read) -> tuple[str, str]:
    for hint in (_rhythms, _known, _two_duties, _rewritten, _misspelt, _vague, _part):
        if found := hint(clean, read):
            return found
    return (
        "viết như «trước ngày 30/6/2025», «Quý II/2025» hoặc «07 ngày làm việc»",
        "write it like 'before 30/6/2025', 'Q2 2025' or '7 working days'",
    )


def _known(clean: str, read: Read) -> tuple[str, str] | None:
    return next((said for pattern, *said in _KNOWN if pattern.search(clean)), None)  # type: ignore[return-value]


def _rhythms(clean: str, read: Read) -> tuple[str, str] | None:
    """Several rhythms in one: «định kỳ 6 tháng và hằng năm», «báo cáo tháng, quý, năm»."""
    plain = _RHYTHM_OPENING.sub("", re.sub(r"\(.*?\)", "", clean))
    parts = [_RHYTHM.fullmatch(part.strip()) for part in re.split(r",|;|/| và ", plain)]
    if len(parts) < 2 or not all(parts):
        return None
    each = [f"định kỳ {found['months'].lstrip('0')} tháng" if found["months"] else f"hằng {found['one'].lower()}"
            for found in parts if found]  # fmt: skip
    listed = ", ".join(f"«{one}»" for one in each)
    return (
        f"có {len(each)} kỳ, tách thành {len(each)} bước: {listed}",
        f"it names {len(each)} intervals; split it into {len(each)} steps: {listed}",
    )


def _reads(text: str, read: Read) -> Rule | None:
    try:
        return read(text)
    except Refused:
        return None


def _did_you_mean(text: str) -> tuple[str, str]:
    return f"có phải «{text}»?", f"did you mean '{text}'?"


def _two_duties(clean: str, read: Read) -> tuple[str, str] | None:
    parts = [part for part in _JOINS.split(clean) if part.strip()]
    dated = [each for each in (_dated_part(part, read) for part in parts) if each]
    if len(dated) < 2:
        return None
    named = " và ".join(f"«{part}»" for part in dated)
    named_en = " and ".join(f"'{part}'" for part in dated)
    steps = len(dated)
    return (
        f"có {steps} mốc, tách thành {steps} bước: {named}",
        f"it names {steps} dates; split it into {steps} steps: {named_en}",
    )


def _dated_part(text: str, read: Read) -> str | None:
    rule = _reads(text, read)
    if rule is not None:
        return text if rule.timing is Timing.DATED else None
    return next(_dated_windows(text, read), None)


def _rewritten(clean: str, read: Read) -> tuple[str, str] | None:
    """Two-digit years, dots between day and month, months given as «6/25»."""
    for pattern, written in (
        (_OF_THE_MONTH, r"\1 hằng tháng"),
        (_SHORT_YEAR, lambda found: f"{re.sub('[.-]', '/', found[1])}/20{found[2]}"),
        (_DASHED, r"\1/\2"),
        (_SHORT_SPAN, lambda found: f"{found[1]}-{found[1][:2]}{found[2]}"),
        (_MONTH_OF_SHORT_YEAR, r"\1/20\2"),
    ):
        changed = pattern.sub(written, clean)
        if changed != clean and _reads(changed, read):
            return _did_you_mean(changed)
    return None


def _misspelt(clean: str, read: Read) -> tuple[str, str] | None:
    """Words that are nearly a word of deadlines; the whole must read once they are mended."""
    machine = re.sub(r"[A-Za-z]{2,}", lambda found: _nearest(found[0], _MACHINE_WORDS, 0.6) or found[0], clean)
    words = clean.split(" ")
    mended = [word if without_accents(word) in _PLAIN else _mended(word) for word in words]
    for changed in (" ".join(mended), machine):
        if changed != clean and _reads(changed, read):
            return _did_you_mean(changed)
    return None


def _mended(word: str) -> str:
    plain = without_accents(word)
    if len(plain) < 3 or not plain.isalpha():
        return word
    near = _nearest(plain, list(_PLAIN), 0.66)
    return _PLAIN[near] if near else word


def _nearest(word: str, known: list[str], cutoff: float) -> str | None:
    exact = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), list(exact), 1, cutoff)
    return exact[found[0]] if found else None


def _vague(clean: str, read: Read) -> tuple[str, str] | None:
    if _WEEK.search(clean):
        return (
            "kỳ và hạn theo tuần ghi bằng ngày, như «chậm nhất ngày 13/6/2025»",
            "give the day of the week as a date, as in 'by 13/6/2025'",
        )
    if (vague := _VAGUE.match(clean)) and (ends := _reads(f"cuối {_VAGUE.sub('', clean).strip()}", read)):
        middle = _in_the_middle(ends) if vague[0].casefold() in ("giữa", "mid") else ""
        return (
            f"«đầu», «giữa» chưa nói ngày nào; ghi ngày, như «chậm nhất ngày {middle or '15/1/2026'}»",
            f"'early' and 'mid' name no day; give one, as in 'by {middle or '15/1/2026'}'",
        )
    if (begins := _FROM_ON.match(clean)) and (rest := next(_dated_windows(clean, read), None)):
        day = re.search(r"\d{1,2}/\d{1,2}(?:/\d{4})?(?![\d/]).*", rest)
        vi, en = (f"trước ngày {day[0]}", f"before {day[0]}") if day else (rest, rest)
        return (
            f"«{begins[0]} …» là lúc bắt đầu, không phải hạn; hạn ghi như «{vi}»",
            f"that is a starting point, not a deadline; a deadline reads '{en}'",
        )
    return None


def _in_the_middle(ends: Rule) -> str:
    """The day in the middle of a month or year (BLDS 2015, Điều 146), where the year is named; otherwise empty."""
    if not isinstance(ends, EndOf) or ends.year is None:
        return ""
    if ends.cadence == "month":
        return f"15/{ends.number}/{ends.year}"
    return f"30/6/{ends.year}" if ends.cadence == "year" else ""


def _part(clean: str, read: Read) -> tuple[str, str] | None:
    found = next(_dated_windows(clean, read), None)
    if found is None or found == clean:
        return None
    return f"chỉ ghi phần thời hạn, có phải «{found}»?", f"give only the deadline; did you mean '{found}'?"


def _dated_windows(text: str, read: Read) -> Iterator[str]:
    """Runs of words within the text that are a deadline by themselves, the longest first."""
    words = text.split(" ")[:_MOST_WORDS]
    for length in range(min(len(words), _LONGEST_WINDOW), 0, -1):
        for start in range(len(words) - length + 1):
            if start and words[start - 1].casefold() in _HALVES:
                continue
            window = " ".join(words[start : start + length]).strip(" ,;:.()")
            if any(c.isdigit() for c in window) or length > 1:
                rule = _reads(window, read)
                if rule is not None and rule.timing is Timing.DATED and not _is_torn(rule, window):
                    yield window


def _is_torn(rule: Rule, window: str) -> bool:
    """Whether it is a piece that means something else alone: «16h» of an hour of the day, «tại kỳ họp giữa»."""
    is_hour = isinstance(rule, Within) and rule.unit == "hour" and window[0].isdigit()
    return is_hour or rule == FromAnchor("EVENT", 0)
