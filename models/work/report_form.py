"""What an office may write in a report: the draft while it is typed, and the check against the step's closed form."""

from collections.abc import Collection, Container, Iterator, Mapping
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, delete, func, or_, select

from config.boundary import text_faults
from config.catalogue.checks.report_checks import Sum
from config.catalogue.demands import Target
from config.catalogue.subtasks import AD_HOC, CountField, ReportForm, Subtask
from config.errors import Refused
from config.rules.grammar import parse_rule
from config.rules.kinds import PeriodicReport
from config.rules.periods import Period, parse_period
from config.rules.turns import months_of
from config.settings import Language
from config.text.amounts import amount_in_words
from config.text.suggestions import without_accents
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport
from models.tables.lifecycle import NOT_STANDING, ReportState, Role, Verb
from models.tables.report import Report, ReportContent, ReportDraft
from models.work.locked_assignment import lock_assignment

MAX_TEXT = 3000
MAX_NUMBER = 64
_NUMBER = ("Số văn bản", "Document number")

TEXTS = {
    "text": ("Nội dung", "Text"),
    "difficulties": ("Khó khăn", "Difficulties"),
    "proposals": ("Kiến nghị", "Proposals"),
}
"""The short texts of a report by field, with the labels under which their faults are told."""

_LONGEST = {**dict.fromkeys(TEXTS, MAX_TEXT), "document_number": MAX_NUMBER}
_LONGEST_OTHER = 40
_FILES_KEPT = "files kept"
"""Where a draft holds which files of a corrected version stay («1: 12 14»), beside its fields; none is so named."""


def count_labels(count: CountField) -> tuple[str, str]:
    """What a fault of a figure calls it, in Vietnamese and English."""
    return f"{count.key} ({count.label_vi})", f"{count.key} ({count.label_en})"


def field_labels(form: ReportForm) -> dict[str, tuple[str, str]]:
    """The fields of a closed form by name, with the labels under which a fault of theirs is told."""
    labels = {count.key: count_labels(count) for count in form.counts}
    if form.document != "none":
        labels |= {"document_number": _NUMBER, "document_date": ("Ngày văn bản", "Document date")}
    return labels | (TEXTS if form.texts else {})


def targets_of(subtask: Subtask, step: str) -> Mapping[str, Target]:
    """The targets of a step's form, by the key of the count that holds their actual figure; none of ad hoc work."""
    return {} if step == AD_HOC else {target.key: target for target in subtask.targets}


