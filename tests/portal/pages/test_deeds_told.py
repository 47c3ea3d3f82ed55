"""What a deed changed, on the page of an assignment, also for an office that gave it away."""

from datetime import date

from models.plans.editions import Provenance
from models.work.deeds.apply import Change, apply
from models.work.deeds.direct import give_to, move_dates, withdraw_all
from tests.support.cast import LEAD, assignment_in, at, number_of
from tests.support.people import House

BY = Provenance(paper_number="45/KH-UBND", paper_date=date(2023, 8, 19), reason="Chờ số liệu.")


def do(house: House, change: Change) -> None:
    apply(house.store.engine, change)


def test_the_office_reads_from_what_to_what_by_which_paper_and_acknowledges_anew(house: House) -> None:
    number = number_of(house.store, "T0.1")
    due = assignment_in(house.store, number).due_date
    house.clock.now = at("2023-08-21", 9)
    context = house.store.actor_context(now=house.clock.now, actor="coordinator")
    office = house.office(LEAD)
    office.post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}")
    do(house, move_dates([number], date(2023, 8, 30), provenance=BY, context=context))
    office.get(f"/assignments/{number}")
    assert f"hạn từ {due:%d/%m/%Y} thành 30/08/2023, theo 45/KH-UBND ngày 19/08/2023 – Chờ số liệu." in office.page
    assert "Đề nghị tiếp nhận lại." in office.page
    do(house, withdraw_all([number], provenance=BY, context=context))
    office.get(f"/assignments/{number}")
    assert "thu hồi việc, theo 45/KH-UBND" in office.page


def test_an_office_that_gave_it_away_learns_who_has_it_and_sees_no_more(house: House) -> None:
    number = number_of(house.store, "T0.1")
    house.clock.now = at("2023-08-21", 9)
    context = house.store.actor_context(now=house.clock.now, actor="coordinator")
    giver, heir, stranger = house.office(LEAD), house.office("STC"), house.office("STP")
    do(house, give_to([number], "STC", provenance=BY, context=context))
    assert giver.get(f"/assignments/{number}").status_code == 404
    assert "nay do Sở Tài chính thực hiện" in giver.page and "45/KH-UBND" in giver.page
    assert stranger.get(f"/assignments/{number}").status_code == 404
    assert "Sở Tài chính" not in stranger.page
    heir.get(f"/assignments/{number}")
    assert "chuyển từ Sở Y tế sang Sở Tài chính" in heir.page
