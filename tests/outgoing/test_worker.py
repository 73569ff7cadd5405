"""A worker tells receivers of what happens to a lead, from its first form to its contract, beside everything else that it does."""

from datetime import date
from uuid import UUID

import pytest

from local.town import town as a_town
from nurture.kinds import Outcome
from nurture.leadside import DemoRequested
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store.desk.checks import Answer
from store.leads.persons import Person
from tests.outgoing.conftest import KEY, OpenShop, until

pytestmark = pytest.mark.anyio

WELCOME = {
    "campaign": "welcome",
    "topic": "news",
    "start": "hello",
    "rules": [{"name": "asked", "when": "demo_requested", "go": "call"}],
    "tracks": {
        "hello": {"stage": "interest", "steps": [{"email": "hello"}, {"wait": "30 days"}]},
        "call": {"stage": "evaluation", "steps": [{"task": {"reason": "wants_a_demo", "deadline": "1 working day"}}]},
    },
}


async def test_a_receiver_hears_of_all_that_happens_to_a_lead(database_url: str, shop: OpenShop) -> None:
    crm = await shop()
    async with a_town(database_url, LINK_SECRET=KEY, WEBHOOKS_INSIDE="true") as town:
        await town.start(Campaign.model_validate(WELCOME))
        lead: UUID = await town.register(Person(email="ada@example.com", language="en", zone="UTC"), "news")
        await town.enroll(lead, "welcome")
        await town.skip(days=3)
        await town.engage(lead, DemoRequested(at=town.clock()))
        (task,) = await town.tasks_of(lead)
        won = Answer(outcome=Outcome.WON, contract=Contract(ends_on=date(town.clock().year + 2, 1, 31)))
        await town.answer(task, won)
        await town.skip(hours=1)
        awaited = {"stage.changed", "contract.changed", "task.completed", "engagement.task_completed"}
        await until(lambda: awaited <= set(crm.about(lead)))

    heard = crm.about(lead)
    wanted = ["lead.created", "engagement.enrolled", "letter.sent", "engagement.demo_requested", "task.opened", "task.completed"]
    assert [name for name in heard if name in wanted] == wanted
    assert len({id for id, _ in crm.got}) == len(crm.got)
