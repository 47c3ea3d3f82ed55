"""The files of an assignment: attached before its report is submitted, bound to the report after; or contributed.

Bytes lie under the data directory by their hash, written before the row that names them: a crash or a rollback in
between leaves bytes that no row names, never a row without bytes (``models.keeping.unnamed_files`` clears them away).
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, update
from sqlmodel import Session, col, select

from config.disk import DiskRefused, is_full
from config.errors import Refused
from config.settings import Settings
from config.text.atomic_write import atomic_write
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.errors import NotFound
from models.tables.lifecycle import Verb
from models.tables.outbox import UrgingLetter
from models.tables.report import Attachment, Contribution
from models.work.locked_assignment import lock_assignment

_DIRECTORY_RIGHTS, _FILE_RIGHTS = 0o700, 0o600
MAX_FILES = 5


@dataclass(frozen=True)
class ExaminedFile:
    """A file that may be kept. ``readable`` is false where a page is a picture, not held against the boundary."""

    name: str
    media_type: str
    content: bytes
    sha256: str
    readable: bool


def add_attachment(
    session: Session, settings: Settings, assignment_id: int, examined: ExaminedFile, context: ActorContext
) -> Attachment:
    """Attach a file to an assignment; the same file once more is the one that is there, under another
    name it is refused, as it was probably chosen by mistake.

    May follow ``save_draft`` and be called for several files in one transaction, each in a savepoint where one that is
    refused must not undo the others.

    Raises ``Refused`` where the form takes no files or there are ``MAX_FILES`` already, ``TransitionRefused`` when the
    office has nothing to report now.
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.REPORT, Verb.CORRECT)
    assignment = locked.assignment
    _refuse_where_none_are_taken(assignment, examined, context)
    waiting = waiting_attachments(session, assignment_id)
    for each in waiting:
        if each.sha256 == examined.sha256:
            if each.name != examined.name:
                raise Refused(
                    f"Tệp «{examined.name}»: giống hệt tệp «{each.name}» đã có; không thêm lần nữa. Nếu gửi nhầm, chọn"
                    " đúng tệp rồi thêm lại.",
                    f"File '{examined.name}' is identical to '{each.name}', already attached; choose another.",
                )
            keep(path_of(settings, examined.sha256), examined.content)  # restores bytes that were lost
            return each
    if len(waiting) >= MAX_FILES:
        raise Refused(
            f"Tệp «{examined.name}»: đã có {MAX_FILES} tệp; bỏ bớt một tệp trước.",
            f"File '{examined.name}': there are {MAX_FILES} files already; remove one first.",
        )
    return _added(session, settings, assignment_id, examined, context)


def add_contributed_files(
    session: Session,
    settings: Settings,
    contribution: Contribution,
    examined: Sequence[ExaminedFile],
    assignment: Assignment,
    context: ActorContext,
) -> None:
    """Attach the files that came with a contribution; raises ``Refused`` as ``add_attachment`` does."""
    if len(examined) > MAX_FILES:
        raise Refused(
            f"Tệp kèm theo: có {len(examined)} tệp; mỗi lần tối đa {MAX_FILES} tệp.",
            f"Files: there are {len(examined)}; at most {MAX_FILES} at a time.",
        )
    for each in examined:
        _refuse_where_none_are_taken(assignment, each, context)
        _added(session, settings, contribution.assignment_id, each, context, contribution=contribution.id)


def _added(
    session: Session,
    settings: Settings,
    assignment_id: int,
    examined: ExaminedFile,
    context: ActorContext,
    *,
    contribution: int | None = None,
) -> Attachment:
    keep(path_of(settings, examined.sha256), examined.content)
    added = Attachment(
        assignment_id=assignment_id,
        contribution_id=contribution,
        sha256=examined.sha256,
        name=examined.name,
        media_type=examined.media_type,
        size=len(examined.content),
        readable=examined.readable,
        uploaded_at=context.now,
    )
    session.add(added)
    session.flush()
    _record(session, "attach", added, context)
    return added


def _refuse_where_none_are_taken(assignment: Assignment, examined: ExaminedFile, context: ActorContext) -> None:
    if not takes_files(assignment, context):
        raise Refused(
            f"Tệp «{examined.name}»: việc này không nhận tệp kèm theo; chỉ ghi số và ngày văn bản.",
            f"File '{examined.name}': this work takes no attachments; give only the document's number and date.",
        )


def remove_attachment(session: Session, assignment_id: int, attachment_id: int, context: ActorContext) -> str | None:
    """Remove a file that was not submitted with a report; one that is gone already is no mistake.

    Returns the hash that ``discard_content`` is to be called with once this transaction is committed.
    """
    lock_audit_chain(session)
    found = session.get(Attachment, attachment_id, populate_existing=True)
    if found is None or found.assignment_id != assignment_id:
        return None
    if found.report_id is not None or found.contribution_id is not None:
        vi, en = ("báo cáo", "a report") if found.report_id is not None else ("góp ý", "a contribution")
        raise Refused(
            f"Tệp «{found.name}» đã gửi cùng {vi}, không bỏ được.",
            f"File '{found.name}' was submitted with {en} and cannot be removed.",
        )
    session.delete(found)
    session.flush()
    _record(session, "detach", found, context)
    return found.sha256


def drop_waiting(session: Session, assignment_id: int, context: ActorContext) -> None:
    """Remove the files that were to go with a report that is not to come; their bytes go as any that no row names."""
    for each in waiting_attachments(session, assignment_id):
        remove_attachment(session, assignment_id, each.id or 0, context)


