"""Deputies by date: an account that another stands in for, and a desk whose letters somebody else gets as well.

From the first day to the last, both included, the deputy of an account has its rights besides its own, and the deputy
of a desk a copy of each of its letters. What a deputy does stands in the trail under the deputy's own account.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, select

from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from config.contacts.mail_addresses import SCHEMES as MAIL_SCHEMES
from config.contacts.mail_addresses import mail_address
from config.errors import Refused
from models.access.accounts import existing_user
from models.access.limits import Limit, limit_of
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.account import Deputy, User, UserRole
from models.tables.errors import NotFound

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Rights:
    """What an account may do on a day: in which role, and in which directives alone (None for all)."""

    role: UserRole
    directives: Limit


def appoint(
    session: Session, email: str, deputy: str, first_day: date, last_day: date, context: ActorContext
) -> Deputy:
    """Have one account stand in for another.

    Raises ``Refused`` for a closed one, the same one, one that would gain nothing or lose rights, or no such days.
    """
    _check_days(first_day, last_day, context)
    lock_audit_chain(session)
    user, other = existing_user(session, email), existing_user(session, deputy)
    if user.id == other.id:
        raise Refused("Người thay thế phải là tài khoản khác.", "The deputy must be a different account.")
    if other.disabled_at is not None or user.disabled_at is not None:
        raise Refused("Tài khoản đã khóa; mở lại trước.", "The account is closed; open it first.")
    if (fault := why_useless(user, other)) is not None:
        raise fault
    made = Deputy(user_id=user.id, deputy_id=other.id, **_days(first_day, last_day, context))
    return _appointed(session, made, context, user=user.id, deputy=other.id)


def appoint_for_desk(
    session: Session,
    office: str,
    desk: Desk,
    email: str,
    first_day: date,
    last_day: date,
    *,
    contacts: Contacts,
    context: ActorContext,
) -> Deputy:
    """Have the letters of a desk go to a further address too; raises ``Refused`` for a desk not reached by mail."""
    code = context.plan.office_named(office).code
    _check_days(first_day, last_day, context)
    try:
        address = mail_address(email)
    except Refused as fault:
        raise Refused(f"Địa chỉ người nhận thay: {fault}.", f"The deputy's address: {fault.en}.") from None
    if (without_mail := why_no_copies(contacts, code, desk)) is not None:
        raise without_mail
    lock_audit_chain(session)
    made = Deputy(office=code, desk=desk, email=address, **_days(first_day, last_day, context))
    return _appointed(session, made, context, office=code, desk=desk.value)


def end_deputy(session: Session, number: int, context: ActorContext) -> None:
    """End it early; ending it twice changes nothing. Raises ``NotFound``."""
    lock_audit_chain(session)
    found = session.get(Deputy, number)
    if found is None:
        raise NotFound(f"Không có lần thay thế số {number}.", f"There is no deputy no. {number}.")
    if found.ended_at is None:
        found.ended_at = context.now
        record(session, context, "end_deputy", f"deputy:{number}")


def deputies(session: Session, today: date) -> Sequence[Deputy]:
    """Those of today and of days to come, the earliest first."""
    query = select(Deputy).where(col(Deputy.ended_at).is_(None), col(Deputy.last_day) >= today)
    return session.exec(query.order_by(col(Deputy.first_day), col(Deputy.id))).all()


def rights_of(user: User) -> Rights:
    """The rights that an account has by itself."""
    return Rights(user.role, limit_of(user))


def rights_on(session: Session, user: User, today: date) -> Rights:
    """The rights of an account on a day, with those of whom it stands in for; a closed one passes on none.

    Each pair is judged by the limits of today as when it was appointed: one that would be refused now adds nothing.
    """
    stands_in = select(User).join(Deputy, col(Deputy.user_id) == col(User.id))
    absent = session.exec(
        stands_in.where(Deputy.deputy_id == user.id, _in_force(today), col(User.disabled_at).is_(None))
    ).all()
    everybody = (user, *(each for each in absent if why_useless(each, user) is None))
    decides = [each for each in everybody if each.role is UserRole.COORDINATOR]
    if user.role is UserRole.COORDINATOR or not decides:
        return Rights(user.role, _together([limit_of(each) for each in everybody if each.role is user.role]))
    # A manager who stands in for a coordinator decides where that one does, and nowhere else.
    return Rights(UserRole.COORDINATOR, _together([limit_of(each) for each in decides]))


def copies_to(session: Session, today: date) -> dict[tuple[str, str], tuple[str, ...]]:
    """Who gets the letters of a desk as well, by office and desk."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    query = select(Deputy).where(col(Deputy.office).is_not(None), _in_force(today)).order_by(col(Deputy.id))
    for each in session.exec(query):
        key = each.office or "", str(each.desk)
        if each.email not in found.get(key, ()):
            found[key] = (*found.get(key, ()), each.email)
    return found


