"""Word files read as text."""

from io import BytesIO

from docx import Document


def text_of(document: bytes) -> str:
    """All its words in order, tables cell by cell."""
    word = Document(BytesIO(document))
    lines = []
    for block in word.iter_inner_content():
        rows = getattr(block, "rows", None)
        if rows is None:
            lines.append(block.text)  # type: ignore[union-attr]
        else:
            lines += [" | ".join(cell.text.replace("\n", " / ") for cell in row.cells) for row in rows]
    return "\n".join(line for line in lines if line.strip())
