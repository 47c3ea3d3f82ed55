"""Names that offices bear from a day ahead: put into the register when that day has come."""

from sqlmodel import Session, col, update

from config.catalogue.offices import OfficeSpec
from models.plans.editions import Provenance, heads, take_in
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.office import Office


def renamed(office: OfficeSpec, name_vi: str, name_en: str) -> OfficeSpec:
    """The office under another name; the old one stays among its other names, where the register keeps such."""
    names: dict[str, object] = {"name_vi": name_vi, "name_en": name_en, "next_name": None}
    aliases = getattr(office, "aliases", None)
    if aliases is not None and office.name_vi != name_vi:
        names["aliases"] = tuple(each for each in dict.fromkeys([*aliases, office.name_vi]) if each != name_vi)
    return office.model_copy(update=names)


def take_up_names(session: Session, context: ActorContext) -> int:
    """Let offices bear the names that are theirs from today or before, as a new edition; returns how many."""
    due = {
        office.code: renamed(office, office.next_name.name_vi, office.next_name.name_en)
        for office in context.plan.offices
        if office.next_name is not None and office.next_name.since <= context.today
    }
    if not due:
        return 0
    lock_audit_chain(session)
    if heads(session.connection()) != context.editions:
        return 0  # somebody changed the plan meanwhile: the next run goes by that
    plan = context.plan.model_copy(
        update={"offices": tuple(due.get(office.code, office) for office in context.plan.offices)}
    )
    provenance = Provenance(reason="Tên mới có hiệu lực.")
    made = take_in(session, plan, context.calendar, provenance=provenance, actor=context.actor, now=context.now)
    for office in due.values():
        session.exec(
            update(Office)
            .where(col(Office.code) == office.code)
            .values(name_vi=office.name_vi, name_en=office.name_en)
            .execution_options(synchronize_session=False)
        )
    record(session, context, "take_up_names", "plan", editions=dict(made), offices=sorted(due))
    return len(due)
