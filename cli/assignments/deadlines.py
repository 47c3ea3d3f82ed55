"""`dondoc due`: what any deadline comes to, explained."""

import typer

from cli.options import JSON
from cli.output import show_json
from config.catalogue.holidays import load_calendar
from config.clock import HANOI, parse_date, parse_instant
from config.rules.deadlines import Due, NeedsAnchor, NotDated, reading
from config.rules.grammar import FORMS, PHRASES, parse_rule
from config.rules.kinds import Timing
from config.settings import load_settings

_NO_DATE = {
    Timing.UNDATED: "chưa có hạn / no date yet",
    Timing.STANDING: "thường xuyên, không có hạn / standing, never due",
    Timing.AFTER: "chờ việc khác / waits for another subtask",
}


def _rules() -> str:
    """Phrases, then every short form with its meaning and its basis, a paragraph each, in both languages."""
    # \b keeps the lines of a paragraph as they are.
    vi = [f"\b\n{phrase}\n  {meaning}" for phrase, meaning, _ in PHRASES]
    en = [f"\b\n{phrase}\n  {meaning}" for phrase, _, meaning in PHRASES]
    forms_vi = [f"\b\n{form}\n  {meaning}\n  căn cứ: {basis}" for form, meaning, _, basis in FORMS]
    forms_en = [f"\b\n{form}\n  {meaning}\n  basis: {basis}" for form, _, meaning, basis in FORMS]
    return (
        "\n\n".join(["Viết như trong văn bản:", *vi, "Hoặc viết gọn:", *forms_vi])
        + " / "
        + "\n\n".join(["As documents say it:", *en, "Or in a short form:", *forms_en])
    )


RULES = _rules()


def due_command(
    rule: str = typer.Argument(
        metavar="DEADLINE",
        help="Thời hạn, bằng lời hoặc viết gọn như ở dưới. / The deadline, in words or in a short form as below.",
    ),
    start: str = typer.Option(
        "",
        "--from",
        metavar="YYYY-MM-DD[THH:MM]",
        help="Ngày, giờ làm mốc; không cần khi thời hạn đã ghi đủ năm. / The date or time to count from; not needed "
        "if the deadline gives its year.",
    ),
    json_: bool = JSON,
) -> None:
    """Print the due date of a deadline, with its explanation in both languages."""
    own = load_settings().plan_dir / "calendar.yaml"
    calendar = load_calendar(own) if own.exists() else load_calendar()
    read = parse_rule(rule)
    at = parse_instant(start) if ":" in start else None
    try:
        answer = reading(
            read,
            calendar=calendar,
            anchor=parse_date(start, "--from") if start and at is None else None,
            at=at,
            words="" if str(read).casefold() == "".join(rule.split()).casefold() else " ".join(rule.split()),
        )
    except NeedsAnchor as missing:
        raise typer.BadParameter(f"{missing} ({missing.en})", param_hint="--from") from None
    if json_:
        show_json({"timing": read.timing.value, **_facts(answer, calendar.version)})
        return
    print(f"{answer.due_date:%d/%m/%Y}" if isinstance(answer, Due) else _NO_DATE[answer.timing])
    print(answer.explanation_vi)
    print(answer.explanation_en)


def _facts(answer: Due | NotDated, calendar_version: str) -> dict[str, object]:
    due = answer if isinstance(answer, Due) else None
    return {
        "rule": answer.rule,
        "due_date": due and due.due_date.isoformat(),
        "due_at": due and due.due_at.astimezone(HANOI).isoformat(),
        "explanation_vi": answer.explanation_vi,
        "explanation_en": answer.explanation_en,
        "provisional": due is not None and due.provisional,
        "calendar_version": calendar_version,
    }
