"""Days of a plan that are over already, as commands tell them."""

from collections.abc import Sequence
from typing import Any

from config.catalogue.checks.passed_days import PassedDay
from config.errors import Refused


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


def refuse_late(passed: Sequence[PassedDay]) -> None:
    """Raise ``Refused`` naming every day that would make its work overdue as soon as it is assigned."""
    late = [each for each in passed if each.makes_late]
    if not late:
        return
    raise Refused(
        f"{len(late)} bước có ngày sau văn bản giao việc và đã qua: quá hạn ngay khi giao. Xem lại ngày; nếu đúng ý thì"
        " xác nhận (--confirm).",
        f"{len(late)} steps have a day after the assigning document that is over: they are overdue as soon as they are"
        " assigned. Check the dates; confirm if that is meant (--confirm).",
        details=[Refused(str(each), f"{each.subtask} ({each.step}): due {each.due_date:%d/%m/%Y}") for each in late],
    )


def passed_json(passed: Sequence[PassedDay]) -> list[dict[str, Any]]:
    names = ("subtask", "step", "makes_late")
    return [{name: getattr(each, name) for name in names} | {"due_date": each.due_date.isoformat()} for each in passed]
