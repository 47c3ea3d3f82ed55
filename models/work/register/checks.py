"""What must hold in a changed office register, and what a split leaves without an heir."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from config.catalogue.offices import OfficeSpec, Register
from config.catalogue.plan import Plan
from config.errors import Refused
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN

_DAY = timedelta(days=1)


def register_faults(offices: Register, plan: Plan) -> Iterator[Refused]:
    """What must hold between offices: nobody named is missing, takes over from himself, in a ring or too late."""
    for gone in [each.code for each in plan.offices if each.code not in offices]:
        yield Refused(
            f"Cơ quan {gone}: không xóa được; cho kết thúc hoạt động.",
            f"Office {gone} cannot be deleted; end it instead.",
            command="dondoc office end",
        )
    for office in offices.values():
        for heir in dict.fromkeys(
            filter(None, (office.successor, office.member_of, *(h.office for h in office.heirs)))
        ):
            if heir == office.code or heir not in offices:
                vi = "là chính cơ quan này" if heir == office.code else "không có trong danh bạ"
                en = "is the office itself" if heir == office.code else "is not in the register"
                yield Refused(f"Cơ quan {office.code}: {heir} {vi}.", f"Office {office.code}: {heir} {en}.")
        if office.valid_to and office.valid_from and office.valid_to < office.valid_from:
            yield Refused(
                f"Cơ quan {office.code}: kết thúc trước khi bắt đầu.", f"Office {office.code} ends before it begins."
            )
        yield from _succession_faults(office, offices)


def _succession_faults(office: OfficeSpec, offices: Register) -> Iterator[Refused]:
    for first in dict.fromkeys(filter(None, (office.successor, *(heir.office for heir in office.heirs)))):
        line, heir = [office.code], offices.get(first)
        while heir is not None and heir.code not in line:
            line.append(heir.code)
            heir = offices.get(heir.successor or "")
        if heir is not None and heir.code == office.code != first and office.code == min(line):
            ring = " → ".join([*line, office.code])
            yield Refused(f"Cơ quan kế thừa nối thành vòng: {ring}.", f"The successors form a loop: {ring}.")
        begins = offices[first].valid_from if first in offices else None
        if office.valid_to and begins and begins > office.valid_to + _DAY:
            yield Refused(
                f"Cơ quan {first}: bắt đầu {begins:%d/%m/%Y}, {office.code} kết thúc {office.valid_to:%d/%m/%Y};"
                " ở giữa không ai nhận việc.",
                f"Office {first} begins on {begins:%d/%m/%Y}, {office.code} ends on {office.valid_to:%d/%m/%Y};"
                " in between, no office takes over the work.",
            )


def wrong_heirs(
    session: Session, code: str, parts: Sequence[str], heirs: Mapping[str, str], default: str, context: ActorContext
) -> Iterator[Refused]:
    """Heirs that are none of the parts, and what is named and is not there."""
    for of, heir in [*heirs.items(), *([("default", default)] if default else [])]:
        if heir not in parts:
            yield Refused(
                f"{of}={heir}: {heir} không phải cơ quan nhận việc ({', '.join(parts)}).",
                f"{of}={heir}: {heir} is not a receiving office ({', '.join(parts)}).",
            )
    subtasks = {each.code for each in context.plan.known_subtasks()}
    numbers = {number for number, _ in _open_work(session, code)}
    for of in heirs:
        if of.isdecimal() and of not in numbers:
            yield Refused(f"Việc số {of}: {code} không giữ việc này.", f"Assignment {of}: {code} does not hold it.")
        elif not of.isdecimal() and of not in subtasks:
            yield Refused(f"Việc {of}: không có trong kế hoạch.", f"The plan has no subtask {of}.")


def without_heir(session: Session, code: str, heirs: Mapping[str, str], context: ActorContext) -> Iterator[str]:
    """What has no heir: open assignments, and subtasks that the plan gives to the office."""
    for number, subtask in _open_work(session, code):
        if number not in heirs and subtask not in heirs:
            yield f"việc số {number} ({subtask})"
    yield from (each for each in _given_to(code, context.plan) if each not in heirs)
    for directive in context.plan.directives:
        if code in (directive.coordinator, directive.default_monitor):
            yield f"đôn đốc, theo dõi {directive.code}"


def to_be_shared(session: Session, code: str, context: ActorContext) -> dict[str, int]:
    """The subtasks of an office that somebody must take over, each with how many of its assignments are open."""
    held = Counter(subtask for _, subtask in _open_work(session, code))
    theirs = {*held, *_given_to(code, context.plan)}
    return {each.code: held[each.code] for each in context.plan.known_subtasks() if each.code in theirs}


def _given_to(code: str, plan: Plan) -> Iterator[str]:
    """The subtasks that the plan gives to an office."""
    groups = set(plan.office(code).groups)
    for each in plan.subtasks():
        selectors = [s for step in each.steps for _, lead, others in step.groups() for s in (lead, *others)]
        if each.monitor == code or any(s.office == code or s.group in groups for s in selectors):
            yield each.code


def _open_work(session: Session, office: str) -> list[tuple[str, str]]:
    """Number and subtask of what is open with an office."""
    query = select(col(Assignment.id), col(Assignment.subtask))
    query = query.where(col(Assignment.office) == office, col(Assignment.state).in_(OPEN))
    return [(str(number), subtask) for number, subtask in session.exec(query.order_by(col(Assignment.id)))]
