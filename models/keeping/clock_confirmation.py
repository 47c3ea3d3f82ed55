"""What an operator says of the machine's clock: that it is right, whatever stands on record."""

from sqlalchemy import Engine

from models.store.audit import AuditEntry, lock_audit_chain, record_all
from models.store.audit_event import CONFIRM_CLOCK
from models.store.clock_check import ClockReading, read_clock, record_moment
from models.store.database import reading, session_scope


def clock_of(engine: Engine) -> ClockReading:
    """What this machine's clock says, and what it is held against."""
    with reading(engine) as connection:
        return read_clock(connection)


def confirm_clock(engine: Engine, *, actor: str) -> ClockReading:
    """Believe this machine's clock from now on; returns what it was held against. Nothing is done when it is believed
    anyway."""
    with session_scope(engine, by_clock=False) as session:
        lock_audit_chain(session)
        found = read_clock(session.connection())
        if found.fault() is None:
            return found
        offset_s = round((found.machine - found.server).total_seconds()) if found.server else 0
        record_moment(session.connection(), found.machine, {"accepted_offset_s": offset_s})
        details = {
            "machine": found.machine.isoformat(),
            "recorded": found.recorded.isoformat() if found.recorded else None,
            "server_offset_s": offset_s,
        }
        record_all(session, [AuditEntry(CONFIRM_CLOCK, "clock", details)], actor=actor, now=found.machine)
        return found
