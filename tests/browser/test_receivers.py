"""Having another system told of what happens, in a browser as people have it."""

import pytest

from tests.browser.conftest import PHONE, Axe, Visitors
from tests.browser.findings import width_problem

pytestmark = pytest.mark.anyio


async def test_a_receiver_is_added_by_keyboard_alone_switched_off_and_on(visitors: Visitors, axe: Axe) -> None:
    person = await visitors.person(signed_in="Mika", size=PHONE)
    page = await person.new_page()
    await page.goto(f"{visitors.site}/webhooks")
    await page.get_by_label("URL").focus()
    await page.keyboard.type("https://crm.example.com/hooks/of/a/team/with/a/very/long/address-that-does-not-fit-on-a-phone")
    await page.keyboard.press("Enter")

    assert (await page.locator("code.token").inner_text()).startswith("whsec_")
    assert await width_problem(page) == ""
    await axe(page)
    await page.get_by_role("button", name="Send a test: crm.example.com").click()
    assert "on its way" in await page.get_by_role("status").inner_text()
    assert await page.locator("code.token").count() == 0
    await page.get_by_role("button", name="Switch off: crm.example.com").click()
    await axe(page)
    assert await page.get_by_role("heading", name="What could not be told").count() == 1
    await page.get_by_role("button", name="Switch on: crm.example.com").click()
    await page.get_by_role("button", name="Send all that is dead again: crm.example.com").click()
    assert "On their way again: 1" in await page.get_by_role("status").inner_text()
