"""The plan as shipped with the invented programme beside it, for tests of several directives at once."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_0_1_DIR, PLAN_EXAMPLE_DIR

HOUSE, OTHER = "CD-2023-08-17", "CCHC-MAU"


@cache
def plan_of_both() -> tuple[Plan, WorkingCalendar]:
    """The plan of both and its calendar, loaded once in a process."""
    with TemporaryDirectory() as name:
        folder = both_plans(Path(name) / "plan")
        return load_plan(folder), load_calendar(folder / "calendar.yaml")


def both_plans(folder: Path) -> Path:
    """Put both into ``folder``, which need not be there yet, and give it back."""
    for source in (PLAN_0_1_DIR, PLAN_EXAMPLE_DIR):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder
