"""Letting a program in, and reading what it can ask for, in a browser as people have it."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Axe, Visitors
from tests.browser.findings import width_problem

pytestmark = pytest.mark.anyio


async def test_a_token_is_made_by_keyboard_alone_and_revoked(visitors: Visitors, axe: Axe) -> None:
    person = await visitors.person(signed_in="Mika", size=PHONE)
    page = await person.new_page()
    await page.goto(f"{visitors.site}/tokens")
    await page.get_by_label("Name").focus()
    await page.keyboard.type("crm")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")

    plain = await page.locator("code.token").inner_text()
    assert plain.startswith("sodate_")
    assert await page.get_by_role("heading", name="crm").count() == 1
    assert await width_problem(page) == ""
    await axe(page)
    await shot(page, "tokens-phone")
    await page.get_by_role("button", name="Revoke the token crm").click()
    assert "lets nobody in any more" in await page.get_by_role("status").inner_text()
    assert await page.get_by_role("button", name="Revoke the token crm").count() == 0


async def test_the_description_can_be_read_on_every_screen(visitors: Visitors, axe: Axe) -> None:
    for size, language, dark in ((DESKTOP, "en", False), (PHONE, "ja", True)):
        page = await visitors.visit("/api/v1/docs", size=size, language=language, dark=dark)
        await page.locator("#register_lead summary").click()

        assert await page.locator("#register_lead").get_by_text("Idempotency-Key").is_visible()
        assert await width_problem(page) == ""
        await axe(page)
        await shot(page, f"docs-{language}")


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
