"""What a coordinator does at Prefect: held against the run or deployment it is about, and put on record.

A coordinator begins, ends and repeats runs. What a run has been through is history: its end is not set to another one,
and nothing is forced past Prefect's own rules. Each deed is recorded in our audit trail before it is passed on, and
what became of it after.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from models.store.audit import record
from models.store.database import session_scope
from portal.prefect.upstream import DoorRefused, PrefectUnavailable, ask
from portal.web import context_of, store_of

ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})

_END, _REPEAT = ("CANCELLING", "CANCELLED"), "SCHEDULED"

_VERBS = {"create_flow_run": "start_run", "resume": "resume_run", "schedules": "change_schedule"}

_PLACE = re.compile(r"/(deployments|flow_runs)/([^/]+)/(\w+)(?:/([^/]+))?/?")

_PAGE = 200


async def checked_change(request: Request, path: str, content: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is passed on of a change; raises ``DoorRefused`` when the run or deployment does not allow it."""
    found = _PLACE.fullmatch(path)
    if found is None:
        return content
    kind, key, deed, _ = found.groups()
    about = await _about(request, kind, key)
    match deed:
        case "set_state":
            return {"state": _state(about, (content or {}).get("state")), "force": False}
        case "create_flow_run":
            return _new_run(about, content or {})
        case "resume" if _state_type(about) != "PAUSED":
            raise DoorRefused(409, "Lượt chạy không tạm dừng.", "The run is not paused.")
    return content


async def known_schema(request: Request, sent: Any) -> dict[str, Any]:
    """The form of a deployment that is equal to ``sent``; raises ``DoorRefused`` when there is none.

    A form of the visitor's own could hold a pattern on which Prefect's server works for hours.
    """
    offset = 0
    while True:
        status, found = await ask(request, "POST", "/api/deployments/filter", {"limit": _PAGE, "offset": offset})
        if status != 200:
            raise PrefectUnavailable
        for deployment in found:
            schema: dict[str, Any] | None = deployment.get("parameter_openapi_schema")
            if schema is not None and schema == sent:
                return schema
        offset += _PAGE
        if len(found) < _PAGE:
            raise DoorRefused(
                403,
                "Phiếu không phải của luồng nào đã đăng ký; tải lại trang rồi điền lại.",
                "The form does not belong to any registered flow; reload the page and fill it in again.",
            )


async def record_request(request: Request, path: str, content: Mapping[str, Any] | None) -> None:
    """Record what a coordinator asks of Prefect, before it is asked."""
    found = _PLACE.fullmatch(path)
    if found is None:
        return
    kind, key, deed, further = found.groups()
    sent = content or {}
    state = sent.get("state") or {}
    verb = _VERBS.get(deed, deed)
    if deed == "set_state":
        verb = "repeat_run" if state.get("type") == _REPEAT else "end_run"
    details = {"schedule": further[:64] if further else None, "active": sent.get("active"), "state": state.get("type")}
    # Not what was typed: the trail is for ever, and nobody has looked at it yet. Prefect keeps the form with the run.
    details["sha256"] = sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest() if sent else None
    await _record(request, verb, kind, key, {name: value for name, value in details.items() if value is not None})


async def record_answer(request: Request, path: str, status: int, answer: Any) -> None:
    """Record what became of it: Prefect's status, and the run it began or the reason it gave."""
    found = _PLACE.fullmatch(path)
    if found is None:
        return
    kind, key, _, _ = found.groups()
    told = answer if isinstance(answer, dict) else {}
    details: dict[str, Any] = {"status": status}
    if kind == "deployments" and isinstance(told.get("id"), str):
        details["run"] = told["id"]
    if isinstance(told.get("status"), str):  # ACCEPT, REJECT, ABORT, WAIT
        details["outcome"] = told["status"]
    await _record(request, "prefect_answered", kind, key, details)


