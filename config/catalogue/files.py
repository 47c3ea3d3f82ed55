"""The plan's files as plain data. What cannot be read is told with file and line; a key written twice too."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from config.catalogue.faults import PlanError
from config.text.plain_yaml import parse

MAX_DEPTH = 30
"""A plan lies about ten levels deep."""


@dataclass
class PlanFiles:
    """What the files of a directory hold: ``contents`` of those that can be read, ``errors`` of the rest."""

    directory: Path
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[PlanError] = field(default_factory=list)

    def read(self, file: str) -> None:
        """Read one file into ``contents``, or say in ``errors`` why not."""
        path = self.directory / file
        content = self._parsed(path)
        if isinstance(content, dict):
            self.contents[file] = content
        elif content is not _UNREADABLE:
            self._refuse(
                path,
                "tệp trống" if content is None else "phải gồm các mục «mục: giá trị»",
                "is empty" if content is None else "must hold 'key: value' entries",
            )

    def _parsed(self, path: Path) -> Any:
        if (text := self._text(path)) is None:
            return _UNREADABLE
        twice: list[tuple[str, int]] = []
        try:
            content, twice = parse(text)
        except yaml.YAMLError as fault:
            self._refuse_syntax(path, text, fault)
            return _UNREADABLE
        except RecursionError:
            content = _TOO_DEEP
        if content is _TOO_DEEP or _depth(content) > MAX_DEPTH:
            self._refuse(path, "các mục lồng nhau quá sâu", "is nested too deeply")
            return _UNREADABLE
        for key, line in twice:
            self._refuse(
                path,
                f"dòng {line}: mục «{key}» viết hai lần; bỏ một",
                f"line {line}: the key '{key}' is written twice; remove one",
            )
        return content

    def _text(self, path: Path) -> str | None:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            self._refuse(path, f"không có tệp này trong {path.parent}", f"is not in {path.parent}")
        except OSError as fault:
            self._refuse(path, f"không đọc được ({fault.strerror})", f"cannot be read ({fault.strerror})")
        else:
            try:
                # NFC: a quote typed with combining accents is the same quote.
                return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
            except UnicodeDecodeError as fault:
                line = content.count(b"\n", 0, fault.start) + 1
                self._refuse(
                    path,
                    f"dòng {line}: không phải chữ UTF-8; lưu lại tệp với bảng mã UTF-8",
                    f"line {line}: is not UTF-8 text; save the file as UTF-8",
                )
        return None

    def _refuse_syntax(self, path: Path, text: str, fault: yaml.YAMLError) -> None:
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or " ".join(str(fault).split())
        line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
        advice_vi = "kiểm tra thụt lề, dấu hai chấm, ngoặc; giá trị có : # * & ! hay ngoặc thì để trong ngoặc kép"
        advice_en = "check indents, colons, brackets; put a value with : # * & ! or brackets in quotes"
        if "\t" in line:
            advice_vi, advice_en = "thụt lề bằng dấu cách, không dùng tab", "indent with spaces, not tabs"
        self._refuse(
            path,
            f"{f'dòng {mark.line + 1}: ' if mark else ''}sai cú pháp YAML; {advice_vi}",
            f"{f'line {mark.line + 1}: ' if mark else ''}is not valid YAML ({problem}); {advice_en}",
        )

    def _refuse(self, path: Path, vi: str, en: str) -> None:
        self.errors.append(PlanError(path.relative_to(self.directory).as_posix(), "", None, vi, en))


def _depth(content: Any) -> int:
    """How deep the deepest value lies; each is visited once, so an entry that holds itself does no harm."""
    depth, level, seen = 0, [content], {id(content)}
    while level:
        depth += 1
        below = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
        level = [part for part in below if isinstance(part, dict | list) and id(part) not in seen]
        seen.update(id(part) for part in level)
    return depth


_UNREADABLE, _TOO_DEEP = object(), object()
