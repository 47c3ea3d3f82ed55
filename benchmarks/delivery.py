"""From what is due to what is on record as sent, in the shape of a province, against the best that others do.

Ours is all of it: the sweep, putting notices into messages, checking them again, wording, sending and recording. The
servers take what is sent in a process of their own, the same one for both sides, which alternate. SQLite store.

mail     10,000 due of 1,000 offices, and of as many offices as there are due: at least as fast as aiosmtplib (dev
         extra) composing and sending the same letters over ten connections, with no store and no words to find; the CPU
         time of a letter at most 1.2 times that of composing it by the standard library; the first letter within a
         second of the sweep
webhook  the same of 1,000 offices by json://, at least 0.8 times ten threads of httpx posting the same bodies
digests  10,000 due of 100 offices
chat     jsons:// with a certificate that is verified, against plain Apprise with an object for each message, one after
         another, which reads the system's certificates from one file: at least 8x
slow     a provider that takes 50 ms to answer, ten senders against one: at least 4x
memory   the peak of a process that sends a tenth as many letters, and of one that sends as many

    python benchmarks/delivery.py [--size 10000] [--rounds 3] [mail webhook digests chat slow memory]
"""

import argparse
import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import province
import requests
import tracking
from sinks import Sink, http_sink, smtp_sink
from sqlmodel import col, select

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address, Contacts
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message
from notifications.channels.certificates import use_hashed_certificates
from notifications.courier.courier import deliver
from tests.support.certificates import self_signed

CONNECTIONS = 10
PLAIN, SLOW = 40, 200
"""Messages for plain Apprise and for the slow provider: each takes tens of milliseconds."""


@dataclass(frozen=True)
class Taken:
    """Seconds, seconds of CPU time, messages, and seconds from the sweep's end to the first."""

    seconds: float
    cpu: float
    messages: int
    first: float = 0.0

    @property
    def each(self) -> float:
        return self.seconds / self.messages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=[], choices=[*PARTS, []])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peak-of", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.peak_of:
            _peak(Path(folder), asked.peak_of, asked.to)
            return
        for name in asked.what or PARTS:
            PARTS[name](asked.size, asked.rounds)
            print(f"  {tracking.load_average()}", flush=True)


