"""Letting a program in, and reading what it can ask for, in a browser as people have it."""

import pytest

from tests.browser.conftest import PHONE, Axe, Visitors
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
    await page.get_by_role("button", name="Revoke the token crm").click()
    assert "lets nobody in any more" in await page.get_by_role("status").inner_text()
    assert await page.get_by_role("button", name="Revoke the token crm").count() == 0


async def test_the_description_can_be_read_on_a_phone(visitors: Visitors, axe: Axe) -> None:
    page = await visitors.visit("/api/v1/docs", size=PHONE, language="ja", dark=True)
    await page.locator("#register_lead summary").click()

    assert await page.locator("#register_lead").get_by_text("Idempotency-Key").is_visible()
    assert await width_problem(page) == ""
    await axe(page)
