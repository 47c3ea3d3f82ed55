"""The flows as Prefect runs, against one real server: what a coordinator and a manager see of them."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from config import clock
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.clock import HANOI
from config.errors import Refused
from config.settings import PLAN_0_1_DIR, Settings, load_settings
from flows.forms import DirectiveForm, FollowUpForm, fill_in
from hosting.prefect.connection import HOST, answers, free_port, reach_prefect, run_here
from hosting.prefect.server_lock import holder
from models.keeping.opening import Store, open_store
from models.store.clock_check import ClockWrong
from models.store.database import session_scope
from notifications.channels.mailbox import letters
from tests.support.cast import NUMBER, at, issue
from tests.support.clocks import TEN_YEARS, begin_at, set_clock
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import artifacts_of, client, newest_run
from tests.support.servers import prefect
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

MORNING = at("2023-08-18", 7, 30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with prefect(tmp_path_factory.mktemp("prefect")) as settings:
        yield settings


@pytest.fixture
def store(server: Settings, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store of this test alone, which the flows find by the environment."""
    file = tmp_path / "dondoc.sqlite"
    shutil.copyfile(sqlite_template, file)
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("DONDOC_BACKUP_DIR", str(tmp_path / "backups"))
    with open_store(load_settings()) as opened:
        yield opened


def as_of(priority: str, moment: datetime | None = MORNING, **answers: Any) -> FollowUpForm:
    return fill_in(priority, {"as_of": moment, **answers}, load_plan(PLAN_0_1_DIR))


def test_a_run_gives_its_counts_and_assigns_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at(monkeypatch, store, MORNING)
    issue(store)
    first = run_here("p1", as_of("p1"))
    second = run_here("p1", as_of("p1"))
    assert first.assigned == first.notices > 0
    assert first.messages_sent > 0
    assert (second.assigned, second.notices, second.messages_sent) == (0, 0, 0)


