"""What is wrong with a page in a browser: who cannot use it, whom it asks, and what it complains about."""

from importlib.resources import files
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},
    "preload": False,
    "iframes": False,
}
"""WCAG 2.2 at level AA."""

_RUN = """async options => (await axe.run(options)).violations.flatMap(rule => rule.nodes.map(node => {
    const summary = node.failureSummary.replace(/\\s+/g, ' ');
    return `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${summary} ${node.html.slice(0, 300)}`;
}))"""


async def findings(page: Page) -> list[str]:
    """What axe finds on the page, a line each."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found: list[str] = await page.evaluate(_RUN, _OPTIONS)
    return found


async def put(page: Page, html: str) -> None:
    """Show another text on the page that is open, with its styles and without its scripts: that costs a fifth of opening it."""
    await page.evaluate(
        """async html => {
            const other = new DOMParser().parseFromString(html, 'text/html').documentElement;
            const links = [...other.querySelectorAll('link[rel=stylesheet]')];
            const styles = links.map(link => new Promise(done => link.onload = link.onerror = done));
            document.documentElement.replaceWith(document.adoptNode(other));
            await Promise.all(styles);
        }""",
        html,
    )


async def width_problem(page: Page) -> str:
    """What stands out of the page to the right, so that one has to scroll to the side; empty where nothing does."""
    found: str = await page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return '';
            const all = [...document.body.querySelectorAll('*')];
            const out = all.filter(one => one.getBoundingClientRect().right > wide + 1);
            const shown = out.slice(0, 5).map(one => one.outerHTML.slice(0, 120));
            return `${document.documentElement.scrollWidth} > ${wide}: ${shown.join(' | ')}`;
        }"""
    )
    return found


async def unmarked(page: Page) -> list[str]:
    """What the keyboard comes to without anybody seeing it, a line each."""
    await page.keyboard.press("Tab")
    found: list[str] = await page.evaluate(
        """() => {
            const reached = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
            return reached.filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility()).flatMap(one => {
                one.focus();
                const style = getComputedStyle(one), box = one.getBoundingClientRect();
                const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && box.width > 0;
                return isSeen && one.tabIndex === 0 ? [] : [`is not marked when the keyboard comes to it: ${one.outerHTML.slice(0, 150)}`];
            });
        }"""
    )
    return found


class Watch:
    """Looks over a browser's shoulder: ``complaints`` are what its pages must not do."""

    def __init__(self, context: BrowserContext, *, hosts: tuple[str, ...]) -> None:
        self.complaints: list[str] = []
        self._hosts = hosts
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", self._failed)

    def _asked(self, request: Request) -> None:
        to = urlsplit(request.url)
        if to.scheme not in ("data", "blob") and to.netloc not in self._hosts and not request.is_navigation_request():
            self.complaints.append(f"asks another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in ("stylesheet", "script", "image", "font"):
            self.complaints.append(f"{response.status} for {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        """What a server refuses on purpose a browser reports too, and nobody can keep it from that."""
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource: the server responded"):
            self.complaints.append(f"says in its console: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"its script failed: {error.error}")
