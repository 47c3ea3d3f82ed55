"""The plan as shipped: complete, bounded, and workable on every occasion of the years it is made for."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

import pytest

from cli.plans.showing import plan_json
from config.boundary import refuse_personal_or_secret
from config.catalogue.plan import Plan
from config.catalogue.subtasks import CountField, ReportForm, Step, Subtask
from config.rules.deadlines import Due, due
from config.rules.grammar import FromAnchor, parse_rule
from config.rules.periods import Period, periods_between
from config.rules.working_time import WorkingCalendar

FIRST, LAST = date(2023, 1, 1), date(2028, 12, 31)

SUBTASKS = {
    "p1": "T0.1 T0.2 T1.1 T1.2 T1.3 T1.4",
    "p2": "T2.1 T2.2 T2.3 T2.4 T2.5",
    "p3": "T3.1 T3.2 T3.3 T3.4 T3.5 T3.6",
    "p4": "T4.1 T4.2 T4.3 T4.4 T4.5 T4.6 T4.7",
    "p5": "T5.1 T5.2 T5.3 T5.4 T5.5 T5.6 T5.7 T5.8 T5.9 T5.10 T5.11",
}

NAMED_SIGNATORIES = {"SVHTTDL", "STTTT", "SYT"}


def steps(plan: Plan) -> Iterator[tuple[Subtask, Step]]:
    for subtask in plan.subtasks():
        for step in subtask.steps:
            yield subtask, step


def forms(plan: Plan) -> Iterator[tuple[Subtask, ReportForm]]:
    for subtask in plan.subtasks():
        yield subtask, subtask.report
        for step in subtask.steps:
            yield subtask, subtask.form(step.key)


def counts(plan: Plan) -> Iterator[tuple[Subtask, CountField]]:
    for subtask, form in forms(plan):
        for count in form.counts:
            yield subtask, count


def texts(plan: Plan) -> Iterator[str]:
    """Every text a reader of the plan sees, quotes and labels included."""

    def within(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from chain.from_iterable(within(part) for part in value.values())
        elif isinstance(value, list | tuple):
            yield from chain.from_iterable(within(part) for part in value)

    yield from within(plan.model_dump(mode="json"))


class TestContent:
    def test_every_trackable_subtask_is_there_in_its_priority(self, plan: Plan) -> None:
        assert {p.code: " ".join(s.code for s in p.subtasks) for p in plan.priorities} == SUBTASKS

    def test_only_the_two_principles_create_no_work(self, plan: Plan) -> None:
        assert [s.code for s in plan.subtasks() if s.kind == "principle"] == ["T2.2", "T5.1"]
        assert [s.code for s in plan.subtasks() if not s.steps] == ["T2.2", "T5.1"]

    def test_no_deadline_claims_to_be_stated_by_the_directive(self, plan: Plan) -> None:
        assert all((s.basis == "stated") == (s.kind == "principle") for s in plan.subtasks())
        assert all(s.basis_note_vi for s in plan.subtasks() if s.steps)

    def test_quotes_are_there_in_composed_form(self, plan: Plan) -> None:
        for subtask in plan.subtasks():
            assert len(subtask.quote.split()) >= 5
            assert unicodedata.is_normalized("NFC", subtask.quote)

    def test_every_step_and_every_number_is_labelled_in_both_languages(self, plan: Plan) -> None:
        for _, step in steps(plan):
            assert step.title_vi
            assert step.title_en
        for _, count in counts(plan):
            assert count.label_vi
            assert count.label_en
            assert count.label_vi != count.label_en

    def test_a_number_has_one_label_within_a_subtask(self, plan: Plan) -> None:
        labels: dict[tuple[str, str], set[str]] = {}
        for subtask, count in counts(plan):
            labels.setdefault((subtask.code, count.key), set()).add(count.label_vi)
        assert {key: found for key, found in labels.items() if len(found) > 1} == {}

    def test_sectors_and_settings_of_the_directive(self, plan: Plan) -> None:
        assert len(plan.step("T3.4", "report").variants) == 7
        for step in ("plan", "report"):
            assert [v.key for v in plan.step("T4.1", step).variants] == [
                "area",
                "office",
                "company",
                "school",
            ]

    def test_the_grading_chain(self, plan: Plan) -> None:
        chain_of_steps = [(step.key, step.due.lead) for step in plan.subtask("T5.7").steps]
        assert chain_of_steps == [
            ("residential", "Q510-Y:residential"),
            ("unit", "Q510-Y:unit"),
            ("district", "Q510-Y:district"),
            ("compile", "UNTIL:25/12"),
        ]
        assert plan.step("T5.7", "district").valid_to == date(2025, 6, 30)

    def test_the_json_has_what_scripts_read(self, plan: Plan) -> None:
        shown = json.loads(json.dumps(plan_json(plan), ensure_ascii=False))
        first = shown["priorities"][0]["subtasks"][0]
        assert first["roles"] == {"lead": ["signatories"], "coordinating": ["CAT"], "monitor": None}
        assert first["rules"] == [
            {"step": "report", "trigger": "issue", "role": "lead", "rule": "ISSUE+15"},
            {"step": "report", "trigger": "issue", "role": "coordinating", "rule": "ISSUE+12"},
        ]
        assert {"code", "title_vi", "title_en", "quote", "kind", "basis", "report", "steps"} <= first.keys()
        assert len(shown["groups"]["signatories"]) == 15


class TestOffices:
    def test_fifteen_signatories_of_which_three_are_named(self, plan: Plan) -> None:
        signatories = [plan.office(code) for code in plan.groups["signatories"]]
        assert len(signatories) == 15
        assert {office.code for office in signatories if not office.assumed} == NAMED_SIGNATORIES

    def test_what_has_an_end_has_a_successor(self, plan: Plan) -> None:
        ended = [office for office in plan.offices if office.valid_to]
        assert ended
        for office in ended:
            assert office.valid_to is not None
            heir = plan.current_office(office.code, office.valid_to + timedelta(days=1))
            assert heir != office.code
            assert plan.office(heir).exists_on(office.valid_to + timedelta(days=1))

    @pytest.mark.parametrize(("day", "expected"), [(date(2025, 6, 30), ("HUYEN",)), (date(2025, 7, 1), ("XA",))])
    def test_localities_change_on_the_day_the_district_level_ends(
        self, plan: Plan, day: date, expected: tuple[str, ...]
    ) -> None:
        (lead,) = {lead for _, lead, _ in plan.step("T5.7", "residential").groups()}
        assert plan.resolve(lead, day) == expected

    def test_police_coordinate_and_the_internal_affairs_commission_monitors(self, plan: Plan) -> None:
        assert (plan.main_directive.coordinator, plan.main_directive.default_monitor) == ("CAT", "BNC")
        assert plan.subtask("T4.7").monitor == "BNC"


class TestBoundary:
    def test_what_travels_by_the_secret_route_leaves_a_number_and_a_date_only(self, plan: Plan) -> None:
        form = plan.subtask("T4.7").form("report")
        assert (form.counts, form.document, form.attachments, form.texts) == (
            (),
            "required",
            "disabled",
            False,
        )

    @pytest.mark.parametrize("code", ["T3.2", "T3.4", "T3.5", "T4.6", "T5.2"])
    def test_where_content_may_not_go_there_is_no_room_for_it(self, plan: Plan, code: str) -> None:
        for step in plan.subtask(code).steps:
            form = plan.subtask(code).form(step.key)
            assert (form.attachments, form.texts) == ("disabled", False)
        assert plan.subtask(code).boundary_vi

    def test_nothing_about_belief_is_tracked(self, plan: Plan) -> None:
        words = " ".join(texts(plan)).lower()
        assert "tín ngưỡng" not in words
        assert "tôn giáo" not in words
        assert "religio" not in words
        assert "belief" not in words

    def test_no_text_of_the_plan_would_be_refused_on_intake(self, plan: Plan) -> None:
        for text in texts(plan):
            refuse_personal_or_secret(text, "kế hoạch", "plan")

    def test_no_form_counts_persons_by_name_or_number(self, plan: Plan) -> None:
        forbidden = ("ho_ten", "cccd", "cmnd", "dia_chi", "so_dien_thoai", "bi_can", "bi_cao")
        assert [c.key for _, c in counts(plan) if any(word in c.key for word in forbidden)] == []


class TestDeadlines:
    def test_every_rule_can_be_worked_out_on_every_occasion(self, plan: Plan, calendar: WorkingCalendar) -> None:
        for _, step in steps(plan):
            for occasion in occasions(step):
                assert worked_out(step.due.lead, occasion, calendar).due_date.year <= LAST.year + 1

    def test_coordinating_input_falls_due_before_the_report_on_every_occasion(
        self, plan: Plan, calendar: WorkingCalendar
    ) -> None:
        late = [
            f"{subtask.code}.{step.key} {occasion}"
            for subtask, step in steps(plan)
            if step.due.coordinating is not None
            for occasion in occasions(step)
            if worked_out(step.due.coordinating, occasion, calendar).due_date
            >= worked_out(step.due.lead, occasion, calendar).due_date
        ]
        assert late == []

    def test_what_a_step_takes_its_input_from_falls_due_before_it(self, plan: Plan, calendar: WorkingCalendar) -> None:
        taken = [(s, step, plan.step(s.code, name)) for s, step in steps(plan) for name in step.input_from]
        assert taken
        for subtask, step, source in taken:
            for occasion in occasions(step):
                last = worked_out(step.due.lead, occasion, calendar).due_date
                if source.in_force(last):
                    first = worked_out(source.due.lead, occasion, calendar).due_date
                    assert first < last, f"{subtask.code}.{step.key} {occasion}"

    @pytest.mark.parametrize("day", [date(2023, 8, 17), date(2025, 3, 1), date(2025, 7, 1)])
    def test_every_group_has_one_lead_and_somebody_who_coordinates(self, plan: Plan, day: date) -> None:
        """The directive's rule: «01 chủ thể chủ trì, một hoặc nhiều chủ thể phối hợp»."""
        for subtask, step in steps(plan):
            for variant, lead, coordinating in step.groups():
                if lead.host or not step.in_force(day):
                    continue
                leads = plan.resolve(lead, day)
                assert leads, f"{subtask.code}.{step.key} {variant} on {day}"
                offices = {office for selector in coordinating for office in plan.resolve(selector, day)}
                for office in leads:
                    assert offices - {office} or step.input_from, f"{subtask.code}.{step.key} {variant} {office}"


def occasions(step: Step) -> Iterator[Period | date]:
    """Every reporting period of six years that the step is in force for, or every day an anchor may have."""
    match step.trigger:
        case "month" | "quarter" | "half" | "year" as cadence:
            yield from (p for p in periods_between(cadence, FIRST, LAST) if p.closes <= (step.valid_to or p.closes))
        case _ if isinstance(parse_rule(step.due.lead), FromAnchor):
            yield from (FIRST + timedelta(days=days) for days in range(0, (LAST - FIRST).days, 11))
        case _:
            yield from (FIRST + timedelta(days=days) for days in range((LAST - FIRST).days))


def worked_out(rule: str, occasion: Period | date, calendar: WorkingCalendar) -> Due:
    if isinstance(occasion, Period):
        return due(rule, calendar=calendar, period=occasion)
    return due(rule, calendar=calendar, anchor=occasion)
