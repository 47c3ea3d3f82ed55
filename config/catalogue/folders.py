"""Where a plan's files are and what they hold, as plain data. What cannot be read is told with file and line.

A plan is a folder with directive.yaml and p1.yaml, p2.yaml … beside it, or all of them in one file, plan.yaml; each
subfolder like that is a further directive. A file is named by its path: ``p1.yaml``, ``cai-cach-hanh-chinh/p6.yaml``.
What one file holds is kept under the names that the files of a folder would have.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from config.catalogue.faults import PlanError
from config.errors import Refused
from config.settings import PLAN_DIR
from config.text.plain_yaml import MAX_BYTES, read_yaml
from config.text.suggestions import suggestion

MAIN_FOLDER = ""
"""The folder of the main plan, as a file's path names it."""

DIRECTIVE, OFFICES, LADDERS, CALENDAR = "directive.yaml", "offices.yaml", "ladders.yaml", "calendar.yaml"
ONE_FILE = "plan.yaml"
"""Everything in one file: ``directive``, ``priorities`` and what else a folder has."""

_NAMES = (DIRECTIVE, OFFICES, LADDERS, CALENDAR, ONE_FILE)
_KEYS = ("directive", "priorities", "offices", "groups", "ladders", "calendar")
_PRIORITY_FILE = re.compile(r"p[1-9][0-9]?\.yaml")
_PRIORITY_CODE = re.compile(r"p[1-9][0-9]?")
TEXT_FILE = re.compile(r"[^/\\\n]{1,100}\.(?:txt|md)", re.IGNORECASE)
_OTHER_FILE = re.compile(r"[^\n]{1,200}\.(?:docx?|pdf|odt|rtf|html?|txt|md)", re.IGNORECASE)


def is_priority(file: str) -> bool:
    """Whether a file holds a priority: p1.yaml … p99.yaml."""
    return _PRIORITY_FILE.fullmatch(name_of(file)) is not None


def name_of(file: str) -> str:
    """The name without the folder."""
    return file.rpartition("/")[2]


def folder_of(file: str) -> str:
    """The folder of a file; empty for the main plan."""
    return file.rpartition("/")[0]


def in_folder(folder: str, name: str) -> str:
    """The file of this name in a folder."""
    return f"{folder}/{name}" if folder else name


def further_folders(directory: Path) -> list[Path]:
    """The subfolders that hold a further directive, by name."""
    if not directory.is_dir():
        return []
    return sorted(each for each in directory.iterdir() if (each / DIRECTIVE).is_file() or (each / ONE_FILE).is_file())


def one_file_in(directory: Path) -> Path | None:
    """The file that holds the whole plan: the path itself, or plan.yaml in a folder without directive.yaml."""
    if directory.is_file():
        return directory
    alone = (directory / ONE_FILE).is_file() and not (directory / DIRECTIVE).is_file()
    return directory / ONE_FILE if alone else None


