"""A window of Chromium before the portal, which looks closely at every page it comes to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.support.people import House

WAIT_MS = 8_000

LEAST_CONTRAST = 4.5

# What is wrong with the page as a reader, a screen reader or a keyboard meets it; one line for each fault.
_LOOK = """
() => {
  const faults = [];
  const name = (e) => `<${e.tagName.toLowerCase()} ${e.className} ${e.name || e.id || ""}> «${e.innerText || ""}»`;
  const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} h1`);
  if (!["vi", "en"].includes(document.documentElement.lang)) faults.push("no lang");
  if (!document.title.includes(" · ")) faults.push(`title «${document.title}»`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) faults.push(`id ${id} twice`);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`wider than the window by ${wide} px`);
  for (const e of document.querySelectorAll("input, select, textarea")) {
    if (e.type === "hidden") continue;
    const labels = [...(e.labels || [])].map((label) => label.textContent.trim()).join("");
    if (!labels && !e.getAttribute("aria-label")) faults.push(`no label: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("button, a[href]")) {
    // A link in a picture has no innerText; its title is the name.
    const words = (e.innerText ?? e.textContent).trim();
    if (shown(e) && !(words || e.getAttribute("aria-label"))) faults.push(`says nothing: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
    const told = `${e.getAttribute("aria-describedby") || ""} ${e.getAttribute("aria-labelledby") || ""}`;
    for (const id of told.split(" ")) {
      if (id && !document.getElementById(id)) faults.push(`told by nothing: ${name(e)}`);
    }
  }
  return faults;
}
"""

# The contrast of every text against what lies behind it, from the computed styles (WCAG 2.2, 1.4.3).
_CONTRAST = """
() => {
  const rgba = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    if (!e) return [255, 255, 255];
    const ground = rgba(getComputedStyle(e).backgroundColor);
    return ground[3] === 1 ? ground.slice(0, 3) : over(ground, behind(e.parentElement));
  };
  const opacity = (e) => (e ? Number(getComputedStyle(e).opacity) * opacity(e.parentElement) : 1);
  const found = {};
  for (const e of document.querySelectorAll("body *")) {
    const speaks = [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!speaks || !e.checkVisibility() || e.closest("script, option, optgroup")) continue;
    const ground = behind(e);
    const ink = rgba(getComputedStyle(e).color);
    ink[3] *= opacity(e);
    const [a, b] = [light(over(ink, ground)), light(ground)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = `${e.tagName.toLowerCase()}.${e.className}`;
    found[key] = Math.min(found[key] ?? 99, contrast);
  }
  return found;
}
"""


@dataclass
class Window:
    """Somebody's browser: pages are opened, pressed and typed into; ``look`` judges the one before it."""

    house: House
    context: BrowserContext
    watch: Callable[[Page], None] = field(default=lambda _page: None)
    hosts: set[str] = field(default_factory=set)
    slips: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("request", self._asked)
        self.page.on("console", self._spoken)
        self.page.on("pageerror", lambda fault: self.slips.append(str(fault)))

    def go(self, path: str) -> None:
        self.page.goto(self.house.address + path)
        self.look()

    def press(self, name: str, *, within: str = "main") -> None:
        """Press the button of that name and look at the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: str, *, within: str = "main") -> None:
        """Follow the first link that holds those words and look at the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("link", name=name).first.click()
        self.look()

    def fill(self, fields: dict[str, str]) -> None:
        """Type into fields by the words of their labels."""
        for label, value in fields.items():
            self.page.get_by_label(label).first.fill(value)

    def reads(self, words: str) -> None:
        """Waits until the words can be read on the page."""
        self.page.locator("main").get_by_text(words).first.wait_for()

    def look(self) -> None:
        """Everything a page must be, whoever opens it and however wide their window is."""
        self.page.wait_for_load_state("load")
        self.watch(self.page)
        faults: list[str] = self.page.evaluate(_LOOK) + self.slips
        faults += [f"{kind}: {ratio:.2f}" for kind, ratio in self.contrasts().items() if ratio < LEAST_CONTRAST]
        faults += [f"asked of {host}" for host in self.hosts - {urlsplit(self.house.address).netloc}]
        assert not faults, f"{self.page.url.removeprefix(self.house.address)}: {'; '.join(faults)}"

    def contrasts(self) -> dict[str, float]:
        """The least contrast of text on the page, by kind of element."""
        found: dict[str, float] = self.page.evaluate(_CONTRAST)
        return found

    def focused(self) -> dict[str, Any]:
        """What has the focus of the keyboard, and how it shows."""
        found: dict[str, Any] = self.page.evaluate(
            """() => {
              const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
              return {
                words: (e.innerText || e.name || "").trim(), tag: e.tagName, main: !!e.closest("main"),
                ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
                seen: box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1,
              };
            }"""
        )
        return found

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.hosts.add(urlsplit(request.url).netloc)

    def _spoken(self, message: ConsoleMessage) -> None:
        # Chromium notes a refusal (422) as an error by itself; the page tells it in words, which is what it must do.
        refused = "Failed to load resource" in message.text and " 4" in message.text
        if message.type in ("error", "warning") and not refused:
            self.slips.append(message.text)
