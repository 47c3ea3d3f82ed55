"""How offices are reached, from the browser: addresses, hours, tests, links to hand over."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.clock import local_date
from config.contacts.desks import Desk
from config.contacts.entries import (
    PLACES,
    OfficeContacts,
    SenderAddress,
    checked_hours,
    checked_places,
    typed_address,
)
from config.contacts.senders import LOCAL, Sender, mail_sender
from config.errors import Refused
from config.rules.quiet_hours import plain_hours, said_hours
from models.access.deputies import without_effect
from models.access.office_links import hand_over_link, revoke_links
from models.contacts.book import ContactsChanged, read_contacts, revision_of, set_contacts
from models.delivery.channel_health import is_sample_beside_real
from models.delivery.message_log import last_failures
from models.delivery.notice_fates import notice_fates
from models.delivery.windows import DeliveryWindow
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from notifications.courier.sent_at_once import check_channels, require_all_sent
from portal import words
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import OFFICES_SHOWN, read_query, requested_page
from portal.web import context_of, now_of, offices_of_today, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/offices"

FAILURES_SHOWN = 5
NOTICES_SHOWN = 8


@router.get(_HOME)
def offices(request: Request) -> HTMLResponse:
    requested = requested_page(_HOME, read_query(request, ("page",)), size=OFFICES_SHOWN)
    store = store_of(request)
    contacts, offices_ = store.contacts, offices_of_today(request)
    shown = requested.of(offices_)
    reached = {
        office.code: {desk: [each.channel for each in contacts.in_order(office.code, desk)] for desk in Desk}
        for office in shown
    }
    with reading_session(store.engine) as session:
        is_beside_sample = is_sample_beside_real(session, store.contacts)
    return form_page(
        request,
        "offices.html",
        None,
        offices=shown,
        page_range=requested.range_of(len(offices_)),
        reached=reached,
        lost={office for office, _ in contacts.lost},
        senders=_named(store),
        sample_mailbox=store.settings.mailbox_dir if is_beside_sample else None,
    )


@router.get(f"{_HOME}/{{office}}")
def one_office(request: Request, office: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, office)


@router.post(f"{_HOME}/{{office}}")
def change(request: Request, office: str, form: FormReader = Depends(read_form)) -> Response:
    """Set addresses, hours and language of an office; all that is wrong is told at once, and nothing is set then."""
    store = store_of(request)
    code = store.plan.office(office).code
    try:
        entry, revision = typed_contacts(store, form), form.count("revision", "Lần ghi", "Version")
        seen = {} if revision is None else {code: revision}
        with session_scope(store.engine) as session:
            set_contacts(session, {code: entry}, context_of(request), seen=seen)
    except Refused as refused:
        return _page(request, code, refused=refused, form=form)
    today = store.of_today()
    mirror_configuration(today.engine, today.plan, today.contacts)
    return see_other(f"{_HOME}/{code}", flash="contacts_set")


@router.post(f"{_HOME}/{{office}}/try")
def try_channel(request: Request, office: str, form: FormReader = Depends(read_form)) -> Response:
    """Send a test message over each channel and show the outcome of each."""
    store = store_of(request)
    desk = form.choice(Desk, "desk", "Bộ phận", "Desk", Desk.FOCAL)
    to = store.plan.office(office)
    try:
        require_all_sent(to, check_channels(store, to.code, desk, now=now_of(request)))
    except Refused as refused:
        return _page(request, to.code, refused=refused)
    return see_other(f"{_HOME}/{to.code}", flash="test_sent")


@router.post(f"{_HOME}/{{office}}/link")
def link(request: Request, office: str) -> HTMLResponse:
    """A fresh link to an office's own list, to be handed over to somebody who asks by telephone."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        shown = hand_over_link(session, store.settings, office, context_of(request))
    return _page(request, office, link=shown)


@router.post(f"{_HOME}/{{office}}/revoke")
def revoke(request: Request, office: str) -> Response:
    code = store_of(request).plan.office_named(office).code
    with session_scope(store_of(request).engine) as session:
        revoke_links(session, code, context_of(request))
    return see_other(f"{_HOME}/{code}", flash="revoked")


