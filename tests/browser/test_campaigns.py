"""A marketer looks at a campaign in a browser: its plan is read by keyboard, and a letter in its frame can do nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from nurture.standing import Position, Record, Standing
from store.campaigns import campaigns
from store.campaigns.files import read_campaign_file
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import leads
from store.team.people import Role
from tests.browser.conftest import NARROW, PHONE, Axe, Visitors
from tests.browser.findings import width_problem
from tests.web.conftest import Clock

pytestmark = pytest.mark.anyio

NOT_FRAMED = "frame-ancestors 'none'"
"""What a page of ours says where a link of a letter would open it in the frame of that letter."""

FILE = Path(__file__).parents[2] / "campaigns" / "welcome.yaml"


@pytest.fixture
async def welcome(database: Database, clock: Clock) -> None:
    """The sample is started, and one lead is in it."""
    campaign, source = read_campaign_file(FILE)
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, source, clock.now() - timedelta(days=9))
        await campaigns.keep(session, *read_campaign_file(FILE.with_name("customer.yaml")), clock.now())
        person = leads.Person(email="ken@example.co.jp", family_name="佐藤", given_name="健", language="ja", company="さくら工業")
        lead_id, _ = await leads.register(session, person, clock.now())
        await enrollments.enroll(session, lead_id, campaign, clock.now())
        place = Position(enrollment=1, track="educate", step="hello")
        standing = Standing(stage="interest", next_at=clock.now() + timedelta(days=1), why="it waits", positions=(place,))
        await standings.write(session, lead_id, Record(no=1, standing=standing))


async def test_the_plan_is_scrolled_in_its_frame_and_read_in_words_by_keyboard(visitors: Visitors, welcome: None, axe: Axe) -> None:
    page = await visitors.visit("/campaigns/welcome", signed_in="Mika", size=NARROW)

    frame = page.get_by_role("region", name="Picture of the plan")
    await frame.focus()
    await page.keyboard.press("End")
    assert await frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    await page.get_by_text("The plan in words").focus()
    await page.keyboard.press("Enter")
    assert await page.get_by_role("heading", name="closed_won").is_visible()
    assert "1 lead" in (await page.locator("#track-educate").inner_text())
    await axe(page)


async def test_a_letter_in_its_frames_is_as_wide_as_said_and_leads_nowhere(visitors: Visitors, welcome: None) -> None:
    page = await visitors.visit("/campaigns/welcome/letters/hello", signed_in="Mika", roles=[Role.MARKETING])

    widths = []
    for name in ("Phone, 375 px", "Desktop, 680 px"):
        frame = page.frame_locator(f'iframe[title="{name}"]')
        assert await frame.get_by_text("さくら工業 佐藤 様").first.is_visible()
        widths.append(await frame.locator("html").evaluate("page => page.clientWidth"))
    assert widths == [375, 680]

    where = page.url
    async with page.context.expect_event("console", lambda said: NOT_FRAMED in said.text):
        await page.frame_locator('iframe[title="Desktop, 680 px"]').locator("a").first.click(timeout=5000)
    assert page.url == where
    [watch] = visitors.watches  # that looks into the frames by script, which they refuse
    refused = "Blocked script execution", NOT_FRAMED
    watch.complaints[:] = [said for said in watch.complaints if not any(reason in said for reason in refused)]


async def test_on_a_phone_the_letter_is_seen_whole_and_the_lines_of_a_form_are_copied_with_a_tap(visitors: Visitors, welcome: None) -> None:
    page = await visitors.visit("/campaigns/welcome/letters/hello", signed_in="Mika", size=PHONE)

    place = await page.get_by_title("Phone, 375 px").bounding_box()
    assert place
    assert (place["x"] >= 0, place["x"] + place["width"] <= PHONE["width"], place["width"] >= 375) == (True, True, True)
    assert await width_problem(page) == ""

    await page.context.grant_permissions(["clipboard-write"])  # without its windows Chromium could ask nobody
    await page.goto(page.url.removesuffix("/letters/hello"))
    await page.get_by_role("button", name="Copy").first.tap()
    await page.get_by_text("Copied").wait_for()
    assert "/forms/download" in await page.get_by_label("The form “download”").input_value()


async def test_whoever_has_started_a_campaign_can_go_back_to_what_was_looked_at(visitors: Visitors, welcome: None) -> None:
    page = await visitors.visit("/campaigns/customer/start", signed_in="Mika", roles=[Role.MARKETING])
    await page.get_by_label("Campaign file (YAML)").set_input_files(FILE.with_name("customer.yaml"))
    await page.get_by_label("Every lead").check()
    await page.get_by_role("button", name="Show what would happen").click()
    await page.get_by_role("button", name="Start now").click()
    assert "done=started" in page.url

    answer = await page.go_back()

    assert answer is None or answer.ok
    assert await page.get_by_role("button", name="Start now").is_visible()
