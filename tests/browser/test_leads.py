"""A lead on a narrow phone: its life can be read, and a decision is made with the keyboard alone, after its effect was seen."""

from dataclasses import replace
from typing import Any

import pytest

from nurture.leadside import DemoRequested
from store.database import Database
from tests.browser.conftest import NARROW, Axe, Visit
from tests.browser.findings import width_problem
from tests.web.conftest import Kept
from tests.web.leadlife import ADA, enrolled, happens

pytestmark = pytest.mark.anyio


async def test_a_rep_finds_a_lead_sees_what_would_come_of_a_decision_and_makes_it(
    visit: Visit, axe: Axe, database: Database, clock: Any, kept: Kept
) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())
    await happens(database, ada, DemoRequested(at=clock.now()), clock.now())
    page = await visit("/leads", signed_in="Mika", size=NARROW, dark=True)
    await page.get_by_role("searchbox").fill("quill")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Ada Quillfeather").press("Enter")
    await page.wait_for_url(f"**/leads/{ada}")

    picture = page.get_by_role("img", name="Stage over time")
    assert await picture.bounding_box()
    await page.get_by_text("The numbers", exact=True).press("Enter")
    assert await page.get_by_role("cell", name="Consideration").is_visible()
    await axe(page)
    assert await width_problem(page) == ""

    await page.get_by_role("link", name="Leave out the next step").press("Enter")
    await page.wait_for_url("**/decide/skip?*")
    assert await page.get_by_text("If you do this, no letter goes in the next 180 days.").is_visible()
    assert await page.get_by_text("letter 'yearly_review'").is_visible(), "what comes if nothing is done"
    await axe(page)
    assert await width_problem(page) == ""
    await page.get_by_label("Why?").fill("they know us already")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/leads/{ada}?done=skip")

    assert await page.get_by_role("status").inner_text() == "The step is left out."
    assert "Mika decided: yearly_review is left out" in await page.locator(".story").inner_text()
    assert (await kept.kinds())[-1] == "steered"


async def test_a_company_with_an_endless_name_makes_no_page_wider_than_the_screen(visit: Visit, database: Database, clock: Any) -> None:
    await enrolled(database, ADA, clock.now())
    await enrolled(database, replace(ADA, email="eve@example.com", company="x" * 200), clock.now())
    page = await visit("/leads", signed_in="Mika")

    assert await width_problem(page) == ""
    stage = page.locator(".stacked td:nth-child(3)").first
    assert await stage.evaluate("cell => cell.getBoundingClientRect().width") >= 100, "other cells keep room for their words"


async def test_in_japanese_a_lead_is_led_elsewhere_and_a_reason_is_asked_for(
    visit: Visit, axe: Axe, database: Database, clock: Any
) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())
    page = await visit(f"/leads/{ada}/decide/move", signed_in="Mika", language="ja")
    await page.get_by_label("移動先").select_option("later/yearly_review")
    await page.get_by_role("button", name="どうなるかを見る").click()
    await page.wait_for_url("**/decide/move?*")

    assert await page.get_by_text("「yearly_review」になります").is_visible()
    await page.get_by_label("理由").evaluate("field => field.removeAttribute('required')")
    await page.get_by_role("button", name="別の場所へ移す").click()
    await page.get_by_text("理由を1行で入力してください。").wait_for()

    assert await page.get_by_label("移動先").input_value() == "later/yearly_review"
    await axe(page)
