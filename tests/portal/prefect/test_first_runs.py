"""The first run of a plan that came in: asked of Prefect once its deployment is there, and on record."""

import json
from collections.abc import Iterator

import anyio
import pytest
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request

from models.keeping.opening import Store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from portal.prefect import first_runs
from portal.prefect.upstream import PrefectUnavailable
from portal.sign_in.session import Visitor, VisitorRole
from tests.support.cast import at
from tests.support.doorstep import Portal
from tests.support.outposts import free_port
from tests.support.prefect_stand_in import StandIn, prefect_stand_in

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def prefect() -> Iterator[StandIn]:
    with prefect_stand_in() as stand_in:
        stand_in.there = {
            "/api/deployments/filter": [{"id": "7", "tags": ["p6"]}],
            "/api/deployments/7/create_flow_run": {"id": "run-1"},
        }
        yield stand_in


def asked_from(store: Store, port: int) -> Request:
    """A request of a coordinator, as a page has it."""
    portal = Portal(store, prefect_port=port)
    app = Starlette()
    app.state.store, app.state.clock = portal.store, lambda: at("2023-08-18", 9)
    request = Request({"type": "http", "app": app, "headers": [], "method": "POST", "path": "/"})
    request.state.visitor = Visitor(VisitorRole.COORDINATOR)
    return request


def test_a_run_is_begun_by_the_deployment_of_the_priority(store: Store, prefect: StandIn) -> None:
    request = asked_from(store, prefect.port)
    anyio.run(first_runs._begin, request, ("p6",))
    looked, begun = prefect.asked
    assert json.loads(looked.body) == {"deployments": {"tags": {"all_": ["p6"]}}}
    assert begun.target == "/api/deployments/7/create_flow_run" and "p6" in json.loads(begun.body)["name"]
    with reading_session(store.engine) as session:
        verbs = session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.seq))).all()
    assert verbs[-2:] == ["start_run", "prefect_answered"]


def test_it_waits_for_the_deployment_but_not_without_end(
    store: Store, prefect: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_runs, "_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(first_runs, "_REGISTERED_WITHIN_S", 0.2)
    prefect.there["/api/deployments/filter"] = []
    anyio.run(first_runs._begin, asked_from(store, prefect.port), ("p6",))
    assert prefect.asked and all(each.target == "/api/deployments/filter" for each in prefect.asked)


def test_without_prefect_the_next_run_of_the_day_does_it(store: Store) -> None:
    request = asked_from(store, free_port())
    anyio.run(first_runs._begin, request, ("p6",))
    with pytest.raises(PrefectUnavailable):
        anyio.run(first_runs._is_begun, request, "p6")
