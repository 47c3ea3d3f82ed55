"""Directives as files, made for a test."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from openpyxl import Workbook


def docx(*paragraphs: str, tables: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    """Paragraphs, then tables of texts."""
    document = Document()
    for each in paragraphs:
        document.add_paragraph(each)
    for rows in tables:
        add_table(document, rows)
    return saved(document)


def add_table(document: Any, rows: Sequence[Sequence[str]]) -> Any:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def tracked(paragraph: Any, tag: str, text: str) -> None:
    """Append an insertion (``ins``) or a deletion (``del``) that is being tracked."""
    change = OxmlElement(f"w:{tag}")
    change.set(qn("w:id"), "1")
    change.set(qn("w:author"), "A")
    run, words = OxmlElement("w:r"), OxmlElement("w:t" if tag == "ins" else "w:delText")
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def text_box(paragraph: Any, text: str) -> None:
    """A box as Word writes it: once for itself, and once more for older programs."""
    box = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
            "</w:r>"
        )
    )


def xlsx(rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), hidden: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    if hidden:
        book.create_sheet(hidden).sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
