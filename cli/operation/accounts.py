"""`dondoc user|token|door`: who may use the portal: accounts, keys of programs, links of offices."""

import typer

from cli.options import JSON
from cli.output import format_time, show_list
from cli.store import open_configured_store
from config.clock import HANOI, now
from config.errors import Refused
from models.access import accounts
from models.access.changing import change_user
from models.access.office_links import hand_over_link, revoke_links
from models.access.signing_in import LINK_LIFE, hand_over_sign_in_link
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.account import UserRole

user = typer.Typer()
token = typer.Typer()
door = typer.Typer()

_EMAIL = typer.Argument(metavar="EMAIL", help="Địa chỉ thư đã đăng ký. / The registered mail address.")
_DIRECTIVES = typer.Option(
    [], "--directive", metavar="MÃ", help="Mã chỉ đạo, nêu được nhiều lần. / Code of a directive; may be repeated."
)
_OFFICE = typer.Argument(metavar="OFFICE", help="Mã cơ quan. / Code of the office.")


def _context(store: Store) -> ActorContext:
    return store.actor_context(now=now(), actor="command")


@user.command("add")
def user_add_command(
    email: str = _EMAIL,
    post: str = typer.Option(..., "--post", help="Chức danh, không ghi tên người. / The post, never a person's name."),
    role: UserRole = typer.Option(
        UserRole.COORDINATOR, "--role", help="Vai trò: coordinator hoặc manager. / Role: coordinator or manager."
    ),
    directives: list[str] = _DIRECTIVES,
) -> None:
    """Thêm tài khoản, in đường dẫn đăng nhập lần đầu. / Add an account and print its first sign-in link."""
    with open_configured_store() as store:
        with session_scope(store.engine) as session:
            context = _context(store)
            made = accounts.add_user(session, email=email, post=post, role=role, context=context, directives=directives)
            link = hand_over_sign_in_link(session, store.settings, made, context)
        print(f"Đã thêm {made.email} ({made.post}, {made.role.value}).")
        _print_link(link)


@user.command("link")
def user_link_command(email: str = _EMAIL) -> None:
    """In đường dẫn đăng nhập, dùng một lần trong 15 phút. / Print a sign-in link, usable once within 15 minutes."""
    with open_configured_store() as store:
        with session_scope(store.engine) as session:
            found = accounts.existing_user(session, email)
            link = hand_over_sign_in_link(session, store.settings, found, _context(store))
        _print_link(link)


@user.command("list")
def user_list_command(json_: bool = JSON) -> None:
    """Liệt kê tài khoản. / List the accounts."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        found = accounts.users(session)
    show_list(
        json_,
        (each.model_dump(mode="json", exclude={"sessions_since"}) for each in found),
        f"{len(found)} tài khoản",
        ("Địa chỉ", "Chức danh", "Vai trò", "Chỉ đạo", "Lần đăng nhập gần nhất", ""),
        [
            (
                each.email,
                each.post,
                each.role.value,
                ", ".join(each.directives or ()) or "tất cả",
                format_time(each.signed_in_at),
                "đã khóa" if each.disabled_at else "",
            )
            for each in found
        ],
        empty="Chưa có tài khoản nào; thêm bằng «dondoc user add EMAIL --post …».",
    )


@user.command("limit")
def user_limit_command(email: str = _EMAIL, directives: list[str] = _DIRECTIVES) -> None:
    """Giới hạn tài khoản vào một số chỉ đạo; không nêu: tất cả. / Limit an account to some directives; all by
    default.
    """
    with open_configured_store() as store, session_scope(store.engine) as session:
        limited = change_user(session, email, _context(store), directives=directives)
        seen = ", ".join(limited.directives or ())
    print(f"{email}: chỉ xem và làm {seen}." if seen else f"{email}: xem và làm mọi chỉ đạo.")


@user.command("change")
def user_change_command(
    email: str = _EMAIL,
    address: str | None = typer.Option(
        None, "--email", metavar="MỚI", help="Địa chỉ thư mới; phiên và khóa cũ hết hiệu lực. / The new mail address."
    ),
    post: str | None = typer.Option(None, "--post", help="Chức danh mới. / The new post."),
    role: UserRole | None = typer.Option(
        None, "--role", help="Vai trò mới: coordinator hoặc manager. / The new role: coordinator or manager."
    ),
) -> None:
    """Sửa địa chỉ, chức danh, vai trò của tài khoản. / Change the address, post or role of an account."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        made = change_user(session, email, _context(store), address=address, post=post, role=role)
        print(f"{made.email}: {made.post}, {made.role.value}.")


