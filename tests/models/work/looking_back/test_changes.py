"""What has changed since a day is counted and listed as it happened, whatever happened before and after."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import Connection

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.work import verbs
from models.work.looking_back.changes import Change, change_counts_by_office, changes_between, indexed_change_counts
from tests.support.cast import at, begin, number_of, t0_report

MONDAY = at("2023-08-21", 9)


def counted(connection: Connection, since: datetime, until: datetime) -> Counter[Change]:
    counts = Counter(indexed_change_counts(connection, since, until))
    for of_office in change_counts_by_office(connection, since, until).values():
        counts.update(of_office)
    return counts


def test_each_kind_of_change_in_its_span(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT", "STC", "SNV"))
    syt, other, third, fourth = (number_of(store, "T0.1", office=code) for code in ("SYT", "SGDDT", "STC", "SNV"))
    with session_scope(store.engine) as session:
        for number, office in ((syt, "SYT"), (other, "SGDDT")):
            verbs.report(session, number, t0_report(), store.actor_context(now=MONDAY, actor=f"office:{office}"))
        coordinator = store.actor_context(now=at("2023-08-28", 9), actor="coordinator")
        verbs.accept(session, syt, coordinator)
        verbs.return_(session, other, "Thiếu phụ lục.", coordinator)
        asked = store.actor_context(now=MONDAY, actor="office:STC")
        verbs.request_extension(session, third, date(2023, 9, 29), "Chờ số liệu.", asked)
        verbs.grant_extension(session, third, None, coordinator)
    with reading(store.engine) as connection:

        def numbers(since: str, until: str, change: Change) -> set[int]:
            found = changes_between(connection, at(since), at(until), limit=100)
            assert Counter({each: work.total for each, work in found.items()}) == counted(
                connection, at(since), at(until)
            )
            return {row.id for row in found[change].rows if row.subtask == "T0.1"}

        assert numbers("2023-08-17", "2023-08-19", Change.ASSIGNED) >= {syt, other, third, fourth}
        assert numbers("2023-08-25", "2023-08-30", Change.ASSIGNED) == set()
        assert numbers("2023-08-25", "2023-08-30", Change.DONE_ON_TIME) == {syt}
        assert numbers("2023-08-25", "2023-08-30", Change.DONE_LATE) == set()
        assert numbers("2023-08-29", "2023-08-30", Change.DONE_ON_TIME) == set()
        assert numbers("2023-08-25", "2023-08-30", Change.RETURNED) == {other}
        assert numbers("2023-08-25", "2023-08-30", Change.MOVED) == {third}
        assert numbers("2023-09-08", "2023-09-15", Change.NEWLY_LATE) == {other, fourth}, "due on 11/9"
        assert numbers("2023-09-12", "2023-09-15", Change.NEWLY_LATE) == set()
        assert changes_between(connection, at("2023-08-17"), at("2023-08-19"), limit=1)[Change.ASSIGNED].total > 1
