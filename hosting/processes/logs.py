"""Where parts write what happens: a loop of ours to its stderr, which whoever starts it keeps, `dondoc up` in files."""

import logging
from pathlib import Path

_LOG_LIMIT_BYTES = 5_000_000


def log_to_stderr() -> None:
    """By force, since Prefect sets it otherwise where it was imported."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("dondoc").setLevel(logging.INFO)


def rotate_log(log: Path) -> None:
    """Keep one old log and start a new one when it has grown long."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
