"""The paragraphs of a directive as a tree: sections, numbered items, and what stands beneath them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.words import ACTION, BACKGROUND_HEADING, TASKS_HEADING, folded, plain
from intake.directives.reading.lines import LABEL
from intake.directives.text import DirectiveText, Paragraph

_NUMBER_WORDS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_RANKS: tuple[tuple[float, str], ...] = (
    (0, r"(?:phần|chương|phụ lục|mục)\b.*"),
    (1, r"điều\b.*"),
    (2, r"\(?[ivx]+\W*"),
    (3, r"[A-ZĐ]\W+"),
    (4, r"khoản\b.*"),
    (4, r"\(?\d{1,3}[.)/:–-]*"),
    (5, r"\d+\.\d+[.)-]*"),
    (6, r"\d+\.\d+\.\d+[.)-]*"),
    (7, r"\d+(?:\.\d+){3,}[.)-]*"),
    (4, r"(?:và )?(?:" + "|".join(_NUMBER_WORDS) + r"|tư|bẩy) là\W*|thứ .*"),
    (8, r"\(?[a-zđ]\d?\W*"),
    (9, r"-"),
    (10, r"[+*]"),
)
_ROMAN, _CAPITAL, _TEXT_RANK = 2, 3, 11.0
_FOR = re.compile(r"(?:kinh gui|noi nhan)\b|.{0,60}\bdien *:$")
_LONGEST_HEADING = 170
_SHORTEST_NAME, _LONGEST_NAME = 6, 120


@dataclass(eq=False)
class Node:
    """One paragraph: its label, its words from ``body`` to ``end``, and what stands beneath it.

    rank          smaller ones stand above greater ones; a paragraph without a label is beneath whatever came last
    background    it is about "aims" and reasons, or about "money"; "" for neither
    formal        it is of those whom a letter is for or sent to
    preamble      it stands before the first item of a text that has items
    last_of_text  it stands behind the last one
    """

    start: int
    body: int
    end: int
    label: str = ""
    rank: float = _TEXT_RANK
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    heading: bool = False
    background: str = ""
    preamble: bool = False
    formal: bool = False
    last_of_text: bool = False

    @property
    def about_money(self) -> bool:
        """Whether it stands beneath a heading of money, where offices are told to provide it."""
        return self.background == "money"

    def lineage(self) -> Iterator["Node"]:
        """The node and what it stands beneath, upwards."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent


def outline_of(document: DirectiveText) -> list[Node]:
    """Every paragraph in order, each with its parent; footnotes are left out, tables stand elsewhere."""
    nodes = [
        _node(document.text, each)
        for each in document.blocks
        if isinstance(each, Paragraph) and each.kind != "footnote"
    ]
    labelled = [at for at, node in enumerate(nodes) if node.label]
    for at, node in enumerate(nodes):
        node.preamble = bool(labelled) and at < labelled[0]
        if not node.label and not node.heading and document.text[node.body : node.end].rstrip().endswith(":"):
            following = nodes[at + 1] if at + 1 < len(nodes) else None
            if following is not None and (following.label or len(document.text[following.body : following.end]) > 30):
                node.rank = following.rank - 0.5
    _settle_letters(nodes)
    stack: list[Node] = []
    for node in nodes:
        node.formal = bool(_FOR.match(folded(document.text[node.body : node.end])))
        if not node.label and any(each.formal for each in stack):
            stack.clear()
        if node.heading and not node.label:
            stack.clear()
            stack.append(node)
            node.rank = -1.0
        else:
            while stack and stack[-1].rank >= node.rank:
                stack.pop()
            if stack:
                node.parent = stack[-1]
                node.formal = node.formal or node.parent.formal
                stack[-1].children.append(node)
            if node.rank < _TEXT_RANK:
                stack.append(node)
        node.background = _background(document.text, node)
    last = max((at for at in labelled if not nodes[at].formal), default=len(nodes))
    for node in nodes[last + 1 :]:
        node.last_of_text = True
    return nodes


