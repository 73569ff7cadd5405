"""The door of a site that knows Mika, a rep, with the mailbox to which her links go."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.catcher import Catcher, catcher
from settings import Settings
from store.database import Database
from store.team import people
from store.team.people import Role
from tests.conftest import OWN
from web.app import create_app

MIKA = "mika@team.example.com"
COOKIE = "__Host-session"


@pytest.fixture
async def post() -> AsyncIterator[Catcher]:
    async with catcher() as post:
        yield post


@pytest.fixture
async def browser(database: Database, clock: Any, post: Catcher) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is signed in, of a site that knows Mika, a rep."""
    async with database.transaction() as session:
        await people.take_in(session, "Mika", MIKA, {Role.REP}, clock.now(), language="ja")
    async with at_the_door(database, clock, post) as browser:
        yield browser


def at_the_door(database: Database, clock: Any, post: Catcher) -> httpx.AsyncClient:
    settings = Settings.model_validate(OWN | {"database_url": database.url, "mail_url": post.url, "smtp_starttls": "false"})
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    return httpx.AsyncClient(transport=transport, base_url="https://letters.example.com")


async def link_in_letter(browser: httpx.AsyncClient, post: Catcher, to: str = "") -> str:
    """Ask for a link, and give the path and query of the one that came."""
    answer = await browser.post("/login", data={"address": MIKA, "to": to})
    assert answer.status_code == 200
    url = urlsplit(re.findall(r"https://letters\S+", post.letters(to=MIKA)[-1].text)[0])
    return f"{url.path}?{url.query}"


def fields_of(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
