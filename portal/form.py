"""Reading the fields of a form. A value that cannot be read is refused under the label the visitor sees."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import UploadFile

from config.clock import read_date, usable_year
from config.errors import Refused
from config.text.counts import thousands
from config.text.shapes import printable

_COUNT = re.compile(r"\d{1,3}(?:[. ]\d{3})+|\d{1,9}")
LARGEST_COUNT = 999_999_999
_LONGEST_COUNT = 20

_Choice = TypeVar("_Choice", bound=StrEnum)


class FormReader:
    """The text fields of a form by name; ``each`` reads a field that is sent several times."""

    def __init__(self, fields: Mapping[str, str], repeated: Mapping[str, list[str]] | None = None) -> None:
        self._fields = fields
        self._repeated = repeated or {}

    def text(self, name: str) -> str:
        return clean(self._fields.get(name, "")).replace("\r\n", "\n").strip()

    def each(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be chosen several times."""
        return tuple(map(clean, self._repeated.get(name, ())))

    def day(self, name: str, label: str, label_en: str) -> date | None:
        """A day as a browser sends it or as people write it (17/08/2023); None when the field is empty.

        Raises ``Refused`` for what is no day, or is of a year that no calendar here reaches.
        """
        written = self.text(name)
        if not written:
            return None
        try:
            day = _read_day(written)
        except ValueError:
            raise Refused(
                f"{label}: «{written[:20]}» không phải là ngày; viết ngày/tháng/năm, ví dụ 17/08/2023.",
                f"{label_en}: '{written[:20]}' is not a date; write day/month/year, for example 17/08/2023.",
            ) from None
        return usable_year(day, label, label_en)

    def required_date(self, name: str, vi: str, en: str) -> date:
        """``day`` of a field that may not be left empty."""
        day = self.day(name, vi, en)
        if day is None:
            raise Refused(f"{vi}: chưa chọn ngày.", f"{en}: no date is chosen.")
        return day

    def count(self, name: str, label: str, label_en: str) -> int | None:
        """A whole number, also with dots between thousands («1.234»); None when the field is empty."""
        written = self.text(name)
        if not written:
            return None
        if len(written) > _LONGEST_COUNT or not _COUNT.fullmatch(written):
            raise Refused(
                f"{label}: «{written[:20]}» không phải số nguyên; chỉ ghi chữ số.",
                f"{label_en}: '{written[:20]}' is not a whole number; write digits only.",
            )
        number = int(re.sub(r"[. ]", "", written))
        if number > LARGEST_COUNT:
            raise Refused(
                f"{label}: {written} lớn quá; tối đa {thousands(LARGEST_COUNT)}.",
                f"{label_en}: {written} is too large; at most {LARGEST_COUNT:,}.",
            )
        return number

    def choice(self, kind: type[_Choice], name: str, label: str, label_en: str, default: _Choice) -> _Choice:
        """The value of a select or radio; the default when none was sent."""
        written = self.text(name)
        if not written:
            return default
        try:
            return kind(written)
        except ValueError:
            raise Refused(
                f"{label}: không có «{written[:40]}».", f"{label_en}: there is no '{written[:40]}'."
            ) from None

    def submission(self) -> str:
        """The key of one filling-in of the form: as it was sent, or a new one."""
        return self.text("submission") or uuid4().hex

    def sending(self, address: str) -> str:
        """What tells this sending of the form to an address from every other: filled in anew it is another one.

        Empty where the form has no key (``submission``).
        """
        whole = f"{address}\n{self.all(but=('csrf',))!r}"
        return hashlib.sha256(whole.encode()).hexdigest() if self.text("submission") else ""

    def all(self, *, but: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Every field as it was sent, several times where it was; without those named."""
        sent = {**{name: [value] for name, value in self._fields.items()}, **self._repeated}
        return [(name, clean(value)) for name, values in sent.items() if name not in but for value in values]

    def only(self, names: Iterable[str]) -> dict[str, str]:
        """The named fields, as far as they were sent."""
        return {name: self.text(name) for name in names if name in self._fields}


def _read_day(written: str) -> date:
    try:
        return datetime.strptime(written, "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return read_date(written)


def clean(text: str) -> str:
    """``text`` as the database and every paper can hold it."""
    return printable(text)


async def read_form(request: Request) -> FormReader:
    """The form of a request. Starlette keeps what it read, so that the CSRF check and the page see the same."""
    fields = await request.form()
    texts = [(name, value) for name, value in fields.multi_items() if isinstance(value, str)]
    repeated: dict[str, list[str]] = {}
    for name, value in texts:
        repeated.setdefault(name, []).append(value)
    return FormReader(dict(texts), repeated)


def submission_key(assignment_id: int, key: str) -> str:
    """The stored name of one sending of a form; the id keeps the same key for two assignments apart."""
    return f"{assignment_id}-{key[:40]}"


@dataclass(frozen=True)
class Upload:
    """A form with the files that came with it; a file field left empty is not counted."""

    form: FormReader
    files: tuple[UploadFile, ...]


async def read_upload(request: Request) -> Upload:
    """The form of a request and the files chosen in it."""
    files = [value for _, value in (await request.form()).multi_items() if isinstance(value, UploadFile)]
    return Upload(await read_form(request), tuple(file for file in files if file.filename))
