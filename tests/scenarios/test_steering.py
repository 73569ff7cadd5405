"""A human has a letter go at once, leaves one out, or leads a lead to a step: its workflow does so, and says that a human decided it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from local.town import Town
from nurture.kinds import Verb
from nurture.ourside import Redirected, Steered
from nurture.why.retelling import difference, retell
from store import tables
from store.bulk import lock_leads
from store.desk import steering
from store.journeys.retelling import history_of
from store.leads.persons import Person
from store.looks import timeline
from store.team import audit
from store.team.audit import Asked
from tests.scenarios.telling import campaign, enrolled, said, standing

pytestmark = pytest.mark.anyio

TRACKS: dict[str, Any] = {
    "educate": [{"email": "hello"}, {"wait": "10 days"}, {"email": "spare_parts"}, {"wait": "10 days"}, {"email": "check_in"}],
    "later": [{"email": "pricing_explained"}, {"wait": "3 days"}, {"email": "no_time"}],
}


async def decide(town: Town, lead: UUID, decision: steering.Decision) -> None:
    """Mika decides, at the front door of desk and commands."""
    async with town.database.transaction() as session:
        await lock_leads(session, [lead])
        row = await session.get_one(tables.Lead, lead)
        await steering.decide(session, row, decision, by="Mika", because="met at the fair", now=town.now, source="desk")
    await town.settle([lead])


async def told(town: Town, lead: UUID) -> str:
    """The lead's story in lines, once it is sure that ``explain`` tells the same life again."""
    async with town.database.transaction() as session:
        history = await history_of(session, lead)
        assert difference(history, retell(history, town.now)) is None
        return "\n".join(f"{entry.what}: {entry.why}" for entry in await timeline.story(session, lead))


async def test_a_letter_that_a_human_hurries_goes_at_night_and_under_the_cap(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(tracks=TRACKS, cap={"touches": 2, "per": "9 days"}))
    await town.skip(days=2)
    assert await town.letters_to(lead) == ["hello"]
    night = town.now.replace(hour=1)
    await town.skip_to(night + timedelta(days=1))

    await decide(town, lead, Steered(at=town.now, enrollment=1, visit=1, step="spare_parts", verb=Verb.SEND_NOW))
    assert await town.letters_to(lead) == ["hello", "spare_parts"]

    await town.skip(minutes=1)
    await decide(town, lead, Steered(at=town.now, enrollment=1, visit=1, step="check_in", verb=Verb.SEND_NOW))
    assert await town.letters_to(lead) == ["hello", "spare_parts"], "the cap is full"
    assert "the cap of 2 letters in 9 days is full until" in (await standing(town, lead)).why
    await town.skip(days=9)
    assert await town.letters_to(lead) == ["hello", "spare_parts", "check_in"]

    story = await told(town, lead)
    assert "Mika decided: spare_parts goes at once: met at the fair" in story
    assert "welcome: 'spare_parts' is to go at once: a human decided so" in story
    assert "sent welcome/spare_parts: a human has 'spare_parts' go at once" in story
    assert "sent welcome/check_in: 'check_in' is the next letter of 'educate'" in story
    async with town.database.transaction() as session:
        lines = await audit.lines(session, Asked(on=audit.On.LEAD, subject=str(lead)))
    assert [(line.who, line.what) for line in lines] == [("Mika", audit.Deed.LETTER_SENT_NOW)] * 2
    assert lines[-1].after == {"enrollment": 1, "visit": 1, "step": "spare_parts", "verb": "send_now"}


async def test_a_letter_that_a_human_leaves_out_is_never_sent_and_the_next_one_is(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(tracks=TRACKS))
    await town.skip(days=2)

    await decide(town, lead, Steered(at=town.now, enrollment=1, visit=1, step="spare_parts", verb=Verb.SKIP))
    await town.skip(days=30)

    assert await town.letters_to(lead) == ["hello", "check_in"]
    assert "welcome: past spare_parts: a human left it out" in await said(town, lead)
    assert "Mika decided: spare_parts is left out: met at the fair" in await told(town, lead)


async def test_a_human_leads_to_a_step_and_is_told_when_the_lead_had_moved_on(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(tracks=TRACKS))
    await town.skip(days=2)

    await decide(town, lead, Redirected(at=town.now, enrollment=1, track="later", step="wait-2"))
    await decide(town, lead, Steered(at=town.now, enrollment=1, visit=1, step="spare_parts", verb=Verb.SEND_NOW))
    await town.skip(days=5)

    assert await town.letters_to(lead) == ["hello", "no_time"]
    assert "welcome: educate → later: a human led this lead here, to 'wait-2'" in await said(town, lead)
    assert "a human decided that 'spare_parts' goes at once, but the lead has moved on" in await said(town, lead)
    assert "Mika decided: into track later, to wait-2: met at the fair" in await told(town, lead)
