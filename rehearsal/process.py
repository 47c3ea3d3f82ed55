"""``python -m rehearsal.process NUMBER``: plays a rehearsal that the portal was asked for, in a process of its own."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace

from config.errors import Refused
from config.settings import load_settings
from intake.directives.correcting.acts import set_state
from intake.directives.correcting.launching import (
    Launch,
    launch_draft,
    launch_from,
    prepare,
    sheet_kept,
    suggested_head,
)
from intake.directives.correcting.rows import RowState, as_json
from models.keeping.opening import Store, open_store
from models.plans.directive_drafts import directive_draft
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.work.deeds.apply import apply, previewing
from models.work.directive_deeds.drafts import drafted, open_draft
from rehearsal.rehearse import NOT_ISSUED, rehearse
from reports.months_ahead.kept import Asked, KeptRehearsals

_NICE = 10
"""Behind everything that people wait for."""


def play(store: Store, number: int) -> None:
    """Play one that was asked for, and keep what it finds, or why it finds nothing."""
    kept = KeptRehearsals(store.settings).one(number)
    if kept is None:
        raise SystemExit(f"there is no rehearsal {number}")
    with kept.playing():
        asked = kept.asked
        try:
            found = rehearse(
                store,
                asked.months,
                now=asked.now,
                answering=asked.answering,
                say=kept.say,
                beforehand=_beforehand(asked),
            )
        except Refused as refused:
            kept.keep_fault(refused)
        except BaseException:
            kept.keep_fault(
                Refused("Diễn tập gặp lỗi; báo người quản trị.", "The rehearsal failed; tell the operator.")
            )
            raise
        else:
            kept.keep(found)


def _beforehand(asked: Asked) -> Callable[[Store], None]:
    """What is done to the copy before the days are played."""

    def done(store: Store) -> None:
        context = store.actor_context(now=asked.now, actor="coordinator", run_key="rehearsal")
        if asked.draft is not None:
            _launch(store, asked.draft, context)
        if asked.amendment is not None:
            _amend(store, asked.amendment, context)

    return done


def _launch(store: Store, number: int, context: ActorContext) -> None:
    """Launch a draft with every row that is not dropped, confirmed or not yet."""
    with reading_session(store.engine) as session:
        draft = directive_draft(session, number)
    sheet = sheet_kept(draft)
    if live := [row.number for row in sheet.live]:
        sheet = set_state(sheet, live, RowState.CONFIRMED)
    launch = launch_from(draft.launch, suggested_head(sheet, context.plan, draft.name))
    signed = launch.head.signed_on
    on_date = min(launch.on_date or context.today, context.today)
    head = replace(launch.head, signed_on=min(signed, on_date) if signed else on_date)
    launch = Launch(head, launch.number or NOT_ISSUED, on_date)
    prepared = prepare(sheet, launch, draft.name, context)
    with session_scope(store.engine) as session:
        draft = directive_draft(session, number, to_change=True)
        draft.tasks = as_json(sheet.rows)
        launch_draft(session, draft, launch, prepared, context, may_be_late=True)


def _amend(store: Store, number: int, context: ActorContext) -> None:
    """Apply the draft of an amendment by the paper it rests on so far, from the day on which it is to hold."""
    with reading_session(store.engine) as session:
        draft = open_draft(session, number)
        given = Provenance(
            reason=draft.reason or "Diễn tập",
            paper_number=draft.paper_number,
            paper_date=draft.paper_date,
            effective_on=draft.effective_on,
        )
        change = drafted(session, number, given, context).change
    with previewing(store.engine, change) as (_, prepared):
        digest = prepared.digest
    apply(store.engine, change, confirmed=digest, may_be_late=True)


if __name__ == "__main__":
    os.nice(_NICE)
    with open_store(load_settings()) as opened:
        play(opened, int(sys.argv[1]))
