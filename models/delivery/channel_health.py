"""Channels that need looking at: what they do not deliver, and offices of which nothing has ever come back.

That a letter was taken by a server says nothing of whether somebody reads it, and no bounce comes back to us. An office
that was given work a day ago and has never acknowledged or reported anything is the sign there is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlmodel import Session, col, func

from config.contacts.contacts import Contacts
from config.contacts.own_channels import LOCAL_MAILBOX
from models.alerts.status import both
from models.delivery.dead_letters import GIVEN_UP
from models.delivery.leases import in_the_queue
from models.store.columns import UtcDateTime
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE
from models.tables.office import Office
from models.tables.outbox import Message
from models.work.directives import samples_in_force

UNREAD_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class TroubledChannel:
    """A channel with messages that were tried in vain.

    waiting   messages that are tried again; ``since`` is when the oldest of them was made, ``reason`` the last of one
    given_up  messages that are not
    last_sent_at  when the channel last took a message of ours; None for never
    """

    channel: str
    waiting: int
    since: datetime | None
    reason: str
    given_up: int
    last_sent_at: datetime | None


def troubled_channels(connection: Connection) -> list[TroubledChannel]:
    """Channels with messages that wait after a failed attempt, or were given up."""
    waiting = {name: (count, since, reason) for name, count, since, reason in connection.execute(_FAILING)}
    given_up = {name: (count, reason) for name, count, reason in connection.execute(_DEAD)}
    found = []
    for name in sorted(waiting.keys() | given_up.keys()):
        count, since, reason = waiting.get(name, (0, None, ""))
        lost, why = given_up.get(name, (0, ""))
        found.append(TroubledChannel(name, count, since, reason or why, lost, _last_sent_at(connection, name)))
    return found


# Made once, for the desk asks at every look.
_FAILING = (
    sa.select(col(Message.channel), func.count(), func.min(Message.created_at), func.max(Message.error))
    .where(in_the_queue(), col(Message.error) != "")
    .group_by(col(Message.channel))
)
_DEAD = (
    sa.select(col(Message.channel), func.count(), func.max(Message.error))
    .where(GIVEN_UP)
    .group_by(col(Message.channel))
)


def is_sample_beside_real(session: Session, contacts: Contacts) -> bool:
    """Whether the store holds a sample, whose letters go to the local mailbox alone, beside real addresses: somebody
    could take one for the other."""
    is_anybody_reached = any(each.channel != LOCAL_MAILBOX for each in contacts.addresses.values())
    return is_anybody_reached and bool(samples_in_force(session))


def unheard_offices(connection: Connection, now: datetime, *, only: sa.ColumnElement[bool] | None = None) -> list[str]:
    """Offices with work for a day or longer of which nothing was ever acknowledged or reported.

    only  a condition on that work
    """
    return list(connection.scalars(_UNHEARD if only is None else _unheard(only), {"before": now - UNREAD_AFTER}))


def _unheard(only: sa.ColumnElement[bool] | None = None) -> sa.Select[tuple[str]]:
    its = col(Assignment.office) == col(Office.code)
    given = both(col(Assignment.assigned_at) <= sa.bindparam("before", type_=UtcDateTime), only)
    answered = sa.or_(col(Assignment.acknowledged_at).is_not(None), col(Assignment.reported_at).is_not(None))
    query = sa.select(col(Office.code)).where(
        sa.exists().where(its, col(Assignment.state).in_(WAITING_FOR_OFFICE), given),
        ~sa.exists().where(its, answered),
    )
    return query.order_by(col(Office.code))


_UNHEARD = _unheard()


def _last_sent_at(connection: Connection, channel: str) -> datetime | None:
    # Word for word what the index says.
    is_sent: sa.ColumnElement[bool] = sa.text("message.state = 'sent'")  # type: ignore[assignment]
    query = sa.select(col(Message.sent_at)).where(col(Message.channel) == channel, is_sent)
    found: datetime | None = connection.scalar(query.order_by(col(Message.id).desc()).limit(1))
    return found
