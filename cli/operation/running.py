"""`dondoc up|portal|demo`: what keeps running, and a replay of 2023."""

import typer

from config.settings import load_settings
from hosting.processes.supervisor import up
from rehearsal.demo import play
from rehearsal.sample import first_start


def up_command() -> None:
    """Run Prefect, the flows, the portal and delivery until Ctrl-C."""
    raise SystemExit(up(load_settings(), first_start))


def portal_command(
    host: str = typer.Option(
        "127.0.0.1",
        "--host",
        metavar="ADDRESS",
        help="Địa chỉ để nghe; máy khác chỉ nên vào qua máy chủ trung gian."
        " / Address to listen on; other machines should come through a reverse proxy.",
    ),
) -> None:
    """Serve the portal until Ctrl-C."""
    from portal.serving.workers import serve

    serve(load_settings(), host)


def demo_command(
    keep: bool = typer.Option(False, "--keep", help="Giữ lại kho dữ liệu diễn tập. / Keep the store of the demo."),
    full: bool = typer.Option(
        False,
        "--full",
        help="Kể từng ngày, thay vì mỗi tháng một màn hình. / Show every day instead of one screen per month.",
    ),
) -> None:
    """Replay the shipped directive's first months on a temporary store."""
    raise SystemExit(play(keep=keep, full=full))
