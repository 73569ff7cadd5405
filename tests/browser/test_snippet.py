"""The lines that a site pastes, on a page of another origin with a strict policy: with the script, and without any."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from local.processes import free_port
from nurture.plan.campaign import Campaign
from nurture.plan.snippet import form_lines, script_lines
from settings import Settings
from store.campaigns import campaigns
from store.database import Database
from tests.browser.conftest import Axe, Visitors
from tests.conftest import OWN
from web.sites import INTEGRITY

pytestmark = pytest.mark.anyio

CONSENT = "Yes, write to me about maintenance. I can stop it at any time."
CAMPAIGN = {
    "campaign": "site",
    "topic": "maintenance",
    "start": "rest",
    "fields": {"size": ["small", "large"]},
    "forms": {
        "guide": {
            "engagement": "downloaded",
            "contents": ["planning_guide"],
            "consent": CONSENT,
            "asks": ["company", "size", "title", "phone"],
        },
        "seminar": {"engagement": "attended", "contents": ["webinar"], "consent": CONSENT, "asks": ["company"]},
    },
    "tracks": {"rest": {"steps": [{"wait": "1 day"}]}},
}
POPUPS = """
popups:
  - name: document_request
    returns: 1
    within: 5 days
    form: seminar
    text: {en: Take part in our seminar., ja: セミナーにご参加ください。}
"""


@pytest.fixture
def host() -> str:
    """The site of somebody else: another origin than ours."""
    return f"http://localhost:{free_port()}"


@pytest.fixture
def settings(database_url: str, address: str, host: str, tmp_path: Path) -> Settings:
    (tmp_path / "popups.yaml").write_text(POPUPS, encoding="utf-8")
    (tmp_path / "planning_guide.pdf").write_bytes(b"%PDF guide")
    own = {"popups_file": str(tmp_path / "popups.yaml"), "downloads_dir": str(tmp_path), "site_origins": host}
    return Settings.model_validate(OWN | own | {"database_url": database_url, "base_url": address, "form_posts_per_minute": 1000})


@pytest.fixture
async def elsewhere(host: str, address: str, site: str, database: Database, clock: Any) -> AsyncIterator[str]:
    """The other site, every page of which has the lines that `site snippet` prints, under the policy that the guide asks for."""
    campaign = Campaign.model_validate(CAMPAIGN)
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, "", clock.now())
    pasted = form_lines(address, "guide", campaign.forms["guide"], campaign.fields, "en") + script_lines(address, INTEGRITY, "en")
    policy = f"default-src 'none'; script-src {address}; connect-src {address}; form-action {address}; base-uri 'none'"

    async def page(request: Request) -> Response:
        html = f"<!doctype html><html lang=en><meta charset=utf-8><title>Site</title><main><h1>Site</h1>{pasted}</main></html>"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})

    app = Starlette(routes=[Route("/{path:path}", page)])
    config = uvicorn.Config(app, host="localhost", port=int(host.rpartition(":")[2]), log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield host
    server.should_exit = True
    await running


async def opens(page: Page, url: str) -> None:
    """Open a page of the other site, until its script has asked what its form needs."""
    async with page.expect_response("**/forms/guide/opened"):
        await page.goto(url)


@pytest.mark.requirement("S4-111")
async def test_a_page_of_another_site_does_all_that_it_should_under_a_strict_policy(
    visitors: Visitors, elsewhere: str, address: str, kept: Any, clock: Any, axe: Axe
) -> None:
    person = await visitors.person(hosts=(elsewhere.removeprefix("http://"),))
    page = await person.new_page()

    # Nothing is kept and nothing is told before somebody agrees.
    await opens(page, f"{elsewhere}/guides/planning?utm_source=fair")
    assert await page.evaluate("localStorage.length") == 0
    async with page.expect_response("**/visits") as first:
        await page.get_by_role("button", name="Yes").click()
    assert (await first.value).status == 204
    await expect(page.get_by_role("button", name="Yes")).to_be_hidden()
    assert await person.cookies() == []

    # What is wrong is said in the page, before anything is sent.
    await page.get_by_label("Work email").fill("ada at example.com")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("Work email")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Work email")).to_be_focused()
    await axe(page)
    assert await kept.leads() == []

    # Who comes back is offered something, and who closes it is left alone.
    clock.at += timedelta(hours=2)
    async with page.expect_response("**/visits"):
        await opens(page, f"{elsewhere}/pricing")
    offer = page.get_by_role("dialog", name="Take part in our seminar.")
    await expect(offer).to_be_visible()
    await axe(page)
    await page.keyboard.press("Escape")
    await expect(offer).to_have_count(0)

    # Who they are: faster than a person types, which nobody notices; then the file comes, and all that was looked at is theirs.
    await page.get_by_label("Work email").fill("ada@example.com")
    await page.get_by_label("Company").fill("Quillfeather Pumps")
    await page.get_by_label(CONSENT).check()
    async with page.expect_download() as fetched:
        await page.get_by_role("button", name="Send").click()
    assert (await fetched.value).suggested_filename == "planning_guide.pdf"
    await expect(page.get_by_role("status")).to_contain_text("Here is what you asked for")
    assert page.url == f"{elsewhere}/pricing"
    told = [(row.kind, row.facts.get("content", "")) for row in await kept.engagements()]
    assert told == [("visited", "planning"), ("visited", "pricing"), ("enrolled", ""), ("downloaded", "planning_guide")]
    assert [lead.email for lead in await kept.leads()] == ["ada@example.com"]
    assert len(await kept.consents()) == 1

    # From then on the form asks only for what is not known yet.
    await opens(page, f"{elsewhere}/help")
    await expect(page.get_by_label("Company")).to_have_count(0)
    await expect(page.get_by_label("Job title")).to_be_visible()
    await expect(page.get_by_label("Size")).to_be_visible()


async def test_without_any_script_the_same_lines_are_a_plain_form(visitors: Visitors, elsewhere: str, address: str, kept: Any) -> None:
    person = await visitors.person(script=False, hosts=(elsewhere.removeprefix("http://"),))
    page = await person.new_page()
    await page.goto(f"{elsewhere}/guides/planning")
    await expect(page.get_by_role("button", name="Yes")).to_be_hidden()

    await page.get_by_label("Work email").fill("ada@example.com")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url(f"{address}/thanks/download/*")
    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="Get the document").click()

    assert (await fetched.value).suggested_filename == "planning_guide.pdf"
    assert await kept.kinds() == ["enrolled", "downloaded"]
    assert await person.cookies() == []


async def test_our_own_pages_use_the_same_lines(visitors: Visitors, elsewhere: str, address: str, kept: Any, axe: Axe) -> None:
    page = await visitors.visit("/guides/planning", language="ja")
    async with page.expect_response("**/visits"):
        await page.get_by_role("button", name="はい").click()
    await axe(page)

    async with page.expect_response("**/visits/forget"):
        await page.evaluate("sodate.refuse()")
    await page.reload()

    await expect(page.get_by_role("button", name="はい")).to_be_hidden()
