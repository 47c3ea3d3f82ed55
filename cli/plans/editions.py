"""`dondoc plan import|export|editions`: the plan in the store, and its editions."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typer

from cli.assignments.deeds import CONFIRM, DEED_REASON
from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.plans import amending
from cli.plans.amending import DECIDED_BY, PAPER_DATE, source_of, stated
from cli.store import acting_time, open_configured_store
from config.catalogue.checks.passed_days import PassedDay, passed_days
from config.catalogue.folders import folder_of, further_folders
from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.catalogue.writing import plan_files
from config.clock import HANOI, local_date, now
from config.errors import Refused
from config.settings import COMMUNES, PLAN_EXAMPLE_DIR
from config.text.plain_yaml import read_yaml
from models.plans.documents import PlanInForce, directive_of
from models.plans.editions import Provenance, editions, heads, import_new
from models.plans.texts import plan_sent
from models.store.database import reading_session, session_scope
from portal.words import word

_PATH = typer.Argument(metavar="PATH", help="Thư mục kế hoạch, hoặc một tệp. / Folder of a plan, or one file.")

app = typer.Typer()
app.add_typer(amending.app)


@app.command("import")
def import_command(
    path: Path = _PATH,
    reason: str = DEED_REASON,
    paper: str = DECIDED_BY,
    date_: str | None = PAPER_DATE,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Nhập một chỉ đạo mới vào kho. / Import a new directive into the store."""
    at = acting_time(as_of)
    with open_configured_store() as store:
        plan, calendar = plan_sent(path, PlanInForce(store.plan, store.calendar, store.editions), local_date(at))
        provenance = source_of(path, stated(reason, paper, date_, None) if reason or paper else Provenance())
        with session_scope(store.engine) as session:
            made = import_new(
                session,
                plan,
                calendar,
                provenance=provenance,
                made_from=store.editions,
                actor="coordinator",
                now=at,
            )
            added = {directive_of(series) for series in made}
            days = passed_days(plan, calendar, local_date(at))
            passed = [each for each in days if plan.directive_of(each.subtask).code in added]
            if not confirm:
                refuse_late(passed)
        in_force = store.of_today().plan
    if json_:
        codes = [directive.code for directive in in_force.directives]
        show_json({"editions": dict(made), "directives": codes, "passed": passed_json(passed)})
        return
    print(
        "Kho đã có đúng kế hoạch này; không có gì để nhập. Nothing new."
        if not made
        else f"Đã nhập: {', '.join(f'{series} bản {number}' for series, number in made.items())}. Giao việc khi có văn"
        " bản giao việc: dondoc directive issue. / Imported."
    )
    print_passed(passed)


@app.command("export")
def export_command(
    directory: Path = typer.Argument(metavar="DIR", help="Thư mục mới. / The new folder."),
    example: bool = typer.Option(
        False,
        "--example",
        help="Thay vào đó, một chương trình MẪU để sửa thành chỉ đạo mới. / Instead, an invented SAMPLE to start from.",
    ),
    communes: bool = typer.Option(
        False,
        "--communes",
        help="Thêm 166 xã, phường thay cho mục chung XA, từ ngày mai. / Add the 166 communes in place of the "
        "collective entry XA, from tomorrow.",
    ),
) -> None:
    """Ghi kế hoạch đang dùng ra thư mục, để sửa rồi áp dụng. / Write the plan in force to a folder, ready to amend."""
    if example:
        (sample,) = further_folders(PLAN_EXAMPLE_DIR)
        files = {each.name: each.read_text(encoding="utf-8") for each in sorted(sample.iterdir()) if each.is_file()}
    else:
        with open_configured_store() as store:
            # What has begun by then stays what the collective entry was asked: nobody is asked for it once more.
            plan = _with_communes(store.plan, local_date(now()) + timedelta(days=1)) if communes else store.plan
            files = plan_files(plan, store.calendar)
    try:
        directory.mkdir(parents=True)
        for file, text in files.items():
            (directory / folder_of(file)).mkdir(exist_ok=True)
            (directory / file).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Refused(
            f"Không ghi được vào {directory} ({fault.strerror}); chọn một thư mục chưa có.",
            f"Cannot write to {directory} ({fault.strerror}); choose a folder that does not exist yet.",
        ) from None
    how = "dondoc plan import" if example else "dondoc plan amend"
    print(
        f"Đã ghi {len(files)} tệp vào {directory}. Sửa rồi chạy «{how} {directory}». / Edit it, then run this command."
    )