def without_effect(session: Session, contacts: Contacts, today: date) -> list[tuple[Deputy, Refused]]:
    """The deputies of today and of days to come who would change nothing as things are now, each with the reason."""
    found = []
    for each in deputies(session, today):
        if each.office and each.desk:
            fault = why_no_copies(contacts, each.office, each.desk)
        else:
            fault = why_useless(session.get_one(User, each.user_id), session.get_one(User, each.deputy_id))
        if fault is not None:
            found.append((each, fault))
    return found


def why_no_copies(contacts: Contacts, office: str, desk: Desk) -> Refused | None:
    """Why nobody gets copies of the letters of a desk: it is not reached by mail now; None where it is."""
    if contacts.address(office, desk).channel in MAIL_SCHEMES:
        return None
    return Refused(
        "Bộ phận này hiện không nhận qua thư điện tử nên không gửi kèm được; đặt địa chỉ thư cho bộ phận trước, hoặc "
        "tạm đổi nơi nhận.",
        "This contact is not reached by e-mail at present, so copies cannot be sent; set an e-mail address for it "
        "first, or change its address for the time being.",
    )


def why_useless(user: User, deputy: User) -> Refused | None:
    """Why one account cannot stand in for another by the limits that both have now; None where it can.

    Of two roles a deputy has the one that decides, and where that one does; so a pair must add rights and take none.

    A manager sees what a coordinator sees and changes nothing, so that a coordinator gains nothing by a manager's role.
    """
    if user.role is deputy.role:
        return None
    if deputy.role is UserRole.COORDINATOR:
        return Refused(
            f"Tài khoản {deputy.email} là cơ quan đôn đốc, không thêm được quyền gì khi thay lãnh đạo (chỉ xem); muốn"
            " xem thêm chỉ đạo khác thì đổi giới hạn chỉ đạo của tài khoản đó.",
            f"{deputy.email} is a coordinator and gains nothing by standing in for a manager, who has read-only "
            "access; to let them see other directives, change the limits of their account.",
        )
    decides_in, sees = limit_of(user), limit_of(deputy)
    if decides_in is not None and (sees is None or not sees <= decides_in):
        return Refused(
            f"Trong thời gian thay thế, {deputy.email} chỉ còn xem được chỉ đạo của {user.email}"
            f" ({', '.join(sorted(decides_in))}) và mất các chỉ đạo khác đang xem; chọn người thay thế khác, hoặc "
            "giới hạn người thay thế vào các chỉ đạo đó trước.",
            f"While standing in, {deputy.email} would see only the directives of {user.email}"
            f" ({', '.join(sorted(decides_in))}) and lose the others; choose another deputy, or first limit the "
            "deputy to those directives.",
        )
    return None


def _together(limits: Collection[Limit]) -> Limit:
    return None if None in limits else frozenset().union(*(limit for limit in limits if limit is not None))


def _in_force(today: date) -> ColumnElement[bool]:
    return and_(col(Deputy.ended_at).is_(None), col(Deputy.first_day) <= today, col(Deputy.last_day) >= today)


def _days(first_day: date, last_day: date, context: ActorContext) -> dict[str, Any]:
    return {"first_day": first_day, "last_day": last_day, "set_by": context.actor, "set_at": context.now}


def _check_days(first_day: date, last_day: date, context: ActorContext) -> None:
    if last_day < first_day or last_day < context.today:
        raise Refused(
            f"Đến hết ngày {last_day:%d/%m/%Y} đã qua hoặc trước ngày bắt đầu; chọn lại.",
            f"The last day, {last_day:%d/%m/%Y}, has passed or is before the first day; choose again.",
        )
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise Refused("Thời gian thay thế dài nhất là một năm.", "A deputy can stand in for one year at most.")


def _appointed(session: Session, made: Deputy, context: ActorContext, **details: object) -> Deputy:
    same = select(Deputy).where(
        *(
            getattr(Deputy, name) == getattr(made, name)
            for name in ("user_id", "deputy_id", "office", "desk", "email", "first_day", "last_day")
        ),
        col(Deputy.ended_at).is_(None),
    )
    if found := session.exec(same).first():
        return found  # the button was pressed twice
    session.add(made)
    session.flush()
    days = {"first_day": made.first_day.isoformat(), "last_day": made.last_day.isoformat()}
    record(session, context, "appoint_deputy", f"deputy:{made.id}", **details, **days)
    return made
