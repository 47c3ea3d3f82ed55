"""What a coordinator fills in before a run, in Vietnamese, all with defaults: a form for each of the five priorities,
and one for all that further directives bring.

Prefect draws these forms from the models below. A scheduled run uses the defaults. Codes are checked against
the plan when the run begins (``flows.steps``); here only what a form alone can tell.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from config.catalogue.fields import PRIORITY
from config.clock import HANOI
from config.errors import Refused
from models.tables.lifecycle import Urgency
from models.work.planning import PlannedAssignment

LABEL_DASH = " – "
"""Between code and name where the form offers offices: "SYT – Sở Y tế"."""

_EARLIEST_YEAR, _LATEST_YEAR = 2000, 2200  # no calendar says anything of other years


def _code_of(label: object) -> object:
    return label.split(LABEL_DASH)[0].strip() if isinstance(label, str) else label


OfficeCode = Annotated[str, BeforeValidator(_code_of)]
"""An office by its code; the label the form offers is understood as well."""

DirectiveCode = Annotated[str, BeforeValidator(_code_of)]
"""A directive by its code, or by the label the form offers."""

SubtaskCode = Annotated[str, BeforeValidator(_code_of)]
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


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewDocument(_Part):
    """A new higher-level document that every office must study: the anchor of DOC+n."""

    model_config = ConfigDict(title="Văn bản mới")

    number: str = Field(title="Số, ký hiệu", examples=["45-NQ/TW"], max_length=56)
    on_date: date = Field(title="Ngày văn bản")
    title: str = Field(title="Trích yếu", max_length=300)
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class PublicEvent(_Part):
    """A public event that offices prepare together (T3.6)."""

    model_config = ConfigDict(title="Sự kiện")

    title: str = Field(title="Tên sự kiện", max_length=300)
    on_date: date = Field(title="Ngày diễn ra")
    host_office: OfficeCode = Field(title="Cơ quan tổ chức")
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class TrainingSession(_Part):
    """A training class whose report is due after it (T5.3, T5.4)."""

    model_config = ConfigDict(title="Lớp tập huấn")

    about: Training = Field(title="Nội dung")
    title: str = Field("Lớp tập huấn", title="Tên lớp", max_length=300)
    on_date: date = Field(title="Ngày tổ chức")


class NewEvent(_Part):
    """A dated event of one subtask, however its form asks for it."""

    subtask: str
    title: str
    on_date: date
    host_office: str | None = None
    urgency: UrgencyWord = UrgencyWord.NORMAL


Entry = NewDocument | NewEvent


class FollowUpForm(BaseModel):
    """What every priority asks. With nothing filled in, a run does what is due now."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Phiếu đôn đốc")

    periods: tuple[str, ...] = Field(
        (),
        title="Kỳ báo cáo",
        description="Để trống: mọi kỳ từ ngày văn bản giao việc đến nay. Ghi kỳ để chỉ giao việc của kỳ ấy,"
        " kể cả kỳ sắp tới: 2026-11 (tháng), 2026-Q4 (quý), 2026-H2 (6 tháng), 2026 (năm).",
    )
    offices: tuple[OfficeCode, ...] = Field(
        (),
        title="Cơ quan",
        description="Để trống: mọi cơ quan. Chọn cơ quan để chỉ giao việc cho các cơ quan ấy;"
        " việc nhắc hạn vẫn áp dụng cho mọi việc đã giao.",
    )
    as_of: datetime | None = Field(
        None,
        title="Tính tại thời điểm",
        description="Để trống: lúc chạy. Chọn một ngày đã qua để chạy lại như vào ngày đó.",
    )
    dry_run: bool = Field(
        False,
        title="Chỉ xem trước",
        description="Liệt kê việc sẽ giao và thông báo sẽ gửi; không ghi, không gửi gì.",
    )

    def moment(self, now: datetime) -> datetime:
        """The instant the run reckons with; ``Refused`` for one that has not come, unless only looking ahead.

        Told as if it were later, offices would be called overdue before they are.
        """
        if self.as_of is None:
            return now
        if not _EARLIEST_YEAR <= self.as_of.year <= _LATEST_YEAR:
            raise Refused(
                f"Thời điểm thuộc năm {self.as_of.year}; chỉ nhận từ năm {_EARLIEST_YEAR} đến năm {_LATEST_YEAR}.",
                f"The instant is in the year {self.as_of.year}; {_EARLIEST_YEAR} to {_LATEST_YEAR} are accepted.",
            )
        moment = self.as_of if self.as_of.tzinfo else self.as_of.replace(tzinfo=HANOI)
        if moment > now and not self.dry_run:
            raise Refused(
                f"Thời điểm {moment.astimezone(HANOI):%H:%M %d/%m/%Y} chưa tới; chỉ được xem trước (dry-run),"
                " không giao hay gửi như thể đã tới.",
                f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y} has not come yet; look ahead with a dry run instead.",
            )
        return moment.astimezone(UTC)

    def entries(self) -> Iterable[Entry]:
        """The dated facts to register before assigning."""
        return ()

    def wants(self, planned: PlannedAssignment) -> bool:
        """Whether an assignment that is due anyway should be made by this run."""
        return True

    def grading_period(self) -> str | None:
        """The year whose grading to assign beside what is due anyway."""
        return None


