"""Days of a plan that are over already, as commands tell them."""

from collections.abc import Sequence
from typing import Any

from config.catalogue.checks.passed_days import PassedDay


def print_passed(passed: Sequence[PassedDay]) -> None:
    """«đã qua khi nhập»: what becomes of it, and which."""
    if not passed:
        return
    print(
        f"{len(passed)} bước có ngày đã qua khi nhập. Ngày trước văn bản giao việc: giao mà chưa định hạn, liệt kê ở"
        " bàn đôn đốc; ngày sau văn bản ấy: quá hạn ngay khi giao. / Days already over; before the assigning document"
        " they are assigned without a date, after it they are overdue at once."
    )
    for each in passed:
        print(f"– {each}")


def passed_json(passed: Sequence[PassedDay]) -> list[dict[str, Any]]:
    return [{"subtask": each.subtask, "step": each.step, "due_date": each.due_date.isoformat()} for each in passed]