def priority_codes(folder: Path) -> list[str]:
    """The codes of the priorities that have a file of their own in a folder, in order of their numbers."""
    found = [path.stem for path in folder.glob("p*.yaml") if is_priority(path.name)]
    return in_order(found)


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes of priorities by their numbers."""
    return sorted(codes, key=lambda code: int(code[1:]))


@dataclass
class PlanFiles:
    """What the files of a plan hold: ``contents`` of those that can be read, and ``errors``.

    order     every file that belongs to the plan, the main plan's first
    one_file  the file that holds everything, by folder
    """

    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[PlanError] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    one_file: dict[str, str] = field(default_factory=dict)

    def read_plan(self, directory: Path) -> None:
        """Read a plan and the further directives in its subfolders."""
        self.read_folder(directory, MAIN_FOLDER)
        if OFFICES not in self.order:
            whole = self.one_file.get(MAIN_FOLDER)
            vi, en = "không có mục này", "is missing"
            if whole is None:
                vi, en = f"không có tệp này trong {directory}", f"is not in {directory}"
            self._tell(
                whole or OFFICES,
                "offices" if whole else "",
                None,
                f"{vi}; ghi các cơ quan của kế hoạch",
                f"{en}; list the offices of the plan",
            )
            self.order.insert(1, OFFICES)
        if LADDERS not in self.order:
            # What nobody changed is as shipped.
            self.order.insert(2, LADDERS)
            self.contents[LADDERS] = read_yaml(PLAN_DIR / LADDERS).content
        if directory.is_dir():
            for folder in further_folders(directory):
                self.read_folder(folder, folder.name)
            self._find_strays(directory)

    def read_folder(self, directory: Path, folder: str) -> None:
        """Read one directive: its folder, or the one file that holds it."""
        if path := one_file_in(directory):
            self.one_file[folder] = in_folder(folder, path.name)
            self._read_one(path, folder)
            return
        codes = priority_codes(directory)
        names = [DIRECTIVE, *(name for name in (OFFICES, LADDERS) if (directory / name).is_file())]
        for name in (*names, *(f"{code}.yaml" for code in codes)):
            file = in_folder(folder, name)
            self.order.append(file)
            if (content := self._read(directory / name, file)) is not None:
                self.contents[file] = content
        if not codes:
            self._tell(
                in_folder(folder, DIRECTIVE),
                "",
                None,
                "thiếu nhiệm vụ; thêm tệp p1.yaml (hoặc số khác còn trống) bên cạnh",
                "has no priority; put p1.yaml, or one with another free number, beside it",
            )
        if (directory / ONE_FILE).is_file():
            self._tell(
                in_folder(folder, ONE_FILE),
                "",
                None,
                "đã có directive.yaml; giữ một trong hai cách viết",
                "there is a directive.yaml as well; keep one of the two",
            )
        self._read_source(directory, folder)

    @property
    def is_complete(self) -> bool:
        """Whether every file could be read."""
        return all(file in self.contents or file in self.one_file.values() for file in self.order)

    def placed(self, error: PlanError) -> PlanError:
        """The error with the file and the key that its author sees, where one file holds everything."""
        file = self.one_file.get(folder_of(error.file))
        if file is None or error.file == file:
            return error
        name, key = name_of(error.file), error.key
        if name == DIRECTIVE:
            key = f"directive.{key}" if key else "directive"
        elif is_priority(name) and not key.startswith("T"):
            key = f"{name.removesuffix('.yaml')}.{key}" if key else name.removesuffix(".yaml")
        return replace(error, file=file, key=key)

    def _read_one(self, path: Path, folder: str) -> None:
        file = self.one_file[folder]
        self.order.append(file)
        if (content := self._read(path, file)) is None:
            return
        for key in content:
            if key not in _KEYS:
                vi, en = suggestion(str(key), _KEYS)
                self._tell(file, str(key), None, f"không có mục tên này{vi}", f"no such key{en}")
        parts: dict[str, Any] = {DIRECTIVE: content.get("directive")}
        if offices := {key: content[key] for key in ("offices", "groups") if key in content}:
            parts[OFFICES] = offices
        if "ladders" in content:
            parts[LADDERS] = {"ladders": content["ladders"]}
        listed = content.get("priorities")
        for place, priority in enumerate(listed if isinstance(listed, list) else ()):
            code = priority.get("code") if isinstance(priority, dict) else None
            name = code if isinstance(code, str) and _PRIORITY_CODE.fullmatch(code) else f"p{place + 1}"
            if f"{name}.yaml" in parts:
                vi, en = "đã dùng ở mục trước; mỗi mã chỉ một lần", "is used before; each code only once"
                self._tell(file, f"priorities[{place}].code", name, vi, en)
            else:
                parts[f"{name}.yaml"] = {"code": name, **priority} if isinstance(priority, dict) else priority
        if not listed or not isinstance(listed, list):
            vi, en = "thiếu nhiệm vụ; ghi ít nhất một", "is missing; give at least one priority"
            self._tell(file, "priorities", None, vi, en)
        for name, part in parts.items():
            self.order.append(in_folder(folder, name))
            if isinstance(part, dict):
                self.contents[in_folder(folder, name)] = part
            else:
                vi, en = "phải gồm các mục «mục: giá trị»", "must hold 'key: value' entries"
                self.errors.append(self.placed(PlanError(in_folder(folder, name), "", part, vi, en)))
        self._read_source(path.parent, folder)

    def _read_source(self, directory: Path, folder: str) -> None:
        """The directive's text in the place of the name of its file."""
        file = in_folder(folder, DIRECTIVE)
        content = self.contents.get(file, {})
        source = content.get("source")
        if not isinstance(source, str):
            return
        if TEXT_FILE.fullmatch(source.strip()):
            try:
                content["source"] = _text_of(directory / source.strip())
            except Refused as fault:
                self.errors.append(self.placed(PlanError(file, "source", source, str(fault), fault.en)))
                del content["source"]
        elif _OTHER_FILE.fullmatch(source.strip()):
            vi = "phải là tệp chữ (.txt) nằm cạnh tệp này; lưu văn bản thành tệp .txt mã UTF-8"
            en = "must be a text file (.txt) beside this one; save the document as UTF-8 text"
            self.errors.append(self.placed(PlanError(file, "source", source, vi, en)))
            del content["source"]

    def _read(self, path: Path, file: str) -> dict[str, Any] | None:
        """What one file holds; None after saying in ``errors`` why it cannot be read."""
        try:
            content, faults = read_yaml(path)
        except Refused as fault:
            self._tell(file, "", None, str(fault), fault.en)
            return None
        for each in faults:
            self._tell(file, "", None, str(each), each.en)
        if isinstance(content, dict):
            return content
        if content is None:
            self._tell(file, "", None, "tệp trống", "is empty")
        else:
            self._tell(file, "", None, "phải gồm các mục «mục: giá trị»", "must hold 'key: value' entries")
        return None

    def _find_strays(self, directory: Path) -> None:
        """Files that nobody would read, and folders that lack their directive.yaml."""
        further = further_folders(directory)
        for folder in sorted(each for each in directory.iterdir() if each.is_dir() and each not in further):
            if any(
                is_priority(path.name) or path.name in _NAMES or path.stem == "directive" for path in files_of(folder)
            ):
                self._tell(
                    in_folder(folder.name, DIRECTIVE),
                    "",
                    None,
                    "thiếu tệp này; thư mục có tệp của kế hoạch nhưng không có directive.yaml nên không được đọc",
                    "is missing; the folder holds files of a plan and without it none is read",
                )
        for folder in further:
            for path in files_of(folder):
                if path.suffix in (".yaml", ".yml") and path.name not in _NAMES and not is_priority(path.name):
                    vi, en = suggestion(path.name, [*_NAMES, "p1.yaml"])
                    self._tell(in_folder(folder.name, path.name), "", None, f"không rõ tệp gì{vi}", f"is unknown{en}")

    def _tell(self, file: str, key: str, value: Any, vi: str, en: str) -> None:
        self.errors.append(PlanError(file, key, value, vi, en))


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder, by name."""
    yield from sorted(each for each in folder.iterdir() if each.is_file())


def _text_of(path: Path) -> str:
    """A directive's text; raises ``Refused``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(f"tệp lớn quá {MAX_BYTES} byte", f"is larger than {MAX_BYTES} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise Refused("không có tệp này bên cạnh", "there is no such file beside it") from None
    except UnicodeDecodeError:
        vi, en = "không phải chữ UTF-8; lưu lại tệp với bảng mã UTF-8", "is not UTF-8 text; save the file as UTF-8"
        raise Refused(vi, en) from None
