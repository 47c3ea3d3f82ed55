"""The reasons that offices and the coordinator give for what they ask and decide."""

from config.boundary import refuse_personal_or_secret
from config.errors import Refused

LONGEST_REASON = 1000
"""Letters."""


def checked_reason(text: str, field_name: str) -> str:
    """A reason as it is kept; raises ``Refused`` when it is missing, too long or crosses the boundary."""
    clean = refuse_personal_or_secret(text, field_name)
    if not clean:
        raise Refused(f"{field_name}: chưa ghi; cần một câu ngắn.", f"{field_name}: missing; one short sentence.")
    if len(clean) > LONGEST_REASON:
        raise Refused(
            f"{field_name}: dài {len(clean)} ký tự; tối đa {LONGEST_REASON}.",
            f"{field_name}: {len(clean)} characters; at most {LONGEST_REASON}.",
        )
    return clean
