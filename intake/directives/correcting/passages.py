"""Reading what a person typed or marked in a draft: a passage of the text, the name of an office, a date."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.catalogue.office_names import OfficeNames, visible
from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.grammar import parse_rule
from intake.directives.drafting.draft import Draft, DraftOffice, DraftTask, draft_of, role_of, uncovered
from intake.directives.phrases.deadline_phrases import Deadline, cell_deadline
from intake.directives.phrases.details import title_of
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.offices.resolution import Resolver
from intake.directives.phrases.stated_days import YearContext, year_context
from intake.directives.phrases.words import plain
from intake.directives.text import DirectiveText, Paragraph, Span

_log = logging.getLogger("dondoc.intake")


def names_of(plan: Plan, spellings: Mapping[str, str]) -> OfficeNames:
    """The offices of a plan by all their names, with what they were called in earlier drafts."""
    return plan.office_names.called_also(spellings)


def place_of(plan: Plan) -> str:
    """The province of the house, where one of its directives names it."""
    return next((each.place_vi for each in plan.directives if each.place_vi), "")


def draft_or_text(document: DirectiveText, names: OfficeNames, place: str, years: YearContext | None = None) -> Draft:
    """The draft; where the rules fail, the text alone, so that nobody loses what was brought in."""
    try:
        return draft_of(document, names, place, years)
    except Exception:
        _log.exception("a text of %d characters could not be drafted", len(document.text))
        note = (
            "Không lập được bản thảo tự động cho văn bản này; văn bản được giữ nguyên. Đánh dấu từng đoạn để thêm nhiệm"
            " vụ, và báo người quản trị.",
            "No tasks could be drafted from this text; it is kept as it is. Select passages to add tasks, and tell the"
            " operator.",
        )
        return Draft(document.text, (), uncovered(document, ()), (*document.notes, note))


@dataclass(frozen=True)
class PassageReader:
    """What passages of one text are read by."""

    text: str
    names: OfficeNames
    place: str
    years: YearContext
    _offices: OfficeReader
    _resolver: Resolver

    @classmethod
    def of(cls, text: str, names: OfficeNames, place: str) -> "PassageReader":
        years = year_context(text)
        return cls(text, names, place, years, OfficeReader(names.names), Resolver(names, years.issued, place))

    def task(self, start: int, end: int) -> tuple[DraftTask, Span]:
        """What is read of a passage by itself, and where it stands without the spaces around it; what it does not say
        is left open."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        words = self.text[start:end]
        alone = DirectiveText(words, (Paragraph(0, len(words)),))
        found = draft_or_text(alone, self.names, self.place, self.years).tasks
        own = (start, end)
        if not found:
            return self._open(words, own), own
        first = found[0]
        said = first.deadline and replace(
            first.deadline, start=first.deadline.start + start, end=first.deadline.end + start
        )
        return replace(
            first,
            ref=first.ref if not first.ref.startswith("#") else "",
            quote=words,
            spans=(own,),
            deadline=said,
            duplicate_of=None,
            why=(*first.why, "đoạn do người soát chọn"),
        ), own

    def _open(self, words: str, own: Span) -> DraftTask:
        return DraftTask(
            ref="",
            title=title_of(words, 0, len(words)),
            quote=words,
            spans=(own,),
            role="collective",
            leads=(),
            coordinating=(),
            report_to=None,
            product=None,
            target=None,
            deadline=None,
            kind="one-off",
            sure=0.4,
            why=("đoạn do người soát chọn",),
        )

    def offices(self, words: str, before: Sequence[DraftOffice] = ()) -> tuple[DraftOffice, ...]:
        """The offices typed one a line; what is typed as it stood before means what it meant."""
        known = {visible(each.text): each for each in before}
        found: dict[str, DraftOffice] = {}
        for line in (visible(each).strip(" .,;") for each in words.splitlines()):
            for office in [known[line]] if line in known else self._read(line):
                found.setdefault(office.text, office)
        return tuple(found.values())

    def _read(self, line: str) -> list[DraftOffice]:
        if not line:
            return []
        if len(codes := self.names.matching(line, self.years.issued)) == 1:
            return [DraftOffice(line, codes[0])]
        phrases, after = self._offices.list_at(line, plain(line), 0, len(line))
        if not phrases or after < len(line):
            phrases = [OfficePhrase(0, len(line), line)]
        return [
            DraftOffice(f"{each.head} {each.text}".strip(), self._resolver.code(each), each.many) for each in phrases
        ]

    def deadline(self, words: str, own: Sequence[Span]) -> Deadline | None:
        """What is typed as a date; raises ``Refused`` for words that cannot be read as one."""
        line = visible(words)
        if not line:
            return None
        said = cell_deadline(line, 0, len(line), self.years)
        if said is None or not said.rule:
            parse_rule(line)  # which says what is wrong with it, and what is nearest
            raise Refused(
                f"«{line[:60]}» chưa đọc được thành thời hạn; ghi như «trước ngày 30/6/2026», «trong quý II/2026».",
                f"'{line[:60]}' cannot be read as a deadline; write it like «trước ngày 30/6/2026» or «trong quý "
                "II/2026».",
            )
        for start, end in own:
            if (at := self.text.find(line, start, end)) >= 0:
                return replace(said, start=at, end=at + len(line))
        return replace(said, start=own[0][0], end=own[0][0])


def role_for(leads: Sequence[DraftOffice], role: str) -> str:
    """The role that fits these leads: as chosen where several may lead jointly or each by itself."""
    if len(leads) > 1 and role in ("joint", "each"):
        return role
    return role_of(tuple(leads))
