"""What somebody with the database, and without the key, does to the store is found, and named with its row."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session, col, select

import models.tables.all  # noqa: F401  (registers every table)
from config.audit_keys import audit_keys, key_file, key_name, rotate
from config.errors import Refused
from models.keeping.backup import back_up, restore
from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of, departure_from, read_anchor, write_anchor
from models.keeping.verification import StoreVerification, verify_store
from models.store.audit import AuditEntry, record_all
from models.store.audit_event import GENESIS, ROTATE_KEY, AuditEvent, event_hash
from models.store.columns import metadata
from models.store.database import open_database, session_scope, snapshot
from models.store.dossiers import DOSSIERS, NOT_COVERED
from models.tables.lifecycle import Role
from models.work.verbs import acknowledge, report
from notifications.courier.courier import deliver
from tests.support.cast import at, begin, number_of, t0_report

NOW = at("2023-08-21")


@pytest.fixture
def lived(store: Store) -> Store:
    """A store with assignments, letters that went out, and a report of the health department."""
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "CAT"))
    deliver(store, now=NOW)
    with session_scope(store.engine) as session:
        context, number = store.actor_context(now=NOW, actor="office:SYT"), number_of(store, "T0.1")
        acknowledge(session, number, context)
        report(session, number, t0_report(), context)
    return store


def checked(store: Store, *, with_key: bool = True) -> StoreVerification:
    with snapshot(store.engine) as connection:
        return verify_store(connection, keys=audit_keys(store.settings) if with_key else None)


def problems(store: Store) -> list[str]:
    return [en for _, en in checked(store).problems()]


def tamper(store: Store, *statements: str) -> None:
    with session_scope(store.engine) as session:
        for statement in statements:
            session.connection().execute(text(statement))


def test_a_store_that_nobody_touched_is_intact(lived: Store) -> None:
    found = checked(lived)
    assert found.problems() == []
    assert found.rows > 10


def test_every_table_is_covered_or_said_not_to_be() -> None:
    covered = {part.table for parts in DOSSIERS.values() for part in parts}
    assert covered.isdisjoint(NOT_COVERED)
    assert covered | set(NOT_COVERED) == set(metadata.tables)


def put_in(table: str, **other: str) -> str:
    """The statement that puts another row into a table, like the first that is in it but for these columns."""
    names = (column.name for column in metadata.tables[table].columns if not column.primary_key)
    columns = {name: other.get(name, name) for name in names}
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {table} WHERE id = 1"


TAMPERED = {
    "UPDATE report SET text = 'khác'": "report:1 (assignment:",
    "UPDATE report SET counts = '{\"so_ton_tai\": 9}'": "report:1 (assignment:",
    "UPDATE report SET document_number = '13/BC-SYT'": "report:1 (assignment:",
    "UPDATE report SET state = 'accepted'": "report:1 (assignment:",
    "UPDATE assignment SET due_date = '2023-12-31' WHERE id = 2": "assignment:2: changed",
    "UPDATE assignment SET original_due_at = '2023-12-31 00:00:00' WHERE id = 2": "assignment:2: changed",
    "UPDATE assignment SET state = 'accepted' WHERE id = 1": "assignment:1: changed",
    "UPDATE assignment SET delegated_to = 'Phòng 2' WHERE id = 1": "assignment:1: changed",
    "DELETE FROM report": "report:1 (assignment:",
    "DELETE FROM delivery_attempt WHERE id = 1": "delivery_attempt:1 (attempt:1): deleted",
    "UPDATE delivery_attempt SET at = '2023-09-01 00:00:00' WHERE id = 1": "delivery_attempt:1 (attempt:1): changed",
    "UPDATE message SET body_text = 'khác' WHERE id = 1": "message:1: changed",
    "UPDATE notice SET office = 'STC' WHERE message_id = 1": "notice:",
    "UPDATE anchor SET on_date = '2023-08-01'": "anchor:1: changed",
    "INSERT INTO party VALUES (1, 'STC', 'named', NULL)": "party:1:STC (assignment:1): no event",
    put_in("message", message_key="'forged'"): "message:",
    put_in("notice", kind="'overdue'", rung="'forged'"): "notice:",
    put_in("notice", kind="'overdue'", rung="'forged'", message_id="NULL"): "notice:",
    put_in("delivery_attempt"): "delivery_attempt:",
}
"""What is done to a row by SQL, and how what is found begins."""


def test_every_row_that_is_tampered_with_is_named(lived: Store) -> None:
    for tampering, row in TAMPERED.items():
        with lived.engine.connect() as connection, connection.begin() as undone:
            connection.exec_driver_sql(tampering)
            found = verify_store(connection, keys=audit_keys(lived.settings)).problems()
            undone.rollback()
        assert found, tampering
        assert [en for _, en in found if not en.startswith(row)] == [], tampering


def test_a_letter_that_was_sent_and_not_put_on_record_yet_is_in_order(lived: Store) -> None:
    """Between writing a result down and the courier's rest there is an attempt that no event holds."""
    tamper(lived, put_in("message", message_key="'new'"))
    assert [each.split(":")[0] for each in problems(lived)] == ["message"]
    new = "(SELECT max(id) FROM message)"
    tamper(lived, put_in("delivery_attempt", message_id=new, result="'failed'", event_seq="NULL"))
    assert [each.split(":")[0] for each in problems(lived)] == ["message"]
    tamper(lived, put_in("delivery_attempt", message_id=new, event_seq="NULL"))
    assert problems(lived) == []
    deliver(lived, now=at("2023-08-24", 9))
    assert problems(lived) == []


