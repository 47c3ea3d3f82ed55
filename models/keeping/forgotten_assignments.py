"""Refuses a plan that has lost what an earlier edition of it assigned."""

from sqlalchemy import Engine, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.errors import Refused
from models.store.database import reading
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment


def refuse_forgotten_assignments(engine: Engine, plan: Plan) -> None:
    """Raise ``Refused`` naming each subtask, step or directive that the store needs and the plan has lost.

    Titles, quotes and report forms come from the plan: without them no list, letter or report could be made.
    """
    known = {(subtask.code, step.key) for subtask in plan.subtasks() for step in subtask.steps}
    known |= {(subtask.code, AD_HOC) for subtask in plan.subtasks()}
    parts = (col(Assignment.subtask), col(Assignment.step))
    codes = {directive.code for directive in plan.directives}
    with reading(engine) as connection:
        anchored = connection.execute(
            select(col(Anchor.directive), func.count())
            .where(col(Anchor.directive) != "")
            .group_by(col(Anchor.directive))
        ).all()
        assigned = connection.execute(select(*parts, func.count()).group_by(*parts)).all()
    lost = [
        f"{subtask}, bước {step}: {count} việc" for subtask, step, count in assigned if (subtask, step) not in known
    ]
    lost += [
        f"chỉ đạo {directive} (code trong directive.yaml): {count} văn bản, sự kiện đã đăng ký"
        for directive, count in anchored
        if directive not in codes
    ]
    if lost:
        raise Refused(
            "Kế hoạch không còn những phần mà kho dữ liệu đã giao việc theo đó. Đưa các phần này trở lại kế hoạch (muốn"
            " thôi giao thì đặt valid_to), hoặc dùng bản kế hoạch trước:",
            "The plan has lost parts by which work was assigned. Put them back (valid_to ends assigning), or use the"
            " earlier plan.",
            details=lost,
        )
