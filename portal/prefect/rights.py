"""Which requests of Prefect's API the proxy passes on, and for whom. What is not listed here is refused.

Prefect knows no roles, and whoever may change a deployment, a work pool or the variables of a run makes the machine
run what they like. So the proxy is narrower than Prefect: managers read; coordinators also start, end, repeat and pause
runs; nobody reads or writes what may hold a secret. A route that a newer Prefect adds stays closed until it is listed.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal.sign_in.session import VisitorRole

_READ = """
GET /health
GET /ready
GET /version
GET /admin/version
GET /artifacts/{id}
GET /artifacts/{key}/latest
POST /artifacts/count
POST /artifacts/filter
POST /artifacts/latest/count
POST /artifacts/latest/filter
GET /deployments/{id}
GET /deployments/{id}/schedules
GET /deployments/{id}/work_queue_check
GET /deployments/name/{flow_name}/{deployment_name}
POST /automations/count
POST /automations/filter
GET /automations/related-to/{resource_id}
GET /automations/{id}
POST /deployments/count
POST /deployments/filter
POST /deployments/paginate
POST /events/count-by/{countable}
POST /events/filter
GET /events/filter/next
GET /flow_run_states/
GET /flow_run_states/{id}
GET /flow_runs/{id}
GET /flow_runs/{id}/graph
GET /flow_runs/{id}/graph-v2
GET /flow_runs/{id}/logs/download
POST /flow_runs/count
POST /flow_runs/filter
POST /flow_runs/history
POST /flow_runs/lateness
POST /flow_runs/paginate
GET /flows/{id}
GET /flows/name/{name}
POST /flows/count
POST /flows/filter
POST /flows/paginate
POST /logs/filter
POST /saved_searches/filter
GET /task_run_states/
GET /task_run_states/{id}
GET /task_runs/{id}
POST /task_runs/count
POST /task_runs/filter
POST /task_runs/history
POST /task_runs/paginate
POST /ui/flow_runs/count-task-runs
POST /ui/flow_runs/history
POST /ui/flows/count-deployments
POST /ui/flows/next-runs
POST /ui/task_runs/count
POST /ui/task_runs/dashboard/counts
GET /ui/task_runs/{id}
POST /work_pools/count
POST /work_pools/filter
GET /work_pools/{name}
POST /work_pools/{work_pool_name}/queues/filter
GET /work_pools/{work_pool_name}/queues/{name}
POST /work_pools/{work_pool_name}/workers/filter
POST /work_queues/filter
GET /work_queues/{id}
GET /work_queues/{id}/status
"""

_CHANGE = """
POST /deployments/{id}/create_flow_run
POST /deployments/{id}/pause_deployment
POST /deployments/{id}/resume_deployment
PATCH /deployments/{id}/schedules/{schedule_id}
POST /flow_runs/{id}/resume
POST /flow_runs/{id}/set_state
POST /ui/schemas/validate
"""

_RUN_CHANGES: Mapping[str, frozenset[str]] = {
    # Not job_variables or an infrastructure: they name the command that the machine would run.
    "/create_flow_run": frozenset(
        {
            "name",
            "parameters",
            "enforce_parameter_schema",
            "state",
            "tags",
            "idempotency_key",
            "empirical_policy",
            "work_queue_name",
        }
    ),
    "/set_state": frozenset({"state", "force"}),
}

REDACTED = frozenset(
    {"actions", "actions_on_resolve", "actions_on_trigger", "base_job_template", "job_variables", "pull_steps"}
)
"""Parts of answers that say how the machine runs things, in which environment, and whom it calls; shown to nobody."""

_STATE_FIELDS = frozenset({"type", "name", "message", "timestamp", "state_details"})
"""Not ``data``: it says where a result lies, and reading one runs what is in it."""

_SCHEDULE_FIELDS = frozenset({"active"})

_TEMPLATE_KEY, _PLAIN_TEMPLATES = "__prefect_kind", ("none", "json")
"""Other kinds of value are filled in from the server's variables, or run as templates there."""


def _compiled(text: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(line)) + "/?") for line in text.strip().splitlines()
    )


_READS, _CHANGES = _compiled(_READ), _compiled(_CHANGE)


def is_read(method: str, path: str) -> bool:
    """Whether the request only reads runs and artifacts; ``path`` begins after ``/api``."""
    return _listed(_READS, method, path)


def may_call(role: VisitorRole, method: str, path: str) -> bool:
    """Whether a visitor may send this request to Prefect's API."""
    if role not in (VisitorRole.MANAGER, VisitorRole.COORDINATOR):
        return False
    return is_read(method, path) or (role is VisitorRole.COORDINATOR and _listed(_CHANGES, method, path))


def forbidden_field(path: str, body: Any) -> str:
    """The name of a field of a change that does more than run, end and repeat; empty when there is none."""
    if not isinstance(body, dict):
        return "" if body is None else "body"
    if reference := _external_reference(body):
        return reference
    for ending, known in _RUN_CHANGES.items():
        if path.rstrip("/").endswith(ending):
            state = body.get("state") or {}
            return _unknown_field(body, known) or (
                _unknown_field(state, _STATE_FIELDS) if isinstance(state, dict) else "state"
            )
    return _unknown_field(body, _SCHEDULE_FIELDS) if "/schedules/" in path else ""


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
