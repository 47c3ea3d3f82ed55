"""At most two files are read at one time; the rest wait for a while, then are told to come again."""

import io
import threading
import time

import pytest

from config.errors import Refused
from intake import sandbox
from intake.files.evidence import examine, examine_all
from tests.support.evidence_files import NAMESPACE, packed, pdf, word


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.05)


def test_a_third_reader_is_told_to_come_again(no_wait: None) -> None:
    for _ in range(sandbox.READERS):
        assert sandbox._turns.acquire(0)
    try:
        with pytest.raises(sandbox.Busy, match="nhiều tệp chờ đọc"):
            examine("a.docx", io.BytesIO(word("Kết quả")))
    finally:
        for _ in range(sandbox.READERS):
            sandbox._turns.release()
    assert examine("a.docx", io.BytesIO(word("Kết quả"))).readable


def test_a_refused_file_frees_its_reader() -> None:
    for _ in range(sandbox.READERS + 1):
        with pytest.raises(Refused, match="hỏng"):
            examine("a.pdf", io.BytesIO(b"%PDF-1.7 nothing follows"))


def test_of_several_files_every_good_one_is_taken_and_every_bad_one_named() -> None:
    files = {
        "a.docx": word("Kết quả"),
        "b.docx": b"",
        "c.pdf": pdf("Ket qua"),
        "d.exe": b"MZ" + b"\0" * 100,
        "e.docx": word("Hộ ông Lê Văn Bảy"),
    }
    examined, fault = examine_all((name, io.BytesIO(content)) for name, content in files.items())
    assert [each.name for each in examined] == ["a.docx", "c.pdf"]
    assert fault is not None and len(fault.faults) == 3
    assert [name for name in files if any(f"«{name}»" in detail for detail in fault.details)] == [
        "b.docx",
        "d.exe",
        "e.docx",
    ]


@pytest.mark.later
def test_ten_hostile_files_at_once_take_two_readers_and_end() -> None:
    empty = f"<w:document {NAMESPACE}>{'<w:p/>' * 300_000}</w:document>"
    hostile = packed({"word/document.xml": empty}), b"%PDF-1.7\n" + b"1 0 obj<<" * 200_000
    busiest, reading = 0, 0
    lock, real = threading.Lock(), sandbox._answer_of

    def counted(*given: object) -> dict[str, object]:
        nonlocal busiest, reading
        with lock:
            reading += 1
            busiest = max(busiest, reading)
        try:
            return real(*given)  # type: ignore[arg-type]
        finally:
            with lock:
                reading -= 1

    def send(content: bytes) -> None:
        try:
            examine("a.pdf", io.BytesIO(content))
        except Refused as refused:
            assert str(refused)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_answer_of", counted)
        began = time.monotonic()
        threads = [threading.Thread(target=send, args=(hostile[number % 2],)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert busiest <= sandbox.READERS
    assert time.monotonic() - began < 120
