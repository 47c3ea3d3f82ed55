"""The last sentences of a directive: everybody is told to obey it, and what to do in trouble."""

from intake.directives.drafting.findings import Finding
from intake.directives.drafting.outline import Node
from intake.directives.phrases.assignment import Assigned
from intake.directives.phrases.assignment_words import TROUBLE
from intake.directives.phrases.words import BARE_CLOSING, CLOSING


def is_closing(lower: str, node: Node, assigned: Assigned, end: int, *, given: bool = False) -> bool:
    """Whether nothing is told but to obey the document: «… chịu trách nhiệm thi hành Quyết định này».

    given  an office is given the document to carry out by name, which is a task
    """
    words = lower[assigned.rest : end].strip(" ;,")
    everybody = not node.label and all(each.many for each in assigned.leads)
    if everybody and assigned.leads and (BARE_CLOSING.fullmatch(words) or CLOSING.fullmatch(words)):
        return True
    return not given and CLOSING.fullmatch(words) is not None


def trouble_behind(lower: str, node: Node, assigned: Assigned, end: int) -> int | None:
    """Where «; quá trình thực hiện nếu có vướng mắc, …» begins behind a closing; None elsewhere."""
    trouble = TROUBLE.search(lower, assigned.rest, end)
    if trouble and assigned.rest < trouble.start() and is_closing(lower, node, assigned, trouble.start()):
        return trouble.start()
    return None


def is_trouble(lower: str, task: Finding) -> bool:
    """Whether everybody is told to report trouble, which is not always to be followed up."""
    return bool(task.leads) and all(each.many for each in task.leads) and bool(TROUBLE.match(lower, task.start))
