"""The outbox: notices (one thing to tell one recipient), messages (what is sent), each try, silences, and programs;
urging letters on paper."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.contacts.desks import Desk
from models.store.columns import UtcDateTime, enum_column, partial_index
from models.tables.lifecycle import AttemptResult, MessageState, NoticeKind, NoticeState, Urgency


class Message(SQLModel, table=True):
    """One or more notices to one recipient over one channel: the unit of delivery, and the log of it.

    Delivered at least once. ``message_key`` is stable over every try, so a receiver can drop a second copy.
    ``lease_until`` says until when the courier that took it may still be sending; after that another may take it.
    ``expired_leases`` counts the tries in a row whose lease ran out without a result.
    ``next_attempt_at`` of one that was given up says when that was, ``fallback_at`` when its fallback began: what it
    says goes over the next channel, and the coordinator is notified. These two keep the column names of version 0.1.
    """

    __table_args__ = (
        partial_index("ix_message_waiting", "next_attempt_at", "id", where="state IN ('queued', 'sending')"),
        partial_index(
            "ix_message_express",
            *("next_attempt_at", "id"),
            where="state IN ('queued', 'sending') AND urgency = 'express'",
        ),
        partial_index("ix_message_dead", "id", where="state = 'dead'"),
        # Counted by whoever watches, every few seconds. The state stands second, or SQLite would use it to find what is
        # due and sort all that waits for every fifty that a courier claims.
        Index("ix_message_counted", "urgency", "state"),
        # The log of an office, and when a channel last took something: read backwards.
        Index("ix_message_office", "office", "id"),
        partial_index("ix_message_sent", "channel", "id", where="state = 'sent'"),
        partial_index("ix_message_given_up", "taken_up_at", "id", where="state = 'dead' AND taken_up_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_key: str = Field(max_length=64, unique=True)
    office: str = Field(max_length=32)
    desk: Desk = Field(sa_type=enum_column(Desk))
    channel: str = Field(max_length=32)
    urgency: Urgency = Field(sa_type=enum_column(Urgency))
    state: MessageState = Field(default=MessageState.QUEUED, sa_type=enum_column(MessageState))
    attempts: int = 0
    expired_leases: int = Field(default=0, sa_column_kwargs={"name": "silent_tries"})
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    subject: str = Field(default="", max_length=500)
    body_text: str = ""
    body_html: str = ""
    error: str = Field(default="", max_length=1000)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fallback_at: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "taken_up_at"})


class Notice(SQLModel, table=True):
    """One thing to tell one recipient. The unique key makes a second one impossible, whatever runs twice."""

    __table_args__ = (
        UniqueConstraint("assignment_id", "kind", "rung", "office", "desk", "channel"),
        # The message id stands first, or SQLite would read all that was ever superseded.
        partial_index(
            "ix_notice_pending",
            *("message_id", "office", "desk", "channel"),
            where="state = 'pending' AND message_id IS NULL",
        ),
        Index("ix_notice_message_id", "message_id"),
        partial_index("ix_notice_waiting", "created_at", where="state = 'pending'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: NoticeKind = Field(sa_type=enum_column(NoticeKind))
    assignment_id: int = Field(foreign_key="assignment.id")
    rung: str = Field(max_length=48)
    office: str = Field(max_length=32)
    desk: Desk = Field(sa_type=enum_column(Desk))
    channel: str = Field(max_length=32)
    urgency: Urgency = Field(sa_type=enum_column(Urgency))
    state: NoticeState = Field(default=NoticeState.PENDING, sa_type=enum_column(NoticeState))
    message_id: int | None = Field(default=None, foreign_key="message.id")
    run_key: str = Field(default="", max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=300)


class DeliveryAttempt(SQLModel, table=True):
    """One attempt at sending a message, written when its result is known; one whose lease expired leaves none.

    ``number`` counts from one, and from one again when the message was given up and is sent again, or over the next
    channel. ``event_seq`` is the audit event that holds its digest, None until the courier has rested.
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (partial_index("ix_delivery_attempt_unrecorded", "id", where="event_seq IS NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    channel: str = Field(max_length=32)
    result: AttemptResult = Field(sa_type=enum_column(AttemptResult))
    reason: str = Field(default="", max_length=1000)
    event_seq: int | None = None


class Silence(SQLModel, table=True):
    """Reminders of one office, subtask or reporting period, or where these meet, are not sent for a while.

    In force up to and including ``until``, unless lifted before. Work goes on and is still counted as late; each
    reminder that is not sent is recorded with this as its reason. An office, subtask or period of None means all.
    """

    office: str | None = Field(default=None, max_length=32)
    subtask: str | None = Field(default=None, max_length=16)
    period: str | None = Field(default=None, max_length=100)
    until: date
    reason: str = Field(max_length=1000)
    id: int | None = Field(default=None, primary_key=True)
    set_by: str = Field(max_length=64)
    set_at: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UrgingLetter(SQLModel, table=True):
    """One letter as it was issued and sent; never changed, only replaced by a later one that ``corrects`` it.

    number   the number and symbol that the issuing office gave it: «45/CV-VPTU»
    sha256   of the paper file, whose bytes are kept as those of any file
    """

    __tablename__ = "urging_letter"
    __table_args__ = (Index("ix_urging_letter_office", "office", "issued_on"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(max_length=32)
    directive: str = Field(max_length=32)
    number: str = Field(max_length=64)
    issued_on: date
    answer_by: date
    corrects: int | None = Field(default=None, foreign_key="urging_letter.id", unique=True)
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size: int
    recorded_by: str = Field(max_length=64)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class UrgedAssignment(SQLModel, table=True):
    """One assignment that a letter is about."""

    __tablename__ = "urged_assignment"
    __table_args__ = (Index("ix_urged_assignment_assignment_id", "assignment_id"),)

    letter_id: int = Field(primary_key=True, foreign_key="urging_letter.id")
    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")


class Webhook(SQLModel, table=True):
    """A program that is told of events; of all kinds where ``events`` is empty.

    ``seen_seq`` is the last audit event that it was told of or passed over, ``seen_at`` until when what falls overdue
    was. Its secret is worked out from ``salt`` and the signing key, which is not in the database.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    url: str = Field(max_length=500)
    events: list[str] = Field(sa_type=JSON)
    salt: str = Field(max_length=32)
    seen_seq: int
    seen_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
