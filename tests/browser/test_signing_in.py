"""Signing in and out, and changing somebody's rights, in a browser as people have it."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from mail.links import signin_url
from store.team import people, sessions
from store.team.people import Role
from tests.browser.conftest import DESKTOP, PHONE, Axe, Visitors
from tests.browser.findings import width_problem

pytestmark = pytest.mark.anyio


async def test_a_page_that_was_asked_for_is_shown_after_signing_in_by_keyboard_alone(visitors: Visitors, axe: Axe) -> None:
    async with visitors.database.transaction() as session:
        await people.take_in(session, "Mika", "mika@team.example.com", {Role.REP}, visitors.clock.now())
        token = sessions.make_link(session, "Mika", visitors.clock.now())
    page = await (await visitors.person(size=PHONE)).new_page()
    await page.goto(f"{visitors.site}/inbox/leads")

    assert page.url == f"{visitors.site}/login?to=%2Finbox%2Fleads"
    await looks_right(page, axe, "login-phone")
    await page.goto(signin_url(visitors.site, token, "/inbox/leads"))
    await looks_right(page, axe, "link-phone")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{visitors.site}/inbox/leads")

    await page.get_by_role("button", name="Sign out").click()
    assert await page.get_by_role("heading", name="You are signed out").is_visible()
    await page.goto(f"{visitors.site}/inbox")
    assert "/login" in page.url


async def test_an_operator_gives_somebody_other_roles_and_finds_it_in_the_log(visitors: Visitors, axe: Axe) -> None:
    async with visitors.database.transaction() as session:
        await people.take_in(session, "佐藤 花子", "hanako@example.co.jp", {Role.REP}, visitors.clock.now(), language="ja")
    person = await visitors.person(signed_in="Mika", size=DESKTOP, dark=True)
    page = await person.new_page()
    await page.goto(f"{visitors.site}/people")
    await page.get_by_text("Roles of 佐藤 花子").click()
    await looks_right(page, axe, "people-dark")
    await page.get_by_role("group", name="Roles").first.get_by_label("Leader").check()
    await page.get_by_role("button", name="Save").first.click()

    assert "has other roles" in await page.get_by_role("status").inner_text()
    await page.goto(f"{visitors.site}/audit?subject=佐藤 花子")
    await looks_right(page, axe, "audit-dark")
    assert await page.locator("table.audit").get_by_text("changed somebody's rights").count() == 1


@pytest.mark.parametrize("path", ["/people", "/audit"])
async def test_the_team_and_the_log_can_be_read_on_a_phone_in_japanese(visitors: Visitors, axe: Axe, path: str) -> None:
    async with visitors.database.transaction() as session:
        await people.take_in(session, "佐藤 花子", "hanako.sato.of.the.long.address@example.co.jp", {*Role}, visitors.clock.now())
    page = await visitors.visit(path, signed_in="Mika", size=PHONE, language="ja")

    await looks_right(page, axe, f"{path[1:]}-phone")


async def looks_right(page: Page, axe: Axe, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert await width_problem(page) == ""
    await axe(page)
