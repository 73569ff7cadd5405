"""Links of letters: a gateway that follows all of them moves nobody, the person who clicks is heard, and who fetches pictures is not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from local.catcher import Letter
from local.town import Town
from mail.anchors import links_of_html, links_of_text
from nurture.clicks import SETTLES_AFTER
from nurture.plan.campaign import Campaign
from store import tables
from store.leads.persons import Person
from store.mail import deliveries
from store.mail.deliveries import Fact
from tests.web.test_clicks import BROWSER
from web.app import create_app
from workflows.counting import Counting

pytestmark = pytest.mark.anyio

NEWS: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "window": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"},
    "tracks": {
        "letters": {"steps": [{"email": "hello"}, {"wait": "30 days"}]},
        "curious": {"steps": [{"email": "planning_basics"}, {"wait": "30 days"}]},
    },
    "rules": [{"name": "reads", "when": "clicked", "if": "clicks >= 1 and score >= 1", "go": "curious"}],
}


@pytest.fixture
def town_settings() -> dict[str, Any]:
    return {"TRACK_CLICKS": "true"}


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url=town.settings.base, headers=BROWSER) as browser:
        yield browser


def links_of(letter: Letter) -> list[str]:
    return [href for href, _ in links_of_html(letter.html)]


async def test_a_gateway_moves_nobody_and_a_person_who_clicks_does(town: Town, browser: httpx.AsyncClient, ada: Person) -> None:
    await town.start(Campaign.model_validate(NEWS))
    lead = await town.register(ada, "insights")
    await town.enroll(lead, "welcome")
    counting = Counting(town.database, town.clock)
    [letter] = town.post.letters(to=ada.email)
    unseen, *seen, preferences, refusal = links_of(letter)

    assert {"/c/" in link for link in (unseen, *seen)} == {True}
    assert ("/preferences/" in preferences, letter.message["List-Unsubscribe"]) == (True, f"<{refusal}>")
    assert {*links_of_text(letter.text)} <= {*seen, preferences, refusal}

    for link in (unseen, *seen, refusal):
        assert (await browser.get(link)).status_code in (200, 302)
    await town.skip_to(town.now + SETTLES_AFTER)
    await counting.count()
    async with town.database.transaction() as session:
        await deliveries.told(session, letter.message_id, Fact.OPENED, town.now)
    await town.skip(hours=3)
    await town.settle([lead])
    assert await town.letters_to(lead) == ["hello"]

    answer = await browser.get(seen[-1])
    assert answer.headers["location"] == "https://sodate.example.com/guides/planning"
    assert (await browser.get(answer.headers["location"])).status_code == 200
    await town.skip_to(town.now + SETTLES_AFTER)
    await counting.count()
    await town.settle([lead])
    await town.skip(hours=1)

    assert await town.letters_to(lead) == ["hello", "planning_basics"]
    async with town.database.transaction() as session:
        touch = await session.scalar(select(tables.Touch).where(tables.Touch.letter == "hello"))
        assert touch is not None
        reasons = [row.machine for row in await session.scalars(select(tables.LetterClick).order_by(tables.LetterClick.at))]
    assert touch.opened_at is not None
    assert (len(reasons), reasons[-1], all(reasons[:-1])) == (len(seen) + 2, "", True)
    assert touch.carried_at is not None
    assert touch.sent_at is not None
    assert touch.carried_at - touch.sent_at < timedelta(minutes=1)
