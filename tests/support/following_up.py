"""A run of one priority, without Prefect."""

from datetime import datetime

from flows.forms import FollowUpForm
from flows.steps import Summary, follow_up_all
from models.keeping.opening import Store


def follow_up_once(store: Store, priority: str, form: FollowUpForm, now: datetime, run_key: str = "") -> Summary:
    """``follow_up_all`` of one priority."""
    return follow_up_all(store, {priority: form}, now, run_key)[priority]
