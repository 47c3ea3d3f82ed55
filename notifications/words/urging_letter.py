"""What tells an office by mail or chat that it was urged in writing: the letter itself is behind the link."""

from collections.abc import Sequence
from html import escape

from sqlmodel import Session, col

from config.contacts.desks import Desk
from config.errors import Refused
from config.rules.due_words import due_in_words
from models.access.office_links import office_links
from models.delivery.leases import RenderedMessage
from models.delivery.letters import write_of_urging
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.outbox import UrgingLetter
from models.work.attachments import ExaminedFile
from models.work.directives import samples_in_force
from models.work.rows import ListedAssignment, read_rows, select_rows
from models.work.verbs.urging import LetterToRecord, record_urging

_PREVIEW_SIZE = 12


def urge_in_writing(
    session: Session, store: Store, letter: LetterToRecord, paper: ExaminedFile | None, context: ActorContext
) -> UrgingLetter:
    """Put an urging letter on record and what tells its office of it in the outbox, one transaction.

    Raises ``Refused`` as ``record_urging`` does, and for a sample, about which nobody is urged.
    """
    if letter.directive in samples_in_force(session):
        raise Refused(
            "Đây là việc MẪU: không ghi văn bản đôn đốc, không gửi cho cơ quan nào.",
            "This is SAMPLE work: no urging letter is recorded and no office is written to.",
        )
    recorded = record_urging(session, store.settings, letter, paper, context)
    query = select_rows(ListedAssignment).where(col(Assignment.id).in_(list(letter.assignments)))
    rows = read_rows(session.connection(), ListedAssignment, query.order_by(col(Assignment.due_at), col(Assignment.id)))
    before = session.get(UrgingLetter, recorded.corrects) if recorded.corrects else None
    words = urging_text(recorded, rows, store, context, before)
    write_of_urging(
        session, recorded.id or 0, words, store.contacts, context, office=recorded.office, desks=_desks(store, recorded)
    )
    return recorded


def _desks(store: Store, letter: UrgingLetter) -> Sequence[Desk]:
    """The focal desk, and the head where it has an address of its own."""
    head = (letter.office, Desk.HEAD) in store.contacts.addresses
    return (Desk.FOCAL, Desk.HEAD) if head else (Desk.FOCAL,)


def urging_text(
    letter: UrgingLetter,
    rows: Sequence[ListedAssignment],
    store: Store,
    context: ActorContext,
    before: UrgingLetter | None,
) -> RenderedMessage:
    """In Vietnamese, a line of English below. A coordinator's letter to its own office goes to those in it who work."""
    plan = store.plan
    directive = plan.directive(letter.directive)
    office, issuer = plan.office(letter.office), plan.coordinator_on(directive, context.today)
    own = office.code == issuer.code
    to = f"các đơn vị thuộc {office.name_vi}" if own else office.name_vi
    link = office_links(store.settings).links(letter.office, now=context.now)
    cited = f"{letter.number} ngày {letter.issued_on:%d/%m/%Y}"
    replaced = f", thay cho văn bản số {before.number} ngày {before.issued_on:%d/%m/%Y}" if before else ""
    more = len(rows) - _PREVIEW_SIZE
    lines = [
        f"Kính gửi: {to}",
        f"{issuer.name_vi} đã có văn bản đôn đốc số {cited}{replaced} về {len(rows)} phần việc:",
        *(
            _line(row, plan.step_title(row.subtask, row.step, row.variant, occasion=row.occasion))
            for row in rows[:_PREVIEW_SIZE]
        ),
        *([f"– và {more} phần việc khác, ghi trong văn bản."] if more > 0 else []),
        f"Đề nghị trả lời chậm nhất ngày {letter.answer_by:%d/%m/%Y}: báo cáo kết quả, hoặc nêu nguyên nhân và thời hạn"
        " hoàn thành mới.",
        f"Văn bản: {link(f'/urging/{letter.id}')}",
        f"Các việc của cơ quan: {link('')}",
        f"{issuer.name_en} has urged {office.name_en} by letter {letter.number} of {letter.issued_on:%d/%m/%Y}"
        f" about {len(rows)} assignments; please reply by {letter.answer_by:%d/%m/%Y}.",
    ]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    subject = f"[Đôn đốc] Văn bản số {cited}: đề nghị trả lời chậm nhất {letter.answer_by:%d/%m/%Y}"
    return RenderedMessage(subject, "\n\n".join(lines) + "\n", html)


def _line(row: ListedAssignment, title: str) -> str:
    return f"– {row.subtask} {title} (hạn {due_in_words(row)})"
