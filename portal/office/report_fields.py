"""The fields of a report form: read as typed, filled in at first, and their faults where they belong."""

from collections.abc import Mapping
from contextlib import suppress

from config.catalogue.demands import Target
from config.catalogue.subtasks import CountField, ReportForm
from config.errors import Refused
from config.settings import Language
from config.text.amounts import parse_amount, stored
from models.tables.errors import InvalidReport
from models.tables.lifecycle import ReportState
from models.tables.report import ReportContent, ReportDraft
from models.work.queries import History
from models.work.report_form import TEXTS, count_labels, field_labels, fields_of
from portal.form import FormReader


def kept_files(form: FormReader) -> set[int] | None:
    """Which files of the corrected version stay with it; None where the form does not list them."""
    if not form.text("keep_listed"):
        return None
    return {int(each) for each in form.each("keep") if each.isascii() and each.isdigit() and len(each) < 10}


def _figure(form: FormReader, field: CountField, target: Target | None) -> float | None:
    """A count, or the actual figure of a target, which may have decimals; None when the field is empty."""
    labels, written = count_labels(field), form.text(field.key)
    if target is None:
        return form.count(field.key, *labels)
    return stored(parse_amount(written, *labels, unit=target.unit)) if written else None


def report_content(report_form: ReportForm, targets: Mapping[str, Target], form: FormReader) -> ReportContent:
    """The report as typed; raises ``InvalidReport`` naming every field that cannot be read."""
    faults: list[Refused] = []
    counts: dict[str, float] = {}
    for field in report_form.counts:
        try:
            value = _figure(form, field, targets.get(field.key))
        except Refused as fault:
            faults.append(fault)
        else:
            if value is not None:
                counts[field.key] = value
    document_date = None
    try:
        document_date = form.day("document_date", "Ngày văn bản", "Document date")
    except Refused as fault:
        faults.append(fault)
    if faults:
        raise InvalidReport(
            f"Báo cáo chưa gửi được, còn {len(faults)} chỗ phải sửa:",
            f"The report was not sent; {len(faults)} things to correct:",
            details=faults,
        )
    return ReportContent(
        counts=counts,
        document_number=form.text("document_number") or None,
        document_date=document_date,
        **{name: form.text(name) for name in TEXTS},
    )


def first_fields(found: History, kept: ReportDraft | None) -> dict[str, str]:
    """The draft, or the report that was sent, so that it can be corrected rather than written again."""
    if kept is not None:
        return kept.fields
    # Standing work begins anew after each report that was accepted.
    sent = found.reports[-1] if found.reports else None
    return {} if sent is None or sent.state is ReportState.ACCEPTED else fields_of(sent)


def uneven(report_form: ReportForm, form: FormReader) -> frozenset[str]:
    """The counts that a check speaks of which does not hold, as far as they can be read."""
    counts: dict[str, float] = {}
    for field in report_form.counts:
        with suppress(Refused):
            if written := form.text(field.key):
                counts[field.key] = stored(parse_amount(written, *count_labels(field)))
    failed = (each.names for each in report_form.checks if each.names <= counts.keys() and not each.holds(counts))
    return frozenset().union(*failed)


_LABELS = {
    "Số văn bản": "document_number",
    "Văn bản": "document_number",
    "Ngày văn bản": "document_date",
    **{vi: name for name, (vi, _) in TEXTS.items()},
}


def faults_by_field(refused: Refused | None, report_form: ReportForm, language: Language) -> dict[str, list[str]]:
    """The faults of a report by the field they name, so that each is shown at its field.

    A fault of no single field, as when counts do not agree, has the key "".
    """
    faults: dict[str, list[str]] = {}
    if refused is None:
        return faults
    for vi, told in zip(refused.details, refused.details_en if language == "en" else refused.details, strict=True):
        name = vi.partition(":")[0].partition(" (")[0]
        name = _LABELS.get(name, name)
        if name in field_labels(report_form):
            faults.setdefault(name, []).append(told.partition(":")[2].strip())
        else:
            faults.setdefault("", []).append(told)
    return faults
