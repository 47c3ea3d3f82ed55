"""What a deed rests on: the coordinator's reason, the paper that decided it, and the day from which it holds."""

from datetime import date

from config.boundary import refuse_personal_or_secret
from config.clock import FIRST_YEAR
from config.errors import Refused, refuse_all
from config.text.shapes import one_line
from models.plans.editions import Provenance

SHORTEST_REASON, LONGEST_REASON = 3, 1000
"""Letters."""

LONGEST_PAPER = 100
"""Letters of a document's number."""


def grounds(
    *,
    reason: str = "",
    paper_number: str = "",
    paper_date: date | None = None,
    effective_on: date | None = None,
    needs_reason: bool = True,
) -> Provenance:
    """The grounds of a deed as they are kept; raises ``Refused`` with everything that is missing or wrong.

    needs_reason  whether a paper alone is not enough
    """
    faults, clean = [], {}
    for name, text, vi, en in (
        ("reason", reason, "Lý do", "Reason"),
        ("paper_number", one_line(paper_number), "Số văn bản", "Document number"),
    ):
        try:
            clean[name] = refuse_personal_or_secret(text, vi, en)
        except Refused as refused:
            faults.append(refused)
    if (said := clean.get("reason")) is not None:
        faults += _reason_faults(said, is_needed=needs_reason or not paper_number.strip())
    if (number := clean.get("paper_number")) is not None:
        faults += _paper_faults(number, paper_date)
    refuse_all(faults)
    return Provenance(
        reason=clean["reason"],
        paper_number=clean["paper_number"],
        paper_date=paper_date,
        effective_on=effective_on,
    )


def refuse_impossible_date(paper: Provenance, today: date) -> None:
    """Raise ``Refused`` for a paper that is not issued yet, or of a year before any calendar here."""
    on = paper.paper_date
    if on is not None and on > today:
        raise Refused(
            f"Ngày văn bản: {on:%d/%m/%Y} ở tương lai; ghi khi văn bản đã ban hành.",
            f"Document date: {on:%d/%m/%Y} is in the future; enter it once the document is issued.",
        )
    if on is not None and on.year < FIRST_YEAR:
        raise Refused(
            f"Ngày văn bản: năm {on.year:04} không dùng được; kiểm tra lại năm.",
            f"Document date: the year {on.year:04} cannot be used; check the year.",
        )


def _reason_faults(reason: str, *, is_needed: bool) -> list[Refused]:
    if not reason and not is_needed:
        return []
    if not reason:
        return [
            Refused(
                "Lý do: chưa ghi; cần một câu ngắn.",
                "Reason: missing; one short sentence is needed.",
                command="--reason",
            )
        ]
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        return [
            Refused(
                f"Lý do: dài {len(reason)} ký tự; cần từ {SHORTEST_REASON} đến {LONGEST_REASON}.",
                f"Reason: {len(reason)} characters; it must have {SHORTEST_REASON} to {LONGEST_REASON}.",
            )
        ]
    return []


def _paper_faults(number: str, on: date | None) -> list[Refused]:
    if on is not None and not number:
        return [
            Refused(
                f"Ngày văn bản {on:%d/%m/%Y}: chưa ghi số văn bản.",
                f"Document date {on:%d/%m/%Y}: the document number is missing.",
                command="--paper",
            )
        ]
    if len(number) > LONGEST_PAPER:
        return [
            Refused(
                f"Số văn bản: dài {len(number)} ký tự; tối đa {LONGEST_PAPER}.",
                f"Document number: {len(number)} characters; at most {LONGEST_PAPER}.",
            )
        ]
    return []
