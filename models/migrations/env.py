"""Runs migrations on the connection it is handed; the application is the only caller."""

from alembic import context

import models.tables.all  # noqa: F401  (registers every table)
from models.store.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
