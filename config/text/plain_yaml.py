"""Reading YAML for what it plainly says, keys written twice included; plan, calendar and contacts read it so."""

import re
from typing import Any

import yaml

# libyaml reads ten times as fast; where PyYAML was built without it, its own parser gives the same.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# YAML 1.1 also makes 12:30 a number, "on" a truth and 2023-02-30 an exception. A file here means what it says:
# whatever is not plainly one of these stays text, and the field decides.
_PLAIN = (
    ("tag:yaml.org,2002:bool", re.compile(r"true|false"), "tf"),
    ("tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,8})"), "-+0123456789"),
    ("tag:yaml.org,2002:null", re.compile(r"~|null|"), ["~", "n", ""]),
    ("tag:yaml.org,2002:merge", re.compile(r"<<"), "<"),
)


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    self.twice.append((key.value, key.start_mark.line + 1))
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern.pattern})$"), list(_first))


def parse(text: str) -> tuple[Any, list[tuple[str, int]]]:
    """What a YAML text holds, and the keys written twice with their lines.

    Raises ``yaml.YAMLError`` for bad syntax, ``RecursionError`` where entries are nested without end.
    """
    loader: Any = None
    try:
        loader = _Loader(text)
        loader.twice = []
        return loader.get_single_data(), loader.twice
    finally:
        if loader is not None:
            loader.dispose()
