"""Walking the audit trail: whether every event, every seal and its end are what was written."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlmodel import col, select

from config.audit_keys import AuditKeys
from models.store.audit_event import (
    GENESIS,
    HEAD_MOVED,
    ROTATE_KEY,
    TAKE_STOCK,
    AuditEvent,
    AuditHead,
    event_hash,
    sealed_event,
    sealed_head,
)
from models.store.dossiers import READ_SIZE


@dataclass(frozen=True)
class Verification:
    """What walking the chain found.

    events     how many fit, from the first one on
    broken_at  the first event that does not fit, or None
    seq, head  the number and hash of the last event
    unchecked  events sealed by a key that was changed since and is not listed any more
    """

    events: int
    broken_at: int | None
    problem_vi: str = ""
    problem_en: str = ""
    seq: int = 0
    head: str = GENESIS
    unchecked: int = 0


def verify(
    connection: Connection,
    *,
    keys: AuditKeys | None = None,
    seen: Callable[[Mapping[str, Any]], None] = lambda _: None,
) -> Verification:
    """Walk the whole chain and compare every hash, and its end with the recorded head; with ``keys`` every seal, too.

    seen  called with each event, also with those behind the first that does not fit
    """
    walk = _Walk(keys)
    with closing(_events(connection)) as events:  # also when the walk ends early, so that no cursor stays open
        for row in events:
            walk.look_at(row)
            seen(row)
    walk.look_at_head(*connection.execute(select(AuditHead.seq, AuditHead.hash, AuditHead.seal)).one())
    return walk.found()


class _Walk:
    """One walk along the chain; of what it finds the earliest counts."""

    def __init__(self, keys: AuditKeys | None) -> None:
        self._keys = keys
        self._seq, self._hash = 0, GENESIS
        self._broken: tuple[int, str, str] | None = None
        self._is_sealed = False
        self._strange: dict[str, list[int]] = {}
        self._retired: set[str] = set()

    def look_at(self, row: Mapping[str, Any]) -> None:
        number = row["seq"]
        if number != (expected := self._seq + 1):
            self._breaks(expected, f"thiếu sự kiện số {expected}", f"event {expected} is missing")
        elif row["previous_hash"] != self._hash or row["hash"] != event_hash(row):
            self._breaks(number, f"sự kiện số {number} đã bị sửa", f"event {number} was altered")
        elif self._keys:
            self._look_at_seal(row, self._keys)
        if row["verb"] == HEAD_MOVED and row["subject"] == "trail":
            at = row["details"].get("seq", number)
            self._breaks(
                number,
                f"trước sự kiện số {number}, các sự kiện sau số {at} đã bị xóa hoặc đầu chuỗi bị sửa",
                f"before event {number}, the events after {at} were deleted or the head of the chain was altered",
            )
        self._seq, self._hash = number, row["hash"]

    def _look_at_seal(self, row: Mapping[str, Any], keys: AuditKeys) -> None:
        number, seal = row["seq"], row["seal"]
        if not seal:
            if self._is_sealed:
                self._breaks(number, f"sự kiện số {number} mất niêm phong", f"event {number} has lost its seal")
            return
        if not self._is_sealed and number > 1 and row["verb"] != TAKE_STOCK:
            self._breaks(1, "các sự kiện đầu mất niêm phong", "the first events have lost their seals")
        self._is_sealed = True
        if not keys.is_listed(seal):
            self._strange.setdefault(seal.partition(":")[0], []).append(number)
        elif not keys.fits(seal, sealed_event(number, row["hash"])):
            self._breaks(
                number,
                f"sự kiện số {number} đã bị viết lại (niêm phong không khớp)",
                f"event {number} was rewritten (its seal does not match)",
            )
        elif row["verb"] == ROTATE_KEY:
            self._retired.add(row["details"].get("from", ""))

    def look_at_head(self, seq: int, last_hash: str, seal: str) -> None:
        after = self._seq + 1
        if (seq, last_hash) != (self._seq, self._hash):
            self._breaks(
                after, f"các sự kiện sau số {self._seq} đã bị xóa", f"the events after {self._seq} were deleted"
            )
        elif self._keys and self._seq and not self._keys.fits(seal, sealed_head(seq, last_hash)):
            self._breaks(
                after,
                f"các sự kiện sau số {self._seq} đã bị xóa, hoặc chuỗi bị viết lại (đầu chuỗi không có niêm phong"
                " đúng)",
                f"the events after {self._seq} were deleted, or the chain was rewritten (the seal of its head does "
                "not match)",
            )

    def found(self) -> Verification:
        for name, numbers in self._strange.items():
            if name not in self._retired:
                self._breaks(
                    numbers[0],
                    f"sự kiện số {numbers[0]} niêm phong bằng khóa lạ {name}",
                    f"event {numbers[0]} is sealed with the unknown key {name}",
                )
        unchecked = sum(len(numbers) for name, numbers in self._strange.items() if name in self._retired)
        at, vi, en = self._broken or (None, "", "")
        return Verification(self._seq if at is None else at - 1, at, vi, en, self._seq, self._hash, unchecked)

    def _breaks(self, at: int, vi: str, en: str) -> None:
        if self._broken is None or at < self._broken[0]:
            self._broken = (at, vi, en)


def _events(connection: Connection) -> Generator[dict[str, Any], None, None]:
    query = select(AuditEvent).order_by(col(AuditEvent.seq))
    with connection.execution_options(yield_per=READ_SIZE).execute(query) as result:
        for row in result.mappings():
            yield {**row, "details": row["facts"]}
