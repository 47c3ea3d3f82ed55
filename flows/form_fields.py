"""What the forms are made of: choices, and the dated facts that a run registers before it assigns."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.tables.lifecycle import Urgency

LABEL_DASH = " – "
"""Between code and name where a form offers a choice: "SYT – Sở Y tế"."""


def code_of(label: object) -> object:
    """The code at the beginning of a label; anything else as it is."""
    return label.split(LABEL_DASH)[0].strip() if isinstance(label, str) else label


OfficeCode = Annotated[str, BeforeValidator(code_of)]
"""An office by its code, or by the label the form offers."""

DirectiveCode = Annotated[str, BeforeValidator(code_of)]
"""A directive by its code, or by the label the form offers."""

SubtaskCode = Annotated[str, BeforeValidator(code_of)]
"""A subtask by its code, or by the label the form offers."""


class UrgencyWord(StrEnum):
    """Degrees of urgency (NĐ 30/2020) in the words a coordinator picks from."""

    NORMAL = "thường"
    URGENT = "khẩn"
    VERY_URGENT = "thượng khẩn"
    EXPRESS = "hỏa tốc"

    @property
    def urgency(self) -> Urgency:
        return Urgency[self.name]


class Setting(StrEnum):
    """The four settings in which the movement is built (p4, T4.1)."""

    AREA = "địa bàn"
    OFFICE = "cơ quan"
    COMPANY = "doanh nghiệp"
    SCHOOL = "nhà trường"


class Training(StrEnum):
    """What a training session is about (p5, T5.3 and T5.4)."""

    INCIDENTS = "xử lý tình huống về an ninh, trật tự"
    FIRE = "phòng cháy, chữa cháy và cứu nạn, cứu hộ"


class FormPart(BaseModel):
    """A group of fields inside a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewDocument(FormPart):
    """A new higher-level document that every office must study: the anchor of DOC+n."""

    model_config = ConfigDict(title="Văn bản mới")

    number: str = Field(title="Số, ký hiệu", examples=["45-NQ/TW"], max_length=56)
    on_date: date = Field(title="Ngày văn bản")
    title: str = Field(title="Trích yếu", max_length=300)
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class PublicEvent(FormPart):
    """A public event that offices prepare together (T3.6)."""

    model_config = ConfigDict(title="Sự kiện")

    title: str = Field(title="Tên sự kiện", max_length=300)
    on_date: date = Field(title="Ngày diễn ra")
    host_office: OfficeCode = Field(title="Cơ quan tổ chức")
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class TrainingSession(FormPart):
    """A training class whose report is due after it (T5.3, T5.4)."""

    model_config = ConfigDict(title="Lớp tập huấn")

    about: Training = Field(title="Nội dung")
    title: str = Field("Lớp tập huấn", title="Tên lớp", max_length=300)
    on_date: date = Field(title="Ngày tổ chức")


class FurtherEvent(FormPart):
    """A dated event of a subtask with steps for it; the deployment offers those of its priority."""

    model_config = ConfigDict(title="Sự kiện")

    subtask: SubtaskCode = Field(title="Việc", description="Việc mở theo sự kiện này.")
    title: str = Field(title="Tên sự kiện", max_length=300)
    on_date: date = Field(title="Ngày diễn ra")
    host_office: OfficeCode | None = Field(
        None, title="Cơ quan tổ chức", description="Cần ghi khi cơ quan tổ chức là cơ quan chủ trì."
    )
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class NewEvent(FormPart):
    """A dated event of one subtask, whichever field of a form it comes from."""

    subtask: str
    title: str
    on_date: date
    host_office: str | None = None
    urgency: UrgencyWord = UrgencyWord.NORMAL


Entry = NewDocument | NewEvent
"""A dated fact that a form brings."""
