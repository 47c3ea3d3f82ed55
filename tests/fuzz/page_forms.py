"""The forms found on pages, and how they come back: as a browser would send them, with a field or two gone odd."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from urllib.parse import urljoin, urlsplit

from tests.fuzz import odd_values

_PLAUSIBLE = {
    "date": ("2023-09-20", "2026-12-31", "2023-01-05"),
    "number": ("3", "0", "12"),
    "email": ("vanthu@so.example", "phong@tinh.example"),
    "": ("Theo yêu cầu của văn bản mới.", "Rà soát thủ tục", "45/BC-SYT", "3", "20/09/2023", "SYT"),
}
"""By the kind of the field; one line or several lines of text have the empty kind."""

_KEPT = 30
"""Forms remembered of each route."""


@dataclass
class PageForm:
    """A form as a page holds it: where it is sent, and each field with what may be chosen or typed there."""

    action: str
    fields: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def filled(self, rng: Random) -> list[tuple[str, str]]:
        """Filled in as people do; in half of all cases up to three fields are odd, gone or there twice."""
        sent = []
        for name, kind, values in self.fields:
            if kind == "tick":
                sent += [(name, value) for value in values if rng.random() < 0.5]
            elif kind == "choice":
                sent.append((name, rng.choice(values)))
            elif values[0] and rng.random() < 0.8:
                sent.append((name, values[0]))
            elif rng.random() < 0.85:
                sent.append((name, rng.choice(_PLAUSIBLE.get(kind, _PLAUSIBLE[""]))))
        if sent and rng.random() < 0.5:
            for _ in range(rng.randrange(1, 4)):
                place = rng.randrange(len(sent))
                odd = (sent[place][0], odd_values.text(rng))
                sent[place : place + 1] = rng.choice(([odd], [odd], [sent[place], odd], []))
                if not sent:
                    break
        return sent


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._address, self._inside, self._select = address, False, ""
        self._options: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = of.get("method", "").lower() == "post"
            if self._inside:
                action = urljoin(self._address, of.get("action", ""))
                self.forms.append(PageForm(urlsplit(action).path))
            return
        if not self._inside:
            return
        name, kind, form = of.get("name", ""), of.get("type", ""), self.forms[-1]
        if tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append(of.get("value", ""))
        elif not name:
            return
        elif kind == "file":
            form.files.append(name)
        elif kind in ("checkbox", "radio"):
            form.fields.append((name, "tick", (of.get("value", "on"),)))
        elif tag == "button":
            form.fields.append((name, "tick", (of.get("value", ""),)))
        elif tag in ("input", "textarea"):
            form.fields.append((name, kind if kind in _PLAUSIBLE else "", (of.get("value", ""),)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._inside and self._select:
            if self._options:
                self.forms[-1].fields.append((self._select, "choice", tuple(self._options)))
            self._select = ""


def forms_of(address: str, page: str) -> list[PageForm]:
    """Every form of a page that is posted."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms


@dataclass
class FormsFound:
    """Forms by the route and the role that they were shown to, the older ones forgotten by chance."""

    _of: dict[str, list[tuple[str, PageForm]]] = field(default_factory=dict)

    def keep(self, route: str, role: str, form: PageForm, rng: Random) -> None:
        kept = self._of.setdefault(route, [])
        if len(kept) < _KEPT:
            kept.append((role, form))
        else:
            kept[rng.randrange(_KEPT)] = role, form

    def one(self, route: str, rng: Random) -> tuple[str, PageForm] | None:
        """The role that saw it, and the form; None when none was seen yet."""
        kept = self._of.get(route)
        return rng.choice(kept) if kept else None
