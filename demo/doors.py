"""The front doors of the product, as people use them: the site's forms, the link in a letter, and the inbox over HTTP."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import httpx

from local.catcher import Letter

_SEAL: Final = re.compile(r'name="seal" value="([^"]+)"')
_LINK: Final = re.compile(r"<(http[^>]+)>")


class Doors:
    """Speaks HTTP with the web app that is running. Made by ``doors``; ``token_for`` gives what a rep's link to sign in holds."""

    def __init__(self, client: httpx.AsyncClient, token_for: Callable[[str], Awaitable[str]]) -> None:
        self._client = client
        self._token_for = token_for
        self._browsers: dict[str, dict[str, str]] = {}

    async def post_form(self, form: str, fields: Mapping[str, str]) -> None:
        """Send a form of the site, as a browser does."""
        answer = await self._client.post(f"/forms/{form}", data=dict(fields))
        _must(answer, 303)

    async def refuse(self, letter: Letter) -> None:
        """Refuse in one click, as a mail program does for its reader (RFC 8058)."""
        link = _LINK.search(str(letter.message["List-Unsubscribe"]))
        assert link, "a letter has a link to refuse it"
        _must(await self._client.post(link[1], content="List-Unsubscribe=One-Click", headers=_FORM), 200)

    async def seal(self, rep: str, task: UUID) -> str:
        """Open a task in the inbox. What the page gives to its forms is good for the rep's other tasks too, for some hours."""
        page = await self._client.get(f"/inbox/{task}", headers=self._browsers.get(rep))
        if page.status_code == 303:
            self._browsers[rep] = await self._signed_in(rep)
            page = await self._client.get(f"/inbox/{task}", headers=self._browsers[rep])
        _must(page, 200)
        found = _SEAL.search(page.text)
        assert found, "the page of a task has a form"
        return found[1]

    async def claim(self, rep: str, task: UUID, seal: str) -> bool:
        """Take a task; False when somebody else was faster."""
        answer = await self._client.post(f"/inbox/{task}/claim", data={"seal": seal}, headers=self._browsers[rep])
        return _must(answer, 303, 409).status_code == 303

    async def answer(self, rep: str, task: UUID, seal: str, fields: Mapping[str, str]) -> bool:
        """Answer a task; False when it is not open any more."""
        answer = await self._client.post(f"/inbox/{task}/outcome", data={"seal": seal, **fields}, headers=self._browsers[rep])
        return _must(answer, 303, 409).status_code == 303

    async def _signed_in(self, rep: str) -> dict[str, str]:
        """Sign a rep in, and give what their browser sends from then on."""
        answer = _must(await self._client.post("/login/link", data={"token": await self._token_for(rep)}), 303)
        self._client.cookies.clear()  # one client is the browser of all reps
        return {"Cookie": f"session={answer.cookies['session']}"}


_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@asynccontextmanager
async def doors(url: str, token_for: Callable[[str], Awaitable[str]]) -> AsyncIterator[Doors]:
    """The doors of the web app at ``url``, while the block lasts. ``token_for`` gives what a rep's link to sign in holds."""
    # A connection that is kept may be closed by the server just as the next request goes into it.
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield Doors(client, token_for)


def _must(answer: httpx.Response, *expected: int) -> httpx.Response:
    if answer.status_code not in expected:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise RuntimeError(f"{asked} is answered with {answer.status_code}: {answer.text[:2000]}")
    return answer
