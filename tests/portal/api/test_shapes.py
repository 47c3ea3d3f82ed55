"""The API's shapes say of a row what its table does: a field of the same name has the same type."""

from types import NoneType
from typing import Any, get_args

import pytest
from sqlmodel import SQLModel

from models.tables.assignment import Assignment
from models.tables.report import Attachment, Contribution, Extension, Question, Report
from portal.api.assignments.shapes import (
    AssignmentSummary,
    ContributionEntry,
    ExtensionEntry,
    FileEntry,
    QuestionEntry,
    ReportEntry,
)
from portal.api.shapes import ResponseBody


def _without_null(annotation: Any) -> set[Any]:
    return {*(get_args(annotation) or (annotation,))} - {NoneType}


@pytest.mark.parametrize(
    ("shape", "table", "alike"),
    [
        (AssignmentSummary, Assignment, 10),
        (ReportEntry, Report, 8),
        (ExtensionEntry, Extension, 5),
        (ContributionEntry, Contribution, 3),
        (QuestionEntry, Question, 4),
        (FileEntry, Attachment, 3),
    ],
)
def test_a_field_named_as_a_column_has_its_type(shape: type[ResponseBody], table: type[SQLModel], alike: int) -> None:
    ours, its = shape.model_fields, table.model_fields
    both = ours.keys() & its.keys() - {"counts"}  # which a column holds as JSON, and a shape by its values
    assert len(both) >= alike
    different = {name for name in both if _without_null(ours[name].annotation) != _without_null(its[name].annotation)}
    assert not different
