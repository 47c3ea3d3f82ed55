"""What offices wrote, quoted in a report: the same words once, with the names of all that wrote them."""

from dataclasses import dataclass, field

MAX_QUOTES = 20
"""Texts quoted for each subtask; the rest is counted, and the tracking table in Excel has it."""

MAX_NAMES = 12
"""Offices named beside what they all wrote; the rest is counted."""


@dataclass(frozen=True)
class Quote:
    """A text from reports that were accepted, with the names of all offices that wrote it."""

    offices: tuple[str, ...]
    text: str

    @property
    def office(self) -> str:
        """The first names, and how many more there are."""
        rest = len(self.offices) - MAX_NAMES
        named = "; ".join(self.offices[:MAX_NAMES])
        return f"{named} và {rest} cơ quan khác" if rest > 0 else named


@dataclass
class Quotes:
    """The first texts of a kind, and how many more there are."""

    texts: list[Quote] = field(default_factory=list)
    more: int = 0

    def add(self, office: str, text: str) -> None:
        """Quote a text; the same of another office stands beside it."""
        if not text:
            return
        for place, quote in enumerate(self.texts):
            if _same(quote.text) == _same(text):
                if office not in quote.offices:
                    self.texts[place] = Quote((*quote.offices, office), quote.text)
                return
        if len(self.texts) < MAX_QUOTES:
            self.texts.append(Quote((office,), text))
        else:
            self.more += 1


def _same(text: str) -> str:
    """What two texts have in common that differ in spaces, line ends, capitals or the full stop alone."""
    return " ".join(text.split()).rstrip(".").casefold()
