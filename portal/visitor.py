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
    """An office, coordinator or manager, in person or by a program's token, or nobody."""

    role: VisitorRole
    office: str | None = None
    user_id: int | None = None
    token_id: int | None = None

    @property
    def actor(self) -> str:
        """Under which name the audit trail knows what they do: an office, or the number of an account or token."""
        if self.office:
            return f"office:{self.office}"
        return f"{self.role.value}:{self.user_id or f'token-{self.token_id}'}"


NOBODY = Visitor(VisitorRole.NOBODY)
