"""The other language is one press away on every page, also on those that a form leads to."""

import re
from html import unescape

import pytest

from portal.rights import API, PREFECT, RIGHTS
from portal.sign_in.session import VisitorRole
from tests.support.cast import LEAD, number_of
from tests.support.people import House, Person

pytestmark = pytest.mark.sqlite_only

_LAST = "/sign-out"


def to_english(person: Person) -> str:
    """The address to which the link to the other language leads from the page before somebody."""
    assert person.last is not None
    found = re.search(r'href="(/language/[^"]*)"', person.last.text)
    assert found, person.page
    return unescape(found[1])


def test_every_page_that_a_form_leads_to_can_be_read_in_english(house: House) -> None:
    people = {VisitorRole.OFFICE: house.office(LEAD), VisitorRole.COORDINATOR: house.coordinator()}
    people |= {VisitorRole.MANAGER: house.manager(), VisitorRole.NOBODY: house.stranger()}
    places = {"{assignment_id}": str(number_of(house.store, "T0.1")), "{office}": LEAD, "{priority}": "p1"}
    code, failed, seen = house.store.plan.main_directive.code, list[str](), 0
    forms = [path for method, path in RIGHTS if method == "POST" and not path.startswith((API, PREFECT, "/work"))]
    for path in sorted(forms, key=lambda path: path == _LAST):
        places["{code}"] = "T0.1" if "subtasks/" in path else code
        address = re.sub(r"\{\w+\}", lambda found: places.get(found[0], "1"), path)
        address += "?n=1" if path == "/desk/deeds" else ""
        for role, person in people.items():
            if role not in RIGHTS["POST", path]:
                continue
            sent = person.post(address, on="/")
            if "<html" not in sent.text:  # a part of a page
                continue
            if sent.status_code == 422 or sent.status_code < 400:
                seen += 1
                read = person.get(to_english(person))
                if read.status_code != 200:
                    failed.append(f"{role.value}, {path}: {sent.status_code}, then {read.status_code} at {read.url}")
            elif person.get(to_english(person)).status_code == 405:
                failed.append(f"{role.value}, {path}: 405")
            person.get("/language/vi")
    assert not failed, "\n".join(failed)
    assert seen > 40


def test_what_was_ticked_stays_ticked(house: House) -> None:
    person = house.coordinator()
    wrong = {"n": ["1", "2"], "act": "move", "to": "sai"}
    person.get("/desk/deeds?n=1&n=2")
    assert 'action="/desk/deeds?n=1&amp;n=2"' in person.last.text  # type: ignore[union-attr]
    for fields in (wrong, wrong | {"to": "15/11/2023", "reason": "Theo yêu cầu."}):
        person.post("/desk/deeds?n=1&n=2", fields, on="/desk/deeds?n=1&n=2")
        read = person.get(to_english(person))
        assert read.status_code == 200 and {*re.findall(r'name="n" value="(\d+)"', read.text)} == {"1", "2"}
        person.get("/language/vi")
