"""Where letters go while the store holds the sample: what never happened is told to nobody but the local mailbox."""

from pathlib import Path

from sqlmodel import Session

from config.contacts.contacts import LOCAL_MAILBOX
from models.keeping.opening import Store
from models.work.directives import samples_in_force


def sample_mailbox(store: Store, session: Session) -> Path | None:
    """The local mailbox, where a sample stands beside real addresses and somebody could take one for the other."""
    is_anybody_reached = any(each.channel != LOCAL_MAILBOX for each in store.contacts.addresses.values())
    return store.settings.mailbox_dir if is_anybody_reached and samples_in_force(session) else None