def test_a_run_of_today_gives_a_sign_of_life_and_a_replayed_one_does_not(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = tmp_path / "beat"
    monkeypatch.setenv("DONDOC_HEARTBEAT", str(sign))
    issue(store)
    run_here("p1", as_of("p1"))
    assert not sign.exists()
    run_here("p1", as_of("p1", None))
    assert sign.exists()


def test_its_name_tags_and_state_tell_a_manager_what_happened(store: Store) -> None:
    issue(store)
    run_here("p1", as_of("p1"))
    run = newest_run()
    assert run.name == "p1 · 18/08/2023 · không có việc quá hạn"
    assert set(run.tags) == {"p1", "chay-lai"}
    late = run_here("p1", as_of("p1", at("2023-09-12", 7, 30)))
    run = newest_run()
    assert late.overdue > 0
    assert run.name == f"p1 · 12/09/2023 · {late.overdue} quá hạn"
    assert {"p1", "co-qua-han"} <= set(run.tags)
    # Found late reports: the run itself did what it should.
    assert (run.state.type.value, run.state.name) == ("COMPLETED", "Completed")
    assert f"{late.overdue} việc quá hạn" in run.state.message


def test_a_named_period_stands_in_the_name(store: Store) -> None:
    issue(store)
    run_here("p3", as_of("p3", periods=["2023-Q3"]))
    assert newest_run().name == "p3 · 2023-Q3 · không có việc quá hạn"


@pytest.mark.parametrize("replayed", [None, MORNING])
def test_on_a_day_off_it_records_and_says_that_it_does_not_send(
    store: Store, monkeypatch: pytest.MonkeyPatch, replayed: datetime | None
) -> None:
    begin_at(monkeypatch, store, at("2023-08-19", 7, 30))
    issue(store)
    summary = run_here("p2", as_of("p2", replayed))
    run = newest_run()
    assert summary.assigned > 0
    assert summary.messages_sent == 0
    assert "ngay-nghi" in run.tags
    assert "Ngày nghỉ" in run.state.message


def test_it_publishes_both_boards_under_keys_that_stay(store: Store) -> None:
    issue(store)
    run_here("p4", as_of("p4"))
    published = artifacts_of(newest_run().id)
    assert set(published) == {"board", "board-p4"}
    assert all("18/08/2023" in markdown for markdown in published.values())


def edges_of(run_id: UUID, tasks: int) -> dict[str, set[str]]:
    """The graph that Prefect's pages draw of a run of so many tasks: each by name, and the names of those it comes
    after."""
    graph: dict[str, Any] = {}

    def complete() -> bool:
        graph.clear()
        # Task runs reach the server as events, one by one.
        with client() as api:
            graph.update(api.request("GET", "/flow_runs/{id}/graph-v2", path_params={"id": run_id}).json())
        return len(graph["nodes"]) == tasks and all(node["end_time"] for _, node in graph["nodes"])

    eventually(complete)
    names = {node_id: node["label"] for node_id, node in graph["nodes"]}
    return {node["label"]: {names[parent["id"]] for parent in node["parents"]} for _, node in graph["nodes"]}


def test_the_graph_of_a_run_shows_its_five_tasks_in_their_order(store: Store) -> None:
    issue(store)
    run_here("p4", as_of("p4"))
    assert edges_of(newest_run().id, 5) == {
        "Mở kho dữ liệu": set(),
        "Giao việc": {"Mở kho dữ liệu"},
        "Theo dõi hạn": {"Giao việc"},
        "Gửi thông báo": {"Theo dõi hạn"},
        "Công bố bảng theo dõi": {"Giao việc", "Theo dõi hạn", "Gửi thông báo"},
    }


def test_the_graph_of_a_review_shows_its_tasks_in_their_order(store: Store) -> None:
    from flows.yearly_review import ReviewForm, review_year

    issue(store)
    review_year(ReviewForm(year=2023), return_state=True)  # type: ignore[call-overload]
    assert edges_of(newest_run("Sơ kết năm").id, 3) == {
        "Mở kho dữ liệu": set(),
        "Tổng hợp năm": {"Mở kho dữ liệu"},
        "Công bố": {"Tổng hợp năm"},
    }


def test_what_tasks_pass_to_each_other_can_be_serialised() -> None:
    from pydantic import TypeAdapter

    from flows.runs.tasks import Opened
    from flows.steps import Assigned, Tracked
    from models.alerts.attention import AttentionCounts
    from notifications.courier.courier import DeliveryCounts

    passed = (Opened(True, MORNING), Assigned(1, 2), Tracked(3, AttentionCounts(1, 2, 3)), DeliveryCounts(4))
    for record in passed:
        of_its_kind: TypeAdapter[Any] = TypeAdapter(type(record))
        assert of_its_kind.validate_json(of_its_kind.dump_json(record)) == record


def test_a_fault_nobody_foresaw_is_told_by_name_and_tag(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import steps

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(steps, "track", fail)
    issue(store)
    with pytest.raises(ZeroDivisionError):
        run_here("p4", as_of("p4"))
    run = newest_run()
    assert run.name == "p4 · lỗi chưa lường trước"
    assert {"p4", "loi", "loi-la"} <= set(run.tags)


def test_whatever_ends_a_run_corrects_its_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is no exception a flow could catch: Prefect calls it crashed, and its hook names the run."""
    from flows import steps, yearly_review

    def fail(*_: object, fault: BaseException, **__: object) -> None:
        raise fault

    issue(store)
    ends: list[tuple[BaseException, str, str]] = [
        (SystemExit(1), "CRASHED", "dừng giữa chừng"),
        (RuntimeError(), "FAILED", "lỗi chưa lường trước"),
    ]
    for fault, state, outcome in ends:
        monkeypatch.setattr(steps, "notify", partial(fail, fault=fault))
        with pytest.raises(type(fault)):
            run_here("p4", as_of("p4"))
        run = newest_run()
        assert (run.state.type.value, run.name) == (state, f"p4 · {outcome}")
    monkeypatch.setattr(yearly_review, "yearly_review", partial(fail, fault=RuntimeError()))
    with pytest.raises(RuntimeError):
        yearly_review.review_year()
    run = newest_run("Sơ kết năm")
    assert (run.state.type.value, run.name) == ("FAILED", "sơ kết năm · lỗi chưa lường trước")
    assert {"loi", "loi-la"} <= set(run.tags)


def test_looking_ahead_publishes_nothing(store: Store) -> None:
    issue(store)
    summary = run_here("p4", as_of("p4", dry_run=True))
    run = newest_run()
    assert summary.assigned > 0
    assert run.name == f"p4 · xem trước · {summary.assigned} việc sẽ giao"
    assert artifacts_of(run.id) == {}
    assert run_here("p4", as_of("p4")).assigned == summary.assigned


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ({"periods": ["2023-Q9"]}, "2023-Q9"),
        ({"offices": ["SYY"]}, "SYY"),
        ({"as_of": at("2150-01-04")}, "2150 chưa đến"),
    ],
)
def test_a_form_that_does_not_fit_fails_the_run_with_its_reason(
    store: Store, answers: dict[str, Any], names: str
) -> None:
    issue(store)
    with pytest.raises(Refused, match=names):
        run_here("p2", as_of("p2", **answers))
    run = newest_run()
    assert run.state.type.value == "FAILED"
    assert names in run.state.message
    assert "loi" in run.tags


def test_before_a_document_assigns_the_work_a_run_says_so_and_does_not_fail(store: Store) -> None:
    with pytest.raises(Refused, match="Chưa có văn bản giao việc"):
        run_here("p5", as_of("p5"))
    assert newest_run().state.type.value == "CANCELLED"


def test_a_database_that_does_not_answer_is_asked_again_and_then_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.runs.tasks import open_run_store

    monkeypatch.setattr(open_run_store, "retry_delay_seconds", [0, 0, 0])
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none")
    with pytest.raises(Refused, match="Không mở được cơ sở dữ liệu") as refusal:
        run_here("p1", as_of("p1"))
    assert "secret" not in str(refusal.value)
    assert newest_run().state.type.value == "FAILED"


def test_under_a_wrong_clock_a_run_says_so_and_does_nothing_until_it_is_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_at(monkeypatch, store, MORNING)
    issue(store)
    set_clock(monkeypatch, MORNING + TEN_YEARS)
    with pytest.raises(ClockWrong):
        run_here("p1", as_of("p1", None))
    run = newest_run()
    assert run.name == "p1 · đồng hồ máy sai"
    assert {"p1", "loi", "dong-ho"} <= set(run.tags)
    assert "18/08/2033" in run.state.message
    (letter,) = letters(store.settings.mailbox_dir)
    assert "Đồng hồ máy chủ sai" in letter.subject
    set_clock(monkeypatch, at("2023-08-18", 13, 30))
    assert run_here("p1", as_of("p1", None)).assigned > 0


def test_a_clock_that_is_set_while_a_run_is_under_way_ends_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It began by 2033, a moment before the clock was set right, and would write that year down."""
    begin_at(monkeypatch, store, MORNING)
    issue(store)
    moments = iter([MORNING + TEN_YEARS])
    monkeypatch.setattr(clock, "machine_time", lambda: next(moments, MORNING))
    with pytest.raises(ClockWrong, match="vừa được đặt lại"):
        run_here("p1", as_of("p1", None))
    assert not letters(store.settings.mailbox_dir)


def test_issuing_registers_the_document_and_runs_all_five(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.issue_directive import issue_directive
    from flows.priorities import PRIORITY_FLOWS, run_to_end

    # A directive has no as_of: it is issued today.
    begin_at(monkeypatch, store, MORNING)
    end = run_to_end(issue_directive, DirectiveForm(number=NUMBER, on_date=MORNING.date()))
    summaries = end.result()
    assert end.is_completed()
    assert len(summaries) == len(PRIORITY_FLOWS)
    assigned = sum(summary.assigned for summary in summaries)
    assert assigned > 0
    assert newest_run("Văn bản giao việc").name == f"Văn bản {NUMBER} ngày 18/08/2023 · giao {assigned} việc"


def test_an_issuing_run_holds_its_lock_until_its_priorities_have_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, on several machines, it would count as dead and be begun again."""
    from flows.issue_directive import issue_directive
    from flows.priorities import PRIORITY_FLOWS, run_to_end
    from flows.runs import run_scope

    released: list[str] = []

    @contextmanager
    def spy(run_id: str, _url: str) -> Iterator[None]:
        yield
        released.append(run_id)

    monkeypatch.setattr(run_scope, "hold_run_lock", spy)
    begin_at(monkeypatch, store, MORNING)
    run_to_end(issue_directive, DirectiveForm(number=NUMBER, on_date=MORNING.date()))
    assert len(released) == len(PRIORITY_FLOWS) + 1
    assert released[-1] == str(newest_run("Văn bản giao việc").id)


def test_issuing_another_document_fails_with_the_reason(store: Store) -> None:
    from flows.issue_directive import issue_directive
    from flows.priorities import run_to_end

    issue(store)
    end = run_to_end(issue_directive, DirectiveForm(number="456-TB/TU", on_date=MORNING.date()))
    assert end.is_failed()
    assert NUMBER in (end.message or "")


def test_deployments_are_made_once_scheduled_every_day_and_titled_in_vietnamese(server: Settings, plan: Plan) -> None:
    from flows.deployments.register import deploy
    from flows.names import (
        BACKUP_DEPLOYMENT_NAME,
        DEPLOYMENT_NAMES,
        ISSUE_DEPLOYMENT_NAME,
        REVIEW_DEPLOYMENT_NAME,
    )

    names = [*DEPLOYMENT_NAMES.values(), ISSUE_DEPLOYMENT_NAME, REVIEW_DEPLOYMENT_NAME, BACKUP_DEPLOYMENT_NAME]
    assert sorted(deploy(plan)) == sorted(names)
    assert deploy(plan) == []
    with client() as api:
        found = {deployment.name: deployment for deployment in api.read_deployments()}
    for code, name in DEPLOYMENT_NAMES.items():
        deployment = found[name]
        assert code in deployment.tags
        assert plan.priority(code).title_vi in deployment.description
        assert {s.schedule.cron for s in deployment.schedules} == {"30 7 * * *", "30 13 * * *"}
        assert {s.schedule.timezone for s in deployment.schedules} == {"Asia/Ho_Chi_Minh"}
        assert deployment.global_concurrency_limit.limit == 1
        schema = deployment.parameter_openapi_schema
        assert schema["properties"]["form"]["title"] == "Phiếu đôn đốc"
        form = next(part for part in schema["definitions"].values() if "as_of" in part["properties"])
        assert form["properties"]["offices"]["items"]["enum"][0] == _label(plan, 0)
        asked = [name for name in form["properties"] if name != "may_be_late"]  # the tick of forms that take dates
        assert asked[-4:] == ["periods", "offices", "as_of", "dry_run"]
        assert not any("description" in part for part in schema["definitions"].values())
    assert found[ISSUE_DEPLOYMENT_NAME].schedules == []
    assert [s.schedule.cron for s in found[REVIEW_DEPLOYMENT_NAME].schedules] == ["0 8 20 12 *"]


def test_a_changed_plan_changes_its_deployment_and_no_other(server: Settings, plan: Plan) -> None:
    from flows.deployments.register import deploy
    from flows.names import DEPLOYMENT_NAMES

    deploy(plan)
    first, *others = plan.priorities
    changed = plan.model_copy(update={"priorities": (first.model_copy(update={"title_vi": "Tên khác"}), *others)})
    assert deploy(changed) == [DEPLOYMENT_NAMES["p1"]]
    assert deploy(plan) == [DEPLOYMENT_NAMES["p1"]]


def test_scheduled_runs_appear_at_half_past_seven_and_half_past_one(server: Settings, plan: Plan) -> None:
    """Held because a library that is a little too new makes the scheduler do nothing, silently."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType

    from flows.deployments.register import deploy

    deploy(plan)
    scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))

    def times() -> set[str]:
        with client() as api:
            runs = api.read_flow_runs(flow_run_filter=scheduled)
        return {f"{run.expected_start_time.astimezone(HANOI):%H:%M}" for run in runs}

    # At eight begins the review of the year, and shortly before noon the backup of the day.
    eventually(lambda: times() == {"07:30", "13:30", "08:00", "11:45"})


def test_runs_to_come_say_what_is_to_run_and_when(server: Settings, plan: Plan) -> None:
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import FlowRun, StateType
    from prefect.states import Scheduled

    from flows.deployments.register import deploy
    from flows.names import DEPLOYMENT_NAMES, REVIEW
    from flows.priorities import PRIORITY_FLOWS
    from hosting.prefect.corrected_runs import drop_far_runs, name_coming_runs

    deploy(plan)
    scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))

    def coming() -> list[FlowRun]:
        with client() as api:
            return [run for run in api.read_flow_runs(flow_run_filter=scheduled) if run.auto_scheduled]

    # Prefect makes them deployment by deployment.
    every = {*DEPLOYMENT_NAMES, REVIEW}
    eventually(lambda: {tag for run in coming() for tag in run.tags} >= every)
    now = datetime.now(UTC)
    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS['p2'].name}/{DEPLOYMENT_NAMES['p2']}")
        by_hand = api.create_flow_run_from_deployment(
            deployment.id, name="của tôi", state=Scheduled(scheduled_time=now + timedelta(hours=3))
        )
    assert name_coming_runs(now - timedelta(hours=1)) > 10
    said = r"(p[1-5] · dự kiến (07:30|13:30)|sơ kết năm · dự kiến 08:00|sao lưu · dự kiến 11:45) \d\d/\d\d/\d{4}"
    assert [run.name for run in coming() if not re.fullmatch(said, run.name)] == []
    assert name_coming_runs(now - timedelta(hours=1)) == 0
    with client() as api:
        assert api.read_flow_run(by_hand.id).name == "của tôi"
    # A clock that was ten years ahead has scheduled these, and Prefect would plan no nearer ones.
    assert drop_far_runs(now) == 0
    far = {run.id for run in coming()}
    assert drop_far_runs(now - TEN_YEARS) > 10
    assert not far & {run.id for run in coming()}, "but for what Prefect's scheduler has made meanwhile"
    with client() as api:
        assert api.read_flow_run(by_hand.id).name == "của tôi"


