"""`dondoc holidays`: official notices of days off and swaps, and moving open work by them."""

from typing import Any

import typer

from cli.assignments.deeds import (
    DEED_REASON,
    PAPER,
    PAPER_DATE,
    PREVIEW,
    as_json,
    decide,
    show_preview,
    stated_grounds,
)
from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.store import acting_time, effective_time, open_configured_store
from config.clock import local_date, parse_date
from config.errors import Refused
from config.rules.working_time import Override, WorkingCalendar
from models.plans.editions import Provenance
from models.store.database import reading_session
from models.work.deeds.apply import apply, previewing
from models.work.deeds.holidays import holiday_notice, recalculated_by
from reports.deed_preview import preview_of

app = typer.Typer()


@app.command("notice")
def notice_command(
    dates: list[str] = typer.Option(
        [],
        "--date",
        metavar="YYYY-MM-DD",
        help="Ngày nêu trong thông báo; lặp lại được. / A day named in the notice; may be repeated.",
    ),
    kinds: list[str] = typer.Option(
        ["day_off"],
        "--kind",
        help="day_off nghỉ, working_day làm việc: một loại cho mọi ngày, hoặc mỗi --date một --kind theo thứ tự."
        " / day_off or working_day: one for all days, or one for each --date in order (a swap).",
    ),
    document: str = typer.Option(
        ..., "--document", help="Số thông báo, ví dụ 123/TB-VPCP. / Number of the notice, e.g. 123/TB-VPCP."
    ),
    document_date: str | None = typer.Option(
        None, "--document-date", metavar="YYYY-MM-DD", help="Ngày của thông báo. / Date of the notice."
    ),
    note: str = typer.Option(
        "", "--note", help="Ghi chú, ví dụ: hoán đổi với 10/01/2026. / A note, e.g. what it is swapped with."
    ),
    note_en: str = typer.Option("", "--note-en", help="Ghi chú tiếng Anh. / The note in English."),
    confirmed_year: int | None = typer.Option(
        None,
        "--confirmed-year",
        help="Năm đã có thông báo lịch nghỉ chính thức. / The year whose official holidays are now complete.",
    ),
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Ghi thông báo nghỉ, hoán đổi; liệt kê các việc có hạn thay đổi. / Record a notice; lists the work whose dates
    change.
    """
    if len(kinds) not in (1, len(dates)):
        raise Refused(
            f"--kind: có {len(kinds)}, --date: có {len(dates)}; ghi một --kind chung hoặc mỗi ngày một --kind.",
            f"--kind is given {len(kinds)} times and --date {len(dates)}; give one kind, or one for each day.",
        )
    each_kind: list[Any] = kinds if len(kinds) == len(dates) else kinds * len(dates)
    days = [
        Override(parse_date(day, "--date"), kind, document.strip(), note.strip(), note_en.strip() or note.strip())
        for day, kind in zip(dates, each_kind, strict=True)
    ]
    given = stated_grounds("", document, document_date, needs_reason=False)
    with open_configured_store() as store:
        moment = effective_time(as_of) if preview else acting_time(as_of)
        context = store.actor_context(now=moment, actor="coordinator")
        change = holiday_notice(days, confirmed_year=confirmed_year, provenance=given, context=context)
        deed = None if preview else apply(store.engine, change).deed
        with reading_session(store.engine) as session:
            differing = recalculated_by(session, change.context, given)
        with previewing(store.engine, differing) as (connection, prepared):
            said = preview_of(connection, prepared, differing, change.context)
            if json_:
                entry = {"days": len(days), "entered": not preview, "deed": deed}
                show_json(entry | as_json(connection, prepared, said))
                return
            entered = f"Đã ghi (quyết định số {deed})" if deed else "Sẽ ghi"
            print(f"{entered} {len(days)} ngày theo {document}.")
            show_preview(connection, said, store.plan)
        if prepared.counts and not preview:
            print("Đổi hạn các việc này bằng «dondoc holidays recompute».")


@app.command("recompute")
def recompute_command(
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Tính lại hạn các việc đang mở theo lịch đang dùng; không hạn nào sớm hơn trước. / Recalculate open work by the
    calendar; no date becomes earlier.
    """
    given: Provenance | None = None
    if reason or paper or paper_date:
        given = stated_grounds(reason, paper, paper_date, needs_reason=False)
    decide(
        lambda session, context: recalculated_by(session, context, given),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("list")
def list_command(
    year: int | None = typer.Option(None, "--year", help="Chỉ năm này. / Only this year."),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Các ngày nghỉ, ngày làm bù đã ghi theo thông báo; năm chưa xác nhận. / List the recorded days and unconfirmed
    years.
    """
    with open_configured_store() as store:
        calendar, today = store.calendar, local_date(effective_time(as_of))
    days = [day for day in _entered(calendar) if year in (None, day.date.year)]
    unconfirmed = calendar.unconfirmed_year(today)
    if json_:
        show_json(
            {
                "provisional_from": calendar.provisional_from,
                "unconfirmed_year": unconfirmed,
                "days": [
                    {"date": day.date, "kind": day.kind, "document": day.document, "note": day.note_vi} for day in days
                ],
            }
        )
        return
    show_table(
        "Ngày nghỉ, ngày làm bù theo thông báo",
        ("Ngày", "Loại", "Văn bản", "Ghi chú"),
        [
            (f"{day.date:%d/%m/%Y}", "nghỉ" if day.kind == "day_off" else "làm việc", day.document, day.note_vi)
            for day in days
        ],
        empty="Chưa ghi ngày nào; các ngày lễ theo luật đã có sẵn trong lịch.",
    )
    if unconfirmed:
        print(
            f"Lịch nghỉ năm {unconfirmed} chưa có thông báo chính thức: các hạn trong năm ấy là tạm tính."
            f" Khi có thông báo: «dondoc holidays notice … --confirmed-year {unconfirmed}»."
        )


def _entered(calendar: WorkingCalendar) -> list[Override]:
    return sorted(calendar.overrides, key=lambda day: day.date)
