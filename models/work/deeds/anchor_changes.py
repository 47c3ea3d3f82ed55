"""What a deed does to the event or document that assignments are counted from, so that it can be taken back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select, update

from config.errors import Refused
from config.text.suggestions import without_accents
from models.store.audit import also_about
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.outbox import Silence
from models.work.directives import entered_before


@dataclass(frozen=True)
class AnchorFacts:
    """What may change of an event or document. ``key`` gives way when it is undone, for it may be entered again."""

    key: str
    title: str
    on_date: date
    host_office: str | None
    first_host: str | None
    undone_at: datetime | None

    @classmethod
    def of(cls, anchor: Anchor) -> "AnchorFacts":
        return cls(**{name: getattr(anchor, name) for name in cls.__dataclass_fields__})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "on_date": self.on_date.isoformat(),
            "undone_at": self.undone_at.isoformat() if self.undone_at else None,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "AnchorFacts":
        at = values["undone_at"]
        return cls(
            **values
            | {
                "on_date": date.fromisoformat(values["on_date"]),
                "undone_at": datetime.fromisoformat(at) if at else None,
            }
        )


@dataclass(frozen=True)
class AnchorChange:
    """An event or document before and after a deed."""

    anchor: int
    before: AnchorFacts
    after: AnchorFacts

    def as_json(self) -> dict[str, Any]:
        return {"id": self.anchor, "before": self.before.as_json(), "after": self.after.as_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "AnchorChange":
        before, after = AnchorFacts.from_json(values["before"]), AnchorFacts.from_json(values["after"])
        return cls(values["id"], before, after)

    @property
    def reversed(self) -> "AnchorChange":
        return AnchorChange(self.anchor, self.after, self.before)


def check_anchor(session: Session, change: AnchorChange) -> Anchor:
    """The anchor as it is before the change; raises ``Refused`` where it is not so, or another stands for the same
    by now."""
    anchor = session.get_one(Anchor, change.anchor)
    if AnchorFacts.of(anchor) != change.before:
        raise Refused(
            f"«{anchor.title}» đã được sửa hoặc hoàn tác sau đó; xem lại rồi làm lại.",
            f"'{anchor.title}' has been corrected or undone since then; review it and start again.",
        )
    after = change.after
    other = entered_before(session, Anchor(**anchor.model_dump() | asdict(after))) if after.undone_at is None else None
    if other is not None:
        raise Refused(
            f"«{other.title}» ngày {other.on_date:%d/%m/%Y} đã được ghi ở mục số {other.id}; hoàn tác mục ghi thừa"
            " trước.",
            f"'{other.title}' of {other.on_date:%d/%m/%Y} is already entered as no. {other.id}; undo the extra entry "
            "first.",
        )
    return anchor


def set_anchor(session: Session, change: AnchorChange) -> None:
    """Make an event or document what a deed says; the assignments counted from it go by its key."""
    anchor, after = check_anchor(session, change), change.after
    for name in AnchorFacts.__dataclass_fields__:
        setattr(anchor, name, getattr(after, name))
    anchor.plain_title = without_accents(after.title)
    session.add(anchor)
    session.flush()
    also_about(session, "anchor", [change.anchor])
    if after.key != change.before.key:
        its, silent = col(Assignment.anchor_id) == change.anchor, col(Silence.period) == change.before.key
        also_about(session, "assignment", session.exec(select(Assignment.id).where(its)).all())
        also_about(session, "silence", session.exec(select(Silence.id).where(silent)).all())
        session.exec(
            update(Assignment).where(its).values(period=after.key).execution_options(synchronize_session=False)
        )
        session.exec(update(Silence).where(silent).values(period=after.key))
