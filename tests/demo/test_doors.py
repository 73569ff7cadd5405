"""The people of the demonstration come in by the same doors as others."""

from datetime import timedelta
from uuid import uuid4

import pytest

from demo.doors import doors
from nurture.plan.campaign import Campaign
from settings import Settings
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments
from store.leads import leads
from store.team import people, sessions
from store.team.people import Role
from tests.conftest import OWN
from tests.web.conftest import Clock, campaign, clock
from web.app import create_app
from web.server import serve

__all__ = ["campaign", "clock"]

pytestmark = pytest.mark.anyio


async def test_a_rep_signs_in_by_a_link_and_again_once_the_session_is_over(database: Database, clock: Clock, campaign: Campaign) -> None:
    asked = []

    async def token_for(rep: str) -> str:
        asked.append(rep)
        async with database.transaction() as session:
            await people.take_in(session, rep, f"{rep}@example.com", {Role.REP}, clock.now())
            return sessions.make_link(session, rep, clock.now())

    id = uuid4()
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com"), clock.now())
        await enrollments.enroll(session, lead, campaign, clock.now())
        due = clock.now() + timedelta(days=2)
        await tasks.open_task(
            session,
            id=id,
            lead_id=lead,
            enrollment=1,
            campaign="welcome",
            reason="replied",
            why="The lead replied.",
            at=clock.now(),
            deadline_at=due,
        )
    settings = Settings.model_validate(OWN | {"database_url": database.url, "base_url": "http://127.0.0.1:1"})
    async with serve(create_app(settings, database, clock.now)) as url, doors(url, token_for) as inside:
        taken = await inside.claim("Mori", id, await inside.seal("Mori", id) or "")
        await inside.seal("Tanabe", id)
        clock.at += timedelta(days=40)
        answered = await inside.answer("Mori", id, await inside.seal("Mori", id) or "", {"outcome": "lost"})
        when_it_is_over = await inside.seal("Mori", id)

    assert (asked, taken, answered) == (["Mori", "Tanabe", "Mori"], True, True)
    assert when_it_is_over is None
