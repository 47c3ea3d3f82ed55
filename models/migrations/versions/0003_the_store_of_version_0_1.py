"""The store of version 0.1.0, whole: the oldest that is in use anywhere, and so where every store begins."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = None
branch_labels = None
depends_on = None

_ON_POSTGRESQL = {" DATETIME": " TIMESTAMP WITH TIME ZONE", " id INTEGER ": " id SERIAL "}


def upgrade() -> None:
    connection = op.get_bind()
    schema = Path(__file__).with_suffix(".sql").read_text("utf-8")
    if connection.dialect.name == "postgresql":
        for on_sqlite, on_postgresql in _ON_POSTGRESQL.items():
            schema = schema.replace(on_sqlite, on_postgresql)
    for statement in schema.strip().removesuffix(";").split(";\n"):
        connection.exec_driver_sql(statement)
