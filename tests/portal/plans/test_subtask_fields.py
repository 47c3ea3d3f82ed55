"""The form of a subtask says the subtask that it shows: untouched, it changes nothing of any plan."""

from pathlib import Path

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.writing import plan_contents
from portal.plans.subtask_fields import changed_subtask, subtask_fields
from tests.support.corpus import CORPUS


@pytest.mark.later
@pytest.mark.parametrize("source", [None, *sorted(CORPUS.iterdir())], ids=lambda each: each.name if each else "shipped")
def test_an_untouched_form_says_the_subtask_as_it_is(source: Path | None) -> None:
    plan = load_plan(source)
    contents = {each["code"]: each for file in plan_contents(plan).values() for each in file.get("subtasks", ())}
    for subtask in plan.subtasks():
        content = contents[subtask.code]
        shown = subtask_fields(plan, subtask, content)
        lists = {"documents": subtask.documents, "systems": subtask.systems}
        assert changed_subtask(content, shown, shown, lists)[0] == content, subtask.code
