"""A plan from a file, as a draft to look at; and a directive's plan as a file, to be changed or kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from config.catalogue.faults import PlanErrors
from config.catalogue.folders import CALENDAR, LADDERS, OFFICES, folder_of, name_of
from config.catalogue.writing import directive_folders, plan_files
from config.errors import Refused
from config.text.plain_yaml import MAX_BYTES
from intake.files.evidence import clean_name
from models.plans.documents import PlanInForce, documents_of, replaced
from models.plans.editions import Provenance
from models.plans.reading import source_digest
from models.plans.texts import plan_sent
from models.store.database import session_scope
from models.work.directive_deeds.drafts import keep_draft
from portal.form import Upload, read_upload
from portal.plans.own import is_own, own_directive, require_whole_plan
from portal.query import read_query
from portal.web import context_of, page, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

MOST_FILES = 250
"""Files of one plan; a plan has at most 99 priorities."""

MOST_UNPACKED = 25_000_000
"""Bytes of a plan's files together."""

_ENDINGS = (".yaml", ".yml", ".txt", ".md")


@router.post("/plans/upload")
def upload(request: Request, sent: Upload = Depends(read_upload)) -> Response:
    """Make a draft of a plan's folder or file: of a directive that is followed, or of a new one."""
    try:
        number = _kept(request, sent)
    except Refused as refused:
        return page(request, "plan_upload.html", 422, refused=_in_the_file(refused))
    return see_other(f"/plans/drafts/{number}", flash="draft_made")


@router.get("/plans/directives/{code}/export")
def export(request: Request, code: str) -> Response:
    """A directive's plan as its folder, zipped: what is changed in it comes in again as a draft."""
    read_query(request, ())
    store = store_of(request)
    own_directive(store.plan, code)
    files = plan_files(store.plan, store.calendar)
    folder = next(folder for folder, each in directive_folders(store.plan) if each.code == code)
    is_main = store.plan.is_whole and not folder
    shared = () if is_main else (OFFICES, LADDERS, CALENDAR)
    name = f"ke-hoach-{code.lower()}"
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for file, text in files.items():
            if folder_of(file) == folder and not (not folder and name_of(file) in shared):
                # The same plan gives the same bytes: no moment of packing stands in them.
                archive.writestr(ZipInfo(f"{name}/{name_of(file)}"), text, ZIP_DEFLATED)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(content.getvalue(), media_type="application/zip", headers=headers)


def _kept(request: Request, sent: Upload) -> int:
    if len(sent.files) != 1:
        raise Refused("Tệp: chọn một tệp .zip hoặc .yaml.", "File: choose one .zip or .yaml file.")
    store, context = store_of(request), context_of(request)
    in_force = PlanInForce(context.plan, context.calendar, context.editions)
    with _unpacked(sent.files[0]) as path:
        plan, calendar = plan_sent(path, in_force, context.today)
        digest = source_digest(path)
    before, after = (context.plan, context.calendar), (plan, calendar)
    differing = [each for each in replaced(before, after) if each in documents_of(*after)]
    if not is_own(request, differing):
        require_whole_plan(request)
    with session_scope(store.engine) as session:
        draft = keep_draft(session, plan, calendar, provenance=Provenance(source_digest=digest), context=context)
        return draft.id or 0


@contextmanager
def _unpacked(file: UploadFile) -> Iterator[Path]:
    """The folder or the file of a plan, on disk while it is read."""
    name = clean_name(file.filename or "")
    with TemporaryDirectory() as directory:
        folder = Path(directory) / "ke-hoach"
        folder.mkdir()
        if name.lower().endswith(".zip"):
            yield _unzipped(file, folder)
        elif name.lower().endswith((".yaml", ".yml")):
            # Under its own name: «p3.yaml» takes the place of that priority alone.
            path = folder / f"{PurePosixPath(name).stem[:60]}.yaml"
            path.write_bytes(_read(file.file.read(MAX_BYTES + 1), name))
            yield path
        else:
            raise Refused(
                f"Tệp «{name[:60]}»: chỉ nhận .zip (thư mục kế hoạch nén lại) hoặc .yaml.",
                f"File '{name[:60]}': only .zip (a plan's folder) or .yaml.",
            )


def _unzipped(file: UploadFile, folder: Path) -> Path:
    """The files of a plan in an archive, without the one folder that all may stand in."""
    try:
        with ZipFile(file.file) as archive:
            members = [each for each in archive.infolist() if _is_of_a_plan(each)]
            if len(members) > MOST_FILES or sum(each.file_size for each in members) > MOST_UNPACKED:
                raise Refused(
                    f"Tệp .zip: quá {MOST_FILES} tệp hoặc giải nén ra lớn quá; chỉ nén thư mục kế hoạch.",
                    f".zip: more than {MOST_FILES} files, or too large unpacked; zip only the plan's folder.",
                )
            if not members:
                raise Refused(
                    "Tệp .zip: không có tệp .yaml nào; nén cả thư mục kế hoạch (directive.yaml, p1.yaml …).",
                    ".zip: no .yaml file in it; zip the whole plan folder (directive.yaml, p1.yaml …).",
                )
            paths = {each: _inner(each, members) for each in members}
            left = MOST_UNPACKED
            for member, inner in paths.items():
                if len(inner.parts) > 2:
                    continue  # no plan is so deep
                with archive.open(member) as packed:
                    content = packed.read(min(MAX_BYTES, left) + 1)
                left -= len(content)
                target = folder.joinpath(*inner.parts)
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(_read(content, str(inner)))
    except (Refused, MemoryError):
        raise
    except Exception:  # a damaged archive may raise anything
        raise Refused(
            "Tệp .zip: không mở được (hỏng, có mật khẩu hoặc cách nén lạ); nén lại rồi gửi.",
            ".zip: it cannot be opened (damaged, password-protected or compressed in an unusual way); zip it again "
            "and send it.",
        ) from None
    return folder


def _is_of_a_plan(member: ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) or part in ("..", "") for part in parts)
    return not (member.is_dir() or hidden or member.filename.startswith("/")) and member.filename.lower().endswith(
        _ENDINGS
    )


def _inner(member: ZipInfo, members: list[ZipInfo]) -> PurePosixPath:
    """The path within the plan's folder: without the folder that was packed, where all stand in one."""
    path = PurePosixPath(member.filename)
    heads = {PurePosixPath(each.filename).parts[0] for each in members}
    packed_in_one = len(heads) == 1 and all(len(PurePosixPath(each.filename).parts) > 1 for each in members)
    return PurePosixPath(*path.parts[1:]) if packed_in_one else path


def _read(content: bytes, name: str) -> bytes:
    if len(content) > MAX_BYTES:
        raise Refused(f"{name[:60]}: lớn quá {MAX_BYTES} byte.", f"{name[:60]}: larger than {MAX_BYTES} bytes.")
    return content


def _in_the_file(refused: Refused) -> Refused:
    """The faults of a plan without the place where it was read, which says nothing to who sent it."""
    if not isinstance(refused, PlanErrors):
        return refused
    count = len(refused.errors)
    return Refused(
        f"Kế hoạch trong tệp có {count} lỗi; chưa ghi gì:",
        f"The plan in the file has {count} errors; nothing was saved:",
        details=refused.faults,
    )
