"""Deadlines as a calendar (RFC 5545): one all-day event for each piece of work an office still has to hand in.

What a third party's calendar server may read of it is what stands in a letter's subject: work, office, date. The link
in an event leads to the sign-in of the portal and opens nothing by itself (``docs/decisions/0014-calendar-feeds.md``).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event, vDuration
from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import start_of_day
from config.rules.due import NO_DATE
from config.rules.periods import period_in_words
from config.rules.working_time import WorkingCalendar
from config.settings import Language
from models.alerts.status import both, in_plan, is_dated
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, ReportState, Role, State, Urgency
from models.tables.report import Extension, Report
from models.work.parties import own_work
from models.work.rows import ListedAssignment, read_rows, select_rows

MAX_EVENTS = 2000
"""Calendar programs grow slow beyond this; what falls due first is kept."""

LOOKBACK = timedelta(days=30)
"""For how long after its due date open work stays in the coordinator's calendar; in an office's it stays."""

ALARM_WORKING_DAYS = 3
"""An alarm so many working days ahead, at eight in the morning, and one on the day itself."""

_ADDRESS_NOTICE = timedelta(days=14)
_OFFICE_OPENS = timedelta(hours=8)
_REFRESHED_EVERY = timedelta(hours=4)
_ZONE = "Asia/Ho_Chi_Minh"

# RFC 5545, 3.8.1.9: 1 is the highest, 5 the middle.
_PRIORITY = {Urgency.NORMAL: 5, Urgency.URGENT: 3, Urgency.VERY_URGENT: 2, Urgency.EXPRESS: 1}

_WORDS: Mapping[str, Sequence[str]] = tomllib.loads(
    (Path(__file__).parent / "calendar_feed.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class FeedRequest:
    """Whose deadlines, in which language, and where the portal is.

    office    None: the coordinator's, which holds what lead offices hand in, a month back and onwards
    last_day  of the address the feed was had from, to be told of in time; None where there is none
    """

    office: str | None
    language: Language
    portal_url: str
    last_day: date | None = None


@dataclass(frozen=True)
class _Deadline(ListedAssignment):
    """An assignment that waits for its office, with the last moments at which its date or what is asked changed."""

    explanation_vi: str
    explanation_en: str
    assigned_at: datetime
    resumed_at: datetime | None
    granted_at: datetime | None
    returned_at: datetime | None


def calendar_feed(
    connection: Connection, request: FeedRequest, *, plan: Plan, calendar: WorkingCalendar, now: datetime
) -> bytes:
    """The feed as bytes, the same ones as long as nothing has changed: found in one query."""
    deadlines = _deadlines(connection, request.office, now, in_plan(plan))
    writer = _Writer(request, plan, calendar)
    feed = writer.head(cut_off=len(deadlines) > MAX_EVENTS)
    for each in deadlines[:MAX_EVENTS]:
        feed.add_component(writer.deadline(each))
    if request.last_day is not None:
        feed.add_component(writer.end_of_address(request.last_day))
    return bytes(feed.to_ical())


def _deadlines(
    connection: Connection, office: str | None, now: datetime, only: ColumnElement[bool] | None
) -> list[_Deadline]:
    own: ColumnElement[bool] = (
        and_(col(Assignment.role) == Role.LEAD, col(Assignment.due_at) > now - LOOKBACK)
        if office is None
        else own_work(connection, office)
    )
    granted_at = (
        select(func.max(col(Extension.decided_at)))
        .where(col(Extension.assignment_id) == col(Assignment.id), col(Extension.state) == ExtensionState.GRANTED)
        .scalar_subquery()
    )
    returned_at = (
        select(func.max(col(Report.decided_at)))
        .where(col(Report.assignment_id) == col(Assignment.id), col(Report.state) == ReportState.RETURNED)
        .scalar_subquery()
    )
    query = (
        select_rows(_Deadline, granted_at.label("granted_at"), returned_at.label("returned_at"))
        .where(both(own, only), is_dated, col(Assignment.state).in_(WAITING_FOR_OFFICE))
        .order_by(col(Assignment.due_at), col(Assignment.id))
        .limit(MAX_EVENTS + 1)
    )
    return read_rows(connection, _Deadline, query)


class _Writer:
    """Writes one feed's parts in its language."""

    def __init__(self, request: FeedRequest, plan: Plan, calendar: WorkingCalendar) -> None:
        self._request, self._plan, self._calendar = request, plan, calendar
        self._english = request.language == "en"
        self._warnings: dict[tuple[date, str], timedelta] = {}

    def head(self, *, cut_off: bool) -> Calendar:
        feed = Calendar()
        feed.add("version", "2.0")
        feed.add("prodid", f"-//dondoc//{self._plan.main_directive.code}//{self._request.language.upper()}")
        feed.add("calscale", "GREGORIAN")
        feed.add("method", "PUBLISH")
        whose = self._office(self._request.office) if self._request.office else self._say("all")
        feed.add("x-wr-calname", f"{self._say('name')} · {whose}")
        feed.add("name", f"{self._say('name')} · {whose}")
        feed.add("x-wr-timezone", _ZONE)
        # Standard (RFC 7986) and what Outlook reads.
        feed.add("refresh-interval", _REFRESHED_EVERY, parameters={"value": "DURATION"})
        feed.add("x-published-ttl", vDuration(_REFRESHED_EVERY), encode=False)
        if cut_off:
            feed.add("x-wr-caldesc", self._say("cut").format(count=MAX_EVENTS))
        return feed

    def deadline(self, row: _Deadline) -> Event:
        title = self._plan.step_title(row.subtask, row.step, row.variant, self._request.language, occasion=row.occasion)
        whose = "" if self._request.office else f" · {', '.join(map(self._office, row.leads))}"
        changes = (row.assigned_at, row.resumed_at, row.granted_at, row.returned_at)
        changed_at: datetime = max(each for each in changes if each is not None)
        event = self._event(
            f"assignment-{row.id}@{self._plan.directive_of(row.subtask).code.lower()}.dondoc",
            row.due_date,
            changed_at,
            f"{self._say('due')}: {title}{whose}",
        )
        # Grows whenever the date moves, without a counter: the seconds from the assigning to the last change.
        event.add("sequence", int((changed_at - row.assigned_at).total_seconds()))
        event.add("created", row.assigned_at)
        event.add("description", "\n".join(self._description(row, title)))
        event.add("categories", [row.priority, row.subtask])
        event.add("priority", _PRIORITY[row.urgency])
        event.add("url", self._page(row.id))
        for before in (self._warned_before(row.due_date, row.priority), timedelta()):
            event.add_component(self._alarm(title, _OFFICE_OPENS - before))
        return event

    def end_of_address(self, last_day: date) -> Event:
        words = f"{self._say('address')} {last_day:%d/%m/%Y}"
        made_at = start_of_day(date(last_day.year - 1, 1, 1))
        event = self._event(
            f"address-{last_day.year}@{self._plan.main_directive.code.lower()}.dondoc",
            last_day - _ADDRESS_NOTICE,
            made_at,
            words,
        )
        event.add("description", f"{self._say('address_why')}: {self._request.portal_url}/calendar")
        event.add_component(self._alarm(words, _OFFICE_OPENS))
        return event

    def _event(self, uid: str, on: date, changed_at: datetime, summary: str) -> Event:
        event = Event()
        event.add("uid", uid)
        event.add("dtstamp", changed_at)
        event.add("last-modified", changed_at)
        # A term that ends at 24:00 of a day is that day, wherever the calendar is read; its end is not part of it.
        event.add("dtstart", on)
        event.add("dtend", on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("status", "CONFIRMED")
        event.add("summary", summary)
        return event

    def _alarm(self, words: str, after_midnight: timedelta) -> Alarm:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", after_midnight)
        return alarm

    def _warned_before(self, due: date, priority: str) -> timedelta:
        key = due, self._calendar.named_of(priority)
        if key not in self._warnings:
            self._warnings[key] = due - self._calendar.of(priority).add(due, -ALARM_WORKING_DAYS)
        return self._warnings[key]

    def _description(self, row: _Deadline, title: str) -> list[str]:
        """What is asked, of whom and why then. No free text of a report, no name of a unit: others read this."""
        step = self._plan.subtask(row.subtask).form(row.step)
        lead = row.role is Role.LEAD
        role = self._say("lead" if lead else "with_all")
        if not lead and not self._plan.is_for_all_leads(row.lead_office, row.office):
            role = f"{self._say('coordinating')} {self._office(row.lead_office)}"
        lines = [f"{row.subtask} {title}", f"{self._say('office')}: {', '.join(map(self._office, row.leads))} ({role})"]
        period = period_in_words(row.period, self._request.language, occasion=row.occasion)
        lines.append(f"{self._say('period')}: {period}")
        if row.state is State.RETURNED:
            lines.append(f"! {self._say('returned')}")
        if lead and step.counts:
            labels = "; ".join(each.label_en if self._english else each.label_vi for each in step.counts)
            lines.append(f"{self._say('asked')}: {labels}")
        if lead and step.document == "required":
            lines.append(self._say("document"))
        if row.original_due_date not in (row.due_date, NO_DATE):
            lines.append(f"{self._say('original')}: {row.original_due_date:%d/%m/%Y}")
        lines.append(f"{self._say('basis')}: {row.explanation_en if self._english else row.explanation_vi}")
        lines.append(f"{self._say('open')}: {self._page(row.id)}")
        return lines

    def _page(self, assignment_id: int) -> str:
        return f"{self._request.portal_url}/assignments/{assignment_id}"

    def _office(self, code: str) -> str:
        office = self._plan.office(code)
        return office.name_en if self._english else office.name_vi

    def _say(self, what: str) -> str:
        return _WORDS[what][self._english]
