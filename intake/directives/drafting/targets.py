"""A target as a directive words it, read as the figure to be reached; one that names no single figure stays words."""

import re
from typing import Any

from config.catalogue.office_names import visible
from config.errors import Refused
from config.text.amounts import parse_amount
from intake.directives.drafting.draft import DraftTask
from intake.directives.drafting.target_phrases import is_at_most
from intake.directives.phrases.words import plain

_YEARS = re.compile(r"(?:đến |trong |từ )?(?:năm|giai đoạn) 20\d\d(?: ?[-–] ?20\d\d)?", re.IGNORECASE)
_FIGURE = re.compile(r"(?<![\w/.,])(\d+(?:[.,]\d+)*)(?![\w/]|[.,]\d| ?[-–] ?\d)( ?%)?")
_LONGEST = 190


def target_in(task: DraftTask) -> dict[str, Any] | None:
    """The target of a subtask (``config.catalogue.demands.Target``); None for no figure, several, or one of which the
    words do not say whether it is the least or the most."""
    words = visible(task.target or "")
    said = _YEARS.sub("", words)
    found = list(_FIGURE.finditer(said))
    if len(found) != 1 or len(re.findall(r"\d+(?:[.,/-]\d+)*", said)) != 1 or len(words) > _LONGEST:
        return None
    number, percent = found[0].groups()
    try:
        parse_amount(number, "", "")
    except Refused:
        return None
    at_most = is_at_most(plain(said[: found[0].start()]), plain(said[found[0].end() :]))
    if at_most is None:
        return None
    is_bare = not re.search(r"[^\W\d]{2}", said.replace(found[0][0], ""))
    target: dict[str, Any] = {"indicator_vi": visible(task.title)[:_LONGEST] if is_bare else words}
    if percent:
        target["unit"] = "%"
    target["value"] = number
    if at_most:
        target["at_most"] = True
    return target | {"words": words}
