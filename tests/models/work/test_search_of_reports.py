"""A search finds periods as people say them, documents and words of reports; of others no more than may be read."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, delete, select, text, update

from config.text.suggestions import without_accents
from models.keeping.opening import Store
from models.store.database import open_database, reading, session_scope
from models.store.word_index import NoWordIndex, has_index_of_words
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, DeedKind, ItemKind
from models.tables.lifecycle import Urgency
from models.tables.outbox import UrgedAssignment, UrgingLetter
from models.tables.party import Part, Party
from models.tables.report import Report
from models.work import verbs
from models.work.directives import register_document
from models.work.lists.office_list import SectionKey, work_list
from models.work.lists.ordered_list import Column, in_parts, open_first, page_of, sorted_page
from models.work.lists.search_list import FoundPage, found_page
from models.work.queries import AssignmentFilter, assignments, count_assignments
from models.work.search import Search, Term, search_for
from tests.support.cast import at, begin, number_of, run, t0_report

NOW = at("2023-08-28", 9)


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [
        ("quý III", "____-Q3"),
        ("Quý 4/2026", "2026-Q4"),
        ("quý ii năm 2025", "2025-Q2"),
        ("tháng 10", "____-10%"),
        ("tháng 9/2026", "2026-09%"),
        ("THÁNG 09", "____-09%"),
        ("tháng 06/2026 (đợt 1)", "2026-06-D1"),
        ("tháng 6 đợt 2", "____-06-D2"),
        ("2026-06", "2026-06%"),
        ("2026-06-D1", "2026-06-D1"),
        ("6 tháng đầu năm 2026", "2026-H1"),
        ("năm 2026", "2026%"),
        ("2026-q3", "2026-Q3"),
    ],
)
def test_periods_are_read_as_people_say_them(store: Store, typed: str, pattern: str) -> None:
    found = search_for(store.plan, typed)
    assert found is not None
    assert [each.periods for each in found.terms] == [(pattern,)]


@pytest.mark.parametrize("typed", ["quý", "tháng", "tháng 13", "quý v", "năm"])
def test_what_names_no_period_is_searched_as_words(store: Store, typed: str) -> None:
    found = search_for(store.plan, typed)
    assert found is not None and not any(each.periods for each in found.terms)


def test_documents_and_texts_of_reports_are_found(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        content = t0_report(document_number="45/BC-SYT", text="Thiếu máy xạ trị tại tuyến huyện.")
        verbs.report(session, number, content, store.actor_context(now=NOW, actor="office:SYT"))
        session.add(Party(assignment_id=number, office="HOI", part=Part.NAMED))

    def found(typed: str) -> list[int]:
        wanted = AssignmentFilter(search=search_for(store.plan, typed))
        with reading(store.engine) as connection:
            return [row.id for row in assignments(connection, wanted, now=NOW)]

    assert found("45/bc-syt") == found("may xa tri") == found("xạ trị SYT") == [number]
    assert found("xạ trị SGDDT") == []

    def named(typed: str) -> int:
        with reading(store.engine) as connection:
            search = search_for(store.plan, typed)
            sections = work_list(connection, "HOI", now=NOW, calendar=store.calendar, page_size=9, search=search)
        return next(each.total for each in sections if each.key is SectionKey.NAMED)

    assert (named("T0.1"), named("xa tri")) == (1, 0), "a report that is not accepted says nothing to a named office"
    with session_scope(store.engine) as session:
        verbs.accept(session, number, store.actor_context(now=NOW, actor="coordinator"))
    assert named("xa tri") == 1


def test_what_the_plan_knows_is_not_looked_for_in_reports(store: Store) -> None:
    found = search_for(store.plan, "SYT 999999")
    assert found is not None
    assert [each.in_texts for each in found.terms] == [False, True] and isinstance(found.terms[0], Term)


@pytest.mark.parametrize(
    ("typed", "in_texts"),
    [("y", [False]), ("12 xa", [False, False]), ("ket", [True]), ("xa trigg", [True, True]), ("quý III", [False])],
)
def test_short_words_alone_are_not_looked_for_in_reports(store: Store, typed: str, in_texts: list[bool]) -> None:
    found = search_for(store.plan, typed)
    assert found is not None and [each.in_texts for each in found.terms] == in_texts


def test_an_office_looks_through_its_own_reports_alone(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        content = t0_report(text="Thiếu máy xạ trị.")
        verbs.report(session, number, content, store.actor_context(now=NOW, actor="office:SYT"))
    search = search_for(store.plan, "may xa tri")
    assert search is not None

    def found(office: str) -> list[int]:
        its = search.condition(within=col(Assignment.office) == office)
        with reading(store.engine) as connection:
            return [row.id for row in connection.execute(select(col(Assignment.id)).where(its))]

    assert (found("SYT"), found("SGDDT")) == ([number], [])
    with reading(store.engine) as connection:
        sections = work_list(connection, "SYT", now=NOW, calendar=store.calendar, page_size=9, search=search)
    assert [row.id for section in sections for row in section.rows] == [number]


def test_what_is_open_comes_first_and_pages_join_without_a_gap(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT", "STC"))
    for code in ("SYT", "STC"):
        with session_scope(store.engine) as session:
            number = number_of(store, "T0.1", office=code)
            verbs.report(session, number, t0_report(), store.actor_context(now=NOW, actor=f"office:{code}"))
            verbs.accept(session, number, store.actor_context(now=NOW, actor="coordinator"))
    with reading(store.engine) as connection:
        whole = open_first(connection, AssignmentFilter(), now=NOW, limit=10_000)
        total = count_assignments(connection, AssignmentFilter(), now=NOW)
        assert total == len(whole) > 3
        done = [row.state == "accepted" for row in whole]
        assert done == sorted(done) and sum(done) == 2
        for size in (1, 2, total - 1):
            pages = [
                open_first(connection, AssignmentFilter(), now=NOW, limit=size, offset=offset)
                for offset in range(0, total, size)
            ]
            assert [row.id for each in pages for row in each] == [row.id for row in whole]
        for column in Column:
            up = sorted_page(connection, AssignmentFilter(), column, descending=False, now=NOW, limit=10_000)
            down = sorted_page(connection, AssignmentFilter(), column, descending=True, now=NOW, limit=10_000)
            assert {row.id for row in up} == {row.id for row in down} == {row.id for row in whole}
        by_office = sorted_page(connection, AssignmentFilter(), Column.OFFICE, descending=True, now=NOW, limit=9_000)
        assert [row.office for row in by_office] == sorted((row.office for row in whole), reverse=True)


def test_what_a_paper_is_about_is_found_by_its_number(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    number, other = number_of(store, "T0.1"), number_of(store, "T0.1", office="SGDDT")
    with session_scope(store.engine) as session:
        moved = session.get_one(Assignment, number)
        deed = Deed(
            kind=DeedKind.AMENDMENT,
            paper_number="45/QĐ-UBND",
            effective_on=NOW.date(),
            editions={},
            items_digest="0" * 64,
            actor="coordinator:1",
            at=NOW,
        )
        letter = UrgingLetter(
            office="SGDDT",
            directive=store.plan.main_directive.code,
            number="46/CV-VPTU",
            issued_on=NOW.date(),
            answer_by=NOW.date(),
            sha256="0" * 64,
            name="cv.pdf",
            media_type="application/pdf",
            size=1,
            recorded_by="coordinator:1",
            recorded_at=NOW,
        )
        session.add_all([deed, letter, Party(assignment_id=other, office="HOI", part=Part.NAMED)])
        session.flush()
        its = {"state": moved.state, "office": moved.office, "monitor_office": moved.monitor_office}
        its |= {"due_date": moved.due_date, "due_at": moved.due_at}
        after = {f"to_{name}": value for name, value in its.items()}
        session.add(DeedItem(deed_id=deed.id, assignment_id=number, kind=ItemKind.MOVED, **after))
        session.add(UrgedAssignment(letter_id=letter.id, assignment_id=other))

    def found(typed: str) -> list[int]:
        wanted = AssignmentFilter(search=search_for(store.plan, typed))
        with reading(store.engine) as connection:
            return [row.id for row in assignments(connection, wanted, now=NOW)]

    def theirs(office: str) -> int:
        search = search_for(store.plan, "46/CV-VPTU")
        with reading(store.engine) as connection:
            sections = work_list(connection, office, now=NOW, calendar=store.calendar, page_size=9, search=search)
        return sum(each.total for each in sections)

    assert found("45/QĐ-UBND") == found("45/qd") == [number] and found("46/cv-vptu") == [other]
    assert not found("5/QĐ-UBND") and not found("45/%")
    assert (theirs("SGDDT"), theirs("SYT"), theirs("HOI")) == (1, 0, 0), "who is only named reads no letters"


def test_what_is_counted_from_a_document_is_found_by_its_number(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="coordinator")
        for number, title in (("12/QĐ-UBND", "Quy chế phối hợp"), ("112/QĐ-UBND", "Việc khác")):
            register_document(
                session,
                number=number,
                on_date=NOW.date(),
                title=title,
                urgency=Urgency.NORMAL,
                context=context,
                may_be_late=True,
            )
    run(store, "p1", NOW, offices=("SYT", "SGDDT"))

    def found(typed: str) -> dict[str, int]:
        wanted = AssignmentFilter(search=search_for(store.plan, typed))
        with reading(store.engine) as connection:
            return Counter(row.period for row in assignments(connection, wanted, now=NOW))

    at_both = found("12/QĐ-UBND")
    assert set(at_both) == {"doc:2023:12/QĐ-UBND"} and at_both.total() >= 2
    for typed in ("12/qd-ubnd", "12/QĐ"):
        assert found(typed) == at_both, typed
    assert 0 < found("12/QĐ-UBND SYT").total() < at_both.total()
    assert "doc:123-TB/TU" in found("123-TB/TU") and not found("123-TB/TƯ X")
    assert not found("12/%") and not found("2/QĐ-UBND")
    assert not any(period.startswith("doc:2023") for period in found("12")), "a number of an assignment"
    with reading(store.engine) as connection:
        search = search_for(store.plan, "12/QĐ-UBND")
        sections = work_list(connection, "SYT", now=NOW, calendar=store.calendar, page_size=9, search=search)
    assert sum(section.total for section in sections) > 0, "an office finds it, too"


_TEXTS = {
    "SYT": 'Thiếu máy XẠ TRỊ; "khẩn" 50%_a/b',
    "SGDDT": unicodedata.normalize("NFD", "Đã ban hành kế hoạch; straße ſua"),
    "STC": "Kinh phí (x*y)^2 NOT đủ",
}


def _reported(store: Store) -> dict[str, int]:
    """The assignments of three offices, each with a report."""
    begin(store, "p1", at("2023-08-18"), offices=tuple(_TEXTS))
    numbers = {office: number_of(store, "T0.1", office=office) for office in _TEXTS}
    for office, number in numbers.items():
        with session_scope(store.engine) as session:
            context = store.actor_context(now=NOW, actor=f"office:{office}")
            verbs.report(session, number, t0_report(text=_TEXTS[office]), context)
    return numbers


def _found(store: Store, letters: str) -> set[int]:
    search = Search((Term(None, (), (), without_accents(letters), in_texts=True),))
    with reading(store.engine) as connection:
        ways = search.condition_of_all(connection), search.condition_of_first(connection)
        of_all, of_first = (set(connection.scalars(select(col(Assignment.id)).where(each))) for each in ways)
    assert of_all == of_first
    return of_all


@pytest.mark.parametrize(
    ("letters", "offices"),
    [
        ("xạ trị", {"SYT"}),
        ("ạ tr", {"SYT"}),
        (unicodedata.normalize("NFD", "XẠ TRỊ"), {"SYT"}),
        ('"khẩn"', {"SYT"}),
        ('"', {"SYT"}),
        ("50%_a", {"SYT"}),
        ("5%a", set()),
        ("50_", set()),
        ("%", {"SYT"}),
        ("_", {"SYT"}),
        ("a/b", {"SYT"}),
        ("ban hành", {"SGDDT"}),
        ("đã b", {"SGDDT"}),
        ("raß", {"SGDDT"}),
        ("sua", set()),
        ("ſua", {"SGDDT"}),
        ("(x*y)^2", {"STC"}),
        ("^2 NOT", {"STC"}),
        ("kinh OR ban", set()),
        ("k", {"SYT", "SGDDT", "STC"}),
        ("a*", set()),
    ],
)
def test_letters_mean_the_same_on_either_database(store: Store, letters: str, offices: set[str]) -> None:
    numbers = _reported(store)
    assert _found(store, letters) == {numbers[office] for office in offices}


def test_what_is_changed_or_gone_is_found_no_more(store: Store) -> None:
    numbers = _reported(store)
    of_office = col(Report.assignment_id) == numbers["SYT"]
    with session_scope(store.engine) as session:
        session.exec(update(Report).where(of_office).values(plain_text="khac han"))
    assert _found(store, "xa tri") == set()
    assert _found(store, "khac han") == {numbers["SYT"]}
    with session_scope(store.engine) as session:
        session.exec(delete(Report).where(of_office))
    assert _found(store, "khac han") == set()
    assert _found(store, "ban hanh") == {numbers["SGDDT"]}
    if store.engine.dialect.name == "sqlite":
        with session_scope(store.engine) as session:  # raises where the index is not what the reports say
            session.execute(text("INSERT INTO report_words (report_words, rank) VALUES ('integrity-check', 1)"))


@pytest.mark.parametrize("version", [999, 1000, 1001, 999_999])
def test_a_report_corrected_however_often_is_found_with_its_own_assignment(store: Store, version: int) -> None:
    numbers = _reported(store)
    with session_scope(store.engine) as session:
        session.exec(update(Report).where(col(Report.assignment_id) == numbers["SYT"]).values(version=version))
    assert _found(store, "xạ trị") == {numbers["SYT"]}


@pytest.mark.parametrize(
    ("typed", "offices"),
    [
        ("xyzzy", {"SYT", "SGDDT", "STC"}),
        ("xa tri", {"SYT"}),
        ("xyzzy xa tri", {"SYT"}),
        ("xa tri kinh phi", set()),
        ("kinh phi STC", {"STC"}),
        ("kinh phi SYT", set()),
        ("xyzzy ban hanh y", {"SGDDT"}),
    ],
)
@pytest.mark.parametrize("said_by_many", [True, False])
@pytest.mark.parametrize("has_index", [True, False])
def test_what_many_or_few_say_is_found_in_one_order_with_an_index_or_without(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    offices: set[str],
    said_by_many: bool,
    has_index: bool,
) -> None:
    numbers = _reported(store)
    with session_scope(store.engine) as session:
        session.exec(update(Report).values(plain_text=Report.plain_text + " xyzzy"))  # type: ignore[operator]
    if not said_by_many:
        monkeypatch.setattr("models.work.search._A_SHARE", 0)
    if not has_index:
        monkeypatch.setattr("models.work.search.has_index_of_words", lambda _connection: False)
    search = search_for(store.plan, typed)
    assert search is not None
    wanted = AssignmentFilter(search=search)
    parts = in_parts(wanted, None, descending=False, now=NOW)
    with reading(store.engine) as connection:
        found = found_page(connection, search, parts, now=NOW, limit=50)
        whole = open_first(connection, wanted, now=NOW, limit=50)
    assert found is not None and not found.is_more
    assert found.rows == whole and {row.id for row in whole} == {numbers[office] for office in offices}
    assert found.total == len(whole) and found.subtasks == len({(row.subtask, row.period) for row in whole})


def test_of_very_many_only_so_many_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT", "STC"))
    search = search_for(store.plan, "T0")
    assert search is not None
    wanted = AssignmentFilter(search=search)
    for by in (None, Column.OFFICE):
        parts = in_parts(wanted, by, descending=True, now=NOW)
        with reading(store.engine) as connection:
            whole = page_of(connection, parts, now=NOW, limit=100)
            assert len(whole) > 2

            def look(limit: int, offset: int) -> FoundPage | None:
                return found_page(connection, search, parts, now=NOW, limit=limit, offset=offset)  # noqa: B023

            monkeypatch.setattr("models.work.lists.search_list.MOST_COUNTED", len(whole))
            exact = look(1, 1)
            assert exact is not None and (exact.total, exact.is_more) == (len(whole), False)
            monkeypatch.setattr("models.work.lists.search_list.MOST_COUNTED", len(whole) - 1)
            more = look(1, 1)
            assert more is not None and (more.total, more.is_more) == (len(whole) - 1, True)
            assert list(more.rows) == whole[1:2] and look(1, len(whole) - 1) is None


@pytest.mark.sqlite_only
def test_a_sqlite_that_keeps_no_index_of_words_goes_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'without.sqlite'}"
    monkeypatch.setattr("models.store.word_index._MAKE", "CREATE VIRTUAL TABLE temp.words_tried USING fts99(said)")
    for _ in range(2):
        engine = open_database(url)
        with reading(engine) as connection:
            assert not has_index_of_words(connection)
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'report\\_%' ESCAPE '\\'"))
            assert "report_draft" in (found := set(names.scalars())) and not found & {"report_words", "report_said"}
        engine.dispose()


@pytest.mark.sqlite_only
def test_without_an_index_texts_are_read(store: Store) -> None:
    with session_scope(store.engine) as session:
        for name in ("comes", "goes", "changes"):
            session.execute(text(f"DROP TRIGGER report_words_{name}"))
        session.execute(text("DROP TABLE report_words"))
    numbers = _reported(store)
    assert _found(store, "xạ trị") == {numbers["SYT"]}
    assert _found(store, "ban hành") == {numbers["SGDDT"]}


@pytest.mark.sqlite_only
def test_an_index_that_cannot_be_kept_here_is_told_at_the_opening(store: Store) -> None:
    with session_scope(store.engine) as session:
        session.execute(text("PRAGMA writable_schema = ON"))
        session.execute(
            text("UPDATE sqlite_master SET sql = replace(sql, 'fts5', 'fts99') WHERE name = 'report_words'")
        )
    store.engine.dispose()
    with pytest.raises(NoWordIndex, match="FTS5"):
        open_database(store.settings.database_url)
