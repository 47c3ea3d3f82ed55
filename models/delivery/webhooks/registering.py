"""Registering the programs that are told of events, and the secret by which each knows that it was us.

The secret is worked out from the signing key and what is stored, and shown when it is made; it is not in the database.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from config.boundary import checked_line
from config.contacts.web_addresses import checked_hook_url, host_and_port
from config.errors import Refused, refuse_all
from config.keys import signing_key
from config.settings import Settings
from models.delivery.webhooks.events import Event, queue_message
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.store.audit_event import AuditEvent
from models.tables.errors import NotFound
from models.tables.outbox import Webhook

MOST = 20
"""Programs told of events at a time: each takes a part of every round."""


SHOWN_AGAIN_FOR = timedelta(minutes=10)
"""How long the same sending once more returns the program that it has registered: its answer may have been lost."""


def add_webhook(
    session: Session,
    settings: Settings,
    *,
    name: str,
    url: str,
    events: Collection[str],
    context: ActorContext,
    submission: str = "",
) -> Webhook:
    """Have a program told of what happens from now on; of all kinds where ``events`` names none.

    submission  names one filling-in of the form: the same once more, by the same actor and soon, returns the program
                that is already there

    Raises ``Refused`` with everything that is wrong.
    """
    faults, said = list[Refused](), ["", ""]
    try:
        said[0] = checked_line(name, "Tên", "Name", shortest=2, longest=60)
    except Refused as fault:
        faults += fault.faults
    try:
        said[1] = checked_hook_url(url, settings.webhook_hosts)
    except Refused as fault:
        faults += fault.faults
    faults += [
        Refused(f"Sự kiện: không có «{each[:40]}».", f"Event: there is no '{each[:40]}'.")
        for each in sorted(set(events) - set(Event))
    ]
    refuse_all(faults)
    lock_audit_chain(session)
    there = webhooks(session)
    asked = repr((context.actor, submission, *said, sorted(set(events))))
    salt = hashlib.sha256(asked.encode()).hexdigest()[:32] if submission else secrets.token_hex(16)
    for each in there:
        if each.salt == salt and context.now - each.created_at < SHOWN_AGAIN_FOR:
            return each
    if any(each.url == said[1] for each in there):
        raise Refused("Địa chỉ này đã đăng ký.", "This address is already registered.")
    if len(there) >= MOST:
        raise Refused(
            f"Đã có {MOST} phần mềm; ngừng gửi cho một phần mềm trước.",
            f"There are already {MOST} programs; stop one first.",
        )
    made = Webhook(
        name=said[0],
        url=said[1],
        events=sorted(set(events)),
        salt=salt,
        seen_seq=session.exec(select(func.max(AuditEvent.seq))).one() or 0,
        seen_at=context.now,
        created_by=context.actor,
        created_at=context.now,
    )
    session.add(made)
    session.flush()
    record(session, context, "add_webhook", f"webhook:{made.id}", name=made.name, host=host_and_port(made.url)[0])
    return made


def end_webhook(session: Session, number: int, context: ActorContext) -> None:
    """Tell it nothing any more; ending it twice changes nothing. Raises ``NotFound``."""
    lock_audit_chain(session)
    found = existing_webhook(session, number)
    if found.ended_at is None:
        found.ended_at = context.now
        record(session, context, "end_webhook", f"webhook:{number}")


def try_webhook(session: Session, number: int, context: ActorContext) -> None:
    """Queue one event that says nothing, to see that it arrives; once a minute at most."""
    found = existing_webhook(session, number)
    if found.ended_at is not None:
        raise Refused("Đã ngừng gửi tới phần mềm này.", "Sending to this program has already been stopped.")
    event = {"id": f"try-{context.now:%Y%m%d%H%M}", "event": "try", "at": context.now.isoformat()}
    queue_message(session, found, [event], f"try-{context.now:%Y%m%d%H%M}", context)


def existing_webhook(session: Session, number: int) -> Webhook:
    found = session.get(Webhook, number)
    if found is None:
        raise NotFound(f"Không có phần mềm số {number}.", f"There is no program no. {number}.")
    return found


def webhooks(session: Session) -> Sequence[Webhook]:
    """Those that are told of events, in the order of their making."""
    return session.exec(select(Webhook).where(col(Webhook.ended_at).is_(None)).order_by(col(Webhook.id))).all()


def secret_of(settings: Settings, hook: Webhook) -> str:
    """The secret as it is shown, once, and set in the program: «whsec_…» (https://www.standardwebhooks.com)."""
    made = hmac.new(signing_key(settings), f"dondoc.webhook\n{hook.id}\n{hook.salt}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(made.digest()).decode()}"
