"""The texts of a plan that comes from outside, held against the boundary as what is typed into its forms is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.boundary import Strength, pieces, refuse_personal_or_secret
from config.catalogue.faults import PlanErrors
from config.catalogue.folders import CALENDAR, folder_of, in_folder
from config.catalogue.plan import Plan
from config.catalogue.writing import SOURCE, plan_contents
from config.errors import Refused, refuse_all
from config.rules.working_time import WorkingCalendar
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from, source_digest


def plan_sent(path: Path, in_force: PlanInForce, today: date) -> tuple[Plan, WorkingCalendar]:
    """``plan_from`` of what somebody sends; raises ``Refused`` with every text too that may not be kept.

    What the plan in force says already is not asked about again.
    """
    plan, calendar = plan_from(path, in_force, today)
    standing = {text for _, text, _ in _texts(in_force.plan, in_force.calendar)}
    faults = list[Refused]()
    for place, text, strength in _texts(plan, calendar):
        if text not in standing:
            try:
                refuse_personal_or_secret(text, place, place, strength)
            except Refused as refused:
                faults.append(refused)
    refuse_all(faults)
    return plan, calendar


def plan_from_texts(texts: Mapping[str, str], in_force: PlanInForce, today: date) -> tuple[Plan, WorkingCalendar, str]:
    """``plan_sent`` of files, by their path in the folder, with their ``source_digest``.

    One file alone is one file of a plan. Raises ``Refused`` with every fault, and for a path that is none of a plan.
    """
    if wrong := [path for path in texts if not _PATH.fullmatch(path)]:
        raise Refused(
            f"Tệp «{wrong[0][:60]}»: tên tệp như «p1.yaml», «01-chi-dao/directive.yaml», «van-ban.txt».",
            f"File '{wrong[0][:60]}': names are like 'p1.yaml', '01-directive/directive.yaml' or 'van-ban.txt'.",
        )
    with TemporaryDirectory() as folder:
        for path, text in texts.items():
            (Path(folder) / folder_of(path)).mkdir(exist_ok=True)
            (Path(folder) / path).write_text(text, encoding="utf-8")
        source = Path(folder) / next(iter(texts)) if len(texts) == 1 else Path(folder)
        try:
            return *plan_sent(source, in_force, today), source_digest(source)
        except PlanErrors as faults:
            refuse_all([Refused(str(each), each.en) for each in faults.errors])
            raise


_PATH = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,60}/)?[a-z0-9][\w-]{0,60}\.(?:yaml|txt)", re.ASCII)


def _texts(plan: Plan, calendar: WorkingCalendar) -> Iterator[tuple[str, str, Strength]]:
    """Every text with its place («p1.yaml, T1.2, title_vi»); a directive's own text is a paper, in pieces."""
    for file, content in plan_contents(plan).items():
        source = content.pop("source", None)
        yield from ((f"{file}, {place}", text, Strength.TYPED) for place, text in _strings(content, ()))
        if source is not None:
            paper = in_folder(folder_of(file), SOURCE)
            yield from ((paper, piece, Strength.EVIDENCE) for piece in pieces(source))
    for days in (calendar, *calendar.own.values()):
        for each in days.overrides:
            said = asdict(each)
            for name in ("document", "note_vi", "note_en"):
                yield f"{CALENDAR}, {each.date:%d/%m/%Y}, {name}", said[name], Strength.TYPED


def _strings(content: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The texts of a file, each with the codes and names that lead to it."""
    if isinstance(content, str):
        yield ", ".join(path), content
    elif isinstance(content, dict):
        for key, value in content.items():
            named = not isinstance(value, list) or all(not _code(each) for each in value)
            yield from _strings(value, (*path, key) if named else path)
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from _strings(value, (*path, _code(value) or f"{place + 1}"))


def _code(value: Any) -> str:
    return str(value.get("code") or value.get("key") or "") if isinstance(value, dict) else ""
