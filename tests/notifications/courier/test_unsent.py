"""The courier of a rehearsal: what it counts as sent is what ``deliver`` sends, and nobody hears of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Row, select
from sqlmodel import col

from config.contacts.web_addresses import WEBHOOK
from flows.steps import track
from models.delivery.webhooks.events import queue_events
from models.delivery.webhooks.registering import add_webhook
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message, Notice
from models.work import verbs
from notifications.courier.courier import deliver
from notifications.courier.unsent import deliver_to_nobody
from rehearsal.throwaway import copied_store, throwaway_settings
from tests.support.cast import at, begin, number_of, t0_report
from tests.support.outposts import WebHook

NOW = at("2023-09-12", 8)


def fates(store: Store) -> list[Row[tuple[int, str, str]]]:
    with reading(store.engine) as connection:
        columns = col(Notice.id), col(Notice.state), col(Notice.reason)
        return [*connection.execute(select(*columns).order_by(col(Notice.id)))]


def letters_sent(store: Store) -> list[Row[tuple[str, str]]]:
    with reading(store.engine) as connection:
        columns = col(Message.office), col(Message.desk)
        sent = select(*columns).where(col(Message.state) == MessageState.SENT, col(Message.channel) != WEBHOOK)
        return [*connection.execute(sent.order_by(*columns))]


def test_it_counts_what_is_sent_and_tells_neither_offices_nor_programs(
    store: Store, web_hook: Callable[..., WebHook], tmp_path: Path
) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    hook = web_hook()
    store = replace(store, settings=replace(store.settings, webhook_hosts=frozenset({"127.0.0.1"})))
    context = store.actor_context(now=NOW, actor="flow:p1", run_key="morning")
    with session_scope(store.engine) as session:
        url = f"http://127.0.0.1:{hook.port}/hook"
        add_webhook(session, store.settings, name="Theo dõi", url=url, events=(), context=context)
    track(store, "p1", context)
    with session_scope(store.engine) as session:  # what was written of it no longer applies
        office = store.actor_context(now=NOW, actor="office:SYT")
        verbs.report(session, number_of(store, "T0.1"), t0_report(), office)
    queue_events(store.engine, context)
    mailbox = store.settings.mailbox_dir
    before = sorted(mailbox.iterdir())
    with copied_store(store, throwaway_settings(store.settings, tmp_path / "aside")) as copied:
        counts = deliver_to_nobody(copied, NOW)
        counted = fates(copied), letters_sent(copied)
    assert hook.taken == [] and sorted(mailbox.iterdir()) == before
    assert counts.sent > 10 and counts.cancelled > 0
    deliver(store, now=NOW)
    assert (fates(store), letters_sent(store)) == counted
    assert hook.taken, "the program is told of what really happens"


def test_a_copy_changes_nothing_and_holds_what_the_store_holds(store: Store, tmp_path: Path) -> None:
    begin(store, "p1", at("2023-08-18"))
    with copied_store(store, throwaway_settings(store.settings, tmp_path / "aside")) as copied:
        assert fates(copied) == fates(store)
        with session_scope(copied.engine) as session:
            session.delete(session.get_one(Notice, 1))
        with reading(copied.engine) as connection:
            assert connection.scalar(select(col(Assignment.id)).limit(1)) is not None
    assert fates(store)[0][0] == 1
