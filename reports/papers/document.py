"""Documents in Word, as the coordinating office writes them: the report of a period, slips, urging letters.

By the form of NĐ 30/2020/NĐ-CP, of Party offices by HD 36-HD/VPTW. Drafts: number, day and signature are left to the
office that issues them, and no person is named.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config.catalogue.offices import PARTY, OfficeSpec
from config.catalogue.plan import Directive
from config.clock import HANOI, local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from config.text.counts import both_in_words, subtasks_among, thousands
from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of
from models.store.database import reading
from reports.figures import points
from reports.papers import first_page
from reports.papers.citing import day_in_full, directive_cited
from reports.papers.filling import filled
from reports.papers.office_letters import OfficeAssignments, PaperRow
from reports.papers.period_report import PeriodReport

_UNNAMED_PLACE = "…………"

DAYS_TO_ANSWER = 5
"""Working days that an urging letter leaves for an answer."""


def report_document(found: PeriodReport, store: Store) -> bytes:
    """The consolidated report of a period, as a Word file."""
    period = period_in_words(found.period.key, "vi")
    counts, directive = found.figures, store.plan.directive(found.directive)
    span = f"từ {found.period.opens:%d/%m/%Y} đến {found.period.closes:%d/%m/%Y}"
    before = found.before.on_time_rate if found.before else None
    change = points(counts.on_time_rate, before)
    return _filled(
        "bao-cao",
        store,
        directive,
        found.now,
        f"Báo cáo kết quả thực hiện {directive.title_vi}, {period}",
        {
            "figures": counts,
            "bar": first_page.bar(counts),
            "legend": first_page.legend(),
            "priorities": [vars(each) | {"bar": first_page.bar(each.figures)} for each in found.priorities],
            **{name: getattr(found, name) for name in ("offices", "late", "late_more", "recipients", "is_sample")},
            "about": directive.title_vi,
            "period": period[:1].upper() + period[1:],
            "opening": f"Thực hiện {directive_cited(directive)} và {found.assigned_by},"
            f" {issuer(store, directive, found.now).name_vi} báo cáo kết quả {period} (số liệu {span},"
            f" tình trạng tính đến {_moment(found.now)}) như sau:",
            "overall": first_page.overall_in_words(found.subtasks, counts, change, before),
            "holders": first_page.holders_in_words(found.offices, counts.open_overdue),
            "news": first_page.news_in_words(found.news, of_the_whole=counts != found.whole),
            "scope": first_page.scope_in_words(counts, found.whole),
            "asked": _asked(found),
            "ahead": first_page.ahead_in_words(counts),
            "joint": _of_joint_leads(found),
        },
    )


def _asked(found: PeriodReport) -> str:
    """What offices propose, as a number; empty where they propose nothing."""
    number = sum(len(each.proposals.texts) + each.proposals.more for each in found.priorities)
    return f"Các cơ quan có {thousands(number)} đề xuất, kiến nghị (mục II)." if number else ""


def _of_joint_leads(found: PeriodReport) -> str:
    """That the rows of offices add up to more than there is, where they do."""
    if sum(tally.total for _, tally in found.offices) <= found.figures.total:
        return ""
    return (
        "Việc nhiều cơ quan cùng chủ trì được tính một lần trong số chung và tính cho từng cơ quan, nên cộng số của"
        " các cơ quan lớn hơn số chung."
    )


def slip_document(found: OfficeAssignments, store: Store) -> bytes:
    """The slip of all that an office has to do, as a Word file."""
    directive = store.plan.directive(found.directive)
    grounds = (f"Căn cứ {directive_cited(directive)};", f"Căn cứ {found.assigned_by}.")
    opening = f"{found.office} được giao {_both(found.all)} sau:"
    issuing = issuer(store, directive, found.now).name_vi
    whom = _units_of(issuing) if found.office == issuing else found.office
    asked = "Yêu cầu" if found.office == issuing else "Đề nghị"
    closing = f"{asked} {whom} thực hiện đúng thời hạn, báo cáo kết quả hoặc đề nghị gia hạn {_where(store)}."
    title = f"Phiếu giao việc: {found.office}"
    return _of_office("phieu-giao-viec", found, store, title, opening=opening, grounds=grounds, closing=closing)


def reminder_document(found: OfficeAssignments, store: Store) -> bytes:
    """The letter that urges an office on: what is late and since when, why, until when instead, and by when to answer.

    Raises ``Refused`` when nothing of its work is late or nearly so.
    """
    directive = store.plan.directive(found.directive)
    if not found.late and not found.soon:
        raise Refused(
            f"{found.office} không có việc quá hạn hay sắp đến hạn; không có gì để đôn đốc.",
            f"{found.office} has no overdue work and nothing due soon; there is nothing to urge.",
        )
    parts = ((found.late, "đang quá hạn"), (found.soon, "sắp đến hạn"))
    counted = " và ".join(f"{_both(rows)} {how}" for rows, how in parts if rows)
    urging = issuer(store, directive, found.now).name_vi
    # A letter of the coordinating office to itself goes to those in it who do the work.
    own = found.office == urging
    whom = _units_of(urging) if own else found.office
    opening = (
        f"Thực hiện {directive_cited(directive)} và {found.assigned_by}, tính đến {_moment(found.now)}, {whom} còn"
        f" {counted}."
    )
    calendar = store.calendar.of(store.plan.priorities_of(found.directive)[0].code)
    by = calendar.add(local_date(found.now), DAYS_TO_ANSWER)
    asks = [
        *(["hoàn thành ngay và báo cáo kết quả các phần việc đang quá hạn"] if found.late else []),
        *(["hoàn thành đúng hạn các phần việc sắp đến hạn"] if found.soon else []),
        "phần việc chưa thể hoàn thành: nêu rõ nguyên nhân và đề nghị thời hạn hoàn thành mới",
    ]
    return _of_office(
        "don-doc",
        found,
        store,
        f"Đôn đốc thực hiện nhiệm vụ: {found.office}",
        opening=opening,
        addressee=f"Các đơn vị được giao nhiệm vụ thuộc {urging}" if own else found.office,
        asking=f"{urging} yêu cầu các đơn vị:" if own else f"{urging} đề nghị {found.office}:",
        asks=[f"{each}{'.' if place == len(asks) else ';'}" for place, each in enumerate(asks, 1)],
        closing=f"Báo cáo gửi về {'bộ phận tổng hợp' if own else urging} chậm nhất {day_in_full(by)} {_where(store)}.",
    )


def _units_of(office: str) -> str:
    return f"các đơn vị thuộc {office}"


def _where(store: Store) -> str:
    return f"tại trang đôn đốc {store.settings.portal_url} theo đường dẫn trong thư của cơ quan"


def _of_office(name: str, found: OfficeAssignments, store: Store, title: str, **said: Any) -> bytes:
    rows = {part: getattr(found, part) for part in ("all", "late", "soon")}
    content = {**rows, "office": found.office, "is_sample": found.is_sample, **said}
    return _filled(name, store, store.plan.directive(found.directive), found.now, title, content)


def _filled(
    name: str, store: Store, directive: Directive, now: datetime, title: str, content: Mapping[str, Any]
) -> bytes:
    coordinator = issuer(store, directive, now)
    shared = {
        "superior": directive.superior_vi or "",
        "issuer": coordinator.name_vi,
        "symbol": coordinator.code,
        "drafting_unit": directive.drafting_unit or "",
        "place": directive.place_vi or _UNNAMED_PLACE,
        "year": str(now.astimezone(HANOI).year),
        "moment": _moment(now),
        "directive": directive_cited(directive),
    }
    with reading(store.engine) as connection:
        trail = f"Nhật ký đến sự kiện số {anchor_of(connection, now).printed}"
    return filled(
        f"{name}-dang.docx" if coordinator.kind == PARTY else f"{name}.docx",
        {**shared, **content},
        own=store.settings.templates_dir,
        author=coordinator.name_vi,
        title=title,
        now=now,
        trail=trail,
    )


def issuer(store: Store, directive: Directive, now: datetime) -> OfficeSpec:
    """The coordinating office, in whose name papers are written."""
    return store.plan.coordinator_on(directive, local_date(now))


def _both(rows: Sequence[PaperRow]) -> str:
    """«3 nhiệm vụ (5 phần việc)»."""
    return both_in_words(subtasks_among(rows), len(rows))


def _moment(now: datetime) -> str:
    return f"{now.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"