@user.command("disable")
def user_disable_command(email: str = _EMAIL) -> None:
    """Khóa tài khoản và mọi phiên đang mở. / Close an account and end its sessions."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        accounts.disable_user(session, email, _context(store))
    print(f"Đã khóa {email}.")


@user.command("enable")
def user_enable_command(email: str = _EMAIL) -> None:
    """Mở lại tài khoản đã khóa. / Open a closed account again."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        accounts.enable_user(session, email, _context(store))
    print(f"Đã mở lại {email}.")


@token.command("add")
def token_add_command(
    name: str = typer.Argument(metavar="NAME", help="Tên khóa: dùng vào việc gì. / Name of the token: what it is for."),
    office: str | None = typer.Option(None, "--office", help="Khóa của một cơ quan. / A token for this office."),
    role: UserRole | None = typer.Option(
        None, "--role", help="Khóa theo vai trò: coordinator hoặc manager. / A token by role: coordinator or manager."
    ),
    owner: str | None = typer.Option(
        None, "--owner", metavar="EMAIL", help="Tài khoản giữ khóa theo vai trò. / The account that owns it."
    ),
    days: int = typer.Option(90, "--days", help="Số ngày dùng được. / How many days it is valid."),
) -> None:
    """Tạo khóa; chỉ hiện một lần. / Create a token; it is shown only once."""
    if role is not None and office is None and owner is None:
        raise Refused(
            "Khóa theo vai trò cần người giữ khóa: --owner EMAIL; khóa hết hiệu lực khi tài khoản ấy bị khóa.",
            "A token by role needs an owner: --owner EMAIL; it becomes invalid when that account is closed.",
        )
    with open_configured_store() as store, session_scope(store.engine) as session:
        plain = accounts.make_token(
            session, name=name, office=office, role=role, owner=owner, days=days, context=_context(store)
        )
    print(plain)


@token.command("list")
def token_list_command(json_: bool = JSON) -> None:
    """Liệt kê khóa, không hiện nội dung. / List the tokens, without their content."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        found = accounts.tokens(session)
    show_list(
        json_,
        (each.model_dump(mode="json", exclude={"sha256"}) for each in found),
        f"{len(found)} khóa",
        ("Số", "Tên", "Của", "Hết hạn", ""),
        [
            (
                each.id,
                each.name,
                each.office or (each.role.value if each.role else ""),
                f"{each.expires_at.astimezone(HANOI):%d/%m/%Y}",
                "đã thu hồi" if each.revoked_at else "",
            )
            for each in found
        ],
        empty="Chưa có khóa nào.",
    )


@token.command("revoke")
def token_revoke_command(
    number: int = typer.Argument(metavar="SỐ", help="Số của khóa. / Number of the token."),
) -> None:
    """Thu hồi một khóa. / Revoke a token."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        accounts.revoke_token(session, number, _context(store))
    print(f"Đã thu hồi khóa số {number}.")


@door.command("link")
def door_link_command(office: str = _OFFICE) -> None:
    """In đường dẫn vào trang của một cơ quan. / Print the link to an office's page."""
    with open_configured_store() as store:
        with session_scope(store.engine) as session:
            link = hand_over_link(session, store.settings, office, _context(store))
        print(link)


@door.command("revoke")
def door_revoke_command(office: str = _OFFICE) -> None:
    """Thu hồi mọi đường dẫn đã gửi cho một cơ quan. / Revoke every link that was sent to an office."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        revoke_links(session, office, _context(store))
    print(f"Đã thu hồi mọi đường dẫn của {office}.")


def _print_link(link: str) -> None:
    minutes = LINK_LIFE.seconds // 60
    print(f"Đường dẫn đăng nhập, dùng một lần trong {minutes} phút / sign in here, once, within {minutes} minutes:")
    print(link)