def discard_content(session: Session, settings: Settings, sha256: str) -> None:
    """Delete bytes that no file and no urging letter names any more, in a transaction of its own.

    In the transaction that removes the last file they would be gone too early, should it not be committed. The lock on
    the audit chain keeps everybody else from naming them meanwhile.
    """
    lock_audit_chain(session)
    named = (select(table.id).where(table.sha256 == sha256).limit(1) for table in (Attachment, UrgingLetter))
    if all(session.exec(query).first() is None for query in named):
        with suppress(OSError):  # bytes that nobody names do no harm
            path_of(settings, sha256).unlink(missing_ok=True)


def waiting_attachments(session: Session, assignment_id: int) -> Sequence[Attachment]:
    """The files attached to an assignment and not yet submitted with a report."""
    return session.exec(select(Attachment).where(_waiting(assignment_id)).order_by(col(Attachment.id))).all()


def all_attachments(session: Session, assignment_id: int) -> Sequence[Attachment]:
    """Every file of an assignment, submitted or waiting, in the order in which they came."""
    query = select(Attachment).where(Attachment.assignment_id == assignment_id)
    return session.exec(query.order_by(col(Attachment.id))).all()


def attachments_of(session: Session, assignment_id: int) -> dict[int, list[Attachment]]:
    """The files that were submitted, by the id of their report."""
    return _files_by(_SUBMITTED, session, assignment_id)


def contributed_files(session: Session, assignment_id: int) -> dict[int, list[Attachment]]:
    """The files that came with contributions, by the id of the contribution."""
    return _files_by(_CONTRIBUTED, session, assignment_id)


def _filed_under(column: int | None) -> Select[Any]:
    their = col(column)
    of_it = Attachment.assignment_id == bindparam("assignment_id")
    return select(their, Attachment).where(of_it, their.is_not(None)).order_by(col(Attachment.id))


_SUBMITTED, _CONTRIBUTED = _filed_under(Attachment.report_id), _filed_under(Attachment.contribution_id)


def _files_by(query: Select[Any], session: Session, assignment_id: int) -> dict[int, list[Attachment]]:
    files: dict[int, list[Attachment]] = {}
    for number, each in session.execute(query, {"assignment_id": assignment_id}):
        if number is not None:
            files.setdefault(number, []).append(each)
    return files


def refuse_unwanted_files(session: Session, assignment: Assignment, context: ActorContext) -> None:
    """Files may be attached to an assignment whose form takes none since; raises ``Refused`` naming them."""
    if takes_files(assignment, context) or not (waiting := waiting_attachments(session, assignment.id or 0)):
        return
    names = ", ".join(f"«{each.name}»" for each in waiting)
    raise Refused(
        f"Việc này không còn nhận tệp kèm theo; bỏ tệp {names} rồi gửi lại, chỉ ghi số và ngày văn bản.",
        f"This work no longer takes attachments; remove {names} and give only the number and date.",
    )


def attachment_file(
    session: Session, settings: Settings, assignment_id: int, attachment_id: int
) -> tuple[Attachment, Path]:
    """A file of an assignment and where its bytes lie; raises ``NotFound``, also when they are not what they were."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.assignment_id != assignment_id:
        raise NotFound(f"Không có tệp số {attachment_id}.", f"There is no file no. {attachment_id}.")
    return found, intact_path(settings, found.sha256, found.name)


def intact_path(settings: Settings, sha256: str, name: str) -> Path:
    """Where bytes lie; raises ``NotFound`` when they are gone or not what they were."""
    path = path_of(settings, sha256)
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise NotFound(
            f"Nội dung tệp «{name}» không còn nguyên vẹn trong kho; báo cơ quan đôn đốc.",
            f"The content of '{name}' is missing or was changed; tell the coordinator.",
        )
    return path


def bind_attachments(session: Session, assignment_id: int, report_id: int | None) -> None:
    """Every file attached to an assignment goes with the report that is submitted."""
    session.exec(update(Attachment).where(_waiting(assignment_id)).values(report_id=report_id))


def takes_files(assignment: Assignment, context: ActorContext) -> bool:
    """Whether the form of an assignment's step takes files."""
    return context.plan.subtask(assignment.subtask).form(assignment.step).attachments != "disabled"


def _waiting(assignment_id: int) -> ColumnElement[bool]:
    own = and_(col(Attachment.assignment_id) == assignment_id, col(Attachment.contribution_id).is_(None))
    return and_(own, col(Attachment.report_id).is_(None))


def path_of(settings: Settings, sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    return files_dir(settings) / sha256[:2] / sha256


def files_dir(settings: Settings) -> Path:
    """Where the bytes of all files lie."""
    return settings.data_dir / "attachments"


def keep(path: Path, content: bytes) -> None:
    """Write bytes where ``path_of`` says, all or nothing; raises ``DiskRefused`` when the disk is full or read-only."""
    if path.exists() and path.read_bytes() == content:
        return
    try:
        # One by one: parents made on the way would not get these rights.
        for directory in (path.parents[2], path.parents[1], path.parent):
            directory.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_RIGHTS)
        with atomic_write(path) as file:
            os.fchmod(file.fileno(), _FILE_RIGHTS)
            file.write(content)
        _sync_directory(path.parent)
    except (OSError, DiskRefused) as fault:
        raise DiskRefused(
            "Chưa lưu được tệp: kho dữ liệu đầy hoặc không ghi được; báo người quản trị.",
            "The file was not saved: the disk is full or cannot be written to; tell the operator.",
            is_full=is_full(fault),
        ) from None


def _sync_directory(directory: Path) -> None:
    """The new name in a directory outlives a power cut only when the directory is written too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record(session: Session, verb: str, file: Attachment, context: ActorContext) -> None:
    about = f"assignment:{file.assignment_id}"
    record(session, context, verb, about, name=file.name, sha256=file.sha256, size=file.size)
