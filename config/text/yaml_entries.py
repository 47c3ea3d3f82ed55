"""Changing entries of a YAML file that people also write in: what is not changed stays as it is, comments included.

The entries are the groups of values under one key at the top, either by name (``offices: {SYT: …}``) or a list whose
groups have a ``code``. What comes out is read again before it is handed over: a file written in a way that is not
understood here is refused and left to its author.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from config.errors import Refused
from config.text.plain_yaml import parse

Entry = Mapping[str, Any]


def with_entries(text: str, key: str, entries: Mapping[str, Entry], *, file: str) -> str:
    """The text with ``entries`` in place of those of their names, new ones at the end; raises ``Refused``."""
    content = parse(text)[0] or {}
    expected = {**content, key: _merged(content.get(key), entries)}
    changed = _changed(text, key, entries)
    try:
        right = changed is not None and _plain(parse(changed)[0]) == _plain(expected)
    except yaml.YAMLError:
        right = False
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
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    top = {name.value: value for name, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    held = top.get(key)
    if held is None or not held.value or getattr(held, "flow_style", False):
        return _rewritten(text, key, held, entries)
    if isinstance(held, yaml.MappingNode):
        places = {name.value: (name.start_mark, _end(value)) for name, value in held.value}
        column = held.value[0][0].start_mark.column
        mark = ""
    elif isinstance(held, yaml.SequenceNode):
        places = {_code(item): (item.start_mark, _end(item)) for item in held.value}
        column = held.value[0].start_mark.column
        mark = "- "
    else:
        return None
    pieces, at = [], 0
    written = {code: _written(code, entry, column, listed=bool(mark)) for code, entry in entries.items()}
    last = max(end for _, end in places.values())
    for code, (start, end) in places.items():
        if code in written:
            pieces += [text[at : start.index], written.pop(code)]
            at = end
    pieces.append(text[at:last])
    indent = " " * (column - len(mark)) + mark
    pieces += [f"\n{indent}{piece}" for piece in written.values()]
    return "".join(pieces) + text[last:]


def _rewritten(text: str, key: str, held: Any, entries: Mapping[str, Entry]) -> str:
    """All entries anew, where there were none or they stand in one line."""
    whole = yaml.safe_dump(
        {key: _merged(parse(text)[0][key] if held is not None else None, entries)},
        allow_unicode=True,
        sort_keys=False,
        width=1_000,
    )
    if held is None:
        return f"{text.rstrip()}\n{whole}".lstrip()
    began = text.rindex(key, 0, held.start_mark.index)
    return f"{text[:began]}{whole[:-1]}{text[held.end_mark.index :]}"


def _code(item: Any) -> str:
    return next((str(value.value) for name, value in item.value if name.value == "code"), "")


def _end(node: Any) -> int:
    """Where the last word of an entry ends, before the comments and empty lines that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _written(code: str, entry: Entry, column: int, *, listed: bool) -> str:
    content = dict(entry) if listed else {code: dict(entry)}
    lines = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000).rstrip("\n").split("\n")
    return f"\n{' ' * column}".join(lines)


def _plain(content: Any) -> Any:
    """As it will be read: days as their text."""
    if isinstance(content, Mapping):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return content.isoformat() if hasattr(content, "isoformat") else content
