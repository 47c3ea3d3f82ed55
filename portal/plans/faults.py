"""Faults of a plan under the names of the form's fields: which field, what is wrong, what would be right."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.boundary import Strength, pieces, refuse_personal_or_secret
from config.catalogue.faults import PlanError, PlanErrors
from config.catalogue.fields import SUBTASK
from config.errors import Refused
from config.rules.reading.written import written
from portal.form import FormReader

_LABELS: Mapping[str, tuple[str, str]] = {
    "title_vi": ("Tên nhiệm vụ", "Title"),
    "title_en": ("Tên tiếng Anh", "English title"),
    "quote": ("Trích dẫn", "Quote"),
    "product": ("Kết quả phải có", "Product"),
    "targets": ("Chỉ tiêu", "Target"),
    "indicator_vi": ("tên chỉ tiêu", "indicator"),
    "value": ("giá trị", "value"),
    "unit": ("đơn vị tính", "unit"),
    "by": ("thời hạn đạt", "by when"),
    "depends_on": ("Việc phải xong trước", "Depends on"),
    "input_from": ("Lấy số liệu từ", "Input from"),
    "monitor": ("Cơ quan theo dõi", "Monitor"),
    "ladder": ("Thang nhắc việc", "Ladder"),
    "documents": ("Văn bản liên quan", "Documents"),
    "systems": ("Hệ thống liên quan", "Systems"),
    "boundary_vi": ("Không được ghi vào báo cáo", "Never write into a report"),
    "report": ("Biểu báo cáo", "Report form"),
    "counts": ("ô số liệu", "figure"),
    "checks": ("phép kiểm tra", "check"),
    "label_vi": ("tên", "label"),
    "steps": ("Báo cáo", "Report"),
    "variants": ("phần", "part"),
    "lead": ("cơ quan chủ trì", "leads"),
    "each": ("cách báo cáo", "way of reporting"),
    "coordinating": ("cơ quan phối hợp", "coordinating offices"),
    "named": ("cơ quan được biết", "offices told"),
    "report_to": ("nơi nhận báo cáo", "report goes to"),
    "due": ("thời hạn", "due date"),
    "words": ("lời của chỉ đạo", "the directive's words"),
    "trigger": ("mở khi", "opened by"),
    "valid_from": ("áp dụng từ ngày", "asked for from"),
    "valid_to": ("áp dụng đến ngày", "asked for until"),
    "subtasks": ("Nhiệm vụ cụ thể", "Subtask"),
}

_TYPED: Mapping[str, tuple[str, str]] = {
    "source": ("Nguyên văn chỉ đạo", "The directive's own words"),
    "title": ("tên", "title"),
    "numeral": ("số mục", "numeral"),
    "place": ("vị trí", "place"),
    "place_vi": ("nơi ban hành", "place of papers"),
    "superior_vi": ("cơ quan cấp trên", "the body above"),
    "drafting_unit": ("đơn vị soạn thảo", "drafting unit"),
    "new_title": ("tên nhiệm vụ trọng tâm mới", "title of the new priority task"),
    "first": ("nhiệm vụ thứ nhất", "the first subtask"),
    "second": ("nhiệm vụ thứ hai", "the second subtask"),
    "basis_note_vi": ("ghi chú căn cứ", "note on the basis"),
    "text": ("nội dung", "text"),
    "q": _LABELS["quote"],
    "t": _LABELS["targets"],
    "s": _LABELS["steps"],
    "r": _LABELS["report"],
    "c": _LABELS["counts"],
    "k": _LABELS["checks"],
    "v": _LABELS["variants"],
    "p": ("nhiệm vụ trọng tâm", "priority task"),
    "indicator": _LABELS["indicator_vi"],
    "label": _LABELS["label_vi"],
    "said": _LABELS["words"],
    "asked": _LABELS["coordinating"],
    "asked_due": ("thời hạn của cơ quan phối hợp", "due date of coordinating offices"),
    "opens": _LABELS["trigger"],
}
"""What fields are called that a plan's file calls otherwise, or that stand before a number: «q0», «s1»."""

_FIELDS = {
    "title_vi": "title",
    "title_en": "title_en",
    "quote": "q{}.text",
    "product": "product",
    "depends_on": "depends_on",
    "monitor": "monitor",
    "ladder": "ladder",
    "boundary_vi": "boundary_vi",
}
_OF_A_TARGET = {"value": "value", "unit": "unit", "by": "by", "words": "by"}
_OF_A_PART = {"lead": "lead", "coordinating": "asked", "named": "named"}
_OF_A_STEP = {
    "title_vi": "title",
    "title_en": "title",
    "lead": "lead",
    "each": "how",
    "coordinating": "asked",
    "named": "named",
    "report_to": "report_to",
    "depends_on": "depends_on",
    "trigger": "opens",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
    "product": "product",
    "due.lead": "due",
    "due.coordinating": "asked_due",
    "due.words": "said",
    "due.basis": "basis",
}

NOT_TYPED = ("csrf", "submission", "seen", "check", "more", "save", "leave")
"""Fields of a form that hold nothing of what it is about."""

_PART = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


@dataclass(frozen=True)
class FieldFault:
    """One fault of a form. ``field`` is empty where no single field is at fault."""

    field: str
    vi: str
    en: str


def field_faults(
    errors: PlanErrors, code: str, places: Mapping[str, str], asked: Iterable[str] = ()
) -> list[FieldFault]:
    """The faults of a plan that one subtask's form has caused.

    places  where the lists of the subtask stand in the form, as ``changed_subtask`` tells it
    asked   prefixes of steps of whose coordinating offices input is asked
    """
    return [_of_error(each, code, places, {*asked}) for each in errors.errors]


