"""A plan that has lost what was assigned is refused before anything is done by it."""

import pytest

from config.catalogue.plan import Plan
from config.errors import Refused
from models.keeping.opening import Store, refuse_forgotten_assignments
from tests.support.cast import at, begin, issue


def test_a_subtask_or_step_that_is_still_needed_is_named_with_how_much_hangs_on_it(store: Store) -> None:
    refuse_forgotten_assignments(store.engine, store.plan)
    begin(store, "p1", at("2023-08-18"))
    refuse_forgotten_assignments(store.engine, store.plan)
    first = store.plan.priorities[0]
    rest = tuple(subtask for subtask in first.subtasks if subtask.code != "T0.1")
    parts = {name: getattr(store.plan, name) for name in Plan.model_fields}
    priorities = (first.model_copy(update={"subtasks": rest}), *store.plan.priorities[1:])
    with pytest.raises(Refused) as refused:
        refuse_forgotten_assignments(store.engine, Plan(**(parts | {"priorities": priorities})))
    assert list(refused.value.details) == ["T0.1, bước report: 1 việc"]


def test_a_directive_that_has_another_code_or_has_gone_is_told(store: Store) -> None:
    issue(store)
    house = store.plan.main_directive.model_copy(update={"code": "CD-KHAC"})
    parts = {name: getattr(store.plan, name) for name in Plan.model_fields}
    with pytest.raises(Refused) as refused:
        refuse_forgotten_assignments(store.engine, Plan(**(parts | {"directives": (house,)})))
    (told,) = refused.value.details
    assert told.startswith("chỉ đạo CD-2023-08-17 (code trong directive.yaml): 1 văn bản")
