"""What Apprise makes of an address."""

import logging
from functools import cache
from typing import Any


def service_of(url: str) -> Any | None:
    """What Apprise makes of an address: an object that can send, or None. Apprise's log of addresses is not kept."""
    apprise, asset = _apprise()
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


@cache
def _apprise() -> tuple[Any, Any]:
    # Imported here: it takes a third of a second, and a store without contacts does not need it.
    import apprise

    # Both write addresses with their secrets into a log that is set to be talkative.
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Apprise's own name and pictures would lead readers to somebody else's pages.
    asset = apprise.AppriseAsset(app_id="dondoc", app_desc="Đôn đốc", app_url="")
    asset.image_url_mask = asset.image_url_logo = ""
    return apprise, asset
