"""`dondoc office`: the register of offices and its dated deeds, each shown first with what it does to open work."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import typer
from sqlmodel import Session, col, func, select

from cli.assignments.deeds import CONFIRM, DEED_REASON, PAPER, PAPER_DATE, PREVIEW, decide, stated_grounds
from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.store import effective_time, open_configured_store
from config.catalogue.offices import OFFICE_KINDS
from config.clock import local_date
from config.errors import Refused
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN
from models.work.deeds.apply import Change
from models.work.register import changes as register

app = typer.Typer()

_CODE = typer.Argument(metavar="CODE", help="Mã cơ quan, ví dụ SYT. / Code of the office, e.g. SYT.")
_DATE = typer.Option(
    None,
    "--date",
    metavar="YYYY-MM-DD",
    help="Có hiệu lực từ ngày; có thể ở tương lai; để trống: hôm nay. / Effective date, which may be in the future; "
    "today by default.",
)
_KINDS = ", ".join(OFFICE_KINDS)
_NAMES = typer.Option(
    [],
    "--name",
    metavar="[CODE=]NAME",
    help="Tên của cơ quan mới; nhiều thì CODE=tên. / Name of a new office; CODE=name for several.",
)


@app.command("list")
def list_command(
    all_: bool = typer.Option(
        False, "--all", help="Cả cơ quan đã kết thúc, chưa bắt đầu. / Include offices that have ended or not yet begun."
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Danh bạ cơ quan. / The register of offices."""
    with open_configured_store() as store:
        today = local_date(effective_time(as_of))
        found = [office for office in store.plan.offices if all_ or office.exists_on(today)]
    if json_:
        show_json([office.model_dump(mode="json") for office in found])
        return
    show_table(
        "Cơ quan",
        ("Mã", "Tên", "Loại", "Nhóm", "Từ ngày", "Đến ngày", "Kế thừa"),
        [
            (
                *(each.code, each.name_vi, each.kind, ", ".join(each.groups)),
                *(_day(each.valid_from), _day(each.valid_to), each.successor or ""),
            )
            for each in found
        ],
        empty="Danh bạ trống.",
    )


