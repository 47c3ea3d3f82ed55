"""Urging an office in writing: a letter with number and day, kept as it was issued."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlmodel import Session, and_, col, select

from config.boundary import text_faults
from config.errors import Refused, refuse_all
from config.settings import Settings
from config.text.shapes import one_line
from models.alerts.status import in_directive, is_open
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.outbox import UrgedAssignment, UrgingLetter
from models.work.attachments import ExaminedFile, keep, path_of
from models.work.parties import own_work

LONGEST_NUMBER = 64
URGE = "urge_in_writing"


@dataclass(frozen=True)
class LetterToRecord:
    """What is written of a letter. ``corrects`` is the number in the store of the letter that it replaces."""

    office: str
    directive: str
    number: str
    issued_on: date
    answer_by: date
    assignments: Collection[int]
    corrects: int | None = None


def record_urging(
    session: Session, settings: Settings, letter: LetterToRecord, paper: ExaminedFile | None, context: ActorContext
) -> UrgingLetter:
    """Put on record that an office was urged in writing; it is never undone, only replaced by one that corrects it.

    The very same letter once more by whom it was recorded is the one on record. Raises ``Refused`` with all faults at
    once.
    """
    lock_audit_chain(session)
    number = one_line(letter.number)
    if paper and (there := _same(session, letter, number, paper.sha256, context)):
        return there
    refuse_all(
        [
            *text_faults(number, "Số, ký hiệu văn bản", "Number", shortest=1, longest=LONGEST_NUMBER),
            *_faults(session, letter, number, context),
            *([] if paper else [_PAPER_MISSING]),
        ]
    )
    assert paper is not None
    keep(path_of(settings, paper.sha256), paper.content)
    added = UrgingLetter(
        office=letter.office,
        directive=letter.directive,
        number=number,
        issued_on=letter.issued_on,
        answer_by=letter.answer_by,
        corrects=letter.corrects,
        sha256=paper.sha256,
        name=paper.name,
        media_type=paper.media_type,
        size=len(paper.content),
        recorded_by=context.actor,
        recorded_at=context.now,
    )
    session.add(added)
    session.flush()
    about = sorted(letter.assignments)
    session.add_all(UrgedAssignment(letter_id=added.id or 0, assignment_id=each) for each in about)
    session.flush()
    record(
        session,
        context,
        URGE,
        f"urging:{added.id}",
        office=added.office,
        number=number,
        issued_on=f"{added.issued_on}",
        assignments=about[:50],
        count=len(about),
        sha256=added.sha256,
        corrects=added.corrects,
    )
    return added


_REPLACED = select(col(UrgingLetter.corrects)).where(col(UrgingLetter.corrects).is_not(None))

_PAPER_MISSING = Refused(
    "Văn bản đã ban hành: chưa chọn tệp; chọn bản PDF, Word hoặc ảnh chụp của văn bản đã ký.",
    "Issued letter: no file is chosen; choose the signed letter as PDF, Word or a photo.",
)


def _faults(session: Session, letter: LetterToRecord, number: str, context: ActorContext) -> list[Refused]:
    faults = []
    if letter.issued_on > context.today:
        faults.append(
            Refused(
                f"Ngày văn bản: {letter.issued_on:%d/%m/%Y} chưa đến; ghi khi văn bản đã ban hành.",
                f"Date of the letter: {letter.issued_on:%d/%m/%Y} is in the future; record the letter once it is "
                "issued.",
            )
        )
    if letter.answer_by < letter.issued_on:
        faults.append(
            Refused(
                f"Trả lời chậm nhất ngày: {letter.answer_by:%d/%m/%Y} trước ngày văn bản; chọn ngày sau.",
                f"Reply requested by: {letter.answer_by:%d/%m/%Y} is before the date of the letter; choose a later "
                "date.",
            )
        )
    if not letter.assignments:
        faults.append(Refused("Phần việc: chưa chọn việc nào.", "Assignments: choose at least one."))
    elif strange := sorted(set(letter.assignments) - _open_work(session, letter, context)):
        listed = ", ".join(map(str, strange[:10]))
        faults.append(
            Refused(
                f"Phần việc: số {listed} không phải việc đang làm của cơ quan này; tải lại trang rồi chọn lại.",
                f"Assignments: {listed} is not open work of this office; reload the page and choose again.",
            )
        )
    return faults + _faults_of_earlier(session, letter, number)


def _same(
    session: Session, letter: LetterToRecord, number: str, sha256: str, context: ActorContext
) -> UrgingLetter | None:
    """The letter that is on record with nothing else in it, and was not replaced: the button was pressed twice."""
    sent = asdict(replace(letter, number=number)) | {"sha256": sha256, "recorded_by": context.actor}
    about = set(sent.pop("assignments"))
    query = select(UrgingLetter).where(col(UrgingLetter.id).not_in(_REPLACED))
    for there in session.exec(query.filter_by(**sent)):
        urged = select(UrgedAssignment.assignment_id).where(UrgedAssignment.letter_id == there.id)
        if set(session.exec(urged)) == about:
            return there
    return None


def _open_work(session: Session, letter: LetterToRecord, context: ActorContext) -> set[int]:
    its = in_directive(context.plan, context.plan.directive(letter.directive))
    own = and_(own_work(session.connection(), letter.office), its, is_open)
    found = select(col(Assignment.id)).where(own, col(Assignment.id).in_(list(letter.assignments)))
    return {each for each in session.exec(found) if each is not None}


def _faults_of_earlier(session: Session, letter: LetterToRecord, number: str) -> list[Refused]:
    """About one directive a letter is on record once, and replaced once."""
    its = and_(col(UrgingLetter.office) == letter.office, col(UrgingLetter.directive) == letter.directive)
    in_force = session.exec(select(UrgingLetter).where(its, col(UrgingLetter.id).not_in(_REPLACED))).all()
    if letter.corrects is not None and letter.corrects not in {each.id for each in in_force}:
        return [
            Refused(
                "Thay cho văn bản: văn bản ấy không có, hoặc đã được thay; tải lại trang.",
                "Replaces: that letter does not exist or has already been replaced; reload the page.",
            )
        ]
    for each in in_force:
        same = (each.number, each.issued_on) == (number, letter.issued_on)
        if same and each.id != letter.corrects:
            return [
                Refused(
                    f"Văn bản số {number} ngày {letter.issued_on:%d/%m/%Y} đã ghi rồi; muốn sửa thì chọn nó ở ô «Thay"
                    " cho văn bản».",
                    f"Letter {number} of {letter.issued_on:%d/%m/%Y} is already recorded; to correct it, choose it "
                    "under “Replaces letter”.",
                )
            ]
    return []
