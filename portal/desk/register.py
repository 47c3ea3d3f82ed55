"""The office register from the browser: added, renamed, merged, split, ended, each with a preview."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from config.catalogue.offices import OFFICE_KINDS
from config.errors import Refused
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN
from models.work.deeds.apply import Change
from models.work.register import changes
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import offices_of_today, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/register"


class Act(StrEnum):
    """What may be done with the register."""

    ADD = "add"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    END = "end"


_Build = Callable[[Session, FormReader, Provenance, ActorContext], Change]


def _add(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    groups = tuple(each.strip() for each in form.text("groups").split(",") if each.strip())
    fields = {**form.only(("code", "name_vi", "name_en", "kind", "member_of")), "groups": groups}
    return changes.add(session, fields, provenance=given, context=context)


def _merge(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    new = {key: value for key, value in {"name_vi": form.text("into_name")}.items() if value}
    return changes.merge(session, form.each("merging"), _into(form), new, provenance=given, context=context)


def _split(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    lines = [line.strip() for line in form.text("parts").splitlines() if line.strip()]
    parts = dict(_pair(line, optional=True) for line in lines)
    heirs = dict(_pair(line.strip()) for line in form.text("heirs").splitlines() if line.strip())
    new = {code: {"name_vi": name} for code, name in parts.items() if name}
    code, default = form.text("office"), form.text("default")
    return changes.split(session, code, list(parts), heirs, default, new, provenance=given, context=context)


_ACTS: Mapping[Act, tuple[str, str, _Build]] = {
    Act.ADD: ("Thêm cơ quan", "Add an office", _add),
    Act.RENAME: (
        "Đổi tên",
        "Rename",
        lambda session, form, given, context: changes.rename(
            *(session, form.text("office"), form.text("name_vi"), form.text("name_en")),
            provenance=given,
            context=context,
        ),
    ),
    Act.MERGE: ("Sáp nhập", "Merge", _merge),
    Act.SPLIT: ("Chia tách", "Split", _split),
    Act.END: (
        "Kết thúc hoạt động",
        "End",
        lambda session, form, given, context: changes.end(
            *(session, form.text("office"), form.text("successor")), provenance=given, context=context
        ),
    ),
}


@router.get(_HOME)
def register(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def change(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Show what a change of the register does to open work, or make it."""
    try:
        vi, en, build = _ACTS[form.choice(Act, "act", "Việc cần làm", "Action", Act.ADD)]
        if not form.text("back"):
            return preview_or_apply(
                request,
                form,
                lambda session, context: build(session, form, grounds_in(form), context),
                send_to=_HOME,
                heading=(vi, en),
            )
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request, form=form)


def _page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    store = store_of(request)
    counted = select(Assignment.office, func.count()).where(col(Assignment.state).in_(OPEN))
    with reading_session(store.engine) as session:
        work = dict(session.exec(counted.group_by(col(Assignment.office))).all())
    return form_page(
        request,
        "register.html",
        refused,
        form,
        register=store.plan.offices,
        there=offices_of_today(request),
        work=work,
        kinds=OFFICE_KINDS,
        headings={act.value: (vi, en) for act, (vi, en, _) in _ACTS.items()},
        act=form.text("act") if form else "",
    )


def _into(form: FormReader) -> str:
    if code := form.text("into").upper():
        return code
    raise Refused("Sáp nhập vào: chưa ghi mã cơ quan nhận.", "Merge into: the code of the receiving office is missing.")


def _pair(line: str, *, optional: bool = False) -> tuple[str, str]:
    """One line «code = name», or a code alone where that is enough."""
    left, equals, right = (part.strip() for part in line.partition("="))
    if left and (right or (optional and not equals)):
        return left, right
    raise Refused(f"Dòng «{line[:60]}»: viết theo dạng A = B.", f"Line '{line[:60]}': write A = B.")