def boundary_faults(form: FormReader, shown: Collection[str]) -> list[FieldFault]:
    """What was typed and may not be kept: personal data and secrets, each with its field.

    shown  what the fields held before, which is in the plan already
    """
    faults: list[FieldFault] = []
    for field, text in form.all(but=NOT_TYPED):
        if text.strip() in shown:
            continue
        vi, en = _called(field)
        # The text of a directive is a paper, which names who signed it.
        parts, strength = (pieces(text), Strength.EVIDENCE) if field == "source" else ((text,), Strength.TYPED)
        try:
            for part in parts:
                refuse_personal_or_secret(part, vi, en, strength)
        except Refused as refused:
            faults.append(FieldFault(field, _sentence(str(refused)), _sentence(refused.en)))
    return faults


def refuse_boundary(form: FormReader, shown: Collection[str]) -> None:
    """Raise ``Refused`` with every one of ``boundary_faults``."""
    if faults := boundary_faults(form, shown):
        raise refused_by(faults)


def _called(field: str) -> tuple[str, str]:
    """The label of a field: «q0.text» is the text of the first quote."""
    vi, en = list[str](), list[str]()
    for name, place in re.findall(r"([a-z_]+)(\d*)", field):
        label = _TYPED.get(name) or _LABELS.get(name) or (name, name)
        number = "" if not place else f" {int(place) + (name != 'p')}"
        vi.append(label[0] + number)
        en.append(label[1] + number)
    return _sentence(", ".join(vi)).rstrip("."), _sentence(", ".join(en)).rstrip(".")


def refused_by(faults: Sequence[FieldFault]) -> Refused:
    """All faults of a form as its refusal."""
    many = len(faults) > 1
    return Refused(
        f"Chưa ghi được vào dự thảo: {f'{len(faults)} chỗ' if many else 'một chỗ'} phải sửa.",
        f"Not taken into the draft: {len(faults)} to mend." if many else "Not taken into the draft: mend this.",
        details=[Refused(each.vi, each.en) for each in faults],
    )


def in_words(errors: PlanErrors) -> Refused:
    """The faults of a whole plan as a refusal, each with its subtask and the part of it."""
    faults = [_of_error(each, "", {}, set()) for each in errors.errors]
    return refused_by(faults)


def _of_error(error: PlanError, code: str, places: Mapping[str, str], asked: set[str]) -> FieldFault:
    whose, _, path = error.key.partition(".") if not SUBTASK.match(error.key) else _after_code(error.key)
    label = _label(path)
    about = [part for part in (("" if whose == code else whose), label[0]) if part]
    about_en = [part for part in (("" if whose == code else whose), label[1]) if part]
    value = "" if error.value is None or isinstance(error.value, list | dict) else f" «{error.value}»"
    vi = _without_short_forms(f"{', '.join(about) or error.file}{value}: {error.problem_vi}")
    en = _without_short_forms(f"{', '.join(about_en) or error.file}{value}: {error.problem_en}")
    field = _field(path, places, asked) if whose == code else ""
    return FieldFault(field, _sentence(vi), _sentence(en))


def _after_code(key: str) -> tuple[str, str, str]:
    found = SUBTASK.match(key)
    assert found is not None
    return found[0], ".", key[found.end() :].lstrip(".")


_NUMBERED = ("targets", "steps", "quote", "counts", "variants")


def _label(path: str) -> tuple[str, str]:
    vi, en = list[str](), list[str]()
    for name, place in _PART.findall(path):
        if name in _LABELS and not (name == "lead" and path.startswith("steps") and ".due." in path):
            number = f" {int(place) + 1}" if place and name in _NUMBERED else ""
            vi.append(_LABELS[name][0] + number)
            en.append(_LABELS[name][1] + number)
    return ", ".join(vi), ", ".join(en)


def _field(path: str, places: Mapping[str, str], asked: set[str]) -> str:
    head, _, rest = path.partition(".")
    name, _, place = head.partition("[")
    if name == "targets" and head in places:
        return f"{places[head]}.{_OF_A_TARGET.get(rest, 'indicator')}"
    if name == "steps" and head in places:
        prefix, part = places[head], re.sub(r"\[\d+\]", "", rest)
        if found := re.match(r"variants\[(\d+)\]\.?([a-z]*)", rest):
            return f"{prefix}.v{found[1]}.{_OF_A_PART.get(found[2], 'title')}"
        if part.startswith("report"):
            return _count_field(f"{prefix}.r", rest)
        if part == "coordinating" and prefix not in asked:
            return f"{prefix}.named"
        known = next((field for key, field in _OF_A_STEP.items() if part == key or part.startswith(f"{key}.")), "due")
        return f"{prefix}.{known}"
    if name == "report":
        return _count_field("r", path)
    return _FIELDS.get(name, "").format(place.rstrip("]") or "0")


def _count_field(prefix: str, path: str) -> str:
    found = re.search(r"counts\[(\d+)\]", path)
    return f"{prefix}.c{found[1]}.label" if found else f"{prefix}.document"


_SHORT_FORM = re.compile(r"\b[A-Z][A-Z0-9]+(?:-[MQHY]\b|[:+-])[^\s,;)»]*")


def _without_short_forms(text: str) -> str:
    """The text with rules in words, as the form has them."""
    return _SHORT_FORM.sub(lambda found: written(found[0]), text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