def save_draft(
    session: Session,
    assignment_id: int,
    fields: Mapping[str, str],
    context: ActorContext,
    *,
    keep: tuple[int, Collection[int]] | None = None,
) -> Refused | None:
    """Save the fields of a report form as typed; returns what may not be kept, after saving all the rest.

    Fields that are not given, or that are refused, stay as they were saved before. Only fields of the step's closed
    form are taken. ``add_attachment``, ``remove_attachment`` and ``verbs.report`` may follow in the same transaction;
    what may be refused there without losing the draft goes into a savepoint.

    keep  the version that is corrected, and which of its files stay with the correction; as before unless said

    Raises ``NotFound``, or ``TransitionRefused`` when the office has nothing to report now.
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.REPORT, Verb.CORRECT)
    assignment = locked.assignment
    labels = field_labels(context.plan.subtask(assignment.subtask).form(assignment.step))
    draft = session.get(ReportDraft, assignment_id, populate_existing=True)
    earlier = draft.fields if draft else {}
    kept: dict[str, str] = {}
    faults: list[Refused] = []
    for name, called in labels.items():
        if name in fields:
            found = list(text_faults(fields[name], *called, longest=_LONGEST.get(name, _LONGEST_OTHER)))
            if not found:
                kept[name] = fields[name]
                continue
            faults += found
        # What was saved before is better than nothing of a long text.
        if name in earlier:
            kept[name] = earlier[name]
    if keep is not None:
        version, files = keep
        kept[_FILES_KEPT] = f"{version}: {' '.join(map(str, sorted(files)))}"
    elif _FILES_KEPT in earlier:
        kept[_FILES_KEPT] = earlier[_FILES_KEPT]
    if draft is None:
        session.add(ReportDraft(assignment_id=assignment_id, fields=kept, saved_at=context.now))
    else:
        draft.fields, draft.saved_at = kept, context.now
    if not faults:
        return None
    return InvalidReport("Chưa lưu được vào bản nháp:", "Not saved to the draft:", details=faults)


def fields_of(report: Report) -> dict[str, str]:
    """What a report says, as it would be typed into the fields of its form."""
    return {
        **{key: amount_in_words(value) for key, value in report.counts.items()},
        "document_number": report.document_number or "",
        "document_date": f"{report.document_date:%d/%m/%Y}" if report.document_date else "",
        **{name: getattr(report, name) for name in TEXTS},
    }


def searched_text(content: ReportContent) -> str:
    """What a search looks through: the number of the document and the texts, without accents."""
    texts = (content.document_number, *(getattr(content, name) for name in TEXTS))
    return without_accents(" ".join(filter(None, texts)))


def draft_of(session: Session, assignment_id: int) -> ReportDraft | None:
    """What was saved so far, or None."""
    return session.get(ReportDraft, assignment_id)


def drop_draft(session: Session, assignment_id: int) -> None:
    """A draft goes when its report is handed in, or when there is nothing left to correct."""
    session.exec(delete(ReportDraft).where(col(ReportDraft.assignment_id) == assignment_id))


def files_kept(draft: ReportDraft | None, version: int) -> set[int] | None:
    """Which files of a version stay with its correction, as the draft has it; None where it does not say."""
    of_version, _, files = draft.fields.get(_FILES_KEPT, "").partition(":") if draft else ("", "", "")
    return {int(each) for each in files.split()} if of_version == str(version) else None


def check_report(subtask: Subtask, step: str, role: Role, content: ReportContent, *, today: date) -> None:
    """Check a report submitted ``today`` against the form of its step; raises ``InvalidReport`` with every fault.

    The lead fills in the whole form. A coordinating office gives what it has: any of the counts, a document or text.
    """
    faults = list(_faults(subtask.form(step), targets_of(subtask, step), role, content, today))
    if faults:
        raise InvalidReport(
            f"Báo cáo {subtask.code} chưa gửi được, còn {len(faults)} chỗ phải sửa:",
            f"The report on {subtask.code} was not sent; {len(faults)} things to correct:",
            details=faults,
        )


def _faults(
    form: ReportForm, targets: Container[str], role: Role, content: ReportContent, today: date
) -> Iterator[Refused]:
    fields = {count.key: count for count in form.counts}
    for key in content.counts.keys() - fields.keys():
        yield Refused(
            f"{key}: biểu này không có chỉ tiêu đó; các chỉ tiêu: {', '.join(fields) or 'không có'}.",
            f"{key}: this form has no such figure; it has: {', '.join(fields) or 'none'}.",
        )
    for key, count in fields.items():
        value = content.counts.get(key)
        vi, en = f"{key} ({count.label_vi})", f"{key} ({count.label_en})"
        if value is None:
            if role is Role.LEAD:
                yield Refused(
                    f"{vi}: chưa điền; ghi một số, không có thì ghi 0.",
                    f"{en}: not filled in; enter a number, or 0 if there are none.",
                )
        elif key in targets:
            continue  # any amount may be what has come of it
        elif value != int(value):
            yield Refused(
                f"{vi}: {amount_in_words(value)} có phần thập phân; ghi số nguyên.",
                f"{en}: {amount_in_words(value, 'en')} is not a whole number; enter a whole number.",
            )
        elif value < 0:
            yield Refused(
                f"{vi}: {value} là số âm; ghi số từ 0 trở lên.", f"{en}: {value} is negative; enter 0 or more."
            )
        elif count.kind == "percent" and value > 100:
            yield Refused(f"{vi}: {value}% lớn hơn 100%.", f"{en}: {value}% is more than 100%.")
    if fields.keys() <= content.counts.keys():
        for check in form.checks:
            if not check.holds(content.counts):
                left, wanted, right = check.sides(content.counts)
                one, other = (_sum_in_words(side, fields, content.counts, "vi") for side in (left, right))
                one_en, other_en = (_sum_in_words(side, fields, content.counts, "en") for side in (left, right))
                vi, en = _UNLIKE[wanted]
                yield Refused(
                    f"Số liệu chưa khớp: {check.label_vi}; đang ghi {one}, {vi} {other}.",
                    f"The figures do not agree: {check.label_en}; you entered {one_en}, which {en} {other_en}.",
                )
    yield from _document_faults(form, role, content, today)
    for name, (vi, en) in TEXTS.items():
        text = getattr(content, name)
        if text and not form.texts:
            yield Refused(
                f"{vi}: biểu này chỉ nhận số liệu, số và ngày văn bản; bỏ phần này.",
                f"{en}: this form takes only figures and a document's number and date; remove this part.",
            )
        yield from text_faults(text, vi, en, longest=MAX_TEXT)


_UNLIKE = {"==": ("không bằng", "does not equal"), "<=": ("lớn hơn", "is more than"), ">=": ("nhỏ hơn", "is less than")}
"""What both sides of a check are to each other when it does not hold."""


def _sum_in_words(side: Sum, fields: Mapping[str, CountField], counts: Mapping[str, float], language: Language) -> str:
    """«Đã hoàn thành» 3 + «Đang thực hiện» 2 = 5; of a single count without its sum."""
    words = ""
    for sign, name in side.terms:
        label = fields[name].label_vi if language == "vi" else fields[name].label_en
        words += f" {'−' if sign == '-' else '+'} «{label}» {amount_in_words(counts[name], language)}"
    words = words[3:] if words.startswith(" + ") else words.strip()
    return words if len(side.terms) == 1 else f"{words} = {amount_in_words(float(side.total), language)}"


def earlier_report(session: Session, assignment: Assignment) -> tuple[str, Report] | None:
    """The last report of the same office on the same work before this one, and its period; None where there is none."""
    of_it = {name: getattr(assignment, name) for name in ("id", *_SAME, "period", "due_at")}
    return session.exec(_EARLIER, params=of_it).first()


_SAME = ("subtask", "step", "variant", "role", "office")
_EARLIER = (  # made once: composing it costs more than running it
    select(Assignment.period, Report)
    .join(Report, col(Report.assignment_id) == col(Assignment.id))
    .where(
        *(col(getattr(Assignment, name)) == bindparam(name) for name in _SAME if name != "subtask"),
        # Not the column itself: SQLite would go through all offices' work on it.
        func.coalesce(col(Assignment.subtask), "") == bindparam("subtask"),
        col(Report.state).not_in(NOT_STANDING),
        or_(
            # Standing work is reported on again and again; of all other work another period is meant.
            and_(col(Assignment.id) == bindparam("id"), col(Report.state) == ReportState.ACCEPTED),
            and_(col(Assignment.period) != bindparam("period"), col(Assignment.due_at) < bindparam("due_at")),
        ),
    )
    .order_by(col(Assignment.due_at).desc(), col(Report.submitted_at).desc())
    .limit(1)
)


def data_span(assignment: Assignment, context: ActorContext) -> Period | None:
    """The first and last day of the data that a periodic report is about; None of work without a period, or whose
    period is no more than the month of a day that is named."""
    try:
        rule = parse_rule(assignment.rule)
        if months_of(rule):
            return None
        by_nd09 = isinstance(rule, PeriodicReport) and not rule.follows
        conventions = context.for_priority(assignment.priority).directive.conventions
        return parse_period(assignment.period, "nd09" if by_nd09 else conventions.bases)
    except Refused:  # a document, an event, ad hoc work; a rule of an earlier version
        return None


def _document_faults(form: ReportForm, role: Role, content: ReportContent, today: date) -> Iterator[Refused]:
    if form.document == "none" and content.document_number:
        yield Refused("Số văn bản: biểu này không nhận văn bản.", "Document: this form does not take a document.")
    if form.document == "required" and role is Role.LEAD and not content.document_number:
        yield Refused(
            "Số văn bản: chưa ghi số, ký hiệu văn bản báo cáo.",
            "Document: the number of the report document is missing.",
        )
    if bool(content.document_number) != bool(content.document_date):
        yield Refused(
            "Văn bản: cần ghi cả số, ký hiệu và ngày ban hành.", "Document: give both its number and its date."
        )
    if content.document_date and content.document_date > today:
        yield Refused(
            f"Ngày văn bản: {content.document_date:%d/%m/%Y} ở tương lai; ghi ngày đã ký, không sau {today:%d/%m/%Y}.",
            f"Date: {content.document_date:%d/%m/%Y} is in the future; give the date it was signed, no later than "
            f"{today:%d/%m/%Y}.",
        )
    yield from text_faults(content.document_number or "", *_NUMBER, longest=MAX_NUMBER)