def test_the_server_refuses_a_form_that_is_no_form(server: Settings, plan: Plan) -> None:
    from prefect.exceptions import PrefectHTTPStatusError

    from flows.deployments.register import deploy
    from flows.names import DEPLOYMENT_NAMES
    from flows.priorities import PRIORITY_FLOWS

    deploy(plan)
    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS['p2'].name}/{DEPLOYMENT_NAMES['p2']}")
        with pytest.raises(PrefectHTTPStatusError, match="409"):
            api.create_flow_run_from_deployment(deployment.id, parameters={"form": {"offices": ["KHONG-CO"]}})


def test_what_a_stop_left_behind_is_ended_and_what_is_to_come_is_left(server: Settings, plan: Plan) -> None:
    from prefect.states import Running, Scheduled

    from flows.deployments.register import deploy
    from flows.names import DEPLOYMENT_NAMES
    from flows.priorities import PRIORITY_FLOWS
    from hosting.prefect.corrected_runs import StaleRuns, end_stale_runs

    deploy(plan)
    now = datetime.now(UTC)
    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS['p5'].name}/{DEPLOYMENT_NAMES['p5']}")

        def left(state: Any) -> UUID:
            run: UUID = api.create_flow_run_from_deployment(deployment.id).id
            api.set_flow_run_state(run, state, force=True)
            return run

        broken_off = left(Running())
        missed = left(Scheduled(scheduled_time=now - timedelta(hours=3)))
        to_come = left(Scheduled(scheduled_time=now + timedelta(hours=3)))
        assert end_stale_runs(now) == StaleRuns(interrupted=1, missed=1)
        runs = [api.read_flow_run(run) for run in (broken_off, missed, to_come)]
        assert [run.name for run in runs[:2]] == ["p5 · dừng giữa chừng", "p5 · không chạy, máy tắt"]
        ends = [run.state for run in runs]
        assert [end.type.value for end in ends] == ["CRASHED", "CANCELLED", "SCHEDULED"]
        assert "làm bù" in ends[0].message
        assert end_stale_runs(now) == StaleRuns(interrupted=0, missed=0)


