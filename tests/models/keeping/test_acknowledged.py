"""Differences that were looked at are put on record: told no more, while the next ones are."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from config.audit_keys import audit_keys
from config.errors import Refused
from models.keeping.acknowledged import acknowledge_differences
from models.keeping.opening import Store
from models.keeping.verification import StoreVerification, verify_store
from models.store.audit_event import ACKNOWLEDGE, AuditEvent
from models.store.database import session_scope, snapshot
from models.work.verbs import acknowledge, report
from tests.support.cast import at, begin, number_of, t0_report

NOW = at("2023-08-21")
LOOKED_AT = {"by": "Trưởng phòng Tổng hợp", "reason": "Sửa tay khi chuyển máy, đã đối chiếu bản giấy."}


@pytest.fixture
def lived(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "CAT"))
    with session_scope(store.engine) as session:
        context, number = store.actor_context(now=NOW, actor="office:SYT"), number_of(store, "T0.1")
        acknowledge(session, number, context)
        report(session, number, t0_report(), context)
    return store


def checked(store: Store) -> StoreVerification:
    with snapshot(store.engine) as connection:
        return verify_store(connection, keys=audit_keys(store.settings))


def rows(store: Store) -> list[str]:
    return [each.row for each in checked(store).mismatches]


def tamper(store: Store, *statements: str) -> None:
    with session_scope(store.engine) as session:
        for statement in statements:
            session.connection().execute(text(statement))


def acknowledged(store: Store, **changes: str) -> StoreVerification:
    keys = audit_keys(store.settings)
    return acknowledge_differences(store.engine, keys=keys, actor="operator", now=NOW, **(LOOKED_AT | changes))


def test_what_was_looked_at_is_told_no_more_and_what_is_new_is(lived: Store) -> None:
    number = number_of(lived, "T0.1")
    tamper(
        lived,
        "UPDATE report SET text = 'khác' WHERE id = 1",
        "DELETE FROM anchor WHERE id = 99",
        f"UPDATE assignment SET delegated_to = 'Phòng 9' WHERE id = {number + 1}",
    )
    before = rows(lived)
    assert set(before) == {"report:1", f"assignment:{number + 1}"}
    with session_scope(lived.engine) as session:
        trail = [(each.seq, each.hash) for each in session.exec(select(AuditEvent).order_by("seq"))]
    assert [each.row for each in acknowledged(lived).mismatches] == before
    found = checked(lived)
    assert not found.problems() and found.acknowledged == 2
    with session_scope(lived.engine) as session:
        *earlier, last = session.exec(select(AuditEvent).order_by("seq")).all()
        assert [(each.seq, each.hash) for each in earlier] == trail, "nothing is written anew"
        assert (last.verb, last.actor, last.seal != "") == (ACKNOWLEDGE, "operator", True)
        assert last.details == LOOKED_AT | {"rows": before, "number": 2}
    tamper(lived, "UPDATE report SET text = 'khác nữa' WHERE id = 1")
    assert rows(lived) == ["report:1"]


def test_rows_that_are_gone_or_were_put_in_too(lived: Store) -> None:
    tamper(
        lived,
        "DELETE FROM report",
        "INSERT INTO silence (subtask, until, reason, set_by, set_at)"
        " VALUES ('T0.1', '2030-01-01', 'x', 'coordinator', '2023-08-21')",
    )
    assert set(rows(lived)) == {"report:1", "silence:1"}
    acknowledged(lived)
    assert not checked(lived).problems()
    tamper(lived, "DELETE FROM silence")
    assert rows(lived) == ["silence:1"]
    acknowledged(lived)
    found = checked(lived)
    assert not found.problems() and found.acknowledged == 3


def test_a_broken_chain_is_not_acknowledged_away(lived: Store) -> None:
    tamper(lived, "UPDATE report SET text = 'khác'", "UPDATE audit_event SET actor = 'office:CAT' WHERE seq = 3")
    with pytest.raises(Refused, match="chuỗi sự kiện không nguyên vẹn"):
        acknowledged(lived)
    assert checked(lived).problems()


def test_who_and_why_are_needed_and_something_to_say(lived: Store) -> None:
    with pytest.raises(Refused, match="không có gì để ghi nhận"):
        acknowledged(lived)
    tamper(lived, "UPDATE report SET text = 'khác'")
    for wrong in ({"by": ""}, {"reason": ""}, {"by": "ông Nguyễn Văn An"}):
        with pytest.raises(Refused):
            acknowledged(lived, **wrong)
    assert rows(lived) == ["report:1"]
