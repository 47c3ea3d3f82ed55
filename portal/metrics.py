"""Metrics for Prometheus: what is open and late, and whether messages still leave."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, String, func, literal, select
from sqlmodel import col

from models.delivery.auditor import LOOKBACK, audit_follow_up
from models.store.database import reading
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from models.work.lists.desk_list import decisions_waiting
from portal.authorizing import bearer
from portal.sign_in.session import Visitor, VisitorRole
from portal.web import now_of, store_of
from reports.figures import tally

router = APIRouter()


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Counts only: no office, no title, no address; for this machine, or by a token whose owner sees all."""
    if not (_is_local(request) or _may_see_all(bearer(request))):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    with reading(store_of(request).engine) as connection:
        registry = CollectorRegistry()
        registry.register(_Counts(connection, request))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _may_see_all(holder: Visitor) -> bool:
    return holder.role in (VisitorRole.COORDINATOR, VisitorRole.MANAGER) and holder.directives is None


def _is_local(request: Request) -> bool:
    """Whether the request comes from this machine, and was not handed on by a proxy on it."""
    if {"forwarded", "x-forwarded-for", "x-real-ip"} & set(request.headers):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class _Counts(Collector):
    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection = connection
        self._now, self._calendar = now_of(request), store_of(request).calendar

    def collect(self) -> Iterator[Metric]:
        by_status = tally(self._connection, now=self._now, calendar=self._calendar)[()].by_status
        yield _by("dondoc_assignments", "Assignments by status word.", "status", by_status)
        by_state = {state.value: 0 for state in MessageState}
        states = select(col(Message.state), func.count()).group_by(col(Message.state))
        by_state |= {state.value: count for state, count in self._connection.execute(states).all()}
        yield _by("dondoc_messages", "Messages by state of delivery.", "state", by_state)
        # A literal in the statement, so that the partial index of waiting notices is used.
        waiting = col(Notice.state) == literal(NoticeState.PENDING.value, String, literal_execute=True)
        count, oldest = self._connection.execute(
            select(func.count(), func.min(col(Notice.created_at))).where(waiting)
        ).one()
        yield GaugeMetricFamily("dondoc_notices_waiting", "Notices that wait to be sent.", count)
        age = (self._now - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily("dondoc_notices_oldest_waiting_seconds", "Age of the oldest waiting notice.", age)
        found = audit_follow_up(self._connection, now=self._now, calendar=self._calendar, since=self._now - LOOKBACK)
        yield _by("dondoc_followup_gaps", "What fell through in the last days, by check.", "check", found.counts())
        _, decisions = decisions_waiting(self._connection, limit=1)
        yield GaugeMetricFamily("dondoc_decisions_waiting", "Reports and requests that wait for a decision.", decisions)


def _by(name: str, text: str, label: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
