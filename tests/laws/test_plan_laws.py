"""Whatever stands in a plan's file, it is read or refused in words; nothing else comes of it."""

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.catalogue.loader import PlanErrors, load_plan
from config.text.plain_yaml import as_yaml, parse
from tests.support.examples import examples
from tests.support.plans import one_file

PRIORITIES = """
- code: p2
  title_vi: Nhiệm vụ
  subtasks:
    - code: T2.1
      title_vi: Một
      quote: [Giao Sở Y tế, {text: chủ trì, place: Mục I}]
      depends_on: [T2.2.plan]
      product: Kế hoạch
      targets: [{indicator_vi: Số nhà, unit: nhà, value: 2.305, by: UNTIL:31/12/2025}]
      report: {counts: [{key: aa, label_vi: x}], checks: [{expression: aa == aa, label_vi: y}]}
      monitor: SNV
      steps:
        - key: plan
          lead: [SYT, STC]
          coordinating: [SNV]
          named: [UBND]
          due: {lead: BY:30/06/2025, coordinating: lead, words: trong quý, basis: {lead: law}}
          report_to: [UBND]
          variants: [{key: va, title_vi: Hai, lead: SNV, named: [HOI]}]
        - {key: report, lead: departments, coordinating: [UBND], input_from: [plan], depends_on: [plan],
           due: {lead: ND09-Q, coordinating: ND09-Q:coordinating}}
    - code: T2.2
      title_vi: Hai
      steps: [{key: plan, lead: Sở Y tế, due: {lead: CLOSE+3}, trigger: month}]
"""
DIRECTIVE = "source: |\n  Giao Sở Y tế chủ trì\ndocuments: [{id: NQ12, title_vi: x}]"

WRONG = [None, 5, True, "", [], {}, "x", ["x"], {"x": 1}, [5], [None], {"office": "SYT"}, {"group": 5}, [[]], [{}]]
WRONG += ["T9.9", "Sở Y tế", "host", ["host"], {"lead": 5}, -1, "lead", "CLOSE+3", "2025-13-01"]


def _places(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [each for key, value in below for each in [(*place, key), *_places(value, (*place, key))]]


def _plain() -> Any:
    with TemporaryDirectory() as folder:
        return parse(one_file(Path(folder) / "plan.yaml", PRIORITIES, directive=DIRECTIVE).read_text("utf-8")).content


PLAIN = _plain()
slips = st.tuples(st.sampled_from(_places(PLAIN)), st.booleans() | st.sampled_from(WRONG))


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(slips, min_size=1, max_size=3), st.booleans())
def test_any_value_in_any_place_is_read_or_refused_in_words(chosen: list[tuple[Any, Any]], version_0_1: bool) -> None:
    content = deepcopy(PLAIN)
    for place, wrong in chosen:
        holder = content
        for key in place[:-1]:
            fits = isinstance(key, int) and isinstance(holder, list) and key < len(holder)
            holder = holder[key] if fits or (isinstance(holder, dict) and key in holder) else None
        if isinstance(holder, dict):
            holder[place[-1]] = deepcopy(wrong)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "plan.yaml"
        file.write_text(as_yaml(content), "utf-8")
        try:
            load_plan(file, version_0_1=version_0_1)
        except PlanErrors as refused:
            assert all(error.problem_vi and error.problem_en and error.file == "plan.yaml" for error in refused.errors)
