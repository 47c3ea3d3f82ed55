"""The forms: nothing must be filled in, what is filled in becomes dated facts, what cannot be is refused in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.catalogue.plan import Plan
from config.errors import Refused
from flows.forms import FORMS, BuildMovementForm, DirectiveForm, FollowUpForm, NewEvent, Setting, fill_in
from tests.support.cast import at

EVERY_FORM = pytest.mark.parametrize("priority", sorted(FORMS))


@EVERY_FORM
def test_a_scheduled_run_needs_no_input(plan: Plan, priority: str) -> None:
    form = fill_in(priority, {}, plan)
    assert (form.periods, form.offices, form.as_of, form.dry_run) == ((), (), None, False)
    assert list(form.entries()) == []
    assert form.grading_period() is None


@EVERY_FORM
def test_every_field_has_a_vietnamese_title_and_the_common_ones_say_what_empty_means(priority: str) -> None:
    schema = FORMS[priority].model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name, field in part.get("properties", {}).items():
            assert field["title"] != name.replace("_", " ").title(), f"{name} has only a programmer's title"
    for name in ("periods", "offices", "as_of"):
        assert schema["properties"][name]["description"].startswith("Để trống:")


def test_an_office_may_be_given_by_code_or_by_the_label_the_form_offers(plan: Plan) -> None:
    form = fill_in("p2", {"offices": ["SYT", "SVHTTDL – Sở Văn hóa, Thể thao và Du lịch"]}, plan)
    assert form.offices == ("SYT", "SVHTTDL")


def test_an_unknown_priority_is_named(plan: Plan) -> None:
    with pytest.raises(Refused, match="«p100» không có trong kế hoạch"):
        fill_in("p100", {}, plan)


@pytest.mark.parametrize(
    ("priority", "answers", "names"),
    [
        ("p1", {"new_documents": [{"number": "45-NQ/TW", "on_date": "32/13/2023", "title": "Nghị quyết"}]}, "on_date"),
        ("p3", {"events": [{"title": "Lễ hội"}]}, "events.0.host_office"),
        ("p4", {"settings": []}, "settings"),
        ("p4", {"settings": ["chợ"]}, "settings.0"),
        ("p5", {"grading_year": 1990}, "grading_year"),
        ("p2", {"events": []}, "events"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_name(
    plan: Plan, priority: str, answers: dict[str, Any], names: str
) -> None:
    with pytest.raises(Refused) as refusal:
        fill_in(priority, answers, plan)
    assert any(names in line for line in refusal.value.details)


def test_the_moment_is_now_unless_another_is_chosen() -> None:
    now = at("2023-08-18")
    assert FollowUpForm().moment(now) == now
    assert FollowUpForm(as_of=at("2023-08-17")).moment(now) == at("2023-08-17")


def test_a_moment_without_a_zone_is_hanoi_time() -> None:
    naive = at("2023-08-17", 7, 30).replace(tzinfo=None)
    assert FollowUpForm(as_of=naive).moment(at("2023-08-18")) == at("2023-08-17", 7, 30)


def test_the_future_may_be_looked_at_but_not_acted_on() -> None:
    now = at("2023-08-18")
    later = now + timedelta(days=30)
    with pytest.raises(Refused, match=r"17/09/2023 chưa đến"):
        FollowUpForm(as_of=later).moment(now)
    assert FollowUpForm(as_of=later, dry_run=True).moment(now) == later


@pytest.mark.parametrize("year", [1, 1999, 2201, 9999])
def test_a_moment_nobody_can_mean_is_refused_even_for_looking(year: int) -> None:
    moment = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    with pytest.raises(Refused, match=f"năm {year}"):
        FollowUpForm(as_of=moment, dry_run=True).moment(at("2023-08-18"))


@pytest.mark.parametrize(
    ("priority", "answers", "subtask"),
    [
        ("p1", {"focal_point_meeting": "2023-09-20"}, "T1.3"),
        ("p3", {"events": [{"title": "Lễ hội Lam Kinh", "on_date": "2023-10-06", "host_office": "SVHTTDL"}]}, "T3.6"),
        ("p4", {"meetings": ["2023-09-25"]}, "T4.6"),
        (
            "p5",
            {"training_sessions": [{"about": "xử lý tình huống về an ninh, trật tự", "on_date": "2023-10-10"}]},
            "T5.3",
        ),
        (
            "p5",
            {"training_sessions": [{"about": "phòng cháy, chữa cháy và cứu nạn, cứu hộ", "on_date": "2023-10-10"}]},
            "T5.4",
        ),
    ],
)
def test_a_date_in_a_form_becomes_an_event_of_a_subtask_that_works_by_events(
    plan: Plan, priority: str, answers: dict[str, Any], subtask: str
) -> None:
    (event,) = fill_in(priority, answers, plan).entries()
    assert isinstance(event, NewEvent)
    assert event.subtask == subtask
    assert any(step.trigger == "event" for step in plan.subtask(subtask).steps)
    assert subtask in {s.code for s in plan.priority(priority).subtasks}


def test_the_settings_of_the_form_are_those_of_the_plan(plan: Plan) -> None:
    in_plan = {variant.key for step in plan.subtask("T4.1").steps for variant in step.variants}
    assert in_plan == {setting.name.lower() for setting in Setting}
    assert BuildMovementForm().settings == tuple(Setting)


def test_the_directive_form_starts_the_five_unless_told_otherwise() -> None:
    assert DirectiveForm(number="123-TB/TU", on_date=date(2023, 8, 17)).start_follow_up
