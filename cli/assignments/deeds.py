"""Previewing and applying a deed from the command line: what it does is shown first, and what is late at once asks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typer
from sqlalchemy import Connection
from sqlmodel import Session

from cli.output import show_json, show_table
from cli.store import acting_time, effective_time, open_configured_store
from config.catalogue.plan import Plan
from config.clock import parse_date
from config.errors import Refused
from config.rules.due_words import dated
from config.text.atomic_write import atomic_write
from models.keeping.mirror import mirror_configuration
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.deed import ItemKind
from models.tables.lifecycle import Role
from models.work.deeds.apply import Change, apply, previewing
from models.work.deeds.grounds import grounds
from models.work.deeds.prepared import Prepared, PreparedItem, prepared_items, prepared_parties
from reports.deed_files import preview_document, write_preview_workbook
from reports.deed_preview import ANNEX, Preview, annex, assignment_rows, preview_of
from reports.deed_sentences import LEFT_VI

DEED_REASON = typer.Option("", "--reason", help="Lý do, một câu ngắn. / The reason, in a short sentence.")
PAPER = typer.Option("", "--paper", help="Số văn bản làm căn cứ. / Number of the document it is based on.")
PAPER_DATE = typer.Option(
    None, "--paper-date", metavar="YYYY-MM-DD", help="Ngày của văn bản ấy. / Date of that document."
)
PREVIEW = typer.Option(False, "--preview", help="Chỉ xem trước, không ghi. / Only show what it would do.")
CONFIRM = typer.Option(
    False, "--confirm", help="Vẫn làm dù có việc quá hạn ngay. / Go ahead even if work becomes overdue immediately."
)

ROWS_SHOWN = 200
"""Items listed on the screen; ``--json`` lists all."""

OUTPUT = typer.Option(
    None,
    "-o",
    "--output",
    metavar="FILE",
    help="Ghi bản xem trước ra .docx hoặc .xlsx cho người ký. / Write the preview to .docx or .xlsx for the person "
    "who signs.",
)


def stated_grounds(
    reason: str, paper: str, paper_date: str | None, *, date_: str | None = None, needs_reason: bool = True
) -> Provenance:
    """The grounds given by the options; ``date_`` is the day from which the deed holds."""
    return grounds(
        reason=reason,
        paper_number=paper,
        paper_date=parse_date(paper_date, "--paper-date") if paper_date else None,
        effective_on=parse_date(date_, "--date") if date_ else None,
        needs_reason=needs_reason,
    )


def decide(
    build: Callable[[Session, ActorContext], Change],
    *,
    preview: bool,
    as_of: str | None,
    json_: bool,
    confirm: bool = False,
    output: Path | None = None,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> Change:
    """The coordinator's deed worked out from the store as it stands: shown and, unless only looked at, done.

    beside  what ``--json`` says besides, known once the deed is worked out
    """
    with open_configured_store() as store:
        moment = effective_time(as_of) if preview else acting_time(as_of)
        context = store.actor_context(now=moment, actor="coordinator")
        with reading_session(store.engine) as session:
            change = build(session, context)
        with previewing(store.engine, change) as (connection, prepared):
            said, plan = preview_of(connection, prepared, change, context), change.context.plan
            if output is not None:
                write_preview(output, connection, said, plan)
            if json_:
                shown = {**beside, **as_json(connection, prepared, said)}
            else:
                show_preview(connection, said, plan)
        if not preview:
            done = apply(store.engine, change, confirmed=prepared.digest, may_be_late=confirm)
            mirror_configuration(store.engine, change.context.plan, store.contacts)
            if json_:
                shown["deed"] = done.deed
            else:
                print(f"Đã áp dụng (quyết định số {done.deed}).")
    if json_:
        show_json(shown)
    return change


def as_json(connection: Connection, prepared: Prepared, preview: Preview) -> dict[str, Any]:
    """A preview for programs."""
    by_kind: dict[ItemKind, list[PreparedItem]] = {kind: [] for kind in ItemKind}
    for item in prepared_items(connection):
        by_kind[item.kind].append(item)
    joining = [*by_kind[ItemKind.MADE], *by_kind[ItemKind.RESTORED], *by_kind[ItemKind.WITHDRAWN]]
    return {
        "made": [_made(item) for item in by_kind[ItemKind.MADE]],
        "restored": [_made(item) for item in by_kind[ItemKind.RESTORED]],
        "moved": [
            {
                "assignment": item.assignment_id,
                "from": dated(item.from_due_date),
                "to": dated(item.to_due_date),
                "overdue": item.is_late_now,
            }
            for item in by_kind[ItemKind.MOVED]
        ],
        "reassigned": [
            {"assignment": item.assignment_id, "from": item.from_office, "to": item.to_office}
            for item in by_kind[ItemKind.REASSIGNED]
        ],
        "coordinating": [
            {
                "assignment": item.assignment_id,
                "office": item.to_office,
                "change": "dropped" if item.kind is ItemKind.WITHDRAWN else "added",
            }
            for item in joining
            if item.role is Role.COORDINATING
        ],
        "reworded": [item.assignment_id for item in by_kind[ItemKind.REWORDED]],
        "monitor": [item.assignment_id for item in by_kind[ItemKind.MONITOR]],
        "parties": [vars(each) for each in prepared_parties(connection)],
        "withdrawn": [item.assignment_id for item in by_kind[ItemKind.WITHDRAWN]],
        "left": [
            {"assignment": item.assignment_id, "because": item.left_because, "reason": LEFT_VI[item.left_because]}
            for item in by_kind[ItemKind.LEFT]
            if item.left_because
        ],
        "sentences": [
            {"subtask": each.code, "title": each.title, "changes": each.sentences} for each in preview.paragraphs
        ],
        "overdue": prepared.late,
        "letters": prepared.letters,
        "digest": prepared.digest,
    }


def _made(item: PreparedItem) -> dict[str, Any]:
    return {
        "assignment": item.assignment_id,
        "subtask": item.subtask,
        "step": item.step,
        "variant": item.variant,
        "period": item.period,
        "role": item.role,
        "office": item.to_office,
        "due_date": dated(item.to_due_date),
        "timing": item.to_timing,
        "overdue": item.is_late_now,
    }


def show_preview(connection: Connection, preview: Preview, plan: Plan) -> None:
    """A preview for people: in sentences, then row by row."""
    for paragraph in preview.paragraphs:
        if paragraph.heading:
            print(f"\n{paragraph.heading}")
        print(f"  {' '.join(filter(None, (paragraph.code, paragraph.title)))}:")
        for sentence in paragraph.sentences:
            print(f"    – {sentence}")
    rows = [(title.split()[0], *row.brief) for title, each in annex(prepared_items(connection), plan) for row in each]
    if rows:
        show_table("Phụ lục", ("Nhiệm vụ", *ANNEX), rows[:ROWS_SHOWN], empty="")
    if len(rows) > ROWS_SHOWN:
        print(f"… và {len(rows) - ROWS_SHOWN} dòng nữa; xem tất cả bằng --json.")
    for sentence in preview.summary:
        print(sentence)


def write_preview(output: Path, connection: Connection, preview: Preview, plan: Plan) -> None:
    if output.suffix not in (".docx", ".xlsx"):
        raise Refused(
            f"--output {output.name}: chỉ ghi được .docx (Word) hoặc .xlsx (Excel).",
            f"--output {output.name}: only .docx (Word) or .xlsx (Excel) can be written.",
        )
    items = prepared_items(connection)
    with atomic_write(output) as file:
        if output.suffix == ".xlsx":
            write_preview_workbook(file, preview, assignment_rows(items, plan))
        else:
            file.write(preview_document(preview, annex(items, plan)))
