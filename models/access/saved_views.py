"""Lists as an account likes to look at them: filters and order under a name; no fact, and no part of the trail."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from config.boundary import checked_line
from config.errors import Refused
from models.tables.account import SavedView

LONGEST_NAME = 60
MOST = 30
"""Views that an account keeps."""


def saved_views(session: Session, user_id: int) -> Sequence[SavedView]:
    """The views of an account, by name."""
    return session.exec(select(SavedView).where(SavedView.user_id == user_id).order_by(col(SavedView.name))).all()


def save_view(session: Session, user_id: int, name: str, query: str) -> SavedView:
    """Keep a list under a name; one of that name takes on the new filters."""
    name = checked_line(name, "Tên bộ lọc", "Name of the view", shortest=1, longest=LONGEST_NAME)
    found = session.exec(select(SavedView).where(SavedView.user_id == user_id, SavedView.name == name)).one_or_none()
    if found is None:
        there = session.exec(select(func.count(col(SavedView.id))).where(SavedView.user_id == user_id)).one()
        if there >= MOST:
            raise Refused(
                f"Tên bộ lọc: đã có {MOST} bộ lọc; bỏ bớt một bộ lọc trước.",
                f"Name of view: there are already {MOST} views; delete one first.",
            )
        found = SavedView(user_id=user_id, name=name, query=query)
        session.add(found)
    found.query = query
    session.flush()
    return found


def remove_view(session: Session, user_id: int, view_id: int) -> None:
    """Forget a view of an account; one that is gone, or another's, is left as it is."""
    found = session.get(SavedView, view_id)
    if found is not None and found.user_id == user_id:
        session.delete(found)