@app.command("show")
def show_command(code: str = _CODE, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Một cơ quan: thời gian hoạt động, kế thừa, số việc đang mở. / Show one office, its successors and its open
    work.
    """
    with open_configured_store() as store, reading_session(store.engine) as session:
        today = local_date(effective_time(as_of))
        office = store.plan.office_named(code, today)
        is_open = (Assignment.office == office.code, col(Assignment.state).in_(OPEN))
        count = session.exec(select(func.count()).select_from(Assignment).where(*is_open)).one()
        members = [each.code for each in store.plan.offices if each.member_of == office.code]
        current = store.plan.current_office(office.code, today)
    if json_:
        show_json({**office.model_dump(mode="json"), "members": members, "current": current, "open": count})
        return
    print(f"{office.code}: {office.name_vi} ({office.name_en}); {office.kind}; {count} việc đang mở.")
    for label, value in (
        ("Nhóm", ", ".join(office.groups)),
        ("Thuộc", office.member_of),
        ("Gồm", ", ".join(members)),
        ("Từ ngày", _day(office.valid_from)),
        ("Đến ngày", _day(office.valid_to)),
        ("Kế thừa", office.successor),
        ("Nhận từng phần", ", ".join(f"{heir.of} → {heir.office}" for heir in office.heirs)),
        ("Hiện nay", current if current != office.code else ""),
        ("Ghi chú", office.note_vi),
    ):
        if value:
            print(f"{label}: {value}")


@app.command("add")
def add_command(
    code: str = _CODE,
    name: str = typer.Option(..., "--name", help="Tên cơ quan. / Its name."),
    name_en: str = typer.Option("", "--name-en", help="Tên tiếng Anh. / Its name in English."),
    kind: str = typer.Option("state", "--kind", help=f"Loại: {_KINDS}. / Kind: {_KINDS}."),
    group: list[str] = typer.Option([], "--group", help="Nhóm; lặp lại được. / A group; may be repeated."),
    member_of: str = typer.Option(
        "",
        "--member-of",
        help="Mục chung mà cơ quan thuộc về, ví dụ XA. / The collective entry it belongs to, e.g. XA.",
    ),
    date_: str | None = _DATE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Thêm một cơ quan. / Add an office."""
    fields = {"name_vi": name, "name_en": name_en, "kind": kind, "groups": tuple(group), "member_of": member_of}
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    _decide(
        given,
        lambda session, context: register.add(session, {"code": code, **fields}, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("rename")
def rename_command(
    code: str = _CODE,
    name: str = typer.Option(..., "--name", help="Tên mới. / The new name."),
    name_en: str = typer.Option("", "--name-en", help="Tên tiếng Anh mới. / The new name in English."),
    date_: str | None = _DATE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Đổi tên một cơ quan. / Rename an office."""
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    _decide(
        given,
        lambda session, context: register.rename(session, code, name, name_en, provenance=given, context=context),
        preview=preview,
        as_of=as_of,
        json_=json_,
    )


@app.command("merge")
def merge_command(
    codes: list[str] = typer.Argument(metavar="CODE…", help="Các cơ quan sáp nhập. / The offices that merge."),
    into: str = typer.Option(
        ..., "--into", metavar="CODE", help="Cơ quan nhận, có sẵn hoặc mới. / The receiving office, existing or new."
    ),
    names: list[str] = _NAMES,
    name_en: str = typer.Option("", "--name-en", help="Tên tiếng Anh của cơ quan mới. / Its name in English."),
    kind: str = typer.Option("", "--kind", help="Loại của cơ quan mới. / Kind of the new office."),
    date_: str | None = _DATE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Sáp nhập các cơ quan vào một cơ quan. / Merge offices into one."""
    new = {"name_vi": _named(names, [into]).get(into, ""), "name_en": name_en, "kind": kind}
    new = {key: value for key, value in new.items() if value}
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    _decide(
        given,
        lambda session, context: register.merge(session, codes, into, new, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("split")
def split_command(
    code: str = _CODE,
    into: list[str] = typer.Option(
        ..., "--into", metavar="CODE", help="Cơ quan nhận việc, có sẵn hoặc mới; lặp lại. / Who takes over; repeat."
    ),
    names: list[str] = _NAMES,
    heir: list[str] = typer.Option(
        [],
        "--heir",
        metavar="T1.1=CODE",
        help="Cơ quan nhận một nội dung (T1.1=CODE) hay một việc đang mở (17=CODE); lặp lại được."
        " / Who takes over a subtask (T1.1=CODE) or one open assignment (17=CODE); may be repeated.",
    ),
    default: str = typer.Option(
        "", "--default", metavar="CODE", help="Cơ quan nhận phần còn lại. / The office that takes over the rest."
    ),
    date_: str | None = _DATE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Chia tách một cơ quan: mỗi việc, mỗi nội dung có cơ quan nhận. / Split an office; other offices take over all
    its work.
    """
    new = {part: {"name_vi": name} for part, name in _named(names, into).items()}
    heirs = dict(_pair(each, "--heir") for each in heir)
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    _decide(
        given,
        lambda session, context: register.split(
            session, code, into, heirs, default, new, provenance=given, context=context
        ),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


@app.command("end")
def end_command(
    code: str = _CODE,
    successor: str = typer.Option(..., "--successor", metavar="CODE", help="Cơ quan kế thừa. / Who takes over."),
    date_: str | None = _DATE,
    reason: str = DEED_REASON,
    paper: str = PAPER,
    paper_date: str | None = PAPER_DATE,
    preview: bool = PREVIEW,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Một cơ quan kết thúc; cơ quan kế thừa nhận việc từ ngày ấy. / An office ends; its successor takes over."""
    given = stated_grounds(reason, paper, paper_date, date_=date_, needs_reason=False)
    _decide(
        given,
        lambda session, context: register.end(session, code, successor, provenance=given, context=context),
        preview=preview,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
    )


def _decide(
    given: Provenance,
    build: Callable[[Session, ActorContext], Change],
    *,
    preview: bool,
    as_of: str | None,
    json_: bool,
    confirm: bool = False,
) -> None:
    def change(session: Session, context: ActorContext) -> Change:
        if given.effective_on and given.effective_on > context.today and not json_:
            print(f"Có hiệu lực từ {given.effective_on:%d/%m/%Y}; các việc đang mở chuyển vào ngày ấy.")
        return build(session, context)

    decide(change, preview=preview, confirm=confirm, as_of=as_of, json_=json_)


def _named(names: Sequence[str], codes: Sequence[str]) -> Mapping[str, str]:
    """The names of new offices by code; a single one may stand without its code."""
    if len(codes) == 1 and len(names) == 1 and not names[0].startswith(f"{codes[0]}="):
        return {codes[0]: names[0]}
    named = dict(_pair(each, "--name") for each in names)
    if unknown := [code for code in named if code not in codes]:
        raise Refused(
            f"--name {', '.join(unknown)}: không có trong --into.", f"--name {', '.join(unknown)}: not among --into."
        )
    return named


def _pair(text: str, option: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not equals or not left.strip() or not right.strip():
        raise Refused(f"{option} «{text}»: viết theo dạng A=B.", f"{option} '{text}': write A=B.")
    return left.strip(), right.strip()


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
