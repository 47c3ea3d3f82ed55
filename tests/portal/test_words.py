"""Whatever is recorded in the audit trail, or said after a form, has words."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

import portal
from models.store.audit_event import DELIVER, HOUSEKEEPING
from models.tables.anchor import AnchorKind
from models.tables.lifecycle import Verb
from portal.words import draft_reason, is_flash, word

_ROOT = Path(portal.__file__).parents[1]
_VERB_AT = {"record": 2, "AuditEntry": 0}

# Names that are made as they are used.
_MADE = {
    "models/work/directives.py": [f"register_{kind.value}" for kind in AnchorKind],
    "models/work/locked_assignment.py": [verb.value for verb in Verb],
    "models/work/attachments.py": ["attach", "detach"],
    "models/store/audit.py": [],  # hands on what it is given
    "portal/prefect/deeds.py": [
        *("start_run", "resume_run", "change_schedule", "repeat_run", "end_run", "prefect_answered")
    ],
}


_ABOUT = {
    *("assignment", "message", "deed", "user", "token", "deputy", "silence", "contacts", "office", "draft", "intake"),
    *("anchor", "webhook", "urging"),
}


def events() -> Iterator[tuple[str, str]]:
    """The verbs that the code records, each with the file that does."""
    for path in chain.from_iterable((_ROOT / room).rglob("*.py") for room in ("models", "portal", "cli", "flows")):
        name = path.relative_to(_ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _VERB_AT:
                for verb in _verbs(name, node.args[_VERB_AT[node.func.id]]):
                    yield name, verb


def _verbs(name: str, given: ast.expr) -> list[str]:
    match given:
        case ast.Constant(value=str(verb)):
            return [verb]
        case ast.Name(id=constant) if constant.isupper():
            return [getattr(import_module(name.removesuffix(".py").replace("/", ".")), constant)]
        case ast.Attribute(value=ast.Attribute(attr=member), attr="value"):
            return [Verb[member].value]
    return _MADE[name]


def test_each_event_has_a_word() -> None:
    found = {verb: name for name, verb in events()}
    assert len(found) > 50
    shown = found.keys() - {DELIVER, *HOUSEKEEPING}
    assert not {verb: found[verb] for verb in shown if word("verb", verb, "vi") == verb}


def reasons() -> Iterator[str]:
    """Why a draft reads as it does, where the code says it, with x for what it says of the document."""
    rooms = [path for path in (_ROOT / "intake" / "directives").rglob("*.py") if path.name != "plan_file.py"]
    for node in chain.from_iterable(ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in rooms):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="append"), args=[said]):
                if ast.unparse(of).rpartition(".")[2] not in ("why", "doubts"):
                    continue
            case ast.keyword(arg="why" | "assumed", value=said):
                pass
            case ast.Assign(targets=[ast.Name(id="assumed")], value=said):
                pass
            case ast.Call(func=ast.Name(id="_beside"), args=[_, said]):
                pass
            case _:
                continue
        match said:
            case ast.JoinedStr(values=parts):
                yield "".join(str(each.value) if isinstance(each, ast.Constant) else "x" for each in parts)
            case _:
                texts = (each.value for each in ast.walk(said) if isinstance(each, ast.Constant))
                yield from (each for each in texts if isinstance(each, str) and each.strip("; "))


def test_each_reason_of_a_draft_is_said_in_english_too() -> None:
    found = set(reasons())
    assert len(found) > 9
    assert not {each for each in found if draft_reason(each, "en") == each}
    year = "lời ghi không nêu năm; lấy năm 2026 theo văn bản"
    assert draft_reason(year, "en") == "no year is given; 2026 is taken from the document"
    both = "hạn nêu trước ngày ký văn bản; còn lời ghi thời gian khác: «quý II; quý III», «5/7»"
    assert draft_reason(both, "en") == (
        "the date is before the document was signed; other times are named: «quý II; quý III», «5/7»"
    )
    merged = "gộp từ hai nhiệm vụ khác thời hạn: giữ «trước 30/6», bỏ «quý II»"
    kept = "merged from tasks with different deadlines: «trước 30/6» kept, «quý II» dropped"
    assert (draft_reason(merged, "en"), draft_reason(merged, "vi")) == (kept, merged)
    assert draft_reason("lý do khác", "en") == "lý do khác"


def subjects() -> Iterator[str]:
    """What kind of thing events are about, where the code says it with the event."""
    for path in chain.from_iterable((_ROOT / room).rglob("*.py") for room in ("models", "portal", "notifications")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]) if begin.endswith(":"):
                    kind = begin.removesuffix(":")
                case ast.Call(func=ast.Name(id="record"), args=[*_, ast.Constant(value=str(kind))]):
                    pass
                case _:
                    continue
            if kind in _ABOUT:
                yield kind


def test_what_an_event_is_about_has_a_word() -> None:
    assert {*subjects()} == _ABOUT
    assert not {each for each in _ABOUT if word("about", each, "vi") == each}


def flashes() -> Iterator[tuple[str, str]]:
    """The messages that pages send on with, each with the file that does; of one that is made, its beginning."""
    for path in (_ROOT / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "flash":
                yield from ((each, path.name) for each in _words(node.value))


def _words(said: ast.expr) -> Iterator[str]:
    for node in ast.walk(said):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def test_each_message_of_a_page_has_a_word() -> None:
    found = dict(flashes())
    assert {"launched", "decided", "rows_"} <= found.keys()
    made = {"rows_": [f"rows_{act}" for act in ("sure", "confirm", "drop", "restore", "merge", "split")]}
    said = {word: name for key, name in found.items() for word in made.get(key, [key])}
    assert not {key: name for key, name in said.items() if not is_flash(key)}


_SAID = {
    "Save": {"Ghi", "Lưu"},
    "What is to be done": {"Việc phải làm"},
    "Date of the notice": {"Ngày thông báo"},
}
"""Words for one thing in English, and all that they may stand for."""


def test_what_is_one_thing_in_english_is_one_in_vietnamese() -> None:
    pages = [path.read_text("utf-8") for path in (_ROOT / "portal" / "templates").glob("*.html")]
    for english, meant in _SAID.items():
        said = {vi for text in pages for vi in re.findall(rf'"([^"]*)", "{english}"', text)}
        assert said == meant, english
