"""What all shapes of the API share. Instants are in UTC (``date-time``), days are those of Vietnam (``date``)."""

from datetime import date
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from config.clock import FIRST_YEAR, LAST_YEAR
from portal.sign_in.session import VisitorRole

Text = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Day = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=40, pattern=r"^[\w.-]+$")]
"""Names one sending: the same key once more changes nothing and returns the same answer."""


class RequestBody(BaseModel):
    """What a program sends; an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class ResponseBody(BaseModel):
    """What a program gets; ``model_validate`` reads the fields from a row or a record of the same names."""

    model_config = ConfigDict(from_attributes=True)


class TokenHolder(ResponseBody):
    """Whose rights a token has; ``directives`` are the only ones that it has to do with, null for all."""

    role: VisitorRole
    office: str | None
    directives: list[str] | None = None


class Problem(ResponseBody):
    """Why something was refused (RFC 9457), in both languages; ``errors`` has one line for each fault."""

    type: str
    title: str
    status: int
    detail: str
    detail_en: str
    errors: list[str]
    errors_en: list[str]


REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused; nothing was changed.",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
}
"""The refusal of every operation, for the OpenAPI description."""
