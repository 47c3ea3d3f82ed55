"""Serving the portal, on the loopback unless told otherwise."""

import logging

import uvicorn

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import open_store
from portal.app import make_app

HOST = "127.0.0.1"


def serve(settings: Settings, host: str = HOST) -> None:
    """Answer on ``settings.portal_port`` of ``host`` until Ctrl-C or SIGTERM; raises ``Refused`` when it cannot."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with open_store(settings) as store:
        # No access log: an address may hold the link of a message, which is a key.
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(store),
                host=host,
                port=settings.portal_port,
                access_log=False,
                server_header=False,
                log_config=None,
                proxy_headers=True,
                timeout_graceful_shutdown=5,
            )
        )
        try:
            server.run()
        except SystemExit:
            raise Refused(
                f"Cổng {settings.portal_port} của trang đôn đốc đang có chương trình khác dùng; đặt cổng khác:"
                f" DONDOC_PORTAL_PORT={settings.portal_port + 1}.",
                f"Port {settings.portal_port} is in use; choose another: DONDOC_PORTAL_PORT.",
            ) from None
