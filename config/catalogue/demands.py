"""What a directive demands: its own words, what it names, the product that is due, the targets to be met."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from config.catalogue.fields import (
    Day,
    DocumentRef,
    Key,
    LongText,
    LongTitle,
    Part,
    ReferenceCode,
    RuleText,
    SystemRef,
    Text,
    Title,
    same_as,
)
from config.errors import Refused
from config.text.amounts import parse_amount
from config.text.shapes import fault
from config.text.suggestions import with_underscores


class Quote(Part):
    """Words of the directive, verbatim and of any length; «…» stands for what is left out.

    place  where they stand in the directive, as people cite it: «Mục II, điểm 3»
    """

    text: Text
    place: Title | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, content: Any) -> Any:
        return {"text": content} if isinstance(content, str) else content


def as_list(content: Any) -> Any:
    """One value in the place of a list is a list of one."""
    return (content,) if isinstance(content, str | dict | Part) else content


Quotes = Annotated[tuple[Quote, ...], BeforeValidator(as_list)]


class Reference(Part):
    """A named document: number, date and title only, never content and never a connection.

    replaced_by  the document of this plan that holds in its place
    """

    id: ReferenceCode
    title_vi: LongTitle
    date: Day | None = None
    replaced_by: DocumentRef | None = None
    note_vi: str = ""


class System(Reference):
    """A named system, in the place of which another one may be used now."""

    replaced_by: SystemRef | None = None


ProductKind = Literal["document", "report", "other"]


class Product(Part):
    """What there is when the work is done. A document or a report is done when its number and date are given."""

    title_vi: LongTitle
    title_en: LongTitle = same_as("title_vi")
    kind: ProductKind = "document"

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, content: Any) -> Any:
        return {"title_vi": content} if isinstance(content, str) else content

    @property
    def is_paper(self) -> bool:
        """Whether a number and a date show that it is done."""
        return self.kind != "other"


def _amount(value: Any, info: ValidationInfo) -> str:
    """A number as reports are read too (``config.text.amounts``), in its canonical form."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    unit = info.data.get("unit", "")
    if text.endswith("%") and unit != "%":
        raise fault("là phần trăm; ghi unit: '%' và chỉ số ở đây", "is a percentage; put unit: '%' and the number here")
    try:
        amount = parse_amount(text, "", "", unit=unit)
    except Refused as refused:
        raise fault(str(refused).rstrip("."), refused.en.rstrip(".")) from None
    if amount < 0:
        raise fault("nhỏ hơn 0; chỉ tiêu là số từ 0 trở lên", "is below 0; a target is 0 or more")
    return f"{amount.normalize():f}".replace(".", ",")


Amount = Annotated[str, BeforeValidator(_amount)]
"""A number in its canonical form: digits, and a comma before decimals."""


class Target(Part):
    """A figure that the directive asks for.

    key      the count of the report form that holds the actual figure; made from the indicator when not given
    value    to be reached; with ``at_most`` not to be exceeded
    by       until when, as a deadline rule; ``words`` are the directive's own
    """

    indicator_vi: Title
    indicator_en: Title = same_as("indicator_vi")
    unit: Annotated[str, AfterValidator(str.strip), Field(max_length=40)] = ""
    value: Amount
    at_most: bool = False
    by: RuleText | None = None
    words: LongText | None = None
    key: Key = Field(default_factory=lambda known: key_of(known["indicator_vi"]))

    @property
    def amount(self) -> Decimal:
        return Decimal(self.value.replace(",", "."))

    @property
    def is_percentage(self) -> bool:
        return self.unit == "%"


def key_of(indicator: str) -> str:
    """The key that a name makes: «Số nhà ở xã hội» as so_nha_o_xa_hoi."""
    letters = re.sub(r"[^a-z0-9_]", "", with_underscores(indicator)).lstrip("_0123456789")
    return (letters[:32].rstrip("_") or "chi_tieu") if len(letters) > 1 else "chi_tieu"
