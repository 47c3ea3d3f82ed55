"""The last moment at which a machine's own clock was believed, and the machines whose clock is wrong just now."""

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


class ClockFault(SQLModel, table=True):
    """A machine whose clock is wrong just now, told by itself: it does nothing meanwhile, and says so to the others.

    ``says`` is the moment by its clock, ``told_at`` the same by the database server's. It goes when the clock is right.
    """

    __tablename__ = "clock_fault"

    machine: str = Field(primary_key=True, max_length=100)
    says: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime = Field(sa_type=UtcDateTime)
