"""A lead whose workflow was ended, or began from too little: it is built up again and goes on as if nothing had been."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError

from local.town import Town
from nurture.engagements import Delivery
from nurture.kinds import Outcome
from nurture.leadside import DemoRequested, OptedOut, Replied, Visited
from nurture.plan.campaign import Campaign
from nurture.state import LeadState
from store.desk import answers
from store.desk.tasks import Answer
from store.journeys import notes, standings
from store.leads import engagements, relaying
from store.leads.persons import Person
from workflows.options import lead_workflow_id

pytestmark = pytest.mark.anyio

PLAN: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "educate",
    "window": {"always": True},
    "cap": {"touches": 0},
    "tracks": {
        "educate": {"steps": [{"email": "hello"}, {"wait": "30 days"}, {"email": "check_in"}, {"wait": "30 days"}, {"email": "webinar"}]},
        "talk": {"steps": [{"task": {"reason": "replied", "deadline": "4 hours"}}, {"go": "educate"}]},
        "fast": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}, {"wait": "5 days"}, {"go": "educate"}]},
    },
    "rules": [
        {"name": "demo", "when": "demo_requested", "go": "fast"},
        {"name": "replied", "when": "replied", "in": ["educate"], "go": "talk"},
    ],
}


async def enrolled(town: Town, person: Person) -> UUID:
    await town.start(Campaign.model_validate(PLAN))
    lead = await town.register(person, "insights")
    await town.enroll(lead, "welcome")
    return lead


async def ended_by_an_operator(town: Town, lead: UUID) -> None:
    await town.client.get_workflow_handle(lead_workflow_id(lead)).terminate()


@asynccontextmanager
async def kept_from_the_relay(town: Town, lead: UUID) -> AsyncIterator[None]:
    """While the block lasts, the relay passes the lead over, as if another one had it."""
    async with town.database.transaction() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(lead.bytes[8:], signed=True)})
        yield


async def test_a_rebuilt_lead_hears_again_what_a_rep_had_answered(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now))
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    for _ in range(2):
        await town.skip(days=1)
        await ended_by_an_operator(town, lead)

        await town.engage(lead, Visited(at=town.now, content="pricing"))

        said = await town.gateway.standing(lead)
        assert said is not None
        assert [(place.track, place.task_deadline_at) for place in said.positions] == [("fast", None)]
    assert await town.tasks_of(lead) == []
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["hello", "hello"]


async def test_the_store_takes_the_standing_and_the_notes_of_a_rebuilt_lead(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, Replied(at=town.now))
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.skip(days=40)
    async with town.database.transaction() as session:
        before = await notes.of_lead(session, lead)
    await ended_by_an_operator(town, lead)

    await town.engage(lead, DemoRequested(at=town.now))

    async with town.database.transaction() as session:
        written = await standings.of_lead(session, lead)
        after = await notes.of_lead(session, lead)
    assert written == await town.gateway.standing(lead)
    assert after[: len(before)] == before
    assert any(note.at >= town.now.replace(microsecond=0) and "→ fast" in note.what for note in after[len(before) :])


async def test_a_run_that_begins_from_an_old_state_takes_up_the_one_that_was_left_since(town: Town, ada: Person) -> None:
    """The relay reads what a lead left behind, the lead's run ends in between, and the next run begins from what the relay read."""
    lead = await enrolled(town, ada)
    await town.engage(lead, Replied(at=town.now))
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.engage(lead, OptedOut(at=town.now, topic="insights"))
    handle = town.client.get_workflow_handle(lead_workflow_id(lead))
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    async with kept_from_the_relay(town, lead):
        async with town.database.transaction() as session:
            seq = await engagements.record(session, lead, DemoRequested(at=town.now))
            assert seq is not None

        await town.gateway.deliver(LeadState(lead=lead), Delivery(engagements=(DemoRequested(at=town.now, seq=seq),)))
    await town.settle([lead])

    assert [task.reason for task in await town.tasks_of(lead)] == ["demo"]
    history = await handle.fetch_history()
    done = [e.activity_task_scheduled_event_attributes.activity_type.name for e in history.events if e.event_type == 10]
    assert done == ["hand_off"]
    async with town.database.transaction() as session:
        assert await standings.of_lead(session, lead) == await town.gateway.standing(lead)


async def test_what_a_run_lacks_is_asked_for_again_until_it_comes(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await ended_by_an_operator(town, lead)
    handle = town.client.get_workflow_handle(lead_workflow_id(lead))
    async with kept_from_the_relay(town, lead):
        async with town.database.transaction() as session:
            await engagements.record(session, lead, Visited(at=town.now, content="pricing"))
        delivery = Delivery(engagements=(Visited(at=town.now, content="pricing", seq=2),))
        await town.gateway.deliver(LeadState(lead=lead), delivery)
        while not any(event.HasField("marker_recorded_event_attributes") for event in (await handle.fetch_history()).events):
            pass
        async with town.database.transaction() as session:
            await relaying.relayed(session, {lead: delivery}, town.now)

    await town.skip(minutes=15)
    await town.settle([lead])

    said = await town.gateway.standing(lead)
    assert said is not None
    assert [place.track for place in said.positions] == ["educate"]


async def test_a_lead_that_was_done_with_comes_back_to_a_worker_that_never_met_its_campaign(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, OptedOut(at=town.now, topic="insights"))
    town.library.clear()

    await town.engage(lead, DemoRequested(at=town.now))

    assert [task.reason for task in await town.tasks_of(lead)] == ["demo"]


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.BAD_FIT, Outcome.NOT_NOW])
async def test_an_answer_to_an_older_task_does_not_undo_a_demo_request(town: Town, ada: Person, outcome: Outcome) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, Replied(at=town.now))
    [older] = await town.tasks_of(lead)
    until = town.now.date().replace(year=town.now.year + 1) if outcome is Outcome.NOT_NOW else None
    async with kept_from_the_relay(town, lead):
        async with town.database.transaction() as session:
            await engagements.record(session, lead, DemoRequested(at=town.now))
        async with town.database.transaction() as session:
            assert await answers.complete(session, older.id, "Rep", Answer(outcome=outcome, until=until), town.now)
    await town.settle([lead])

    assert [task.reason for task in await town.tasks_of(lead)] == ["demo"]


async def test_a_lead_that_an_operator_cancels_ends_and_is_built_up_again(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    handle = town.client.get_workflow_handle(lead_workflow_id(lead))
    async with town.database.transaction() as session:
        await session.execute(text("ALTER TABLE tasks RENAME TO tasks_away"))
    async with town.database.transaction() as session:
        await engagements.record(session, lead, DemoRequested(at=town.now))
    while not any(activity.attempt > 1 for activity in (await handle.describe()).raw_description.pending_activities):
        pass

    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(handle.result(), 60)

    assert isinstance(ended.value.cause, CancelledError)
    async with town.database.transaction() as session:
        await session.execute(text("ALTER TABLE tasks_away RENAME TO tasks"))
    await town.engage(lead, Visited(at=town.now, content="pricing"))
    assert [task.reason for task in await town.tasks_of(lead)] == ["demo"]
