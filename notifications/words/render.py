"""From facts to words: one digest for one recipient, in Vietnamese or English, as subject, text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.contacts.desks import Desk
from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import NoticeKind, Urgency
from notifications.words.deeds import undated_line
from notifications.words.kinds import (
    MAX_KINDS_IN_SUBJECT,
    WORDINGS,
    can_acknowledge,
    counted_in_words,
    waits_for,
)
from notifications.words.lines import Audience as Audience
from notifications.words.lines import Line, LineWriter, urgency_in_words

PREVIEW_SIZE = 50
"""Notices that a digest lists; the rest are counted."""

_SHORT_PREVIEW_SIZE = 5

_PAGES = {Desk.COORDINATOR: "/desk"}
"""The page with everything for a desk, if not the office's own list."""


@dataclass(frozen=True)
class Digest:
    """One message to one recipient; ``short`` is for services that take only a few words, ``buttons`` for chats."""

    subject: str
    text: str
    html: str
    short: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Section:
    kind: str
    heading: str
    total: int
    lines: tuple[Line, ...]


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
    grouped, also = _once_each(notices)
    counts = [WORDINGS[kind].count(len(of_kind), audience.language) for kind, of_kind in grouped.items() if of_kind]
    named = notices if plan.has_several else ()
    directives = list(dict.fromkeys(plan.directive_of(notice.subtask) for notice in named))
    urgency = urgency_in_words(max((notice.urgency for notice in notices), key=_RANKS.__getitem__), audience.language)
    subject = _subject(counts, audience, " · ".join(["", *(each.code for each in directives)]), urgency)
    subject += _nearest_due(notices, now, audience.language)
    writer = LineWriter(plan, calendar, now, audience)
    room, sections = PREVIEW_SIZE, []
    for kind, of_kind in grouped.items():
        listed, room = of_kind[:room], max(0, room - len(of_kind))
        if listed:
            lines = tuple(writer.line(notice, also.get(notice.assignment_id, ())) for notice in listed)
            sections.append(_Section(kind.value, WORDINGS[kind].heading(audience.language), len(of_kind), lines))
    context = {
        "subject": subject,
        "office": audience.office_name,
        "desk": audience.desk.value,
        "sample": audience.sample,
        "urgency": urgency,
        "signed": audience.signed,
        "reply_to": audience.reply_to,
        "directive": "; ".join(each.title_vi if audience.language == "vi" else each.title_en for each in directives),
        "sections": sections,
        "counted": counted_in_words(notices, audience.language),
        "undated": undated_line(undated, audience.language),
        "unlisted": sum(map(len, grouped.values())) - sum(len(section.lines) for section in sections),
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
        buttons=_buttons(str(context["acknowledge_link"]), str(context["link"]), audience.language),
    )


def _once_each(
    notices: Sequence[NoticeFacts],
) -> tuple[dict[NoticeKind, list[NoticeFacts]], dict[int, list[NoticeFacts]]]:
    """Each assignment once, under its weightiest kind, and what else is told of it; messages that did not arrive are
    each told by itself."""
    grouped: dict[NoticeKind, list[NoticeFacts]] = {kind: [] for kind in WORDINGS}
    also: dict[int, list[NoticeFacts]] = {}
    order = {kind: place for place, kind in enumerate(WORDINGS)}
    for notice in sorted(notices, key=lambda notice: order[notice.kind]):
        if notice.kind is not NoticeKind.UNDELIVERABLE and notice.assignment_id in also:
            also[notice.assignment_id].append(notice)
            continue
        grouped[notice.kind].append(notice)
        if notice.kind is not NoticeKind.UNDELIVERABLE:
            also[notice.assignment_id] = []
    return grouped, also


_RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


def _nearest_due(notices: Sequence[NoticeFacts], now: datetime, language: str) -> str:
    """The nearest due date of what waits for an office; where all are past, since when the first one is."""
    dated = [notice for notice in notices if waits_for(notice) and notice.timing is Timing.DATED]
    if not dated:
        return ""
    ahead = [notice.due_date for notice in dated if notice.due_at > now]
    day = min(ahead or [notice.due_date for notice in dated])
    if language == "vi":
        return f" – {'hạn gần nhất' if ahead else 'quá hạn từ'} {day:%d/%m/%Y}"
    return f" – {'nearest due' if ahead else 'overdue since'} {day:%d/%m/%Y}"


def _subject(counts: Sequence[str], audience: Audience, directives: str, urgency: str) -> str:
    """The subject; ``directives`` follow the mark, where there are several."""
    kinds = ", ".join(counts[:MAX_KINDS_IN_SUBJECT]) + (" …" if len(counts) > MAX_KINDS_IN_SUBJECT else "")
    if audience.language == "vi":
        mark = f"[Đôn đốc{directives} – MẪU]" if audience.sample else f"[Đôn đốc{directives}]"
    else:
        mark = f"[dondoc{directives} – SAMPLE]" if audience.sample else f"[dondoc{directives}]"
    return f"{mark} {f'{urgency} – ' if urgency else ''}{audience.office_name}: {kinds}"


def _buttons(acknowledge: str, link: str, language: str) -> tuple[tuple[str, str], ...]:
    vi = language == "vi"
    first = ((("Tiếp nhận việc mới" if vi else "Acknowledge new work"), acknowledge),) if acknowledge else ()
    return *first, ("Mở trang đôn đốc" if vi else "Open the page", link)


def _short(subject: str, sections: Sequence[_Section], link: str) -> str:
    lines = [f"[{line.number}] {line.title}, {line.due}" for section in sections for line in section.lines]
    rest = [f"… +{len(lines) - _SHORT_PREVIEW_SIZE}"] if len(lines) > _SHORT_PREVIEW_SIZE else []
    return "\n".join([subject, *lines[:_SHORT_PREVIEW_SIZE], *rest, link])


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
