"""Reps at work on the real thing: a letter of their own under all that holds for letters, and a task that goes to somebody else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from local.town import Town
from nurture.kinds import Outcome, Refusal
from nurture.leadside import DemoRequested, OptedOut
from nurture.plan.campaign import Campaign
from store.consent import consents
from store.consent.consents import EVERYTHING
from store.desk import desks
from store.desk.tasks import Answer, TaskRow
from store.leads.persons import Person
from store.mail import personal, touches
from store.mail.personal import Written

pytestmark = pytest.mark.anyio

CAMPAIGN: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "cap": {"touches": 1, "per": "7 days"},
    "tracks": {
        "letters": {"steps": [{"email": "hello"}, {"wait": "30 days"}]},
        "fast": {"steps": [{"task": {"reason": "demo", "deadline": "2 working days"}}, {"email": "after_talk"}]},
    },
    "rules": [{"name": "demo", "when": "demo_requested", "go": "fast"}],
}


async def with_a_rep(town: Town, person: Person) -> TaskRow:
    """A lead that asked for a demo a fortnight after its first letter: a rep has it."""
    await town.start(Campaign.model_validate(CAMPAIGN))
    lead = await town.register(person, "insights")
    await town.enroll(lead, "welcome")
    await town.skip(days=14)
    await town.engage(lead, DemoRequested(at=town.now))
    [task] = await town.tasks_of(lead)
    return task


async def writes(town: Town, task: TaskRow, subject: str = "Tuesday?", language: str = "en") -> Written:
    """Mika writes to the lead, whatever the page would have said before, and the lead does what it then does at once."""
    id = uuid4()
    async with town.database.transaction() as session:
        terms = await personal.terms(session, task.id, town.now)
        assert terms is not None
        letter: dict[str, Any] = {"id": id, "task_id": task.id, "campaign": terms.campaign, "writer": "Mika", "address": "mika@example.org"}
        letter |= {"language": language, "subject": subject, "text": "Hello,\n\nwould Tuesday do?\n\nMika", "now": town.now}
        assert await personal.write(session, **letter)
        assert not await personal.write(session, **letter), "the same letter is kept once, however often it is sent"
    await town.settle([task.lead_id])
    async with town.database.transaction() as session:
        return next(one for one in await personal.of_lead(session, task.lead_id) if one.letter.id == id)


async def why_not(town: Town, task: TaskRow) -> Refusal | None:
    async with town.database.transaction() as session:
        terms = await personal.terms(session, task.id, town.now)
    assert terms is not None
    return terms.refusal


async def test_a_rep_writes_from_their_own_address_while_the_machine_is_silent(town: Town, hanako: Person) -> None:
    task = await with_a_rep(town, hanako)
    assert await why_not(town, task) is None

    written = await writes(town, task, "火曜日のお打ち合わせ", "ja")

    letter = town.post.letters(to=hanako.email)[-1]
    assert written.sent_at is not None
    assert "mika@example.org" in letter.message["From"]
    assert letter.message["Reply-To"] == "mika@example.org"
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "would Tuesday do?" in letter.text
    assert "<p" in letter.html
    assert town.settings.sender_postal_address in letter.text
    assert await town.letters_to(task.lead_id) == ["hello", "personal"]


async def test_a_reps_letter_counts_under_the_cap_for_reps_and_for_the_machine(town: Town, ada: Person) -> None:
    task = await with_a_rep(town, ada)
    assert (await writes(town, task)).sent_at is not None

    assert await why_not(town, task) is Refusal.CAPPED
    second = await writes(town, task, "Wednesday?")
    assert (second.sent_at, second.refusal) == (None, Refusal.CAPPED), "it is not tried again behind its rep's back"
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.skip(days=5)
    assert await town.letters_to(task.lead_id) == ["hello", "personal"]
    await town.skip(days=5)
    assert await town.letters_to(task.lead_id) == ["hello", "personal", "after_talk"]


async def test_who_refuses_letters_gets_none_from_a_rep_either(town: Town, ada: Person) -> None:
    task = await with_a_rep(town, ada)
    async with town.database.transaction() as session:
        await consents.suppress(session, ada.email, EVERYTHING, "unsubscribed", town.now)
    await town.engage(task.lead_id, OptedOut(at=town.now))

    assert await why_not(town, task) is Refusal.SUPPRESSED
    written = await writes(town, task)

    assert (written.sent_at, written.refusal) == (None, Refusal.SUPPRESSED)
    assert await town.letters_to(task.lead_id) == ["hello"]
    async with town.database.transaction() as session:
        assert await touches.latest_sent(session, task.lead_id, 2) != []


async def test_whoever_is_given_a_task_is_told_and_its_deadline_stays(town: Town, ada: Person) -> None:
    task = await with_a_rep(town, ada)
    told = len(town.post.letters(to="reps@sodate.example.com"))
    async with town.database.transaction() as session:
        assert await desks.put_off(session, task.id, "Mika", town.now + timedelta(days=9), town.now)
        assert await desks.hand_over(session, task.id, "Mika", "Jon", "You know Ada Quillfeather.", town.now)
        assert await desks.hand_over(session, task.id, "Jon", "leader", "Too large for me.", town.now)
    await town.settle([task.lead_id])

    [to_leader] = town.post.letters(to="leader@sodate.example.com")
    assert "Jon hands this to leader: Too large for me." in to_leader.text
    assert len(town.post.letters(to="reps@sodate.example.com")) == told, "who gave it on at once is not bothered"
    await town.skip_to(task.deadline_at + timedelta(minutes=5))
    [late] = await town.tasks_of(task.lead_id)
    assert late.escalated_at is not None
    assert await town.gateway.is_open(task.lead_id)
