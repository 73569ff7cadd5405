"""A mail server that refuses us stops everybody's letters; put right, each goes once, but for whoever refused meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from activities import gate
from local.town import Town
from nurture.plan.campaign import Campaign
from store import tables
from store.consent import consents
from store.journeys import enrollments
from store.leads.persons import Person
from tests.mail.conftest import open_post_office

__all__ = ["open_post_office"]

pytestmark = pytest.mark.anyio

NEWS: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "window": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"},
    "tracks": {"letters": {"steps": [{"email": "hello"}, {"wait": "30 days"}]}},
}
NAMES = ["ada", "bob", "cyd", "dan", "eve"]


@pytest.fixture
async def office(open_post_office: Callable[..., Awaitable[Any]]) -> Any:
    """It has nothing against anybody but us."""
    return await open_post_office(answers={"MAIL": "535 5.7.8 wrong password"})


@pytest.fixture
def town_settings(office: Any) -> dict[str, Any]:
    return {"MAIL_URL": office.url}


async def test_everybody_waits_and_is_written_to_once_when_the_sender_is_taken_again(town: Town, office: Any) -> None:
    campaign = await town.start(Campaign.model_validate(NEWS))
    leads = [await town.register(Person(email=f"{name}@example.com", language="en"), "insights") for name in NAMES]
    for lead in leads:
        async with town.database.transaction() as session:
            await enrollments.enroll(session, lead, campaign, town.now)
        await town.delivered()
    await town.skip(hours=2)
    assert office.received == []

    async with town.database.transaction() as session:
        await consents.suppress(session, "eve@example.com", consents.EVERYTHING, "unsubscribed", town.now)
    office.answers.clear()
    await town.skip(hours=1)
    await town.settle(leads)

    assert sorted(envelope.rcpt_tos[0] for envelope in office.received) == [f"{name}@example.com" for name in NAMES[:-1]]
    async with town.database.transaction() as session:
        blocks = list(await session.scalars(select(tables.SenderBlock)))
    assert [(block.code, block.status, block.lifted_by) for block in blocks] == [(535, "5.7.8", "probe")]
    assert [letter.subject for letter in town.post.letters(to="leader@sodate.example.com")] == ["Letters have stopped"]


async def test_no_lead_answers_for_a_sender_that_is_refused_for_longer_than_letters_are_tried(
    town: Town, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LOOK_AGAIN", timedelta(days=3))  # which is the same, and takes fewer looks
    campaign = await town.start(Campaign.model_validate(NEWS))
    lead = await town.register(Person(email="ada@example.com", language="en"), "insights")
    async with town.database.transaction() as session:
        await enrollments.enroll(session, lead, campaign, town.now)
    await town.delivered()
    await town.skip(days=11)
    assert office.received == []

    office.answers.clear()
    await town.skip(days=4)
    await town.settle([lead])

    assert [envelope.rcpt_tos for envelope in office.received] == [["ada@example.com"]]
    assert await town.tasks_of(lead) == []
