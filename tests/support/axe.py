"""axe-core, the accessibility checker of others, over a page as it stands in Chromium."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

# By itself axe leaves open how a text contrasts where a ::before or an ::after may lie behind it, and a fifth of its
# time go into looking for these. Here each text is judged by what else lies behind it.
_JUDGE_ALL = """
() => {
  const {options} = axe._audit.checks["color-contrast"];
  axe.configure({checks: [{id: "color-contrast", options: {...options, ignorePseudo: true}}]});
}
"""

_RUN = """
async () => {
  await new Promise(requestAnimationFrame);  // by then the page has heard of its size
  return (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (rule) => `${rule.id} (${rule.impact}): ` + rule.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", "));
}
"""


@cache
def _source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Of every rule of axe that the page breaks: its name, its weight and the first places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
        page.evaluate(_JUDGE_ALL)
    found: list[str] = page.evaluate(_RUN)
    return found


MOST_BYTES, MOST_REQUESTS = 150_000, 8

_WEIGHT = """
() => {
  const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return [loaded.length, loaded.reduce((sum, each) => sum + each.decodedBodySize, 0)];
}
"""


def examined(page: Page) -> None:
    """No page has anything that axe finds, is heavy, or asks for much besides."""
    faults = violations(page)
    requests, size = page.evaluate(_WEIGHT)
    if size > MOST_BYTES or requests > MOST_REQUESTS:
        faults.append(f"{size} bytes in {requests} requests")
    assert not faults, f"{page.url}: {'; '.join(faults)}"
