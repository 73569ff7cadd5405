"""Every page that there is can be used by everybody: read out, enlarged, on a narrow phone, in the dark, and with the keyboard alone."""

import pytest
from fastapi import FastAPI
from playwright.async_api import Page

from settings import Settings
from store.database import Database
from tests.browser.conftest import NARROW, Visit, Visitors
from tests.browser.findings import AXE, findings, put, unmarked, width_problem
from tests.browser.house import NO_PAGES, House, furnish, pages_of
from tests.web.conftest import Clock
from web.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database: Database, clock: Clock) -> House:
    return await furnish(database, clock)


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    return create_app(settings, database, clock.now)


async def wrong_with(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is open, a line each."""
    found = [*await findings(page), *await unmarked(page)]
    if sideways := await width_problem(page):
        found.append(f"one has to scroll to the side: {sideways}")
    if await page.evaluate("[document.documentElement.lang, !document.title]") != [language, False]:
        found.append("has no title, or another language than its reader")
    return found


async def test_every_page_is_known_here(app: FastAPI, settings: Settings, clock: Clock, house: House) -> None:
    known = {*house.public(app, settings, clock), *house.of_the_team(), *NO_PAGES}

    assert {*pages_of(app)} == known, "give tests/browser/house.py an address of it, or say there that it is no page"


@pytest.mark.parametrize("signed_in", ["", "Mika"], ids=["visitors", "team"])
async def test_everybody_can_use_every_page(
    visitors: Visitors, app: FastAPI, settings: Settings, clock: Clock, house: House, signed_in: str
) -> None:
    """In English by day, and in Japanese by night."""
    pages = {language: house.of_the_team() if signed_in else house.public(app, settings, clock, language) for language in ("en", "ja")}
    person = await visitors.person(signed_in=signed_in, size=NARROW)
    await person.add_init_script(AXE)
    page, wrong = await person.new_page(), list[str]()
    for route, path in pages["en"].items():
        await page.emulate_media(color_scheme="light")
        answer = await page.goto(visitors.site + path)
        wrong += [f"{route}: {line}" for line in await wrong_with(page, "en")]
        await page.emulate_media(color_scheme="dark")
        in_japanese = await person.request.get(visitors.site + pages["ja"][route], headers={"Accept-Language": "ja"})
        await put(page, await in_japanese.text())
        wrong += [f"{route} in Japanese: {line}" for line in await wrong_with(page, "ja")]
        assert answer
        assert (answer.status, in_japanese.status) == (200, 200), route

    assert wrong == [], "\n".join(wrong)


async def test_everybody_can_use_a_page_that_says_what_is_wrong(visitors: Visitors, house: House) -> None:
    person = await visitors.person(size=NARROW)
    await person.add_init_script(AXE)
    page = await person.new_page()
    await page.goto(visitors.site + "/")
    wrong, demo = list[str](), f"{visitors.site}/forms/demo"
    for language in ("en", "ja"):
        said = {"Accept-Language": language}
        refused = await person.request.post(demo, form={"email": "nobody", "company": "x" * 999}, headers=said)
        lost = await person.request.get(f"{visitors.site}/nowhere", headers=said)
        over = await person.request.post(f"{visitors.site}/login/link", form={"token": "old"}, headers=said)
        for answer in (refused, lost, over):
            await put(page, await answer.text())
            wrong += [f"{answer.url} ({language}): {line}" for line in await wrong_with(page, language)]

        assert (refused.status, lost.status, over.status) == (422, 404, 410)
    assert wrong == [], "\n".join(wrong)


async def test_everybody_can_mend_a_form_and_go_through_with_it_by_the_keyboard(visit: Visit, house: House) -> None:
    page = await visit("/", size=NARROW)
    address = page.locator("#demo-email")

    await address.fill("nobody")
    await address.press("Enter")
    await page.locator("#demo-email[aria-invalid]").wait_for()
    assert await address.evaluate("field => document.activeElement === field")
    await address.fill("grace@example.com")
    await address.press("Enter")

    thanks = page.locator(".sodate-thanks[role=status]")
    await thanks.wait_for()
    assert await thanks.evaluate("text => document.activeElement === text")


async def test_on_the_desk_the_first_key_leads_past_what_is_on_every_page(visit: Visit, house: House) -> None:
    page = await visit("/inbox", signed_in="Mika")

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    await page.keyboard.press("Enter")

    assert await page.evaluate("document.activeElement.id") == "main"
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")
