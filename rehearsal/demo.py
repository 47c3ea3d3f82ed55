"""`dondoc demo`: the directive from 17/8 to 31/12/2023, replayed with the real flows on a throw-away store.

Every run of a flow is a Prefect run with ``as_of``; between two of them the offices act by the verbs that people use.
The flows run twice a week at first and later once, not twice a day: alerts come from the state of things, so a later
run says what an earlier one would have said, and the half year fits into a minute.
"""

import os
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pendulum
from rich.console import Console
from rich.markdown import Markdown
from sqlalchemy import func, select
from sqlmodel import col

from config.clock import end_of_day
from config.contacts.desks import Desk
from config.settings import Settings, load_settings
from flows.forms import FORMS, FollowUpForm, fill_in
from flows.steps import Summary
from hosting.prefect.connection import reach_prefect, run_here
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import reading, session_scope
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.work.directives import issue_directive
from models.work.queries import AssignmentFilter, assignments
from notifications.words.kinds import DESK_NAMES, WORDINGS
from rehearsal.acting_out import PerformedAct, act_out, is_anything_to_do, morning_of
from rehearsal.behaviour import Act
from rehearsal.throwaway import throwaway_settings, unsynced_store

FIRST_DAY = date(2023, 8, 17)
LAST_DAY = date(2023, 12, 31)
NUMBER = "123-TB/TU"

_WEEKLY = (date(2023, 10, 1), date(2023, 12, 25))
"""By October every kind of event has come up: Tuesdays are enough until the last week, which tells the end."""

_LISTED_RECIPIENTS = 6
"""Recipients named on a day of the story; the others are counted."""


def play(*, keep: bool) -> int:
    """Play the demo to its end; returns the exit code. ``keep`` leaves the store for looking around in it."""
    # The story is told here; what each run logs would drown it.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    home = Path(tempfile.mkdtemp(prefix="dondoc-demo-"))
    settings = throwaway_settings(load_settings(), home)
    try:
        _Demo(settings).play()
    finally:
        if keep:
            print(f"\nKho dữ liệu diễn tập: DONDOC_DATA_DIR={home} dondoc assignment list")
        else:
            shutil.rmtree(home, ignore_errors=True)
    return 0


class _Demo:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._console = Console(highlight=False)
        self._total: Counter[str] = Counter()
        self._runs = 0

    def play(self) -> None:
        began = time.monotonic()
        self._say("[bold]Diễn tập: chỉ đạo ngày 17/8/2023, theo dõi đến 31/12/2023[/bold]")
        self._say("Đang mở máy chủ Prefect tạm thời …")
        with unsynced_store(self._settings) as store, reach_prefect(self._settings):
            self._issue(store)
            day = FIRST_DAY
            while day <= LAST_DAY:
                coming = _next_round(store, day)
                self._play_days(store, day, until=coming - timedelta(days=1))
                day = coming
            self._finish(store)
        self._say(f"\nXong sau {time.monotonic() - began:.0f} giây, {self._runs} lượt chạy Prefect.")

    def _issue(self, store: Store) -> None:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=morning_of(FIRST_DAY), actor="coordinator")
            issue_directive(session, number=NUMBER, on_date=FIRST_DAY, context=context)
        self._say(f"Đăng ký văn bản giao việc [bold]{NUMBER}[/bold] ngày {FIRST_DAY:%d/%m/%Y}: mốc ISSUE.")

    def _play_days(self, store: Store, day: date, *, until: date) -> None:
        """The flows in the morning of ``day``, then what the offices and the coordinator do through ``until``."""
        now = morning_of(day)
        summaries = {
            priority: self._run(priority, fill_in(priority, {"as_of": now}, store.plan))
            for priority in FORMS
            if is_anything_to_do(store, priority, now)
        }
        acts = act_out(store, day - timedelta(days=1), min(until, LAST_DAY))
        if summaries or acts:
            self._tell_day(store, day, summaries, acts)

    def _run(self, priority: str, form: FollowUpForm) -> Summary:
        self._runs += 1
        summary = run_here(priority, form)
        for key in ("assigned", "notices", "messages_sent", "messages_failed"):
            self._total[key] += asdict(summary)[key]
        return summary

    def _tell_day(self, store: Store, day: date, summaries: dict[str, Summary], acts: list[PerformedAct]) -> None:
        self._say(f"\n[bold]{day:%d/%m/%Y}[/bold]")
        for priority, summary in summaries.items():
            self._say(
                f"  {priority}: giao {summary.assigned}, nhắc {summary.notices}, gửi {summary.messages_sent} thư;"
                f" quá hạn {summary.overdue}, sắp đến hạn {summary.due_soon}"
            )
        sent = _sent_on(store, day)
        for office, desk, kinds in sent[:_LISTED_RECIPIENTS]:
            name = store.plan.office(office).name_vi
            self._say(f"    ✉ {name} ({DESK_NAMES[desk][0]}): {kinds}")
        if len(sent) > _LISTED_RECIPIENTS:
            self._say(f"    … và {len(sent) - _LISTED_RECIPIENTS} nơi nhận khác")
        for line in _acts_in_words(store, acts):
            self._say(f"    › {line}")

    def _finish(self, store: Store) -> None:
        from reports.board.board import board
        from reports.board.board_markdown import board_markdown

        end = end_of_day(LAST_DAY) - timedelta(minutes=1)
        with reading(store.engine) as connection:
            final = board(connection, now=end, calendar=store.calendar)
            checked = verify(connection)
            listed = assignments(connection, AssignmentFilter(), now=end)
            states = connection.execute(select(col(Notice.state), func.count()).group_by(col(Notice.state))).all()
        self._say("")
        self._console.print(Markdown(board_markdown(final, store.plan)))
        self._say("\n[bold]Tổng số[/bold]")
        self._say(f"  việc đã giao: {self._total['assigned']} (trên bảng: {final.total}, liệt kê: {len(listed)})")
        self._say(f"  thư đã gửi: {self._total['messages_sent']}, không gửi được: {self._total['messages_failed']}")
        counts = {NoticeState(state): count for state, count in states}
        self._say(
            "  nội dung nhắc: "
            + ", ".join(f"{count} {_NOTICE_VI[state]}" for state, count in sorted(counts.items(), key=str))
        )
        intact = "nguyên vẹn" if checked.broken_at is None else f"hỏng tại {checked.broken_at}"
        self._say(f"  nhật ký: {checked.events} sự kiện, {intact}")

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)


