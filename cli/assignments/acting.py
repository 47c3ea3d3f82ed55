"""One verb on one assignment from the command: its transaction, and the assignment as it is after it."""

from collections.abc import Callable

from sqlmodel import Session

from cli.assignments.display import history_json
from cli.assignments.listing import refuse_before_assigned
from cli.output import show_json
from cli.store import acting_time, open_configured_store
from config.rules.due_words import due_clause
from config.rules.kinds import Timing
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.lifecycle import STATE_WORDS
from models.work.directive_deeds.left_over import left_over
from models.work.queries import history
from reports.wording import status_vi


def act(
    assignment_id: int,
    role: str,
    as_of: str | None,
    json_: bool,
    verb: Callable[[Session, int, ActorContext], object],
) -> None:
    """Apply one verb in one transaction and show the assignment after it; ``role`` is who acts."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        now = acting_time(as_of)
        before = history(session, assignment_id, now=now).assignment
        refuse_before_assigned(before, now)
        actor = f"office:{before.office}" if role == "office" else role
        verb(session, assignment_id, store.actor_context(now=now, actor=actor))
        session.flush()
        found = history(session, assignment_id, now=now)
        if json_:
            show_json(history_json(found, store.plan)["assignment"])
            return
        done = found.assignment
        state, name = STATE_WORDS[done.state][0], store.plan.office(done.office).name_vi
        status = status_vi(found.status, done.state, is_dated=done.timing is Timing.DATED).lower()
        print(f"Việc số {done.id} ({done.subtask}, {name}): {state}; {due_clause(done)}; {status}.")
        if (left := left_over(session, done, store.actor_context(now=now, actor=actor))) is not None:
            print(left.in_words(store.plan)[0])
