"""The pictures of the documents: Chromium over the sample, taken by `make pictures`.

Single pages, and a strip that tells the story from a directive's text to the board.
"""

import base64
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from sqlmodel import col, func, select

from config import clock
from config.contacts.desks import Desk
from config.settings import Settings, load_settings
from models.access.accounts import SAMPLE_DOMAIN, users
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store, open_store
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.tables.outbox import Message
from portal.app import make_app
from portal.web import LANGUAGE_COOKIE
from rehearsal.sample import build_sample

TO = Path(__file__).parents[1] / "docs" / "pictures"
_QUALITY = 72
_WIDE, _PHONE, _FRAME = (1280, 800), (390, 780), (1040, 660)
_STRIP_WIDTH = 1320
_OFFICE = "SYT"


class Picture(NamedTuple):
    """One picture: who looks at which page, in which language, on which screen."""

    name: str
    who: str
    page: str
    language: str
    size: tuple[int, int]


LANGUAGES = ("vi", "en")

PICTURES = (
    Picture("desk-en", "coordinator", "/desk", "en", _WIDE),
    Picture("desk-vi", "coordinator", "/desk", "vi", _WIDE),
    Picture("board-en", "manager", "/board", "en", _WIDE),
    Picture("board-vi", "manager", "/board", "vi", _WIDE),
    Picture("office-vi-phone", "office", "/assignments", "vi", _PHONE),
    Picture("desk-vi-phone", "coordinator", "/desk", "vi", _PHONE),
)


class Frame(NamedTuple):
    """One picture of the strip; in its page {message}, {own} and {reported} stand for numbers of the sample."""

    who: str
    page: str
    vi: str
    en: str


STRIP = (
    Frame("coordinator", "/desk/intake/1", "Văn bản thành bản thảo", "The text becomes a draft"),
    Frame("coordinator", "/desk/intake/1/launch", "Xem trước rồi giao việc", "Checked, then assigned"),
    Frame("coordinator", "/desk/messages/{message}", "Thư tới cơ quan", "The letter to an office"),
    Frame("office", "/assignments/{own}/report", "Cơ quan báo cáo", "The office reports"),
    Frame("coordinator", "/assignments/{reported}", "Cơ quan đôn đốc quyết định", "The coordinator decides"),
    Frame("manager", "/board", "Bảng theo dõi", "The board"),
)


def take(to: Path = TO) -> None:
    """Build the sample aside and write every picture to ``to``."""
    home = Path(tempfile.mkdtemp(prefix="dondoc-pictures-"))
    try:
        settings = load_settings({"DONDOC_DATA_DIR": str(home), "HOME": str(home), "DONDOC_PORTAL_PORT": "4281"})
        build_sample(settings, clock.now())
        draw(settings, to)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def draw(settings: Settings, to: Path) -> None:
    """Open a sample in Chromium and write every picture to ``to``."""
    to.mkdir(parents=True, exist_ok=True)
    with open_store(settings) as store, _served(store) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        signed_in = {who: _sign_in(browser, store, who) for who in ("coordinator", "manager", "office")}
        for each in PICTURES:
            with _opened(browser, signed_in[each.who], address, each.page, each.language, each.size) as page:
                page.screenshot(path=to / f"{each.name}.jpg", type="jpeg", quality=_QUALITY)
        numbers = _numbers(store)
        for language in LANGUAGES:
            frames = []
            for frame in STRIP:
                where = frame.page.format(**numbers)
                with _opened(browser, signed_in[frame.who], address, where, language, _FRAME) as page:
                    words = frame.en if language == "en" else frame.vi
                    frames.append((words, page.screenshot(type="jpeg", quality=90)))
            _write_strip(browser, frames, to / f"story-{language}.jpg")
        browser.close()


@contextmanager
def _opened(
    browser: Browser, signed_in: str, address: str, where: str, language: str, size: tuple[int, int]
) -> Iterator[Page]:
    """A page as somebody who has signed in sees it, without what is said to newcomers and of the missing Prefect."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, storage_state=signed_in)
    context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": address}])
    page = context.new_page()
    page.goto(address + where)
    page.evaluate("document.querySelectorAll('main > details[open], #prefect-away').forEach(each => each.remove())")
    yield page
    context.close()


def _numbers(store: Store) -> dict[str, int]:
    """Of the last letter to the office, of work that it leads and owes, and of a report to decide on."""
    of_office = select(func.max(col(Message.id))).where(Message.office == _OFFICE, Message.desk == Desk.FOCAL)
    leads = select(func.min(col(Assignment.id))).where(Assignment.role == Role.LEAD)
    with reading_session(store.engine) as session:
        own = leads.where(Assignment.office == _OFFICE, Assignment.state == State.ACKNOWLEDGED)
        reported = leads.where(Assignment.state == State.REPORTED)
        found = {"message": of_office, "own": own, "reported": reported}
        return {name: session.exec(query).one() or 1 for name, query in found.items()}


def _write_strip(browser: Browser, frames: list[tuple[str, bytes]], to: Path) -> None:
    """The frames side by side, three in a row, each under its number and words."""
    figures = "".join(
        f"<figure><figcaption><b>{number}</b> {words}</figcaption>"
        f'<img src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}"></figure>'
        for number, (words, picture) in enumerate(frames, start=1)
    )
    page = browser.new_page(viewport={"width": _STRIP_WIDTH, "height": 100})
    page.set_content(f"<style>{_STRIP_STYLE}</style><main>{figures}</main>")
    page.screenshot(path=to, type="jpeg", quality=_QUALITY, full_page=True)
    page.close()


_STRIP_STYLE = """body { margin: 0; font: 16px "DejaVu Sans", sans-serif; color: #17365d; background: #fff }
main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; padding: 10px }
figure { margin: 0 } figcaption { padding: 4px 0 6px } img { width: 100%; border: 1px solid #9ab }"""


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


def _sign_in(browser: Browser, store: Store, who: str) -> str:
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
