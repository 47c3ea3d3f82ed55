"""Bytes of files that no row names: what a portal leaves that is killed between the bytes and the row."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, select, union
from sqlmodel import Session, col

from config.settings import Settings
from models.store.audit import lock_audit_chain
from models.store.database import reading_session, session_scope
from models.tables.outbox import UrgingLetter
from models.tables.report import Attachment
from models.work.attachments import files_dir, path_of

_RECENT = timedelta(days=1)
"""For how long after a kill its bytes are looked for: a portal that is killed is started again within the day."""


def discard_unnamed_files(engine: Engine, settings: Settings, *, now: datetime) -> int:
    """Delete bytes of the last day that no file and no urging letter names, and half-written ones; returns how many.

    Older bytes stay whoever names them: they may be the archive of another store, where an operator has the same data
    directory serve another database. Whoever writes bytes holds the lock on the audit chain, which is held here too. A
    store that names no file at all is left alone: it may be one that is being restored, whose rows come last.
    """
    there = {path for path in files_dir(settings).glob("??/*") if _is_recent(path, now)}
    with reading_session(engine) as session:
        if there <= _named(session, settings):
            return 0
    with session_scope(engine, by_clock=False) as session:
        lock_audit_chain(session)
        named = _named(session, settings)
        unnamed = there - named if named else set()
        for path in unnamed:
            path.unlink(missing_ok=True)
    return len(unnamed)


def _is_recent(path: Path, now: datetime) -> bool:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # another worker that starts has cleared it away
        return False
    return path.is_file() and abs(now - written) < _RECENT


def _named(session: Session, settings: Settings) -> set[Path]:
    return {path_of(settings, each) for each in files_named(session.connection())}


def files_named(connection: Connection) -> list[str]:
    """The hashes of all files that rows name: of assignments, and urging letters."""
    its = (select(col(table.sha256)) for table in (Attachment, UrgingLetter))
    return sorted(connection.scalars(union(*its)))
