"""What `dondoc up` says once it is ready: where everything is, and what is still missing."""

from models.access.accounts import users
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.account import UserRole


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
        f"  Hộp thư tại máy / mailbox   {settings.mailbox_dir}   (dondoc mailbox)",
        f"  Nhật ký / logs              {settings.data_dir / 'logs'}",
    ]
    if not has_prefect:
        lines.append("  Prefect chưa trả lời, đang thử lại; chưa có lượt chạy nào. / Prefect does not answer yet.")
    if is_first and settings.sample:
        lines.append("  Đây là DỮ LIỆU MẪU; dữ liệu thật: đặt DONDOC_DATA_DIR khác và DONDOC_SAMPLE=0.")
    elif is_first:
        lines.append("  Chưa có văn bản giao việc: chạy luồng «Ban hành văn bản giao việc» ở trang trên.")
    lines += _first_coordinator(store)
    lines.append("Nhấn Ctrl-C để dừng. / Ctrl-C stops everything.")
    return "\n".join(lines)


def _first_coordinator(store: Store) -> list[str]:
    """How to make the first account that decides on reports; said until there is one."""
    with reading_session(store.engine) as session:
        if users(session, role=UserRole.COORDINATOR, enabled=True):
            return []
    return [
        "  Chưa có tài khoản đôn đốc. Tạo tài khoản đầu tiên và nhận đường dẫn vào trang / no coordinator yet:",
        '    dondoc user add EMAIL --post "Phòng Tổng hợp"',
    ]
