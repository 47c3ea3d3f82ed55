"""An assignment as the command shows it: as a line, as JSON, with its whole history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from cli.output import json_row
from config.catalogue.plan import Plan
from config.clock import HANOI
from config.rules.due_words import dated, dated_at, due_in_words, original_clause
from config.rules.kinds import Timing
from config.text.counts import thousands
from models.tables.assignment import Assignment
from models.tables.lifecycle import STATE_WORDS, Role, Status
from models.tables.report import Attachment
from models.work.deeds.facts import DeedFacts
from models.work.directive_deeds.left_over import LeftOver
from models.work.queries import History
from models.work.rows import AssignmentRow
from notifications.words.deeds import deed_sentence
from portal.words import word
from reports.wording import status_vi

_IN_JSON = """
id priority subtask step variant period office role lead_office monitor_office status state urgency occasion
delegated_to timing due_date original_due_date due_at rule basis explanation_vi explanation_en next_alert_at
suspended_at
"""


def title_of(plan: Plan, assignment: Assignment | AssignmentRow, occasion: str) -> str:
    return plan.step_title(assignment.subtask, assignment.step, assignment.variant, occasion=occasion)


def role_vi(role: Role) -> str:
    return "chủ trì" if role is Role.LEAD else "phối hợp"


def assignment_json(assignment: Assignment | AssignmentRow, status: Status, occasion: str) -> dict[str, Any]:
    computed = {
        "status": status,
        "occasion": occasion,
        "due_date": dated(assignment.due_date),
        "original_due_date": dated(assignment.original_due_date),
        "due_at": dated_at(assignment.due_at),
    }
    return json_row(
        {name: computed[name] if name in computed else getattr(assignment, name) for name in _IN_JSON.split()}
    )


def history_json(
    found: History, plan: Plan, files: Sequence[Attachment] = (), left: LeftOver | None = None
) -> dict[str, Any]:
    subtask = plan.subtask(found.assignment.subtask)
    return {
        "assignment": assignment_json(found.assignment, found.status, found.occasion),
        "title_vi": subtask.title_vi,
        "title_en": subtask.title_en,
        "quote": subtask.quote,
        "left_over": {"deed": left.by.id, "given_to": left.given_to, "words": left.in_words(plan)[0]} if left else None,
        "group": [
            {name: getattr(member, name) for name in ("id", "office", "role", "state", "timing")}
            | {"due_date": dated(member.due_date)}
            for member in found.group
        ],
        "reports": [r.model_dump(mode="json") for r in found.reports],
        "files": [file.model_dump(mode="json", exclude={"assignment_id"}) for file in files],
        "questions": [q.model_dump(mode="json", exclude={"assignment_id", "submission"}) for q in found.questions],
        "contributions": [
            c.model_dump(mode="json", exclude={"assignment_id", "submission"}) for c in found.contributions
        ],
        "extensions": [e.model_dump(mode="json") for e in found.extensions],
        "notices": [n.model_dump(mode="json", exclude={"run_key"}) for n in found.notices],
        "deeds": [
            json_row(
                asdict(each) | {"from_due_date": dated(each.from_due_date), "to_due_date": dated(each.to_due_date)}
            )
            for each in found.deeds
        ],
        "events": [json_row({"at": e.at, "actor": e.actor, "verb": e.verb, "facts": e.details}) for e in found.events],
    }


def print_history(found: History, plan: Plan, files: Sequence[Attachment] = (), left: LeftOver | None = None) -> None:
    done, subtask = found.assignment, plan.subtask(found.assignment.subtask)
    print(f"Việc số {done.id}: {done.subtask} {title_of(plan, done, found.occasion)}")
    print(f"  Chỉ đạo: «{subtask.quote}»")
    print(f"  Kỳ: {done.period} · {plan.office(done.office).name_vi} ({role_vi(done.role)})")
    print(f"  Hạn: {_due_text(done)} · {done.explanation_vi}")
    print(f"  Căn cứ của hạn: {_word('basis', done.basis)}")
    status = status_vi(found.status, done.state, is_dated=done.timing is Timing.DATED)
    print(f"  Tình trạng: {STATE_WORDS[done.state][0]} · {status.lower()}")
    if found.taken_over_by:
        print(f"  Nay do: {', '.join(plan.office(office).name_vi for office in found.taken_over_by)}")
    if left:
        print(f"  Lưu ý: {left.in_words(plan)[0]}")
    if done.delegated_to:
        print(f"  Bộ phận thực hiện: {done.delegated_to}")
    print("  Cùng thực hiện:")
    for other in found.group:
        name, (state, _) = plan.office(other.office).name_vi, STATE_WORDS[other.state]
        print(f"    {other.id}: {name} ({role_vi(other.role)}) – {state}")
    if files:
        print("  Tệp kèm theo:")
    versions = {report.id: report.version for report in found.reports}
    for file in files:
        print(f"    {file.name} · {_file_text(file, versions.get(file.report_id))}")
    if found.contributions:
        print("  Góp ý của cơ quan phối hợp:")
    for each in found.contributions:
        when = f"{each.contributed_at.astimezone(HANOI):%d/%m/%Y %H:%M}"
        print(f"    {when}  {plan.office(each.office).name_vi}: {each.text}")
    print("  Quá trình:")
    for event in found.entries:
        who, _, office = event.actor.partition(":")
        name = plan.office(office).name_vi if who == "office" and office else _word("actor", who)
        when = f"{event.at.astimezone(HANOI):%d/%m/%Y %H:%M}"
        if isinstance(event, DeedFacts):
            print(f"    {when}  {name}: {deed_sentence(event, plan, 'vi')} (quyết định số {event.deed})")
        else:
            print(f"    {when}  {name}: {_word('verb', event.verb)}{_event_details(event.details)}")


def _word(kind: str, value: str) -> str:
    return word(kind, value, "vi")


def _event_details(details: Mapping[str, Any]) -> str:
    """The details of an event that readers need; the rest is for the audit trail."""
    parts = (
        " (tiến độ, việc còn tiếp tục)" if details.get("interim") else "",
        f" {details['name']}" if "name" in details else "",
        f" (lần {details['version']})" if "version" in details else "",
        f" đến {date.fromisoformat(details['until']):%d/%m/%Y}" if details.get("until") else "",
        f" cho {details['to']}" if details.get("to") else "",
        f" – {details['reason']}" if details.get("reason") else "",
    )
    return "".join(parts)


def _file_text(file: Attachment, version: int | None) -> str:
    where = f"báo cáo lần {version}" if version else "kèm góp ý" if file.contribution_id else "chưa gửi"
    unread = "" if file.readable else " · có trang là ảnh, chưa kiểm tra được nội dung"
    return f"{thousands(file.size)} byte · SHA-256 {file.sha256} · {where}{unread}"


def _due_text(done: Assignment) -> str:
    text = due_in_words(done)
    if done.due_date == done.original_due_date:
        return text
    return f"{text} ({original_clause(done.original_due_date, done.original_timing)})"
