"""The line of a digest about one assignment: whose it is, until when, how late, and what is said of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.contacts.desks import Desk, Recipient
from config.rules.due import NO_DATE
from config.rules.due_words import due_in_words, original_clause
from config.rules.kinds import Timing
from config.rules.periods import period_in_words
from config.rules.working_time import WorkingCalendar
from models.alerts.notices import is_withdrawn_rung, parse_handed_over_rung
from models.delivery.facts import NoticeFacts, UndeliveredMessage
from models.tables.lifecycle import OPEN, URGENCY_VI, NoticeKind, State, Urgency
from notifications.words.deeds import contributed_by, deed_notes, goes_on_note, joint_act, pause_note
from notifications.words.kinds import DESK_NAMES, EARLIER_NOTICE_WORDS, WORDINGS, said_with, waits_for
from notifications.words.roles import role_in_words

log = logging.getLogger("dondoc.courier")

_MAX_EARLIER_NOTICES = 6
"""Lines about earlier notices that a head of office gets: the first one and the last ones."""


@dataclass(frozen=True)
class Audience:
    """The recipient of a digest; ``link`` turns a page's path into an address for this recipient alone.

    signed    the name of the office that urges
    reply_to  its mail address, where it has one
    """

    office_name: str
    desk: Desk
    language: str
    sample: bool
    link: Callable[[str], str]
    link_days: int
    signed: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class Line:
    """One assignment in words."""

    number: int
    link: str
    title: str
    office: str
    role: str
    period: str
    due: str
    is_dated: bool
    late: str
    urgency: str
    notes: tuple[str, ...]


def urgency_in_words(urgency: Urgency, language: str) -> str:
    if urgency is Urgency.NORMAL:
        return ""
    return (URGENCY_VI[urgency] if language == "vi" else urgency.value.replace("_", " ")).upper()


@dataclass(frozen=True)
class LineWriter:
    """Puts single notices into words of one language."""

    plan: Plan
    calendar: WorkingCalendar
    now: datetime
    audience: Audience

    @property
    def _vi(self) -> bool:
        return self.audience.language == "vi"

    def line(self, notice: NoticeFacts, also: Sequence[NoticeFacts] = ()) -> Line:
        """The line of an assignment; ``also`` is what else is told of it, in its notes.

        One that cannot be put into words is told in short, or it would hold up all else in its digest.
        """
        try:
            return self._whole_line(notice, also)
        except Exception as fault:
            told = notice.notice_id, notice.kind.value, notice.rung
            log.error("notice %s (%s, %s) cannot be put into words", *told, exc_info=fault)
            return self._short_line(notice)

    def _short_line(self, notice: NoticeFacts) -> Line:
        vi, is_dated = self._vi, notice.timing is Timing.DATED
        return Line(
            number=notice.assignment_id,
            link=self.audience.link(f"/assignments/{notice.assignment_id}"),
            title=notice.subtask,
            office=notice.office,
            role="–",
            period="–",
            due=f"{notice.due_date:%d/%m/%Y}" if is_dated else "–",
            is_dated=is_dated,
            late="",
            urgency=urgency_in_words(notice.urgency, self.audience.language),
            notes=("xem chi tiết trên trang" if vi else "see the page for details",),
        )

    def _whole_line(self, notice: NoticeFacts, also: Sequence[NoticeFacts]) -> Line:
        title = self.plan.step_title(
            notice.subtask, notice.step, notice.variant, self.audience.language, occasion=notice.occasion
        )
        office = self.plan.office(notice.office)
        return Line(
            number=notice.assignment_id,
            link=self.audience.link(f"/assignments/{notice.assignment_id}"),
            title=f"{notice.subtask} {title}",
            office=office.name_vi if self._vi else office.name_en,
            role=role_in_words(notice, self.plan, self.audience.language),
            period=period_in_words(notice.period, self.audience.language, occasion=notice.occasion),
            due=due_in_words(notice, self.audience.language),
            is_dated=notice.timing is Timing.DATED,
            late=self._late(notice),
            urgency=urgency_in_words(notice.urgency, self.audience.language),
            notes=tuple(dict.fromkeys([*self._notes(notice), *self._also(notice, also)])),
        )

    def _also(self, notice: NoticeFacts, also: Sequence[NoticeFacts]) -> list[str]:
        notes, told = [], notice.kind
        for other in also:
            if other.kind is not told:
                told, heading = other.kind, WORDINGS[other.kind].heading(self.audience.language)
                notes.append(heading[0].lower() + heading[1:])
            notes += self._notes(other)
        return notes

    def _late(self, notice: NoticeFacts) -> str:
        """How many working days ago it was due, by the calendar of its directive."""
        # An office that has reported is not late, however long the decision takes.
        if not waits_for(notice) or notice.due_at > self.now:
            return ""
        calendar = self.calendar.of(self.plan.priority_of(notice.subtask))
        days = calendar.count(notice.due_date, local_date(self.now))
        if not days:  # due on the last working day, sent on a day off
            return ""
        return f"trễ {days} ngày làm việc" if self._vi else f"{days} working day{'s' if days > 1 else ''} late"

    def _notes(self, notice: NoticeFacts) -> list[str]:
        notes = []
        if notice.kind is NoticeKind.HANDED_OVER and (predecessor := parse_handed_over_rung(notice.rung)):
            before = self.plan.office(predecessor)
            notes.append(f"nhận từ {before.name_vi}" if self._vi else f"taken over from {before.name_en}")
        if notice.deed is not None:
            language = self.audience.language
            notes += deed_notes(notice.kind, notice.deed, self.plan, language, office=notice.office, state=notice.state)
        if notice.kind in (NoticeKind.ASSIGNED, NoticeKind.HANDED_OVER):
            how = notice.explanation_vi if self._vi else notice.explanation_en
            if notice.timing is Timing.DATED:
                how = f"cách tính hạn: {how}" if self._vi else f"how the date is calculated: {how}"
            notes.append(how)
        if notice.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED):
            notes.append(self._pause(notice))
        elif notice.state is State.SUSPENDED and notice.kind is not NoticeKind.REASSIGNED:
            notes.append("việc đang tạm dừng; chưa phải thực hiện" if self._vi else "suspended; nothing to do for now")
        goes_on = notice.kind is NoticeKind.REPORT_ACCEPTED and notice.state in OPEN  # standing, or spanning years
        if goes_on:
            notes.append(goes_on_note(notice, self.audience.language))
        is_told = goes_on or (notice.deed is not None and NO_DATE in (notice.due_date, notice.original_due_date))
        if notice.due_date != notice.original_due_date and notice.kind is not NoticeKind.REASSIGNED and not is_told:
            notes.append(self._original_due(notice))
        if notice.earlier_notices:
            notes += self._earlier_notices(notice)
        elif notice.kind is NoticeKind.OVERDUE and notice.reminder_count and notice.last_reminded_at is not None:
            last = f"{notice.last_reminded_at.astimezone(HANOI):%d/%m/%Y}"
            times = "once" if notice.reminder_count == 1 else f"{notice.reminder_count} times"
            notes.append(
                f"đã nhắc {notice.reminder_count} lần, gần nhất {last}"
                if self._vi
                else f"reminded {times}, last on {last}"
            )
        if notice.until is not None:
            until = f"{notice.until:%d/%m/%Y}"
            if notice.kind is NoticeKind.EXTENSION_REQUESTED:
                notes.append(f"xin gia hạn đến ngày {until}" if self._vi else f"requests an extension until {until}")
            elif notice.until != notice.due_date:
                notes.append(f"được đến ngày {until}" if self._vi else f"extended until {until}")
        if notice.kind is NoticeKind.INFORMED and is_withdrawn_rung(notice.rung):
            notes.append("việc đã thu hồi" if self._vi else "withdrawn")
        if notice.kind is NoticeKind.JOINT_LEAD_ACTED:
            notes.append(joint_act(notice.rung, self.plan, self.audience.language))
        if notice.kind is NoticeKind.CONTRIBUTED:
            notes.append(contributed_by(notice.rung, self.plan, self.audience.language))
        if notice.undelivered is not None:
            notes += self._undelivered(notice.undelivered)
        if notice.reason:
            notes.append(f"{said_with(notice.kind, self.audience.language)}: {notice.reason}")
        return notes

    def _earlier_notices(self, notice: NoticeFacts) -> list[str]:
        """What was sent before, when and to whom: a line for each day and kind, the first one and the last ones."""
        recipients: dict[tuple[str, NoticeKind], list[str]] = {}
        for earlier in notice.earlier_notices:
            desks = recipients.setdefault((f"{earlier.at.astimezone(HANOI):%d/%m/%Y}", earlier.kind), [])
            if (desk := self._desk(earlier.recipient, notice.office)) not in desks:
                desks.append(desk)
        lines = [
            f"– {day} {EARLIER_NOTICE_WORDS[kind][not self._vi]} → {', '.join(desks)}"
            for (day, kind), desks in recipients.items()
        ]
        if (left_out := len(lines) - _MAX_EARLIER_NOTICES) > 1:
            more = f"– … {left_out} lần khác" if self._vi else f"– … {left_out} more"
            lines = [lines[0], more, *lines[1 - _MAX_EARLIER_NOTICES :]]
        return ["đã gửi trước đây:" if self._vi else "sent before:", *lines]

    def _desk(self, recipient: Recipient, own: str) -> str:
        """A desk in words, with its office's name when that is another one that did the work."""
        desk = DESK_NAMES[recipient.desk][not self._vi]
        if recipient.office == own or recipient.desk not in (Desk.FOCAL, Desk.HEAD):
            return desk
        office = self.plan.office(recipient.office)
        return f"{desk} {office.name_vi}" if self._vi else f"{desk}, {office.name_en}"

    def _undelivered(self, lost: UndeliveredMessage) -> list[str]:
        """Which message did not arrive and where its words went instead; the reason is kept in Vietnamese."""
        office, other = self.plan.office(lost.office), lost.fallback_channel
        if self._vi:
            whom = f"{office.name_vi} ({DESK_NAMES[lost.desk][0]})"
            after = f"đã chuyển sang kênh {other}" if other else "chưa ai nhận được; xem lại kênh"
            return [f"thư số {lost.number} gửi {whom} qua kênh {lost.channel}: {lost.reason}", f"→ {after}"]
        whom = f"{office.name_en} ({DESK_NAMES[lost.desk][1]})"
        after = f"sent through {other} instead" if other else "nobody has received it; check the channel"
        return [f"message no. {lost.number} to {whom} through {lost.channel} was not delivered", f"→ {after}"]

    def _pause(self, notice: NoticeFacts) -> str:
        """Who suspended or resumed the assignment, and what that means for the office."""
        coordinator = self.plan.coordinator_on(self.plan.directive_of(notice.subtask), local_date(self.now))
        who = coordinator.name_vi if self._vi else coordinator.name_en
        return pause_note(notice.kind, who, due_in_words(notice, self.audience.language), notice.timing, self._vi)

    def _original_due(self, notice: NoticeFacts) -> str:
        original = original_clause(notice.original_due_date, notice.original_timing, self.audience.language)
        if not notice.is_extended or notice.original_due_date == NO_DATE:
            return original
        return f"đã gia hạn, {original}" if self._vi else f"extended, {original}"
