"""What went wrong in a text that is not YAML, in the words of whoever typed it: the line, the slip, what to do.

A parser reports where it could not go on, which is often far below the slip: a quote that is not closed in line 9
swallows lines until the next quote. So the lines above that place are looked through for the slips people make.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from config.errors import Refused


class Slip(Refused):
    """A fault with its line, counted from 1."""

    def __init__(self, line: int, vi: str, en: str) -> None:
        super().__init__(f"dòng {line}: {vi}", f"line {line}: {en}")
        self.line = line


class _Hint(NamedTuple):
    vi: str
    en: str


_TAB = _Hint("thụt lề bằng phím tab; thay mỗi tab bằng dấu cách", "the indent is a tab; use spaces instead")
_SPACE = _Hint(
    "có dấu cách lạ (chép từ văn bản khác); xóa đi và gõ dấu cách thường",
    "there is a special space, copied from another document; delete it and type a plain one",
)
_CONTROL = _Hint(
    "có ký tự điều khiển không nhìn thấy; xóa và gõ lại dòng này",
    "there is an invisible control character; delete and type this line anew",
)
_QUOTE = _Hint(
    "thiếu dấu ngoặc kép (hoặc đơn) đóng của giá trị; thêm vào cuối giá trị",
    "the quote that opens the value is not closed; add it at the end of the value",
)
_AFTER_QUOTE = _Hint(
    'còn chữ sau dấu ngoặc kép đóng; đưa cả giá trị vào trong ngoặc, dấu " bên trong viết là \\"',
    'there is text after the closing quote; put the whole value in quotes and write \\" for a quote inside it',
)
_BRACKET = _Hint(
    "ngoặc [ hoặc { mở mà không đóng (hoặc đóng nhầm loại); kiểm tra từng cặp ngoặc, dấu phẩy",
    "a bracket [ or { is not closed, or closed by the wrong one; check each pair and the commas",
)
_AFTER_BRACKET = _Hint(
    "còn chữ sau ngoặc đóng; giá trị bắt đầu bằng [ hay { thì để trong ngoặc kép",
    "there is text after the closing bracket; put a value that begins with [ or { in quotes",
)
_COLON_INSIDE = _Hint(
    "giá trị có dấu hai chấm; để cả giá trị trong ngoặc kép",
    "the value holds a colon; put the whole value in quotes",
)
_NO_SPACE = _Hint("thiếu dấu cách sau dấu hai chấm; viết «mục: giá trị»", "a space is missing after the colon")
_WIDE_COLON = _Hint(
    "dấu hai chấm «：» không phải dấu thường; gõ lại «: »", "the colon is not a plain one; type ': ' anew"
)
_NO_COLON = _Hint(
    "thiếu dấu hai chấm sau tên mục (viết «mục: giá trị»), hoặc thiếu dấu gạch «- » ở đầu dòng",
    "a colon is missing after the key ('key: value'), or a dash '- ' at the beginning of the line",
)
_NO_DASH = _Hint(
    "dòng này ở trong danh sách mà thiếu dấu gạch «- » ở đầu", "this line of a list does not begin with a dash '- '"
)
_TIGHT_DASH = _Hint("thiếu dấu cách sau dấu gạch đầu dòng; viết «- »", "a space is missing after the dash; write '- '")
_INDENT = _Hint(
    "thụt lề không khớp các dòng ở trên; các mục cùng nhóm phải thẳng cột",
    "the indent fits no line above; entries of one group begin in the same column",
)
_TOO_FAR = _Hint(
    "thụt lề sâu hơn dòng trên, mà dòng trên đã có giá trị; sửa cho thẳng cột",
    "is indented more than the line above, which has a value already; align them",
)
_SPECIAL = _Hint(
    "giá trị bắt đầu bằng ký tự đặc biệt (@ ` % & * ! , ] }); để cả giá trị trong ngoặc kép",
    "the value begins with a special character (@ ` % & * ! , ] }); put the whole value in quotes",
)
_KEY = _Hint("tên mục phải là chữ, không phải danh sách hay nhóm", "a key must be plain text, not a list or a group")
_DOCUMENTS = _Hint("tệp chỉ gồm một phần; bỏ dòng «---» hoặc «...»", "a file holds one document; remove '---' or '...'")
_OTHER = _Hint(
    "kiểm tra thụt lề, dấu hai chấm, ngoặc; giá trị có : # * & ! hay ngoặc thì để trong ngoặc kép",
    "check indents, colons, brackets; put a value with : # * & ! or brackets in quotes",
)

_BY_PROBLEM = {
    "cannot start any token|alias|anchor|tag": _SPECIAL,
    "expected key|block end|block collection": _INDENT,
    "hashable": _KEY,
    "document": _DOCUMENTS,
}
"""What the parser says, the first that fits."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]")
_KEY_LINE = re.compile(r"^[ ]*(?:- +)*[\w.-]+:(?:[ ]|$)")
_VALUE = re.compile(r"^(?P<indent>[ ]*)(?:- +)*(?:(?P<key>[^\s\"'\[{#:][^:#]*?):(?:[ ]+|$))?(?P<value>.*)$")
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")
_REST = re.compile(r"[ \t]*(?:[ \t]#.*)?$")
_PAIRS = {"[": "]", "{": "}"}


