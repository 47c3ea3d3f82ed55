"""The pictures of the documents: Chromium over the sample as `dondoc up` shows it, taken by `make pictures`.

Single pages, and a strip that tells the story from a directive's text to the board.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlmodel import col, func, select

from config import clock
from config.clock import HANOI
from config.contacts.desks import Desk
from config.settings import Settings, load_settings
from flows.forms import FORMS
from models.access.accounts import SAMPLE_DOMAIN, users
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store, open_store
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.tables.outbox import Message
from portal.prefect.proxy import RUNS_PAGE
from portal.web import LANGUAGE_COOKIE

TO = Path(__file__).parents[1] / "docs" / "pictures"
_QUALITY = 72
_WIDE, _HIGH, _PHONE, _FRAME = (1280, 800), (1280, 1310), (390, 780), (1040, 660)
_STRIP_WIDTH = 1320
_OFFICE = "SYT"
_RUNS_WITHIN_S = 300


class Picture(NamedTuple):
    """One picture in each language: who looks at which page, on which screen."""

    name: str
    who: str
    page: str
    size: tuple[int, int]


LANGUAGES = ("vi", "en")

PICTURES = (
    Picture("desk", "coordinator", "/desk", _WIDE),
    Picture("board", "manager", "/board", _WIDE),
    Picture("desk-phone", "coordinator", "/desk", _PHONE),
    Picture("office-phone", "office", "/assignments", _PHONE),
)

RUNS = "runs"
"""Prefect's own page, whose only language is English."""


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
    """Start `dondoc up` on a sample of its own and write every picture to ``to``."""
    home = Path(tempfile.mkdtemp(prefix="dondoc-pictures-"))
    try:
        chosen = {"DONDOC_DATA_DIR": str(home), "HOME": str(home), "DONDOC_PORTAL_PORT": "4281", "DONDOC_PORT": "4282"}
        with _running(chosen):
            draw(load_settings(chosen), to)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def draw(settings: Settings, to: Path) -> None:
    """Open the sample that is running in Chromium and write every picture to ``to``."""
    to.mkdir(parents=True, exist_ok=True)
    address = settings.portal_url
    with open_store(settings) as store, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        signed_in = {who: _sign_in(browser, store, who) for who in ("coordinator", "manager", "office")}
        last_hour = f"{RUNS_PAGE}?range=past-hour"
        with _opened(browser, signed_in["coordinator"], address, last_hour, "en", _HIGH) as page:
            _await_runs(page)
            page.screenshot(path=to / f"{RUNS}.jpg", type="jpeg", quality=_QUALITY)
        numbers = _numbers(store)
        for language in LANGUAGES:
            for each in PICTURES:
                with _opened(browser, signed_in[each.who], address, each.page, language, each.size) as page:
                    page.screenshot(path=to / f"{each.name}-{language}.jpg", type="jpeg", quality=_QUALITY)
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
    """A page as somebody who has signed in sees it, without what is said to newcomers."""
    width, height = size
    viewport: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, storage_state=signed_in, timezone_id=HANOI.name)
    context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": address}])
    page = context.new_page()
    page.goto(address + where)
    page.evaluate("document.querySelectorAll('main > details[open]').forEach(each => each.remove())")
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
def _running(chosen: dict[str, str]) -> Iterator[None]:
    """`dondoc up` with these settings alone, once it shows its pages."""
    free = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    with subprocess.Popen([sys.executable, "-m", "cli.main", "up"], env=free | chosen, stdout=subprocess.PIPE) as up:
        assert up.stdout is not None
        try:
            for line in up.stdout:
                if RUNS_PAGE.encode() in line:
                    break
            yield
        finally:
            up.terminate()
            up.stdout.read()


def _await_runs(page: Page) -> None:
    """Wait until what the start has begun is done: each run is named after its result then."""
    for priority in FORMS:
        page.get_by_text(re.compile(rf"^{priority} · .+ quá hạn$")).first.wait_for(timeout=_RUNS_WITHIN_S * 1000)
    page.wait_for_timeout(2_000)  # the dots of the chart come slowly


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
