"""The documents are held to the code: what they name is there."""

import re
from collections import Counter
from pathlib import Path

from rehearsal.pictures import LANGUAGES, PICTURES, RUNS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {path: path.read_text("utf-8") for path in DOCUMENTS}
TOP = {path.name for path in ROOT.iterdir()} - {".git", ".venv"}
FILES = {path.name for top in TOP for path in (ROOT / top).rglob("*") if (ROOT / top).is_dir()}


def test_every_path_a_document_names_is_there() -> None:
    quoted = [(document, each) for document, text in TEXTS.items() for each in re.findall(r"`([^`\s]+)`", text)]
    is_path = re.compile(r"[a-z_.]+(/[\w.-]+)*/?")
    paths = [(where, each) for where, each in quoted if is_path.fullmatch(each) and each.split("/")[0] in TOP]
    assert [(where.name, path) for where, path in paths if not (ROOT / path).exists()] == []
    names = [(where, each) for where, each in quoted if re.fullmatch(r"[a-z_0-9]+\.py", each)]
    assert [(where.name, name) for where, name in names if name not in FILES] == []


def test_every_link_within_the_project_leads_somewhere() -> None:
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    links = [(document, each) for document, text in TEXTS.items() for each in link.findall(text) if "://" not in each]
    assert [(where.name, each) for where, each in links if not (where.parent / each).exists()] == []


def test_each_readme_shows_every_picture_of_its_language_and_no_picture_is_left_over() -> None:
    single = [each.name for each in PICTURES] + ["story"]
    made = {f"{name}-{language}.jpg" for name in single for language in LANGUAGES} | {f"{RUNS}.jpg"}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} == made
    for language, readme in (("en", "README.md"), ("vi", "README.vi.md")):
        shown = re.findall(r"!\[[^\]]+\]\(docs/pictures/([^)]+)\)", (ROOT / readme).read_text("utf-8"))
        assert sorted(shown) == sorted(name for name in made if f"-{'vi' if language == 'en' else 'en'}." not in name)


def test_a_version_in_the_changelog_has_parts_of_their_own_and_tells_nothing_twice() -> None:
    for version in (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1:]:
        lines = version.splitlines()
        parts = [number for number, line in enumerate(lines) if re.fullmatch(r"\*\*[^*]+\*\*[^*]*", line)]
        assert len(parts) > 3 and [lines[number] for number in parts if lines[number - 1]] == []
        told = re.findall(r"^(?:- )?\*\*([^*]+)\*\*", version, re.MULTILINE)
        assert [each for each, times in Counter(told).items() if times > 1] == []


def test_the_picture_of_the_rooms_names_every_room() -> None:
    picture = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("```")[1]
    rooms = {path.parent.relative_to(ROOT) for top in TOP for path in (ROOT / top).glob("*/__init__.py")}
    rooms = {room for room in rooms if room.parts[0] != "tests"}
    assert {room.as_posix() for room in rooms if not re.search(rf"\b{room.name}\b", picture)} == set()


def test_the_licence_is_named_where_it_counts() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text("utf-8")
