"""What is changed while dondoc runs: a contacts file with faults, a new plan, a database that is away."""

from dataclasses import replace

import pytest

from hosting.processes import store_of_today
from hosting.processes.store_of_today import StoreOfToday
from models.keeping.opening import Store, with_contacts_of_today
from models.store.database import DatabaseBusy

FAULTY = "offices: {SYT: {focal: khong-phai-dia-chi}}"
RIGHT = "offices: {SYT: {language: en}}"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def followed(store: Store, said: list[str]) -> StoreOfToday:
    return StoreOfToday(store, said.append)


def test_a_new_plan_beside_a_faulty_contacts_file_is_used_with_the_contacts_as_they_were(
    store: Store, followed: StoreOfToday, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = replace(store, plan=store.plan.model_copy())
    monkeypatch.setattr(Store, "of_today", lambda ours: ours if ours.plan is newer.plan else newer)
    store.settings.contacts_file.write_text(FAULTY, encoding="utf-8")
    found = followed.current()
    assert found.plan is newer.plan
    assert found.contacts == store.contacts
    assert "bản kế hoạch mới" in said[0]
    assert "Liên hệ vẫn như cũ" in said[1] and "SYT" in said[1]
    assert followed.current() is found
    assert len(said) == 2, "said once"
    store.settings.contacts_file.write_text(RIGHT, encoding="utf-8")
    assert followed.current().contacts != store.contacts
    assert "Đã đọc lại" in said[2]


def test_contacts_changed_while_the_database_is_away_are_read_when_it_is_back(
    store: Store, followed: StoreOfToday, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Store) -> Store:
        raise DatabaseBusy

    store.settings.contacts_file.write_text(RIGHT, encoding="utf-8")
    monkeypatch.setattr(store_of_today, "with_contacts_of_today", away)
    assert followed.current() is store
    monkeypatch.setattr(store_of_today, "with_contacts_of_today", with_contacts_of_today)
    assert followed.current().contacts != store.contacts
    assert said == ["Đã đọc lại tệp liên hệ. / Contacts read again."]
