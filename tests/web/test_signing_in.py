"""Signing in by a link in a letter: once, soon, for people of the team alone, and into our own pages only."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.catcher import Catcher
from store.database import Database
from store.team import people
from tests.web.door import COOKIE, MIKA, browser, fields_of, link_in_letter, post

__all__ = ["browser", "post"]

pytestmark = pytest.mark.anyio


async def test_a_link_in_a_letter_signs_in_once_and_leads_to_what_was_asked_for(browser: httpx.AsyncClient, post: Catcher) -> None:
    asked = (await browser.get("/inbox/leads?from=interest")).headers["location"]
    page = await browser.get(asked)
    link = await link_in_letter(browser, post, parse_qs(urlsplit(asked).query)["to"][0])

    looked = await browser.get(link)
    came = await browser.post("/login/link", data=fields_of(link))
    again = await browser.post("/login/link", data=fields_of(link))

    assert 'name="to" value="/inbox/leads?from=interest"' in page.text
    assert (looked.status_code, COOKIE in looked.cookies) == (200, False)
    assert (came.status_code, came.headers["location"]) == (303, "/inbox/leads?from=interest")
    assert again.status_code == 410
    assert (await browser.get("/inbox")).status_code == 200


async def test_the_letter_is_in_the_persons_language_and_can_be_refused_by_nobody(browser: httpx.AsyncClient, post: Catcher) -> None:
    await link_in_letter(browser, post)

    [letter] = post.letters(to=MIKA)
    assert letter.message["Subject"] == "サインイン用のリンク"
    assert "List-Unsubscribe" not in letter.message


async def test_mail_scanners_that_look_at_a_link_use_nothing_up(browser: httpx.AsyncClient, post: Catcher) -> None:
    link = await link_in_letter(browser, post)
    for _ in range(3):
        await browser.get(link)
        await browser.head(link)

    assert (await browser.post("/login/link", data=fields_of(link))).status_code == 303


async def test_a_link_is_good_for_a_quarter_of_an_hour(browser: httpx.AsyncClient, post: Catcher, clock: Any) -> None:
    link = await link_in_letter(browser, post)
    clock.at += timedelta(minutes=15)

    assert (await browser.post("/login/link", data=fields_of(link))).status_code == 410


async def test_nobody_learns_whether_an_address_is_known(browser: httpx.AsyncClient, post: Catcher) -> None:
    known = await browser.post("/login", data={"address": MIKA})
    unknown = await browser.post("/login", data={"address": "evei@team.example.com"})

    assert known.text.replace(MIKA, "") == unknown.text.replace("evei@team.example.com", "")
    assert (known.status_code, known.headers) == (unknown.status_code, unknown.headers)
    assert [letter.message["To"] for letter in post.letters()] == [f"Mika <{MIKA}>"]


async def test_somebody_who_was_taken_out_gets_no_letter_and_their_link_and_session_open_nothing(
    browser: httpx.AsyncClient, post: Catcher, database: Database, clock: Any
) -> None:
    first, second = await link_in_letter(browser, post), await link_in_letter(browser, post)
    await browser.post("/login/link", data=fields_of(first))
    async with database.transaction() as session:
        await people.take_out(session, "Mika", clock.now())

    assert (await browser.get("/inbox")).status_code == 303
    assert (await browser.post("/login/link", data=fields_of(second))).status_code == 410
    await browser.post("/login", data={"address": MIKA})
    assert len(post.letters()) == 2


async def test_a_mailbox_is_not_flooded(browser: httpx.AsyncClient, post: Catcher, clock: Any) -> None:
    for _ in range(5):
        await browser.post("/login", data={"address": MIKA.upper()})
    assert len(post.letters()) == 3

    clock.at += timedelta(minutes=15)
    await link_in_letter(browser, post)
    assert len(post.letters()) == 4


async def test_trying_is_slowed_down(browser: httpx.AsyncClient) -> None:
    tries = [(await browser.post("/login/link", data={"token": f"guess-{n}"})).status_code for n in range(21)]

    assert tries == [410] * 20 + [429]
    assert (await browser.post("/login", data={"address": MIKA})).status_code == 429


async def test_what_is_no_address_is_said_beside_the_field(browser: httpx.AsyncClient, post: Catcher) -> None:
    answer = await browser.post("/login", data={"address": "<Mika>", "to": "/inbox"})

    assert (answer.status_code, "like mika@example.com" in answer.text, "&lt;Mika&gt;" in answer.text) == (422, True, True)
    assert 'value="/inbox"' in answer.text
    assert post.letters() == []


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example.net/",
        "//evil.example.net/",
        "/\\evil.example.net",
        "\\\\evil.example.net",
        "javascript:alert(1)",
        "/inbox\r\nX: y",
        "///evil.example.net",
        "/\t/evil.example.net",
        "inbox",
        "http:evil.example.net",
    ],
)
async def test_signing_in_leads_to_our_own_pages_only(browser: httpx.AsyncClient, post: Catcher, to: str) -> None:
    link = await link_in_letter(browser, post, to)
    assert "evil" not in link

    came = await browser.post("/login/link", data=fields_of(link) | {"to": to})

    assert came.headers["location"] == "/login"
    assert (await browser.get("/login", params={"to": to})).headers["location"] == "/inbox"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example.net"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://letters.example.com"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://letters.example.com"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({}, 303),
    ],
)
async def test_no_other_site_can_sign_somebody_in_or_out(
    browser: httpx.AsyncClient, post: Catcher, headers: dict[str, str], status: int
) -> None:
    link = await link_in_letter(browser, post)
    assert (await browser.post("/login/link", data=fields_of(link), headers=headers)).status_code == status

    await browser.post("/login/link", data=fields_of(link))
    assert (await browser.post("/logout", headers=headers)).status_code == (200 if status == 303 else 403)


async def test_a_program_that_is_not_signed_in_is_told_so_in_json(visitor: httpx.AsyncClient) -> None:
    for headers in ({"Accept": "application/json"}, {"Sec-Fetch-Mode": "cors"}):
        answer = await visitor.get("/inbox", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
