"""Dated deeds of the office register: add, rename, merge, split and end, each a new edition of ``offices`` and what it
does to open work.

From its day on an office that has ended gives what is open to its successor, or to the heir named for the subtask or
the single assignment (``succession``). A day ahead is entered now, and the daily run then does the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pydantic import ValidationError
from sqlmodel import Session

from config.catalogue.faults import from_validation
from config.catalogue.offices import Heir, NextName, OfficeSpec, Register, on_another_day
from config.catalogue.plan import Plan
from config.errors import Refused, refuse_all
from config.rules.working_time import supported
from models.plans.documents import OFFICES, plan_of
from models.plans.editions import Provenance, next_documents
from models.store.actor import ActorContext
from models.tables.deed import DeedKind
from models.work.deeds.apply import Change
from models.work.deeds.changes import put_in_force, replacing
from models.work.register.checks import register_faults, without_heir, wrong_heirs
from models.work.register.dated_names import renamed
from models.work.register.succession import ended_offices, handed_over

_DAY = timedelta(days=1)


def add(session: Session, office: Mapping[str, object], *, provenance: Provenance, context: ActorContext) -> Change:
    """Enter a new office; it exists from the day of the deed where that lies ahead, or that is given.

    office  the fields of ``OfficeSpec``: code, names, kind, groups …
    """
    given = {key: value for key, value in office.items() if value not in (None, "", ())}
    if provenance.effective_on is not None:
        given.setdefault("valid_from", provenance.effective_on)
    given.setdefault("name_en", given.get("name_vi"))
    code = str(given.get("code", ""))
    if code in _register(context.plan):
        raise Refused(f"Cơ quan {code} đã có trong danh bạ.", f"Office {code} is already in the register.")
    return changed_register(
        session, [*context.plan.offices, office_from(given)], provenance=provenance, context=context
    )


def rename(
    session: Session, code: str, name_vi: str, name_en: str = "", *, provenance: Provenance, context: ActorContext
) -> Change:
    """Give an office another name from the day of the deed on (``dated_names``); documents from then on show it."""
    office, since = context.plan.office(code), _effective_on(provenance, context)
    english = name_en or (name_vi if office.name_en == office.name_vi else office.name_en)
    names = office_from({**office.model_dump(), "name_vi": name_vi, "name_en": english})
    to_be = renamed(office, names.name_vi, names.name_en)
    if since > context.today:
        ahead = NextName(since=since, name_vi=names.name_vi, name_en=names.name_en)
        to_be = office.model_copy(update={"next_name": ahead})
    offices = [to_be if each.code == code else each for each in context.plan.offices]
    return changed_register(session, offices, provenance=provenance, context=context)


def regroup(
    session: Session,
    group: str,
    joining: Collection[str],
    leaving: Collection[str],
    *,
    provenance: Provenance,
    context: ActorContext,
) -> Change:
    """Let offices join a group, which may be a new one, and others leave it, from the day of the deed on.

    A day that is given for what was done before takes the place of the day that was said then.
    """
    offices = _register(context.plan)
    if both := sorted({*joining} & {*leaving}):
        raise Refused(
            f"Cơ quan {', '.join(both)}: vừa vào vừa ra nhóm.", f"Office {', '.join(both)} both joins and leaves."
        )
    for code in (*joining, *leaving):
        office = context.plan.office(code)
        others = tuple(each for each in office.groups if each != group)
        kept = office.groups if group in office.groups else (*office.groups, group)
        groups = kept if code in joining else others
        if provenance.effective_on is not None and groups == office.groups:
            office = on_another_day(office, group, _effective_on(provenance, context))
        offices[code] = office_from({**office.model_dump(), "groups": groups})
    if not any(group in each.groups for each in offices.values()):
        raise Refused(
            f"Nhóm {group} không còn cơ quan nào; ghi cơ quan vào nhóm.",
            f"Group {group} would have no office; enter who joins it.",
        )
    return changed_register(session, offices, provenance=provenance, context=context)


def merge(
    session: Session,
    codes: Sequence[str],
    into: str,
    new: Mapping[str, object] | None = None,
    *,
    provenance: Provenance,
    context: ActorContext,
) -> Change:
    """Let offices end on the eve of the day, and another take over what they have.

    new  the fields of that office, where it is not in the register yet; its kind is that of the first without
    """
    going = [code for code in dict.fromkeys(codes) if code != into]
    if not going:
        raise Refused("Chưa ghi cơ quan nào để sáp nhập.", "No offices to merge are entered.")
    kind = context.plan.office(going[0]).kind
    offices = _with_new(context, [into], {into: {"kind": kind, **(new or {})}}, provenance)
    for code in going:
        offices = _ending(offices, code, into, (), provenance, context)
    return changed_register(session, offices, provenance=provenance, context=context)


def end(session: Session, code: str, successor: str, *, provenance: Provenance, context: ActorContext) -> Change:
    """Let an office end on the eve of the day; its successor, which exists then, takes over what it has."""
    offices = _ending(_register(context.plan), code, context.plan.office(successor).code, (), provenance, context)
    return changed_register(session, offices, provenance=provenance, context=context)


def split(
    session: Session,
    code: str,
    into: Sequence[str],
    heirs: Mapping[str, str],
    default: str = "",
    new: Mapping[str, Mapping[str, object]] | None = None,
    *,
    provenance: Provenance,
    context: ActorContext,
) -> Change:
    """Let an office end on the eve of the day, and others take over its work part by part.

    into     the offices that it becomes
    heirs    who gets what: by subtask ("T3.4"), also from then on, or by the number of an open assignment ("17")
    default  who gets what is not named
    new      the fields of those that are not in the register yet, by code; of the same kind without

    Raises ``Refused`` naming everything that has no heir, and every heir that cannot be.
    """
    parts = list(dict.fromkeys(into))
    if len(parts) < 2:
        raise Refused("Chia tách: ghi ít nhất hai cơ quan nhận việc.", "Split: enter at least two receiving offices.")
    office = context.plan.office(code)
    fields = {part: {"kind": office.kind, **(new or {}).get(part, {})} for part in parts}
    offices = _with_new(context, parts, fields, provenance)
    refuse_all([*wrong_heirs(session, code, parts, heirs, default, context)])
    if not default and (missing := list(without_heir(session, code, heirs, context))):
        listed = ", ".join(missing)
        raise Refused(
            f"Chưa có cơ quan nhận: {listed}. Ghi cơ quan nhận từng mục, hoặc cơ quan nhận phần còn lại.",
            f"No receiving office for: {listed}. Enter one for each, or an office that takes over the rest.",
            command="--heir, --default",
        )
    named = tuple(Heir(of=of, office=heir) for of, heir in heirs.items())
    offices = _ending(offices, code, default or parts[0], named, provenance, context)
    return changed_register(session, offices, provenance=provenance, context=context)


def changed_register(
    session: Session, offices: Iterable[OfficeSpec] | Register, *, provenance: Provenance, context: ActorContext
) -> Change:
    """The deed by which a register takes the place of the one in force, for open work too.

    offices  all of them, as they are to be; what the plan names must be among them
    """
    listed, known = offices.values() if isinstance(offices, Mapping) else offices, _register(context.plan)
    # A new member of a collective entry begins now: it owes nothing for what the entry was asked before.
    begins = {"valid_from": _effective_on(provenance, context)}
    to_be = {
        each.code: each.model_copy(update=begins)
        if each.member_of and not each.valid_from and each.code not in known
        else each
        for each in listed
    }
    refuse_all([*register_faults(to_be, context.plan)])
    plan = context.plan.model_copy(update={"offices": tuple(to_be.values())})
    documents, numbers = next_documents(session, plan, context.calendar, provenance=provenance, now=context.now)
    if numbers.get(OFFICES) == context.editions.get(OFFICES):
        raise Refused(
            "Danh bạ vẫn như cũ; không có gì để ghi.", "The register is unchanged; there is nothing to record."
        )
    after = replace(context, plan=plan_of(documents, numbers).plan, editions=numbers)
    return Change(
        kind=DeedKind.OFFICES,
        subject=OFFICES,
        provenance=provenance,
        context=after,
        items=lambda reader: handed_over(reader, after),
        take_effect=lambda writer: put_in_force(writer, plan, context.calendar, provenance, context),
        ended=frozenset(ended_offices(after.plan, after.today)),
        made_from=context.editions,
        particulars=replacing(context, after.plan, context.calendar),
    )


def office_from(fields: Mapping[str, object]) -> OfficeSpec:
    """An office from its fields; raises ``Refused`` with every fault of theirs."""
    try:
        return OfficeSpec.model_validate(fields)
    except ValidationError as invalid:
        code = str(fields.get("code", ""))
        found = list(from_validation(code, dict(fields), invalid, OfficeSpec))
        refuse_all([Refused(f"{fault}.", f"{fault.en}.") for fault in found])
        raise


def _register(plan: Plan) -> dict[str, OfficeSpec]:
    return {each.code: each for each in plan.offices}


def _effective_on(provenance: Provenance, context: ActorContext) -> date:
    return supported(provenance.effective_on or context.today)


def _with_new(
    context: ActorContext,
    codes: Sequence[str],
    fields: Mapping[str, Mapping[str, object]],
    provenance: Provenance,
) -> dict[str, OfficeSpec]:
    """The register with those offices that are not in it yet; those that are must exist on the day."""
    offices, on, faults = _register(context.plan), _effective_on(provenance, context), list[Refused]()
    for code in codes:
        if (there := offices.get(code)) is not None:
            if not there.exists_on(on):
                faults.append(
                    Refused(
                        f"Cơ quan {code}: ngày {on:%d/%m/%Y} không hoạt động.",
                        f"Office {code} is not active on {on:%d/%m/%Y}.",
                    )
                )
            continue
        given = dict(fields.get(code, {}))
        if not given.get("name_vi"):
            faults.append(
                Refused(
                    f"Cơ quan {code}: chưa có trong danh bạ; ghi cả tên cơ quan.",
                    f"Office {code} is not in the register; give its name too.",
                    command=f"--name {code}=…",
                )
            )
            continue
        given = {"code": code, "name_en": given["name_vi"], "valid_from": on} | {k: v for k, v in given.items() if v}
        try:
            offices[code] = office_from(given)
        except Refused as refused:
            faults += refused.faults
    refuse_all(faults)
    return offices


def _ending(
    offices: Mapping[str, OfficeSpec],
    code: str,
    successor: str,
    heirs: tuple[Heir, ...],
    provenance: Provenance,
    context: ActorContext,
) -> dict[str, OfficeSpec]:
    """The register in which an office ends on the eve of the day; raises ``Refused`` where it is not there then."""
    office, on = context.plan.office(code), _effective_on(provenance, context)
    if not office.exists_on(on - _DAY):
        ended = office.valid_to is not None and office.valid_to < on - _DAY
        raise Refused(
            f"Cơ quan {code}: {'đã kết thúc' if ended else 'chưa hoạt động'} trước ngày {on:%d/%m/%Y}.",
            f"Office {code} {'has ended' if ended else 'does not exist yet'} before {on:%d/%m/%Y}.",
        )
    ending = {"valid_to": on - _DAY, "successor": successor, "heirs": heirs}
    return {**offices, code: office.model_copy(update=ending)}
