"""Who stands at the door."""

from dataclasses import dataclass
from enum import StrEnum


class VisitorRole(StrEnum):
    NOBODY = "nobody"  # not signed in
    OFFICE = "office"  # by a link from a message; sees and changes its own work
    COORDINATOR = "coordinator"  # decides, assigns, withdraws; sees all
    MANAGER = "manager"  # sees all, changes nothing


@dataclass(frozen=True)
class Visitor:
    """A signed-in office, coordinator or manager, or nobody."""

    role: VisitorRole
    office: str | None = None
    user_id: int | None = None

    @property
    def actor(self) -> str:
        """Under which name the audit trail knows what they do: an office, or the number of an account."""
        return f"office:{self.office}" if self.office else f"{self.role.value}:{self.user_id}"


NOBODY = Visitor(VisitorRole.NOBODY)
