"""Programs told of events: what they are sent, signed and again until it is taken, and where nothing is sent to."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import Mock

import pytest
from sqlmodel import col, func, select

from config.catalogue.plan import Plan
from config.contacts.web_addresses import checked_hook_url, is_outside
from config.errors import Refused
from models.delivery.dead_letters import dead_letters, send_again
from models.delivery.webhooks.events import queue_events
from models.delivery.webhooks.registering import add_webhook, end_webhook, secret_of, try_webhook
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.audit_event import AuditEvent
from models.store.database import DatabaseBusy, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE
from models.tables.outbox import Webhook
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.deeds.direct import move_dates
from notifications.channels.connections import Connections
from notifications.channels.outgoing import OutgoingMessage, Result
from notifications.channels.webhook import posting
from notifications.channels.webhook.posting import Hook, post_events
from notifications.courier import courier
from notifications.courier.courier import deliver
from tests.support.cast import at, begin, issue, number_of, run, t0_report
from tests.support.certificates import self_signed
from tests.support.outposts import WebHook, free_port

Hooks = Callable[..., WebHook]
BEGUN, NEXT_DAY = at("2023-08-18"), at("2023-08-21", 9)
SECRET = f"whsec_{base64.b64encode(b'x' * 32).decode()}"


@pytest.fixture
def house(store: Store) -> Store:
    """The work of p1, assigned; programs on this machine may be told."""
    begin(store, "p1", BEGUN)
    return replace(store, settings=replace(store.settings, webhook_hosts=frozenset({"127.0.0.1"})))


def register(store: Store, port: int, *events: str) -> Webhook:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NEXT_DAY, actor="coordinator")
        url = f"http://127.0.0.1:{port}/hook"
        return add_webhook(session, store.settings, name="Theo dõi của tỉnh", url=url, events=events, context=context)


def events_in(hook: WebHook) -> list[dict[str, Any]]:
    return [event for _, body in hook.taken for event in body["events"]]


def acknowledge_and_report(store: Store) -> int:
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NEXT_DAY, actor="office:SYT")
        verbs.acknowledge(session, number, context)
        verbs.report(session, number, t0_report(), context)
    return number


def test_facts_are_told_once_in_order_and_signed(house: Store, web_hook: Hooks) -> None:
    hook = web_hook()
    made = register(house, hook.port)
    number = acknowledge_and_report(house)
    deliver(house, now=NEXT_DAY + timedelta(minutes=1))
    deliver(house, now=NEXT_DAY + timedelta(minutes=2))
    assert [(each["event"], each["assignment"]["id"]) for each in events_in(hook)] == [
        ("acknowledged", number),
        ("reported", number),
    ]
    told = events_in(hook)[1]["assignment"]
    assert (told["office"], told["subtask"], told["state"], told["due_date"]) == (
        "SYT",
        "T0.1",
        "reported",
        "2023-09-11",
    )
    headers, body = hook.taken[0]
    said = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{said}"
    key = base64.b64decode(secret_of(house.settings, made).removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"


def test_a_deed_tells_of_each_assignment_and_what_falls_overdue_is_told_once(house: Store, web_hook: Hooks) -> None:
    hook = web_hook()
    register(house, hook.port, "moved", "overdue")
    number = number_of(house, "T0.1")
    context = house.actor_context(now=NEXT_DAY, actor="coordinator")
    given = Provenance(reason="Chờ số liệu.")
    deed = apply(house.engine, move_dates([number], date(2023, 9, 20), provenance=given, context=context)).deed
    deliver(house, now=NEXT_DAY + timedelta(minutes=1))
    ((name, about, of_deed),) = [(e["event"], e["assignment"]["id"], e["deed"]) for e in events_in(hook)]
    assert (name, about, of_deed) == ("moved", number, deed)
    for day in ("2023-09-21", "2023-09-22"):
        deliver(house, now=at(day, 9))
    overdue = [each for each in events_in(hook) if each["event"] == "overdue"]
    assert [each["assignment"]["id"] for each in overdue].count(number) == 1
    assert {each["assignment"]["status"] for each in overdue} == {"open_overdue"}
    with reading_session(house.engine) as session:
        late = [session.get_one(Assignment, each["assignment"]["id"]).due_at for each in overdue]
    assert all(NEXT_DAY < each <= at("2023-09-22", 9) for each in late)


def test_what_falls_overdue_while_nothing_else_happens_is_told_each_time(house: Store, web_hook: Hooks) -> None:
    hook = web_hook()
    made = register(house, hook.port, "overdue")
    with session_scope(house.engine) as session:
        first, second = session.exec(
            select(Assignment).where(col(Assignment.state).in_(WAITING_FOR_OFFICE)).order_by(col(Assignment.id))
        ).all()[:2]
        first.due_at, second.due_at = at("2023-08-22"), at("2023-08-23")
        numbers = [first.id, second.id]
    for day in ("2023-08-22", "2023-08-23"):
        with session_scope(house.engine) as session:  # as if nothing else had gone on the record between
            session.get_one(Webhook, made.id).seen_seq = session.exec(select(func.max(AuditEvent.seq))).one()
            session.flush()
        queue_events(house.engine, house.actor_context(now=at(day, 9), actor="courier"))
    # Several senders would let one message overtake the other.
    deliver(replace(house, settings=replace(house.settings, senders=1)), now=at("2023-08-23", 10))
    assert [each["assignment"]["id"] for each in events_in(hook)] == numbers


LATE = at("2023-09-20", 9)
"""After the due date of T0.1."""


def not_taken(store: Store, number: int, hour: int, *, taken_back: bool) -> None:
    with session_scope(store.engine) as session:
        when = at("2023-09-20", hour)
        if taken_back:
            verbs.take_back(session, number, store.actor_context(now=when, actor="office:SYT"))
        else:
            context = store.actor_context(now=when, actor="coordinator")
            verbs.return_(session, number, "Thiếu số liệu.", context)


@pytest.mark.parametrize("event", ["returned", "taken_back", "moved"])
def test_what_is_late_by_a_fact_is_told_as_overdue_after_it(house: Store, web_hook: Hooks, event: str) -> None:
    hook = web_hook()
    register(house, hook.port, event, "overdue")
    number = number_of(house, "T0.1")
    if event != "moved":
        acknowledge_and_report(house)
    deliver(house, now=LATE)
    hook.taken.clear()
    if event == "moved":
        context = house.actor_context(now=LATE, actor="coordinator")
        given = Provenance(reason="Theo văn bản mới.")
        change = move_dates([number], date(2023, 9, 15), provenance=given, context=context)
        apply(house.engine, change, may_be_late=True)
    else:
        not_taken(house, number, 10, taken_back=event == "taken_back")
    for hour in (11, 12):
        deliver(house, now=at("2023-09-20", hour))
    events = [each for each in events_in(hook) if each["assignment"]["id"] == number]
    assert [each["event"] for each in events] == [event, "overdue"]
    assert events[1]["assignment"]["status"] == "open_overdue" and events[0]["id"] != events[1]["id"]


def test_what_is_assigned_late_is_told_as_overdue(store: Store, web_hook: Hooks) -> None:
    hook, house = web_hook(), replace(store, settings=replace(store.settings, webhook_hosts=frozenset({"127.0.0.1"})))
    issue(house)
    register(house, hook.port, "overdue")
    with session_scope(house.engine) as session:
        session.exec(select(Webhook)).one().seen_at = LATE
    run(house, "p1", LATE)
    deliver(house, now=LATE + timedelta(minutes=1))
    assert number_of(house, "T0.1") in [each["assignment"]["id"] for each in events_in(hook)]


def test_where_nothing_happens_nothing_is_written_and_what_falls_overdue_later_is_told(
    house: Store, web_hook: Hooks
) -> None:
    hook = web_hook()
    register(house, hook.port, "overdue")

    def position(now: datetime) -> tuple[int, datetime]:
        queue_events(house.engine, house.actor_context(now=now, actor="courier"))
        with reading_session(house.engine) as session:
            found = session.exec(select(Webhook)).one()
            return found.seen_seq, found.seen_at

    begun = position(NEXT_DAY + timedelta(minutes=1))
    assert position(NEXT_DAY + timedelta(minutes=2)) == position(NEXT_DAY + timedelta(days=1)) == begun
    deliver(house, now=at("2023-09-12", 9))
    assert number_of(house, "T0.1") in [each["assignment"]["id"] for each in events_in(hook)]


def test_what_is_not_taken_is_tried_again_and_given_up_to_the_desk(house: Store, web_hook: Hooks) -> None:
    broken = web_hook(status=503)
    register(house, broken.port, "reported")
    acknowledge_and_report(house)
    deliver(house, now=NEXT_DAY + timedelta(minutes=1))
    deliver(house, now=NEXT_DAY + timedelta(hours=2))
    assert len(broken.taken) == 2 and broken.taken[0][0]["webhook-id"] == broken.taken[1][0]["webhook-id"]
    gone = web_hook(status=410)
    with session_scope(house.engine) as session:
        hook = session.get_one(Webhook, 1)
        hook.url = f"http://127.0.0.1:{gone.port}/hook"
    deliver(house, now=NEXT_DAY + timedelta(hours=8))
    with session_scope(house.engine) as session:
        (dead,) = [each for each in dead_letters(session) if each.channel == "webhook"]
        assert "410" in dead.reason
        assert send_again(session, dead.id, house.actor_context(now=NEXT_DAY + timedelta(hours=9), actor="coordinator"))
    deliver(house, now=NEXT_DAY + timedelta(hours=9))
    assert len(gone.taken) == 2, "again to the program, and not by letter"


def without(store: Store, part: str) -> Store:
    """The store by a plan from before T0.1, or its steps, were in it."""
    plan = store.plan
    priority = plan.priority(plan.priority_of("T0.1"))
    if part == "subtask":
        fewer = tuple(each for each in priority.subtasks if each.code != "T0.1")
    else:
        changed = plan.subtask("T0.1")
        renamed = tuple(each.model_copy(update={"key": f"{each.key}-cu"}) for each in changed.steps)
        fewer = tuple(
            each.model_copy(update={"steps": renamed}) if each is changed else each for each in priority.subtasks
        )
    old = priority.model_copy(update={"subtasks": fewer})
    priorities = tuple(old if each is priority else each for each in plan.priorities)
    fields = dict(plan) | {"priorities": priorities}
    return replace(store, plan=Plan.model_construct(**fields))


@pytest.mark.parametrize("part", ["subtask", "step"])
def test_work_of_a_newer_plan_is_told_by_a_round_that_has_it(house: Store, web_hook: Hooks, part: str) -> None:
    hook = web_hook()
    made = register(house, hook.port)
    other = number_of(house, "T1.1")
    with session_scope(house.engine) as session:
        verbs.acknowledge(session, other, house.actor_context(now=NEXT_DAY, actor="office:SYT"))
    acknowledge_and_report(house)
    for minutes in (1, 2):
        deliver(without(house, part), now=NEXT_DAY + timedelta(minutes=minutes))
        assert [each["assignment"]["id"] for each in events_in(hook)] == [other]
    deliver(without(house, part), now=at("2023-09-20", 9))
    assert len(events_in(hook)) == 1
    deliver(house, now=at("2023-09-20", 10))
    events = events_in(hook)
    assert [each["event"] for each in events[:3]] == ["acknowledged", "acknowledged", "reported"]
    assert "overdue" in [each["event"] for each in events] and len({each["id"] for each in events}) == len(events)
    with reading_session(house.engine) as session:
        assert session.get_one(Webhook, made.id).seen_at == at("2023-09-20", 10)


@pytest.mark.parametrize(("fault", "is_traced"), [(KeyError("T9.9"), True), (DatabaseBusy(), False)])
def test_letters_go_out_whatever_is_wrong_with_the_events(
    fault: Exception,
    is_traced: bool,
    house: Store,
    web_hook: Hooks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    register(house, web_hook().port)
    acknowledge_and_report(house)
    monkeypatch.setattr(courier, "queue_events", Mock(side_effect=fault))
    assert deliver(house, now=NEXT_DAY + timedelta(minutes=1)).sent
    assert f"programs were told nothing this time: {type(fault).__name__}" in caplog.text
    assert ("Traceback" in caplog.text) == is_traced


def test_a_try_and_an_end(house: Store, web_hook: Hooks) -> None:
    hook = web_hook()
    number = register(house, hook.port).id or 0
    context = house.actor_context(now=NEXT_DAY, actor="coordinator")
    for _ in range(2):
        with session_scope(house.engine) as session:
            try_webhook(session, number, context)
    deliver(house, now=NEXT_DAY)
    assert [each["event"] for each in events_in(hook)] == ["try"]
    with session_scope(house.engine) as session:
        end_webhook(session, number, context)
    acknowledge_and_report(house)
    deliver(house, now=NEXT_DAY + timedelta(minutes=1))
    assert len(hook.taken) == 1
    with session_scope(house.engine) as session, pytest.raises(Refused):
        try_webhook(session, number, context)


def test_all_that_is_wrong_with_it_is_told_at_once(house: Store) -> None:
    context = house.actor_context(now=NEXT_DAY, actor="coordinator")
    with session_scope(house.engine) as session, pytest.raises(Refused) as refused:
        add_webhook(session, house.settings, name="", url="http://x.example/", events=["nothing"], context=context)
    assert len(refused.value.details) == 3


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/a", "https://[::1]/"),
        *(
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://[fe80::1%25eth0]/",
            "https://may-1/",
        ),
        *(
            "https://user:pass@example.com/",
            "https://example.com/#a",
            "ftp://example.com/",
            "https://",
            "https://a b.vn/",
            "https://a.example.vn/\x01",
            "https://a.example.vn/\x7f",
            "https://a..example.vn/",
            f"https://{'a' * 64}.example.vn/",
        ),
        *(
            "https://0.0.0.0/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://x.internal/",
            "https://2130706433/",
        ),
        *("https://0x7f.1/", "https://example.com:99999/"),
    ],
)
def test_nothing_is_sent_inside_or_in_the_open(url: str) -> None:
    with pytest.raises(Refused):
        checked_hook_url(url, frozenset())


def test_hosts_that_the_operator_names_are_reached_also_inside() -> None:
    inside = frozenset({"10.1.2.3", "may-1"})
    for url in ("http://10.1.2.3:8080/hook", "https://may-1/a?b=c", "https://phan-mem.example/hook"):
        assert checked_hook_url(url, inside) == url
    assert is_outside("8.8.8.8") and is_outside("2606:4700::1111") and not is_outside("224.0.0.1")


@pytest.mark.parametrize("leads_to", ["127.0.0.1", "10.0.0.1", "::1"])
def test_a_name_that_leads_inside_is_not_connected_to(leads_to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (leads_to, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    message = OutgoingMessage("key", "", "", '{"events":[]}', "", "")
    with Connections() as connections:
        outcome = post_events(
            Hook(f"https://phan-mem.example:{free_port()}/", SECRET), message, inside=(), connections=connections
        )
    assert outcome.result is Result.PERMANENT and "dẫn vào trong mạng" in outcome.reason
    assert asked == ["phan-mem.example"]


@pytest.mark.parametrize(
    ("name", "result"), [("phan-mem.example", Result.SENT), ("may-khac.example", Result.TEMPORARY)]
)
def test_the_address_that_was_looked_at_has_to_prove_the_name(
    name: str, result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads to this machine, which the guard is told to take for one outside."""
    certificate, taken = self_signed(tmp_path, host="phan-mem.example"), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.headers["Host"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    looked_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **how: found if host == name else looked_up(host, *more, **how)
    )
    monkeypatch.setattr(posting, "is_outside", lambda address: address == "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    message = OutgoingMessage("key", "", "", '{"events":[]}', "", "")
    with Connections() as connections:
        hook = Hook(f"https://{name}:{port}/dondoc", SECRET)
        outcome = post_events(hook, message, inside=(), connections=connections)
    server.shutdown()
    server.server_close()
    assert outcome.result is result, outcome
    assert taken == ([(f"{name}:{port}", b'{"events":[]}')] if result is Result.SENT else [])
