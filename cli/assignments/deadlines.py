"""`dondoc due`: work out any deadline rule and say how."""

import typer

from cli.output import JsonFlag, show_json
from config.catalogue.calendar import load_calendar
from config.clock import HANOI, parse_date
from config.rules.deadlines import due
from config.rules.grammar import FORMS
from config.settings import load_settings


def _rules() -> str:
    """Every form of rule with its meaning and what it rests on, as a paragraph of the help for each."""
    # \b keeps the lines of a paragraph as they are.
    told = [f"\b\n{form}\n  {vi}\n  {en}\n  căn cứ (basis): {basis}" for form, vi, en, basis in FORMS]
    return "\n\n".join(["Các dạng quy tắc, forms of rules:", *told])


RULES = _rules()


def due_command(
    rule: str = typer.Argument(
        metavar="RULE", help="Quy tắc tính hạn, một trong các dạng ở dưới. One of the forms below."
    ),
    start: str = typer.Option(
        ..., "--from", metavar="YYYY-MM-DD", help="Ngày làm mốc tính hạn. The date counted from."
    ),
    json_: bool = JsonFlag,
) -> None:
    """Tính thời hạn theo một quy tắc và giải thích. Work out a deadline and explain it."""
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
