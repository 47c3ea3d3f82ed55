"""Bringing the schema of a store up to date, one process at a time."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from config import clock
from models.store.stock import take_stock

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Any fixed number: it names the lock under which one process at a time migrates a PostgreSQL database.
_MIGRATION_LOCK = 20230817
_FIRST_WITH_DIGESTS = "0015"


@cache
def newest_revision() -> str:
    """The schema revision of this version, by the names of the migrations' files."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def revision_of(connection: Connection) -> str | None:
    """The schema revision of the store, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def is_known(revision: str | None) -> bool:
    """Whether a revision is of this version or an earlier one."""
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return revision in {None, *(script.revision for script in known)}


def alembic_config() -> "Config":
    """What Alembic is told of our migrations."""
    # Imported where it is used: Alembic takes as long to load as many a command runs, and a store is seldom migrated.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(engine: Engine) -> None:
    """Bring the schema up to the newest revision; does nothing when another process has done it meanwhile."""
    from alembic import command

    config = alembic_config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = revision_of(connection)  # under the lock: another may have migrated, and taken stock
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if revision is not None and revision < _FIRST_WITH_DIGESTS:
            take_stock(connection, revision, now=clock.now())
