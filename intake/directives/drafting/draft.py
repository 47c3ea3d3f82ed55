"""The draft of a directive's tasks: a pure function of its text and of the names of offices.

Nothing is made up: what the text does not say is None, and what had to be read into it is told with the task.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from config.catalogue.office_names import OfficeNames
from intake.directives.drafting.duplicates import duplicates_of
from intake.directives.drafting.findings import Finding
from intake.directives.drafting.loose_tables import with_tables_put_together
from intake.directives.drafting.no_tasks import Sifter
from intake.directives.drafting.prose import ProseReader
from intake.directives.drafting.task_tables import TableReader
from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.details import kind_of, title_of
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.offices.resolution import Resolver
from intake.directives.phrases.stated_days import YearContext, year_context
from intake.directives.phrases.words import plain
from intake.directives.text import DirectiveText, Paragraph, Span, Table, spans_joined

_LETTERS = re.compile(r"[^\W\d_]")
_VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")
DOUBTED = 0.6
"""How sure at most a task is that has anything to be looked at."""
_FORMAL = re.compile(r"[\s\W\d_]*")


@dataclass(frozen=True)
class DraftOffice:
    """The words for an office, and its code where the register knows it."""

    text: str
    office: str | None
    many: bool = False


@dataclass(frozen=True)
class DraftTask:
    """A task as drafted; None and empty lists are what the text does not say.

    quote     its words as they stand; ``spans``: where they stand, and where its office, date and product stand
    role      lead (one office), joint (several together), each (every one of a group), collective (nobody by name)
    sure      from 0 to 1; ``why``: what the reading rests on, in Vietnamese
    """

    ref: str
    title: str
    quote: str
    spans: tuple[Span, ...]
    role: str
    leads: tuple[DraftOffice, ...]
    coordinating: tuple[DraftOffice, ...]
    report_to: DraftOffice | None
    product: str | None
    target: str | None
    deadline: Deadline | None
    kind: str
    sure: float
    why: tuple[str, ...]
    duplicate_of: str | None = None
    in_table: bool = False
    report_to_also: tuple[DraftOffice, ...] = ()

    @property
    def reported_to(self) -> tuple[DraftOffice, ...]:
        """Everybody who is reported to."""
        return ((self.report_to,) if self.report_to else ()) + self.report_to_also

    def as_json(self) -> dict[str, Any]:
        said = self.deadline
        return {
            "ref": self.ref,
            "title": self.title,
            "quote": self.quote,
            "spans": [list(each) for each in self.spans],
            "role": self.role,
            "leads": [{"text": each.text, "office": each.office} for each in self.leads],
            "coordinating": [{"text": each.text, "office": each.office} for each in self.coordinating],
            "report_to": "; ".join(each.text for each in self.reported_to) or None,
            "product": self.product,
            "target": self.target,
            "deadline": {
                "words": said.words if said else None,
                "kind": said.kind if said else "none",
                "rule": said.rule or None if said else None,
                "date": said.day.isoformat() if said and said.day else None,
            },
            "kind": self.kind,
            "sure": self.sure,
            "why": list(self.why),
            "duplicate_of": self.duplicate_of,
        }


@dataclass(frozen=True)
class Draft:
    """``uncovered``: the text that no task covers, so that nothing is overlooked."""

    text: str
    tasks: tuple[DraftTask, ...]
    uncovered: tuple[Span, ...]
    notes: tuple[tuple[str, str], ...] = ()
    years: YearContext = field(default_factory=YearContext)

    @property
    def text_sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "tasks": [each.as_json() for each in self.tasks],
            "uncovered": [list(each) for each in self.uncovered],
            "text_sha256": self.text_sha256,
            "notes": [{"vi": vi, "en": en} for vi, en in self.notes],
        }


def draft_of(
    document: DirectiveText, names: OfficeNames | None = None, place: str = "", years: YearContext | None = None
) -> Draft:
    """The tasks that ``document`` gives, by rules and a dictionary.

    names  the offices of the register; ``place``: their province, «Thanh Hóa»
    years  of the whole text where ``document`` is a passage of it
    """
    document = with_tables_put_together(document)
    text, lower = document.text, plain(document.text)
    years = years or year_context(text)
    offices = OfficeReader(names.names if names else ())
    findings = ProseReader(document, lower, offices, years).findings()
    tables = TableReader(text, lower, offices, years)
    for block in document.blocks:
        if isinstance(block, Table):
            tables.read(block)
    sifter = Sifter(document, lower, offices, years)
    resolver = Resolver(names, years.issued, place)
    tasks = [
        _task(each, text, lower, resolver)
        for each in sorted(sifter.sifted(findings + tables.findings()), key=lambda f: f.start)
    ]
    tasks = _with_single_refs(tasks)
    marked = duplicates_of(tasks)
    tasks = [replace(each, duplicate_of=marked.get(each.ref)) for each in tasks]
    left = uncovered(document, (span for task in tasks for span in task.spans))
    return Draft(text, tuple(tasks), left, (*document.notes, *_notes(document, tasks)), years)


def _task(found: Finding, text: str, lower: str, resolver: Resolver) -> DraftTask:
    leads = tuple(_office(each, resolver) for each in found.leads)
    said = found.deadline
    why, doubts = list[str](), list(found.doubts)
    sure = 0.95 if found.source == "table" else 0.85
    if found.source == "table":
        why.append("dòng của bảng nhiệm vụ")
    elif found.explicit:
        why.append("câu giao cho cơ quan được nêu tên")
    elif leads:
        why.append("mục nằm dưới tên cơ quan")
        sure = 0.75
    if not leads:
        sure = 0.4
    if leads and resolver.knows and not any(each.office for each in leads) and not any(each.many for each in leads):
        why.append("tên cơ quan chưa có trong danh bạ")
        sure -= 0.1
    if said and said.assumed:
        doubts.append(said.assumed)
    if said and said.kind != "none" and not said.rule:
        doubts.append("lời ghi hạn chưa đọc được thành quy tắc")
    if doubts:
        sure = min(sure, DOUBTED)
    to = [_office(each, resolver) for each in found.report_to]
    if not to and found.report_to_words:
        to = [DraftOffice(found.report_to_words, None)]
    own = [(found.start, found.end), *found.more]
    quote = "\n".join(text[a:b] for a, b in own)
    return DraftTask(
        ref=found.ref,
        title=title_of(
            quote, found.rest - found.start, len(quote) if found.source == "table" else own[0][1] - own[0][0]
        ),
        quote=quote,
        spans=(*own, *spans_joined(found.spans)),
        role=role_of(leads),
        leads=leads,
        coordinating=tuple(_office(each, resolver) for each in found.coordinating),
        report_to=to[0] if to else None,
        product=found.product or None,
        target=found.target or None,
        deadline=said,
        kind=kind_of(lower[found.rest : found.end].lstrip(), said),
        sure=round(max(sure, 0.2), 2),
        why=(*why, *doubts),
        in_table=found.source == "table",
        report_to_also=tuple(to[1:]),
    )


def _office(phrase: OfficePhrase, resolver: Resolver) -> DraftOffice:
    words = " ".join(phrase.text.split())
    return DraftOffice(words, resolver.code(phrase), phrase.many)


def role_of(leads: tuple[DraftOffice, ...]) -> str:
    """lead, joint, each or collective, by who leads."""
    if not leads:
        return "collective"
    if any(each.many for each in leads):
        return "each"
    return "lead" if len(leads) == 1 else "joint"


def _with_single_refs(tasks: list[DraftTask]) -> list[DraftTask]:
    """Each with a ref of its own: «II.1», «II.1-2»."""
    met: dict[str, int] = {}
    told = []
    for number, each in enumerate(tasks, 1):
        ref = each.ref or f"#{number}"
        met[ref] = met.get(ref, 0) + 1
        while met[ref] > 1 and f"{ref}-{met[ref]}" in met:
            met[ref] += 1
        single = ref if met[ref] == 1 else f"{ref}-{met[ref]}"
        met.setdefault(single, 1)
        told.append(replace(each, ref=single))
    return told


def uncovered(document: DirectiveText, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The words of a text outside of these spans."""
    covered = spans_joined(spans)
    ends = [end for _, end in covered]
    left: list[Span] = []
    for block in document.blocks:
        pieces = (
            [span for row in block.rows for span in row] if isinstance(block, Table) else [(block.start, block.end)]
        )
        for start, end in dict.fromkeys(pieces):
            at, next_one = start, bisect_right(ends, start)
            while at < end:
                a, b = covered[next_one] if next_one < len(covered) else (end, end)
                stop = min(max(a, at), end)
                if not _FORMAL.fullmatch(document.text, at, stop):
                    left.append(_trimmed(document.text, at, stop))
                at, next_one = max(b, stop) if a < end else end, next_one + 1
    return tuple(sorted(left))


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _notes(document: DirectiveText, tasks: list[DraftTask]) -> list[tuple[str, str]]:
    notes = []
    letters = _LETTERS.findall(document.text[:20_000])
    marked = len(_VIETNAMESE.findall(document.text[:20_000].lower()))
    if len(letters) > 200 and marked < 0.08 * len(letters):
        notes.append(
            (
                "Văn bản không phải tiếng Việt có dấu; bản thảo chỉ đọc được bảng có tên cột và hạn rõ ràng. "
                "Dùng bản tiếng"
                " Việt, hoặc nhập nhiệm vụ bằng tay.",
                "The text is not Vietnamese with diacritics; only tables with named columns and clear deadlines can "
                "be read. Use the Vietnamese version, or enter the tasks by hand.",
            )
        )
    if not tasks:
        notes.append(
            (
                "Không thấy nhiệm vụ nào được giao trong văn bản: mọi đoạn ở phần chưa có nhiệm vụ. Có thể đánh "
                "dấu đoạn để"
                " thêm nhiệm vụ.",
                "No assigned task was found in the text; all of it is shown as uncovered. You can select a passage "
                "to add a task.",
            )
        )
    if any(isinstance(each, Paragraph) and each.kind == "footnote" for each in document.blocks):
        notes.append(("Chú thích cuối trang không đọc thành nhiệm vụ.", "Footnotes are not read as tasks."))
    return notes
