"""What is put off until a process first writes, so that opening a store only reads it."""

from collections.abc import Callable

from sqlalchemy import Engine

_put_off: dict[Engine, Callable[[], object]] = {}


def put_off(engine: Engine, work: Callable[[], object]) -> None:
    """Have ``work`` done before the first unit of work that writes, which waits for it."""
    _put_off[engine] = work


def catch_up(engine: Engine) -> None:
    """Do what was put off; every unit of work that writes begins with it. What fails stays put off."""
    if (work := _put_off.pop(engine, None)) is None:
        return
    try:
        work()
    except BaseException:
        _put_off[engine] = work
        raise


def forget(engine: Engine) -> None:
    """Leave undone what was put off: nothing was written."""
    _put_off.pop(engine, None)
