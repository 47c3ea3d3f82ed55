"""Which requests of Prefect's API the proxy passes on, and for whom. What ``routes.toml`` does not list is refused.

Prefect knows no roles, and whoever may change a deployment, a work pool or the variables of a run makes the machine
run what they like. So the proxy is narrower than Prefect: managers read; coordinators also start, end, repeat and pause
runs; nobody reads or writes what may hold a secret. A route that a newer Prefect adds stays closed until it is listed.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from portal.sign_in.session import VisitorRole

REDACTED = frozenset(
    {"actions", "actions_on_resolve", "actions_on_trigger", "base_job_template", "job_variables", "pull_steps"}
)
"""Parts of answers that say how the machine runs things, in which environment, and whom it calls; shown to nobody."""

_STATE_FIELDS = frozenset({"type", "name", "message", "timestamp", "state_details"})
"""Not ``data``: it says where a result lies, and reading one runs what is in it."""

_SCHEDULE_FIELDS = frozenset({"active"})

_TEMPLATE_KEY, _PLAIN_TEMPLATES = "__prefect_kind", ("none", "json")
"""Other kinds of value are filled in from the server's variables, or run as templates there."""


def _compiled(routes: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)) + "/?") for route in routes)


_ROUTES = tomllib.loads((Path(__file__).parent / "routes.toml").read_text(encoding="utf-8"))
READS, CHANGES = _compiled(_ROUTES["read"]), _compiled(_ROUTES["change"])
_RUN_FIELDS: Mapping[str, Iterable[str]] = _ROUTES["run_fields"]


def is_read(method: str, path: str) -> bool:
    """Whether the request only reads runs and artifacts; ``path`` begins after ``/api``."""
    return _listed(READS, method, path)


def may_call(role: VisitorRole, method: str, path: str) -> bool:
    """Whether a visitor may send this request to Prefect's API."""
    if role not in (VisitorRole.MANAGER, VisitorRole.COORDINATOR):
        return False
    return is_read(method, path) or (role is VisitorRole.COORDINATOR and _listed(CHANGES, method, path))


def forbidden_field(path: str, body: Any) -> str:
    """The name of a field of a change that does more than run, end and repeat; empty when there is none."""
    if not isinstance(body, dict):
        return "" if body is None else "body"
    if reference := _external_reference(body):
        return reference
    for ending, known in _RUN_FIELDS.items():
        if path.rstrip("/").endswith(ending):
            return _unknown_field(body, known) or _misshapen_field(body)
    return _unknown_field(body, _SCHEDULE_FIELDS) if "/schedules/" in path else ""


def _misshapen_field(body: Mapping[str, Any]) -> str:
    """The name of a field of a run that would be more than it is asked for; empty when there is none."""
    state, parameters = body.get("state") or {}, body.get("parameters") or {}
    if not isinstance(state, dict):
        return "state"
    if field := _unknown_field(state, _STATE_FIELDS):
        return field
    if not isinstance(parameters, dict):
        return "parameters"
    # Without it Prefect would take any form.
    return "" if body.get("enforce_parameter_schema") in (None, True) else "enforce_parameter_schema"


def _external_reference(told: Any) -> str:
    """The key in a form that would be filled in from elsewhere; a schema may refer to its own parts alone."""
    if isinstance(told, list):
        return next(filter(None, map(_external_reference, told)), "")
    if not isinstance(told, dict):
        return ""
    if _TEMPLATE_KEY in told and told[_TEMPLATE_KEY] not in _PLAIN_TEMPLATES:
        return _TEMPLATE_KEY
    reference = told.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#"):
        return "$ref"
    return next(filter(None, map(_external_reference, told.values())), "")


def _unknown_field(given: Mapping[str, Any], known: Iterable[str]) -> str:
    # An empty field changes nothing; the pages send some of them.
    return next((name for name, value in given.items() if name not in known and value not in (None, {}, [], "")), "")


def _listed(patterns: Iterable[re.Pattern[str]], method: str, path: str) -> bool:
    return any(pattern.fullmatch(f"{method} {path}") for pattern in patterns)
