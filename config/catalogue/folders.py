"""Where the files of a plan are: the main plan in the plan directory, each further directive in a subfolder.

A file is named by its path below the plan directory: ``p1.yaml``, ``cai-cach-hanh-chinh/p6.yaml``.
"""

import hashlib
import re
import shutil
from pathlib import Path

MAIN_FOLDER = ""
"""The folder of the main plan, as a file's path names it."""

MAIN_PRIORITIES = 5
"""p1 to p5 belong to the main plan; further directives number theirs from p6 on."""

_PRIORITY_FILE = re.compile(r"p[1-9][0-9]?\.yaml")


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
    return sorted(each for each in directory.iterdir() if (each / "directive.yaml").is_file())


def copy_plan(source: Path, target: Path) -> None:
    """Copy a plan's files, including those of further directives, into an existing folder."""
    for folder in (source, *further_folders(source)):
        into = target / folder.relative_to(source)
        into.mkdir(exist_ok=True)
        for path in sorted(folder.glob("*.yaml")):
            shutil.copyfile(path, into / path.name)


def source_digest(source: Path) -> str:
    """SHA-256 of the names and contents of a plan's files; empty where there are none."""
    paths = [path for folder in (source, *further_folders(source)) for path in sorted(folder.glob("*.yaml"))]
    if not paths:
        return ""
    whole = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        whole.update(f"{path.relative_to(source).as_posix()}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def priority_codes(folder: Path) -> list[str]:
    """The codes of the priorities in a folder, in order of their numbers."""
    found = [path.stem for path in folder.glob("p*.yaml") if is_priority(path.name)]
    return sorted(found, key=lambda code: int(code[1:]))
