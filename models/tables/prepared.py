"""The temporary tables that a deed is worked out in: its items, and the joint leads and named offices they change."""

from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

from config.rules.kinds import Timing
from models.store.columns import UtcDateTime, enum_column
from models.tables.deed import ItemKind, LeftBecause
from models.tables.lifecycle import Role, State, Urgency
from models.tables.party import Part

ITEMS = Table(
    "prepared_item",
    MetaData(),
    Column("seq", Integer, primary_key=True),
    Column("kind", enum_column(ItemKind), nullable=False),
    Column("mark", String(10), nullable=False),
    Column("assignment_id", Integer),
    Column("priority", String(4), nullable=False),
    Column("subtask", String(16), nullable=False),
    Column("step", String(32), nullable=False),
    Column("variant", String(32), nullable=False),
    Column("period", String(100), nullable=False),
    Column("role", enum_column(Role), nullable=False),
    Column("lead_office", String(32), nullable=False),
    Column("assigned_office", String(32), nullable=False),
    Column("anchor_id", Integer),
    Column("urgency", enum_column(Urgency), nullable=False),
    *(
        Column(f"{side}_{name}", kind, nullable=side == "from")
        for name, kind in (
            ("state", enum_column(State)),
            ("office", String(32)),
            ("monitor_office", String(32)),
            ("due_date", Date()),
            ("due_at", UtcDateTime()),
            ("timing", enum_column(Timing)),
        )
        for side in ("from", "to")
    ),
    Column("asks_anew", Boolean, nullable=False),
    Column("is_late_now", Boolean, nullable=False),
    Column("left_because", enum_column(LeftBecause)),
    Column("sets_parties", Boolean, nullable=False),
    # By the plan, where it made, restored or moved the assignment.
    Column("rule", String(64)),
    Column("basis", String(16)),
    Column("calendar_version", String(64)),
    Column("explanation_vi", String(1000)),
    Column("explanation_en", String(1000)),
    # Which timetable it needs, and that timetable once it is there.
    Column("ladder", String(32), nullable=False),
    Column("timetable_before", Integer, nullable=False),
    Column("assigned_on", Date(), nullable=False),
    Column("rhythm", String(16), nullable=False),
    Column("begins_at", UtcDateTime()),
    Column("ends_at", UtcDateTime()),
    Column("is_acknowledged", Boolean, nullable=False),
    # What is given back to an office that had answered, by a deed that is undone.
    Column("acknowledged_at", UtcDateTime()),
    Column("resumed_at", UtcDateTime()),
    Column("timetable_id", Integer),
    Column("rung_done", Integer),
    Column("next_alert_at", UtcDateTime()),
    # Each pair of dates gets its timetable by a statement of its own.
    Index("ix_prepared_item_term", "to_due_date", "assigned_on"),
    prefixes=["TEMPORARY"],
)


class PartyChange(StrEnum):
    """What becomes of one office's part in an assignment."""

    ADDED = "added"
    KEPT = "kept"
    DROPPED = "dropped"


PARTIES = Table(
    "prepared_party",
    MetaData(),
    Column("seq", Integer, primary_key=True),
    Column("office", String(32), primary_key=True),
    Column("part", enum_column(Part), primary_key=True),
    Column("change", enum_column(PartyChange), nullable=False),
    prefixes=["TEMPORARY"],
)