def test_runs_ended_from_outside_and_still_called_as_before_their_end_are_renamed(server: Settings, plan: Plan) -> None:
    """By hand on Prefect's pages, or by Prefect itself, some before they began: no hook of ours runs."""
    from prefect.states import Cancelled, Completed, Crashed, Failed, Pending, Running

    from flows.deployments.register import deploy
    from flows.names import DEPLOYMENT_NAMES
    from flows.priorities import PRIORITY_FLOWS
    from hosting.prefect.corrected_runs import name_ended_runs

    deploy(plan)
    now = datetime.now(UTC)
    ends = [
        ("đang chạy", Running(), Failed(), "lỗi chưa lường trước"),
        ("đang chạy", Running(), Crashed(), "dừng giữa chừng"),
        ("đang lập", Running(), Cancelled(), "đã hủy"),
        ("đang chạy", Running(), Completed(), "đã xong"),
        ("dự kiến 07:30 28/11/2026", Pending(), Crashed(), "dừng giữa chừng"),
        ("khởi động", Pending(), Failed(), "lỗi chưa lường trước"),
        ("chạy lại", Pending(), Cancelled(), "đã hủy"),
        ("máy dừng, đã chạy lại", Running(), Crashed(), "máy dừng, đã chạy lại"),
        ("khởi động", Pending(), Pending(), "khởi động"),
        ("đang chạy", Running(), Running(), "đang chạy"),
    ]
    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS['p3'].name}/{DEPLOYMENT_NAMES['p3']}")
        runs = []
        for before, *states, _ in ends:
            run = api.create_flow_run_from_deployment(deployment.id, name=f"p3 · {before}").id
            for state in states:
                api.set_flow_run_state(run, state, force=True)
            runs.append(run)
        assert name_ended_runs(now) == 7
        assert [api.read_flow_run(run).name for run in runs] == [f"p3 · {outcome}" for *_, outcome in ends]
        assert name_ended_runs(now) == 0
        for run in runs[-2:]:
            api.delete_flow_run(run)


