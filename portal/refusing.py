"""The status code that goes with a refusal."""

from config.errors import Refused
from models.errors import DatabaseUnreachable, NotFound, TransitionRefused


def status_of(refused: Refused) -> int:
    if isinstance(refused, NotFound):
        return 404
    if isinstance(refused, TransitionRefused):
        return 409
    if isinstance(refused, DatabaseUnreachable):
        return 503
    return 422