def _page(
    request: Request, office: str, *, refused: Refused | None = None, form: FormReader | None = None, link: str = ""
) -> HTMLResponse:
    store, now = store_of(request), now_of(request)
    code = store.plan.office(office).code
    with reading_session(store.engine) as session:
        entry = read_contacts(session.connection()).get(code, OfficeContacts())
        revision = revision_of(session.connection(), code)
        idle_deputies = without_effect(session, store.contacts, local_date(now))
        failures = last_failures(session, code, limit=FAILURES_SHOWN)
        window = DeliveryWindow(store.contacts, store.calendar, now)
        notices, count = notice_fates(session, window, office=code, limit=NOTICES_SHOWN)
        is_beside_sample = is_sample_beside_real(session, store.contacts)
    return form_page(
        request,
        "office_contacts.html",
        refused,
        form or FormReader(_as_form(entry)),
        office=store.plan.office(code),
        # Whoever was told that others were set meanwhile may replace them.
        revision=form.text("revision") if form and not isinstance(refused, ContactsChanged) else revision,
        reached={desk: [each.channel for each in store.contacts.in_order(code, desk)] for desk in Desk},
        lost={name for (of, _), names in store.contacts.lost.items() if of == code for name in names},
        desks=tuple(Desk),
        senders=_named(store),
        places=range(1, PLACES + 1),
        quiet=store.settings.quiet_hours,
        failures=failures,
        idle_deputies=idle_deputies,
        notices=notices,
        notice_count=count,
        link=link,
        has_mail=mail_sender(store.contacts.senders) is not None,
        sample_mailbox=store.settings.mailbox_dir if is_beside_sample else None,
    )


def _named(store: Store) -> Sequence[Sender]:
    return [*sorted(store.contacts.senders.values(), key=lambda each: each.name), LOCAL]


def typed_contacts(store: Store, form: FormReader) -> OfficeContacts:
    """What the form says; raises ``Refused`` with everything that is wrong, each under its label."""
    senders, faults = store.contacts.senders, list[Refused]()
    desks: dict[Desk, tuple[SenderAddress, ...]] = {}
    for desk in Desk:
        vi, en = (words.word("desk", desk, language).capitalize() for language in ("vi", "en"))
        found = []
        for place in range(1, PLACES + 1):
            sender, to = form.text(f"{desk}_sender_{place}"), form.text(f"{desk}_to_{place}")
            try:
                if sender or to:
                    found.append(typed_address(to, senders, sender=sender))
            except Refused as fault:
                faults.append(Refused(f"{vi}, nơi nhận {place}: {fault}", f"{en}, address {place}: {fault.en}"))
        try:
            if found:
                desks[desk] = checked_places(tuple(found), senders)
        except Refused as fault:
            faults.append(Refused(f"{vi}: {fault}", f"{en}: {fault.en}"))
    language = form.text("language")
    quiet, digest_at = (plain_hours(form.text(name)) for name in ("quiet", "digest_at"))
    for vi, en, hours in (
        ("Giờ nghỉ", "Quiet hours", (quiet, "")),
        ("Giờ gửi gộp", "Digest hour", ("", digest_at)),
    ):
        try:
            checked_hours(*hours, None)
        except Refused as fault:
            faults.append(Refused(f"{vi}: {fault}", f"{en}: {fault.en}"))
    if not faults:
        checked_hours(quiet, digest_at, store.settings.quiet_hours)
    if faults:
        raise Refused("Chưa ghi gì; sửa các chỗ sau:", "Nothing was saved; correct the following:", details=faults)
    return OfficeContacts(desks, "en" if language == "en" else "vi" if language == "vi" else None, quiet, digest_at)


def _as_form(entry: OfficeContacts) -> dict[str, Any]:
    fields = {"language": entry.language or "", "quiet": said_hours(entry.quiet), "digest_at": entry.digest_at}
    for desk, addresses in entry.desks.items():
        for place, (sender, recipient) in enumerate(addresses, 1):
            fields |= {f"{desk}_sender_{place}": sender, f"{desk}_to_{place}": recipient}
    return fields