def test_where_no_server_is_named_or_running_one_is_started_and_ended_with_the_run(tmp_path: Path) -> None:
    """In a process of its own, as the command does it: this one speaks to another server."""
    settings = load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path)})
    with open_store(settings) as store:
        issue(store)
    command = [sys.executable, "-m", "cli.main", "run", "p2", "--as-of", "2023-08-18T07:30", "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}
    environment["DONDOC_DATA_DIR"] = str(tmp_path)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert json.loads(done.stdout)["assigned"] > 0
    with sqlite3.connect(settings.prefect_home / "prefect.db") as history:
        ended = history.execute("SELECT state_type FROM flow_run UNION ALL SELECT state_type FROM task_run").fetchall()
    assert ended == [("COMPLETED",)] * 6, "the run and its five tasks are on record although the server has ended"
    held = holder(settings)
    assert held is not None
    assert not answers(held.api_url)


def test_a_browser_is_told_to_ask_no_other_host(server: Settings) -> None:
    with urllib.request.urlopen(f"{os.environ['PREFECT_API_URL']}/health", timeout=10) as answer:
        assert "connect-src 'self'" in answer.headers["content-security-policy"]


def test_a_named_server_that_does_not_answer_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://{HOST}:{free_port()}/api"
    monkeypatch.setenv("PREFECT_API_URL", url)
    with (
        pytest.raises(Refused, match=f"{url} không trả lời"),
        reach_prefect(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path)})),
    ):
        pass


