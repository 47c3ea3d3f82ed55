"""Where a part that is a loop of ours writes what happens: to its stderr, which whoever starts it keeps."""

import logging


def log_to_stderr() -> None:
    """By force, since Prefect sets it otherwise where it was imported."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("dondoc").setLevel(logging.INFO)
