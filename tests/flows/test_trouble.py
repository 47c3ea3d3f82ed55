"""A run that fails or does not begin is told to the coordinator; one that found late reports is not."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.rules.working_time import WorkingCalendar
from config.settings import Settings, load_settings
from models.keeping.opening import Store, open_store
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import issue
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import client
from tests.support.servers import prefect

pytestmark = [pytest.mark.slow, pytest.mark.prefect]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with prefect(tmp_path_factory.mktemp("trouble")) as settings:
        yield settings


@pytest.fixture
def store(server: Settings, sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copyfile(sqlite_template, tmp_path / "dondoc.sqlite")
    with open_store(
        load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path), "DONDOC_QUIET_HOURS": "never"})
    ) as opened:
        issue(opened)
        yield opened


class EveryDay(WorkingCalendar):
    """So that what the test finds does not hang on the day it is run."""

    def __init__(self) -> None: ...

    def is_working_day(self, day: Any) -> bool:
        return True


def run_of(code: str, state: Any, *, tags: list[str]) -> Any:
    from flows.names import DEPLOYMENT_NAMES, REVIEW, REVIEW_DEPLOYMENT_NAME
    from flows.priorities import PRIORITY_FLOWS
    from flows.yearly_review import review_year

    flows = {each: (PRIORITY_FLOWS[each].name, name) for each, name in DEPLOYMENT_NAMES.items()}
    flows[REVIEW] = (review_year.name, REVIEW_DEPLOYMENT_NAME)
    with client() as api:
        deployment = api.read_deployment_by_name("/".join(flows[code]))
        run = api.create_flow_run_from_deployment(deployment.id, tags=tags, state=state)
        return api.read_flow_run(run.id)


def test_the_alarms_of_an_earlier_version_are_removed(store: Store) -> None:
    from prefect import flow
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

    from flows.deployments.register import deploy

    deploy(store.plan)
    with client() as api:
        alarm = EventTrigger(posture=Posture.Reactive, expect={"prefect.flow-run.Failed"}, threshold=1)
        api.create_automation(AutomationCore(name="dondoc · lượt chạy hỏng", trigger=alarm, actions=[]))
        made_by_somebody = AutomationCore(name="của riêng", trigger=alarm, actions=[])
        api.create_automation(made_by_somebody)
        api.create_deployment(api.create_flow(flow(lambda: None, name="Báo sự cố")), "Báo sự cố")
    assert deploy(store.plan) == []
    with client() as api:
        assert [each.name for each in api.read_automations()] == ["của riêng"]
        assert "Báo sự cố" not in {each.name for each in api.read_deployments()}


def test_what_fails_or_does_not_begin_is_told_once(store: Store) -> None:
    from prefect.states import Completed, Failed, Running, Scheduled

    from flows.deployments.register import deploy
    from flows.names import CATCHING_UP
    from flows.runs.trouble import LATE_AFTER, find_trouble, report_new_trouble

    deploy(store.plan)
    now = datetime.now(UTC)
    failed = run_of("p1", None, tags=[CATCHING_UP, "loi"])
    unforeseen = run_of("p2", None, tags=[CATCHING_UP])
    found_late = run_of("p3", None, tags=[CATCHING_UP, "co-qua-han"])
    by_hand = run_of("p4", None, tags=[])
    review = run_of("so-ket", None, tags=[CATCHING_UP])
    run_of("p5", Scheduled(scheduled_time=now - timedelta(hours=1)), tags=[CATCHING_UP])
    with client() as api:
        for run, state in (
            (found_late, Completed(message="5 việc quá hạn.")),
            (by_hand, Failed(message="Kỳ 2023-Q9 không có.")),
            (failed, Failed(message="Cơ sở dữ liệu ngừng trả lời.")),
            (unforeseen, Failed(message="ValueError: postgresql://u:bi-mat@may/x")),
            (review, Failed(message="Không lập được.")),
        ):
            api.set_flow_run_state(run.id, Running(), force=True)
            api.set_flow_run_state(run.id, state, force=True)
        found = find_trouble(api, store.plan, EveryDay(), now + 2 * LATE_AFTER)
    assert {(each.flow, each.kind.value) for each in found if each.reason != "không có lượt chạy nào cho giờ này"} == {
        ("p1", "failed"),
        ("p2", "failed"),
        ("p5", "missing"),
        ("so-ket", "failed"),
    }
    told = report_new_trouble(store, now + timedelta(seconds=5))
    assert {"p1", "p2", "so-ket"} <= set(told) and not {"p3", "p4"} & set(told)
    assert report_new_trouble(store, now + timedelta(seconds=6)) == []
    assert deliver(store, now=now + timedelta(seconds=10)).sent == 1
    (letter,) = letters(store.settings.mailbox_dir)
    assert "Cơ sở dữ liệu ngừng trả lời." in letter.text
    assert "chạy luồng «Sơ kết năm» bằng tay" in letter.text
    assert "bi-mat" not in letter.text and "ValueError" not in letter.text


def test_a_priority_that_is_not_registered_is_told(store: Store) -> None:
    from flows.deployments.register import deploy
    from flows.names import BACKUP, BACKUP_DEPLOYMENT_NAME, DEPLOYMENT_NAMES
    from flows.runs.trouble import UNREGISTERED, find_trouble

    deploy(store.plan)
    with client() as api:
        for each in api.read_deployments():
            if each.name in (DEPLOYMENT_NAMES["p3"], BACKUP_DEPLOYMENT_NAME):
                api.delete_deployment(each.id)
        now = datetime.now(UTC)
        found = find_trouble(api, store.plan, EveryDay(), now)
    assert {(each.flow, each.title, each.at) for each in found if each.reason == UNREGISTERED} == {
        ("p3", DEPLOYMENT_NAMES["p3"], now),
        (BACKUP, BACKUP_DEPLOYMENT_NAME, now),
    }


def test_hours_of_the_schedule_without_any_run_are_noticed_unless_it_is_paused(store: Store) -> None:
    from flows.names import DEPLOYMENT_NAMES, SLOTS
    from flows.runs.trouble import _never_made

    now = datetime(2023, 8, 22, 2, tzinfo=UTC)  # 09:00 of a Tuesday

    class Deployment:
        name, paused, schedules = DEPLOYMENT_NAMES["p1"], False, ()
        created = now - timedelta(days=9)

    at = [each.at.isoformat() for each in _never_made(Deployment(), "p1", [], store.calendar, now)]  # type: ignore[arg-type]
    assert at == ["2023-08-21T13:30:00+07:00", "2023-08-22T07:30:00+07:00"]
    assert len(SLOTS) == 2
    Deployment.created = now - timedelta(minutes=30)
    assert list(_never_made(Deployment(), "p1", [], store.calendar, now)) == []  # type: ignore[arg-type]
    Deployment.created, Deployment.paused = now - timedelta(days=9), True
    assert list(_never_made(Deployment(), "p1", [], store.calendar, now)) == []  # type: ignore[arg-type]
