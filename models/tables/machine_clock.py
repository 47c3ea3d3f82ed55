"""The last moment at which a machine's own clock was believed; what a clock that is wrong is recognised by."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime


class MachineClock(SQLModel, table=True):
    """One row, from the first unit of work on.

    ``seen_at`` is the newest moment by a machine's own clock, whatever day was replayed; a while behind, since it is
    written every ten minutes at most. ``accepted_offset_s`` is by how many seconds a machine is ahead of the database
    server where an operator has confirmed that it may be.
    """

    __tablename__ = "machine_clock"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seen_at: datetime = Field(sa_type=UtcDateTime)
    accepted_offset_s: int = 0
