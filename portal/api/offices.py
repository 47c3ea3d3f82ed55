"""The office register and how offices are reached, for programs; both concern the whole house."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from config.catalogue.offices import OfficeSpec
from config.contacts.desks import Desk
from config.contacts.entries import PLACES, OfficeContacts
from models.access.office_links import hand_over_link, revoke_links
from models.contacts.book import read_contacts, revision_of, set_contacts
from models.keeping.mirror import mirror_configuration
from models.store.database import reading_session, session_scope
from models.work.register import changes
from portal.api.deeds import DeedAnswer, Grounds, shown_or_done
from portal.api.shapes import REFUSALS, RequestBody, ResponseBody, Short
from portal.desk.contacts import typed_contacts
from portal.form import FormReader
from portal.web import context_of, offices_of_today, store_of

router = APIRouter(prefix="/api/v1", tags=["offices"], responses=REFUSALS)

Codes = Annotated[list[Short], Field(max_length=500)]


class OfficeEntry(ResponseBody):
    """An office of the register; ``from_date`` and ``until`` are its first and last day, null where it has none."""

    code: str
    name_vi: str
    name_en: str
    kind: str
    groups: list[str]
    member_of: str | None
    successor: str | None
    from_date: date | None
    until: date | None
    is_there: bool


class OfficeList(ResponseBody):
    """All offices of the register, also those that have ended or are to come (``is_there`` tells of today)."""

    items: list[OfficeEntry]


class NewOffice(Grounds):
    """An office to add; ``kind`` is one of the plan's own words, "state" without."""

    code: Short
    name_vi: Short
    name_en: Short = ""
    kind: Short = "state"
    groups: Codes = Field(default=[])
    member_of: Short = ""


class NewName(Grounds):
    """What an office is called from now on."""

    name_vi: Short
    name_en: Short = ""


class Merger(Grounds):
    """Offices that become one: ``into``, one of them, another, or a new one with ``name_vi``."""

    offices: Codes
    into: Short
    name_vi: Short = ""


class Division(Grounds):
    """An office that becomes several: ``parts`` by code, with the name of each that is new and "" for one there is.

    ``heirs`` says by subtask or priority who takes over its work, ``default`` who takes over the rest.
    """

    parts: Annotated[dict[Short, Short], Field(min_length=1, max_length=50)]
    heirs: dict[Short, Short] = Field(default={}, max_length=500)
    default: Short = ""


class Succession(Grounds):
    """The office that takes over from one that ends."""

    successor: Short


class AddressEntry(RequestBody):
    """Over which sender of the operator a desk is reached, and whom: "" where the sender names its recipient."""

    sender: Short = ""
    to: Short = ""


class NewContacts(RequestBody):
    """How an office is reached; what is left out is as for all offices. ``revision`` is that of what was read: others
    set since are not replaced."""

    desks: dict[Desk, Annotated[list[AddressEntry], Field(max_length=PLACES)]] = Field(default={})
    language: Short = ""
    quiet: Short = ""
    digest_hour: Short = ""
    revision: Annotated[int, Field(ge=0)] | None = None


class ContactAddress(ResponseBody):
    """An address of a desk, as it is set."""

    sender: str
    to: str


class OfficeContactsEntry(ResponseBody):
    """How an office is reached. ``digest_hour`` is the hour of its digest; "" is as for all offices."""

    office: str
    desks: dict[Desk, list[ContactAddress]]
    language: str
    quiet: str
    digest_hour: str
    revision: int


class HandedOverLink(ResponseBody):
    """An address that signs in as the office, to be handed over; it is shown once."""

    link: str


@router.get("/offices")
def list_offices(request: Request) -> OfficeList:
    """The office register."""
    there = {each.code for each in offices_of_today(request)}
    return OfficeList(items=[_entry(each, there) for each in store_of(request).plan.offices])


@router.post("/offices")
def add_office(request: Request, body: NewOffice) -> DeedAnswer:
    """Add an office, after a preview."""
    names = ("code", "name_vi", "name_en", "kind", "member_of")
    fields = {**{name: getattr(body, name).strip() for name in names}, "groups": tuple(body.groups)}
    return shown_or_done(
        request,
        body,
        lambda session, given, context: changes.add(session, fields, provenance=given, context=context),
    )


