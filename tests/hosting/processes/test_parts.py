"""The processes of a spread-out dondoc: what each refuses without, and the ones that are our own loops."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from typer.testing import CliRunner

from cli.main import app
from config.errors import Refused
from config.settings import Settings, load_settings
from flows.forms import fill_in
from flows.steps import assign_due
from hosting.prefect import environment as prefect_environment
from hosting.prefect.connection import HOST, free_port, reach_prefect
from hosting.processes.multi_server import require_multi_server
from hosting.processes.store_of_today import StoreOfToday
from hosting.processes.supervisor import up
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.lifecycle import NoticeState
from models.tables.outbox import Notice
from rehearsal.sample import first_start
from rehearsal.throwaway import throwaway_settings
from tests.support.cast import LEAD, at, issue
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.waiting import eventually

SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2"

ENVIRON = {
    "DONDOC_DATABASE_URL": "postgresql://u:p@db/dondoc",
    "DONDOC_PREFECT_DATABASE_URL": f"postgresql://u:{SECRET}@db/prefect",
    "DONDOC_REDIS_URL": f"redis://:{SECRET}@redis:6379",
    "DONDOC_PREFECT_URL": "http://api:4200",
    "DONDOC_SECRET_KEY": SECRET,
}


def settings_of(home: Path, **changes: str) -> Settings:
    return load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(home), **ENVIRON, **changes})


def test_everything_that_several_machines_need_is_asked_for_at_once(tmp_path: Path) -> None:
    require_multi_server(settings_of(tmp_path))
    with pytest.raises(Refused) as refused:
        require_multi_server(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path)}))
    assert [fault.partition(":")[0] for fault in refused.value.details] == list(ENVIRON)


@pytest.mark.parametrize("name", list(ENVIRON))
def test_each_alone_is_missed(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        require_multi_server(settings_of(tmp_path, **{name: ""}))
    assert [fault.partition(":")[0] for fault in refused.value.details] == [name]


@pytest.mark.parametrize("part", ["upgrade", "deploy", "api", "services", "worker", "watch", "courier"])
def test_no_part_begins_on_a_single_machine_s_settings(
    tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    for name in ENVIRON:
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(app, ["part", part])
    assert isinstance(result.exception, Refused)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("DONDOC_REDIS_URL", f"http://:{SECRET}@redis"),
        ("DONDOC_REDIS_URL", f"redis://:{SECRET}@redis:6379/3"),
        ("DONDOC_PREFECT_DATABASE_URL", f"sqlite:////{SECRET}"),
        ("DONDOC_PREFECT_DATABASE_URL", f"postgresql://u:{SECRET}@db/prefect?sslmode=require"),
        ("DONDOC_PREFECT_URL", "api:4200"),
    ],
)
def test_a_wrong_address_is_refused_without_being_repeated(tmp_path: Path, name: str, wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        settings_of(tmp_path, **{name: wrong})
    (fault,) = refused.value.details
    assert fault.startswith(f"{name}: ") and SECRET not in fault


def test_prefect_hears_of_its_database_and_redis_and_no_log_of_the_settings_does(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert SECRET not in repr(settings)
    of_server = prefect_environment.server_environment(settings)
    assert of_server["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == f"postgresql+asyncpg://u:{SECRET}@db/prefect"
    assert of_server["PREFECT_REDIS_MESSAGING_URL"] == f"redis://:{SECRET}@redis:6379/0"
    assert of_server["PREFECT_SERVER_DOCKET_URL"] == f"redis://:{SECRET}@redis:6379/1"
    # A worker needs neither, and does not get them.
    of_worker = prefect_environment.environment(settings, api_url="http://api:4200/api")
    assert not [name for name in of_worker if "REDIS" in name or "CONNECTION_URL" in name or "DOCKET" in name]


def test_everything_on_one_machine_and_parts_elsewhere_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="dondoc part"):
        up(settings_of(tmp_path), first_start)


def test_a_run_by_hand_goes_to_the_common_address_and_says_when_nobody_answers_there(tmp_path: Path) -> None:
    silent = settings_of(tmp_path, DONDOC_PREFECT_URL=f"http://{HOST}:{free_port()}")
    with pytest.raises(Refused, match="DONDOC_PREFECT_URL"), reach_prefect(silent):
        pass


def test_a_rehearsal_leaves_the_real_prefect_alone(tmp_path: Path) -> None:
    rehearsed = throwaway_settings(settings_of(tmp_path), tmp_path / "rehearsal")
    assert (rehearsed.prefect_url, rehearsed.prefect_database_url, rehearsed.redis_url) == ("", "", "")


@pytest.mark.sqlite_only
def test_contacts_are_read_again_when_edited_and_kept_when_at_fault(store: Store, tmp_path: Path) -> None:
    said: list[str] = []
    of_today = StoreOfToday(store, said.append)
    assert of_today.current() is store
    file = store.settings.contacts_file
    file.write_text("offices:\n  SYT: {focal: 'json://127.0.0.1/x'}\n", encoding="utf-8")
    edited = of_today.current()
    assert edited is not store and said == ["Đã đọc lại tệp liên hệ. / Contacts read again."]
    assert of_today.current() is edited
    file.write_text("senders:\n  nhom: khong-phai-dia-chi\n", encoding="utf-8")
    assert of_today.current() is edited and "senders.nhom" in said[-1]


@pytest.mark.slow
@pytest.mark.postgresql_only
def test_the_courier_sends_what_waits_and_ends_when_told_to(store: Store, tmp_path: Path) -> None:
    issue(store)
    form = fill_in("p1", {"offices": (LEAD,)}, store.plan)
    planned = assign_due(store, "p1", form, store.actor_context(now=at("2023-08-18"), actor="flow:p1"))
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))},
        **ENVIRON,
        "DONDOC_DATA_DIR": str(tmp_path),
        "DONDOC_DATABASE_URL": store.settings.database_url,
        "DONDOC_QUIET_HOURS": "never",
    }
    courier = subprocess.Popen([sys.executable, "-m", "cli.main", "part", "courier"], env=environ)

    def waiting() -> int:
        with reading(store.engine) as connection:
            pending = select(func.count()).where(col(Notice.state) == NoticeState.PENDING)
            return connection.scalar(pending) or 0

    try:
        assert planned.notices == waiting() > 0
        eventually(lambda: waiting() == 0)
    finally:
        courier.terminate()
        ended = courier.wait(30)
    assert ended == 0
