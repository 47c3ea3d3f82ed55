"""Every route, as every kind of visitor and as the wrong office: what is not allowed does not happen."""

import re

import pytest

from models.store.database import session_scope
from models.tables.assignment import Assignment
from portal.rights import RIGHTS
from portal.sign_in.session import VisitorRole
from tests.support.cast import number_of
from tests.support.people import House, Person

STRANGER_OFFICE = "TAND"
"""Neither leads nor helps in the work of SYT."""


def filled_in(path: str, house: House) -> str:
    """The address of a route, for the work of SYT."""
    values = {
        "assignment_id": str(number_of(house.store, "T0.1")),
        "file_id": "1",
        "office": "SYT",
        "silence_id": "1",
        "message_id": "1",
        "token_id": "1",
        "token": "x",
        "paper": "slip",
        "language": "en",
    }
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)


def visitor(house: House, role: VisitorRole) -> Person:
    match role:
        case VisitorRole.OFFICE:
            return house.office("SYT")
        case VisitorRole.COORDINATOR:
            return house.coordinator()
        case VisitorRole.MANAGER:
            return house.manager()
    return house.stranger()


def ask(person: Person, method: str, path: str) -> int:
    """Ask without following on, with the visitor's own token of forms."""
    person.web.follow_redirects = False
    if method == "GET":
        return person.web.get(path).status_code
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', person.web.get("/sign-in").text)
    return person.web.request(method, path, data={"csrf": token[1] if token else ""}).status_code


@pytest.mark.parametrize("role", list(VisitorRole))
@pytest.mark.sqlite_only
def test_every_route_is_open_to_those_it_is_for_and_closed_to_all_others(house: House, role: VisitorRole) -> None:
    person = visitor(house, role)
    for (method, path), allowed in RIGHTS.items():
        if path.startswith("/api/") or path == "/sign-out":
            continue
        status = ask(person, method, filled_in(path, house))
        if role in allowed:
            assert status not in (401, 405) and status < 500, (method, path, status)
            assert status != 403 or path in ("/door/{token}", "/sign-in/{token}"), (method, path, status)
        elif role is VisitorRole.NOBODY:
            assert status == (303 if method == "GET" else 401), (method, path, status)
        else:
            assert status == 403, (method, path, status)


@pytest.mark.sqlite_only
def test_an_office_finds_nothing_of_another(house: House) -> None:
    person = house.office(STRANGER_OFFICE)
    for (method, path), allowed in RIGHTS.items():
        if "{assignment_id}" in path and VisitorRole.OFFICE in allowed and not path.startswith("/api/"):
            assert ask(person, method, filled_in(path, house)) == 404, (method, path)


@pytest.mark.sqlite_only
def test_a_monitor_reads_what_it_monitors_and_changes_nothing(house: House) -> None:
    with session_scope(house.store.engine) as session:
        watched = session.get_one(Assignment, number_of(house.store, "T0.1"))
        watched.monitor_office = STRANGER_OFFICE
    person = house.office(STRANGER_OFFICE)
    page = filled_in("/assignments/{assignment_id}", house)
    assert f'href="{page}"' in person.get("/assignments").text and "Việc cơ quan theo dõi" in person.page
    for (method, path), allowed in RIGHTS.items():
        if "{assignment_id}" in path and VisitorRole.OFFICE in allowed and not path.startswith("/api/"):
            expected = 200 if path == "/assignments/{assignment_id}" else 404
            assert ask(person, method, filled_in(path, house)) == expected, (method, path)
    assert (
        'method="post" action="/assignments' not in person.get(page).text
        and 'href="/assignments/1/report"' not in person.last.text
    )
    assert "Việc cơ quan theo dõi" not in house.office("SYT").page


@pytest.mark.sqlite_only
def test_a_form_from_elsewhere_is_refused(house: House) -> None:
    number = number_of(house.store, "T0.1")
    office = house.office("SYT")
    without = office.web.post(f"/assignments/{number}/acknowledge")
    assert without.status_code == 403
    foreign = house.office("CAT")
    foreign.get("/assignments")
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', foreign.last.text)[1]
    assert office.web.post(f"/assignments/{number}/acknowledge", data={"csrf": token}).status_code == 403
    office.get("/assignments")
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', office.last.text)[1]
    elsewhere = {"Origin": "https://evil.example"}
    sent = office.web.post(f"/assignments/{number}/acknowledge", data={"csrf": own}, headers=elsewhere)
    assert sent.status_code == 403
    assert office.web.post(f"/assignments/{number}/acknowledge", data={"csrf": own}).status_code == 200


@pytest.mark.sqlite_only
def test_pages_load_nothing_foreign_and_are_framed_by_nobody(house: House) -> None:
    answer = house.office("SYT").get("/assignments")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "http://" not in re.sub(r"http://www\.w3\.org\S*", "", answer.text).replace(house.address, "")
    cookie = house.stranger().get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