def _label(plan: Plan, place: int) -> str:
    office = plan.offices[place]
    return f"{office.code} – {office.name_vi}"


def test_the_review_of_a_year_is_published_under_its_own_name(store: Store) -> None:
    from flows.yearly_review import ReviewForm, review_year

    issue(store)
    run_here("p1", as_of("p1"))
    end = review_year(ReviewForm(year=2023), return_state=True)  # type: ignore[call-overload]
    run = newest_run("Sơ kết năm")
    assert end.is_completed()
    assert run.name == "Sơ kết 2023 · đúng hạn 0%"
    assert "so-ket" in run.tags
    assert artifacts_of(run.id)["review-2023"].startswith("# Sơ kết năm 2023")


def test_the_daily_backup_names_its_size_and_what_failed(store: Store) -> None:
    from flows.daily_backup import BackupForm, back_up_daily

    issue(store)
    back_up_daily(BackupForm(), return_state=True)  # type: ignore[call-overload]
    run = newest_run("Sao lưu")
    assert re.fullmatch(r"sao lưu · \d\d/\d\d/\d{4} · \d+,\d MB", run.name)
    assert list(store.settings.backup_dir.glob("dondoc-*.tar.gz"))
    with session_scope(store.engine) as session:
        session.connection().exec_driver_sql("UPDATE anchor SET title = 'khác'")
    state = back_up_daily(BackupForm(), return_state=True)  # type: ignore[call-overload]
    assert "anchor:1" in state.message
    assert newest_run("Sao lưu").name == "sao lưu · không thành"


def test_a_daily_backup_under_a_wrong_clock_says_so_and_writes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.daily_backup import BackupForm, back_up_daily

    begin_at(monkeypatch, store, MORNING)
    issue(store)
    set_clock(monkeypatch, MORNING + TEN_YEARS)
    back_up_daily(BackupForm(), return_state=True)  # type: ignore[call-overload]
    run = newest_run("Sao lưu")
    assert run.name == "sao lưu · đồng hồ máy sai"
    assert {"sao-luu", "loi", "dong-ho"} <= set(run.tags)
    (letter,) = letters(store.settings.mailbox_dir)
    assert "Đồng hồ máy chủ sai" in letter.subject
    # Set right a moment after the run has begun, it would still be called after that day.
    moments = iter([MORNING + TEN_YEARS])
    monkeypatch.setattr(clock, "machine_time", lambda: next(moments, MORNING))
    back_up_daily(BackupForm(), return_state=True)  # type: ignore[call-overload]
    assert newest_run("Sao lưu").name == "sao lưu · đồng hồ máy sai"
    assert not store.settings.backup_dir.exists()
