"""A browser as people have it: one Chromium for all tests of a process, and the web app that it visits on a real socket."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from local.processes import free_port
from settings import Settings
from store.database import Database
from store.team.people import Role
from tests.browser.chromium import MISSING, chromium
from tests.browser.findings import Watch, findings
from tests.conftest import OWN
from tests.web.conftest import Clock, campaign, clock, kept
from tests.web.conftest import signed_in as let_in
from web.app import create_app
from web.server import serve

__all__ = ["campaign", "clock", "kept"]

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 360, "height": 740}

_ALONE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
]
"""Chromium finds no other host, whatever a page asks for, and asks for nothing by itself."""

_CHEAP = [
    "--js-flags=--no-opt --no-maglev",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,DestroyProfileOnBrowserClose",
]
"""No page stays long enough for its script to be worth compiling twice; and where there is a window, its address bar is nothing but a bar.

The last two features Playwright switches off too, in a list that this one replaces.
"""

Visit = Callable[..., Awaitable[Page]]
Axe = Callable[[Page], Awaitable[None]]


@pytest.fixture(scope="session")
def chromium_here() -> Path:
    """The program."""
    path = chromium()
    assert path, MISSING
    return path


@pytest.fixture(scope="session")
async def browser(chromium_here: Path, anyio_backend: str) -> AsyncIterator[Browser]:
    """One for all tests of the process."""
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=chromium_here, args=[*_ALONE, *_CHEAP])


@pytest.fixture
async def address() -> str:
    """Where the site of the test is, before it is there."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def settings(database_url: str, address: str) -> Settings:
    """A file of tests may have others; ``base_url`` is always ``address``."""
    return Settings.model_validate(OWN | {"database_url": database_url, "base_url": address, "form_posts_per_minute": 1000})


@pytest.fixture
async def site(settings: Settings, database: Database, clock: Clock, address: str) -> AsyncIterator[str]:
    """The web app on a socket: its address, without a slash at the end."""
    app = create_app(settings, database, clock.now)
    async with serve(app, port=int(address.rpartition(":")[2])) as url:
        yield url


@dataclass(kw_only=True)
class Visitors:
    """Opens pages for people with their own cookies, and watches what the pages do."""

    browser: Browser
    site: str
    database: Database
    clock: Clock
    open: AsyncExitStack
    watches: list[Watch] = field(default_factory=list)

    async def person(
        self,
        *,
        language: str = "en",
        size: ViewportSize = DESKTOP,
        signed_in: str = "",
        roles: Collection[Role] = (Role.OPERATOR,),
        script: bool = True,
        dark: bool = False,
        hosts: tuple[str, ...] = (),
    ) -> BrowserContext:
        """A browser of somebody who reads ``language``, signed in to the team as ``signed_in``, in these roles; its pages share cookies.

        Only the site and further ``hosts`` (``host:port``) may be asked for anything.
        """
        context = await self.browser.new_context(
            viewport=size,
            has_touch=size["width"] < 500,
            is_mobile=size["width"] < 500,
            locale={"en": "en-GB", "ja": "ja-JP"}[language],
            timezone_id="Asia/Tokyo",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        await self.open.enter_async_context(context)
        if signed_in:
            headers = await let_in(self.database, self.clock, signed_in, roles=roles, https=False)
            name, _, value = headers["Cookie"].partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": self.site}])
        self.watches.append(Watch(context, hosts=(self.site.removeprefix("http://"), *hosts)))
        return context

    async def visit(self, path: str, **person: Any) -> Page:
        """Open ``path`` of the site as somebody new: see ``person``."""
        page = await (await self.person(**person)).new_page()
        await page.goto(self.site + path)
        return page


@pytest.fixture
async def visitors(browser: Browser, site: str, database: Database, clock: Clock, anyio_backend: str) -> AsyncIterator[Visitors]:
    """Whoever visits. When the test is over, no page may have asked another host or complained in its console."""
    async with AsyncExitStack() as open:
        everyone = Visitors(browser=browser, site=site, database=database, clock=clock, open=open)
        yield everyone
        complaints = [complaint for watch in everyone.watches for complaint in watch.complaints]
    assert complaints == [], "\n".join(complaints)


@pytest.fixture
def visit(visitors: Visitors) -> Visit:
    """Opens a page: ``await visit("/inbox", signed_in="Mika", language="ja", size=PHONE)``."""
    return visitors.visit


@pytest.fixture
def axe() -> Axe:
    """Fails with what is not accessible on the page as it is."""

    async def look(page: Page) -> None:
        found = await findings(page)
        assert not found, f"{page.url}\n" + "\n".join(found)

    return look
