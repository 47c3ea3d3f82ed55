"""From facts to words: one digest for one recipient, in Vietnamese or English, as subject, text and HTML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.contacts.desks import Desk, Recipient
from config.rules.due import NO_DATE
from config.rules.due_words import due_in_words, original_clause
from config.rules.kinds import Timing
from config.rules.periods import period_in_words
from config.rules.working_time import WorkingCalendar
from models.delivery.facts import NoticeFacts, UndeliveredMessage
from models.tables.lifecycle import NoticeKind
from notifications.words.deeds import contributed_by, deed_notes, joint_act, pause_note, undated_line
from notifications.words.kinds import (
    DESK_NAMES,
    EARLIER_NOTICE_WORDS,
    MAX_KINDS_IN_SUBJECT,
    WORDINGS,
    can_acknowledge,
    counted_in_words,
    said_with,
    waits_for,
)
from notifications.words.roles import role_in_words

PREVIEW_SIZE = 50
"""Notices that a digest lists; the rest are counted."""

_SHORT_PREVIEW_SIZE = 5

_MAX_EARLIER_NOTICES = 6
"""Lines about earlier notices that a head of office gets: the first one and the last ones."""

_PAGES = {Desk.COORDINATOR: "/desk"}
"""The page with everything for a desk, if not the office's own list."""


@dataclass(frozen=True)
class Digest:
    """One message to one recipient; ``short`` is for services that take only a few words."""

    subject: str
    text: str
    html: str
    short: str


@dataclass(frozen=True)
class Audience:
    """The recipient of a digest; ``link`` turns a page's path into an address for this recipient alone."""

    office_name: str
    desk: Desk
    language: str
    sample: bool
    link: Callable[[str], str]
    link_days: int


@dataclass(frozen=True)
class _Line:
    number: int
    link: str
    title: str
    office: str
    role: str
    period: str
    due: str
    is_dated: bool
    late: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Section:
    kind: str
    heading: str
    total: int
    lines: tuple[_Line, ...]


def render(
    notices: Sequence[NoticeFacts],
    audience: Audience,
    *,
    plan: Plan,
    calendar: WorkingCalendar,
    now: datetime,
    undated: Sequence[str] = (),
) -> Digest:
    """The notices in words for ``audience``; ``now`` decides how late each is.

    undated  subtasks for which the coordinator has to set a date
    """
    grouped = {kind: [notice for notice in notices if notice.kind is kind] for kind in WORDINGS}
    counts = [WORDINGS[kind].count(len(of_kind), audience.language) for kind, of_kind in grouped.items() if of_kind]
    named = notices if plan.has_several else ()
    directives = list(dict.fromkeys(plan.directive_of(notice.subtask) for notice in named))
    subject = _subject(counts, audience, " · ".join(["", *(each.code for each in directives)]))
    writer = _LineWriter(plan, calendar, now, audience)
    room, sections = PREVIEW_SIZE, []
    for kind, of_kind in grouped.items():
        listed, room = of_kind[:room], max(0, room - len(of_kind))
        if listed:
            lines = tuple(writer.line(notice) for notice in listed)
            sections.append(_Section(kind.value, WORDINGS[kind].heading(audience.language), len(of_kind), lines))
    context = {
        "subject": subject,
        "office": audience.office_name,
        "desk": audience.desk.value,
        "sample": audience.sample,
        "directive": "; ".join(each.title_vi if audience.language == "vi" else each.title_en for each in directives),
        "sections": sections,
        "counted": counted_in_words(notices, audience.language),
        "undated": undated_line(undated, audience.language),
        "unlisted": len(notices) - sum(len(section.lines) for section in sections),
        "time": f"{now.astimezone(HANOI):%H:%M}",
        "day": f"{now.astimezone(HANOI):%d/%m/%Y}",
        "link": audience.link(_PAGES.get(audience.desk, "/assignments")),
        "link_days": audience.link_days,
        "acknowledge_link": audience.link("/acknowledge") if can_acknowledge(notices, audience.desk) else "",
        "to_do": any(waits_for(notice) for notice in notices),
    }
    return Digest(
        subject=subject,
        text=_environment().get_template(f"{audience.language}/digest.txt").render(context).strip() + "\n",
        html=_environment().get_template(f"{audience.language}/digest.html").render(context),
        short=_short(subject, sections, str(context["link"])),
    )


