"""The plan as shipped with the invented programme beside it, for tests of several directives at once."""

import shutil
from pathlib import Path

from config.settings import PLAN_DIR, PLAN_EXAMPLE_DIR

HOUSE, OTHER = "CD-2023-08-17", "CCHC-MAU"


def both_plans(folder: Path) -> Path:
    """Put both into ``folder``, which need not be there yet, and give it back."""
    for source in (PLAN_DIR, PLAN_EXAMPLE_DIR):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder
