"""`dondoc plan amend|drafts|drop-draft`: a changed plan, applied at once or kept as a draft until it is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from cli.assignments.deeds import CONFIRM, DEED_REASON, OUTPUT, PREVIEW, decide
from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.store import acting_time, open_configured_store
from config.clock import HANOI, parse_date
from config.errors import Refused
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance
from models.plans.reading import source_digest
from models.plans.texts import plan_sent
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.edition import PlanDraft
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.grounds import grounds
from models.work.directive_deeds.drafts import (
    DraftedChange,
    drafted,
    drop_draft,
    keep_draft,
    open_draft,
    open_drafts,
    overtaken,
)
from portal.words import word

DECIDED_BY = typer.Option("", "--paper", help="Số văn bản quyết định. / Number of the deciding document.")
PAPER_DATE = typer.Option(None, "--date", metavar="YYYY-MM-DD", help="Ngày của văn bản ấy. / Date of that document.")

app = typer.Typer()


@app.command("amend")
def amend_command(
    path: Path | None = typer.Argument(
        None, metavar="[PATH]", help="Thư mục kế hoạch, hoặc một tệp. / Folder of a plan, or one file."
    ),
    draft: int | None = typer.Option(
        None, "--draft", metavar="N", help="Thay cho PATH: dự thảo số N. / Instead of PATH: draft number N."
    ),
    save_draft: bool = typer.Option(
        False, "--save-draft", help="Chưa áp dụng, giữ làm dự thảo. / Do not apply it yet, keep it as a draft."
    ),
    paper: str = DECIDED_BY,
    date_: str | None = PAPER_DATE,
    effective: str | None = typer.Option(
        None,
        "--effective",
        metavar="YYYY-MM-DD",
        help="Ngày bắt đầu có hiệu lực; để trống là hôm nay. / Effective date; today by default.",
    ),
    reason: str = DEED_REASON,
    next_period: bool = typer.Option(
        False,
        "--next-period",
        help="Việc đang mở giữ nguyên; áp dụng từ kỳ sau. / Leave open work as it is; apply from the next period on.",
    ),
    no_letters: bool = typer.Option(
        False,
        "--no-letters",
        help="Chỉ sửa lỗi ghi chép, không gửi thư. / Corrects a clerical error only; send no letters.",
    ),
    preview: bool = PREVIEW,
    output: Path | None = OUTPUT,
    confirm: bool = CONFIRM,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Áp dụng kế hoạch đã sửa, kể cả cho việc đang mở; nên xem trước. / Apply a changed plan, also to open work."""
    if (path is None) == (draft is None):
        raise Refused("Ghi một trong hai: thư mục kế hoạch hoặc --draft N.", "Give either a folder or --draft N.")
    if draft is not None and (next_period or no_letters or save_draft):
        raise Refused(
            f"Dự thảo số {draft} đã ghi phạm vi của nó; bỏ --next-period, --no-letters, --save-draft.",
            f"Draft {draft} already has its scope; leave out --next-period, --no-letters and --save-draft.",
        )
    is_kept = draft is not None or save_draft
    needs_grounds = not (is_kept and (preview or save_draft))
    scope = {"open_work": not next_period, "with_letters": not no_letters}
    if path is not None:
        given = stated(reason, paper, date_, effective) if needs_grounds or reason or paper else Provenance()
        given = source_of(path, given)
        if save_draft:
            draft = _kept(path, given, as_of, **scope)
    facts: dict[str, Any] = {}

    def change(session: Session, context: ActorContext) -> Change:
        if draft is not None:
            held = open_draft(session, draft)
            found = drafted(session, draft, _grounds_of(held, reason, paper, date_, effective, needs_grounds), context)
            beside = {"conflicts": found.conflicts, "renumbered": found.renumbered}
            facts["draft"] = _as_json(held, found.overtaken) | beside
            if not json_:
                _print_state(held, found)
            return found.change
        assert path is not None
        plan, calendar = plan_sent(path, PlanInForce(context.plan, context.calendar, context.editions), context.today)
        return amendment(session, plan, calendar, provenance=given, context=context, **scope)

    decide(
        change,
        preview=preview or save_draft,
        confirm=confirm,
        as_of=as_of,
        json_=json_,
        output=output,
        beside=facts,
    )
    if save_draft and not json_:
        print(
            f"Đã giữ làm dự thảo số {draft}. Áp dụng: «dondoc plan amend --draft {draft} --paper … --date …». / Kept."
        )


