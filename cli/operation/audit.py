"""`dondoc audit`: whether the audit trail is intact, and whether the follow-up missed anything."""

from pathlib import Path

import typer

from cli.options import AS_OF, JSON
from cli.output import format_time, show_json
from cli.store import effective_time, open_configured_store
from config.audit_keys import audit_keys, rotate
from config.clock import now
from config.errors import Refused
from config.settings import load_settings
from models.delivery.auditor import audit_follow_up
from models.keeping.acknowledged import acknowledge_differences
from models.keeping.trail_anchor import anchor_of, departure_from, read_anchor, write_anchor
from models.keeping.verification import StoreVerification, verify_store
from models.store.audit import AuditEntry, record_all
from models.store.audit_event import ROTATE_KEY
from models.store.database import reading, session_scope, snapshot
from models.store.dossiers import NOT_COVERED

app = typer.Typer()


@app.command("verify")
def verify_command(
    since_anchor: Path | None = typer.Option(
        None,
        "--since-anchor",
        metavar="FILE",
        help="So với tệp neo hoặc bản sao lưu đã cất từ trước. / Compare with an anchor file or a backup kept earlier.",
    ),
    json_: bool = JSON,
) -> None:
    """Đối chiếu chuỗi sự kiện, niêm phong và từng dòng dữ liệu. / Check the chain, its seals and every row."""
    with open_configured_store() as store, snapshot(store.engine) as connection:
        keys = audit_keys(store.settings)
        anchor = read_anchor(since_anchor, keys) if since_anchor else None
        departure = departure_from(connection, anchor) if anchor else None
        found = verify_store(connection, keys=keys)
        head = anchor_of(connection, now())
    problems = [departure, *found.problems()] if departure else found.problems()
    if json_:
        show_json(_as_json(found, problems) | {"head": {"seq": head.seq, "hash": head.hash}})
    elif not problems:
        print(
            f"Nhật ký nguyên vẹn: {found.chain.events:,} sự kiện, khớp với {found.rows:,} dòng dữ liệu. The trail and "
            "the data are intact."
        )
        print(f"Đầu chuỗi (chép ra giấy, cất nơi khác): {head.printed}. The head of the chain, to be kept elsewhere.")
        if found.acknowledged:
            print(
                f"Trong đó {found.acknowledged:,} chỗ từng khác đã được xem và ghi nhận («dondoc audit acknowledge»)."
                " Differences already acknowledged."
            )
        if found.chain.unchecked:
            print(
                f"Chú ý: {found.chain.unchecked:,} sự kiện niêm phong bằng khóa cũ không còn trong danh sách. Sealed "
                "with an earlier key that is no longer listed."
            )
    if problems:
        more = found.mismatched - len(found.mismatches)
        raise Refused(
            f"Nhật ký và dữ liệu không khớp, {len(problems)} chỗ{f' và {more:,} dòng nữa' if more else ''}:",
            f"The trail and the data do not match in {len(problems)} "
            f"places{f' and {more:,} more rows' if more else ''}:",
            details=[Refused(vi, en) for vi, en in problems],
        )


def _as_json(found: StoreVerification, problems: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "events": found.chain.events,
        "intact": not problems,
        "broken_at": found.chain.broken_at,
        "rows": found.rows,
        "mismatched": found.mismatched,
        "mismatches": [vars(each) for each in found.mismatches],
        "problems": [{"vi": vi, "en": en} for vi, en in problems],
        "acknowledged": found.acknowledged,
        "unchecked_seals": found.chain.unchecked,
        "not_covered": dict(NOT_COVERED),
    }


@app.command("acknowledge")
def acknowledge_command(
    by: str = typer.Option(
        ..., "--by", metavar="CHỨC DANH", help="Ai đã xem (chức danh). / Who has looked at them (post)."
    ),
    reason: str = typer.Option(..., "--reason", help="Vì sao giữ nguyên. / Why they are left as they are."),
    json_: bool = JSON,
) -> None:
    """Ghi vào nhật ký rằng các dòng khác sự kiện đã được xem; từ đó chỉ báo cái mới. / Put on record that the rows that
    differ were looked at; from then on only what is new is told. Nothing is rewritten.
    """
    with open_configured_store() as store:
        found = acknowledge_differences(
            store.engine, keys=audit_keys(store.settings), by=by, reason=reason, actor="operator", now=now()
        )
    if json_:
        show_json({"acknowledged": [vars(each) for each in found.mismatches]})
        return
    print(f"Đã ghi nhận {found.mismatched:,} chỗ khác nhau / acknowledged:")
    for each in found.mismatches:
        print(f"  {each.vi}")


@app.command("anchor")
def anchor_command(
    out: Path | None = typer.Option(
        None, "--out", metavar="FILE", help="Ghi tệp neo có niêm phong. / Write a sealed anchor file."
    ),
    json_: bool = JSON,
) -> None:
    """Cho biết đầu chuỗi sự kiện để cất ở nơi khác. / Show the head of the trail, to be kept elsewhere."""
    with open_configured_store() as store, reading(store.engine) as connection:
        anchor, keys = anchor_of(connection, now()), audit_keys(store.settings)
    if out:
        write_anchor(anchor, keys, out)
    if json_:
        show_json(anchor.as_json(keys))
        return
    print(f"Nhật ký lúc {format_time(anchor.at)}: sự kiện {anchor.printed}")
    if out:
        print(f"Đã ghi {out}; cất ở máy khác. Written; keep it on another machine.")


@app.command("rotate-key")
def rotate_key_command(json_: bool = JSON) -> None:
    """Đổi khóa niêm phong nhật ký; khóa cũ vẫn giữ để kiểm tra. / Change the key that seals the trail; the old one
    stays listed, so that its seals can be checked.
    """
    with open_configured_store() as store:
        before = audit_keys(store.settings).current
        with session_scope(store.engine) as session:  # first: where nothing can be recorded, no key is changed
            keys = rotate(load_settings())
            entry = AuditEntry(ROTATE_KEY, "trail", {"from": before, "to": keys.current})
            record_all(session, [entry], actor="operator", now=now())
    if json_:
        show_json({"from": before, "to": keys.current})
        return
    print(
        f"Từ nay niêm phong bằng khóa {keys.current}; khóa {before} vẫn trong audit.key. A new key now seals the trail."
    )


@app.command("followup")
def followup_command(as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Soát việc quá hạn chưa nhắc, bậc bị bỏ qua hay nhắc trước giờ, thư kẹt hay gửi mãi chưa được. / Find overdue
    assignments that nobody was told of, rungs that were skipped or said too early, messages that are stuck.
    """
    with open_configured_store() as store, reading(store.engine) as connection:
        found = audit_follow_up(connection, now=effective_time(as_of), calendar=store.calendar, at=now())
    if json_:
        show_json(found.as_json())
    elif not found:
        print("Không sót việc nào. Nothing was missed.")
    if found:
        counts = ", ".join(f"{count} {check}" for check, count in found.counts().items() if count)
        raise Refused(f"Soát lại thấy: {found.in_words()}.", f"Fell through: {counts}.")
