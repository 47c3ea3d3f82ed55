"""The fields of the form of a subtask, and the subtask that they say, as a plan's file has it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from config.catalogue.checks.report_checks import names_in
from config.catalogue.demands import Target, key_of
from config.catalogue.plan import Plan
from config.catalogue.steps import ReportForm
from config.catalogue.subtasks import Subtask
from config.errors import Refused, refuse_all
from config.rules.reading.written import written
from models.plans.documents import Content
from portal.form import FormReader
from portal.plans.faults import NOT_TYPED
from portal.plans.step_fields import (
    Fields,
    changed_step,
    listed,
    product_fields,
    product_from,
    rows_of,
    step_fields,
    with_lists_not_sent,
)

_TEXTS = ("boundary_vi", "basis_note_vi")


def subtask_fields(plan: Plan, subtask: Subtask, content: Content) -> Fields:
    """What the form shows of a subtask, by the names of its fields; ``documents`` and ``systems`` are lists apart."""
    shown: Fields = {
        "title": subtask.title_vi,
        "title_en": content.get("title_en", ""),
        "ladder": subtask.ladder,
        "monitor": subtask.monitor or "",
        "depends_on": "; ".join(subtask.depends_on),
        **{name: getattr(subtask, name) for name in _TEXTS},
        **product_fields(subtask.product),
        **report_fields(subtask.report, "r"),
    }
    for place, quote in enumerate(subtask.quotes):
        shown |= {f"q{place}.text": quote.text, f"q{place}.place": quote.place or ""}
    for place, target in enumerate(subtask.targets):
        shown |= {f"t{place}.{name}": value for name, value in _target_fields(target).items()}
    for place, step in enumerate(subtask.steps):
        shown |= step_fields(plan, subtask, step, f"s{place}")
        if step.report is not None:
            shown |= {f"s{place}.own": "yes", **report_fields(step.report, f"s{place}.r")}
    counts = {"q": len(subtask.quotes) or 1, "t": len(subtask.targets), "s": len(subtask.steps)}
    return shown | {f"{kind}.n": str(count) for kind, count in counts.items()}


def report_fields(report: ReportForm, prefix: str) -> Fields:
    shown = {
        f"{prefix}.document": report.document,
        f"{prefix}.attachments": report.attachments,
        f"{prefix}.texts": "yes" if report.texts else "",
        f"{prefix}.c.n": str(len(report.counts)),
        f"{prefix}.k.n": str(len(report.checks)),
    }
    numbers = {count.key: str(place + 1) for place, count in enumerate(report.counts)}
    for place, check in enumerate(report.checks):
        shown[f"{prefix}.k{place}"] = _numbered(check.expression, numbers)
    for place, count in enumerate(report.counts):
        row = f"{prefix}.c{place}"
        shown |= {f"{row}.key": count.key, f"{row}.label": count.label_vi, f"{row}.kind": count.kind}
    return shown


def typed_fields(form: FormReader) -> Fields:
    """The fields of a form that was sent."""
    return {name: form.text(name) for name, _ in form.all(but=NOT_TYPED)}


def changed_subtask(
    content: Content,
    sent: Mapping[str, str],
    shown: Mapping[str, str],
    chosen: Mapping[str, Collection[str]],
) -> tuple[Content, dict[str, str]]:
    """A subtask with what its form changes, and where each of its lists stands in the form («targets[1]»: «t3»).

    content  the subtask as the plan has it
    shown    what the fields held before
    chosen   the documents and systems that are ticked
    """
    new: Content = {**content}
    sent = with_lists_not_sent(sent, shown)

    def differs(*names: str) -> bool:
        return any(sent.get(name, "") != shown.get(name, "") for name in names)

    if differs("title"):
        new["title_vi"] = sent.get("title", "")
        new.pop("title_en", None)
    if "title_en" in sent and differs("title_en"):
        _set(new, "title_en", sent["title_en"])
    for name in (*_TEXTS, "monitor", "ladder"):
        if name in sent and differs(name):
            _set(new, name, sent[name])
    if differs("depends_on"):
        _set(new, "depends_on", listed(sent.get("depends_on", "")))
    if differs("product", "product_kind"):
        _set(new, "product", product_from(sent.get("product", ""), sent.get("product_kind", "")))
    for name, ticked in chosen.items():
        if {*ticked} != {*content.get(name, ())}:
            _set(new, name, [*ticked])
    _set(new, "quote", [*_quotes(sent)])
    if len(new.get("quote", ())) == 1:
        new["quote"] = new["quote"][0]
    places = dict[str, str]()
    _set(new, "targets", [*_targets(_listed(content, "targets"), sent, shown, places)])
    steps = [*_steps(_listed(content, "steps"), sent, shown, places)]
    if differs("s.n", *(f"s{place}.{name}" for place in rows_of(sent, "s") for name in ("due", "opens", "drop"))):
        new.pop("kind", None)  # told by the steps
    _set(new, "steps", steps)
    _set(new, "report", changed_report(content.get("report", {}), sent, shown, "r"))
    return new, places


def changed_report(content: Content, sent: Mapping[str, str], shown: Mapping[str, str], prefix: str) -> Content:
    """A report form with what its fields change."""
    report: Content = {**content}
    defaults = {"document": "optional", "attachments": "allowed"}
    for name, default in defaults.items():
        value = sent.get(f"{prefix}.{name}", default)
        if value != shown.get(f"{prefix}.{name}", default):
            _set(report, name, None if value == default else value)
    if sent.get(f"{prefix}.texts", "") != shown.get(f"{prefix}.texts", "yes"):
        if sent.get(f"{prefix}.texts") == "yes":
            report.pop("texts", None)
        else:
            report["texts"] = False
    known = {each["key"]: each for each in content.get("counts", ())}
    counts, used, rows = list[Content](), set[str](), dict[str, Content]()
    for place in rows_of(sent, f"{prefix}.c"):
        row = f"{prefix}.c{place}"
        label, kind = sent.get(f"{row}.label", ""), sent.get(f"{row}.kind", "number")
        if not label:
            continue
        count = {**known.get(sent.get(f"{row}.key", ""), {})}
        if count.get("label_vi") != label:
            count["label_vi"] = label
            count.pop("label_en", None)
        _set(count, "kind", kind if kind != "number" else None)
        key = count.get("key") or key_of(label)
        while key in used:
            key = f"{key[:30]}_2" if not key.endswith("_2") else f"{key[:-1]}{len(used)}"
        used.add(key)
        counts.append({"key": key} | count)
        rows[str(place + 1)] = counts[-1]
    _set(report, "counts", counts)
    _set(report, "checks", [*_checks(content.get("checks", []), sent, shown, prefix, rows)])
    return report


_COMPARED = {
    "==": ("=", "bằng"),
    "<=": ("≤", "không lớn hơn"),
    ">=": ("≥", "không nhỏ hơn"),
}
_WRITTEN = {said: sign for sign, (said, _) in _COMPARED.items()} | {sign: sign for sign in _COMPARED} | {"−": "-"}
_TOKEN = re.compile(r"[a-z]\w*|\d+|[=<>]=|[=≤≥+−-]", re.ASCII)


def _numbered(expression: str, numbers: Mapping[str, str]) -> str:
    """A check with the numbers of its counts in the form: «2 ≤ 1»."""
    signs = {sign: said for sign, (said, _) in _COMPARED.items()}
    return _TOKEN.sub(lambda found: numbers.get(found[0]) or signs.get(found[0]) or found[0], expression)


def _checks(
    known: list[Content], sent: Mapping[str, str], shown: Mapping[str, str], prefix: str, rows: Mapping[str, Content]
) -> Iterator[Content]:
    """The checks as they are typed, by the numbers of counts; an empty one is dropped.

    Raises ``Refused`` for one that names a count which is not there, or cannot be read.
    """
    faults = list[Refused]()
    for place in rows_of(sent, f"{prefix}.k"):
        field = f"{prefix}.k{place}"
        text = sent.get(field, "")
        if not text:
            continue
        tokens = _TOKEN.findall(text)
        if missing := [each for each in tokens if each.isdigit() and each not in rows]:
            faults.append(
                Refused(
                    f"Phép kiểm tra {place + 1} «{text[:60]}»: không có ô số liệu {', '.join(missing)};"
                    " sửa hoặc xóa trống.",
                    f"Check {place + 1} '{text[:60]}': there is no figure {', '.join(missing)}; change it or clear it.",
                )
            )
            continue
        expression = " ".join(rows[each]["key"] if each in rows else _WRITTEN.get(each, each) for each in tokens)
        if not names_in(expression) or _TOKEN.sub("", text).strip():
            faults.append(
                Refused(
                    f"Phép kiểm tra {place + 1} «{text[:60]}»: không đọc được; ghi số thứ tự các ô, như"
                    " 1 + 2 = 3 hoặc 2 ≤ 1.",
                    f"Check {place + 1} '{text[:60]}': cannot be read; use the numbers of the figures, as"
                    " 1 + 2 = 3 or 2 ≤ 1.",
                )
            )
        elif place < len(known) and text == shown.get(field):
            yield known[place]
        else:
            yield {"expression": expression, "label_vi": _in_words(tokens, rows)}
    refuse_all(faults)


def _in_words(tokens: Sequence[str], rows: Mapping[str, Content]) -> str:
    """The sentence that a clerk reads where the counts do not fit."""
    words = dict(_COMPARED.values()) | {sign: vi for sign, (_, vi) in _COMPARED.items()}
    return " ".join(rows[each]["label_vi"] if each in rows else words.get(each, each) for each in tokens)


def _quotes(sent: Mapping[str, str]) -> Iterator[Any]:
    for row in rows_of(sent, "q"):
        text, place = sent.get(f"q{row}.text", ""), sent.get(f"q{row}.place", "")
        if text:
            yield {"text": text, "place": place} if place else text


def _target_fields(target: Target) -> Fields:
    return {
        "key": target.key,
        "indicator": target.indicator_vi,
        "value": target.value,
        "unit": target.unit,
        "by": target.words or (written(target.by) if target.by else ""),
        "at_most": "yes" if target.at_most else "",
    }


def _targets(
    known: list[Content], sent: Mapping[str, str], shown: Mapping[str, str], places: dict[str, str]
) -> Iterator[Content]:
    place = 0
    for row in rows_of(sent, "t"):
        prefix = f"t{row}"
        now = {name: sent.get(f"{prefix}.{name}", "") for name in ("indicator", "value", "unit", "by", "at_most")}
        if not (now["indicator"] or now["value"]):
            continue
        target: Content = {**known[row]} if row < len(known) else {}
        was = {name: shown.get(f"{prefix}.{name}", "") for name in now}
        if now["indicator"] != was["indicator"]:
            # The key stays: reports are counted under it.
            target |= {"indicator_vi": now["indicator"]} | ({"key": shown[f"{prefix}.key"]} if target else {})
            target.pop("indicator_en", None)
        for name in ("value", "unit"):
            if now[name] != was[name]:
                _set(target, name, now[name])
        if now["at_most"] != was["at_most"]:
            _set(target, "at_most", now["at_most"] == "yes")
        if now["by"] != was["by"]:
            _set(target, "by", now["by"])
            _set(target, "words", now["by"])
        places[f"targets[{place}]"] = prefix
        place += 1
        yield target


def _steps(
    known: list[Content], sent: Mapping[str, str], shown: Mapping[str, str], places: dict[str, str]
) -> Iterator[Content]:
    place, used = 0, {each["key"] for each in known}
    for row in rows_of(sent, "s"):
        prefix = f"s{row}"
        if sent.get(f"{prefix}.drop") == "yes":
            continue
        is_new = row >= len(known)
        step = changed_step({} if is_new else known[row], sent, shown, prefix)
        if is_new:
            key, number = step["key"], 2
            while step["key"] in used:
                step["key"] = f"{key[:28]}_{number}"
                number += 1
            used.add(step["key"])
        if sent.get(f"{prefix}.own") == "yes":
            step["report"] = changed_report(step.get("report", {}), sent, shown, f"{prefix}.r")
        places[f"steps[{place}]"] = prefix
        place += 1
        yield step


def _listed(content: Content, name: str) -> list[Content]:
    found: list[Content] = content.get(name, [])
    return found


def _set(content: Content, name: str, value: Any) -> None:
    if value in (None, "", [], {}, False):
        content.pop(name, None)
    else:
        content[name] = value
