"""Letters to the coordinator about the follow-up itself: runs that failed or did not happen, and what was missed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from html import escape
from itertools import chain

from sqlalchemy import Connection, or_, select
from sqlmodel import Session, col

from config.clock import HANOI, local_date
from config.contacts.desks import Desk, Recipient
from models.delivery.auditor import Findings
from models.delivery.leases import RenderedMessage
from models.delivery.letters import keys_of_letters, write_to_coordinator
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain
from models.tables.outbox import Message


class FailureKind(StrEnum):
    """How a run failed, the worst first."""

    FAILED = "failed"
    BROKEN_OFF = "broken_off"
    MISSING = "missing"


_FAILURE_VI = {
    FailureKind.FAILED: "không thực hiện được",
    FailureKind.BROKEN_OFF: "dừng giữa chừng",
    FailureKind.MISSING: "đến giờ mà không chạy",
}
_FAILURE_EN = {FailureKind.FAILED: "failed", FailureKind.BROKEN_OFF: "broke off", FailureKind.MISSING: "did not run"}

_MAX_REASON_LENGTH = 300

_REVIEW = "so-ket"
_REVIEW_VI = "Sơ kết năm chỉ tự chạy mỗi năm một lần: chạy luồng «Sơ kết năm» bằng tay, phiếu để trống."
_REVIEW_EN = " The review of a year does not come again by itself: run it by hand."

_RUNS, _GAPS = "dondoc-su-co-", "dondoc-soat-lai-"
"""How the keys of these letters begin."""

LETTERS_TOLD = 20
"""Of the last letters, as many as a page lists."""

_MAX_FLOWS = 8
"""Flows in one letter; its key names them all and has room for no more."""


@dataclass(frozen=True)
class FailedRun:
    """A run that did not do its work.

    flow    code of the flow: p1, p2 …, ban-hanh, so-ket
    at      when it should have begun
    reason  in our own words, Vietnamese; empty where only the log knows
    """

    flow: str
    title: str
    kind: FailureKind
    at: datetime
    reason: str = ""


def write_failed_runs_letter(
    session: Session, store: Store, failed_runs: Sequence[FailedRun], context: ActorContext
) -> list[str]:
    """Put what was not yet told in the outbox, a letter for each day and coordinator.

    Returns the codes of the flows that are told of now.
    """
    # Several processes look for failed runs, and one letter about what all of them see is enough.
    lock_audit_chain(session)
    flows_told: list[str] = []
    for day in sorted({local_date(run.at) for run in failed_runs}):
        beginning = f"{_RUNS}{day:%Y%m%d}-"
        known = {flow for key in keys_of_letters(session, beginning) for flow in key.removeprefix(beginning).split("+")}
        new = [each for each in failed_runs if local_date(each.at) == day and each.flow not in known]
        flows_told += sorted({run.flow for run in new})
        for desk, of_desk in _letters(new, context):
            words = failed_runs_text(of_desk, day, store.settings.portal_url)
            flows = sorted({run.flow for run in of_desk})
            write_to_coordinator(session, beginning + "+".join(flows), words, store.contacts, context, to=desk)
    return flows_told


def _letters(failed_runs: Sequence[FailedRun], context: ActorContext) -> Iterator[tuple[Recipient, list[FailedRun]]]:
    """Each letter's desk and failed runs: a priority's go to its coordinator, all others to the main directive's."""
    priorities = {priority.code for priority in context.plan.priorities}
    of_desk: dict[Recipient, dict[str, list[FailedRun]]] = {}
    for run in sorted(failed_runs, key=lambda each: each.flow):
        ours = run.flow in priorities
        desk = context.for_priority(run.flow).coordinator if ours else context.main_coordinator
        of_desk.setdefault(desk, {}).setdefault(run.flow, []).append(run)
    for desk, flows in of_desk.items():
        listed = list(flows.values())
        for first in range(0, len(listed), _MAX_FLOWS):
            yield desk, list(chain.from_iterable(listed[first : first + _MAX_FLOWS]))


