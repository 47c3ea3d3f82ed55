"""The effects of the verbs on a row, by themselves: pure, and the same for a verb and for looking back."""

from datetime import date

import pytest

from models.tables.deed import DeedItem, ItemKind
from models.tables.lifecycle import TRANSITIONS, State, Verb
from models.work.effects import Progress, after, after_deed, is_allowed
from tests.support.cast import at

DETAILS = {"to": "Phòng Tổ chức", "until": "2023-09-20", "successor": "SNV"}
MOMENT = at("2023-09-01")


@pytest.mark.parametrize(("state", "verb"), sorted(TRANSITIONS))
def test_every_transition_moves_the_state_and_leaves_the_earlier_row_alone(state: State, verb: Verb) -> None:
    before = Progress(state, "SYT", date(2023, 9, 11))
    assert is_allowed(before, verb)
    assert after(before, verb, MOMENT, DETAILS).state is TRANSITIONS[state, verb]
    assert before == Progress(state, "SYT", date(2023, 9, 11))


def test_what_the_page_of_transitions_does_not_list_is_not_allowed() -> None:
    allowed = {(s, v) for s in State for v in Verb if is_allowed(Progress(s, "SYT", date(2023, 9, 11)), v)}
    assert allowed == set(TRANSITIONS)


def test_who_reports_has_acknowledged_and_a_return_takes_the_report_back() -> None:
    first = Progress.at_first("SYT", date(2023, 9, 11))
    reported = after(first, Verb.REPORT, MOMENT, {})
    assert (reported.reported_at, reported.acknowledged_at) == (MOMENT, MOMENT)
    returned = after(reported, Verb.RETURN, at("2023-09-02"), {})
    assert (returned.state, returned.reported_at, returned.acknowledged_at) == (State.RETURNED, None, MOMENT)


def test_resumed_it_is_as_newly_assigned_with_its_new_due_date() -> None:
    acknowledged = after(Progress.at_first("SYT", date(2023, 9, 11)), Verb.ACKNOWLEDGE, MOMENT, {})
    suspended = after(acknowledged, Verb.SUSPEND, at("2023-09-02"), {})
    assert suspended.suspended_at == at("2023-09-02")
    resumed = after(suspended, Verb.RESUME, at("2023-09-05"), DETAILS)
    assert resumed == Progress(State.ASSIGNED, "SYT", date(2023, 9, 20), resumed_at=at("2023-09-05"))
    assert resumed.columns()["due_at"] == at("2023-09-21", 0)


def test_the_unit_of_an_office_stays_with_it() -> None:
    """Whether the office has ended or a deed gives its work away; a date that is moved leaves the unit."""
    has_unit = after(Progress.at_first("SYT", date(2023, 9, 11)), Verb.DELEGATE, MOMENT, DETAILS)
    assert after(has_unit, Verb.HAND_OVER, MOMENT, DETAILS).delegated_to == ""
    for office, unit in (("STC", ""), ("SYT", has_unit.delegated_to)):
        item = DeedItem(
            deed_id=1,
            assignment_id=1,
            kind=ItemKind.MOVED,
            to_state=State.ASSIGNED,
            to_office=office,
            to_monitor_office="BNC",
            to_due_date=date(2023, 9, 20),
            to_due_at=at("2023-09-21", 0),
        )
        assert has_unit.delegated_to and after_deed(has_unit, item, MOMENT).delegated_to == unit


def test_only_a_grant_a_resumption_and_a_successor_change_due_date_and_office() -> None:
    for state, verb in TRANSITIONS:
        later = after(Progress(state, "SYT", date(2023, 9, 11)), verb, MOMENT, DETAILS)
        moved = verb in (Verb.GRANT_EXTENSION, Verb.RESUME)
        assert later.due_date == (date(2023, 9, 20) if moved else date(2023, 9, 11))
        assert later.office == ("SNV" if verb is Verb.HAND_OVER else "SYT")
