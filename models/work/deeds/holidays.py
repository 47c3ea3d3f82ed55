"""Official notices of holidays and swaps: days entered as a new edition of the calendar, and open work moved by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session, col, select

from config.boundary import refuse_personal_or_secret
from config.clock import LAST_YEAR
from config.errors import Refused, refuse_all
from config.rules.working_time import Override, WorkingCalendar, supported
from models.plans.documents import CALENDAR, directive_of, plan_of
from models.plans.editions import Provenance, edition_content, heads
from models.store.actor import ActorContext
from models.tables.deed import Deed, DeedKind
from models.tables.edition import Edition
from models.work.deeds.apply import Change
from models.work.deeds.changes import put_in_force, recalculation, replacing

_LONGEST_NOTE = 200
_KINDS = {"day_off": ("ngày nghỉ", "a day off"), "working_day": ("ngày làm việc", "a working day")}


def holiday_notice(
    days: Sequence[Override], *, confirmed_year: int | None = None, provenance: Provenance, context: ActorContext
) -> Change:
    """The deed that enters the days of a notice; it moves nothing yet (``recalculated_by``).

    days            a swap is two of them; a day decided otherwise before is decided anew
    confirmed_year  the last year whose holidays are now announced

    Raises ``Refused`` with everything that is wrong or there already.
    """
    faults = list(_faults(days, confirmed_year, context.calendar))
    refuse_all(faults)
    return _with_calendar(with_days(context.calendar, days, confirmed_year), provenance, context)


def notice_taken_back(session: Session, deed: Deed, provenance: Provenance, context: ActorContext) -> Change:
    """The deed by which the calendar is again what it was before a notice; it moves nothing yet (``recalculated_by``).

    Raises ``Refused`` where the calendar in force is another than the notice left, naming what came since.
    """
    numbers = heads(session.connection())
    documents = {series: edition_content(session, series, number) for series, number in numbers.items()}
    for series, number in deed.editions.items():
        left, before = (edition_content(session, series, each) for each in (number, number - 1))
        if directive_of(series):  # only the days of its own, for what it asks may have changed since
            kept = {key: value for key, value in documents[series].items() if key != "calendar"}
            was, now = left.get("calendar"), documents[series].get("calendar")
            documents[series] = kept | ({"calendar": before["calendar"]} if "calendar" in before else {})
        else:
            was, now = left, documents[series]
            documents[series] = before
        if was != now:
            _refuse_later(session, series, number)
    return replace(_with_calendar(plan_of(documents, numbers).calendar, provenance, context), undoes=deed.id)


def _with_calendar(calendar: WorkingCalendar, provenance: Provenance, context: ActorContext) -> Change:
    return Change(
        kind=DeedKind.CALENDAR,
        subject=CALENDAR,
        provenance=provenance,
        context=replace(context, calendar=calendar),
        items=lambda _: (),
        take_effect=lambda writer: put_in_force(writer, context.plan, calendar, provenance, context),
        particulars=replacing(context, context.plan, calendar),
    )


def _refuse_later(session: Session, series: str, number: int) -> None:
    query = select(Edition).where(Edition.series == series, Edition.number > number)
    later = session.exec(query.order_by(col(Edition.number).desc())).first()
    assert later is not None
    what = later.paper_number or later.reason
    raise Refused(
        f"Không hoàn tác được: lịch đã đổi tiếp ngày {later.effective_on:%d/%m/%Y} ({what}). Hoàn tác lần ấy trước.",
        f"It cannot be undone: the calendar changed again on {later.effective_on:%d/%m/%Y} ({what}). Undo that first.",
    )


def recalculated_by(session: Session, context: ActorContext, provenance: Provenance | None = None) -> Change:
    """The deed that moves open work to where the calendar in force puts it (``recalculation``).

    provenance  the paper of the calendar's newest edition without
    """
    return recalculation(provenance=provenance or _newest_notice(session, context), context=context)


def with_days(calendar: WorkingCalendar, days: Sequence[Override], confirmed_year: int | None) -> WorkingCalendar:
    """The calendar with these days; calendars of further directives have them too, beside days of their own."""
    new = {day.date for day in days}
    common = (*(each for each in calendar.overrides if each.date not in new), *days)
    provisional = confirmed_year + 1 if confirmed_year else calendar.provisional_from
    own: dict[int, WorkingCalendar] = {}
    for theirs in calendar.own.values():
        kept = tuple(each for each in theirs.overrides if each not in calendar.overrides)
        own[id(theirs)] = WorkingCalendar((*common, *kept), max(provisional, theirs.provisional_from))
    return WorkingCalendar(common, provisional, {code: own[id(theirs)] for code, theirs in calendar.own.items()})


def _newest_notice(session: Session, context: ActorContext) -> Provenance:
    number = context.editions.get(CALENDAR, 1)
    edition = session.exec(select(Edition).where(Edition.series == CALENDAR, Edition.number == number)).first()
    if edition is None or not edition.paper_number:
        return Provenance(reason="tính lại theo lịch làm việc đang dùng")
    return Provenance(paper_number=edition.paper_number, paper_date=edition.paper_date)


def _faults(days: Sequence[Override], confirmed_year: int | None, calendar: WorkingCalendar) -> Iterator[Refused]:
    if not days and confirmed_year is None:
        yield Refused("Chưa ghi ngày nào.", "No day is entered.")
    seen: Mapping[date, Override] = {}
    for day in days:
        yield from _day_faults(day, seen, calendar)
        seen = {**seen, day.date: day}
    if confirmed_year is not None:
        yield from _year_faults(confirmed_year, calendar)


def _day_faults(day: Override, seen: Mapping[date, Override], calendar: WorkingCalendar) -> Iterator[Refused]:
    on = f"{day.date:%d/%m/%Y}"
    try:
        supported(day.date)
    except Refused as refused:
        yield refused
        return
    if day.date in seen:
        yield Refused(f"{on}: ghi hai lần trong thông báo này.", f"{on}: listed twice in this notice.")
        return
    if day.kind not in _KINDS:
        yield Refused(
            f"{on}: loại «{day.kind}» không có; dùng day_off (nghỉ) hoặc working_day (làm việc).",
            f"{on}: there is no kind '{day.kind}'; use day_off or working_day.",
        )
        return
    if calendar.is_working_day(day.date) == (day.kind == "working_day"):
        vi, en = _KINDS[day.kind]
        why_vi, why_en = _known_as(day.date, calendar)
        yield Refused(
            f"{on}: lịch đã có là {vi}{why_vi}; bỏ ngày này.",
            f"{on}: the calendar already has it as {en}{why_en}; remove it.",
        )
    for text, name_vi, name_en in (
        (day.document, "số văn bản thông báo", "the number of the notice"),
        (day.note_vi, "ghi chú", "the note"),
    ):
        if not refuse_personal_or_secret(text, name_vi, name_en):
            yield Refused(f"{on}: chưa có {name_vi}.", f"{on}: {name_en} is missing.")
        elif len(text) > _LONGEST_NOTE:
            yield Refused(
                f"{on}: {name_vi} dài {len(text)} ký tự; tối đa {_LONGEST_NOTE}.",
                f"{on}: {name_en} has {len(text)} characters; at most {_LONGEST_NOTE}.",
            )


def _known_as(day: date, calendar: WorkingCalendar) -> tuple[str, str]:
    """Why the calendar has a day as it has it, where there is more to say than that it is a day of the week."""
    for entry in calendar.overrides:
        if entry.date == day:
            return f" ({entry.document}: {entry.note_vi})", f" ({entry.document}: {entry.note_en})"
    eve = day - timedelta(days=1)
    found = [*calendar.days_off(eve, day), *calendar.days_worked(eve, day)]
    return (f" ({found[0].reason_vi})", f" ({found[0].reason_en})") if found else ("", "")


def _year_faults(year: int, calendar: WorkingCalendar) -> Iterator[Refused]:
    awaited = calendar.provisional_from
    if year < awaited:
        yield Refused(f"Năm {year}: lịch đã xác nhận.", f"The calendar of {year} is already confirmed.")
    elif year > awaited or year >= LAST_YEAR:
        yield Refused(
            f"Năm {year}: lịch năm {awaited} chưa xác nhận; xác nhận lần lượt từng năm.",
            f"{year}: the calendar of {awaited} is not confirmed yet; confirm the years one after another.",
        )
