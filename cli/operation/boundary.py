"""`dondoc boundary`: whether texts may be stored, for whoever tries or measures the boundary."""

import json
import sys

import typer

from cli.options import JSON
from config.boundary import Strength, findings

app = typer.Typer(add_completion=False)


@app.callback()
def boundary() -> None:
    """Ranh giới: không lưu dữ liệu cá nhân, nội dung mật. / The boundary: no personal or classified data is stored."""


@app.command("check")
def check_command(
    evidence: bool = typer.Option(
        False,
        "--evidence",
        help="Là chữ trong tệp gửi kèm, không phải chữ gõ vào. / The lines are text from files, not typed text.",
    ),
    json_: bool = JSON,
) -> None:
    """Đọc mỗi dòng một đoạn chữ từ đầu vào chuẩn, cho biết có được lưu không. / Read one text a line from standard
    input and tell whether it may be stored.
    """
    strength = Strength.EVIDENCE if evidence else Strength.TYPED
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        found = findings(text, strength)
        why, at = (found[0][0].vi, found[0][1]) if found else (None, None)
        if json_:
            answer = {"text": text, "refused": bool(found), "why": why, "at": at}
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        else:
            print(f"không lưu: {why} (ở ký tự thứ {at})" if found else "được lưu", flush=True)
