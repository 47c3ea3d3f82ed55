"""Reading YAML for what it plainly says; plan, calendar and contacts are read this way.

libyaml reads the files (pure Python takes sixty times as long, and the plan is read by every command). What a file
must not do without being told: use a key twice, lose text to a «#», grow without end. No fault repeats what is in the
file beyond the name of a key, since contacts.yaml may hold secrets.
"""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from config.errors import Refused
from config.text.yaml_slips import Slip, explain

MAX_BYTES = 5_000_000
MAX_DEPTH = 30
"""A plan is about ten levels deep."""
MAX_GROUPS = 100_000
"""Lists and groups of values, each counted as often as an alias repeats it."""

# Where PyYAML was built without libyaml, its own parser gives the same.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# YAML 1.1 also makes 12:30 a number, "on" a truth and 2023-02-30 an exception. A file here means what it says:
# whatever is not plainly one of these stays text, and the field decides.
_PLAIN = (
    ("tag:yaml.org,2002:bool", re.compile(r"true|false"), "tf"),
    ("tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,8})"), "-+0123456789"),
    ("tag:yaml.org,2002:null", re.compile(r"~|null|"), ["~", "n", ""]),
    ("tag:yaml.org,2002:merge", re.compile(r"<<"), "<"),
)

# Text, then « #» without the space that people write after it in a comment.
_TIGHT_COMMENT = re.compile(r"^[ ]*[^\s#](?:(?![ \t]#).)*[ \t](?P<mark>#+)(?![#\s]|$)", re.MULTILINE)


_Writer: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Parsed(NamedTuple):
    """What a text holds, and what is wrong in it although it can be read."""

    content: Any
    faults: list[Slip]


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                line = key.start_mark.line + 1
                if key.value in seen:
                    self.faults.append(
                        Slip(
                            line,
                            f"mục «{key.value}» viết hai lần (lần đầu ở dòng {seen[key.value]}); bỏ một",
                            f"the key '{key.value}' is written twice (first in line {seen[key.value]}); remove one",
                        )
                    )
                seen.setdefault(key.value, line)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern.pattern})$"), list(_first))


class _Dumper(_Writer):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _pattern, _first in _PLAIN:
    _Dumper.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern.pattern})$"), list(_first))
_Dumper.add_representer(date, lambda dumper, day: dumper.represent_str(day.isoformat()))
_Dumper.ignore_aliases = lambda *_: True


def as_yaml(content: Any) -> str:
    """Groups and lists of texts, whole numbers, truths and days as YAML that ``parse`` reads as the same."""
    return str(yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))


def read_yaml(path: Path) -> Parsed:
    """Read a file as ``parse`` does, with its accents composed; raises ``Refused`` that tells the line, if it can."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(f"tệp lớn quá {MAX_BYTES} byte", f"is larger than {MAX_BYTES} bytes")
        content = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"không có tệp này trong {path.parent}", f"is not in {path.parent}") from None
    except OSError as fault:
        raise Refused(f"không đọc được ({fault.strerror})", f"cannot be read ({fault.strerror})") from None
    try:
        # NFC: a quote typed with combining accents is the same quote.
        return parse(unicodedata.normalize("NFC", content.decode("utf-8-sig")))
    except UnicodeDecodeError as fault:
        vi, en = "không phải chữ UTF-8", "is not UTF-8 text"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            vi, en = "tệp được lưu bằng UTF-16 (Unicode), không phải UTF-8", "is saved as UTF-16 (Unicode), not UTF-8"
        raise Slip(
            content.count(b"\n", 0, fault.start) + 1,
            f"{vi}; lưu lại tệp với bảng mã UTF-8",
            f"{en}; save the file as UTF-8",
        ) from None


def parse(text: str) -> Parsed:
    """Read a YAML text; raises ``Slip`` for bad syntax, and ``Refused`` for entries nested or repeated without end."""
    text = text.removeprefix("\ufeff")
    loader: Any = None
    try:
        loader = _Loader(text)
        loader.faults = []
        content = loader.get_single_data()
        faults = sorted([*loader.faults, *_swallowed(text)], key=lambda fault: fault.line)
    except yaml.YAMLError as fault:
        raise explain(text, fault) from None
    except RecursionError:
        raise _too_deep() from None
    finally:
        if loader is not None:
            loader.dispose()
    _refuse_without_end(content)
    return Parsed(content, faults)


def _swallowed(text: str) -> list[Slip]:
    """Values like «Kế hoạch #57» of which YAML drops the end."""
    places = [(found.start("mark"), text.count("\n", 0, found.start()) + 1) for found in _TIGHT_COMMENT.finditer(text)]
    if not places:
        return []
    # A «#» inside quotes or a block of text is part of the value.
    kept = [(node.start_mark.index, node.end_mark.index) for node in _scalars(text)]
    return [
        Slip(
            line,
            "chữ sau « #» bị bỏ như lời chú thích; để cả giá trị trong ngoặc kép, hoặc viết «# » nếu là chú thích",
            "the text after ' #' is dropped as a comment; put the whole value in quotes, or write '# ' if it is a "
            "comment",
        )
        for place, line in places
        if not any(start <= place < end for start, end in kept)
    ]


def _scalars(text: str) -> list[Any]:
    return [event for event in yaml.parse(text, Loader=_Loader) if isinstance(event, yaml.ScalarEvent)]


def _refuse_without_end(content: Any) -> None:
    level, seen, groups = [content], set[int](), 0
    for _ in range(MAX_DEPTH):
        level = [part for part in level if isinstance(part, dict | list)]
        groups += len(level)
        if groups > MAX_GROUPS:
            raise Refused("các mục lặp lại nhau quá nhiều lần", "repeats entries too many times")
        fresh = not seen.issuperset(map(id, level))
        seen.update(map(id, level))
        level = [part for node in level for part in (node.values() if isinstance(node, dict) else node)]
    if fresh:  # an entry that holds itself brings nothing new; its field refuses it
        raise _too_deep()


def _too_deep() -> Refused:
    return Refused("các mục lồng nhau quá sâu", "is nested too deeply")
