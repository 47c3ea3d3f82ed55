"""Ten files made to exhaust their reader, sent at one time, beside an ordinary one: time, and readers at work.

Printed: of each file its size, how long it was read and what became of it; of all ten the time until the last answer
and how many readers were at work at one time; and how long an ordinary report takes alone, and how long behind those
ten: in life it waits ``WAIT_SECONDS`` at most, then it is told to come again.

    python benchmarks/hostile_files.py
"""

import io
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from config.errors import Refused
from intake import sandbox
from intake.files.evidence import examine
from tests.support.evidence_files import NAMESPACE, SHEET, jpeg, packed, pdf, png, word


def hostile() -> dict[str, bytes]:
    """Files of ten kinds, by name."""

    def body(inside: str) -> str:
        return f"<w:document {NAMESPACE}>{inside}</w:document>"

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return {
        "paragraphs.docx": packed({"word/document.xml": body("<w:p/>" * 900_000)}),
        "deep.docx": packed({"word/document.xml": body("<w:p>" * 400_000 + "</w:p>" * 400_000)}),
        "entities.docx": packed({"word/document.xml": f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>{body("&l11;")}'}),
        "cells.xlsx": packed({"xl/worksheets/sheet1.xml": "<w>" + "<c/>" * 9_900_000 + "</w>"}, kind=SHEET),
        "zeros.docx": packed({"word/document.xml": body(""), "word/media/a.png": b"\0" * 400_000_000}),
        "parts.docx": packed({f"word/media/{n}.xml": "<a/>" for n in range(60_000)}),
        "objects.pdf": b"%PDF-1.7\n" + b"1 0 obj<<" * 200_000,
        "pages.pdf": pdf(*["Ket qua thuc hien " * 2_000] * 200),
        "pixels.png": png(60_000, 60_000, rows=b"\0" * 1_000),
        "pixels.jpg": jpeg(65_000, 65_000, data=b"\x12\x34" * 4_000_000),
    }


def main() -> None:
    files, ordinary = hostile(), word("Đã triển khai đầy đủ các nội dung theo yêu cầu. " * 200)
    sandbox.WAIT_SECONDS = 600  # else the last ones would be told to come again
    alone, _ = _timed("report.docx", ordinary)
    most, spent = _count_readers()
    ended: dict[str, tuple[float, str]] = {}

    def send(name: str, content: bytes) -> None:
        ended[name] = _timed(name, content)

    began = time.monotonic()
    threads = [threading.Thread(target=send, args=each) for each in files.items()]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    behind, became = _timed("report.docx", ordinary)
    for thread in threads:
        thread.join()
    whole = time.monotonic() - began
    print(f"{'file':<18}{'KiB':>8}{'read s':>8}  what became of it")
    for name, content in files.items():
        print(f"{name:<18}{len(content) / 1024:8,.0f}{spent[name]:8.1f}  {ended[name][1]}")
    print(f"all ten: {whole:.1f} s ({whole / alone:.0f}× an ordinary report), at most {most()} readers at work")
    print(f"an ordinary report: alone {alone:.1f} s, behind them {behind:.1f} s ({behind / alone:.0f}×), {became}")


def _timed(name: str, content: bytes) -> tuple[float, str]:
    began = time.monotonic()
    try:
        examine(name, io.BytesIO(content))
        became = "kept"
    except Refused as refused:
        became = refused.en.replace("\n", " ")[:90]
    return time.monotonic() - began, became


def _count_readers() -> tuple[Callable[[], int], dict[str, float]]:
    """How many readers were at work at one time, asked later, and how long each file was read."""
    real, lock, running, counted, spent = sandbox._answer_of, threading.Lock(), 0, [0], {}

    def counting(module: str, name: str, content: bytes) -> dict[str, object]:
        nonlocal running
        with lock:
            running += 1
            counted.append(running)
        began = time.monotonic()
        try:
            return real(module, name, content)
        finally:
            spent[name] = time.monotonic() - began
            with lock:
                running -= 1

    sandbox._answer_of = counting
    return lambda: max(counted), spent


if __name__ == "__main__":
    main()
