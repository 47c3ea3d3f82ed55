"""After a deed of one office a board counts that office anew, and is what counting all of it would give."""

from dataclasses import replace
from functools import partial

from sqlalchemy import text

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.work import verbs
from models.work.deeds.direct import give_to
from models.work.looking_back.touched import Touched, touched_since
from portal.rendering.kept_pages import KeptPages, kept_counts
from reports.board.counts import BoardCounts, BoardScope, count_board, recount_board
from tests.support.cast import at, begin, number_of, t0_report
from tests.support.deeds import WHY, acting, done

NOW = at("2023-09-08")


def _reported(store: Store, office: str) -> int:
    number = number_of(store, "T0.1", office=office)
    with session_scope(store.engine) as session:
        verbs.report(session, number, t0_report(), store.actor_context(now=NOW, actor=f"office:{office}"))
    return number


def _last(store: Store) -> int:
    with reading(store.engine) as connection:
        return connection.scalar(text("SELECT seq FROM audit_head")) or 0


def test_a_report_touches_its_office_and_a_deed_anybody(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    scope = BoardScope(store.calendar, ("2023-Q3", "2023-Q4"), at("2023-09-01"))
    before = _last(store)
    with reading(store.engine) as connection:
        counted = count_board(connection, scope, now=NOW)
        assert touched_since(connection, before) == Touched(frozenset(), frozenset())
    number = _reported(store, "SYT")
    with reading(store.engine) as connection:
        touched = touched_since(connection, before)
        assert touched == Touched(frozenset({"SYT"}), frozenset({"T0.1"}))
        anew = recount_board(connection, counted, touched, now=NOW)
        assert anew == count_board(connection, scope, now=NOW) != counted
        # What was counted of others is taken over as it was.
        other = replace(counted, trends={**counted.trends, "SGDDT": {}})
        assert recount_board(connection, other, touched, now=NOW).trends == {**anew.trends, "SGDDT": {}}
    done(store, give_to([number], "SNV", provenance=WHY, context=acting(store, NOW)))
    with reading(store.engine) as connection:
        assert touched_since(connection, before) is None


def test_it_is_counted_anew_where_rows_changed_without_an_event_or_long_after(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    scope, pages = BoardScope(store.calendar, ("2023-Q3",), at("2023-09-01")), KeptPages()
    ways: list[str] = []

    def looked_at(minute: int) -> list[str]:
        now = at("2023-09-08", 9, minute)
        ways.clear()
        with reading(store.engine) as connection:

            def count() -> BoardCounts:
                ways.append("all")
                return count_board(connection, scope, now=now)

            def recount(counted: BoardCounts, touched: Touched) -> BoardCounts:
                ways.append(",".join(touched.offices))
                return recount_board(connection, counted, touched, now=now)

            kept = partial(kept_counts, pages, connection, ("test",), count=count, recount=recount)
            assert kept(now=now) == count_board(connection, scope, now=now)
        return list(ways)

    assert looked_at(0) == ["all"] and looked_at(1) == []
    _reported(store, "SYT")
    assert looked_at(2) == ["SYT"] and looked_at(3) == []
    with session_scope(store.engine) as session:
        session.connection().execute(text("UPDATE assignment SET state = 'acknowledged' WHERE office = 'SGDDT'"))
    assert looked_at(4) == ["all"]
    _reported(store, "SGDDT")
    assert looked_at(30) == ["all"]