class ImplementResolutionsForm(FollowUpForm):
    """p1: new documents to study, and the meeting of the focal points (T1.1, T1.3)."""

    new_documents: tuple[NewDocument, ...] = Field(
        (),
        title="Văn bản mới cần quán triệt",
        description="Mỗi văn bản mở một việc «tổ chức quán triệt» cho từng cơ quan.",
    )
    focal_point_meeting: date | None = Field(
        None,
        title="Ngày giao ban đầu mối",
        description="Mở việc gửi kết luận giao ban sau 5 ngày làm việc.",
    )

    def entries(self) -> Iterable[Entry]:
        yield from self.new_documents
        if self.focal_point_meeting is not None:
            yield NewEvent(subtask="T1.3", title="Giao ban đầu mối phối hợp", on_date=self.focal_point_meeting)


class RaiseAwarenessForm(FollowUpForm):
    """p2: nothing beside what every priority asks."""


class ImproveCoordinationForm(FollowUpForm):
    """p3: public events to prepare (T3.6)."""

    events: tuple[PublicEvent, ...] = Field(
        (),
        title="Sự kiện cần phối hợp",
        description="Mỗi sự kiện mở việc lập kế hoạch trước, xác nhận, và báo cáo sau sự kiện.",
    )

    def entries(self) -> Iterable[Entry]:
        for event in self.events:
            yield NewEvent(subtask="T3.6", **event.model_dump())


class BuildMovementForm(FollowUpForm):
    """p4: joint meetings of the three forces (T4.6) and the settings of the movement (T4.1)."""

    meetings: tuple[date, ...] = Field(
        (),
        title="Ngày giao ban ba lực lượng",
        description="Công an, Quân sự, Biên phòng; mỗi ngày mở việc xác nhận sau 5 ngày làm việc.",
    )
    settings: tuple[Setting, ...] = Field(
        tuple(Setting),
        title="Môi trường xây dựng phong trào",
        description="Kế hoạch liên ngành được giao cho các môi trường đã chọn.",
        min_length=1,
    )

    def entries(self) -> Iterable[Entry]:
        for day in self.meetings:
            yield NewEvent(subtask="T4.6", title="Giao ban ba lực lượng", on_date=day)

    def wants(self, planned: PlannedAssignment) -> bool:
        return planned.subtask != "T4.1" or planned.variant in {s.name.lower() for s in self.settings}


