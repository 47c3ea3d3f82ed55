"""Our own Prefect server asked directly, signed in as our processes are, and through its client."""

import base64
import json
import urllib.request
from typing import Any
from uuid import UUID

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


def client() -> Any:
    from prefect import get_client

    return get_client(sync_client=True)


def newest_run(flow_name: str | None = None) -> Any:
    """The flow run started last, of one flow or any; others may only be scheduled."""
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterStartTime
    from prefect.client.schemas.sorting import FlowRunSort

    of_flow = FlowFilter(name=FlowFilterName(any_=[flow_name])) if flow_name else None
    with client() as api:
        return api.read_flow_runs(
            flow_filter=of_flow,
            flow_run_filter=FlowRunFilter(start_time=FlowRunFilterStartTime(is_null_=False)),
            sort=FlowRunSort.START_TIME_DESC,
            limit=1,
        )[0]


def artifacts_of(run_id: UUID) -> dict[str | None, Any]:
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    with client() as api:
        found = api.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id])))
    return {artifact.key: artifact.data for artifact in found}
