"""Correcting a draft beside its text: rows are confirmed, changed, split, merged, dropped and added."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from config.errors import Refused
from intake.directives.correcting import acts
from intake.directives.correcting.launching import sheet_kept
from intake.directives.correcting.passages import PassageReader, names_of, place_of
from intake.directives.correcting.rows import RowState, Sheet, as_json
from intake.directives.correcting.seen import change_seen, split_seen
from models.plans.directive_drafts import directive_draft, spellings, teach_spelling
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from portal.form import FormReader, read_form
from portal.intake.marked_text import blocks
from portal.intake.uploading import HOME
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, now_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

ONE = f"{HOME}/{{draft_id}}"

_LEAST_PASSAGE = 20
"""Characters of a passage that a button offers to add: the head of a column is no task. Any may be marked."""

_TRIES = 5

_Act = Callable[[Sheet, PassageReader], Sheet]


class RowsAct(StrEnum):
    """What is done to several rows at once."""

    CONFIRM = "confirm"
    DROP = "drop"
    RESTORE = "restore"
    SURE = "sure"  # confirms all that ask for no look of their own
    MERGE = "merge"


_STATES = {RowsAct.CONFIRM: RowState.CONFIRMED, RowsAct.DROP: RowState.DROPPED, RowsAct.RESTORE: RowState.DRAFTED}


@router.get(ONE)
def correct(request: Request, draft_id: RowId) -> HTMLResponse:
    """The draft; ``?row=`` opens one row to be changed."""
    query = read_query(request, ("row",))
    return _page(request, draft_id, opened=_number(query.get("row", "")))


@router.post(f"{ONE}/rows")
def decide(request: Request, draft_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """What was ticked is confirmed, dropped, brought back or made one; or all that is sure is confirmed."""
    act, numbers = form.text("act"), [_number(each) for each in form.each("n")]
    try:
        if act not in tuple(RowsAct):
            raise Refused("Bấm một trong các nút ở cuối trang.", "Press one of the buttons at the end of the page.")
        sheet = decide_rows(request, draft_id, RowsAct(act), numbers)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, draft_id, refused=refused, form=form)
    at = next((each for each in numbers if sheet.row(each) in sheet.live), 0)
    return see_other(f"{HOME}/{draft_id}{f'#r{at}' if at else '#tasks'}", flash=f"rows_{act}")


def decide_rows(request: Request, draft_id: int, act: RowsAct, numbers: Sequence[int]) -> Sheet:
    """Do this to the rows of these numbers; raises ``Refused`` where one of them does not allow it."""

    def done(sheet: Sheet, _: PassageReader) -> Sheet:
        if act is RowsAct.SURE:
            sure = acts.sure_rows(sheet)
            return acts.set_state(sheet, sure, RowState.CONFIRMED) if sure else sheet
        if act is RowsAct.MERGE:
            return acts.merge(sheet, numbers)
        return acts.set_state(sheet, numbers, _STATES[act])

    return change_draft(request, draft_id, done)


@router.post(f"{ONE}/rows/{{row}}")
def change(request: Request, draft_id: RowId, row: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Change one row and confirm it, keep it for later, or make two of it."""
    act = form.text("act")
    typed = acts.Changes(
        **{name: form.text(name) for name in _TYPED},
        role=form.text("role"),
        is_again=form.text("again") == "yes",
    )

    def done(sheet: Sheet, reader: PassageReader) -> Sheet:
        seen = form.text("seen")
        if act == "split":
            return split_seen(sheet, row, seen, typed, _number(form.text("at")), reader)
        return change_seen(sheet, row, seen, typed, reader, confirm=act != "later")

    try:
        sheet = change_draft(request, draft_id, done)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, draft_id, opened=row, refused=refused, form=form)
    if act == "split":
        return see_other(f"{HOME}/{draft_id}?row={row}#r{row}", flash="rows_split")
    following = _to_look_at(sheet, row)
    where = f"?row={following}#r{following}" if following and act == "next" else f"#r{row}"
    return see_other(f"{HOME}/{draft_id}{where}", flash="row_kept")


