"""Offices as the store knows them, and the desks at which they are reached."""

from datetime import date

from sqlmodel import Field, SQLModel

from config.contacts.desks import Desk
from models.store.columns import enum_column


class Office(SQLModel, table=True):
    """An office of the plan; copied from it at the start of every run, so that boards can join on it."""

    code: str = Field(primary_key=True, max_length=32)
    name_vi: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = Field(default=None, max_length=32)
    assumed: bool = False


class Contact(SQLModel, table=True):
    """Over which channel a desk is reached; the address stays in contacts.yaml, its secrets in the environment."""

    office: str = Field(primary_key=True, max_length=32)
    desk: Desk = Field(primary_key=True, sa_type=enum_column(Desk))
    channel: str = Field(max_length=32)
    language: str = Field(max_length=2)