def _kept(path: Path, provenance: Provenance, as_of: str | None, *, open_work: bool, with_letters: bool) -> int:
    with open_configured_store() as store:
        context = store.actor_context(now=acting_time(as_of), actor="coordinator")
        plan, calendar = plan_sent(path, PlanInForce(context.plan, context.calendar, context.editions), context.today)
        with session_scope(store.engine) as session:
            draft = keep_draft(
                session,
                plan,
                calendar,
                provenance=provenance,
                open_work=open_work,
                with_letters=with_letters,
                context=context,
            )
            assert draft.id is not None
            return draft.id


@app.command("drafts")
def drafts_command(json_: bool = JSON) -> None:
    """Các dự thảo sửa kế hoạch đang chờ. / List pending plan amendment drafts."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        rows = [(draft, overtaken(session, draft)) for draft in open_drafts(session)]
        if json_:
            show_json([_as_json(draft, behind) for draft, behind in rows])
            return
        show_table(
            "Dự thảo sửa kế hoạch",
            ("Số", "Phần", "Căn cứ", "Hiệu lực", "Người ghi", "Lúc", "Ghi chú"),
            [
                (
                    draft.id,
                    ", ".join(draft.documents),
                    draft.paper_number or draft.reason or "chưa có",
                    f"{draft.effective_on:%d/%m/%Y}" if draft.effective_on else "",
                    word("actor", draft.author.partition(":")[0], "vi"),
                    f"{draft.created_at.astimezone(HANOI):%d/%m/%Y %H:%M}",
                    "lập từ bản cũ" if behind else "",
                )
                for draft, behind in rows
            ],
            empty="Không có dự thảo nào.",
        )


@app.command("drop-draft")
def drop_command(
    number: int = typer.Argument(metavar="N", help="Số của dự thảo. / Number of the draft."),
    reason: str = DEED_REASON,
    as_of: str | None = AS_OF,
) -> None:
    """Bỏ một dự thảo không dùng nữa. / Discard a draft that is no longer needed."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        context = store.actor_context(now=acting_time(as_of), actor="coordinator")
        drop_draft(session, number, reason, context)
    print(f"Đã bỏ dự thảo số {number}. / Discarded.")


def stated(reason: str, paper: str, date_: str | None, effective: str | None) -> Provenance:
    """The grounds given by the options; raises ``Refused`` without any."""
    return grounds(
        reason=reason,
        paper_number=paper,
        paper_date=parse_date(date_, "--date") if date_ else None,
        effective_on=parse_date(effective, "--effective") if effective else None,
        needs_reason=False,
    )


def source_of(path: Path, given: Provenance) -> Provenance:
    """Grounds with the files that the plan comes from."""
    return replace(given, source_digest=source_digest(path))


def _grounds_of(
    draft: PlanDraft, reason: str, paper: str, date_: str | None, effective: str | None, needed: bool
) -> Provenance:
    """What a draft rests on, with what the options say in its place."""
    paper_date = date_ or (draft.paper_date.isoformat() if draft.paper_date and not paper else None)
    effective = effective or (draft.effective_on.isoformat() if draft.effective_on else None)
    reason, paper = reason or draft.reason, paper or draft.paper_number
    return stated(reason, paper, paper_date, effective) if needed or reason or paper else Provenance()


def _as_json(draft: PlanDraft, behind: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    return {
        "number": draft.id,
        "documents": [*draft.documents],
        "made_from": {series: draft.made_from.get(series, 0) for series in draft.documents},
        "overtaken": {series: now for series, (_, now) in behind.items()},
        "paper": draft.paper_number,
        "paper_date": draft.paper_date,
        "effective_on": draft.effective_on,
        "reason": draft.reason,
        "open_work": draft.open_work,
        "letters": draft.with_letters,
        "author": draft.author,
        "at": draft.created_at.astimezone(HANOI).isoformat(timespec="seconds"),
    }


def _print_state(draft: PlanDraft, found: DraftedChange) -> None:
    for series, (then, now) in found.overtaken.items():
        print(
            f"Dự thảo số {draft.id} lập từ bản {then} của {series}, nay đang dùng bản {now}: những gì đổi từ đó được"
            " giữ, xem trước dưới đây là so với bản đang dùng. / Made from an older edition; changes made since then "
            "are kept."
        )
    if found.conflicts:
        print(
            f"Cả hai cùng sửa, lấy theo dự thảo: {', '.join(found.conflicts)}. Xem kỹ các chỗ này trước khi áp dụng. /"
            " Changed in both; the draft's version is used."
        )
    if found.renumbered:
        moved = ", ".join(f"{old} → {new}" for old, new in found.renumbered.items())
        print(f"Số đã có nhiệm vụ khác dùng, phần mới chuyển sang số kế tiếp: {moved}. / Taken meanwhile; renumbered.")