def mail(size: int, rounds: int) -> None:
    for offices in (size // 10, size):
        compare_mail(size, offices, rounds)


def compare_mail(size: int, offices: int, rounds: int) -> tuple[float, float, float, float]:
    """Prints the comparison; returns letters a second, ours as a ratio to theirs, CPU as a ratio, and the first."""
    with smtp_sink() as sink, _waiting(size, offices, _mail(sink)) as fresh:
        with fresh() as store:
            proportions = province.proportions(store)
            _follow_up(store, sink)
            words = _words(store)
        ours, theirs, alone = _alternating(
            rounds,
            lambda: _followed_up(fresh, sink),
            lambda: _by_aiosmtplib(sink, words),
            lambda: _composed_alone(words),
        )
    print(f"mail: {proportions}; medians of {rounds} alternating rounds")
    _show("dondoc", ours)
    _show("aiosmtplib", theirs)
    _show("composing", alone)
    ratio = _ratio("dondoc / aiosmtplib composing each letter", ours, theirs)
    cpu = statistics.median(
        (our.cpu / our.messages) / (its.cpu / its.messages) for our, its in zip(ours, alone, strict=True)
    )
    first = statistics.median(each.first for each in ours)
    print(f"  CPU of a letter {cpu:.2f}x of composing it; the first {first:.2f} s after the sweep")
    return 1 / statistics.median(each.each for each in ours), ratio, cpu, first


def webhook(size: int, rounds: int) -> None:
    compare_webhook(size, rounds)


def compare_webhook(size: int, rounds: int) -> tuple[float, float]:
    """Prints the comparison; returns messages a second, and ours as a ratio to theirs."""
    with http_sink() as sink:
        url = f"json://127.0.0.1:{sink.port}/hook"
        with _waiting(size, size // 10, lambda office: f"{url}/{office}") as fresh:
            with fresh() as store:
                _follow_up(store, sink)
                words = _words(store)
            ours, theirs = _alternating(
                rounds, lambda: _followed_up(fresh, sink), lambda: _by_httpx(sink, url.replace("json", "http"), words)
            )
    print(f"webhook: {size:,} due of {size // 10:,} offices; medians of {rounds} alternating rounds")
    _show("dondoc", ours)
    _show("httpx", theirs)
    return 1 / statistics.median(each.each for each in ours), _ratio("dondoc / ten threads of httpx", ours, theirs)


def digests(size: int, rounds: int) -> None:
    measure_digests(size, rounds)


def measure_digests(size: int, rounds: int) -> float:
    """Prints and returns the seconds from due to recorded."""
    with smtp_sink() as sink, _waiting(size, 100, _mail(sink)) as fresh:
        taken = [_followed_up(fresh, sink) for _ in range(rounds + 1)][1:]
    seconds = statistics.median(each.seconds for each in taken)
    print(f"digests: {size:,} due of 100 offices in {seconds:.2f} s ({taken[0].messages} messages), median of {rounds}")
    return seconds


def chat(size: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate = self_signed(folder)
        bundle = folder / "bundle.pem"  # what a system trusts, and our server
        bundle.write_text(Path(requests.certs.where()).read_text(encoding="utf-8") + certificate.read_text())
        with (
            http_sink(certificate=certificate) as sink,
            _environment(SSL_CERT_FILE=str(bundle), REQUESTS_CA_BUNDLE="", CURL_CA_BUNDLE=""),
        ):
            use_hashed_certificates(folder)  # as the first message of a process does; the directory is kept on disk
            url = f"jsons://127.0.0.1:{sink.port}/hook"
            with _waiting(size, max(size // 10, 100), lambda _: url) as fresh:
                ours, plain = _alternating(
                    rounds, lambda: _followed_up(fresh, sink), lambda: _by_plain_apprise(url, bundle)
                )
    print(f"chat over TLS: {size:,} due, against {PLAIN} messages; medians of {rounds} alternating rounds")
    _show("dondoc", ours)
    _show("plain Apprise", plain)
    _ratio("dondoc / plain Apprise", ours, plain)


def slow(size: int, rounds: int) -> None:
    with http_sink(answer_after_s=0.05) as sink:
        url = f"json://127.0.0.1:{sink.port}/hook"
        with _waiting(SLOW, SLOW, lambda _: url) as fresh:

            def with_senders(senders: int) -> Taken:
                return _followed_up(fresh, sink, senders=senders)

            ten, one = _alternating(rounds, lambda: with_senders(CONNECTIONS), lambda: with_senders(1))
    print(f"a provider that takes 50 ms; medians of {rounds} alternating rounds")
    _show("ten senders", ten)
    _show("one sender", one)
    _ratio("ten / one", ten, one)


def memory(size: int, rounds: int) -> None:
    peaks = {}
    with smtp_sink() as sink:
        for count in (max(size // 10, 1), size):
            command = [sys.executable, __file__, "--peak-of", str(count), "--to", str(sink.port)]
            peaks[count] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    (few, low), (many, high) = peaks.items()
    print(f"peak memory: {low / 1024:.0f} MB for {few:,} letters, {high / 1024:.0f} MB for {many:,}: {high / low:.2f}x")


PARTS = {"mail": mail, "webhook": webhook, "digests": digests, "chat": chat, "slow": slow, "memory": memory}


def _mail(sink: Sink) -> Callable[[str], str]:
    return lambda office: f"mailto://127.0.0.1:{sink.port}?from=dondoc@tinh.example&to=vanthu@{office.lower()}.example"


@contextmanager
def _waiting(due: int, offices: int, url: Callable[[str], str]) -> Iterator[tracking.Fresh]:
    """Stores in which so much is due of so many offices, each reached at its own address."""
    plan = province.province_plan(max(offices, province.COMMUNES))
    addresses = {each.code: url(each.code) for each in plan.offices}
    scheme = url("").partition(":")[0]
    contacts = Contacts({(code, "focal"): Address(scheme, "vi", its) for code, its in addresses.items()})

    def lay(store: Store) -> None:
        province.lay(store, all_=2 * due, due=due, recipients=offices)
        mirror_configuration(store.engine, plan, contacts)

    with tracking.on_sqlite(lay) as fresh:

        @contextmanager
        def reached() -> Iterator[Store]:
            with fresh() as store:
                mirror_configuration(store.engine, plan, contacts)
                # The servers of a benchmark stand for as many as there are recipients.
                settings = replace(store.settings, provider_rate=1e6, recipient_rate=1e6)
                yield replace(store, plan=plan, contacts=contacts, settings=settings)

        yield reached


def _followed_up(fresh: tracking.Fresh, sink: Sink, *, senders: int = CONNECTIONS) -> Taken:
    with fresh() as store:
        return _follow_up(replace(store, settings=replace(store.settings, senders=senders)), sink)


def _follow_up(store: Store, sink: Sink) -> Taken:
    """Sweep, and send all that waits."""
    before, cpu, began = sink.taken, _cpu(), time.perf_counter()
    tracking.swept(store, is_first=False)
    sink.forget()
    swept_at = time.monotonic()
    done = deliver(store, now=province.NOW)
    seconds, cpu = time.perf_counter() - began, _cpu() - cpu
    assert done.sent and (done.waiting, sink.taken - before) == (0, done.sent), done
    return Taken(seconds, cpu, done.sent, sink.first_after(swept_at))


def _words(store: Store) -> list[Message]:
    """All messages as the courier has worded them."""
    with reading_session(store.engine) as session:
        return list(session.exec(select(Message).where(Message.state == MessageState.SENT).order_by(col(Message.id))))


def _compose(words: Message) -> EmailMessage:
    """The same words in a letter made with the standard library."""
    composed = EmailMessage()
    composed["Subject"] = words.subject
    composed["From"] = "Đôn đốc <dondoc@tinh.example>"
    composed["To"] = f"{words.office} <vanthu@{words.office.lower()}.example>"
    composed["Date"] = province.NOW
    composed["Message-ID"] = f"<{uuid4()}@dondoc>"
    composed.set_content(words.body_text)
    composed.add_alternative(words.body_html, subtype="html")
    return composed


def _composed_alone(words: Sequence[Message]) -> Taken:
    cpu, began = _cpu(), time.perf_counter()
    for each in words:
        _compose(each).as_bytes()
    return Taken(time.perf_counter() - began, _cpu() - cpu, len(words))


def _by_aiosmtplib(sink: Sink, words: Sequence[Message]) -> Taken:
    import aiosmtplib

    async def send(share: Sequence[Message]) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port) as client:
            for each in share:
                await client.send_message(_compose(each))

    async def send_all() -> None:
        await asyncio.gather(*(send(words[n::CONNECTIONS]) for n in range(CONNECTIONS)))

    before, cpu, began = sink.taken, _cpu(), time.perf_counter()
    asyncio.run(send_all())
    taken = Taken(time.perf_counter() - began, _cpu() - cpu, len(words))
    assert sink.taken - before == len(words)
    return taken


def _by_httpx(sink: Sink, url: str, words: Sequence[Message]) -> Taken:
    """Ten threads that share a client, which keeps its connections; the body is as Apprise makes it."""

    def post(client: httpx.Client, share: Sequence[Message]) -> None:
        for each in share:
            body = {
                "version": "1.0",
                "title": each.subject,
                "message": each.body_text,
                "attachments": [],
                "type": "info",
            }
            client.post(f"{url}/{each.office}", json=body).raise_for_status()

    before, cpu, began = sink.taken, _cpu(), time.perf_counter()
    with httpx.Client() as client, ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(partial(post, client), (words[n::CONNECTIONS] for n in range(CONNECTIONS))))
    taken = Taken(time.perf_counter() - began, _cpu() - cpu, len(words))
    assert sink.taken - before == len(words)
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
        return Taken(time.perf_counter() - began, _cpu() - cpu, PLAIN)


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


def _peak(folder: Path, count: int, port: int) -> None:
    """Print the peak memory, in KB, of a process that sends so many letters; filling the store is another's."""
    filler = (
        "import sys; from pathlib import Path; import province, tracking\n"
        "with tracking.opened(Path(sys.argv[1])) as store:\n"
        "    province.lay(store, all_=2 * int(sys.argv[2]), due=int(sys.argv[2]), recipients=int(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", filler, str(folder), str(count)], check=True, cwd=Path(__file__).parent)
    plan = province.province_plan(count)
    url = f"mailto://127.0.0.1:{port}?from=dondoc@tinh.example&to=vanthu@xa.example"
    contacts = Contacts({(each.code, "focal"): Address("mailto", "vi", url) for each in plan.offices})
    with tracking.opened(folder) as store:
        settings = replace(store.settings, provider_rate=1e6, recipient_rate=1e6)
        store = replace(store, plan=plan, contacts=contacts, settings=settings)
        tracking.swept(store)
        done = deliver(store, now=province.NOW)
    assert done.waiting == 0
    assert done.sent >= count
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _alternating(rounds: int, *deeds: Callable[[], Taken]) -> list[list[Taken]]:
    taken: list[list[Taken]] = [[] for _ in deeds]
    for number in range(rounds):
        for which in range(len(deeds)) if number % 2 else reversed(range(len(deeds))):  # each goes first in turn
            taken[which].append(deeds[which]())
    return taken


def _show(name: str, taken: Sequence[Taken]) -> None:
    rate = statistics.median(each.messages / each.seconds for each in taken)
    cpu = statistics.median(each.cpu / each.messages for each in taken)
    print(f"  {name:14} {rate:8,.0f} messages/s, {cpu * 1000:6.2f} ms of CPU each")


def _ratio(name: str, ours: Sequence[Taken], theirs: Sequence[Taken]) -> float:
    ratios = [its.each / our.each for our, its in zip(ours, theirs, strict=True)]
    print(f"  {name}: {statistics.median(ratios):.2f}x (min {min(ratios):.2f}, max {max(ratios):.2f})")
    return statistics.median(ratios)


if __name__ == "__main__":
    main()
