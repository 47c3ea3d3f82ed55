"""Offices as the store knows them, and the desks at which they are reached."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from config.contacts.desks import Desk
from models.store.columns import UtcDateTime, enum_column


class Office(SQLModel, table=True):
    """An office of the plan; copied from it at the start of every run, so that boards can join on it."""

    code: str = Field(primary_key=True, max_length=32)
    name_vi: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = Field(default=None, max_length=32)
    assumed: bool = False


class OfficeContact(SQLModel, table=True):
    """What a coordinator set for one office; with it go its ``DeskAddress`` rows. Kept when all of it is taken back.

    What is None or empty is as for all offices. ``revision`` counts the changes of all offices together, so that
    whoever holds the contacts sees that there are newer ones.
    """

    __tablename__ = "office_contact"

    office: str = Field(primary_key=True, max_length=32)
    language: str | None = Field(default=None, max_length=2)
    quiet: str = Field(default="", max_length=11)
    digest_at: str = Field(default="", max_length=5)
    revision: int
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=64)


class DeskAddress(SQLModel, table=True):
    """One address of a desk, the first at place 1: over which sender of the operator, and whom.

    ``recipient`` is empty where the sender names its recipient itself.
    """

    __tablename__ = "desk_address"

    office: str = Field(primary_key=True, max_length=32)
    desk: Desk = Field(primary_key=True, sa_type=enum_column(Desk))
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sender: str = Field(max_length=50)
    recipient: str = Field(default="", max_length=254)


class Contact(SQLModel, table=True):
    """Over which channel a desk is reached by its addresses and the senders that there are."""

    office: str = Field(primary_key=True, max_length=32)
    desk: Desk = Field(primary_key=True, sa_type=enum_column(Desk))
    channel: str = Field(max_length=32)
    language: str = Field(max_length=2)