async def _record(request: Request, verb: str, kind: str, key: str, details: Mapping[str, Any]) -> None:
    def write() -> None:
        with session_scope(store_of(request).engine) as session:
            record(session, context_of(request), verb, f"{kind.removesuffix('s')}:{key}"[:64], **details)

    await run_in_threadpool(write)


async def _about(request: Request, kind: str, key: str) -> dict[str, Any]:
    status, found = await ask(request, "GET", f"/api/{kind}/{key}")
    if status in (404, 422) or (status == 200 and not isinstance(found, dict)):
        what_vi, what_en = ("lượt chạy", "run") if kind == "flow_runs" else ("luồng", "deployment")
        raise DoorRefused(404, f"Không có {what_vi} này.", f"There is no such {what_en}.")
    if status != 200:
        raise PrefectUnavailable
    return dict(found)


def _state(run: Mapping[str, Any], wanted: Any) -> dict[str, Any]:
    """The state to ask for: an end of what is under way, or another run of what has ended."""
    kind = str(wanted.get("type") or "").upper() if isinstance(wanted, dict) else ""
    message = wanted.get("message") if isinstance(wanted, dict) else None
    said = {"message": message} if isinstance(message, str) and message else {}
    if kind in _END:
        if _state_type(run) in ENDED:
            raise DoorRefused(409, "Lượt chạy đã kết thúc.", "The run has ended.")
        return {"type": kind, **said}
    if kind == _REPEAT:
        if _state_type(run) not in ENDED:
            raise DoorRefused(
                409,
                "Lượt chạy chưa kết thúc; dừng trước rồi mới chạy lại.",
                "The run has not ended; stop it before running it again.",
            )
        return {"type": kind, "name": "AwaitingRetry", **said}
    raise _history("Chỉ dừng hoặc chạy lại một lượt chạy.", "A run can only be stopped or run again.")


def _state_type(run: Mapping[str, Any]) -> str:
    return str(run.get("state_type") or "").upper()


def _new_run(deployment: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The run to begin: by what the deployment's form asks, in its own queue, now or when it is set for."""
    schema, own = deployment.get("parameter_openapi_schema") or {}, deployment.get("parameters") or {}
    asked, given = schema.get("properties") or {}, wanted.get("parameters") or {}
    unknown = [name for name, value in given.items() if name not in asked and (name, value) not in own.items()]
    if unknown:
        names = ", ".join(name[:40] for name in unknown[:3])
        raise DoorRefused(
            403, f"«{names}»: phiếu của luồng không hỏi mục này.", f"'{names}': the form does not ask for this."
        )
    if wanted.get("work_queue_name") not in (None, "", deployment.get("work_queue_name")):
        raise DoorRefused(
            403,
            "«work_queue_name»: lượt chạy đi theo hàng đợi của luồng; hàng khác là việc của người quản trị.",
            "'work_queue_name': a run uses its flow's queue; only the operator can choose another.",
        )
    state = wanted.get("state") or {}
    if str(state.get("type") or _REPEAT).upper() != _REPEAT:
        raise _history("Lượt chạy mới chỉ bắt đầu bằng hẹn giờ.", "A new run can only start as scheduled.")
    # How often a run is tried again is its flow's, whatever Prefect's pages send.
    dropped = ("state", "work_queue_name", "empirical_policy")
    passed = {name: value for name, value in wanted.items() if name not in dropped}
    details = state.get("state_details")
    if isinstance(details, dict) and details.get("scheduled_time"):
        passed["state"] = {"type": _REPEAT, "state_details": {"scheduled_time": details["scheduled_time"]}}
    return passed


def _history(vi: str, en: str) -> DoorRefused:
    return DoorRefused(
        403,
        f"{vi} Lịch sử các lượt chạy không sửa qua trang web, mà bởi người quản trị trên chính máy chủ.",
        f"{en} Run history cannot be changed through the web page, only by the operator on the server itself.",
    )
