"""What the courier sends in a second, from the outbox to a server on this machine, against the best that others do.

Every server is a process of its own; both sides of a comparison use the same one and alternate. SQLite store.

mail     one letter for each message, from outbox to record, against aiosmtplib (dev extra) with ten connections and no
         outbox: at least 1x where it composes each letter as we do; printed beside it, where it sends the bytes of one
         letter again and again, which nobody wants but is the limit; the CPU time of one message on each side
chat     jsons:// with a certificate that is verified, against plain Apprise with an object for each message, one after
         another, which reads the system's certificates from one file: at least 8x
slow     a provider that takes 50 ms to answer, ten senders against one: at least 4x
digests  as many notices as there are letters, into a hundred digests
memory   the peak of a process that sends a tenth as many letters, and of one that sends ten times as many

    python benchmarks/delivery.py [--size 10000] [--rounds 5] [mail chat slow digests memory]
"""

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import requests
from sinks import Sink, http_sink, self_made_certificate, smtp_sink
from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col
from tracking import fill

from config.clock import HANOI
from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from config.settings import load_settings
from models.keeping.opening import Store, open_store
from models.store.database import open_database, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, Urgency
from models.tables.outbox import Message, Notice
from notifications.channels.certificates import use_hashed_certificates
from notifications.courier.courier import deliver

NOW = datetime(2023, 9, 12, 7, 30, tzinfo=HANOI)
CONNECTIONS = 10
PLAIN, SLOW = 40, 200
"""Messages for plain Apprise and for the slow provider: each takes tens of milliseconds."""

Taken = tuple[float, float]
"""Seconds and seconds of CPU time."""

