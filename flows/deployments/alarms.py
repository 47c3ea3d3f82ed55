"""The automations by which Prefect itself notices that a run went wrong, and starts «Báo sự cố»."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.events.actions import RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.names import CATCHING_UP, REVIEW

ALARMS = {
    "dondoc · lượt chạy hỏng": (
        "Một lượt chạy theo lịch không thực hiện được hoặc dừng giữa chừng: báo cơ quan đôn đốc.",
        {"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
    ),
    "dondoc · lượt chạy thiếu": (
        "Một lượt chạy theo lịch đến giờ mà không bắt đầu: báo cơ quan đôn đốc.",
        {"prefect.flow-run.Late"},
    ),
}
"""By name: what it is for, and the events that trigger it."""


def set_alarms(client: SyncPrefectClient, report_trouble: UUID, priorities: Collection[str]) -> list[str]:
    """Make every automation that is missing or has changed, to start ``report_trouble``; returns their names.

    priorities  the codes by which the runs to watch are tagged
    """
    changed = []
    for name, (about, events) in ALARMS.items():
        wanted = _automation(name, about, events, report_trouble, priorities)
        there = client.read_automations_by_name(name)
        for double in there[1:]:
            client.delete_automation(double.id)
        if not there:
            client.create_automation(wanted)
        elif _content(there[0]) != _content(wanted):
            client.update_automation(there[0].id, wanted)
        else:
            continue
        changed.append(name)
    return changed


def _automation(
    name: str, about: str, events: set[str], report_trouble: UUID, priorities: Collection[str]
) -> AutomationCore:
    by_itself = ["prefect.tag.auto-scheduled", f"prefect.tag.{CATCHING_UP}"]
    return AutomationCore(
        name=name,
        description=about,
        enabled=True,
        tags=["dondoc"],
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect=events,
            match=ResourceSpecification(root={"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=[
                ResourceSpecification(root={"prefect.resource.role": "tag", "prefect.resource.id": by_itself}),
                ResourceSpecification(
                    root={
                        "prefect.resource.role": "tag",
                        "prefect.resource.id": [f"prefect.tag.{code}" for code in (*priorities, REVIEW)],
                    }
                ),
            ],
            threshold=1,
            within=timedelta(0),
        ),
        actions=[RunDeployment(source="selected", deployment_id=report_trouble)],
    )


def _content(automation: AutomationCore) -> object:
    parts = {"name", "description", "enabled", "tags", "actions", "trigger"}
    return automation.model_dump(include=parts, exclude={"trigger": {"id"}})
