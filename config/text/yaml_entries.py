"""Changing entries of a YAML file that people also write in: what is not changed stays as it is, comments included.

The entries are the groups of values under one key at the top, either by name (``offices: {SYT: …}``) or a list whose
groups have a ``code``. Only the lines of a changed entry are written anew, by ruamel.yaml, which keeps the comments
among them. The result is read again before it is handed over: a file written in a way that is not understood here is
refused and left to its author.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from textwrap import indent
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, SequenceNode

from config.errors import Refused
from config.text.plain_yaml import parse

Entry = Mapping[str, Any]

_INDENTS = ({"mapping": 2, "sequence": 2, "offset": 0}, {"mapping": 2, "sequence": 4, "offset": 2})
"""How people indent a list: in the column of its key, or below it."""


def with_entries(text: str, key: str, entries: Mapping[str, Entry], *, file: str) -> str:
    """The text with ``entries`` in place of those of their names, new ones at the end; raises ``Refused``."""
    content = parse(text).content or {}
    expected = {**content, key: _merged(content.get(key), entries)}
    try:
        changed = _changed(text, key, entries)
        right = changed is not None and _as_read(parse(changed).content) == _as_read(expected)
    except (YAMLError, Refused):
        changed, right = None, False
    if changed is None or not right:
        raise Refused(
            f"Tệp {file} được viết theo cách dondoc không tự sửa được; hãy sửa tay các mục: {', '.join(entries)}.",
            f"{file} is written in a way that dondoc cannot change by itself; edit by hand: {', '.join(entries)}.",
        )
    return changed


def _merged(there: Any, entries: Mapping[str, Entry]) -> Any:
    if isinstance(there, list):
        known = {each.get("code") for each in there}
        return [entries.get(each.get("code"), each) for each in there] + [
            entry for code, entry in entries.items() if code not in known
        ]
    return {**(there or {}), **entries}


def _changed(text: str, key: str, entries: Mapping[str, Entry]) -> str | None:
    root = _yaml().compose(text)
    top = {name.value: value for name, value in root.value} if isinstance(root, MappingNode) else {}
    held = top.get(key)
    if held is None or not held.value or getattr(held, "flow_style", False):
        return _rewritten(text, key, held, entries)
    if isinstance(held, MappingNode):
        places = {name.value: (name.start_mark, value) for name, value in held.value}
        column = held.value[0][0].start_mark.column
        dash = ""
    elif isinstance(held, SequenceNode):
        places = {_code(item): (item.start_mark, item) for item in held.value}
        column = held.value[0].start_mark.column
        dash = "- "
    else:
        return None
    pieces, at, left = [], 0, dict(entries)
    for code, (start, node) in places.items():
        if code in left:
            old = None if node.flow_style else f"{' ' * column}{text[start.index : _end(node)]}"
            pieces += [text[at : start.index], _written(code, left.pop(code), old, column, listed=bool(dash))]
            at = _end(node)
    last = max(_end(node) for _, node in places.values())
    pieces.append(text[at:last])
    for code, entry in left.items():
        pieces.append(f"\n{' ' * (column - len(dash))}{dash}{_written(code, entry, None, column, listed=bool(dash))}")
    return "".join(pieces) + text[last:]


def _rewritten(text: str, key: str, held: Any, entries: Mapping[str, Entry]) -> str:
    """All entries anew, where there were none or they are in one line."""
    whole = _dumped({key: _merged(parse(text).content[key] if held is not None else None, entries)})
    if held is None:
        return f"{text.rstrip()}\n{whole}".lstrip()
    began = text.rindex(key, 0, held.start_mark.index)
    return f"{text[:began]}{whole[:-1]}{text[held.end_mark.index :]}"


def _code(item: Any) -> str:
    return next((str(value.value) for name, value in item.value if name.value == "code"), "")


def _end(node: Any) -> int:
    """Where the last word of an entry ends, before the comments and empty lines that follow it."""
    while isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _written(code: str, entry: Entry, old: str | None, column: int, *, listed: bool) -> str:
    """An entry as it goes into the text from ``column`` on; what stays of its ``old`` lines keeps their comments."""
    content: Any = dict(entry) if listed else {code: dict(entry)}
    written = _dumped(content)
    if old is not None:
        lines = "".join(line[min(column, len(line) - len(line.lstrip())) :] for line in f"{old}\n".splitlines(True))
        style = next((each for each in _INDENTS if _dumped(_yaml().load(lines), each) == lines), _INDENTS[0])
        kept = _yaml().load(lines)
        if isinstance(kept if listed else kept[code], dict):
            _update(kept if listed else kept[code], entry)
            written = _dumped(kept, style)
    return indent(written.rstrip("\n"), " " * column).removeprefix(" " * column)


def _update(kept: Any, entry: Entry) -> None:
    for key in [key for key in kept if key not in entry]:
        del kept[key]
    for key, value in entry.items():
        if key not in kept or _as_read(kept[key]) != _as_read(value):
            kept[key] = value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    return yaml


def _dumped(content: Any, style: Mapping[str, int] = _INDENTS[0]) -> str:
    yaml, text = _yaml(), StringIO()
    yaml.indent(**style)
    yaml.dump(content, text)
    return text.getvalue()


def _as_read(content: Any) -> Any:
    """As the content will be read: days as their text."""
    if isinstance(content, Mapping):
        return {name: _as_read(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_as_read(value) for value in content]
    return content.isoformat() if hasattr(content, "isoformat") else content
