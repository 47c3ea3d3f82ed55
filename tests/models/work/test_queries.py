"""Lists in pages: filtered, searched, counted, in an order that leaves nothing out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from config.catalogue.plan import Plan
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import State, Status
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.group import inputs_to
from models.work.lists.desk_list import decisions_waiting
from models.work.lists.office_list import SectionKey, work_list
from models.work.queries import AssignmentFilter, assignments, count_assignments, history
from models.work.search import search_for
from tests.support.cast import at, issue, number_of, run, t0_report
from tests.support.past import live

NOW = at("2023-12-20")
TITLE = "Đợt KIỂM TRA liên ngành 100%"


@pytest.fixture
def filled(store: Store) -> Store:
    """Work of two priorities in three offices, one of it ad hoc, done, suspended and withdrawn."""
    live(store, _past)
    return store


def _past(store: Store) -> None:
    issue(store)
    for priority in ("p1", "p3"):
        run(store, priority, at("2023-12-18"), offices=("SYT", "SNV", "STC"))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-12-18"), actor="coordinator:1")
        assign_ad_hoc(session, AdHoc("T1.1", TITLE, "SYT", date(2023, 12, 29), coordinating=("CAT",)), context)
    done, waiting, resting = (number_of(store, "T0.1", office=office) for office in ("SYT", "SNV", "STC"))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-12-19"), actor="coordinator:1")
        verbs.report(session, done, t0_report(), context)
        verbs.accept(session, done, context)
        verbs.report(session, waiting, t0_report(), context)
        verbs.suspend(session, resting, "Chờ hướng dẫn.", context)


def listed(store: Store, wanted: AssignmentFilter, **page: int) -> Sequence[dict[str, Any]]:
    with reading(store.engine) as connection:
        return assignments(connection, wanted, now=NOW, **page)


def numbers(store: Store, wanted: AssignmentFilter, **page: int) -> list[int]:
    return [row.id for row in listed(store, wanted, **page)]


def found(store: Store, typed: str) -> list[int]:
    wanted = AssignmentFilter(search=search_for(store.plan, typed))
    with reading(store.engine) as connection:
        assert count_assignments(connection, wanted, now=NOW) == len(listed(store, wanted))
    return numbers(store, wanted)


@pytest.mark.parametrize("overdue_first", [False, True])
def test_pages_together_are_the_whole_list_each_once(filled: Store, overdue_first: bool) -> None:
    wanted = AssignmentFilter(overdue_first=overdue_first)
    whole = numbers(filled, wanted)
    pages = [numbers(filled, wanted, limit=7, offset=beginning) for beginning in range(0, len(whole) + 7, 7)]
    assert [each for page in pages for each in page] == whole
    with reading(filled.engine) as connection:
        assert count_assignments(connection, wanted, now=NOW) == len(whole) == len(set(whole))


def test_what_is_late_comes_first_and_what_is_done_last(filled: Store) -> None:
    words = [(row.status, row.due_at) for row in listed(filled, AssignmentFilter(overdue_first=True))]
    places = {"open_overdue": 0, "open_within_term": 1, "done_on_time": 2, "done_late": 2}
    assert words == sorted(words, key=lambda each: (places[each[0]], each[1]))
    assert {word for word, _ in words} >= {"open_overdue", "open_within_term", "done_late"}
    assert [row.due_at for row in listed(filled, AssignmentFilter())] == sorted(
        row.due_at for row in listed(filled, AssignmentFilter())
    )


def test_a_search_understands_numbers_codes_names_and_titles(filled: Store) -> None:
    everything = {row.id: row for row in listed(filled, AssignmentFilter())}
    ad_hoc = {number for number, row in everything.items() if row.occasion == TITLE}
    number = number_of(filled, "T0.1")
    assert len(ad_hoc) == 2
    assert number in found(filled, str(number))
    assert {everything[each].subtask for each in found(filled, "t0.1")} == {"T0.1"}
    assert {everything[each].office for each in found(filled, "so y te")} == {"SYT"}
    assert {everything[each].office for each in found(filled, "Sở Y TẾ")} == {"SYT"}
    for typed in ("kiểm tra liên", "KIỂM TRA LIÊN", "đợt kiểm"):
        assert set(found(filled, typed)) >= ad_hoc, typed
    assert set(found(filled, "ngành 100%")) == ad_hoc, "a percent sign is a letter like any other"
    assert not found(filled, "ngành 100_")
    assert not found(filled, "không có gì như thế")


def test_every_word_of_a_search_must_fit(filled: Store) -> None:
    everything = {row.id: row for row in listed(filled, AssignmentFilter())}
    ad_hoc = {number for number, row in everything.items() if row.occasion == TITLE}
    for typed in ("T0.1 SYT", "syt t0.1", "Sở Y tế T0.1", "t0.1   so y te"):
        assert {(everything[each].subtask, everything[each].office) for each in found(filled, typed)} == {
            ("T0.1", "SYT")
        }, typed
    assert not found(filled, "T0.1 TAND")
    for typed in ("dot kiem tra", "lien nganh đợt", "kiểm 100%", "DOT KIEM TRA LIEN NGANH"):
        assert set(found(filled, typed)) >= ad_hoc, typed
    assert {everything[each].office for each in found(filled, "dot kiem tra lien nganh syt")} == {"SYT"}
    number = number_of(filled, "T0.1")
    assert found(filled, f"{number} T0.1") == [number]


def test_an_empty_search_is_none(plan: Plan) -> None:
    assert search_for(plan, "  ") is None


def test_nothing_typed_is_understood_by_the_database(filled: Store) -> None:
    for typed in ("'; DROP TABLE assignment; --", "%", "_", "\\", "9" * 90, "١٢٣"):
        found(filled, typed)
    assert numbers(filled, AssignmentFilter())


def test_filters_narrow_together(filled: Store) -> None:
    rows = listed(filled, AssignmentFilter(office="SYT", priority="p1", status=Status.OPEN_OVERDUE))
    assert {(row.office, row.priority, row.status) for row in rows} == {("SYT", "p1", "open_overdue")}
    assert numbers(filled, AssignmentFilter(state=State.SUSPENDED)) == [number_of(filled, "T0.1", office="STC")]
    wanted = AssignmentFilter(office="STC", search=search_for(filled.plan, "T0.1"))
    assert {row.office for row in listed(filled, wanted)} == {"STC"}


def test_decisions_wait_in_the_order_they_came(filled: Store) -> None:
    other = next(
        row.id for row in listed(filled, AssignmentFilter(office="SYT", status=Status.OPEN_WITHIN_TERM)) if row.occasion
    )
    with session_scope(filled.engine) as session:
        context = filled.actor_context(now=at("2023-12-20"), actor="office:SYT")
        verbs.request_extension(session, other, date(2024, 1, 10), "Chờ số liệu.", context)
    with reading(filled.engine) as connection:
        first, total = decisions_waiting(connection, limit=1)
        second, _ = decisions_waiting(connection, limit=1, offset=1)
    assert total == 2
    assert (first[0].what, first[0].assignment.office) == ("report", "SNV")
    assert (second[0].what, second[0].reason, second[0].assignment.id) == ("extension", "Chờ số liệu.", other)
    assert second[0].assignment.occasion == TITLE


def test_an_office_sees_everything_of_its_own_once(filled: Store) -> None:
    with reading(filled.engine) as connection:
        sections = work_list(connection, "SYT", now=NOW, calendar=filled.calendar, page_size=100)
        short = work_list(connection, "SYT", now=NOW, calendar=filled.calendar, page_size=1)
    assert [section.key for section in sections] == list(SectionKey)
    shown = [row.id for section in sections for row in section.rows if row.office == "SYT"]
    assert sorted(shown) == sorted(numbers(filled, AssignmentFilter(office="SYT")))
    assert [section.total for section in short] == [section.total for section in sections]
    assert all(len(section.rows) <= 1 for section in short)


def test_a_section_is_read_page_by_page_and_searched(filled: Store) -> None:
    def section(**asked: Any) -> list[int]:
        with reading(filled.engine) as connection:
            (found,) = work_list(connection, "SYT", now=NOW, calendar=filled.calendar, only=SectionKey.OVERDUE, **asked)
        totals.append(found.total)
        return [row.id for row in found.rows]

    totals: list[int] = []
    whole = section(page_size=100)
    assert len(whole) > 3
    assert [each for offset in range(len(whole) + 2) for each in section(page_size=1, offset=offset)] == whole
    assert set(totals) == {len(whole)}, "the same on every page, also beyond the end"
    wanted = AssignmentFilter(office="SYT", status=Status.OPEN_OVERDUE, subtask="T1.1")
    assert set(section(page_size=100, search=search_for(filled.plan, "T1.1"))) == set(numbers(filled, wanted)) != set()


def test_a_monitor_is_shown_the_open_work_of_others_that_it_monitors(filled: Store) -> None:
    everything = [row for row in listed(filled, AssignmentFilter()) if row.state is not State.ACCEPTED]
    monitor = everything[0].monitor_office
    expected = {row.id for row in everything if row.monitor_office == monitor != row.office}
    with reading(filled.engine) as connection:
        *_, section = work_list(connection, monitor, now=NOW, calendar=filled.calendar, page_size=1000)
    assert section.key is SectionKey.MONITORED
    assert {row.id for row in section.rows} == expected != set()
    assert [row.due_at for row in section.rows] == sorted(row.due_at for row in section.rows)


def test_the_lead_sees_what_those_who_help_have_reported(filled: Store) -> None:
    lead, helper = sorted(row.id for row in listed(filled, AssignmentFilter()) if row.occasion == TITLE)
    with session_scope(filled.engine) as session:
        verbs.report(session, helper, t0_report(counts={}), filled.actor_context(now=NOW, actor="office:CAT"))
    with session_scope(filled.engine) as session:
        seen = history(session, lead, now=NOW)
        inputs = inputs_to(session, seen.assignment, seen.group)
    assert [(each.office, each.state) for each in seen.group] == [("SYT", State.ASSIGNED), ("CAT", State.REPORTED)]
    assert [(each.id, report and report.document_number) for each, report in inputs] == [(helper, "45/BC-SYT")]
