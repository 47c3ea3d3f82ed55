"""What a deed did to an assignment, in words: for letters, pages and the command."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from config.catalogue.plan import Plan
from config.rules.due import NO_DATE
from config.rules.due_words import HasDue, change_clause, due_in_words
from config.rules.kinds import Timing
from models.alerts.notices import parse_contribution_rung, parse_joint_rung
from models.delivery.deed_notices import DeedNotice
from models.tables.deed import ItemKind
from models.tables.lifecycle import VERB_WORDS, NoticeKind, State
from models.work.deeds.facts import DeedFacts


def change_in_words(deed: DeedFacts, plan: Plan, language: str, *, given_to: str = "") -> str:
    """What a deed changed, from what to what: "hạn từ 11/09/2023 thành 20/09/2023".

    given_to  the office that has it now, where another deed has given it on since
    """
    vi = language == "vi"

    def office(code: str) -> str:
        return plan.office(code).name_vi if vi else plan.office(code).name_en

    def parts() -> Iterator[str]:
        match deed.kind:
            case ItemKind.MADE:
                yield f"giao việc cho {office(deed.to_office)}" if vi else f"assigned to {office(deed.to_office)}"
            case ItemKind.WITHDRAWN:
                yield "thu hồi việc" if vi else "withdrawn"
            case ItemKind.RESTORED:
                yield "việc đã thu hồi được thực hiện lại" if vi else "withdrawn earlier, now assigned again"
            case ItemKind.REWORDED:
                yield (
                    "thời hạn tính theo quy tắc mới, ngày giữ nguyên"
                    if vi
                    else "due date follows a new rule, same date"
                )
            case ItemKind.MONITOR:
                yield "đổi cơ quan theo dõi" if vi else "monitor changed"
            case ItemKind.PARTIES:
                yield "đổi cơ quan cùng chủ trì, phối hợp" if vi else "joint leads or coordinating offices changed"
        if deed.changes_office and deed.from_office:
            old, new = office(deed.from_office), office(given_to or deed.to_office)
            yield f"chuyển từ {old} sang {new}" if vi else f"reassigned from {old} to {new}"
        if deed.moves_date and deed.from_due_date:
            before = deed.from_due_date, deed.from_timing
            yield change_clause(*before, deed.to_due_date, deed.to_timing, language)

    return "; ".join(parts())


def grounds_in_words(deed: DeedFacts, language: str) -> str:
    """By which paper, and from when where that is ahead: "theo 45/KH-UBND ngày 18/09/2023, có hiệu lực từ 01/10/2023";
    empty without either.
    """
    vi, found = language == "vi", list[str]()
    if deed.paper_number:
        on = f"{' ngày' if vi else ' of'} {deed.paper_date:%d/%m/%Y}" if deed.paper_date else ""
        found.append(f"{'theo' if vi else 'by'} {deed.paper_number}{on}")
    if (since := deed.holds_ahead_from) is not None:
        found.append(f"{'có hiệu lực từ' if vi else 'in force from'} {since:%d/%m/%Y}")
    return ", ".join(found)


def deed_sentence(deed: DeedFacts, plan: Plan, language: str) -> str:
    """All that a deed did to an assignment, and why, in one line of its history."""
    grounds = [words for words in (change_in_words(deed, plan, language), grounds_in_words(deed, language)) if words]
    return ", ".join(grounds) + (f" – {deed.reason}" if deed.reason else "")


def contributed_by(rung: str, plan: Plan, language: str) -> str:
    """Which named office has contributed, as the leads are told."""
    office = plan.office(parse_contribution_rung(rung))
    return f"góp ý của {office.name_vi}" if language == "vi" else f"contribution from {office.name_en}"


def joint_act(rung: str, plan: Plan, language: str) -> str:
    """What one of several joint leads did for all of them: "Sở Y tế đã báo cáo"."""
    verb, by = parse_joint_rung(rung)
    known = by in {each.code for each in plan.offices}
    if language == "vi":
        return f"{plan.office(by).name_vi if known else 'cơ quan đôn đốc'} đã {VERB_WORDS[verb][0]}"
    return f"{plan.office(by).name_en if known else 'the coordinator'} {VERB_WORDS[verb][1]}"


def deed_notes(
    kind: NoticeKind, told: DeedNotice, plan: Plan, language: str, *, office: str, state: State
) -> list[str]:
    """The notes of a deed's notice in a letter; the reason stands with those of all notices.

    office, state  of the assignment now
    """
    vi, deed = language == "vi", told.deed
    notes = []
    if kind is NoticeKind.REASSIGNED:
        now_with = plan.office(office).name_vi if vi else plan.office(office).name_en
        notes.append(
            f"nay do {now_with} thực hiện; cơ quan không còn phải thực hiện việc này"
            if vi
            else f"{now_with} now does this work; your office no longer has to"
        )
        if told.let_lapse:
            notes.append(
                "đề nghị gia hạn đã gửi không còn chờ quyết định"
                if vi
                else "the extension requested no longer awaits a decision"
            )
    elif kind is not NoticeKind.WITHDRAWN and deed.kind is not ItemKind.MADE:
        notes.append(change_in_words(_over_all(told), plan, language))
    if grounds := grounds_in_words(deed, language):
        notes.append(grounds)
    if (
        told.asks_anew
        and kind not in (NoticeKind.REASSIGNED, NoticeKind.INFORMED)
        and state is State.ASSIGNED
        and deed.kind is not ItemKind.MADE
    ):
        notes.append("đề nghị cơ quan tiếp nhận lại việc này" if vi else "please acknowledge it again")
    return [note for note in notes if note]


def _over_all(told: DeedNotice) -> DeedFacts:
    """From what the recipient was told last to what the last of the deeds left."""
    since = told.since
    return replace(
        told.deed,
        from_office=since.from_office,
        from_due_date=since.from_due_date,
        from_timing=since.from_timing,
    )


def pause_note(kind: NoticeKind, who: str, due: str, timing: Timing, vi: bool) -> str:
    """That an assignment was suspended or resumed, by whom, and what that means for the office."""
    if kind is NoticeKind.SUSPENDED:
        if vi:
            return f"{who} cho tạm dừng; không nhắc, không tính quá hạn cho đến khi được tiếp tục"
        return f"suspended by {who}; no reminders and not counted as overdue until it is resumed"
    if timing is Timing.DATED:
        due = f"hạn mới {due}" if vi else f"new due date {due}"
    return (
        f"{who} cho tiếp tục; {due}; tiếp nhận lại việc này"
        if vi
        else f"resumed by {who}; {due}; please acknowledge it again"
    )


def goes_on_note(due: HasDue, language: str) -> str:
    """That an accepted report was one on progress, and until when the work goes on."""
    vi, until = language == "vi", due_in_words(due, language)
    words = "ghi nhận tiến độ, việc còn tiếp tục" if vi else "accepted as progress; the work goes on"
    if due.due_date == NO_DATE:
        return words
    return f"{words}, hạn tiếp theo {until}" if vi else f"{words}, next due {until}"


_MAX_UNDATED = 12
"""Subtasks without a date that a letter to the coordinator names."""


def undated_line(subtasks: Sequence[str], language: str) -> str:
    """Which subtasks wait for the coordinator to set a date: a line of its letter, empty where none do."""
    if not subtasks:
        return ""
    listed = ", ".join(subtasks[:_MAX_UNDATED]) + (", …" if len(subtasks) > _MAX_UNDATED else "")
    if language == "vi":
        return f"Còn {len(subtasks)} nhiệm vụ chưa định hạn, chờ định ngày: {listed}."
    plural = "s" if len(subtasks) > 1 else ""
    return f"{len(subtasks)} subtask{plural} still without a due date, waiting for you to set one: {listed}."
