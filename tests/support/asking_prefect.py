"""Asking our own Prefect server directly, signed in as our processes are."""

import base64
import json
import urllib.request
from typing import Any

from config.keys import prefect_sign_in
from config.settings import Settings


def ask_prefect(settings: Settings, path: str, question: dict[str, Any] | None = None) -> Any:
    """The answer of the API at ``path``; a question is posted."""
    request = urllib.request.Request(
        f"{settings.prefect_address}/api{path}",
        data=None if question is None else json.dumps(question).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(prefect_sign_in(settings).encode()).decode()}",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = answer.read()
    return json.loads(said) if said else None