def _next_round(store: Store, day: date) -> date:
    """The next Tuesday or Friday that is a working day; in the weekly part only Tuesdays."""
    coming = store.calendar.add(day, 1)
    while not _is_round(coming):
        coming = store.calendar.add(coming, 1)
    return coming


def _is_round(day: date) -> bool:
    first, last = _WEEKLY
    return day.weekday() == pendulum.TUESDAY or (day.weekday() == pendulum.FRIDAY and not first <= day <= last)


def _sent_on(store: Store, day: date) -> list[tuple[str, Desk, str]]:
    """Who was sent what on a day: recipient and the kinds with their counts, the most severe first."""
    query = (
        select(col(Notice.office), col(Notice.desk), col(Notice.kind), func.count())
        .join(Message, col(Message.id) == col(Notice.message_id))
        .where(
            col(Notice.state) == NoticeState.SENT,
            col(Notice.sent_at) >= morning_of(day),
            col(Notice.sent_at) < end_of_day(day),
        )
        .group_by(col(Notice.office), col(Notice.desk), col(Notice.kind))
    )
    with reading(store.engine) as connection:
        rows = connection.execute(query).all()
    counts: dict[tuple[str, Desk], dict[NoticeKind, int]] = {}
    for office, desk, kind, count in rows:
        counts.setdefault((office, desk), {})[kind] = count
    order = list(WORDINGS)
    return [
        (*to, ", ".join(f"{told[kind]} {wording.count_vi}" for kind, wording in WORDINGS.items() if kind in told))
        for to, told in sorted(counts.items(), key=lambda each: (min(map(order.index, each[1])), each[0]))
    ]


def _acts_in_words(store: Store, acts: list[PerformedAct]) -> list[str]:
    """What was done, by kind of act; one example is named and the rest counted."""
    lines = []
    for act in Act:
        of_act = [each for each in acts if each.planned.act is act]
        if of_act:
            first = of_act[0]
            name = store.plan.office(first.office).name_vi
            more = f" và {len(of_act) - 1} việc khác" if len(of_act) > 1 else ""
            lines.append(f"{name} {act.value}: việc {first.assignment_id} ({first.subtask}){more}")
    return lines


_NOTICE_VI = {
    NoticeState.PENDING: "chờ gửi",
    NoticeState.SENT: "đã gửi",
    NoticeState.SUPERSEDED: "được bậc cao hơn thay thế",
    NoticeState.CANCELLED: "hủy vì không còn đúng",
    NoticeState.DEAD: "không gửi được",
}
