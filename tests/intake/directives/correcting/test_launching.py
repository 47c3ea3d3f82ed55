"""Launching a draft: only as it was prepared, and nobody is overdue at once without somebody having said so."""

from dataclasses import replace
from datetime import date

import pytest

from intake.directives.correcting.acts import set_state
from intake.directives.correcting.launching import (
    ChangedMeanwhile,
    Launch,
    Prepared,
    launch_draft,
    prepare,
    sheet_kept,
)
from intake.directives.correcting.passages import names_of, place_of
from intake.directives.correcting.rows import RowState, as_json, sheet_of
from intake.directives.drafting.draft import draft_of
from intake.directives.drafting.plan_file import PlanHead
from intake.directives.reading.process import read
from models.keeping.opening import Store
from models.plans.directive_drafts import directive_draft, keep_directive
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.errors import LateAtOnce
from tests.support.cast import at
from tests.support.launching import TEXT

pytestmark = pytest.mark.sqlite_only

LAUNCH = Launch(PlanHead("KH-15-2023", "Phòng, chống dịch bệnh", date(2023, 8, 17)), "15/KH-UBND", date(2023, 8, 17))


def desk(store: Store) -> ActorContext:
    return store.actor_context(now=at("2023-08-18"), actor="coordinator")


def kept(store: Store, text: str = TEXT) -> int:
    """The draft of a text, with all its rows confirmed."""
    document = read("kh.txt", text.encode())
    sheet = sheet_of(document, draft_of(document, names_of(store.plan, {}), place_of(store.plan)))
    sheet = set_state(sheet, [row.number for row in sheet.rows], RowState.CONFIRMED)
    layout = document.as_json()
    del layout["text"]
    with session_scope(store.engine) as session:
        draft = keep_directive(
            session, name="kh.txt", text=text, layout=layout, tasks=as_json(sheet.rows), context=desk(store)
        )
        assert draft.id
        return draft.id


def prepared_of(store: Store, number: int, launch: Launch = LAUNCH) -> Prepared:
    with reading_session(store.engine) as session:
        draft = directive_draft(session, number)
    return prepare(sheet_kept(draft), launch, draft.name, desk(store))


def launched(store: Store, number: int, prepared: Prepared, *, launch: Launch = LAUNCH, **how: bool) -> ActorContext:
    with session_scope(store.engine) as session:
        draft = directive_draft(session, number, to_change=True)
        return launch_draft(session, draft, launch, prepared, desk(store), **how)


def test_what_was_prepared_is_launched(store: Store) -> None:
    number = kept(store)
    then = launched(store, number, prepared_of(store, number))
    assert then.plan.directive("KH-15-2023").title_vi == LAUNCH.head.title


def test_a_draft_that_changed_since_is_prepared_anew(store: Store) -> None:
    number = kept(store)
    prepared = prepared_of(store, number)
    with session_scope(store.engine) as session:
        draft = directive_draft(session, number, to_change=True)
        draft.tasks = as_json(set_state(sheet_kept(draft), [1], RowState.DROPPED).rows)
        session.add(draft)
    with pytest.raises(ChangedMeanwhile, match="xem lại"):
        launched(store, number, prepared)


def test_a_plan_that_changed_since_is_prepared_for_anew(store: Store) -> None:
    number, other = kept(store), kept(store, TEXT.replace("15/KH-UBND", "16/KH-UBND"))
    prepared = prepared_of(store, number)
    head = replace(LAUNCH.head, code="KH-16-2023")
    launch = Launch(head, "16/KH-UBND", LAUNCH.on_date)
    launched(store, other, prepared_of(store, other, launch), launch=launch)
    with pytest.raises(ChangedMeanwhile):
        launched(store, number, prepared)


def test_what_is_counted_from_the_paper_and_over_already_is_told(store: Store) -> None:
    """«Within 10 days of issue», assigned by a paper of three weeks ago."""
    text = TEXT.split("1. Giao")[0].replace("17 tháng 8", "17 tháng 7") + (
        "1. Giao Sở Y tế rà soát cơ sở khám bệnh trong thời hạn 10 ngày kể từ ngày ban hành Kế hoạch này.\n"
        "2. Giao Sở Tài chính bố trí kinh phí trước ngày 30/9/2023.\n"
    )
    number = kept(store, text)
    launch = replace(LAUNCH, head=replace(LAUNCH.head, signed_on=date(2023, 7, 17)), on_date=date(2023, 7, 20))
    prepared = prepared_of(store, number, launch)
    assert not [each for each in prepared.passed if each.makes_late], "no day is named"
    assert [each.office for each in prepared.assigned.late] == ["SYT"]
    with pytest.raises(LateAtOnce) as late:
        launched(store, number, prepared, launch=launch)
    assert late.value.count == 1
    assert launched(store, number, prepared, launch=launch, may_be_late=True)
