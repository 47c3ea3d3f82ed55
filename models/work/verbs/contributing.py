"""What an office that is only named adds to an assignment: it owes nothing, and may say something."""

from collections.abc import Sequence

from sqlmodel import Session, select

from config.boundary import checked_text
from config.errors import Refused
from config.settings import Settings
from models.alerts.notices import contribution_rung
from models.store.actor import ActorContext
from models.tables.errors import NotFound
from models.tables.lifecycle import NoticeKind, Verb
from models.tables.party import Part, Party
from models.tables.report import Contribution
from models.work.attachments import ExaminedFile, add_contributed_files
from models.work.locked_assignment import lock_assignment
from models.work.report_form import MAX_TEXT
from models.work.verbs.sending import sending_key

CONTRIBUTION_LABEL = ("Nội dung góp ý", "Contribution")


def contribute(
    session: Session,
    settings: Settings,
    assignment_id: int,
    text: str,
    context: ActorContext,
    *,
    files: Sequence[ExaminedFile] = (),
    submission: str | None = None,
) -> Contribution:
    """A named office adds a short text, with files where the work takes any, and the leads are told; nothing else
    changes. The actor is the office.

    submission  names one filling-in of the form: the same once more returns the contribution that is already there

    Raises ``NotFound`` for an office that is not named in it.
    """
    locked = lock_assignment(session, assignment_id, context)
    office = context.actor.removeprefix("office:")
    party = session.get(Party, (assignment_id, office))
    if party is None or party.part is not Part.NAMED:
        raise NotFound(
            f"Việc số {assignment_id} không nêu tên {office} là cơ quan phối hợp, để biết.",
            f"Assignment {assignment_id} does not name {office} as a coordinating office.",
        )
    vi, en = CONTRIBUTION_LABEL
    text = checked_text(text, vi, en, longest=MAX_TEXT)
    if not text:
        raise Refused(f"{vi}: chưa ghi; viết một vài câu ngắn.", f"{en}: missing; enter one or two short sentences.")
    key = sending_key(submission, office, text)
    if key and (existing := session.exec(select(Contribution).where(Contribution.submission == key)).one_or_none()):
        return existing
    locked.require(Verb.CONTRIBUTE)
    added = Contribution(
        assignment_id=assignment_id, office=office, text=text, contributed_at=context.now, submission=key
    )
    session.add(added)
    session.flush()
    add_contributed_files(session, settings, added, files, locked.assignment, context)
    locked.perform(Verb.CONTRIBUTE, contribution=added.id)
    locked.tell_office(NoticeKind.CONTRIBUTED, rung=contribution_rung(added.id or 0, office))
    return added