def _subject(counts: Sequence[str], audience: Audience, directives: str) -> str:
    """The subject; ``directives`` follow the mark, where there are several."""
    kinds = ", ".join(counts[:MAX_KINDS_IN_SUBJECT]) + (" …" if len(counts) > MAX_KINDS_IN_SUBJECT else "")
    if audience.language == "vi":
        mark = f"[Đôn đốc{directives} – MẪU]" if audience.sample else f"[Đôn đốc{directives}]"
    else:
        mark = f"[dondoc{directives} – SAMPLE]" if audience.sample else f"[dondoc{directives}]"
    return f"{mark} {audience.office_name}: {kinds}"


def _short(subject: str, sections: Sequence[_Section], link: str) -> str:
    lines = [f"[{line.number}] {line.title}, {line.due}" for section in sections for line in section.lines]
    rest = [f"… +{len(lines) - _SHORT_PREVIEW_SIZE}"] if len(lines) > _SHORT_PREVIEW_SIZE else []
    return "\n".join([subject, *lines[:_SHORT_PREVIEW_SIZE], *rest, link])


@dataclass(frozen=True)
class _LineWriter:
    """Puts single notices into words of one language."""

    plan: Plan
    calendar: WorkingCalendar
    now: datetime
    audience: Audience

    @property
    def _vi(self) -> bool:
        return self.audience.language == "vi"

    def line(self, notice: NoticeFacts) -> _Line:
        title = self.plan.step_title(
            notice.subtask, notice.step, notice.variant, self.audience.language, occasion=notice.occasion
        )
        office = self.plan.office(notice.office)
        return _Line(
            number=notice.assignment_id,
            link=self.audience.link(f"/assignments/{notice.assignment_id}"),
            title=f"{notice.subtask} {title}",
            office=office.name_vi if self._vi else office.name_en,
            role=role_in_words(notice, self.plan, self.audience.language),
            period=period_in_words(notice.period, self.audience.language, occasion=notice.occasion),
            due=due_in_words(notice, self.audience.language),
            is_dated=notice.timing is Timing.DATED,
            late=self._late(notice),
            notes=tuple(self._notes(notice)),
        )

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
        if notice.kind is NoticeKind.HANDED_OVER:
            before = self.plan.office(notice.rung.partition(":")[2])
            notes.append(f"nhận từ {before.name_vi}" if self._vi else f"taken over from {before.name_en}")
        if notice.deed is not None:
            language = self.audience.language
            notes += deed_notes(notice.kind, notice.deed, self.plan, language, office=notice.office, state=notice.state)
        if notice.kind in (NoticeKind.ASSIGNED, NoticeKind.HANDED_OVER):
            how = notice.explanation_vi if self._vi else notice.explanation_en
            if notice.timing is Timing.DATED:
                how = f"cách tính hạn: {how}" if self._vi else f"how it is reckoned: {how}"
            notes.append(how)
        if notice.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED):
            notes.append(self._pause(notice))
        is_told = notice.deed is not None and NO_DATE in (notice.due_date, notice.original_due_date)
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
                notes.append(f"xin gia hạn đến ngày {until}" if self._vi else f"asks for time until {until}")
            elif notice.until != notice.due_date:
                notes.append(f"được đến ngày {until}" if self._vi else f"granted until {until}")
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
        after = f"passed on over {other}" if other else "nobody has got it; look at the channel"
        return [f"message {lost.number} to {whom} did not arrive over {lost.channel}", f"→ {after}"]

    def _pause(self, notice: NoticeFacts) -> str:
        """Who suspended or resumed the assignment, and what that means for the office."""
        coordinator = self.plan.directive_of(notice.subtask).coordinator
        code = self.plan.current_office(coordinator, local_date(self.now))
        who = self.plan.office(code).name_vi if self._vi else self.plan.office(code).name_en
        return pause_note(notice.kind, who, due_in_words(notice, self.audience.language), notice.timing, self._vi)

    def _original_due(self, notice: NoticeFacts) -> str:
        original = original_clause(notice.original_due_date, notice.original_timing, self.audience.language)
        if NO_DATE in (notice.original_due_date, notice.due_date) or notice.was_moved:
            return original
        return f"đã gia hạn, {original}" if self._vi else f"extended, {original}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        auto_reload=False,  # checking whether a template was edited takes longer than filling in a small one
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
