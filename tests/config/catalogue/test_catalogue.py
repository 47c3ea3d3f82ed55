"""The shape of the plan: offices chosen on a day, the groups a step makes, checks between counts."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from config.catalogue.checks.report_checks import Check
from config.catalogue.offices import resolve, successor_on
from config.catalogue.plan import OfficeSpec, Plan, Selector
from config.catalogue.subtasks import ReportForm, Step
from config.errors import Refused

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def office(code: str, **more: Any) -> OfficeSpec:
    return OfficeSpec.model_validate(
        {"code": code, "name_vi": f"Cơ quan {code}", "name_en": f"Office {code}", "kind": "state", **more}
    )


def register(*offices: OfficeSpec) -> dict[str, OfficeSpec]:
    return {office.code: office for office in offices}


def named(text: str) -> Selector:
    return Selector.model_validate(text)


def step(**more: Any) -> Step:
    return Step.model_validate(
        {
            "key": "report",
            "title_vi": "Báo cáo",
            "title_en": "Report",
            "trigger": "quarter",
            "due": {"lead": "ND09-Q", "coordinating": "ND09-Q:coordinating"},
            **more,
        }
    )


DISTRICTS = register(
    office("AA"),
    office("HUYEN", groups=["localities"], valid_to="2025-06-30", successor="XA"),
    office("XA", groups=["localities"], valid_from="2025-07-01"),
)


class TestWhoIsMeant:
    def test_an_office_means_itself_while_it_exists(self) -> None:
        assert resolve(DISTRICTS, named("HUYEN"), BEFORE) == ("HUYEN",)

    def test_the_day_after_its_last_one_its_successor_is_meant(self) -> None:
        assert resolve(DISTRICTS, named("HUYEN"), AFTER) == ("XA",)

    def test_a_group_with_an_office_and_its_successor_never_means_both(self) -> None:
        assert resolve(DISTRICTS, named("localities"), BEFORE) == ("HUYEN",)
        assert resolve(DISTRICTS, named("localities"), AFTER) == ("XA",)

    def test_an_office_not_yet_there_is_not_meant(self) -> None:
        assert resolve(DISTRICTS, named("XA"), BEFORE) == ()

    def test_two_offices_merged_into_one_are_meant_once(self) -> None:
        offices = register(
            office("AA", groups=["all"], valid_to="2025-02-28", successor="CC"),
            office("BB", groups=["all"], valid_to="2025-02-28", successor="CC"),
            office("CC", valid_from="2025-03-01"),
        )
        assert resolve(offices, named("all"), date(2025, 2, 28)) == ("AA", "BB")
        assert resolve(offices, named("all"), date(2025, 3, 1)) == ("CC",)

    def test_successors_are_followed_along_the_line(self) -> None:
        offices = register(
            office("AA", valid_to="2024-12-31", successor="BB"),
            office("BB", valid_to="2025-12-31", successor="CC"),
            office("CC"),
        )
        assert [successor_on(offices, "AA", date(year, 6, 1)) for year in (2024, 2025, 2026)] == [
            "AA",
            "BB",
            "CC",
        ]

    def test_a_ring_of_successors_ends(self) -> None:
        offices = register(
            office("AA", valid_to="2024-12-31", successor="BB"),
            office("BB", valid_to="2024-12-31", successor="AA"),
        )
        assert resolve(offices, named("AA"), date(2025, 1, 1)) == ()

    def test_a_collective_stands_for_its_members_once_there_are_any(self) -> None:
        offices = DISTRICTS | register(
            office("XA001", member_of="XA", valid_from="2025-07-01"),
            office("XA002", member_of="XA", valid_from="2025-07-01", valid_to="2026-12-31"),
        )
        assert resolve(offices, named("localities"), BEFORE) == ("HUYEN",)
        assert resolve(offices, named("localities"), AFTER) == ("XA001", "XA002")
        assert resolve(offices, named("HUYEN"), date(2027, 1, 1)) == ("XA001",)

    def test_the_host_is_told_by_the_event_alone(self) -> None:
        assert resolve(DISTRICTS, named("host"), AFTER) == ()


class TestSelector:
    @pytest.mark.parametrize(
        ("written", "did_you_mean"),
        [
            ("CAT", Selector(office="CAT")),
            ("signatories", Selector(group="signatories")),
            ("host", Selector(host=True)),
            ({"office": "CAT"}, Selector(office="CAT")),
            ({"group": "signatories"}, Selector(group="signatories")),
        ],
    )
    def test_a_name_alone_says_what_it_is(self, written: object, did_you_mean: Selector) -> None:
        assert Selector.model_validate(written) == did_you_mean

    @pytest.mark.parametrize("written", [{}, {"office": "CAT", "group": "signatories"}, 7, None])
    def test_anything_but_exactly_one_is_refused(self, written: object) -> None:
        with pytest.raises(ValidationError):
            Selector.model_validate(written)


class TestGroups:
    def test_a_step_without_variants_is_one_group(self) -> None:
        assert [
            (variant, str(lead), [str(c) for c in coordinating])
            for variant, lead, coordinating in step(lead="CAT", coordinating=["TTR"]).groups()
        ] == [("", "CAT", ["TTR"])]

    def test_a_variants_lead_replaces_and_its_coordinating_adds(self) -> None:
        made = step(
            lead="CAT",
            coordinating=["MTTQ"],
            variants=[
                {"key": "area", "title_vi": "địa bàn", "title_en": "areas", "coordinating": ["localities"]},
                {"key": "land", "title_vi": "đất đai", "title_en": "land", "lead": "STNMT"},
            ],
        )
        assert [(v, str(lead), [str(c) for c in coordinating]) for v, lead, coordinating in made.groups()] == [
            ("area", "CAT", ["MTTQ", "localities"]),
            ("land", "STNMT", ["MTTQ"]),
        ]

    def test_a_step_is_in_force_from_its_first_through_its_last_day(self) -> None:
        made = step(lead="CAT", valid_from="2024-01-01", valid_to="2025-06-30")
        days = (date(2023, 12, 31), date(2024, 1, 1), date(2025, 6, 30), date(2025, 7, 1))
        assert [made.in_force(day) for day in days] == [False, True, True, False]

    def test_rules_are_kept_in_their_canonical_form(self) -> None:
        made = step(lead="CAT", due={"lead": "trước ngày 31/1", "coordinating": "nd09-q:coordinating"})
        assert (made.due.lead, made.due.coordinating) == ("BEFORE:31/01", "ND09-Q:coordinating")


class TestCheck:
    BALANCE = Check(
        expression="ton_dau_ky + phat_sinh - da_giai_quyet == ton_cuoi_ky",
        label_vi="tồn đầu kỳ + phát sinh - đã giải quyết = tồn cuối kỳ",
        label_en="opening + new - settled = closing",
    )

    @pytest.mark.parametrize(("closing", "holds"), [(5, True), (4, False), (6, False)])
    def test_sums_and_differences_are_compared(self, closing: int, holds: bool) -> None:
        counts = {"ton_dau_ky": 3, "phat_sinh": 4, "da_giai_quyet": 2, "ton_cuoi_ky": closing}
        assert self.BALANCE.holds(counts) is holds

    def test_it_names_its_counts(self) -> None:
        assert self.BALANCE.names == {"ton_dau_ky", "phat_sinh", "da_giai_quyet", "ton_cuoi_ky"}

    @pytest.mark.parametrize(("sign", "held"), [("<=", [True, True, False]), (">=", [False, True, True])])
    def test_bounds(self, sign: str, held: list[bool]) -> None:
        check = Check(expression=f"a {sign} b + c", label_vi="a và b", label_en="a and b")
        assert [check.holds({"a": a, "b": 1, "c": 1}) for a in (1, 2, 3)] == held

    @pytest.mark.parametrize(
        "expression",
        [
            "a",
            "a = b",
            "a == 3",
            "a * b == c",
            "a == b == c",
            "a.b == c",
            "(a) == b",
            "__import__('os')",
            "",
            "a <= ",
        ],
    )
    def test_nothing_else_can_be_written(self, expression: str) -> None:
        with pytest.raises(ValidationError, match="không đọc được"):
            Check(expression=expression, label_vi="không", label_en="none")


class TestLookUp:
    def test_a_code_in_the_wrong_case_is_pointed_out(self, plan: Plan) -> None:
        with pytest.raises(Refused, match=r"«syt».*SYT") as refused:
            plan.office("syt")
        assert "SYT" in refused.value.en

    @pytest.mark.parametrize(
        ("look_up", "code"), [("priority", "p6"), ("subtask", "T9.9"), ("office", ""), ("ladder", "none")]
    )
    def test_what_is_unknown_is_refused_by_name(self, plan: Plan, look_up: str, code: str) -> None:
        with pytest.raises(Refused, match=f"«{code}» không có trong kế hoạch"):
            getattr(plan, look_up)(code)

    def test_a_step_is_called_by_subtask_step_and_variant(self, plan: Plan) -> None:
        assert plan.step_title("T2.1", "report") == plan.subtask("T2.1").title_vi
        assert plan.step_title("T4.1", "plan", "school").endswith(" – Kế hoạch – nhà trường")
        assert plan.step_title("T4.1", "plan", "school", "en").endswith(" – Plan – schools")

    def test_a_step_has_its_own_form_or_its_subtasks(self, plan: Plan) -> None:
        event = plan.subtask("T3.6")
        assert [count.key for count in event.form("closing_report").counts] == [
            "so_co_quan_tham_gia",
            "so_cuoc_hop",
        ]
        assert event.form("plan").counts == ()
        assert event.form("plan").document == "required"

    def test_a_form_without_counts_is_a_form(self) -> None:
        assert ReportForm.model_validate({}).counts == ()

    def test_the_version_follows_the_content(self, plan: Plan) -> None:
        changed = plan.model_copy(
            update={"directives": (plan.main_directive.model_copy(update={"coordinator": "BNC"}),)}
        )
        assert Plan.model_validate(plan.model_dump()).version == plan.version
        assert Plan.model_validate(changed.model_dump()).version != plan.version