def _settle_letters(nodes: list[Node]) -> None:
    """«A.» stands above «I.» where it comes first, and beneath it otherwise."""
    first = next((node for node in nodes if node.rank in (_ROMAN, _CAPITAL)), None)
    if first is not None and first.rank == _CAPITAL:
        for node in nodes:
            node.rank = _ROMAN - 0.5 if node.rank == _CAPITAL else node.rank


def _node(text: str, paragraph: Paragraph) -> Node:
    label = LABEL.match(text, paragraph.start, paragraph.end)
    body = label.end() if label else paragraph.start
    while body < paragraph.end and text[body] in " \n":
        body += 1
    node = Node(paragraph.start, body, paragraph.end)
    if label:
        node.label = label[0].strip()
        node.rank = _rank(node.label)
    words = text[body : paragraph.end].strip()
    capitals = words.upper() == words and any(each.isalpha() for each in words)
    node.heading = capitals and 3 < len(words) <= _LONGEST_HEADING and not words.endswith((".", ";"))
    return node


def _rank(label: str) -> float:
    bare = label.strip()
    for rank, pattern in _RANKS:
        wanted = bare if pattern.startswith("[A-Z") else bare if pattern.startswith(r"\(?[a-z") else plain(bare)
        if rank == 2 and bare.upper() != bare:
            continue
        if re.fullmatch(pattern, wanted):
            return rank
    return 9.0


def _background(text: str, node: Node) -> str:
    """What it, or what it stands beneath, is about, where these are no tasks; a nearer heading of tasks says no."""
    for each in node.lineage():
        if each is node and not (each.heading or each.children):
            words = text[each.body : each.end]
            if not (each.label and len(words) <= 60 and not words.rstrip().endswith((".", ";"))):
                continue
        head = folded(text[each.body : min(each.end, each.body + _LONGEST_HEADING)]).strip()
        if each.end - each.body > _LONGEST_HEADING:
            continue
        if BACKGROUND_HEADING.match(head):
            return "money" if head.startswith("kinh phi") else "aims"
        if each.heading and TASKS_HEADING.search(head):
            return ""
    return ""


def learn_offices(nodes: list[Node], text: str, lower: str, offices: OfficeReader) -> None:
    """Let headings that are an office's name alone be known: «4. Vụ Phổ biến, giáo dục pháp luật»."""
    for node in nodes:
        words = text[node.body : node.end].strip(" .:;\n")
        if not node.label or not _SHORTEST_NAME < len(words) <= _LONGEST_NAME or ":" in words:
            continue
        items, after = offices.list_at(text, lower, node.body, node.end)
        if len(items) != 1 or items[0].start > node.body:  # «Chủ tịch UBND các xã» is the head of one
            continue
        alone = not lower[after : node.end].strip(" .:")
        with_comma = re.match(r", [^\W\d_]", lower[after : node.end]) and not items[0].many
        if alone or (with_comma and (node.children or not ACTION.search(lower, after, node.end))):
            offices.add([words])


def path_of(node: Node) -> str:
    """«III.1-a»: the labels above it; a dash by its place among its neighbours."""
    parts: list[str] = []
    for each in node.lineage():
        if not each.label:
            continue
        bare = each.label.strip()
        if each.rank in (9.0, 10.0) and each.parent is not None:
            place = [one for one in each.parent.children if one.rank == each.rank].index(each)
            parts.append("-" + (chr(ord("a") + place) if place < 26 else str(place + 1)))
        elif word := re.fullmatch(r"(?:và )?(.+?) là\W*", plain(bare)):
            name = word[1].replace("tư", "bốn").replace("bẩy", "bảy")
            parts.append(str(_NUMBER_WORDS.index(name) + 1) if name in _NUMBER_WORDS else name)
        else:
            parts.append(bare.strip("().:/-– "))
    path = ""
    for part in reversed(parts):
        if path and re.match(r"\d+\.\d", part):
            last = path.rpartition(".")[2] if "." in path else path
            path = path.removesuffix(last).rstrip(".") if part.split(".")[0] == last else path
        path = path + part if part.startswith("-") or not path else f"{path}.{part}"
    return path.lstrip("-") if path.startswith("-") else path
