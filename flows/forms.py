"""What a coordinator fills in before a run, in Vietnamese, all with defaults: a form for each of the five priorities of
the directive that ships with dondoc, and one for those of every other.

A scheduled run uses the defaults. What each deployment offers to pick from is added by ``flows.deployments.forms``.
Codes are checked against the plan when the run begins (``flows.steps``); here only what a form alone can tell.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.catalogue.plan import Plan
from config.clock import HANOI, require_past
from config.errors import Refused
from flows.form_fields import (
    DirectiveCode,
    Entry,
    FurtherEvent,
    NewDocument,
    NewEvent,
    OfficeCode,
    PublicEvent,
    Setting,
    Training,
    TrainingSession,
)
from flows.names import has_own_form
from models.work.planning import PlannedAssignment

_EARLIEST_YEAR, _LATEST_YEAR = 2000, 2200  # no calendar says anything of other years


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
        """The instant the run reckons with: ``as_of``, or ``now`` when it is empty.

        Raises ``Refused`` for one that has not come yet, unless only looking ahead.
        """
        if self.as_of is None:
            return now
        if not _EARLIEST_YEAR <= self.as_of.year <= _LATEST_YEAR:
            raise Refused(
                f"Thời điểm thuộc năm {self.as_of.year}; chỉ nhận từ năm {_EARLIEST_YEAR} đến năm {_LATEST_YEAR}.",
                f"The time is in the year {self.as_of.year}; only {_EARLIEST_YEAR} to {_LATEST_YEAR} are accepted.",
            )
        moment = self.as_of if self.as_of.tzinfo else self.as_of.replace(tzinfo=HANOI)
        return (moment if self.dry_run else require_past(moment, now)).astimezone(UTC)

    def entries(self) -> Iterable[Entry]:
        """The dated facts to register before assigning."""
        return ()

    def accepts_late(self) -> bool:
        """Whether the dated facts it brings may make assignments overdue at once."""
        return False

    def includes(self, planned: PlannedAssignment) -> bool:
        """Whether this run should make an assignment that is due."""
        return True

    def grading_period(self) -> str | None:
        """The year whose grading to assign besides what is due, or None."""
        return None


class DatedFactsForm(FollowUpForm):
    """What a priority asks that begins by events or documents: these may have been entered with a wrong date."""

    may_be_late: bool = Field(
        False,
        title="Tôi biết có việc sẽ quá hạn ngay",
        description="Chỉ đánh dấu khi ngày ghi trong phiếu đúng là đã qua. Không đánh dấu thì không ghi ngày nào làm"
        " việc quá hạn ngay. / Tick only if a date on this form has really passed and work will be overdue "
        "immediately.",
    )

    def accepts_late(self) -> bool:
        return self.may_be_late or self.dry_run


class ImplementResolutionsForm(DatedFactsForm):
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
    """p2: nothing besides what every priority asks."""


class ImproveCoordinationForm(DatedFactsForm):
    """p3: public events to prepare (T3.6)."""

    events: tuple[PublicEvent, ...] = Field(
        (),
        title="Sự kiện cần phối hợp",
        description="Mỗi sự kiện mở việc lập kế hoạch trước, xác nhận, và báo cáo sau sự kiện.",
    )

    def entries(self) -> Iterable[Entry]:
        for event in self.events:
            yield NewEvent(subtask="T3.6", **event.model_dump())


class BuildMovementForm(DatedFactsForm):
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

    def includes(self, planned: PlannedAssignment) -> bool:
        left_out = {setting.name.lower() for setting in Setting if setting not in self.settings}
        return planned.subtask != "T4.1" or planned.variant not in left_out


class LeadByPoliceForm(DatedFactsForm):
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


class FurtherForm(DatedFactsForm):
    """A priority of any other directive: what its plan has steps for, new documents and events."""

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


def form_of(priority: str, plan: Plan) -> type[FollowUpForm]:
    """The form of a priority of the plan; raises ``Refused`` for one that it does not have."""
    return FORMS[priority] if has_own_form(plan, priority) else FurtherForm


def fill_in(priority: str, answers: Mapping[str, Any], plan: Plan) -> FollowUpForm:
    """The form of ``priority`` with these answers; raises ``Refused`` that lists every one that does not fit."""
    form = form_of(priority, plan)
    try:
        return form.model_validate(answers)
    except ValidationError as fault:
        raise Refused(
            f"Phiếu của {priority} có chỗ sai:",
            f"The form of {priority} has errors:",
            details=[f"{'.'.join(map(str, e['loc']))}: {e['input']!r} ({e['msg']})" for e in fault.errors()],
        ) from None
