"""The door of the `dondoc` command: puts the rooms first on the path, for this process and its children.

In a checkout the rooms (``config``, ``models`` …) lie beside this folder; in an installed wheel they lie inside it, so
that their names meet no other package's (docs/decisions/0029-wheel.md).
"""

import os
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
ROOMS = _HERE if (_HERE / "config").is_dir() else _HERE.parent
"""The folder that holds the rooms."""


def main() -> None:
    """Entry point of the console script and of ``python -m dondoc``."""
    _put_first(str(ROOMS))
    from cli.main import main as command

    command()


def _put_first(rooms: str) -> None:
    sys.path[:] = [rooms, *(each for each in sys.path if each != rooms)]
    already = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each and each != rooms]
    os.environ["PYTHONPATH"] = os.pathsep.join([rooms, *already])
    # A child started by ``python -m`` would look in the folder it is started in before anywhere else.
    os.environ["PYTHONSAFEPATH"] = "1"
