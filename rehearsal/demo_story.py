"""How the demo is told: one screen a month, or every day of it; at the end the board and what it all came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from rich.console import Console
from rich.markdown import Markdown
from sqlalchemy import func, select
from sqlmodel import col

from config.clock import end_of_day
from config.contacts.desks import Desk
from flows.steps import Summary
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import reading
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from models.work.queries import AssignmentFilter, assignments
from notifications.words.kinds import DESK_NAMES, WORDINGS
from rehearsal.acting_out import PerformedAct, morning_of
from rehearsal.behaviour import Act

_PREVIEW_SIZE = 6
"""Recipients named on a day or for a month; the others are counted."""

_COUNTED = ("assigned", "notices", "messages_sent", "messages_failed")


@dataclass
class Day:
    """A day on which the flows ran, and what was done until they ran again."""

    date: date
    summaries: Mapping[str, Summary]
    acts: Sequence[PerformedAct]


@dataclass
class Story:
    """What happens, told as it does.

    by_day  whether every day is told, or each month once it is over
    """

    console: Console
    store: Store
    by_day: bool
    _days: list[Day] = field(default_factory=list)
    _total: Counter[str] = field(default_factory=Counter)

    def tell(self, day: Day) -> None:
        """Tell a day, or keep it for its month; a month that is over is told."""
        if self._days and (self._days[-1].date.month != day.date.month):
            self.end_month()
        for summary in day.summaries.values():
            self._total.update({key: asdict(summary)[key] for key in _COUNTED})
        if self.by_day:
            self._tell_day(day)
        else:
            self._days.append(day)

    def end_month(self) -> None:
        """Tell what is kept, as one screen."""
        if not self._days:
            return
        first, last = self._days[0].date, self._days[-1].date
        runs = sum(len(day.summaries) for day in self._days)
        self._say(f"\n[bold]Tháng {first.month}/{first.year}[/bold]  {runs} lượt chạy trong {len(self._days)} ngày")
        for priority, (counted, end) in sorted(self._by_priority().items()):
            self._say(
                f"  {priority}: giao {counted['assigned']:>3}, nhắc {counted['notices']:>3}, gửi"
                f" {counted['messages_sent']:>3} thư; cuối tháng {end.overdue} quá hạn, {end.due_soon} sắp đến hạn"
            )
        for line in _acts_in_words(self.store, [act for day in self._days for act in day.acts]):
            self._say(f"    › {line}")
        self._tell_letters(first, last)
        self._days.clear()

    def _by_priority(self) -> dict[str, tuple[Counter[str], Summary]]:
        """The counts of the month and its last summary, by priority."""
        found: dict[str, tuple[Counter[str], Summary]] = {}
        for day in self._days:
            for priority, summary in day.summaries.items():
                counted = found.get(priority, (Counter(), summary))[0]
                counted.update({key: asdict(summary)[key] for key in _COUNTED})
                found[priority] = counted, summary
        return found

    def _tell_day(self, day: Day) -> None:
        self._say(f"\n[bold]{day.date:%d/%m/%Y}[/bold]")
        for priority, summary in day.summaries.items():
            self._say(
                f"  {priority}: giao {summary.assigned}, nhắc {summary.notices}, gửi {summary.messages_sent} thư;"
                f" quá hạn {summary.overdue}, sắp đến hạn {summary.due_soon}"
            )
        self._tell_letters(day.date, day.date)
        for line in _acts_in_words(self.store, day.acts):
            self._say(f"    › {line}")

    def _tell_letters(self, first: date, last: date) -> None:
        sent = _sent_between(self.store, first, last)
        for office, desk, kinds in sent[:_PREVIEW_SIZE]:
            self._say(f"    ✉ {self.store.plan.office(office).name_vi} ({DESK_NAMES[desk][0]}): {kinds}")
        if len(sent) > _PREVIEW_SIZE:
            self._say(f"    … và {len(sent) - _PREVIEW_SIZE} nơi nhận khác")

    def finish(self, last: date) -> None:
        """The board at the end of the last day and all counts, checked against the store and its audit trail."""
        from reports.board.board import board
        from reports.board.board_markdown import board_markdown

        end = end_of_day(last) - timedelta(minutes=1)
        with reading(self.store.engine) as connection:
            final = board(connection, now=end, calendar=self.store.calendar)
            checked = verify(connection)
            listed = assignments(connection, AssignmentFilter(), now=end)
            states = connection.execute(select(col(Notice.state), func.count()).group_by(col(Notice.state))).all()
        self._say("")
        if self.by_day:
            self.console.print(Markdown(board_markdown(final, self.store.plan)))
        total = self._total
        self._say("[bold]Tổng số[/bold]")
        self._say(f"  việc đã giao: {total['assigned']} (trên bảng: {final.total}, liệt kê: {len(listed)})")
        self._say(f"  thư đã gửi: {total['messages_sent']}, không gửi được: {total['messages_failed']}")
        counts = {NoticeState(state): count for state, count in states}
        self._say(
            "  nội dung nhắc: "
            + ", ".join(f"{count} {_NOTICE_VI[state]}" for state, count in sorted(counts.items(), key=str))
        )
        intact = "nguyên vẹn" if checked.broken_at is None else f"hỏng tại {checked.broken_at}"
        self._say(f"  nhật ký: {checked.events} sự kiện, {intact}")

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)


def _sent_between(store: Store, first: date, last: date) -> list[tuple[str, Desk, str]]:
    """Who was sent what: recipient and the kinds with their counts, the most severe first."""
    query = (
        select(col(Notice.office), col(Notice.desk), col(Notice.kind), func.count())
        .join(Message, col(Message.id) == col(Notice.message_id))
        .where(
            col(Notice.state) == NoticeState.SENT,
            col(Notice.sent_at) >= morning_of(first),
            col(Notice.sent_at) < end_of_day(last),
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


def _acts_in_words(store: Store, acts: Sequence[PerformedAct]) -> list[str]:
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
