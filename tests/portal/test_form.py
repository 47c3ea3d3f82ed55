"""A field that cannot be read is refused under its label, in the language of the page."""

from collections.abc import Callable

import pytest

from config.errors import Refused
from models.tables.lifecycle import Urgency
from portal.form import FormReader
from tests.support.cast import LEAD, number_of
from tests.support.people import House


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("31/02/2023", lambda form: form.day("field", "Hạn mới", "New due date")),
        ("", lambda form: form.required_date("field", "Hạn mới", "New due date")),
        ("x", lambda form: form.count("field", "Hạn mới", "New due date")),
        ("9" * 12, lambda form: form.count("field", "Hạn mới", "New due date")),
        ("999.999.999.999", lambda form: form.count("field", "Hạn mới", "New due date")),
        ("x", lambda form: form.choice(Urgency, "field", "Hạn mới", "New due date", Urgency.NORMAL)),
    ],
)
def test_both_languages_name_the_field(written: str, read: Callable[[FormReader], object]) -> None:
    with pytest.raises(Refused) as refused:
        read(FormReader({"field": written}))
    assert str(refused.value).startswith("Hạn mới: ") and refused.value.en.startswith("New due date: ")


@pytest.mark.sqlite_only
def test_an_english_page_names_fields_in_english(house: House) -> None:
    number = number_of(house.store, "T0.1")
    page, office = f"/assignments/{number}", house.office(LEAD)
    coordinator = house.coordinator()
    for person in (office, coordinator):
        person.get("/language/en")
    asked = {"until": "20/09/2023", "reason": "Gọi 0912345678 để rõ thêm."}
    office.post(f"{page}/extension", asked, on=f"{page}/extension")
    assert "Reason for the request: contains a telephone number" in office.page
    office.post(f"{page}/report", {"document_date": "abc", "action": "preview"}, on=f"{page}/report")
    assert "is not a date" in office.page and "Ngày văn bản" not in office.page
    coordinator.post(f"{page}/suspend", {"suspend_reason": ""}, on=page)
    assert "Reason for suspending: missing" in coordinator.page
    deed = {"n": str(number), "act": "move", "to": "20/09/2023", "reason": "Theo yêu cầu.", "paper_date": "abc"}
    coordinator.post("/desk/deeds", deed, on=f"/desk/deeds?n={number}")
    assert "Document date: 'abc' is not a date" in coordinator.page
