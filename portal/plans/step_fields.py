"""The fields of one step in the form of a subtask, and the step that they say.

Only what was changed in the form is changed in the step: a field that shows a rule in words never rewrites it unseen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.catalogue.demands import Product, key_of
from config.catalogue.fields import WITH_LEAD
from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from config.catalogue.subtasks import Subtask
from config.clock import parse_date
from config.errors import Refused
from config.rules.grammar import parse_rule
from config.rules.kinds import FromClose
from config.rules.reading.written import reads_back, written
from models.plans.documents import Content
from portal.plans.lines import as_lines, from_lines

Fields = dict[str, str]

MOST_ROWS = 60
"""Steps, quotes, targets, counts, checks or parts for which a form may ask; what is filled in is never cut off."""

STATED = "stated"
OPENED_BY = ("event", "document")
_COUNT = re.compile(r"\d{1,5}", re.ASCII)


def step_fields(plan: Plan, subtask: Subtask, step: Step, prefix: str) -> Fields:
    """The fields of a step, by name, as the form shows them."""
    coordinates = step.coordinating
    asks = step.due.coordinating is not None
    shown = {
        "key": step.key,
        "title": step.title_vi if step.title_vi != subtask.title_vi else "",
        "opens": step.trigger if step.trigger in OPENED_BY else "",
        "due": _due_of(step),
        "said": step.words_of("lead") if step.words_of("lead") != _due_of(step) else "",
        "basis": subtask.basis_of(step, "lead"),
        "lead": as_lines(plan, step.lead),
        "how": "each" if leads_apart(plan, step) else "joint",
        "asked": as_lines(plan, coordinates if asks else ()),
        "asked_due": _asked_due(step),
        "named": as_lines(plan, step.named if asks else (*coordinates, *step.named)),
        "per_copy": "yes" if step.per_copy else "",
        "report_to": as_lines(plan, step.report_to),
        "depends_on": "; ".join(step.depends_on),
        "valid_from": f"{step.valid_from:%d/%m/%Y}" if step.valid_from else "",
        "valid_to": f"{step.valid_to:%d/%m/%Y}" if step.valid_to else "",
        **product_fields(step.product),
        "v.n": str(len(step.variants)),
    }
    for place, part in enumerate(step.variants):
        shown |= {
            f"v{place}.key": part.key,
            f"v{place}.title": part.title_vi,
            f"v{place}.lead": as_lines(plan, part.lead),
            f"v{place}.asked": as_lines(plan, part.coordinating),
            f"v{place}.named": as_lines(plan, part.named),
        }
    return {f"{prefix}.{name}": value for name, value in shown.items()}


def rows_of(fields: Mapping[str, str], kind: str) -> range:
    """The places of the rows of a kind."""
    count = int(found[0]) if (found := _COUNT.fullmatch(fields.get(f"{kind}.n", ""))) else 0
    if count > MOST_ROWS:
        filled = {found[0] for name in fields if (found := re.match(rf"{re.escape(kind)}\d+", name))}
        count = min(count, max(MOST_ROWS, len(filled) + 1))
    return range(count)


def with_lists_not_sent(sent: Mapping[str, str], shown: Mapping[str, str]) -> Fields:
    """The fields of a form, and as they were shown those of each list whose count the form does not say.

    So does a form that was opened before an update: what it does not know of is not taken out.
    """
    kinds = [re.escape(name[:-2]) for name in shown if name.endswith(".n") and not _COUNT.fullmatch(sent.get(name, ""))]
    of_lists = re.compile(rf"({'|'.join(kinds)})(\.n$|\d)")
    return {**sent, **{name: value for name, value in shown.items() if kinds and of_lists.match(name)}}


def leads_apart(plan: Plan, step: Step) -> bool:
    """Whether every lead has a copy of its own."""
    if step.each is not None:
        return step.each
    return any(each.group or (each.office and plan.is_collective(each.office)) for each in step.lead)


def listed(text: str) -> list[str]:
    """What a field names between semicolons."""
    return [*filter(None, map(str.strip, text.split(";")))]


def product_fields(product: Product | None) -> Fields:
    return {"product": product.title_vi if product else "", "product_kind": product.kind if product else "document"}


def changed_step(content: Content, sent: Mapping[str, str], shown: Mapping[str, str], prefix: str) -> Content:
    """A step with what its fields change.

    content  the step as the plan has it; empty for a new one
    sent     the fields of the form; ``shown`` what they held before
    """
    step: Content = {**content, "due": {**content.get("due", {})}}

    def now(name: str) -> str:
        return sent.get(f"{prefix}.{name}", "")

    def differs(*names: str) -> bool:
        return any(now(name) != shown.get(f"{prefix}.{name}", "") for name in names)

    if not content:
        step["key"] = now("key") or key_of(now("title") or "bao cao")
    if differs("title"):
        _set(step, "title_vi", now("title"))
        step.pop("title_en", None)
    _set_due(step, now, differs)
    if differs("lead") or not content:
        leads = from_lines(now("lead"))
        _set(step, "lead", leads[0] if len(leads) == 1 else leads)
    if differs("how"):
        step["each"] = now("how") == "each"
    if differs("asked", "asked_due", "named"):
        _set_coordinating(step, now)
    if differs("per_copy"):
        _set(step, "per_copy", now("per_copy") == "yes")
    if differs("report_to"):
        _set(step, "report_to", from_lines(now("report_to")))
    if differs("depends_on"):
        _set(step, "depends_on", listed(now("depends_on")))
    for name in ("valid_from", "valid_to"):
        if differs(name):
            _set(step, name, day_as_written(now(name)))
    if differs("product", "product_kind"):
        _set(step, "product", product_from(now("product"), now("product_kind")))
    _set(step, "variants", [*_parts(content.get("variants", []), sent, shown, prefix)])
    return step


def _parts(
    known: Sequence[Content], sent: Mapping[str, str], shown: Mapping[str, str], prefix: str
) -> Iterator[Content]:
    """The parts of a step, each with whom it is given to; one without a name is dropped."""
    used = {each["key"] for each in known}
    for place in rows_of(sent, f"{prefix}.v"):
        row = f"{prefix}.v{place}"
        if not (title := sent.get(f"{row}.title", "")):
            continue
        part: Content = {**known[place]} if place < len(known) else {}
        if title != shown.get(f"{row}.title", ""):
            part["title_vi"] = title
            part.pop("title_en", None)
        for field, name in (("lead", "lead"), ("asked", "coordinating"), ("named", "named")):
            if (said := sent.get(f"{row}.{field}", "")) != shown.get(f"{row}.{field}", ""):
                offices = from_lines(said)
                _set(part, name, offices[0] if field == "lead" and len(offices) == 1 else offices)
        if "key" not in part:
            key, number = key_of(title), 2
            while key in used:
                key, number = f"{key_of(title)[:28]}_{number}", number + 1
            part = {"key": key} | part
            used.add(key)
        yield part


def product_from(title: str, kind: str) -> Any:
    if not title:
        return None
    return title if kind in ("", "document") else {"title_vi": title, "kind": kind}


def day_as_written(text: str) -> str:
    """A day as a plan's file has it; what cannot be read stays, and is told in its place."""
    if found := re.fullmatch(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*", text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return parse_date(text, "").isoformat() if text else ""
    except Refused:
        return text


def _due_of(step: Step) -> str:
    """The date in words that are read as its rule: the directive's where they are."""
    words = step.due.words.lead
    return words if words and reads_back(words, step.due.lead) else written(step.due.lead)


def _asked_due(step: Step) -> str:
    rule = step.due.coordinating
    if rule is None or rule == WITH_LEAD:
        return ""
    return step.due.words.coordinating or written(rule)


def _set_due(step: Content, now: Any, differs: Any) -> None:
    due = step["due"]
    words, basis = _by_role(due.get("words")), _by_role(due.get("basis"))
    if differs("due", "said", "basis"):
        if differs("due") or "lead" not in due:
            due["lead"] = now("due")
        is_stated = now("basis") == STATED
        _set(words, "lead", (now("said") or now("due")) if is_stated else now("said"))
        _set(basis, "lead", None if is_stated else now("basis"))
        for name, by_role in (("words", words), ("basis", basis)):
            _set(due, name, by_role)
    if differs("opens"):
        _set(step, "trigger", now("opens"))
    elif differs("due") and not now("opens") and not _closes(now("due")):
        step.pop("trigger", None)  # told by the rule


def _set_coordinating(step: Content, now: Any) -> None:
    asked, named, due = from_lines(now("asked")), from_lines(now("named")), step["due"]
    words = _by_role(due.get("words"))
    _set(step, "coordinating", asked or named)
    _set(step, "named", named if asked else [])
    _set(due, "coordinating", (now("asked_due") or WITH_LEAD) if asked else None)
    _set(words, "coordinating", None)
    _set(due, "words", words)


def _by_role(value: Any) -> dict[str, Any]:
    return {**value} if isinstance(value, dict) else {"lead": value} if value else {}


def _closes(text: str) -> bool:
    """Whether a rule leaves it open what it comes round with."""
    try:
        return isinstance(parse_rule(text), FromClose)
    except Refused:
        return False


def _set(content: Content, name: str, value: Any) -> None:
    """Set a part, or leave it out where it says nothing."""
    if value in (None, "", [], {}, False):
        content.pop(name, None)
    else:
        content[name] = value