Fresh = Callable[[], Store]
"""Gives a store of its own with messages that wait."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=[], choices=[*PARTS, []])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak-of", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--to", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.peak_of:
            _peak(Path(folder), asked.peak_of, asked.to)
            return
        for name in asked.what or PARTS:
            PARTS[name](Path(folder), asked.size, asked.rounds)


def mail(folder: Path, size: int, rounds: int) -> None:
    fresh, words = _template(folder / "mail", size), _words()
    same = _composed(words).as_bytes()
    with smtp_sink() as sink:
        ours, theirs, bare = _alternating(
            rounds,
            lambda: _deliver(_reached(fresh(), _mail(sink)), size, sink),
            lambda: _by_aiosmtplib(sink, size, lambda: _composed(words)),
            lambda: _by_aiosmtplib(sink, size, same),
        )
    print(f"mail, {size:,} letters of {len(same):,} bytes, medians of {rounds} alternating rounds")
    _show("dondoc", size, ours)
    _show("aiosmtplib", size, theirs)
    _show("same letter", size, bare)
    _ratio("dondoc / aiosmtplib", size, ours, size, theirs)
    _ratio("dondoc / aiosmtplib sending the same letter again and again", size, ours, size, bare)


def chat(folder: Path, size: int, rounds: int) -> None:
    size = max(size // 10, 100)
    fresh = _template(folder / "chat", size)
    certificate = self_made_certificate(folder)
    bundle = folder / "bundle.pem"  # what a system trusts, and our server
    bundle.write_text(Path(requests.certs.where()).read_text(encoding="utf-8") + certificate.read_text())
    with http_sink(certificate=certificate) as sink:
        url = f"jsons://127.0.0.1:{sink.port}/hook"
        with _environment(SSL_CERT_FILE=str(bundle), REQUESTS_CA_BUNDLE="", CURL_CA_BUNDLE=""):
            use_hashed_certificates(folder)  # as the first message of a process does; the directory is kept on disk
            ours, plain = _alternating(
                rounds,
                lambda: _deliver(_reached(fresh(), Address("jsons", "vi", url)), size, sink),
                lambda: _by_plain_apprise(url, bundle),
            )
    print(f"TLS chat, {size:,} messages against {PLAIN}, medians of {rounds} alternating rounds")
    _show("dondoc", size, ours)
    _show("plain Apprise", PLAIN, plain)
    _ratio("dondoc / plain Apprise", size, ours, PLAIN, plain)


def slow(folder: Path, size: int, rounds: int) -> None:
    fresh = _template(folder / "slow", SLOW)
    with http_sink(answer_after_s=0.05) as sink:
        address = Address("json", "vi", f"json://127.0.0.1:{sink.port}/hook")

        def with_senders(senders: int) -> Taken:
            store = _reached(fresh(), address)
            return _deliver(replace(store, settings=replace(store.settings, senders=senders)), SLOW, sink)

        ten, one = _alternating(rounds, lambda: with_senders(CONNECTIONS), lambda: with_senders(1))
    print(f"a provider that takes 50 ms, {SLOW} messages, medians of {rounds} alternating rounds")
    _show("ten senders", SLOW, ten)
    _show("one sender", SLOW, one)
    _ratio("ten / one", SLOW, ten, SLOW, one)


def digests(folder: Path, size: int, rounds: int) -> None:
    fresh = _template(folder / "digests", size, digests=100)
    with smtp_sink() as sink:
        taken = [_deliver(_reached(fresh(), _mail(sink)), 100, sink)[0] for _ in range(rounds)]
    print(f"{size:,} notices into 100 digests: {statistics.median(taken):.2f} s, median of {rounds}")


def memory(folder: Path, size: int, rounds: int) -> None:
    peaks = {}
    with smtp_sink() as sink:
        for count in (max(size // 10, 1), size * 10):
            command = [sys.executable, __file__, "--peak-of", str(count), "--to", _mail(sink).url]
            peaks[count] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    (few, low), (many, high) = peaks.items()
    print(f"peak memory: {low / 1024:.0f} MB for {few:,} letters, {high / 1024:.0f} MB for {many:,}: {high / low:.2f}x")


PARTS = {"mail": mail, "chat": chat, "slow": slow, "digests": digests, "memory": memory}


def _mail(sink: Sink) -> Address:
    return Address("mailto", "vi", f"mailto://127.0.0.1:{sink.port}?from=dondoc@tinh.example&to=vanthu@so.example")


def _reached(store: Store, address: Address) -> Store:
    """The store with every office reached over one address."""
    return replace(store, contacts=Contacts({(office.code, "focal"): address for office in store.plan.offices}))


def _template(folder: Path, messages: int, *, digests: int = 0) -> Fresh:
    """A store with messages that wait, from which each round gets a copy."""
    template, copy = folder / "template", folder / "copy"
    with _opened(template) as store:
        _fill(store, messages, digests=digests)
        kept = store

    def fresh() -> Store:
        if copy.exists():
            shutil.rmtree(copy)
        shutil.copytree(template, copy)
        url = f"sqlite:///{copy}/dondoc.sqlite"
        settings = replace(kept.settings, data_dir=copy, database_url=url)
        return replace(kept, settings=settings, engine=open_database(url))

    return fresh


def _opened(folder: Path):  # type: ignore[no-untyped-def]
    # One recipient stands for thousands here.
    rates = {"DONDOC_PROVIDER_RATE": "1000000", "DONDOC_RECIPIENT_RATE": "1000000"}
    environ = {"DONDOC_DATA_DIR": str(folder), "HOME": str(folder), "DONDOC_SECRET_KEY": "k" * 40} | rates
    return open_store(load_settings(environ))


def _fill(store: Store, notices: int, *, digests: int = 0) -> None:
    """One message for each notice; or notices that wait for so many recipients, not yet in messages."""
    fill(store, all_=notices, due=notices)
    offices = [office.code for office in store.plan.offices if office.exists_on(NOW.date())] if digests else ["SYT"]
    recipients = [(office, desk) for desk in Desk for office in offices][: digests or 1]
    with session_scope(store.engine) as session:
        numbers = session.scalars(select(col(Assignment.id)).order_by(col(Assignment.id))).all()
        to = {number: recipients[position % len(recipients)] for position, number in enumerate(numbers)}
        # Nobody is told of another office's work.
        whose = (
            update(Assignment).where(col(Assignment.id) == bindparam("its_id")).values(office=bindparam("its_office"))
        )
        session.connection().execute(whose, [{"its_id": n, "its_office": office} for n, (office, _) in to.items()])
        if not digests:
            session.execute(insert(Message), [_waiting(position + 1) for position in range(notices)])
        session.execute(
            insert(Notice),
            [
                {
                    "kind": NoticeKind.ASSIGNED,
                    "assignment_id": number,
                    "rung": "assigned",
                    "office": office,
                    "desk": desk,
                    "channel": "mailto",
                    "urgency": Urgency.NORMAL,
                    "state": NoticeState.PENDING,
                    "run_key": "benchmark",
                    "created_at": NOW,
                    "reason": "",
                    "message_id": None if digests else position + 1,
                }
                for position, (number, (office, desk)) in enumerate(to.items())
            ],
        )


def _waiting(number: int) -> dict[str, object]:
    return {
        "id": number,
        "message_key": f"dondoc-{uuid4()}",
        "office": "SYT",
        "desk": Desk.FOCAL,
        "channel": "mailto",
        "urgency": Urgency.NORMAL,
        "state": MessageState.QUEUED,
        "attempts": 0,
        "expired_leases": 0,
        "next_attempt_at": NOW,
        "created_at": NOW,
        "subject": "",
        "body_text": "",
        "body_html": "",
        "error": "",
    }


def _deliver(store: Store, size: int, sink: Sink) -> Taken:
    """Send all that waits."""
    before, cpu, began = sink.taken, _cpu(), time.perf_counter()
    done = deliver(store, now=NOW)
    taken = time.perf_counter() - began, _cpu() - cpu
    assert (done.sent, done.waiting, sink.taken - before) == (size, 0, size), done
    store.engine.dispose()
    return taken


def _words() -> Message:
    """A message as the courier words it."""
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as sink:
        store = _reached(_template(Path(folder), 1)(), _mail(sink))
        deliver(store, now=NOW)
        with session_scope(store.engine) as session:
            words = session.scalars(select(Message)).one()
        store.engine.dispose()
        return words


def _composed(words: Message) -> EmailMessage:
    """The same words in a letter made with the standard library."""
    composed = EmailMessage()
    composed["Subject"] = words.subject
    composed["From"] = "Đôn đốc <dondoc@tinh.example>"
    composed["To"] = "Sở Y tế <vanthu@so.example>"
    composed["Date"] = NOW
    composed["Message-ID"] = f"<{uuid4()}@dondoc>"
    composed.set_content(words.body_text)
    composed.add_alternative(words.body_html, subtype="html")
    return composed


def _by_aiosmtplib(sink: Sink, size: int, compose: Callable[[], EmailMessage] | bytes) -> Taken:
    """Over ten connections: a letter composed for each message, or the same bytes again and again."""
    import aiosmtplib

    async def send(share: int) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port) as client:
            for _ in range(share):
                if isinstance(compose, bytes):
                    await client.sendmail("dondoc@tinh.example", ["vanthu@so.example"], compose)
                else:
                    await client.send_message(compose())

    async def send_all() -> None:
        await asyncio.gather(*(send(len(range(n, size, CONNECTIONS))) for n in range(CONNECTIONS)))

    before, cpu, began = sink.taken, _cpu(), time.perf_counter()
    asyncio.run(send_all())
    taken = time.perf_counter() - began, _cpu() - cpu
    assert sink.taken - before == size
    return taken


def _by_plain_apprise(url: str, bundle: Path) -> Taken:
    import apprise

    service_of(url)  # so that what is loaded once is loaded
    with _environment(REQUESTS_CA_BUNDLE=str(bundle)):
        cpu, began = _cpu(), time.perf_counter()
        for _ in range(PLAIN):
            carrier = apprise.Apprise()
            carrier.add(url)
            assert carrier.notify(title="Đôn đốc", body="x" * 500)
        return time.perf_counter() - began, _cpu() - cpu


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Environment variables of this process, meanwhile; an empty one is not set."""
    before = {name: os.environ.pop(name, None) for name in values}
    os.environ.update({name: value for name, value in values.items() if value})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _peak(folder: Path, count: int, url: str) -> None:
    """Print the peak memory, in KB, of a process that sends so many letters; filling the store is another's."""
    filler = (
        "import sys; from pathlib import Path; import delivery\n"
        "with delivery._opened(Path(sys.argv[1])) as store: delivery._fill(store, int(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", filler, str(folder), str(count)], check=True, cwd=Path(__file__).parent)
    with _opened(folder) as store:
        done = deliver(_reached(store, Address("mailto", "vi", url)), now=NOW)
    assert (done.sent, done.waiting) == (count, 0)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _alternating(rounds: int, *deeds: Callable[[], Taken]) -> list[list[Taken]]:
    taken: list[list[Taken]] = [[] for _ in deeds]
    deeds[0]()  # statements, templates and plugins are learnt once in the life of a courier
    for number in range(rounds):
        for which in range(len(deeds)) if number % 2 else reversed(range(len(deeds))):  # each goes first in turn
            taken[which].append(deeds[which]())
    return taken


def _show(name: str, size: int, taken: list[Taken]) -> None:
    seconds, cpu = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"  {name:14} {size / seconds:8,.0f} messages/s, {cpu / size * 1000:6.2f} ms of CPU each")


def _ratio(name: str, size: int, ours: list[Taken], their_size: int, theirs: list[Taken]) -> None:
    ratios = [(size / a[0]) / (their_size / b[0]) for a, b in zip(ours, theirs, strict=True)]
    print(f"  {name}: {statistics.median(ratios):.2f}x (min {min(ratios):.2f}, max {max(ratios):.2f})")


if __name__ == "__main__":
    main()
