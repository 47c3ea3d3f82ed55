"""What people were answered and what servers took, held against the store after every step."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial
from typing import Any

from tests.simulation.mail_servers import Letter, Mood
from tests.simulation.processes import Ended
from tests.simulation.seen import NO_DATE, REMINDERS, WAITING_FOR_OFFICE, Answer, Eye, Row, Seen, broken_laws

Expected = dict[int, Answer]
_BROKEN_OFF = (Ended.DIED, Ended.FAILED, Ended.TOLD_TO_END)


@dataclass
class Claim:
    """What a deed is to do to assignments, and how it ended.

    may_date  whether it may give dates to work that waits for other work, as every run does
    expected  by assignment; known when the deed has been looked at
    is_repair whether it writes notices anew that a wrong clock has spoilt
    was_tried_again  whether a part of it failed, and was done once more: letters in flight may be unrecorded
    """

    name: str
    ended: Ended = Ended.OK
    expected: Expected = field(default_factory=dict)
    may_date: bool = False
    is_delivery: bool = False
    is_repair: bool = False
    was_tried_again: bool = False


@dataclass
class Arrival:
    """The letters of one key: when they came, and whether the last of them may come again."""

    letters: list[Letter] = field(default_factory=list)
    may_come_again: bool = False


class Witness:
    """Follows one house from outside."""

    def __init__(self, eye: Eye, title_of: Callable[[str], str]) -> None:
        self.eye, self._title_of = eye, title_of
        self.seen = eye.look()
        self.arrivals: dict[str, Arrival] = {}
        self.violations: list[str] = []
        self.touched: set[int] = set()
        """Assignments that somebody is at in this step: what is said of them may be from a moment ago."""
        self.somebody_stood_still = False
        """Whether a sender may have slept through its lease in this step."""
        self.timed_at: dict[int, str] = {}
        """Since when each assignment goes by its present timetable."""
        self.heirs: dict[str, str] = {}
        """Who takes over from offices that have ended, which the runs hand over."""
        self.tally: Counter[str] = Counter()

    # --- letters -----------------------------------------------------------------------------------------------

    def take(self, letter: Letter, mood: Mood) -> None:
        """A server has taken a letter: whether it may say what it says, now."""
        if letter.key.startswith("dondoc-warning-"):
            self.tally["warnings"] += 1
            return
        self.tally["letters"] += 1
        found = self.eye.rows("SELECT * FROM message WHERE message_key = ?", letter.key)
        if not found:
            self.violations.append(f"letter {letter.key} is of no message")
            return
        (message,) = found
        arrival = self.arrivals.setdefault(letter.key, Arrival())
        if arrival.letters:
            self.tally["duplicates"] += 1
            if not (arrival.may_come_again or self.somebody_stood_still):
                self.violations.append(f"message {message['id']} came twice")
            if arrival.letters[0].message_id != letter.message_id:
                self.violations.append(f"message {message['id']} came under another Message-ID")
        if message["state"] != "sending" and not (self.somebody_stood_still and arrival.letters):
            self.violations.append(f"message {message['id']} came while {message['state']}")
        arrival.letters.append(letter)
        arrival.may_come_again = mood is Mood.LOSES_ANSWER
        self._read(letter, message)

    def _read(self, letter: Letter, message: Row) -> None:
        text = _text(letter.content)
        told = self.eye.rows(
            "SELECT n.*, a.subtask, a.state AS its_state, a.office AS its_office, a.due_date, a.acknowledged_at"
            " FROM notice n JOIN assignment a ON a.id = n.assignment_id"
            " WHERE n.message_id = ? AND n.state = 'pending' ORDER BY n.id",
            message["id"],
        )
        for notice in told:
            self.tally[f"told {notice['kind']}"] += 1
            if notice["assignment_id"] in self.touched:
                continue
            for wrong in self._wrongly_told(notice, letter):
                self.violations.append(f"message {message['id']} to {notice['office']}: {wrong}")
            if (title := self._title_of(notice["subtask"])) not in text:
                self.violations.append(f"message {message['id']} does not say «{title}» of notice {notice['id']}")

    def _wrongly_told(self, notice: Row, letter: Letter) -> Iterator[str]:
        number, state, kind = notice["assignment_id"], notice["its_state"], notice["kind"]
        about = f"{kind} of assignment {number} ({state})"
        tells_named = kind == "informed" and notice["rung"].startswith(("withdrawn:", "deed:"))
        if state == "withdrawn" and not tells_named and kind not in ("withdrawn", "undeliverable", "reassigned"):
            yield f"{about}, which was withdrawn"
        parties = self.eye.rows("SELECT office FROM party WHERE assignment_id = ? AND part = 'joint'", number)
        joint = {each["office"] for each in parties}
        if kind in ("assigned", *REMINDERS) and notice["desk"] in ("focal", "head"):
            heir = self.heirs.get(notice["its_office"])  # hears of what is waiting before it is handed over
            if notice["office"] not in (notice["its_office"], heir, *joint):
                yield f"{about}, which is {notice['its_office']}'s"
        if kind not in REMINDERS:
            return
        if state not in WAITING_FOR_OFFICE:
            yield f"{about}, which has not to be reminded of"
        if kind == "not_acknowledged" and notice["acknowledged_at"]:
            yield f"{about}, which was acknowledged at {notice['acknowledged_at']}"
        mark = notice["rung"].rpartition(":")[2]
        if kind != "not_acknowledged" and not mark.startswith(
            "no-date" if notice["due_date"] == NO_DATE else notice["due_date"]
        ):
            yield f"{about}: rung {notice['rung']}, but due on {notice['due_date']}"
        today = (letter.at + timedelta(hours=7)).date().isoformat()
        silences = self.eye.rows(
            "SELECT s.office FROM silence s JOIN assignment a ON a.id = ? WHERE s.lifted_at IS NULL AND s.until >= ?"
            " AND coalesce(s.subtask, a.subtask) = a.subtask AND coalesce(s.period, a.period) = a.period",
            number,
            today,
        )
        silent = {each["office"] for each in silences}
        to_office = notice["desk"] in ("focal", "head") and notice["office"]
        if None in silent or to_office in silent or {notice["its_office"], *joint} <= silent:
            yield f"{about}, which is silenced"

    # --- steps -------------------------------------------------------------------------------------------------

    def after(self, claims: Sequence[Claim], *, now: datetime) -> Seen:
        """Look at what a step has left; returns it. What is wrong is among the violations."""
        before, after = self.seen, self.eye.look()
        is_repair = any(claim.is_repair for claim in claims)
        self.violations += [
            each for each in broken_laws(before, after) if not (is_repair and each.startswith("notice"))
        ]
        self.violations += self.eye.trail(before)
        self.violations += self._unanswered(claims, before, after)
        # Who sleeps while the server answers does not hear it.
        broken_off = self.somebody_stood_still or any(
            claim.is_delivery and (claim.ended in _BROKEN_OFF or claim.was_tried_again) for claim in claims
        )
        states = {each["message_key"]: each["state"] for each in after.tables["message"].values()}
        for key, arrival in self.arrivals.items():
            if broken_off and states.get(key) != "sent":
                arrival.may_come_again = True
        at = now.astimezone(UTC).isoformat(sep=" ")
        for number, row in after.assignments.items():
            was = before.assignments.get(number)
            if was is None or was["timetable_id"] != row["timetable_id"] or was["state"] == "withdrawn":
                self.timed_at[number] = at
        self.seen, self.touched = after, set()
        return after

    def go_back(self) -> None:
        """The store is an older one again: what was sent since it does not know of."""
        self.eye.look_anew()
        self.seen = self.eye.look()
        self.violations += self.eye.trail()
        for arrival in self.arrivals.values():
            arrival.may_come_again = True

    def _unanswered(self, claims: Sequence[Claim], before: Seen, after: Seen) -> Iterator[str]:
        """Where assignments stand otherwise than people were told."""
        by_assignment: dict[int, list[Claim]] = {}
        for claim in claims:
            for number in claim.expected:
                by_assignment.setdefault(number, []).append(claim)
        may_date = any(claim.may_date for claim in claims)
        for number, was in before.assignments.items():
            if number not in after.assignments:
                continue
            stood, stands = before.answer(number), after.answer(number)
            by_runs: _ByRuns = partial(self._by_runs, was, stands, after) if may_date else tuple
            concerned = by_assignment.get(number, [])
            if not concerned:
                if stands not in by_runs([stood]):
                    yield f"assignment {number} went from {stood} to {stands}, and nobody did that"
            elif len(concerned) == 1:
                yield from _one(concerned[0], number, stood, stands, by_runs)
            else:
                yield from _several(concerned, number, stood, stands, by_runs)
        for claim in claims:
            if claim.ended in _BROKEN_OFF and len(claim.expected) > 1 and len(claims) == 1:
                yield from _whole_or_not(claim, before, after)

    def _by_runs(self, was: Row, stands: Answer, after: Seen, answers: Iterable[Answer]) -> Sequence[Answer]:
        """Those answers, and what runs make of them: what waited gets its date, an heir takes over or has it."""
        found = list(answers)
        if was["timing"] == "after":
            found += [_dated(each, stands) for each in found]
        if heir := self.heirs.get(was["office"]):
            found += [each._replace(office=heir) for each in found]
            same = [each for each in after.assignments.values() if all(each[name] == was[name] for name in _THE_WORK)]
            if any(each["office"] == heir for each in same):
                found += [each._replace(state="withdrawn") for each in found]
        return found


_THE_WORK = ("subtask", "step", "period")


def _dated(answer: Answer, stands: Answer) -> Answer:
    """Once work that waited for other work has got its date: who knew of none acknowledges it anew."""
    state = "assigned" if answer.state == "acknowledged" else answer.state
    return answer._replace(due_date=stands.due_date, state=state)


_ByRuns = Callable[[Iterable[Answer]], Sequence[Answer]]
"""Of answers that may be, those that may be once runs were under way, too."""


def _one(claim: Claim, number: int, stood: Answer, stands: Answer, by_runs: _ByRuns) -> Iterator[str]:
    to_be = claim.expected[number]
    allowed = {
        Ended.OK: (to_be,),
        Ended.REFUSED: (stood,),
    }.get(claim.ended, (stood, to_be))
    if stands not in (allowed := tuple(by_runs(allowed))):
        yield f"{claim.name} ({claim.ended}): assignment {number} stands at {stands}, not at {allowed}"


def _several(claims: Sequence[Claim], number: int, stood: Answer, stands: Answer, by_runs: _ByRuns) -> Iterator[str]:
    """Of several who were at it at once, in any order: each part of the answer is from one of them."""
    those = by_runs((stood, *(claim.expected[number] for claim in claims)))
    for name in Answer._fields:
        if getattr(stands, name) not in {getattr(each, name) for each in those}:
            yield f"{[claim.name for claim in claims]}: {name} of assignment {number} is {getattr(stands, name)}"


def _whole_or_not(claim: Claim, before: Seen, after: Seen) -> Iterator[str]:
    changed = {n: after.answer(n) == to_be for n, to_be in claim.expected.items() if to_be != before.answer(n)}
    if len(set(changed.values())) > 1:
        yield f"{claim.name} ({claim.ended}) was done in part: {changed}"


def _text(content: bytes) -> str:
    for part in message_from_bytes(content).walk():
        if part.get_content_type() == "text/plain":
            payload: Any = part.get_payload(decode=True)
            return str(payload.decode())
    raise AssertionError("a letter without text")
