"""The browser itself: it sees the site, and what watches it tells when a page is not as it must be."""

import pytest

from tests.browser.conftest import PHONE, Visit, Visitors
from tests.browser.findings import findings, width_problem

pytestmark = pytest.mark.anyio


async def test_the_team_s_pages_open_in_their_language(visit: Visit) -> None:
    page = await visit("/inbox", signed_in="Mika", language="ja", size=PHONE)

    assert await page.locator("html").get_attribute("lang") == "ja"


async def test_a_page_that_is_not_as_it_must_be_is_told(visitors: Visitors) -> None:
    page = await visitors.visit("/thanks")
    await page.evaluate(
        """() => {
            document.body.innerHTML = '<img src="https://elsewhere.example.com/pixel"><p id="far">far</p>';
            document.getElementById('far').style.width = '5000px';
            console.error('odd');
        }"""
    )
    await page.wait_for_function("() => document.images[0].complete")

    assert [line.partition(" ")[0] for line in await findings(page)] == ["image-alt"]
    assert "<p id" in await width_problem(page)
    [watch] = visitors.watches
    assert any("odd" in line for line in watch.complaints)
    assert any("Content Security Policy" in line for line in watch.complaints)
    watch.complaints.clear()
