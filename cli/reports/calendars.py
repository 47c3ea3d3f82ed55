"""`dondoc calendar`: deadlines as a calendar file, and the address of an office's feed."""

import sys
from pathlib import Path

import typer

from cli.store import open_configured_store
from config.clock import now
from config.errors import Refused
from config.text.atomic_write import atomic_write
from models.access.feed_links import Feed, feed_links, revoke_feed_address
from models.keeping.opening import Store
from models.store.database import reading, reading_session, session_scope
from reports.calendar_feed import FeedRequest, calendar_feed


def calendar_command(
    office: str | None = typer.Argument(
        None,
        metavar="[OFFICE]",
        help="Mã cơ quan; không ghi: hạn của mọi cơ quan chủ trì."
        " / Code of the office; the deadlines of all leads by default.",
    ),
    output: Path | None = typer.Option(
        None, "-o", "--output", metavar="FILE", help="Ghi vào tệp. / The file to write; the terminal by default."
    ),
    address: bool = typer.Option(
        False, "--address", help="In địa chỉ đăng ký lịch của cơ quan. / Print the address of the office's calendar."
    ),
    change: bool = typer.Option(
        False,
        "--change",
        help="Đổi địa chỉ, địa chỉ cũ hết hiệu lực. / Create a new address; the old one stops working.",
    ),
) -> None:
    """Write the deadlines as a calendar file, or print the address of an office's calendar."""
    with open_configured_store() as store:
        code = store.plan.office_named(office).code if office else None
        if address or change:
            _print_address(store, code, change=change)
            return
        asked = FeedRequest(code, store.contacts.language_of(code), store.settings.portal_url)
        with reading(store.engine) as connection:
            content = calendar_feed(connection, asked, plan=store.plan, calendar=store.calendar, now=now())
    if output is None:
        sys.stdout.buffer.write(content)
        return
    with atomic_write(output) as file:
        file.write(content)


def _print_address(store: Store, office: str | None, *, change: bool) -> None:
    if office is None:
        raise Refused(
            "OFFICE: ghi mã cơ quan; địa chỉ của cơ quan đôn đốc riêng cho từng tài khoản, ở mục «Lịch» trên trang.",
            "OFFICE: give an office code; a coordinator's calendar address belongs to the account and is under "
            "'Calendar' in the portal.",
        )
    feed = Feed(office)
    if change:
        with session_scope(store.engine) as session:
            revoke_feed_address(session, feed, store.actor_context(now=now(), actor="command"))
    with reading_session(store.engine) as session:
        print(feed_links(store.settings).address(session, feed, now=now()).url)
