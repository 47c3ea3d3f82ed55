"""`dondoc up` in reality: it starts, says where it is, survives what may happen to it, and leaves nothing behind."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import clock
from config.clock import local_date
from hosting.prefect.connection import HOST, port_in_use
from hosting.processes.parts import COURIER, WORKER_CHILD, children
from tests.support.installation import Installation, installed
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path / "data") as installation:
        yield installation


def test_a_day_in_its_life(installation: Installation) -> None:
    """One story, because every start takes seconds."""
    said = installation.start()
    assert any(f"http://{HOST}:{installation.portal_port}/prefect/v2/runs" in line for line in said)
    assert any("Chưa có văn bản giao việc" in line for line in said)
    # It forks while they run, so it must be the only thread of its process.
    assert installation.running is not None
    assert len(list(Path(f"/proc/{installation.running.pid}/task").iterdir())) == 1
    # One child for each process that the list of parts names, and no other.
    assert {log.stem for log in (installation.data_dir / "logs").glob("*.log")} == set(children())
    # Every priority runs once, so that the history is not empty.
    eventually(lambda: len(installation.ended_runs()) >= 5, within_s=240)

    second = installation.dondoc("up")
    assert second.returncode == 1
    assert "đã chạy" in second.stderr
    assert f"http://{HOST}:{installation.port}" in second.stderr

    today = local_date(clock.now()).isoformat()
    issued = installation.dondoc("directive", "issue", "--number", "123-TB/TU", "--date", today)
    assert issued.returncode == 0, issued.stderr
    before = installation.children()
    run = installation.dondoc("run", "p2", "--json", "--offices", "SYT")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["assigned"] > 0
    assert installation.children() == before, "a server of its own although one was there"

    contacts = installation.data_dir / "contacts.yaml"
    contacts.write_text("offices: {SYT: {focal: khong-phai-dia-chi}}", encoding="utf-8")
    assert "Liên hệ vẫn như cũ" in installation.hear_until("SYT")[0]
    contacts.write_text("offices: {SYT: {language: en}}", encoding="utf-8")
    assert "Đã đọc lại" in installation.hear_until("Đã đọc lại")[-1]

    # A run that is under way when the power fails.
    deployment = installation.ask("/deployments/filter", {"deployments": {"tags": {"all_": ["p5"]}}})[0]["id"]
    broken_off = installation.ask(f"/deployments/{deployment}/create_flow_run", {"state": {"type": "RUNNING"}})["id"]
    installation.kill()
    eventually(lambda: not installation.children(), within_s=20)

    said = installation.start()
    assert any("1 lượt bị ngắt" in line for line in said)
    states = {run["id"]: run["state_type"] for run in installation.ended_runs()}
    assert states[broken_off] == "CRASHED"

    # Each is started again for itself.
    for name in (WORKER_CHILD, COURIER):
        before = installation.children()
        (killed,) = installation.children_named(name)
        os.kill(killed, signal.SIGKILL)
        assert f"«{name}» đã dừng" in installation.hear_until(f"«{name}» đã dừng")[-1]
        eventually(lambda name=name: bool(installation.children_named(name)), within_s=20)
        assert before - installation.children() <= {killed}

    assert installation.interrupt_the_whole_group() == 0
    assert installation.children() == set()
    assert not port_in_use(installation.port)


def test_a_taken_port_is_named_before_anything_starts(installation: Installation) -> None:
    with socket.create_server((HOST, installation.port)):
        refused = installation.dondoc("up")
    assert refused.returncode == 1
    assert f"Cổng {installation.port}" in refused.stderr
    assert "DONDOC_PORT=" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (installation.data_dir / "dondoc.sqlite").exists()
