"""Signing in by a provider of identities: a real one, Canaille, in a process of its own."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from sqlalchemy import select

from local.processes import free_port
from settings import Settings
from store import tables
from store.database import Database
from store.team import people
from store.team.people import Role
from tests.conftest import OWN
from web.app import create_app
from web.oidc import is_verified

pytestmark = pytest.mark.anyio

HERE = "https://letters.example.com"
BACK = f"{HERE}/login/provider/back"
PATIENCE_S = 60


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, log = free_port(), tmp_path_factory.mktemp("provider") / "log"
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), str(port), BACK]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as running:
        try:
            until = monotonic() + PATIENCE_S
            while not _answers(f"http://127.0.0.1:{port}"):
                assert running.poll() is None, log.read_text()
                assert monotonic() < until, log.read_text()
                sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/openid-configuration").status_code == 200
    except httpx.HTTPError:
        return False


def browser_of(issuer: str, database: Database, clock: Any, **changes: str | bool) -> httpx.AsyncClient:
    oidc = {"oidc_issuer": issuer, "oidc_client_id": "sodate", "oidc_client_secret": "secret-between-the-two"}
    settings = Settings.model_validate(OWN | {"database_url": database.url} | oidc | changes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(settings, database, clock.now)), base_url=HERE)


@pytest.fixture
async def browser(issuer: str, database: Database, clock: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a site that knows Mika and Eve."""
    async with database.transaction() as session:
        for name in ("Mika", "Eve"):
            await people.take_in(session, name, f"{name.lower()}@team.example.com", {Role.REP}, clock.now())
    async with browser_of(issuer, database, clock) as browser:
        yield browser


async def agreed(started: httpx.Response, name: str) -> str:
    """Go to the provider as somebody, with name and password, and give where it sends the browser back to."""
    async with httpx.AsyncClient(follow_redirects=False) as there:
        url, form = started.headers["location"], dict[str, str]()
        for _ in range(12):
            answer = await (there.post(url, data=form) if form else there.get(url))
            form = dict[str, str]()
            if answer.is_redirect:
                url = urljoin(url, answer.headers["location"])
                if url.startswith(HERE):
                    return url
                continue
            assert answer.status_code == 200, answer.text[:2000]
            if 'name="password"' in answer.text:
                form = {"password": "correct horse"}
            elif 'name="login"' in answer.text:
                form = {"login": name}
            else:
                form = {"answer": "accept"}
            url = str(answer.url)
    raise AssertionError(f"the provider does not send {name} back")


async def came_back(browser: httpx.AsyncClient, name: str, to: str = "") -> httpx.Response:
    return await browser.get(await agreed(await browser.get("/login/provider", params={"to": to}), name))


async def test_who_has_an_account_and_is_of_the_team_is_signed_in_and_led_on(browser: httpx.AsyncClient, database: Database) -> None:
    page = await browser.get("/login?to=/inbox/leads")
    [start] = re.findall(r'href="(/login/provider[^"]*)"', page.text)
    started = await browser.get(start)
    asked = parse_qs(urlsplit(started.headers["location"]).query)
    answer = await browser.get(await agreed(started, "mika"))

    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == (["S256"], ["code"], ["openid email profile"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox/leads")
    assert "Signed in as Mika" in (await browser.get("/inbox")).text
    async with database.transaction() as session:
        [line] = await session.scalars(select(tables.Audit))
    assert (line.who, line.what, line.after) == ("Mika", "signed_in", {"by": "provider"})


@pytest.mark.parametrize(
    ("name", "why"),
    [("jon", "Nobody of the team has this account"), ("eve", "Your mail address is not confirmed there")],
    ids=["not of the team", "address not verified"],
)
async def test_an_account_alone_is_not_enough(browser: httpx.AsyncClient, name: str, why: str) -> None:
    answer = await came_back(browser, name)

    assert (answer.status_code, why in answer.text) == (403, True)
    assert (await browser.get("/inbox")).status_code == 303


async def test_where_the_operator_vouches_for_the_provider_an_address_of_which_it_says_nothing_counts(
    issuer: str, database: Database, clock: Any
) -> None:
    async with database.transaction() as session:
        await people.take_in(session, "Eve", "eve@team.example.com", {Role.REP}, clock.now())
    async with browser_of(issuer, database, clock, oidc_vouches_for_addresses=True) as browser:
        await came_back(browser, "eve")

        assert "Signed in as Eve" in (await browser.get("/inbox")).text


@pytest.mark.parametrize(
    ("said", "vouches", "counts"),
    [(True, False, True), ("true", False, True), (None, False, False), (None, True, True), (False, True, False), ("false", True, False)],
)
def test_what_a_provider_says_of_an_address_outweighs_what_the_operator_says(said: object, vouches: bool, counts: bool) -> None:
    claims = {"email": "mika@team.example.com"} | ({"email_verified": said} if said is not None else {})

    assert is_verified(claims, vouches=vouches) is counts


async def test_what_comes_back_counts_once_and_only_in_the_browser_where_it_began(
    browser: httpx.AsyncClient, issuer: str, database: Database, clock: Any
) -> None:
    back = await agreed(await browser.get("/login/provider"), "mika")
    async with browser_of(issuer, database, clock) as another:
        stranger = await another.get(back)
        await another.get("/login/provider")
        other_sign_in = await another.get(back)
    first = await browser.get(back)
    again = await browser.get(back)

    assert [a.status_code for a in (stranger, other_sign_in, first, again)] == [403, 403, 303, 403]


@pytest.mark.parametrize("part", ["code", "state"])
async def test_what_was_changed_on_the_way_proves_nothing(browser: httpx.AsyncClient, part: str) -> None:
    back = httpx.URL(await agreed(await browser.get("/login/provider"), "mika"))

    answer = await browser.get(back.copy_set_param(part, "another"))

    assert (answer.status_code, "That did not work" in answer.text) == (403, True)
    assert (await browser.get(f"{BACK}?error=access_denied&state=x")).status_code == 403


async def test_where_the_provider_says_roles_it_says_who_is_of_the_team(issuer: str, database: Database, clock: Any) -> None:
    async with browser_of(issuer, database, clock, oidc_roles_claim="groups") as browser:
        leader = await came_back(browser, "mika")
        page = await browser.get("/audit")
        nobody = await came_back(browser, "jon")

    assert (leader.status_code, page.status_code, nobody.status_code) == (303, 200, 403)
    async with database.transaction() as session:
        assert [(one.name, one.address, one.roles) for one in await people.team(session)] == [
            ("Mika Mori", "mika@team.example.com", ["leader"])
        ]


async def test_a_provider_that_is_away_is_said_so_and_links_in_letters_work_on(database: Database, clock: Any) -> None:
    async with browser_of("http://127.0.0.1:1", database, clock) as browser:
        answer = await browser.get("/login/provider")

        assert (answer.status_code, "have a link sent to you" in answer.text) == (503, True)
        assert (await browser.get("/login")).status_code == 200


async def test_without_a_provider_nothing_speaks_of_one(visitor: httpx.AsyncClient) -> None:
    assert "/login/provider" not in (await visitor.get("/login")).text
    assert [(await visitor.get(path)).status_code for path in ("/login/provider", "/login/provider/back")] == [404, 404]