@router.post(f"{ONE}/add")
def add(request: Request, draft_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Make a row of a passage that was marked, and open it."""
    start, _, end = form.text("passage").partition("-")
    try:
        number = add_passage(request, draft_id, _number(start), _number(end))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, draft_id, refused=refused, form=form)
    return see_other(f"{HOME}/{draft_id}?row={number}#r{number}", flash="row_added")


def add_passage(request: Request, draft_id: int, start: int, end: int) -> int:
    """Make a row of the text at [start, end); returns its number."""
    number = 0

    def done(sheet: Sheet, reader: PassageReader) -> Sheet:
        nonlocal number
        sheet, number = acts.add(sheet, start, end, reader)
        return sheet

    change_draft(request, draft_id, done)
    return number


@router.post(f"{ONE}/offices")
def name_offices(request: Request, draft_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Say which offices are meant by the words of the text; the next draft reads them so."""
    named = {words: name for words, name in zip(form.each("words"), form.each("office"), strict=False) if name.strip()}
    try:
        name_meant(request, draft_id, named)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, draft_id, refused=refused, form=form)
    return see_other(f"{HOME}/{draft_id}", flash="offices_named", count=len(named))


def name_meant(request: Request, draft_id: int, named: Mapping[str, str]) -> None:
    """Have the words of a text mean these offices, by name or code, in this draft and in those to come."""
    plan, context, meant, faults = store_of(request).plan, context_of(request), dict[str, str](), list[Refused]()
    for words, name in named.items():
        try:
            meant[words] = plan.office_named(name, context.today).code
        except Refused as refused:
            faults.append(refused)
    if faults:
        raise Refused(
            "Có tên chưa đúng; sửa rồi ghi lại.",
            "Some names are not valid; correct them and save again.",
            details=faults,
        )
    if not meant:
        raise Refused("Chưa chọn cơ quan nào trong danh bạ.", "No office from the register has been chosen.")

    def taught(session: Session) -> None:
        for words, code in meant.items():
            teach_spelling(session, words, code, context)

    change_draft(request, draft_id, lambda sheet, _: acts.settle(sheet, meant), also=taught)


_TYPED = ("title", "leads", "coordinating", "report_to", "deadline", "product", "target")


def change_draft(
    request: Request, draft_id: int, act: _Act, *, also: Callable[[Session], None] = lambda _: None
) -> Sheet:
    """Do it, reading what it takes before the store is held; anew where somebody was quicker.

    also  what is written with it
    """
    store = store_of(request)
    for _ in range(_TRIES):
        with reading_session(store.engine) as session:
            seen, known = directive_draft(session, draft_id), spellings(session)
        reader = PassageReader.of(seen.text, names_of(store.plan, known), place_of(store.plan))
        changed = act(sheet_kept(seen), reader)
        rows = as_json(changed.rows)
        with session_scope(store.engine) as session:
            draft = directive_draft(session, draft_id, to_change=True)
            if draft.tasks == seen.tasks:
                draft.tasks, draft.changed_at = rows, now_of(request)
                session.add(draft)
                also(session)
                return changed
    raise Refused(
        "Nhiều người đang sửa bản thảo này; bấm lại sau giây lát.",
        "Several people are editing this draft; try again in a moment.",
    )


def _to_look_at(sheet: Sheet, after: int) -> int:
    """The next row that waits to be looked at, after this one and then from the beginning; 0 for none."""
    waiting = [row.number for row in sheet.rows if row.state is RowState.DRAFTED]
    order = [row.number for row in sheet.rows]
    later = [each for each in waiting if order.index(each) > order.index(after)]
    return (later or waiting or [0])[0]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(
    request: Request,
    draft_id: int,
    *,
    opened: int = 0,
    refused: Refused | None = None,
    form: FormReader | None = None,
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        draft = directive_draft(session, draft_id)
    sheet = sheet_kept(draft)
    row = next((each for each in sheet.live if each.number == opened), None)
    if refused and opened and row is None and form:
        typed = [
            Refused(f"Vừa nhập: «{text}».", f"Just typed: '{text}'.") for name in _TYPED if (text := form.text(name))
        ]
        refused = Refused(str(refused), refused.en, details=[*(refused.faults if refused.details else ()), *typed])
    ticked: Sequence[str] = form.each("n") if form else ()
    return form_page(
        request,
        "intake_draft.html",
        refused,
        form,
        draft=draft,
        sheet=sheet,
        blocks=blocks(sheet),
        opened=row,
        pieces=acts.pieces_of(sheet, row) if row else (),
        is_typed=form is not None and bool(form.text("act")) and row is not None,
        sure=len(acts.sure_rows(sheet)),
        unknown=acts.unknown_offices(sheet),
        ticked=ticked,
        RowState=RowState,
        least_passage=_LEAST_PASSAGE,
        offices=store.plan.offices,
        refs={each.task.ref: each.number for each in sheet.live},
    )
