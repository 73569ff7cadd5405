"""The front doors of the product, as people use them: the site's forms, the link in a letter, and the inbox over HTTP."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import UUID

import httpx

from local.catcher import Letter

_SEAL: Final = re.compile(r'name="seal" value="([^"]+)"')
_LINK: Final = re.compile(r"<(http[^>]+)>")


class Doors:
    """Speaks HTTP with the web app that is running. Made by ``doors``; ``token_for`` gives what a rep's link to sign in holds."""

    def __init__(self, open_browser: Callable[[], Awaitable[httpx.AsyncClient]], token_for: Callable[[str], Awaitable[str]]) -> None:
        self._open_browser = open_browser
        self._token_for = token_for
        self._browsers: dict[str, httpx.AsyncClient] = {}

    async def post_form(self, form: str, fields: Mapping[str, str]) -> None:
        """Send a form of the site, as a browser does."""
        browser = await self._browser_of("")
        _must(await browser.post(f"/forms/{form}", data=dict(fields)), 303)

    async def refuse(self, letter: Letter) -> None:
        """Refuse in one click, as a mail program does for its reader (RFC 8058)."""
        link = _LINK.search(str(letter.message["List-Unsubscribe"]))
        assert link, "a letter has a link to refuse it"
        browser = await self._browser_of("")
        _must(await browser.post(link[1], content="List-Unsubscribe=One-Click", headers=_FORM), 200)

    async def seal(self, rep: str, task: UUID) -> str | None:
        """Open a task in the inbox. What the page gives to its forms is good for the rep's other tasks too, for some hours.

        None where it has no forms, because the task is over.
        """
        browser = await self._browser_of(rep)
        page = await browser.get(f"/inbox/{task}")
        if page.status_code == 303:
            _must(await browser.post("/login/link", data={"token": await self._token_for(rep)}), 303)
            page = await browser.get(f"/inbox/{task}")
        _must(page, 200)
        found = _SEAL.search(page.text)
        return found[1] if found else None

    async def claim(self, rep: str, task: UUID, seal: str) -> bool:
        """Take a task; False when somebody else was faster."""
        browser = await self._browser_of(rep)
        answer = await browser.post(f"/inbox/{task}/claim", data={"seal": seal})
        return _is_done(answer)

    async def answer(self, rep: str, task: UUID, seal: str, fields: Mapping[str, str]) -> bool:
        """Answer a task; False when it is not open any more."""
        browser = await self._browser_of(rep)
        answer = await browser.post(f"/inbox/{task}/outcome", data={"seal": seal, **fields})
        return _is_done(answer)

    async def _browser_of(self, who: str) -> httpx.AsyncClient:
        """The browser of a rep, or that of everybody outside, which keeps no cookies of ours."""
        if who not in self._browsers:
            self._browsers[who] = await self._open_browser()
        return self._browsers[who]


_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@asynccontextmanager
async def doors(url: str, token_for: Callable[[str], Awaitable[str]]) -> AsyncIterator[Doors]:
    """The doors of the web app at ``url``, while the block lasts. ``token_for`` gives what a rep's link to sign in holds."""
    async with AsyncExitStack() as open_browsers:

        async def open_browser() -> httpx.AsyncClient:
            # A connection that is kept may be closed by the server just as the next request goes into it.
            none_kept = httpx.Limits(max_keepalive_connections=0)
            browser = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=none_kept)
            return await open_browsers.enter_async_context(browser)

        yield Doors(open_browser, token_for)


def _is_done(answer: httpx.Response) -> bool:
    """Whether the inbox did as it was told; False for a task that is somebody else's or over. To be sent to the sign-in is neither."""
    if _must(answer, 303, 409).status_code == 409:
        return False
    assert not answer.headers["location"].startswith("/login"), "a rep is signed in"
    return True


def _must(answer: httpx.Response, *expected: int) -> httpx.Response:
    if answer.status_code not in expected:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise RuntimeError(f"{asked} is answered with {answer.status_code}: {answer.text[:2000]}")
    return answer
