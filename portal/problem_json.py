"""A refusal as programs read it: problem+json (RFC 9457), in Vietnamese and English."""

import tomllib
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse

from config.errors import Refused

WORDS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "problems.toml").read_text(encoding="utf-8"))
"""What a program reads where only the status is known, and what pydantic finds wrong with a field."""


def problem(status: int, refused: Refused | None = None) -> JSONResponse:
    """The answer with this status and reason; without a reason, in the words of the status."""
    refused = refused or Refused(*WORDS["status"].get(str(status), WORDS["status"]["500"]))
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(refused),
        "detail_en": refused.en,
        "errors": list(refused.details),
        "errors_en": list(refused.details_en),
    }
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
