"""The pictures of the documents: Chromium over the sample, taken by `make pictures`."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from config import clock
from config.settings import load_settings
from models.access.accounts import SAMPLE_DOMAIN, users
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store, open_store
from models.store.database import reading_session
from models.tables.account import UserRole
from portal.app import make_app
from portal.web import LANGUAGE_COOKIE
from rehearsal.sample import build_sample

TO = Path(__file__).parents[1] / "docs" / "pictures"
_QUALITY = 72
_WIDE, _PHONE = (1280, 800), (390, 780)
_OFFICE = "SYT"


class Picture(NamedTuple):
    """One picture: who looks at which page, in which language, on which screen."""

    name: str
    who: str
    page: str
    language: str
    size: tuple[int, int]


PICTURES = (
    Picture("desk-en", "coordinator", "/desk", "en", _WIDE),
    Picture("desk-vi", "coordinator", "/desk", "vi", _WIDE),
    Picture("board-en", "manager", "/board", "en", _WIDE),
    Picture("board-vi", "manager", "/board", "vi", _WIDE),
    Picture("office-vi-phone", "office", "/assignments", "vi", _PHONE),
    Picture("desk-vi-phone", "coordinator", "/desk", "vi", _PHONE),
)


def take(to: Path = TO) -> None:
    """Build the sample aside, open it in Chromium, and write every picture to ``to``."""
    home = Path(tempfile.mkdtemp(prefix="dondoc-pictures-"))
    try:
        settings = load_settings({"DONDOC_DATA_DIR": str(home), "HOME": str(home), "DONDOC_PORTAL_PORT": "4281"})
        build_sample(settings, clock.now())
        to.mkdir(parents=True, exist_ok=True)
        with open_store(settings) as store, _served(store) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            signed_in = {who: _sign_in(browser, store, who, address) for who in {each.who for each in PICTURES}}
            for each in PICTURES:
                width, height = each.size
                context = browser.new_context(
                    viewport={"width": width, "height": height}, storage_state=signed_in[each.who]
                )
                context.add_cookies([{"name": LANGUAGE_COOKIE, "value": each.language, "url": address}])
                page = context.new_page()
                page.goto(address + each.page)
                page.screenshot(path=to / f"{each.name}.jpg", type="jpeg", quality=_QUALITY)
                context.close()
            browser.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _served(store: Store) -> Iterator[str]:
    config = uvicorn.Config(make_app(store), host="127.0.0.1", port=store.settings.portal_port, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="portal")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.05)
        yield store.settings.portal_url
    finally:
        server.should_exit = True
        thread.join()


def _sign_in(browser: Browser, store: Store, who: str, address: str) -> str:
    """The cookies of somebody who has signed in, in a file beside the store."""
    context = browser.new_context()
    page = context.new_page()
    if who == "office":
        page.goto(office_links(store.settings).link(_OFFICE, now=clock.now()))
    else:
        with reading_session(store.engine) as session:
            of_role = users(session, role=UserRole(who), enabled=True)
        user = next(each for each in of_role if each.email.endswith(f"@{SAMPLE_DOMAIN}"))
        page.goto(user_link(store.settings, user, now=clock.now()))
        page.click("main button")
    kept = store.settings.data_dir / f"{who}.json"
    context.storage_state(path=kept)
    context.close()
    return str(kept)


if __name__ == "__main__":
    take()