def failed_runs_text(failed_runs: Sequence[FailedRun], day: date, portal_url: str) -> RenderedMessage:
    """The letter in Vietnamese, in English below; it quotes no program and names no place of the machine."""
    flows = sorted({run.flow for run in failed_runs})
    subject = f"[Đôn đốc] Sự cố: {', '.join(flows)} chưa chạy xong ngày {day:%d/%m/%Y}"
    runs = f"{portal_url}/prefect/v2/runs"
    lines = [
        "Kính gửi: cơ quan đôn đốc",
        "Các lượt chạy sau chưa làm xong việc của mình (đây không phải là việc quá hạn của các cơ quan):",
        *(_line(run) for run in sorted(failed_runs, key=lambda each: (each.at, each.flow))),
        *([_REVIEW_VI] if _REVIEW in flows else []),
        "Không việc nào bị mất: lượt chạy sau làm bù. Nếu còn lặp lại, báo người quản trị xem nhật ký của lượt chạy.",
        f"Xem các lượt chạy: {runs}",
        "The runs above did not do their work ("
        + ", ".join(f"{flow}: {_FAILURE_EN[_worst(failed_runs, flow)]}" for flow in flows)
        + "). Nothing is lost: the next run catches up. If it happens again, ask the operator to look at its log."
        + (_REVIEW_EN if _REVIEW in flows else ""),
    ]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return RenderedMessage(subject, "\n\n".join(lines) + "\n", html)


def _line(run: FailedRun) -> str:
    reason = " ".join(run.reason.split())[:_MAX_REASON_LENGTH] or "lý do có trong nhật ký của lượt chạy"
    return f"– {run.at.astimezone(HANOI):%H:%M} · {run.title}: {_FAILURE_VI[run.kind]} ({reason})"


def _worst(failed_runs: Sequence[FailedRun], flow: str) -> FailureKind:
    return min((each.kind for each in failed_runs if each.flow == flow), key=list(FailureKind).index)


@dataclass(frozen=True)
class TroubleLetter:
    """A letter to a coordinator about the follow-up itself, by its message.

    flows  that did not do their work; none where the letter is about what was missed
    """

    message: int
    at: datetime
    flows: tuple[str, ...]


def trouble_letters(connection: Connection, offices: Collection[str], *, since: datetime) -> list[TroubleLetter]:
    """The letters of both kinds that coordinators at these offices were written, the newest first."""
    key = col(Message.message_key)
    written = select(col(Message.id), key, col(Message.created_at)).where(
        col(Message.office).in_(offices),
        col(Message.desk) == Desk.COORDINATOR,
        col(Message.created_at) >= since,
        or_(key.startswith(_RUNS), key.startswith(_GAPS)),
    )
    found = connection.execute(written.order_by(col(Message.id).desc()).limit(LETTERS_TOLD)).tuples()
    return [
        TroubleLetter(number or 0, at, tuple(name.rpartition("-")[2].split("+")) if name.startswith(_RUNS) else ())
        for number, name, at in found
    ]


def write_gap_letter(session: Session, store: Store, findings: Findings, context: ActorContext) -> None:
    """Put a letter in the outbox, unless one about the same findings was written on this day."""
    same = sha256(findings.fingerprint().encode()).hexdigest()[:12]
    words = gap_letter_text(findings, context.now, store.settings.portal_url)
    write_to_coordinator(session, f"{_GAPS}{context.today:%Y%m%d}-{same}", words, store.contacts, context)


def gap_letter_text(findings: Findings, now: datetime, portal_url: str) -> RenderedMessage:
    """The letter in Vietnamese, in English below."""
    local = now.astimezone(HANOI)
    counts = ", ".join(f"{check}: {count}" for check, count in findings.counts().items() if count)
    lines = [
        "Kính gửi: cơ quan đôn đốc",
        f"Soát lại lúc {local:%H:%M} ngày {local:%d/%m/%Y} thấy: {findings.in_words()}.",
        "Cơ quan liên quan có thể chưa được nhắc. Xem từng việc, nhắc bằng cách khác nếu cần; báo người quản trị, lệnh"
        " «dondoc audit followup» liệt kê đủ.",
        f"The follow-up check found items that were missed ({counts}). The offices concerned may not have been "
        "reminded: look at each assignment, remind them another way if needed, and tell the operator; 'dondoc audit "
        "followup' lists everything.",
        f"{portal_url}/assignments",
    ]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return RenderedMessage(f"[Đôn đốc] Soát lại ngày {local:%d/%m/%Y}: có chỗ bị sót", "\n\n".join(lines) + "\n", html)
