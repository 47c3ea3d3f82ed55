"""`dondoc due`: the due date of any deadline rule, explained."""

import typer

from cli.options import JSON
from cli.output import show_json
from config.catalogue.holidays import load_calendar
from config.clock import HANOI, parse_date
from config.rules.deadlines import due
from config.rules.grammar import FORMS
from config.settings import load_settings


def _rules() -> str:
    """Every form of rule with its meaning and its basis, a paragraph each, in Vietnamese and in English."""
    # \b keeps the lines of a paragraph as they are.
    vi = [f"\b\n{form}\n  {meaning}\n  căn cứ: {basis}" for form, meaning, _, basis in FORMS]
    en = [f"\b\n{form}\n  {meaning}\n  basis: {basis}" for form, _, meaning, basis in FORMS]
    return "\n\n".join(["Các dạng quy tắc:", *vi]) + " / " + "\n\n".join(["Forms of rules:", *en])


RULES = _rules()


def due_command(
    rule: str = typer.Argument(
        metavar="RULE", help="Quy tắc tính hạn, một trong các dạng ở dưới. / The rule, in one of the forms below."
    ),
    start: str = typer.Option(
        ..., "--from", metavar="YYYY-MM-DD", help="Ngày làm mốc tính hạn. / The day to count from."
    ),
    json_: bool = JSON,
) -> None:
    """Print the due date of a rule, with its explanation in both languages."""
    settings = load_settings()
    calendar = load_calendar(settings.plan_dir / "calendar.yaml")
    term = due(rule, calendar=calendar, anchor=parse_date(start, "--from"))
    if json_:
        show_json(
            {
                "rule": str(term.rule),
                "due_date": term.due_date.isoformat(),
                "due_at": term.due_at.astimezone(HANOI).isoformat(),
                "explanation_vi": term.explanation_vi,
                "explanation_en": term.explanation_en,
                "provisional": term.provisional,
                "calendar_version": term.calendar_version,
            }
        )
        return
    print(f"{term.due_date:%d/%m/%Y}")
    print(term.explanation_vi)
    print(term.explanation_en)
