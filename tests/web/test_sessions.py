"""What a session is good for: for how long, in which browser, and with which rights."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from local.catcher import Catcher
from store import tables
from store.database import Database
from store.team import people, sessions
from store.team.people import Role
from tests.web.conftest import signed_in
from tests.web.door import COOKIE, browser, fields_of, link_in_letter, post

__all__ = ["browser", "post"]

pytestmark = pytest.mark.anyio


async def test_the_cookie_is_for_this_host_for_https_and_for_no_script(browser: httpx.AsyncClient, post: Catcher) -> None:
    link = await link_in_letter(browser, post)

    [said] = (await browser.post("/login/link", data=fields_of(link))).headers.get_list("set-cookie")

    assert said.startswith("__Host-session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(said.split("; "))
    assert "Domain" not in said


async def test_only_hashes_of_tokens_are_kept(browser: httpx.AsyncClient, post: Catcher, database: Database) -> None:
    link = await link_in_letter(browser, post)
    await browser.post("/login/link", data=fields_of(link))

    async with database.transaction() as session:
        links = list(await session.scalars(select(tables.SigninLink.token_hash)))
        opened = list(await session.scalars(select(tables.DeskSession.token_hash)))
    assert links == [bytes.fromhex(sessions.key_of(fields_of(link)["token"]))]
    assert opened == [bytes.fromhex(sessions.key_of(browser.cookies[COOKIE]))]


async def test_a_session_is_another_one_after_each_sign_in_and_the_old_one_is_over(
    browser: httpx.AsyncClient, post: Catcher, database: Database
) -> None:
    await browser.post("/login/link", data=fields_of(await link_in_letter(browser, post)))
    before = browser.cookies[COOKIE]
    await browser.post("/login/link", data=fields_of(await link_in_letter(browser, post)))

    assert browser.cookies[COOKIE] != before
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(tables.DeskSession)) == 1


async def test_a_browser_gets_another_token_when_rights_change_and_has_them_at_once(
    browser: httpx.AsyncClient, post: Catcher, database: Database, clock: Any
) -> None:
    await browser.post("/login/link", data=fields_of(await link_in_letter(browser, post)))
    before = browser.cookies[COOKIE]
    assert (await browser.get("/figures")).status_code == 403
    clock.at += timedelta(minutes=1)
    async with database.transaction() as session:
        await people.give_roles(session, "Mika", {Role.MARKETING}, clock.now())

    assert (await browser.get("/figures")).status_code == 200

    assert browser.cookies[COOKIE] != before
    stolen = {"Cookie": f"{COOKIE}={before}"}
    browser.cookies.clear()
    assert (await browser.get("/inbox/leads", headers=stolen)).status_code == 303


@pytest.mark.parametrize(("looks_every", "lasts"), [(timedelta(days=6), timedelta(days=30)), (timedelta(days=7), timedelta(days=7))])
async def test_a_session_ends_a_week_after_the_last_look_and_after_a_month(
    visitor: httpx.AsyncClient, database: Database, clock: Any, looks_every: timedelta, lasts: timedelta
) -> None:
    mika, began = await signed_in(database, clock), clock.at
    while (await visitor.get("/inbox", headers=mika)).status_code == 200:
        clock.at += looks_every

    assert clock.at - looks_every < began + lasts <= clock.at


async def test_who_signs_out_is_out_wherever_the_token_went(visitor: httpx.AsyncClient, database: Database, clock: Any) -> None:
    mika = await signed_in(database, clock)

    answer = await visitor.post("/logout", headers=mika)

    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await visitor.get("/inbox", headers=mika)).status_code == 303
