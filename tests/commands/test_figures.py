"""The terminal and programs read the same figures as the page."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from nurture.plan.campaign import Campaign
from store import tables
from store.campaigns import campaigns
from store.database import Database
from tests.commands.conftest import Said

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Said]]

CAMPAIGN = Campaign.model_validate(
    {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "30 days"}]}}}
)


@pytest.fixture
async def life(database: Database, now: datetime) -> None:
    """One lead that came to us, moved, got a letter and was handed to a rep, who answered in time."""
    lead, day = uuid4(), timedelta(days=1)
    async with database.transaction() as session:
        await campaigns.keep(session, CAMPAIGN, "", now)
        session.add(tables.Lead(id=lead, email="ada@example.com", created_at=now))
        await session.flush()
        row = {"lead_id": lead, "enrollment": 1, "campaign": "welcome"}
        session.add_all(
            [
                tables.Enrollment(lead_id=lead, number=1, campaign="welcome", ref=CAMPAIGN.ref, enrolled_at=now - 9 * day),
                tables.Note(lead_id=lead, no=1, at=now - 5 * day, what="stage interest", why="it downloaded a guide"),
                tables.Task(
                    **row,
                    id=uuid4(),
                    reason="replied",
                    why="it replied",
                    opened_at=now - 3 * day,
                    deadline_at=now - day,
                    completed_at=now - 2 * day,
                    completed_by="Mika",
                ),
                tables.Touch(
                    **(row | {"campaign": CAMPAIGN.ref}),
                    key=uuid4(),
                    letter="hello",
                    topic="insights",
                    why="due",
                    claimed_at=now - day,
                    address="ada@example.com",
                    sent_at=now - day,
                ),
            ]
        )


async def test_figures_say_what_was_counted(starter: Starter, life: None) -> None:
    told = (await starter("figures", "--campaign", "welcome", "--json")).json
    shown = await starter("figures", COLUMNS="200")

    assert [(level["stage"], level["reached"]["count"]) for level in told["funnel"]][:4] == [
        ("unknown", 1),
        ("aware", 1),
        ("interest", 1),
        ("consideration", 0),
    ]
    assert [(stay["stage"], stay["days"]) for stay in told["stays"] if stay["left"]] == [("unknown", 4)]
    assert (told["handoffs"]["all"]["kept"]["count"], told["handoffs"]["by"]["rep"][0]["name"]) == (1, "Mika")
    assert [(one["domain"], one["sent"], one["verdicts"]["complaints"]) for one in told["letters"]["domains"]] == [
        ("example.com", 1, "open")
    ]
    assert told["letters"]["days"] == [
        {"day": "2027-02-28", "sent": 1, "delivered": 0, "bounced": 0, "complained": 0, "refused": 0},
    ]
    assert shown.code == 0
    assert "All campaigns, 2027-01-31 to 2027-03-01 (UTC)" in shown.out


async def test_a_campaign_that_nobody_started_has_no_figures(starter: Starter, life: None) -> None:
    said = await starter("figures", "--campaign", "welcom")

    assert said.code == 1
    assert "there is no campaign 'welcom'; did you mean 'welcome'?" in said.err
