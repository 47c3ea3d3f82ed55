"""What `dondoc up` says once it is ready: where everything is, and what is still missing."""

import shutil
import sys
from pathlib import Path

from sqlmodel import col, func, select

from config import clock
from models.access.accounts import SAMPLE_DOMAIN, users
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE
from models.work.directives import samples_in_force


def addresses(store: Store, seconds: float, *, is_first: bool, has_prefect: bool = True) -> str:
    """The lines, of which the first says that the portal listens and the last how to stop.

    is_first     whether the store is new
    has_prefect  whether Prefect answered; without it no run begins yet
    """
    settings = store.settings
    door = f"{settings.portal_url}/prefect"
    lines = [
        f"dondoc sẵn sàng sau {seconds:.0f} giây / ready:",
        f"  Trang đôn đốc / portal      {settings.portal_url}",
        f"  Lượt chạy / runs            {door}/v2/runs",
        f"  Quá hạn / overdue           {door}/v2/runs?tags=co-qua-han",
        f"  Luồng và phiếu / flows      {door}/v2/deployments",
        f"  Bảng theo dõi / board       {door}/newest/board",
        f"  Hộp thư tại chỗ / mailbox   {settings.mailbox_dir}   ({_command()} mailbox)",
        f"  Nhật ký / logs              {settings.data_dir / 'logs'}",
    ]
    if not has_prefect:
        lines.append(
            "  Prefect chưa trả lời, đang thử lại; tạm thời chưa có lượt chạy. / Prefect is not responding yet; "
            "trying again."
        )
    if is_first and settings.sample:
        lines.append(
            "  Đây là DỮ LIỆU MẪU; dữ liệu thật: đặt DONDOC_DATA_DIR khác và DONDOC_SAMPLE=0. / This is SAMPLE DATA."
        )
    elif is_first:
        lines.append("  Chưa có văn bản giao việc; ghi ở trang «Chỉ đạo». / Nothing is assigned yet; see 'Directives'.")
    lines += _sample_links(store) or _first_coordinator(store)
    lines.append("Nhấn Ctrl-C để dừng. / Ctrl-C stops everything.")
    return "\n".join(lines)


def _command() -> str:
    """How to type `dondoc` here: by its path where its environment is not on PATH, as after `make run`."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == "dondoc" and not shutil.which("dondoc") else "dondoc"


def _sample_links(store: Store) -> list[str]:
    """On the sample, a ready link for each kind of visitor; none in a real house."""
    now = clock.now()
    with reading_session(store.engine) as session:
        if not samples_in_force(session):
            return []
        there = {each.role: each for each in users(session, enabled=True) if each.email.endswith(f"@{SAMPLE_DOMAIN}")}
        busiest = select(Assignment.office).where(col(Assignment.state).in_(WAITING_FOR_OFFICE))
        ordered = busiest.group_by(col(Assignment.office)).order_by(func.count().desc(), col(Assignment.office))
        office = session.exec(ordered.limit(1)).first()
    links = [(_ROLE_WORDS[role], user_link(store.settings, user, now=now)) for role, user in there.items()]
    if office is not None:
        name = store.plan.office(office).name_vi
        links.append((f"Cơ quan / office ({name})", office_links(store.settings).link(office, now=now)))
    if not links:
        return []
    heading = (
        "  Vào thử, mỗi đường dẫn tài khoản dùng một lần trong 15 phút / sign in and try (once, within 15 minutes):"
    )
    return [heading, *(f"    {who}\n      {link}" for who, link in links)]


_ROLE_WORDS = {UserRole.COORDINATOR: "Cơ quan đôn đốc / coordinator", UserRole.MANAGER: "Lãnh đạo / manager"}


def _first_coordinator(store: Store) -> list[str]:
    """How to make the first account that decides on reports; said until there is one."""
    with reading_session(store.engine) as session:
        if users(session, role=UserRole.COORDINATOR, enabled=True):
            return []
    return [
        "  Chưa có tài khoản đôn đốc. Tạo tài khoản đầu tiên và nhận đường dẫn đăng nhập / no coordinator yet:",
        f'    {_command()} user add EMAIL --post "Phòng Tổng hợp"',
    ]
