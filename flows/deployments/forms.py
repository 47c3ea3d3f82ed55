"""The form of each deployment: the flow's own, made to offer what the plan has at the time.

The flow validates what comes in by its own form, which knows codes alone. The one made here has the same fields, with
offices, directives and subtasks to pick from by name, and without what a plan has no steps for. It is made for the
person who fills it in: no docstrings, and what is special to the priority before what every priority asks.
"""

import inspect
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

from prefect import Flow
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model
from pydantic.fields import FieldInfo

from config.catalogue.plan import Plan
from config.catalogue.subtasks import Priority, Trigger
from flows.daily_backup import BackupForm
from flows.form_fields import LABEL_DASH
from flows.forms import DatedFactsForm, DirectiveForm, FollowUpForm, FurtherForm, form_of
from flows.yearly_review import ReviewForm

FORM = "form"
"""The one parameter of every flow."""


@dataclass(frozen=True)
class Choices:
    """What a form offers, by the name of the field at whatever depth.

    labels        what to pick from; a field without any is typed
    left_out      fields that are not asked
    descriptions  in place of those of the flow's own form
    """

    labels: Mapping[str, tuple[str, ...]]
    left_out: frozenset[str] = frozenset()
    descriptions: Mapping[str, str] = field(default_factory=dict)


def priority_form(plan: Plan, priority: str, today: date) -> type[BaseModel]:
    """The form of a priority; one of any but the shipped directive asks only for what its plan has steps for."""
    offices = _office_labels(plan, today)
    form = form_of(priority, plan)
    if form is not FurtherForm:
        return form_with(form, Choices(offices))
    documents, events = (_subtask_labels(plan.priority(priority), trigger) for trigger in ("document", "event"))
    left_out = {name for name, labels in (("new_documents", documents), ("events", events)) if not labels}
    if not documents and not events:
        left_out.add("may_be_late")  # nothing with a date of its own is entered
    descriptions = {"new_documents": f"Mỗi văn bản mới mở việc: {'; '.join(documents)}."}
    choices = Choices({**offices, "subtask": events}, frozenset(left_out), descriptions)
    return form_with(form, choices)


def directive_form(plan: Plan) -> type[BaseModel]:
    """The form of the issuing; asks which directive where there are several."""
    return form_with(DirectiveForm, _directive_choices(plan))


def backup_form() -> type[BaseModel]:
    """The form of the daily backup."""
    return form_with(BackupForm, Choices({}))


def review_form(plan: Plan) -> type[BaseModel]:
    """The form of the yearly review; asks which directive where there are several."""
    return form_with(ReviewForm, _directive_choices(plan))


def form_with(form: type[BaseModel], choices: Choices) -> type[BaseModel]:
    """``form`` made anew with these choices."""
    names = sorted(form.model_fields, key=DatedFactsForm.model_fields.__contains__)
    fields: dict[str, Any] = {
        name: _field(name, form.model_fields[name], choices) for name in names if name not in choices.left_out
    }
    # The title of a whole form is that of the parameter, which Prefect shows; a part has one of its own.
    whole = FollowUpForm | DirectiveForm | ReviewForm | BackupForm
    title = None if issubclass(form, whole) else form.model_config.get("title")
    return create_model(form.__name__, __config__=ConfigDict(extra="forbid", title=title), **fields)


def flow_with_form(flow: Flow[..., Any], form: type[BaseModel], title: str) -> Flow[..., Any]:
    """``flow`` as a deployment describes it: its one parameter is ``form``, under this title."""
    shown = Field(default=_default_of(form), json_schema_extra={"title": title})
    parameter = inspect.Parameter(FORM, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=form, default=shown)

    def described(**given: Any) -> Any:
        return flow.fn(**given)

    # By these Prefect finds the flow to run, and the parameters to ask for (docs/decisions/0022).
    described.__name__, described.__module__ = flow.fn.__name__, flow.fn.__module__
    described.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]
    return Flow(described, name=flow.name)


def _field(name: str, info: FieldInfo, choices: Choices) -> tuple[Any, Any]:
    """The type and the rest of a field, as ``create_model`` takes them."""
    choosable = _choosable(name, info.annotation, choices)
    if (description := choices.descriptions.get(name)) is not None:
        return choosable, Field(info.default, title=info.title, description=description)
    labels = choices.labels.get(name)
    if not labels or info.is_required() or get_origin(info.annotation) is tuple:
        return choosable, copy(info)
    if info.default is None:
        # Left empty it is not sent: a choice of nothing is no choice a form can show.
        return choosable, Field(title=info.title, description=info.description, default_factory=lambda: None)
    return choosable, Field(labels[0], title=info.title, description=info.description)


def _choosable(name: str, annotation: Any, choices: Choices) -> Any:
    """The type with choices wherever there are some, in the parts of a form as well."""
    if get_origin(annotation) is tuple:
        return tuple[_choosable(name, get_args(annotation)[0], choices), ...]  # type: ignore[misc]
    if labels := choices.labels.get(name):
        # Of a single choice pydantic makes a constant, for which Prefect's pages show no list.
        return Annotated[Literal[labels], WithJsonSchema({"type": "string", "enum": list(labels)})]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Literal[tuple(each.value for each in annotation)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return form_with(annotation, choices)
    return annotation


def _default_of(form: type[BaseModel]) -> Any:
    """The form as it is sent unchanged; the parameter is required where the form has something to fill in."""
    fields = form.model_fields
    if any(info.is_required() for info in fields.values()):
        return ...
    return {name: info.default for name, info in fields.items() if info.default_factory is None}


def _office_labels(plan: Plan, today: date) -> dict[str, tuple[str, ...]]:
    """Every office that exists today, for each field that asks for one."""
    existing = (office for office in plan.offices if office.exists_on(today))
    labels = tuple(f"{office.code}{LABEL_DASH}{office.name_vi}" for office in existing)
    return {"offices": labels, "host_office": labels}


def _directive_choices(plan: Plan) -> Choices:
    if not plan.has_several:
        return Choices({}, frozenset({"directive"}))
    return Choices({"directive": tuple(f"{each.code}{LABEL_DASH}{each.title_vi}" for each in plan.directives)})


def _subtask_labels(priority: Priority, trigger: Trigger) -> tuple[str, ...]:
    """The subtasks with steps that a document, or an event, sets going."""
    return tuple(
        f"{each.code}{LABEL_DASH}{each.title_vi}"
        for each in priority.subtasks
        if any(step.trigger == trigger for step in each.steps)
    )