@router.post("/offices/merge")
def merge_offices(request: Request, body: Merger) -> DeedAnswer:
    """Merge offices: the work of all goes to one, after a preview."""
    new = {"name_vi": body.name_vi} if body.name_vi else {}
    return shown_or_done(
        request,
        body,
        lambda session, given, context: changes.merge(
            *(session, body.offices, body.into.upper(), new), provenance=given, context=context
        ),
    )


@router.post("/offices/{office}/rename")
def rename_office(request: Request, office: str, body: NewName) -> DeedAnswer:
    """Rename an office, after a preview; what was written before keeps the name of its day."""
    code = _code(request, office)
    return shown_or_done(
        request,
        body,
        lambda session, given, context: changes.rename(
            *(session, code, body.name_vi, body.name_en), provenance=given, context=context
        ),
    )


@router.post("/offices/{office}/split")
def split_office(request: Request, office: str, body: Division) -> DeedAnswer:
    """Split an office, after a preview; each open assignment goes to its heir."""
    code, new = _code(request, office), {part: {"name_vi": name} for part, name in body.parts.items() if name}
    return shown_or_done(
        request,
        body,
        lambda session, given, context: changes.split(
            *(session, code, list(body.parts), body.heirs, body.default, new), provenance=given, context=context
        ),
    )


@router.post("/offices/{office}/end")
def end_office(request: Request, office: str, body: Succession) -> DeedAnswer:
    """End an office, after a preview; its successor takes over."""
    code = _code(request, office)
    return shown_or_done(
        request,
        body,
        lambda session, given, context: changes.end(
            *(session, code, body.successor), provenance=given, context=context
        ),
    )


@router.get("/offices/{office}/contacts")
def get_contacts(request: Request, office: str) -> OfficeContactsEntry:
    """How an office is reached."""
    code = _code(request, office)
    with reading_session(store_of(request).engine) as session:
        entry = read_contacts(session.connection()).get(code, OfficeContacts())
        revision = revision_of(session.connection(), code)
    return OfficeContactsEntry(
        office=code,
        desks={
            desk: [ContactAddress(sender=sender, to=to) for sender, to in addresses]
            for desk, addresses in entry.desks.items()
        },
        language=entry.language or "",
        quiet=entry.quiet,
        digest_hour=entry.digest_at,
        revision=revision,
    )


@router.post("/offices/{office}/contacts")
def change_contacts(request: Request, office: str, body: NewContacts) -> OfficeContactsEntry:
    """Set addresses, hours and language of an office; all that is wrong is told at once, and nothing is set then."""
    store, code = store_of(request), _code(request, office)
    fields = {"language": body.language, "quiet": body.quiet, "digest_at": body.digest_hour}
    for desk, addresses in body.desks.items():
        for place, address in enumerate(addresses, 1):
            fields |= {f"{desk}_sender_{place}": address.sender, f"{desk}_to_{place}": address.to}
    entry = typed_contacts(store, FormReader(fields))
    seen = {} if body.revision is None else {code: body.revision}
    with session_scope(store.engine) as session:
        set_contacts(session, {code: entry}, context_of(request), seen=seen)
    today = store.of_today()
    mirror_configuration(today.engine, today.plan, today.contacts)
    return get_contacts(request, office)


@router.post("/offices/{office}/link")
def make_link(request: Request, office: str) -> HandedOverLink:
    """A fresh link to an office's own list, to be handed over to somebody who asks by telephone."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        return HandedOverLink(link=hand_over_link(session, store.settings, office, context_of(request)))


@router.post("/offices/{office}/revoke", status_code=204)
def revoke(request: Request, office: str) -> None:
    """Make every link, session and token of an office void."""
    code = _code(request, office)
    with session_scope(store_of(request).engine) as session:
        revoke_links(session, code, context_of(request))


def _code(request: Request, office: str) -> str:
    return store_of(request).plan.office_named(office[:300]).code


def _entry(office: OfficeSpec, there: set[str]) -> OfficeEntry:
    return OfficeEntry(
        **office.model_dump(include={"code", "name_vi", "name_en", "kind", "member_of", "successor"}),
        groups=list(office.groups),
        from_date=office.valid_from,
        until=office.valid_to,
        is_there=office.code in there,
    )
