"""Starting a rehearsal as a process of its own: it needs the flows, which the portal does not import."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from config.settings import Settings

_HOME = Path(__file__).parents[2]


def start_rehearsal(settings: Settings, number: int) -> None:
    """Play the rehearsal of this number; it ends with dondoc, by the mark in the environment that it inherits."""
    log = settings.data_dir / "logs" / "rehearsal.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    data_dir = str(settings.data_dir.resolve())
    own = {"DONDOC_DATA_DIR": data_dir, "DONDOC_DATABASE_URL": settings.database_url}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal.process", str(number)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=_HOME,
            env={**os.environ, **own, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
    # Somebody must hear of its end, or it stays in the table of processes.
    threading.Thread(target=process.wait, name="rehearsal", daemon=True).start()
