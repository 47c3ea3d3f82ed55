"""A plan written as files reads back as the same plan."""

import datetime
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.writing import plan_files
from config.rules.working_time import Override, WorkingCalendar
from config.settings import PLAN_0_1_DIR
from tests.support.examples import examples
from tests.support.plans import plan_of
from tests.support.two_directives import both_plans


def written(plan: Plan, calendar: WorkingCalendar | None, folder: Path) -> Path:
    for file, text in plan_files(plan, calendar).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("several", [False, True])
def test_the_shipped_plans_read_back_the_same(tmp_path: Path, several: bool) -> None:
    source = both_plans(tmp_path / "both") if several else PLAN_0_1_DIR
    plan, calendar = load_plan(source), load_calendar(source / "calendar.yaml")
    folder = written(plan, calendar, tmp_path / "written")
    again = load_calendar(folder / "calendar.yaml")
    assert load_plan(folder) == plan
    assert (again, again.version) == (calendar, calendar.version)
    assert {code: each.version for code, each in again.own.items()} == {
        code: each.version for code, each in calendar.own.items()
    }
    assert plan_files(load_plan(folder), again) == plan_files(plan, calendar)


def test_an_edition_in_json_reads_back_the_same(tmp_path: Path) -> None:
    for plan in (load_plan(PLAN_0_1_DIR), load_plan(both_plans(tmp_path / "both"))):
        assert Plan.model_validate(plan.model_dump(mode="json")) == plan
        assert Plan.model_validate_json(plan.model_dump_json()).version == plan.version


def test_defaults_are_left_out(tmp_path: Path) -> None:
    plan = plan_of(tmp_path / "plan.yaml", "due: {lead: BY:30/06/2025, words: trong quý II/2025}\nlead: SYT")
    assert plan_files(plan)["p1.yaml"] == (
        "code: p1\ntitle_vi: Nhiệm vụ\nsubtasks:\n- code: T1.1\n  title_vi: Xây dựng kế hoạch\n  steps:\n"
        "  - key: plan\n"
        "    trigger: issue\n    due:\n      lead: BY:30/06/2025\n      words: trong quý II/2025\n    lead: SYT\n"
    )


def test_a_swapped_working_day_is_kept(tmp_path: Path) -> None:
    day = Override(datetime.date(2025, 5, 2), "day_off", "1/VPCP", "nghỉ hoán đổi", "day off")
    calendar = WorkingCalendar((day,), 2027)
    folder = written(load_plan(PLAN_0_1_DIR), calendar, tmp_path)
    assert load_calendar(folder / "calendar.yaml") == calendar


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)
selectors = st.sampled_from(["SYT", "STC", "SNV", "HOI", "departments"]).map(
    lambda name: {"office": name} if name.isupper() else {"group": name}
)
several = st.lists(selectors, max_size=3, unique_by=str)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, object]:
    coordinating = draw(st.sampled_from([None, "lead", "BEFORE:20/06/2025"]))
    leads, helpers, named = draw(several.filter(bool)), draw(several), draw(several)
    helpers = [{"office": "UBND"}, *helpers] if coordinating else helpers
    # Who leads alone and names only itself is refused.
    assume(len(leads) > 1 or any(each != leads[0] for each in (*helpers, *named)) or not (*helpers, *named))
    return {
        "key": "plan",
        "title_vi": draw(texts),
        "title_en": draw(texts),
        "trigger": "issue",
        "due": {
            "lead": "BY:30/06/2025",
            "coordinating": coordinating,
            "words": {"lead": draw(st.none() | texts), "coordinating": draw(st.none() | texts)},
            "basis": {"lead": draw(st.sampled_from([None, "law", "stated"])), "coordinating": None},
        },
        "lead": leads,
        "each": draw(st.sampled_from([None, True, False])),
        "coordinating": helpers,
        "per_copy": draw(st.booleans()),
        "named": named,
        "product": draw(
            st.none() | st.fixed_dictionaries({"title_vi": texts, "kind": st.sampled_from(["other", "report"])})
        ),
        "report_to": draw(st.sampled_from([[], ["UBND"]])),
    }


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """The small plan with other texts, offices and figures in it, as an edition holds them."""
    with TemporaryDirectory() as folder:
        content = plan_of(Path(folder) / "plan.yaml", "due: {lead: BY:30/06/2025}\nlead: SYT").model_dump(mode="json")
    subtask = content["priorities"][0]["subtasks"][0]
    subtask |= {
        "title_vi": draw(texts),
        "title_en": draw(texts),
        "quotes": draw(st.lists(st.fixed_dictionaries({"text": texts, "place": st.none() | texts}), max_size=2)),
        "targets": draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "indicator_vi": texts,
                        "key": st.sampled_from(["nha_o", "ty_le"]),
                        "value": st.integers(0, 10**6) | st.sampled_from(["1,5", "2.305", "0.25"]),
                        "at_most": st.booleans(),
                        "by": st.sampled_from([None, "UNTIL:31/12/2025"]),
                    }
                ),
                max_size=2,
                unique_by=lambda target: target["key"],
            )
        ),
        "steps": [draw(steps())],
        "kind": draw(st.sampled_from(["one-off", "document"])),
        "basis": draw(st.sampled_from([None, "stated", "practice"])),
        "product": draw(st.none() | st.fixed_dictionaries({"title_vi": texts})),
    }
    return Plan.model_validate(content)


def _composed(plan: Plan) -> Plan:
    """With composed accents, as every file is read."""
    return Plan.model_validate_json(unicodedata.normalize("NFC", plan.model_dump_json()))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_what_is_written_reads_back_the_same_whatever_it_says(plan: Plan) -> None:
    plan = _composed(plan)
    assert Plan.model_validate(plan.model_dump(mode="json")) == plan
    with TemporaryDirectory() as folder:
        assert load_plan(written(plan, None, Path(folder))) == plan
