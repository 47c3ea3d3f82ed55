"""An index of the words of reports for PostgreSQL, where its extension ``pg_trgm`` may be used; otherwise texts are
read."""

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_IS_AT_HAND = text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql" or connection.scalar(_IS_AT_HAND) is None:
        return
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            op.execute("CREATE INDEX ix_report_words ON report USING gin (plain_text gin_trgm_ops)")
    except DBAPIError as fault:
        if fault.connection_invalidated or getattr(fault.orig, "sqlstate", None) not in _NOT_ALLOWED:
            raise


_NOT_ALLOWED = ("42501", "42704", "3F000")
"""By whoever runs the server; or it was added to a schema in which this account does not look."""
