"""What the coordinator is told when runs failed or did not happen: once for each flow and day, in one letter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from html import escape
from itertools import chain

from sqlmodel import Session

from config.clock import HANOI, local_date
from config.contacts.desks import Recipient
from models.delivery.leases import RenderedMessage
from models.delivery.letters import keys_of_letters, write_to_coordinator
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain


class What(StrEnum):
    """What became of a run."""

    FAILED = "failed"
    BROKEN_OFF = "broken_off"
    MISSING = "missing"


_WHAT_VI = {
    What.FAILED: "không thực hiện được",
    What.BROKEN_OFF: "dừng giữa chừng",
    What.MISSING: "đến giờ mà không chạy",
}
_WHAT_EN = {What.FAILED: "failed", What.BROKEN_OFF: "broke off", What.MISSING: "did not run"}

_REASON_LETTERS = 300

_REVIEW = "so-ket"
_REVIEW_VI = "Sơ kết năm chỉ tự chạy mỗi năm một lần: chạy luồng «Sơ kết năm» bằng tay, phiếu để trống."
_REVIEW_EN = " The review of a year does not come again by itself: run it by hand."

_FLOWS_IN_A_LETTER = 8
"""The key of a letter names its flows, and has room for these."""


@dataclass(frozen=True)
class Trouble:
    """A run that did not do its work.

    flow    code of the flow: p1, p2 …, ban-hanh, so-ket
    at      when it should have begun
    reason  in our own words, Vietnamese; empty where only the log knows
    """

    flow: str
    title: str
    what: What
    at: datetime
    reason: str = ""


def tell_of_trouble(session: Session, store: Store, troubles: Sequence[Trouble], context: ActorContext) -> list[str]:
    """Put what was not yet told in the outbox, a letter for each day and coordinator; gives the codes of the flows told
    of now."""
    # Several look for trouble, and of what all see at once one letter is enough.
    lock_audit_chain(session)
    told: list[str] = []
    for day in sorted({local_date(trouble.at) for trouble in troubles}):
        beginning = f"dondoc-su-co-{day:%Y%m%d}-"
        known = {flow for key in keys_of_letters(session, beginning) for flow in key.removeprefix(beginning).split("+")}
        new = [each for each in troubles if local_date(each.at) == day and each.flow not in known]
        told += sorted({trouble.flow for trouble in new})
        for desk, theirs in _letters(new, context):
            words = trouble_words(theirs, day, store.settings.portal_url)
            flows = sorted({trouble.flow for trouble in theirs})
            write_to_coordinator(session, beginning + "+".join(flows), words, store.contacts, context, to=desk)
    return told


def _letters(troubles: Sequence[Trouble], context: ActorContext) -> Iterator[tuple[Recipient, list[Trouble]]]:
    """To whom what is told: to the coordinator of the priority, or of the main directive where there is none."""
    priorities = {priority.code for priority in context.plan.priorities}
    of_desk: dict[Recipient, dict[str, list[Trouble]]] = {}
    for trouble in sorted(troubles, key=lambda each: each.flow):
        ours = trouble.flow in priorities
        desk = context.for_priority(trouble.flow).coordinator if ours else context.main_coordinator
        of_desk.setdefault(desk, {}).setdefault(trouble.flow, []).append(trouble)
    for desk, flows in of_desk.items():
        listed = list(flows.values())
        for first in range(0, len(listed), _FLOWS_IN_A_LETTER):
            yield desk, list(chain.from_iterable(listed[first : first + _FLOWS_IN_A_LETTER]))


def trouble_words(troubles: Sequence[Trouble], day: date, portal_url: str) -> RenderedMessage:
    """The letter in Vietnamese, in English below; no trace of a program and nothing of where things are stored."""
    flows = sorted({trouble.flow for trouble in troubles})
    subject = f"[Đôn đốc] Sự cố: {', '.join(flows)} chưa chạy xong ngày {day:%d/%m/%Y}"
    runs = f"{portal_url}/prefect/v2/runs"
    lines = [
        "Kính gửi: cơ quan đôn đốc",
        "Các lượt chạy sau chưa làm xong việc của mình (đây không phải là việc quá hạn của các cơ quan):",
        *(_line(trouble) for trouble in sorted(troubles, key=lambda each: (each.at, each.flow))),
        *([_REVIEW_VI] if _REVIEW in flows else []),
        "Không việc nào bị mất: lượt chạy sau làm bù. Nếu còn lặp lại, báo người quản trị xem nhật ký của lượt chạy.",
        f"Xem các lượt chạy: {runs}",
        "The runs above did not do their work ("
        + ", ".join(f"{flow}: {_WHAT_EN[_worst(troubles, flow)]}" for flow in flows)
        + "). Nothing is lost: the next run catches up. If it happens again, ask the operator to look at its log."
        + (_REVIEW_EN if _REVIEW in flows else ""),
    ]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return RenderedMessage(subject, "\n\n".join(lines) + "\n", html)


def _line(trouble: Trouble) -> str:
    reason = " ".join(trouble.reason.split())[:_REASON_LETTERS] or "lý do có trong nhật ký của lượt chạy"
    return f"– {trouble.at.astimezone(HANOI):%H:%M} · {trouble.title}: {_WHAT_VI[trouble.what]} ({reason})"


def _worst(troubles: Sequence[Trouble], flow: str) -> What:
    return min((each.what for each in troubles if each.flow == flow), key=list(What).index)
