"""contacts.yaml from a filled-in sheet: values that the sheet leaves empty stay, and so do secrets.

An address that contains its secret is shown as «(giữ nguyên)» when the sheet is filled from the file, so that no
workbook contains a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.contacts.desks import DESKS
from config.contacts.loading import ContactErrors, ContactFault, load_contacts
from config.contacts.mail_addresses import is_plain_mail
from config.contacts.placeholders import PLACEHOLDER
from config.errors import Refused
from config.text.plain_yaml import parse
from config.text.yaml_entries import with_entries
from intake.sheets.fill_in_sheets import CLEAR, FILL_IN, KEEP_AS_IS
from intake.sheets.filled_rows import FilledRow, by_code
from intake.sheets.reading import CONTACTS
from intake.sheets.review import SheetReview, review_entries, write_offices
from models.keeping.opening import Store
from models.store.actor import ActorContext

_COLUMNS = {column.key: column for column in FILL_IN[CONTACTS].columns}
_LONGEST = 2_000

_SPELLED_OUT = re.compile(r"://[^/?@]*:[^/?@]+@|[?&](?:pass|password|token|key|secret)=[^&]+", re.IGNORECASE)
_PLACE = re.compile(r"offices\.(\w+)(?:\.(\w+))?")


def contacts_written(path: Path) -> dict[str, dict[str, Any]]:
    """The offices of contacts.yaml as they are written there."""
    if not path.exists():
        return {}
    offices = (parse(path.read_text(encoding="utf-8-sig"))[0] or {}).get("offices")
    return {str(code): dict(entry or {}) for code, entry in (offices or {}).items()}


def contact_cells(entry: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a sheet for an office's entry."""
    cells = {key: str(value) for key, value in entry.items() if key not in DESKS}
    for desk in DESKS:
        addresses = _listed(entry.get(desk))
        if addresses:
            cells[desk] = "\n".join(addresses) if all(map(_without_secret, addresses)) else KEEP_AS_IS
    return cells


def _listed(given: Any) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else [str(given)] if given else []


def _spells_out(address: str) -> bool:
    """Whether a secret is written in an address, where a variable should stand."""
    return bool(_SPELLED_OUT.search(PLACEHOLDER.sub("", address)))


def _without_secret(address: str) -> bool:
    """Whether an address contains no secret; other than mail, only one with variables counts as such."""
    plain = PLACEHOLDER.sub("", address)
    return not _SPELLED_OUT.search(plain) and (
        plain != address or plain.startswith(("mailto://", "mailtos://")) or is_plain_mail(plain)
    )


def review_contacts(store: Store, sheet: str, rows: Sequence[FilledRow]) -> SheetReview:
    """Review what each row changes, and check the resulting file with the loader that reads it."""
    path = store.settings.contacts_file
    before = contacts_written(path)
    by_office = by_code(rows, "office", lambda row: row.code(_COLUMNS["office"]))
    entries = {code: _entry(row, before.get(code, {})) for code, row in by_office.items()}
    changed = {
        code: entry for code, entry in entries.items() if _comparable(entry) != _comparable(before.get(code, {}))
    }
    if changed:
        _check_with_loader(store, path, changed, by_office)
    changed = {code: entry for code, entry in changed.items() if not by_office[code].faults}
    reviewed = review_entries(rows, by_office, changed, before)

    def write(context: ActorContext) -> tuple[str, str]:
        return write_offices(path, _with(path, changed), context, len(changed))

    return SheetReview(CONTACTS, sheet, reviewed, [fault for row in rows for fault in row.faults], write)


def _entry(row: FilledRow, before: Mapping[str, Any]) -> dict[str, Any]:
    entry = dict(before)
    for key, column in _COLUMNS.items():
        if key == "office":
            continue
        if key in DESKS and key in row.cells and any(map(_spells_out, row.cells[key].value.splitlines())):
            row.add_fault(
                key,
                "có mật khẩu hoặc mã bí mật ghi thẳng trong bảng; thay chỗ đó bằng ${TÊN_BIẾN}, nhờ người quản trị đặt"
                " biến TÊN_BIẾN (hoặc TÊN_BIẾN_FILE) trên máy chủ, rồi đổi mật khẩu vì bảng này đã chứa nó.",
                "has a password or secret spelled out; write ${VARIABLE} in its place, have VARIABLE (or VARIABLE_FILE)"
                " set on the server, and change the password, since this workbook held it.",
            )
            continue
        text = row.code(column) if column.choices and row.text(column) != CLEAR else row.text(column)
        if len(text) > _LONGEST:
            row.add_fault(key, f"dài quá {_LONGEST} ký tự.", f"is longer than {_LONGEST} letters.")
        elif text == CLEAR:
            entry.pop(key, None)
        elif text == KEEP_AS_IS and key not in before:
            row.add_fault(
                key, f"«{KEEP_AS_IS}» nhưng trước đó chưa có gì; ghi địa chỉ.", "there is nothing to keep; give one."
            )
        elif text and text != KEEP_AS_IS:
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            entry[key] = lines if key in DESKS and len(lines) > 1 else lines[0]
    return entry


def _comparable(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in a form that can be compared: one address and a list of one are the same."""
    return {key: _listed(value) if key in DESKS else str(value) for key, value in entry.items()}


def _check_with_loader(
    store: Store,
    path: Path,
    changed: Mapping[str, Mapping[str, Any]],
    by_office: Mapping[str, FilledRow],
) -> None:
    """Add the faults that the loader finds in the resulting file, each to the cell it comes from."""
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        draft.write_text(_with(path, changed), encoding="utf-8")
        try:
            load_contacts(
                draft,
                known_offices={office.code for office in store.plan.offices},
                language=store.settings.language,
                quiet=store.settings.quiet_hours,
            )
        except ContactErrors as errors:
            for fault in errors.errors:
                found = _PLACE.match(fault.place) if isinstance(fault, ContactFault) else None
                row = by_office.get(found[1]) if found else None
                if not isinstance(fault, ContactFault) or found is None or row is None or found[1] not in changed:
                    # An office that is not in the sheet: the file was at fault before.
                    raise Refused(
                        f"Tệp {path} đang có lỗi; sửa trước rồi nhập lại: {fault}",
                        f"{path} is at fault; correct it first: {fault.en}",
                    ) from None
                row.add_fault(found[2] if found[2] in _COLUMNS else "office", str(fault.problem), fault.problem.en)


def _with(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> str:
    text = path.read_text(encoding="utf-8-sig") if path.exists() else "offices: {}\n"
    return with_entries(text, "offices", entries, file=str(path)) if entries else text