def test_the_courier_does_not_vouch_for_a_letter_on_record_that_was_changed_since(lived: Store) -> None:
    tamper(
        lived,
        put_in("delivery_attempt", event_seq="NULL"),
        "UPDATE message SET subject = 'khác' WHERE id = 1",
        put_in("notice", kind="'overdue'", rung="'forged'"),
    )
    found = sorted(problems(lived))
    assert [each.split(":")[0] for each in found] == ["message", "notice"]
    deliver(lived, now=at("2023-08-24", 9))
    assert sorted(problems(lived)) == found


def test_the_last_five_events_taken_off_and_the_head_moved_back_are_found(lived: Store) -> None:
    last = checked(lived).chain.events
    tamper(
        lived,
        f"DELETE FROM audit_event WHERE seq > {last - 5}",
        f"UPDATE audit_head SET seq = {last - 5},"
        f" hash = (SELECT hash FROM audit_event WHERE seq = {last - 5}),"
        f" seal = (SELECT seal FROM audit_event WHERE seq = {last - 5})",
    )
    found = checked(lived)
    assert found.chain.broken_at == last - 4
    assert {each.row for each in found.mismatches} >= {"report:1"}
    # Whoever goes on working does not seal what was done.
    with session_scope(lived.engine) as session:
        number = number_of(lived, "T0.1", office="CAT", role=Role.COORDINATING)
        acknowledge(session, number, lived.actor_context(now=NOW, actor="office:CAT"))
    assert f"the events after {last - 5} were deleted" in problems(lived)[0]


def rewrite(connection: Connection, seq: int, change: Callable[[dict[str, object]], object]) -> None:
    """Change one event and chain everything after it anew, as somebody without the key can."""
    last_hash = GENESIS
    for event in Session(connection).exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all():
        row = event.model_dump() | {"at": event.at, "previous_hash": last_hash}
        if event.seq == seq:
            change(row["details"])
        last_hash = event_hash(row)
        if event.seq >= seq:
            connection.execute(
                text("UPDATE audit_event SET facts = :facts, previous_hash = :previous, hash = :hash WHERE seq = :seq"),
                {
                    "facts": json.dumps(row["details"]),
                    "previous": row["previous_hash"],
                    "hash": last_hash,
                    "seq": event.seq,
                },
            )
    connection.execute(text("UPDATE audit_head SET hash = :hash"), {"hash": last_hash})


def test_an_event_rewritten_and_the_tail_chained_anew_is_found(lived: Store) -> None:
    with lived.engine.begin() as connection:
        rewrite(connection, 5, lambda details: details.update(office="STC"))
    assert checked(lived, with_key=False).chain.broken_at is None
    assert "event 5 was rewritten" in problems(lived)[0]


def test_seals_taken_off_are_missed(lived: Store) -> None:
    with lived.engine.begin() as connection:
        rewrite(connection, 5, lambda details: details.update(office="STC"))
        connection.execute(text("UPDATE audit_event SET seal = '' WHERE seq >= 5"))
    assert "event 5 has lost its seal" in problems(lived)[0]
    tamper(lived, "UPDATE audit_event SET seal = ''", "UPDATE audit_head SET seal = ''")
    assert problems(lived)


