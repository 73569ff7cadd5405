"""A rep's day in a browser, on the real thing: a demo request out of nowhere, from the form to the answered task."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from local.town import Town
from local.town import town as a_town
from nurture.kinds import Kind, Outcome
from nurture.plan.campaign import Campaign
from nurture.plan.plots import with_stories
from store import tables
from store.database import Database
from store.desk import tasks
from store.team.people import Role
from tests.browser.conftest import NARROW, PHONE, Axe, Visitors
from tests.browser.findings import width_problem
from web.app import create_app
from web.server import serve

pytestmark = pytest.mark.anyio

CONSENT = "Yes, write to me about planning. I can stop it at any time."
CAMPAIGN: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "cap": {"touches": 2, "per": "7 days"},
    "forms": {
        "demo": {"engagement": "demo_requested", "consent": CONSENT},
        "download": {"engagement": "downloaded", "contents": ["planning_guide"], "consent": CONSENT},
    },
    "tracks": {"letters": {"steps": [{"email": "hello"}, {"wait": "30 days"}, {"email": "planning_basics"}]}},
    "rules": [],
    "stories": {"out_of_nowhere": {}},
}
REP, JON = {"signed_in": "Mika", "roles": (Role.REP,)}, {"signed_in": "Jon", "roles": (Role.REP,)}


@dataclass(frozen=True)
class TownsClock:
    town: Town

    def now(self) -> datetime:
        return self.town.now


@pytest.fixture
async def town(database_url: str, address: str, anyio_backend: str) -> AsyncIterator[Town]:
    async with a_town(database_url, BASE_URL=address) as here:
        await here.start(Campaign.model_validate(with_stories(CAMPAIGN)))
        yield here


@pytest.fixture
def database(town: Town) -> Database:
    return town.database


@pytest.fixture
def clock(town: Town) -> TownsClock:
    return TownsClock(town)


@pytest.fixture
async def site(town: Town, address: str) -> AsyncIterator[str]:
    async with serve(create_app(town.settings, town.database, town.clock), port=int(address.rpartition(":")[2])) as url:
        yield url


async def ask_for_a_demo(town: Town, visitors: Visitors) -> tables.Lead:
    """Somebody whom nobody knows fills in the form of the site, and the lead is what it then does at once."""
    page = await visitors.visit("/", script=False)
    await town.skip(minutes=1)
    page.set_default_timeout(10_000)
    form = page.locator('form[action$="/forms/demo"]')
    await form.locator('[name="email"]').fill("ada@example.com")
    await form.locator('[name="given_name"]').fill("Ada")
    await form.locator('[name="family_name"]').fill("Quillfeather")
    await form.locator('[name="company"]').fill("Quillfeather Pumps")
    await form.locator('[name="consent"]').check()
    await form.locator("button").last.click()
    await page.wait_for_url("**/thanks*", timeout=10_000)
    async with town.database.transaction() as session:
        lead = (await session.scalars(select(tables.Lead))).one()
    await town.settle([lead.id])
    return lead


async def done(page: Page, town: Town, lead: tables.Lead) -> None:
    await page.wait_for_load_state()
    await town.settle([lead.id])


async def test_a_demo_request_out_of_nowhere_goes_from_the_form_to_the_answered_task(town: Town, visitors: Visitors, axe: Axe) -> None:
    inbox = await visitors.visit("/inbox", **REP)
    await expect(inbox.get_by_text("Nothing for you now")).to_be_visible()
    lead = await ask_for_a_demo(town, visitors)

    await expect(inbox.locator(".tasks li")).to_have_count(1)  # without a reload
    await expect(inbox.locator("#news")).to_have_text("The list has changed: 1 open.")
    await inbox.get_by_role("link", name="Ada Quillfeather").click()
    await inbox.get_by_role("button", name="I take this").click()
    await expect(inbox.get_by_text("This task is yours.")).to_be_visible()
    brief = inbox.get_by_role("region", name="In short")
    await expect(brief).to_contain_text("Asked for a demo")
    await expect(brief).to_contain_text("They compare. Ask early whom else they look at")

    # A letter in the rep's own words, from their own address, counted like every touch.
    await inbox.get_by_role("link", name="Write a letter").click()
    await inbox.get_by_label("Begin with").select_option("first_word")
    await inbox.get_by_role("button", name="Begin").click()
    await expect(inbox.get_by_label("Text")).to_have_value(re.compile("Dear Ada"))
    await axe(inbox)
    await inbox.get_by_label("Subject").fill("Your demo on Tuesday")
    await inbox.get_by_role("button", name="Send it").click()
    await expect(inbox.get_by_text("Your letter is on its way")).to_be_visible()
    await done(inbox, town, lead)
    [letter] = [one for one in town.post.letters(to="ada@example.com") if one.message["Subject"] == "Your demo on Tuesday"]
    assert letter.message["From"].endswith("<mika@team.example.com>")
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert town.settings.sender_postal_address in letter.text
    await inbox.reload()
    await expect(inbox.get_by_text("Mika: Your demo on Tuesday")).to_be_visible()

    for line in await inbox.locator('textarea[name^="check-"]').all():
        await line.fill("They compare two others, and decide in May.")
    await inbox.get_by_label("Size").select_option("large")
    await inbox.get_by_label("A meeting is arranged").or_(inbox.get_by_label("Back to letters")).first.check()
    await inbox.get_by_role("button", name="Record the answer").click()
    await expect(inbox.get_by_text("Your answer is recorded")).to_be_visible()
    await done(inbox, town, lead)

    async with town.database.transaction() as session:
        kinds = list(await session.scalars(select(tables.Engagement.kind).order_by(tables.Engagement.seq)))
        answered = (await session.scalars(select(tables.Task).where(tables.Task.completed_by == "Mika"))).one()
    assert kinds == [Kind.ENROLLED, Kind.DEMO_REQUESTED, Kind.LETTER_WRITTEN, Kind.TASK_COMPLETED]
    assert (answered.reason, answered.outcome, answered.learned) == ("out_of_nowhere", Outcome.NURTURE, {"size": "large"})
    assert [task.reason for task in await town.tasks_of(lead.id)] == ["large_opportunity"]


async def test_a_task_is_put_off_and_handed_over_on_a_phone_without_script(town: Town, visitors: Visitors) -> None:
    lead = await ask_for_a_demo(town, visitors)
    [task] = await town.tasks_of(lead.id)
    jon = await visitors.visit("/inbox", size=NARROW, **JON)
    page = await visitors.visit(f"/inbox/{task.id}", language="ja", size=PHONE, script=False, **REP)

    await page.locator("summary", has_text="後回しにする").click()
    await page.get_by_role("button", name="後回しにする").click()
    await expect(page.locator(".note")).to_contain_text("期限は変わりません")
    await expect(page.locator(".tasks li")).to_have_count(0)
    await page.get_by_role("link", name="後回し中 (1)").click()
    await page.locator(".tasks a").click()

    await expect(jon.get_by_text("Nothing for you now")).to_be_visible()
    await page.locator("summary", has_text="引き継ぐ").click()
    await page.get_by_label("引き継ぐ相手").select_option("Jon")
    await page.get_by_label("ひとこと").fill("先方は英語です")
    await page.get_by_role("button", name="引き継ぐ").click()
    await expect(page.locator(".note")).to_contain_text("引き継ぎました")
    await done(page, town, lead)

    told = town.post.letters(to="reps@sodate.example.com")[-1]
    assert "Mika hands this to Jon: 先方は英語です" in told.text
    await expect(jon.locator(".tasks li")).to_have_count(1)
    [link] = re.findall(r"http://\S+/t/\S+", told.text)

    # By the link of the notice one is shown the task for some hours, and nothing more; who is signed in lands on it.
    stranger = await visitors.visit(link.removeprefix(visitors.site), size=NARROW)
    await expect(stranger.get_by_role("heading", name="Ada Quillfeather")).to_be_visible()
    assert await stranger.locator("form").count() == 0
    assert await width_problem(stranger) == ""
    await jon.goto(link)
    await expect(jon).to_have_url(re.compile(f"/inbox/{task.id}$"))
    await expect(jon.locator(".note:visible")).to_contain_text("Mika handed this to Jon")
    assert await width_problem(jon) == ""
    async with town.database.transaction() as session:
        row = await tasks.get(session, task.id)
    assert row is not None
    assert (row.owner, row.claimed_by, row.deadline_at) == ("Jon", "", task.deadline_at)

    # Somebody else takes it while its page is open.
    await jon.get_by_label("Notes").fill("They compare two others.")
    async with town.database.transaction() as session:
        assert await tasks.claim(session, task.id, "Ann", town.now)
    await expect(jon.get_by_text("Ann has this task now.")).to_be_visible()
    await expect(jon.get_by_label("Notes")).to_have_value("They compare two others.")