class LeadByPoliceForm(FollowUpForm):
    """p5: the grading year (T5.7) and training sessions (T5.3, T5.4)."""

    grading_year: int | None = Field(
        None,
        title="Năm đánh giá, phân loại phong trào",
        description="Để trống: theo lịch hằng năm. Ghi năm để giao việc đánh giá của năm ấy ngay.",
        ge=2023,
        le=2100,
    )
    training_sessions: tuple[TrainingSession, ...] = Field(
        (),
        title="Lớp tập huấn",
        description="Mỗi lớp mở việc báo cáo sau 5 ngày làm việc.",
    )

    def entries(self) -> Iterable[Entry]:
        subtasks = {Training.INCIDENTS: "T5.3", Training.FIRE: "T5.4"}
        for session in self.training_sessions:
            yield NewEvent(subtask=subtasks[session.about], title=session.title, on_date=session.on_date)

    def grading_period(self) -> str | None:
        return None if self.grading_year is None else str(self.grading_year)


class FurtherEvent(_Part):
    """A dated event of a subtask that has steps for it; the deployment offers those of its priority."""

    model_config = ConfigDict(title="Sự kiện")

    subtask: SubtaskCode = Field(title="Việc", description="Việc mở theo sự kiện này.")
    title: str = Field(title="Tên sự kiện", max_length=300)
    on_date: date = Field(title="Ngày diễn ra")
    host_office: OfficeCode | None = Field(
        None, title="Cơ quan tổ chức", description="Cần ghi khi cơ quan tổ chức là cơ quan chủ trì."
    )
    urgency: UrgencyWord = Field(UrgencyWord.NORMAL, title="Độ khẩn")


class FurtherForm(FollowUpForm):
    """A priority of a further directive: what its plan has steps for, new documents and events."""

    new_documents: tuple[NewDocument, ...] = Field(
        (),
        title="Văn bản mới",
        description="Mỗi văn bản mở các việc theo văn bản của nhiệm vụ này.",
    )
    events: tuple[FurtherEvent, ...] = Field(
        (),
        title="Sự kiện, cuộc họp",
        description="Mỗi sự kiện mở các bước của việc đã chọn.",
    )

    def entries(self) -> Iterable[Entry]:
        yield from self.new_documents
        for event in self.events:
            yield NewEvent(**event.model_dump())


class DirectiveForm(BaseModel):
    """The document that assigns the work; its date is the anchor ISSUE."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Văn bản giao việc")

    number: str = Field(
        title="Số, ký hiệu văn bản",
        description="Thông báo kết luận hoặc kế hoạch giao việc, ví dụ 123-TB/TU.",
        max_length=56,
    )
    on_date: date = Field(
        title="Ngày ban hành",
        description="Mọi thời hạn «ISSUE+n» tính từ ngày này.",
    )
    directive: DirectiveCode = Field(
        "",
        title="Chỉ đạo",
        description="Văn bản này giao việc của chỉ đạo nào.",
    )
    start_follow_up: bool = Field(
        True,
        title="Giao việc ngay",
        description="Chạy luôn các nhiệm vụ của chỉ đạo sau khi đăng ký.",
    )


FORMS: Mapping[str, type[FollowUpForm]] = {
    "p1": ImplementResolutionsForm,
    "p2": RaiseAwarenessForm,
    "p3": ImproveCoordinationForm,
    "p4": BuildMovementForm,
    "p5": LeadByPoliceForm,
}


def form_of(priority: str) -> type[FollowUpForm]:
    """The form of a priority; whether a further one is in the plan is told when its run begins."""
    if priority not in FORMS and not PRIORITY.fullmatch(priority):
        raise Refused(
            f"Không có nhiệm vụ «{priority}»; các nhiệm vụ là {', '.join(FORMS)}, và các nhiệm vụ thêm trong kế hoạch.",
            f"There is no priority '{priority}'; they are {', '.join(FORMS)} and the further ones of the plan.",
        )
    return FORMS.get(priority, FurtherForm)


def fill_in(priority: str, answers: Mapping[str, Any]) -> FollowUpForm:
    """The form of ``priority`` with these answers; raises ``Refused`` listing every one that does not fit."""
    form = form_of(priority)
    try:
        return form.model_validate(answers)
    except ValidationError as fault:
        raise Refused(
            f"Phiếu của {priority} có chỗ sai:",
            f"The form of {priority} has faults:",
            details=[f"{'.'.join(map(str, e['loc']))}: {e['input']!r} ({e['msg']})" for e in fault.errors()],
        ) from None
