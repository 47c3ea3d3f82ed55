"""What may be done to the rows of a draft. Pure: a sheet in, a sheet out; refused where a row does not allow it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from config.catalogue.office_names import plain_name, visible
from config.errors import Refused, refuse_all
from intake.directives.correcting.passages import PassageReader, role_for
from intake.directives.correcting.rows import Row, RowState, Sheet
from intake.directives.correcting.typed import Changes as Changes
from intake.directives.correcting.typed import as_typed as as_typed
from intake.directives.correcting.typed import faults_of
from intake.directives.drafting.draft import DOUBTED, DraftOffice, DraftTask
from intake.directives.drafting.plan_file import is_named
from intake.directives.phrases.details import kind_of
from intake.directives.text import Span, spans_joined

LONGEST_PASSAGE = 4000
_PIECE_ENDS = re.compile(r"(?<=[;.])\s+|\n+")
_LEAST_PIECE = 12
SPLIT = ("tách từ một nhiệm vụ",)
"""Why a row is there that was split off another."""


def set_state(sheet: Sheet, numbers: Collection[int], state: RowState) -> Sheet:
    """Confirm, drop or bring back rows; one that was dropped is not confirmed before it is brought back."""
    _live(sheet, numbers) if state is RowState.CONFIRMED else _rows(sheet, numbers)
    return sheet.with_rows(replace(row, state=state) if row.number in numbers else row for row in sheet.rows)


def sure_rows(sheet: Sheet) -> list[int]:
    """The rows that ask for no look of their own, and wait to be confirmed."""
    return [row.number for row in sheet.of(RowState.DRAFTED) if row.is_sure]


def change(sheet: Sheet, number: int, typed: Changes, reader: PassageReader, *, confirm: bool) -> Sheet:
    """Change a row to what was typed; raises ``Refused`` with all that is wrong with it."""
    row = live_row(sheet, number)
    task, faults = row.task, list(faults_of(typed, row.task))
    said = task.deadline
    if visible(typed.deadline) != (visible(said.words) if said else ""):
        try:
            said = reader.deadline(typed.deadline, row.own)
        except Refused as refused:
            faults += [Refused(f"Thời hạn: {each}", f"Deadline: {each.en}") for each in refused.faults]
    refuse_all(faults)
    leads = reader.offices(typed.leads, task.leads)
    to = reader.offices(typed.report_to.replace(";", "\n"), task.reported_to)
    changed = replace(
        task,
        title=visible(typed.title),
        leads=leads,
        coordinating=reader.offices(typed.coordinating, task.coordinating),
        report_to=to[0] if to else None,
        report_to_also=to[1:],
        deadline=said,
        product=typed.product or None,
        target=typed.target or None,
        role=role_for(leads, typed.role or task.role),
        kind=task.kind if said == task.deadline else kind_of("", said),
        duplicate_of=task.duplicate_of if typed.is_again else None,
    )
    state = RowState.CONFIRMED if confirm else RowState.DRAFTED
    return _with(sheet, replace(row, task=changed, state=state))


def live_row(sheet: Sheet, number: int) -> Row:
    """The row of this number; raises ``Refused`` where there is none, or it is dropped."""
    (row,) = _live(sheet, [number])
    return row


def pieces_of(sheet: Sheet, row: Row) -> list[Span]:
    """The sentences and lines that the words of a row are made of: where it may be split."""
    found: list[Span] = []
    for start, end in row.own:
        at = start
        for mark in _PIECE_ENDS.finditer(sheet.text, start, end):
            # A line that goes on small is a line of a cell, and no sentence of its own.
            goes_on = sheet.text[mark.end() : mark.end() + 1].islower() and sheet.text[mark.start() - 1] not in ";."
            if not goes_on and min(mark.start() - at, end - mark.end()) >= _LEAST_PIECE:
                found.append((at, mark.start()))
                at = mark.end()
        found.append((at, end))
    return found


def split(sheet: Sheet, number: int, at: int, reader: PassageReader) -> Sheet:
    """Make two rows of one; the second begins at the character ``at`` and has what its own words say, else what the
    whole row said."""
    row = live_row(sheet, number)
    pieces = pieces_of(sheet, row)
    if at not in [start for start, _ in pieces[1:]]:
        raise Refused(
            "Tách: chọn câu mở đầu nhiệm vụ thứ hai.", "Split: choose the sentence where the second task begins."
        )
    first = [(a, min(b, at)) for a, b in row.own if a < at]
    second = [(max(a, at), b) for a, b in row.own if b > at]
    head = _of_words(sheet, row, first, reader, row.number, row.task.ref)
    tail = _of_words(sheet, row, second, reader, sheet.next_number, _free_ref(sheet, row.task.ref))
    return sheet.with_rows([*(head if each is row else each for each in sheet.rows), tail])


def _of_words(sheet: Sheet, row: Row, own: Sequence[Span], reader: PassageReader, number: int, ref: str) -> Row:
    """A part of a row with these words."""
    task, last = row.task, own[-1][1]
    read, span = reader.task(own[0][0], last)
    spans = tuple(own) if len(own) > 1 else (span,)
    whole = row.task.deadline
    said = read.deadline or (whole if whole and not row.own[0][0] <= whole.start < row.own[-1][1] else None)
    merged = replace(
        read,
        ref=ref,
        quote="\n".join(sheet.text[a:b] for a, b in spans),
        spans=spans,
        leads=read.leads or task.leads,
        role=read.role if read.leads else task.role,
        coordinating=read.coordinating if read.leads else task.coordinating,
        report_to=read.report_to or task.report_to,
        product=read.product or task.product,
        deadline=said,
        why=SPLIT,
    )
    return Row(number, RowState.DRAFTED, merged, spans)


def merge(sheet: Sheet, numbers: Collection[int]) -> Sheet:
    """Make one row of several: the first with the words, offices and whatever it lacks of the others. Those that are
    one already stay so.

    Where they say different things, both are told with the row, which is to be looked at by itself.
    """
    if _are_merged(*_rows(sheet, numbers)):
        return sheet
    rows = _live(sheet, numbers)
    if len(rows) < 2:
        raise Refused("Gộp: đánh dấu ít nhất hai nhiệm vụ.", "Merge: tick at least two tasks.")
    first, *others = rows
    task, doubts = first.task, list[str]()
    for other in (each.task for each in others):
        doubts += _differences(task, other)
        to = _joined(task.reported_to, other.reported_to)
        task = replace(
            task,
            leads=_joined(task.leads, other.leads),
            coordinating=_joined(task.coordinating, other.coordinating),
            report_to=to[0] if to else None,
            report_to_also=to[1:],
            deadline=task.deadline or other.deadline,
            product=task.product or other.product,
            target=task.target or other.target,
            spans=(*task.spans, *other.spans),
            sure=min(task.sure, other.sure, DOUBTED if doubts else 1),
        )
    own = tuple(spans_joined(span for row in rows for span in row.own))
    leads = {each.text for each in task.leads}
    task = replace(
        task,
        quote="\n".join(sheet.text[a:b] for a, b in own),
        spans=(*own, *(span for span in task.spans if span not in own)),
        coordinating=tuple(each for each in task.coordinating if each.text not in leads),
        role=role_for(task.leads, task.role),
        duplicate_of=None,
        why=tuple(dict.fromkeys((*task.why, *doubts))),
    )
    gone = {row.number for row in others}
    merged = replace(first, task=task, own=own, state=RowState.DRAFTED)
    return sheet.with_rows(
        merged if row is first else replace(row, state=RowState.DROPPED) if row.number in gone else row
        for row in sheet.rows
    )


def _are_merged(first: Row, *others: Row) -> bool:
    """Whether the words of the others, which are dropped, are among those of the first."""
    states = [row.state is RowState.DROPPED for row in (first, *others)]
    words = spans_joined(span for row in (first, *others) for span in row.own)
    return bool(others) and not states[0] and all(states[1:]) and tuple(words) == tuple(spans_joined(first.own))


def _differences(one: DraftTask, other: DraftTask) -> Iterator[str]:
    """What two tasks say differently of which only the first is kept, in Vietnamese."""
    said = one.deadline and one.deadline.words, other.deadline and other.deadline.words
    fields = (
        ("thời hạn", *said),
        ("sản phẩm", one.product, other.product),
        ("chỉ tiêu", one.target, other.target),
    )
    for name, kept, left in fields:
        if kept and left and plain_name(visible(kept)) != plain_name(visible(left)):
            yield f"gộp từ hai nhiệm vụ khác {name}: giữ «{visible(kept)}», bỏ «{visible(left)}»"


def add(sheet: Sheet, start: int, end: int, reader: PassageReader) -> tuple[Sheet, int]:
    """Add a row for a passage of the text; returns its number too. The same once more is the row that is there, as
    long as nobody has changed it."""
    if not 0 <= start < end <= len(sheet.text) or not re.search(r"\w", sheet.text[start:end]):
        raise Refused(
            "Thêm nhiệm vụ: chọn một đoạn có chữ của văn bản.",
            "Add a task: select a passage of the text that contains words.",
        )
    if end - start > LONGEST_PASSAGE:
        raise Refused(
            f"Thêm nhiệm vụ: đoạn dài {end - start:,} ký tự; tối đa {LONGEST_PASSAGE:,}. Chọn riêng đoạn giao việc ấy.",
            f"Add a task: the passage has {end - start:,} characters; at most {LONGEST_PASSAGE:,}. Select only the "
            "passage that assigns it.",
        )
    task, own = reader.task(start, end)
    for row in sheet.of(RowState.DRAFTED):
        if row.own == (own,) and replace(row.task, ref=task.ref) == task:
            return sheet, row.number
    number = sheet.next_number
    task = replace(task, ref=_free_ref(sheet, task.ref or f"+{number}"))
    return sheet.with_rows([*sheet.rows, Row(number, RowState.DRAFTED, task, (own,))]), number


def settle(sheet: Sheet, meant: Mapping[str, str]) -> Sheet:
    """Every office that is called so, in all rows, is the one of this code.

    Raises ``Refused`` for words that name no office of the draft, or one that the register knows as another.
    """
    named = {(plain_name(each.text), each.office) for each in _offices_named(sheet)}
    if any(named.isdisjoint({(plain_name(words), None), (plain_name(words), code)}) for words, code in meant.items()):
        # Without the words: what does not stand in the draft has not been looked through.
        raise Refused(
            "Chỉ chọn cơ quan cho những tên mà bản thảo này chưa rõ; xem lại danh sách ấy.",
            "Choose offices only for the names that are unclear in this draft; look at that list again.",
        )
    codes = {plain_name(words): code for words, code in meant.items()}

    def known(offices: Iterable[DraftOffice]) -> tuple[DraftOffice, ...]:
        return tuple(
            replace(each, office=codes.get(plain_name(each.text), each.office)) if not each.office else each
            for each in offices
        )

    def settled(task: DraftTask) -> DraftTask:
        to = known(task.reported_to)
        return replace(
            task,
            leads=known(task.leads),
            coordinating=known(task.coordinating),
            report_to=to[0] if to else None,
            report_to_also=to[1:],
        )

    return sheet.with_rows(replace(row, task=settled(row.task)) for row in sheet.rows)


def unknown_offices(sheet: Sheet) -> dict[str, int]:
    """What is called an office or a group and is none of the register, with how often, in the order of the text."""
    found: dict[str, int] = {}
    shown: dict[str, str] = {}
    for each in _offices_named(sheet):
        if each.office is None:
            words = shown.setdefault(plain_name(each.text), visible(each.text))
            found[words] = found.get(words, 0) + 1
    return found


def _offices_named(sheet: Sheet) -> Iterator[DraftOffice]:
    for row in sheet.live:
        for each in (*row.task.leads, *row.task.coordinating, *row.task.reported_to):
            if is_named(each.text):
                yield each


def _rows(sheet: Sheet, numbers: Collection[int]) -> list[Row]:
    found = [row for row in sheet.rows if row.number in numbers]
    if not found or len(found) != len(set(numbers)):
        raise Refused(
            "Chưa đánh dấu nhiệm vụ nào, hoặc nhiệm vụ ấy không còn trong bản thảo; tải lại trang.",
            "No task is ticked, or it is no longer in the draft; reload the page.",
        )
    return found


def _live(sheet: Sheet, numbers: Collection[int]) -> list[Row]:
    found = _rows(sheet, numbers)
    if gone := [row.task.ref for row in found if row.state is RowState.DROPPED]:
        raise Refused(
            f"Nhiệm vụ {', '.join(gone)} đã bỏ hoặc đã gộp vào nhiệm vụ khác; cần thì lấy lại ở cuối danh sách.",
            f"Task {', '.join(gone)} was discarded, or merged into another task; it can be restored at the end of the "
            "list.",
        )
    return found


def _with(sheet: Sheet, row: Row) -> Sheet:
    return sheet.with_rows(row if each.number == row.number else each for each in sheet.rows)


def _free_ref(sheet: Sheet, ref: str) -> str:
    taken = {row.task.ref for row in sheet.rows}
    return next(each for each in (ref, *(f"{ref}-{n}" for n in range(2, 10_000))) if each not in taken)


def _joined(one: Sequence[DraftOffice], other: Sequence[DraftOffice]) -> tuple[DraftOffice, ...]:
    return tuple({each.office or plain_name(each.text): each for each in (*other[::-1], *one[::-1])}.values())[::-1]
