"""Everything that happened in one store, moved into another in which nothing has, in one transaction."""

from sqlalchemy import Connection, Engine, Table, func, insert, select, text, update
from sqlalchemy.sql.ddl import sort_tables
from sqlmodel import Session, col

from models import tables
from models.audit import AuditHead, take_turn
from models.database import reading, session_scope
from models.inserting import table_of
from models.office import Contact, Office

_AT_ONCE = 1_000


def nothing_happened(session: Session) -> bool:
    """Whether the store holds no facts at all: every verb leaves at least one event."""
    return session.scalar(select(col(AuditHead.seq)).where(col(AuditHead.id) == 1)) == 0


def move_in(built: Engine, store: Engine) -> bool:
    """Copy all that ``built`` holds into ``store``, wholly or not at all; gives whether it was done.

    Not done when something has happened in ``store`` meanwhile. What only mirrors the configuration is left as it is.
    """
    with reading(built) as source, session_scope(store) as session:
        take_turn(session)
        if not nothing_happened(session):
            return False
        mirrors = {table_of(Office), table_of(Contact)}
        for table in sort_tables([table_of(getattr(tables, name)) for name in tables.__all__]):
            if table not in mirrors:
                _copy(source, session, table)
    return True


def _copy(source: Connection, session: Session, table: Table) -> None:
    if table is table_of(AuditHead):  # an empty store has its one row already
        session.execute(update(table).values(**source.execute(select(table)).mappings().one()))
        return
    for part in source.execute(select(table)).mappings().partitions(_AT_ONCE):
        session.execute(insert(table), [dict(row) for row in part])
    _count_on(session, table)


def _count_on(session: Session, table: Table) -> None:
    """PostgreSQL numbers rows by a counter of its own, which knows nothing of numbers given."""
    number = table.autoincrement_column
    if number is None or session.get_bind().dialect.name != "postgresql":
        return
    last = session.scalar(select(func.max(number)))
    if last is not None:
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
            {"table": table.name, "column": number.name, "last": last},
        )