def explain(text: str, fault: Any) -> Slip:
    """What a ``YAMLError`` most likely comes from."""
    lines = text.split("\n")
    if found := _CONTROLS.search(text):
        return _slip(text.count("\n", 0, found.start()), _CONTROL)
    at = getattr(fault, "problem_mark", None)
    if at is None:
        return _slip(0, _OTHER)
    began = getattr(fault, "context_mark", None) or at
    last = min(at.line, len(lines) - 1)
    for number, line in enumerate(lines[: last + 1]):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip() and not line.lstrip().startswith("#"):
            return _slip(number, _TAB)
    for number, words in _unclosed(lines):
        if number <= last:
            return _slip(number, words)
    return _of_problem(lines, str(getattr(fault, "problem", "")), last, min(began.line, len(lines) - 1))


def _of_problem(lines: list[str], problem: str, last: int, began: int) -> Slip:
    """By what the parser says, and what the line looks like where it stopped or where it began."""
    for number in (last, began):
        if _SPACES.search(lines[number]):
            return _slip(number, _SPACE)
    if "mapping values are not allowed" in problem:
        value = _VALUE.match(lines[last])
        inside = value and value["key"] and re.search(r":(?:\s|$)", value["value"])
        return _slip(last, _COLON_INSIDE if inside else _TOO_FAR)
    if "expected ':'" in problem:
        # The line with a key that was never finished, the first one that is none.
        number = next((each for each in range(began, last + 1) if not _KEY_LINE.match(lines[each])), began)
        line = lines[number].strip()
        if "：" in line:
            return _slip(number, _WIDE_COLON)
        if re.match(r"(?:- )*[\w.-]+:[^\s/]", line):
            return _slip(number, _NO_SPACE)
        return _slip(number, _TIGHT_DASH if re.match(r"-[^\s-]", line) else _NO_COLON)
    if "expected '-' indicator" in problem:
        return _slip(last, _TIGHT_DASH if re.match(r"\s*-\S", lines[last]) else _NO_DASH)
    if "',' or" in problem:
        return _slip(began, _BRACKET)
    hint = next((hint for said, hint in _BY_PROBLEM.items() if re.search(said, problem)), _OTHER)
    if hint is _INDENT and re.match(r".*[:-] +[,\]}%@`]", lines[last]):
        hint = _SPECIAL
    return _slip(last, hint)


def _slip(number: int, words: _Hint) -> Slip:
    return Slip(number + 1, f"sai cú pháp YAML: {words.vi}", f"is not valid YAML: {words.en}")


def _unclosed(lines: list[str]) -> Iterator[tuple[int, _Hint]]:
    """Values that begin with a quote or bracket and do not end as such, by their lines."""
    number = 0
    while number < len(lines):
        found = _VALUE.match(lines[number])
        value = found["value"] if found else ""
        after = number + 1
        if found and _BLOCK.match(value):
            while after < len(lines) and (
                not lines[after].strip() or len(lines[after]) - len(lines[after].lstrip()) > len(found["indent"])
            ):
                after += 1
        elif value[:1] in ("'", '"', "[", "{"):
            start = len(lines[number]) - len(value)
            end, words = _closed(lines, number, start)
            if words is not None:
                yield end, words
            else:
                after = end + 1
        number = after


def _closed(lines: list[str], number: int, column: int) -> tuple[int, _Hint | None]:
    """Follow a value from its opening quote or bracket: the line where it ends, or where it goes wrong and how."""
    first, open_, quote, opened = number, list[str](), "", number
    while number < len(lines):
        line = lines[number]
        # A key like those around it begins before the value has ended.
        if number > first and _KEY_LINE.match(line) and (quote or not line.startswith(" ")):
            return opened if quote else first, _QUOTE if quote else _BRACKET
        while column < len(line):
            letter = line[column]
            if (quote == '"' and letter == "\\") or (quote == "'" and line[column : column + 2] == "''"):
                column += 1  # what follows is part of the value
            elif quote:
                if letter == quote:
                    quote = ""
                    if not open_:
                        # A quoted key goes on with its colon.
                        rest = line[column + 1 :]
                        if _REST.fullmatch(rest) or re.match(r"\s*:(?:\s|$)", rest):
                            return number, None
                        return opened, _AFTER_QUOTE if opened == number else _QUOTE
            elif letter in "'\"" and re.search(r"[\[{,:]\s*$|^\s*(?:- +)*(?:[^\s:]+: +)?$", line[:column]):
                quote, opened = letter, number
            elif letter in _PAIRS:
                open_.append(_PAIRS[letter])
            elif letter in "]}":
                if not open_ or open_.pop() != letter:
                    return first, _BRACKET
                if not open_:
                    rest = line[column + 1 :]
                    return number, None if _REST.fullmatch(rest) or rest.lstrip()[:1] == ":" else _AFTER_BRACKET
            elif letter == "#" and line[column - 1 : column] in (" ", "\t"):
                break
            column += 1
        number, column = number + 1, 0
    return opened if quote else first, _QUOTE if quote else _BRACKET
