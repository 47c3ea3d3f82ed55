"""The key under which what came of one sending of a form is kept, so that the same once more is no second one."""

import hashlib


def sending_key(submission: str | None, *said: object) -> str | None:
    """A key of one filling-in of a form and all that it says: filled in anew, the same form is another sending."""
    return hashlib.sha256(repr((submission, *said)).encode()).hexdigest() if submission else None
