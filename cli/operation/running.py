"""`dondoc up|portal|demo`: what keeps running, and the year that plays by itself."""

import typer

from config.settings import load_settings
from hosting.processes.supervisor import up
from rehearsal.demo import play
from rehearsal.sample import first_start


def up_command() -> None:
    """Khởi động tất cả: máy chủ Prefect, các luồng, việc gửi; Ctrl-C để dừng. Start everything."""
    raise SystemExit(up(load_settings(), first_start))


def portal_command(
    host: str = typer.Option(
        "127.0.0.1",
        "--host",
        metavar="ADDRESS",
        help="Địa chỉ để nghe; máy khác chỉ nên vào qua máy chủ trung gian. Where to listen.",
    ),
) -> None:
    """Chỉ mở trang đôn đốc, không có Prefect; Ctrl-C để dừng. Serve the portal only."""
    from portal.server import serve

    serve(load_settings(), host)


def demo_command(
    keep: bool = typer.Option(False, "--keep", help="Giữ lại kho dữ liệu diễn tập. Keep the demo's store."),
) -> None:
    """Diễn lại từ 17/8 đến 31/12/2023 bằng các luồng thật, trên kho tạm. Replay 2023 with the real flows."""
    raise SystemExit(play(keep=keep))
