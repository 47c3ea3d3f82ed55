"""The office register from the browser: added, renamed, merged, split, ended, each with a preview."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from config.catalogue.demands import key_of
from config.catalogue.office_names import code_for
from config.catalogue.offices import OFFICE_KINDS
from config.errors import Refused
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN
from models.work.deeds.apply import Change
from models.work.register import changes
from models.work.register.checks import to_be_shared
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import context_of, offices_of_today, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/register"


class Act(StrEnum):
    """What may be done with the register."""

    ADD = "add"
    RENAME = "rename"
    GROUP = "group"
    MERGE = "merge"
    SPLIT = "split"
    END = "end"


_Build = Callable[[Session, FormReader, Provenance, ActorContext], Change]


def _add(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    groups = tuple(_group(each, context) for each in form.text("groups").split(",") if each.strip())
    name = form.text("name_vi")
    fields = {**form.only(("name_vi", "name_en", "kind", "member_of")), "groups": groups}
    fields |= {"code": _code_of_new(name, context, given, ())}
    return changes.add(session, fields, provenance=given, context=context)


def _rename(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    code = _office(form, "office", context, given)
    names = form.text("name_vi"), form.text("name_en")
    return changes.rename(session, code, *names, provenance=given, context=context)


def _regroup(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    if not form.text("group"):
        raise Refused("Nhóm: chưa ghi.", "Group: missing.")
    group = _group(form.text("group"), context)
    joining, leaving = (
        [_code(line, context, given) for line in _LINES.split(form.text(field)) if line.strip()]
        for field in ("joining", "leaving")
    )
    return changes.regroup(session, group, joining, leaving, provenance=given, context=context)


def _merge(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    if not form.text("into"):
        raise Refused("Sáp nhập vào: chưa ghi cơ quan nhận.", "Merge into: the receiving office is missing.")
    new: dict[str, dict[str, str]] = {}
    into = _receiving(form, "into", context, given, new)
    return changes.merge(session, form.each("merging"), into, new.get(into), provenance=given, context=context)


def _split(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    new: dict[str, dict[str, str]] = {}
    parts = _parts(form, context, given, new)
    named = {field.removeprefix(_HEIR): part for field, part in form.all() if field.startswith(_HEIR) and part}
    try:
        heirs, default = {of: parts[part] for of, part in named.items()}, parts[form.text("default")]
    except KeyError as unknown:
        raise Refused(
            f"Chia tách: không có cơ quan nhận thứ {unknown.args[0]}.",
            f"Split: there is no receiving office no. {unknown.args[0]}.",
        ) from None
    code = _office(form, "office", context, given)
    return changes.split(
        *(session, code, [*parts.values()][:-1], heirs, default, new), provenance=given, context=context
    )


def _end(session: Session, form: FormReader, given: Provenance, context: ActorContext) -> Change:
    code, successor = (_office(form, each, context, given) for each in ("office", "successor"))
    return changes.end(session, code, successor, provenance=given, context=context)


_ACTS: Mapping[Act, tuple[str, str, _Build]] = {
    Act.ADD: ("Thêm cơ quan", "Add an office", _add),
    Act.RENAME: ("Đổi tên", "Rename", _rename),
    Act.GROUP: ("Nhóm cơ quan", "Groups of offices", _regroup),
    Act.MERGE: ("Sáp nhập", "Merge", _merge),
    Act.SPLIT: ("Chia tách", "Split", _split),
    Act.END: ("Kết thúc hoạt động", "End", _end),
}

_HEIR = "heir_"
"""Before the code of a subtask, the field of who takes it over: the number of a receiving office."""

_MOST_PARTS = 20

_LINES = re.compile(r"[;\n]+")


@router.get(_HOME)
def register(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def change(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Show what a change of the register does to open work, or make it."""
    try:
        act = form.choice(Act, "act", "Việc cần làm", "Action", Act.ADD)
        vi, en, build = _ACTS[act]
        if act is Act.SPLIT and not form.text("shared"):
            with reading_session(store_of(request).engine) as session:
                _to_share(session, form, context_of(request))
        elif not form.text("back"):
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
    sharing: dict[str, int] = {}
    with reading_session(store.engine) as session:
        work = dict(session.exec(counted.group_by(col(Assignment.office))).all())
        if form is not None and form.text("act") == Act.SPLIT:
            with suppress(Refused):
                sharing = _to_share(session, form, context_of(request))
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
        parts=_numbers(form) if form else [],
        groups=Counter(group for each in offices_of_today(request) for group in each.groups),
        sharing=sharing,
    )


def _to_share(session: Session, form: FormReader, context: ActorContext) -> dict[str, int]:
    """The subtasks of the office that is split, each with its open work; the parts must be two that can be read."""
    given = grounds_in(form)
    if len(_parts(form, context, given, {})) < 3:
        raise Refused("Chia tách: ghi ít nhất hai cơ quan nhận việc.", "Split: enter at least two receiving offices.")
    return to_be_shared(session, _office(form, "office", context, given), context)


def _numbers(form: FormReader) -> list[str]:
    """The numbers of the receiving offices of a split that are filled in."""
    return [str(number) for number in range(1, _MOST_PARTS + 1) if form.text(f"part_{number}")]


def _parts(
    form: FormReader, context: ActorContext, given: Provenance, new: dict[str, dict[str, str]]
) -> dict[str, str]:
    """The codes of the receiving offices by their numbers, and none for no number; new ones are added to ``new``."""
    return {each: _receiving(form, f"part_{each}", context, given, new) for each in _numbers(form)} | {"": ""}


def _office(form: FormReader, field: str, context: ActorContext, given: Provenance) -> str:
    """The code of the office that a field names, by its code or a name."""
    return _code(form.text(field), context, given)


def _group(name: str, context: ActorContext) -> str:
    """A group by its name, or the name that a new one has."""
    return name.strip() if name.strip() in context.plan.groups else key_of(name)


def _code(name: str, context: ActorContext, given: Provenance) -> str:
    return context.plan.office_named(name, given.effective_on or context.today).code


def _receiving(
    form: FormReader, field: str, context: ActorContext, given: Provenance, new: dict[str, dict[str, str]]
) -> str:
    """The code of the office that a field names, or of a new one of this name where that is ticked."""
    name = form.text(field)
    if form.text(f"{field}_new") == "yes":
        code = _code_of_new(name, context, given, new)
        new[code] = {"name_vi": name}
        return code
    try:
        return _office(form, field, context, given)
    except Refused as unknown:
        raise Refused(
            f"{str(unknown).rstrip('.')}; nếu là cơ quan mới, đánh dấu «cơ quan mới».",
            f"{unknown.en.rstrip('.')}; if it is a new office, tick 'new office'.",
        ) from None


def _code_of_new(name: str, context: ActorContext, given: Provenance, taken: Collection[str]) -> str:
    """A code for a new office, which must not be there by this name."""
    if not name:
        raise Refused("Tên cơ quan: chưa ghi.", "Name of the office: missing.")
    day = given.effective_on or context.today
    there = [context.plan.office(each) for each in context.plan.office_names.matching(name, day)]
    if known := [each for each in there if each.exists_on(day)]:
        raise Refused(
            f"Cơ quan «{name}» đã có trong danh bạ: {known[0].name_vi}.",
            f"Office '{name}' is already in the register: {known[0].name_en}.",
        )
    return code_for(name, {*taken, *(each.code for each in context.plan.offices)})
