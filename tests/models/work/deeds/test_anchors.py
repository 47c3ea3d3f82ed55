"""An event or document entered wrongly: corrected or undone as one deed, with everything that was made of it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from config.errors import Refused
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, Role, State
from models.work import verbs
from models.work.deeds.anchors import correct_anchor, undo_anchor
from models.work.deeds.apply import Change, LateAtOnce
from models.work.deeds.undo import undoing
from models.work.directive_deeds.left_over import left_over
from models.work.directives import anchors
from models.work.queries import AssignmentFilter, assignments
from tests.support.cast import at, issue
from tests.support.deeds import NOW, WHY, acting, done, report_on
from tests.support.following_up import follow_up_once
from tests.support.past import after

EVENT_DAY = date(2023, 11, 15)
EVENT = {"title": "Lễ hội đền Hùng", "on_date": EVENT_DAY.isoformat(), "host_office": "SYT"}


@pytest.fixture
def held(settings: Settings) -> Iterator[Store]:
    """A public event of 15/11/2023, hosted by SYT, entered on 19/9/2023."""
    with after(settings, _past) as opened:
        yield opened


def _past(store: Store) -> None:
    issue(store)
    enter(store, EVENT)


def enter(store: Store, event: dict[str, str], day: str = "2023-09-19") -> None:
    follow_up_once(store, "p3", fill_in("p3", {"events": [event]}, store.plan), at(day), day)


def event_of(store: Store) -> Anchor:
    with reading_session(store.engine) as session:
        return session.exec(select(Anchor).where(Anchor.kind == AnchorKind.EVENT).order_by(col(Anchor.id))).first()  # type: ignore[return-value]


def rows(store: Store, anchor: int | None) -> list[Assignment]:
    with reading_session(store.engine) as session:
        its = select(Assignment).where(Assignment.anchor_id == anchor)
        return list(session.exec(its.order_by(col(Assignment.id))).all())


def corrected(store: Store, **changes: object) -> Change:
    with reading_session(store.engine) as session:
        return correct_anchor(
            session,
            event_of(store).id or 0,
            provenance=WHY,
            context=acting(store),
            **changes,  # type: ignore[arg-type]
        )


def undone(store: Store) -> Change:
    with reading_session(store.engine) as session:
        return undo_anchor(session, event_of(store).id or 0, provenance=WHY, context=acting(store))


def test_another_day_moves_what_is_counted_from_it_and_a_later_run_makes_no_twin(held: Store) -> None:
    before = rows(held, event_of(held).id)
    days = held.calendar.add(EVENT_DAY, 5)
    done(held, corrected(held, on_date=days))
    after = rows(held, event_of(held).id)
    assert [row.id for row in after] == [row.id for row in before]
    assert all(new.due_date > old.due_date for new, old in zip(after, before, strict=True))
    assert [row.original_due_date for row in after] == [row.due_date for row in before]
    assert {row.period for row in after} == {event_of(held).key} and days.isoformat() in event_of(held).key
    enter(held, EVENT | {"on_date": days.isoformat()}, "2023-09-21")  # the right one entered again changes nothing
    assert [row.id for row in rows(held, event_of(held).id)] == [row.id for row in before]
    with reading_session(held.engine) as session:
        assert len(anchors(session)) == 2


def test_another_host_takes_the_work_over(held: Store) -> None:
    before = rows(held, event_of(held).id)
    assert {row.office for row in before if row.role is Role.LEAD} >= {"SYT"}
    done(held, corrected(held, host_office="SNV"))
    after = {row.id: row for row in rows(held, event_of(held).id)}
    for row in before:
        if (row.office, row.role) == ("SYT", Role.LEAD) and row.step != "confirmation":
            assert (after[row.id].office, after[row.id].state) == ("SNV", State.ASSIGNED)
    joins = {row.step for row in after.values() if (row.office, row.role) == ("SYT", Role.COORDINATING)}
    assert joins == {"plan", "closing_report"}, "no host any more, and named by the plan as coordinating"
    held_by_new = [row for row in after.values() if row.office == "SNV" and row.state in OPEN]
    assert len(held_by_new) == len({(row.step, row.variant, row.lead_office) for row in held_by_new}), "once each"
    numbers = set(after)
    enter(held, EVENT | {"host_office": "SNV"}, "2023-09-21")
    assert {row.id for row in rows(held, event_of(held).id)} == numbers


def test_undone_everything_made_of_it_is_withdrawn_and_it_may_be_entered_again(held: Store) -> None:
    first = event_of(held).id
    made = rows(held, first)
    done(held, undone(held))
    assert {row.state for row in rows(held, first)} == {State.WITHDRAWN}
    follow_up_once(held, "p3", fill_in("p3", {}, held.plan), at("2023-09-21"), "21")
    assert [row.id for row in rows(held, first)] == [row.id for row in made], "nothing is planned by it"
    enter(held, EVENT, "2023-09-22")
    with reading_session(held.engine) as session:
        (again,) = (each for each in anchors(session) if each.kind is AnchorKind.EVENT)
    assert again.id != first
    assert len(rows(held, again.id)) == len(made)
    assert {row.state for row in rows(held, again.id)} == {State.ASSIGNED}


@pytest.mark.parametrize("what", ["date", "undone"])
def test_the_correction_itself_is_taken_back(held: Store, what: str) -> None:
    def seen() -> list[tuple[object, ...]]:
        return [(row.id, row.state, row.office, row.due_at, row.period) for row in rows(held, event_of(held).id)]

    before = event_of(held), seen()
    deed = done(held, corrected(held, on_date=date(2023, 11, 22)) if what == "date" else undone(held))
    assert (event_of(held), seen()) != before
    with reading_session(held.engine) as session:
        back = undoing(session, deed.deed, "Ghi đúng rồi.", acting(held))
    done(held, back, may_be_late=True)
    assert (event_of(held).model_dump(), seen()) == (before[0].model_dump(), before[1])


def test_an_undoing_is_not_taken_back_once_it_was_entered_anew(held: Store) -> None:
    deed = done(held, undone(held))
    enter(held, EVENT, "2023-09-22")
    with reading_session(held.engine) as session:
        back = undoing(session, deed.deed, "Ghi đúng rồi.", acting(held))
    with pytest.raises(Refused, match="đã được ghi ở mục số"):
        done(held, back)


def test_a_day_that_has_passed_asks_first(held: Store) -> None:
    change = corrected(held, on_date=date(2023, 9, 1))
    with pytest.raises(LateAtOnce):
        done(held, change)
    assert event_of(held).on_date == EVENT_DAY
    done(held, change, may_be_late=True)
    assert event_of(held).on_date == date(2023, 9, 1)


def test_what_cannot_be_corrected_here_says_how_it_is(held: Store) -> None:
    with reading_session(held.engine) as session:
        issued = next(each for each in anchors(session) if each.kind is AnchorKind.ISSUE)
        with pytest.raises(Refused, match="văn bản giao việc"):
            undo_anchor(session, issued.id or 0, provenance=WHY, context=acting(held))
        with pytest.raises(Refused, match="Không có sự kiện"):
            undo_anchor(session, 999, provenance=WHY, context=acting(held))
    with pytest.raises(Refused, match="Không có gì khác"):
        corrected(held, title=EVENT["title"])
    done(held, undone(held))
    with pytest.raises(Refused, match="đã được hoàn tác"):
        undone(held)


# --- entering one whose assignments would be late at once ----------------------------------------------------


def test_a_wrong_day_that_makes_work_overdue_is_refused_unless_confirmed(held: Store) -> None:
    wrong = EVENT | {"title": "Hội nghị", "on_date": "2023-08-20"}
    before = len(rows(held, event_of(held).id))
    with pytest.raises(LateAtOnce, match="quá hạn ngay"):
        enter(held, wrong, "2023-09-20")
    with session_scope(held.engine) as session:
        assert not session.exec(select(Anchor).where(Anchor.title == "Hội nghị")).all()
    form = fill_in("p3", {"events": [wrong], "may_be_late": True}, held.plan)
    made = follow_up_once(held, "p3", form, NOW, "x").assigned
    assert made > 0
    assert len(rows(held, event_of(held).id)) == before
    enter(held, wrong, "2023-09-21")  # known by now, and asks no more


def test_looking_back_shows_the_period_and_the_title_of_that_day(held: Store) -> None:
    """Also of work that is done, which a correction leaves as it is; and once what was undone has come back."""

    def occasions(then: datetime) -> set[tuple[int, str, str]]:
        with reading_as_it_was(held.engine, then) as connection:
            found = assignments(connection, AssignmentFilter(), now=then)
            return {(row.id, row.period, row.occasion) for row in found if row.occasion}

    album = {at("2023-09-19", 23): occasions(at("2023-09-19", 23))}
    (key,) = {period for _, period, _ in album[at("2023-09-19", 23)]}
    with reading_session(held.engine) as session:
        context = acting(held, at("2023-09-20"))
        number = event_of(held).id or 0
        change = correct_anchor(
            session, number, on_date=EVENT_DAY + timedelta(days=7), title="Lễ hội", provenance=WHY, context=context
        )
    done(held, change)
    album[at("2023-09-20", 23)] = occasions(at("2023-09-20", 23))
    assert album[at("2023-09-19", 23)] == occasions(at("2023-09-19", 23))
    with reading_session(held.engine) as session:
        change = undo_anchor(session, number, provenance=WHY, context=acting(held, at("2023-09-21")))
    withdrawn = done(held, change)
    album[at("2023-09-21", 23)] = occasions(at("2023-09-21", 23))
    with reading_session(held.engine) as session:
        change = undoing(session, withdrawn.deed, "Ghi nhầm.", acting(held, at("2023-09-22")))
    done(held, change)
    assert {then: occasions(then) for then in album} == album
    periods = [{(period, title) for _, period, title in each} for each in album.values()]
    assert periods[0] == {(key, EVENT["title"])}
    assert len({period for each in periods for period, _ in each}) == 2 and not periods[2], (
        "what is withdrawn is not listed"
    )
    assert {title for _, title in periods[1]} == {"Lễ hội"}


def test_a_report_that_waits_survives_its_event(held: Store) -> None:
    number = event_of(held).id
    reported = next(row for row in rows(held, number) if row.role is Role.LEAD)
    with session_scope(held.engine) as session:
        verbs.report(session, reported.id or 0, report_on(held.plan, reported), acting(held))
    done(held, undone(held))
    states = {row.id: row.state for row in rows(held, number)}
    assert states.pop(reported.id) is State.REPORTED
    assert set(states.values()) <= {State.WITHDRAWN}
    with reading_session(held.engine) as session:
        over = left_over(session, session.get_one(Assignment, reported.id), acting(held))
    assert over is not None and over.given_to is None
    with session_scope(held.engine) as session:
        verbs.return_(session, reported.id or 0, "Không có sự kiện này.", acting(held))
    assert {row.state for row in rows(held, number)} == {State.WITHDRAWN}
