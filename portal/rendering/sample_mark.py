"""Whether pages are marked as the sample's: asked of the store once a minute, for every page says it."""

from datetime import datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from config.errors import Refused
from models.keeping.opening import Store
from models.store.database import reading_session
from models.work.directives import samples_in_force


def is_sample(app: FastAPI, store: Store, now: datetime) -> bool:
    """Whether a directive that the visitor sees was issued by a sample document.

    While the database is away, what was known last.
    """
    minute = now.replace(second=0, microsecond=0)
    known: tuple[Any, frozenset[str]] = getattr(app.state, "samples", (None, frozenset()))
    if known[0] != minute:
        try:
            with reading_session(store.engine) as session:
                known = minute, samples_in_force(session)
        except (SQLAlchemyError, Refused):
            known = minute, known[1]
        app.state.samples = known
    return any(each.code in known[1] for each in store.plan.directives)