@app.command("editions")
def editions_command(json_: bool = JSON) -> None:
    """Các bản của kế hoạch: khi nào, ai, theo văn bản nào. / Editions of the plan: when, by whom, based on which
    document.
    """
    with open_configured_store() as store, reading_session(store.engine) as session:
        in_force, found = heads(session.connection()), editions(session)
        unknown_files = store.has_files_not_imported()
    rows = [
        {
            "series": each.series,
            "number": each.number,
            "in_force": in_force[each.series] == each.number,
            "paper": each.paper_number,
            "paper_date": each.paper_date,
            "effective_on": each.effective_on,
            "reason": each.reason,
            "author": each.author,
            "at": each.created_at.astimezone(HANOI).isoformat(timespec="seconds"),
            "digest": each.digest,
        }
        for each in found
    ]
    if json_:
        show_json(rows)
        return
    show_table(
        "Các bản của kế hoạch",
        ("Phần", "Bản", "Đang dùng", "Hiệu lực", "Căn cứ", "Người ghi", "Lúc"),
        [
            (
                each.series,
                each.number,
                "✓" if in_force[each.series] == each.number else "",
                f"{each.effective_on:%d/%m/%Y}",
                each.paper_number or each.reason,
                word("actor", each.author.partition(":")[0], "vi"),
                f"{each.created_at.astimezone(HANOI):%d/%m/%Y %H:%M}",
            )
            for each in found
        ],
        empty="Chưa có bản nào.",
    )
    if unknown_files:
        print(
            f"Các tệp ở {store.settings.plan_dir} khác mọi bản đã nhập và không được dùng; muốn dùng thì chạy"
            " «dondoc plan amend». / The files there differ from every edition and are not used."
        )


def _with_communes(plan: Plan, since: date) -> Plan:
    """The plan with each commune in place of their collective entry from a day on, but for those it has already."""
    content, _ = read_yaml(COMMUNES)
    listed = [OfficeSpec.model_validate(each) for each in content["offices"]]
    known = {office.code for office in plan.offices}
    if not known >= {office.member_of for office in listed}:
        raise Refused(
            "Kế hoạch trong kho không có mục chung XA (các xã, phường); thêm mục ấy trước.",
            "The plan in the store has no collective entry XA; add it first.",
        )
    new = tuple(office.model_copy(update={"valid_from": since}) for office in listed if office.code not in known)
    return plan.model_copy(update={"offices": (*plan.offices, *new)})


def print_passed(passed: Sequence[PassedDay]) -> None:
    """«đã qua khi nhập»: what becomes of it, and which."""
    if not passed:
        return
    print(
        f"{len(passed)} bước có ngày đã qua khi nhập. Ngày trước văn bản giao việc: giao việc chưa định hạn, liệt kê "
        "ở trang «Hôm nay»; ngày sau văn bản ấy: quá hạn ngay khi giao. / Dates already past: before the assigning "
        "document they are assigned without a due date; after it they are overdue as soon as assigned."
    )
    for each in passed:
        print(f"– {each}")


def refuse_late(passed: Sequence[PassedDay]) -> None:
    """Raise ``Refused`` naming every day that would make its work overdue as soon as it is assigned."""
    late = [each for each in passed if each.makes_late]
    if not late:
        return
    raise Refused(
        f"{len(late)} bước có ngày sau văn bản giao việc và đã qua: quá hạn ngay khi giao. Xem lại ngày; nếu đúng như "
        "vậy thì xác nhận (--confirm).",
        f"{len(late)} steps have a past date that is after the assigning document: they are overdue as soon as "
        "assigned. Check the dates; if this is intended, confirm (--confirm).",
        details=[Refused(str(each), f"{each.subtask} ({each.step}): due {each.due_date:%d/%m/%Y}") for each in late],
    )


def passed_json(passed: Sequence[PassedDay]) -> list[dict[str, Any]]:
    names = ("subtask", "step", "makes_late")
    return [{name: getattr(each, name) for name in names} | {"due_date": each.due_date.isoformat()} for each in passed]