def test_a_trail_that_was_emptied_is_found_with_all_its_rows(lived: Store) -> None:
    tamper(lived, "DELETE FROM audit_event", f"UPDATE audit_head SET seq = 0, hash = '{GENESIS}', seal = ''")
    found = problems(lived)
    assert "assignment:1: no event tells of this row" in found
    assert any(each.startswith("report:1 ") for each in found)


def test_a_seal_of_a_key_that_is_not_ours_is_found(lived: Store) -> None:
    tamper(lived, "UPDATE audit_event SET seal = 'ffffffff:00' WHERE seq = 4")
    assert "event 4 is sealed with the unknown key ffffffff" in problems(lived)[0]


def test_the_key_may_be_changed_and_old_seals_are_still_checked(lived: Store) -> None:
    before = audit_keys(lived.settings).current
    after = rotate(lived.settings)
    assert before != after.current
    with session_scope(lived.engine) as session:
        entry = AuditEntry(ROTATE_KEY, "trail", {"from": before, "to": after.current})
        record_all(session, [entry], actor="operator", now=NOW)
    assert problems(lived) == []
    path = key_file(lived.settings)
    assert path.stat().st_mode & 0o777 == 0o600
    # Taken off the list, what it sealed cannot be checked; what the new one seals vouches for the whole chain.
    path.write_text(path.read_text().splitlines()[0] + "\n")
    found = checked(lived)
    assert (found.problems(), found.chain.unchecked) == ([], found.chain.events - 1)


def test_a_secret_key_is_changed_as_the_documents_say(lived: Store) -> None:
    sealing, once = "s" * 40, replace(lived.settings, secret_key="o" * 40)
    now = replace(lived.settings, secret_key="n" * 40, audit_key=f"{sealing} {once.secret_key}")
    seals = []
    for settings in (once, now):
        engine = open_database(settings.database_url, keys=partial(audit_keys, settings))
        with session_scope(engine) as session:
            record_all(session, [AuditEntry("note", "trail", {})], actor="operator", now=NOW)
        with snapshot(engine) as connection:
            seals.append(connection.scalars(select(AuditEvent.seal).order_by(col(AuditEvent.seq).desc())).first() or "")
        engine.dispose()
    assert seals[1].startswith(key_name(sealing.encode())), "not by the old secret, which somebody may know"
    assert problems(replace(lived, settings=now)) == []
    [unknown, *_] = problems(replace(lived, settings=replace(now, audit_key=sealing)))
    assert f"unknown key {seals[0][:8]}" in unknown


def test_a_trail_cut_off_or_written_anew_departs_from_its_anchor(lived: Store, tmp_path: Path) -> None:
    keys, file = audit_keys(lived.settings), tmp_path / "anchor.json"
    with snapshot(lived.engine) as connection:
        write_anchor(anchor_of(connection, NOW), keys, file)
        anchor = read_anchor(file, keys)
        assert departure_from(connection, anchor) is None
    for tampering in (
        f"DELETE FROM audit_event WHERE seq > {anchor.seq - 5}",
        f"UPDATE audit_event SET hash = '{GENESIS}' WHERE seq = {anchor.seq}",
    ):
        with lived.engine.connect() as connection, connection.begin() as undone:
            connection.exec_driver_sql(tampering)
            assert departure_from(connection, anchor)
            undone.rollback()
    file.write_text(file.read_text().replace(f'"seq": {anchor.seq}', f'"seq": {anchor.seq - 1}'))
    with pytest.raises(Refused, match="đã bị sửa"):
        read_anchor(file, keys)
    file.write_text("{}")
    with pytest.raises(Refused, match="không phải tệp neo"):
        read_anchor(file, keys)


def test_a_backup_is_an_anchor_and_its_seals_are_checked_where_it_is_restored(lived: Store, tmp_path: Path) -> None:
    keys, file = audit_keys(lived.settings), tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    with snapshot(lived.engine) as connection:
        assert read_anchor(file, keys) == anchor_of(connection, NOW)
    url = f"sqlite:///{tmp_path}/other/dondoc.sqlite"
    elsewhere = replace(lived.settings, data_dir=tmp_path / "other", database_url=url)
    audit_keys(elsewhere)  # has made a key of its own
    restore(elsewhere, file)
    engine = open_database(url, keys=partial(audit_keys, elsewhere))
    try:
        with snapshot(engine) as connection:
            assert verify_store(connection, keys=audit_keys(elsewhere)).problems() == []
    finally:
        engine.dispose()
