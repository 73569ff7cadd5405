"""The main job on the real thing: a lead goes in, letters go out, a human is called, a renewal opens."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from local.town import Town
from nurture.kinds import Outcome
from nurture.leadside import Absent, DemoRequested, Downloaded, OptedOut, Replied
from nurture.ourside import ContractChanged
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store.desk.tasks import Answer
from store.journeys import standings
from store.leads import engagements
from store.leads.persons import Person
from workflows.runs import runs_of

pytestmark = pytest.mark.anyio

TRACKS: dict[str, Any] = {
    "educate": {
        "steps": [
            {"email": "hello"},
            {"wait": "7 days"},
            {"email": "planning_basics"},
            {"wait": "14 days"},
            {"email": "example_week"},
            {"wait": "60 days"},
            {"email": "check_in"},
        ]
    },
    "fast": {
        "steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}, {"email": "after_talk"}, {"wait": "10 days"}, {"go": "educate"}]
    },
    "silent": {"steps": [{"task": {"reason": "unresponsive"}}, {"wait": "60 days"}, {"email": "shutdown_checklist"}]},
    "won": {"steps": [{"enroll": "customer"}, {"end": "won"}]},
}
RULES: list[dict[str, Any]] = [
    {"name": "demo", "when": "demo_requested", "go": "fast"},
    {"name": "replied", "when": "replied", "in": ["educate"], "go": "fast"},
    {"name": "won", "when": {"outcome": "won"}, "go": "won"},
    {"name": "silent", "when": {"silence": "21 days", "touches": 3}, "in": ["educate"], "go": "silent"},
]
CUSTOMER: dict[str, Any] = {
    "campaign": "customer",
    "topic": "customer",
    "start": "steady",
    "tracks": {
        "steady": {"steps": [{"email": "welcome_aboard"}, {"wait": "90 days"}, {"email": "whats_new"}]},
        "renewal": {"steps": [{"email": "renewal_ahead"}, {"task": {"reason": "renewal"}}]},
    },
    "rules": [
        {"name": "renewed", "when": {"outcome": "won"}, "go": "steady"},
        {"name": "moved", "when": "contract_changed", "in": ["renewal"], "if": "days_to_contract_end > 90", "go": "steady"},
        {"name": "renewal", "when": {"contract_ends_in": "90 days"}, "go": "renewal"},
    ],
}


def welcome(**changes: Any) -> Campaign:
    return Campaign.model_validate(
        {"campaign": "welcome", "topic": "insights", "start": "educate", "tracks": TRACKS, "rules": RULES} | changes
    )


async def enrolled(town: Town, person: Person, campaign: Campaign | None = None) -> Any:
    await town.start(Campaign.model_validate(CUSTOMER))
    started = await town.start(campaign or welcome())
    lead = await town.register(person, started.topic)
    await town.enroll(lead, started.name)
    return lead


async def reasons(town: Town, lead: Any) -> list[str]:
    return [task.reason for task in await town.tasks_of(lead)]


async def test_letters_go_out_one_by_one_in_the_language_of_the_lead(town: Town, hanako: Person) -> None:
    lead = await enrolled(town, hanako)

    await town.skip(days=32)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]
    [first, *_] = town.post.letters(to=hanako.email)
    assert "水沢" in first.text
    assert "水沢" in first.html
    assert first.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert town.settings.sender_postal_address in first.text


async def test_a_reply_silences_the_machine_and_calls_a_human(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=5)

    await town.engage(lead, Replied(at=town.now), details={"text": "Call me next week"})

    assert await reasons(town, lead) == ["demo"]
    await town.skip(days=30)
    assert await town.letters_to(lead) == ["hello"]


@pytest.mark.requirement("S0-18")
async def test_a_demo_request_out_of_nowhere_suspends_every_letter_at_once(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now))

    assert await reasons(town, lead) == ["demo"]
    await town.skip(days=21)

    assert await town.letters_to(lead) == []


@pytest.mark.requirement("S0-19")
async def test_a_passed_deadline_tells_the_leader(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now))
    assert [letter.to for letter in town.post.letters(to="leader@sodate.example.com")] == []

    await town.skip(hours=22)
    assert [task.owner for task in await town.tasks_of(lead)] == ["sales"]
    await town.skip(hours=5)

    [task] = await town.tasks_of(lead)
    assert task.owner == "leader"
    assert task.deadline_at > town.now
    assert len(town.post.letters(to="reps@sodate.example.com")) == 1
    assert len(town.post.letters(to="leader@sodate.example.com")) == 1


@pytest.mark.requirement("S0-17")
async def test_silence_calls_a_human_and_the_lead_is_never_closed_for_it(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)

    await town.skip(days=35)
    assert await reasons(town, lead) == ["unresponsive"]
    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]

    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.skip(days=90)
    assert (await town.letters_to(lead))[-1] == "shutdown_checklist"
    assert await town.gateway.is_open(lead)


@pytest.mark.requirement("S0-3")
async def test_not_now_sleeps_until_its_day_and_can_be_woken_by_the_lead(town: Town, ada: Person, hanako: Person) -> None:
    sleeper, waker = [await enrolled(town, person) for person in (ada, hanako)]
    for lead in (sleeper, waker):
        await town.engage(lead, DemoRequested(at=town.now))
        [task] = await town.tasks_of(lead)
        await town.answer(
            task, Answer(outcome=Outcome.NOT_NOW, until=town.now.date() + timedelta(days=180), notes="No budget before spring")
        )

    await town.skip(days=170)
    assert await town.letters_to(sleeper) == []
    await town.engage(waker, DemoRequested(at=town.now))
    assert await reasons(town, waker) == ["demo"]

    await town.skip(days=14)
    assert await town.letters_to(sleeper) == ["after_talk"]


async def test_an_absence_note_is_neither_silence_nor_a_reply(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=15)
    back_on = town.now.date() + timedelta(days=20)

    await town.engage(lead, Absent(at=town.now, until=back_on))

    await town.skip(days=19)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]
    await town.skip(days=15)
    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]
    assert await reasons(town, lead) == []
    await town.skip(days=8)
    assert await reasons(town, lead) == ["unresponsive"]


@pytest.mark.requirement("S2-69")
async def test_a_won_deal_goes_on_as_a_customer_and_the_renewal_opens_ninety_days_ahead(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now))
    [task] = await town.tasks_of(lead)
    ends_on = town.now.date() + timedelta(days=365)

    await town.answer(task, Answer(outcome=Outcome.WON, contract=Contract(ends_on=ends_on, auto_renews=True)))
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["welcome_aboard"]

    await town.skip_to(town.now.replace(hour=0) + timedelta(days=264))
    assert "renewal_ahead" not in await town.letters_to(lead)
    await town.skip(days=6)
    assert (await town.letters_to(lead))[-1] == "renewal_ahead"
    assert await reasons(town, lead) == ["renewal"]


@pytest.mark.requirement("S3-97", "S3-100")
async def test_a_changed_contract_end_plans_the_renewal_again_while_the_lead_sleeps(town: Town, ada: Person, hanako: Person) -> None:
    await town.start(Campaign.model_validate(CUSTOMER))
    earlier, later, short = [
        await town.register(person, "customer") for person in (ada, hanako, Person(email="short@example.com", zone="Europe/Berlin"))
    ]
    for lead in (earlier, later, short):
        await town.enroll(lead, "customer")
    start = town.now.date()

    for lead in (earlier, later):
        await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=start + timedelta(days=300), auto_renews=True)))
    await town.engage(short, ContractChanged(at=town.now, contract=Contract(ends_on=start + timedelta(days=60))))
    await town.skip(days=5)
    assert await reasons(town, short) == ["renewal"]

    await town.skip(days=95)
    await town.engage(earlier, ContractChanged(at=town.now, contract=Contract(ends_on=start + timedelta(days=150), auto_renews=True)))
    await town.engage(later, ContractChanged(at=town.now, contract=Contract(ends_on=start + timedelta(days=500), auto_renews=True)))
    await town.skip(days=6)
    assert await reasons(town, earlier) == ["renewal"]

    await town.skip(days=290)
    assert await reasons(town, later) == []
    await town.skip(days=30)
    assert await reasons(town, later) == ["renewal"]


async def test_a_renewed_contract_starts_the_next_round(town: Town, ada: Person) -> None:
    await town.start(Campaign.model_validate(CUSTOMER))
    lead = await town.register(ada, "customer")
    await town.enroll(lead, "customer")
    first_end = town.now.date() + timedelta(days=60)
    await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=first_end)))
    await town.skip(days=5)
    [task] = await town.tasks_of(lead)

    await town.answer(task, Answer(outcome=Outcome.WON, contract=Contract(ends_on=first_end + timedelta(days=365))))

    await town.skip(days=320)
    assert await reasons(town, lead) == []
    await town.skip(days=20)
    assert await reasons(town, lead) == ["renewal"]


async def test_an_opt_out_ends_the_letters_and_the_wait(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=5)

    await town.engage(lead, OptedOut(at=town.now, topic="insights"))

    assert not await town.gateway.is_open(lead)
    await town.skip(days=60)
    assert await town.letters_to(lead) == ["hello"]


async def test_a_lead_that_was_lost_comes_back_with_all_that_is_known_of_it(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, Replied(at=town.now))
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.LOST))
    assert not await town.gateway.is_open(lead)
    await town.skip(days=100)

    await town.engage(lead, Replied(at=town.now))
    await town.engage(lead, DemoRequested(at=town.now))

    async with town.database.transaction() as session:
        standing = await standings.of_lead(session, lead)
    assert standing is not None
    assert standing.stage == "consideration"


async def test_a_lead_whose_workflow_an_operator_ended_is_rebuilt_from_the_store_and_mailed_nothing_twice(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=10)
    await town.client.get_workflow_handle(f"lead-{lead}").terminate()

    await town.engage(lead, DemoRequested(at=town.now))

    assert await reasons(town, lead) == ["demo"]
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]


async def test_two_campaigns_share_one_cap(town: Town, ada: Person) -> None:
    first = welcome(tracks={"educate": {"steps": [{"email": "hello"}, {"email": "planning_basics"}]}}, rules=[], cap={"touches": 2})
    second = Campaign.model_validate(
        {
            "campaign": "exhibition",
            "topic": "insights",
            "start": "fair",
            "cap": {"touches": 2, "per": "7 days"},
            "tracks": {"fair": {"steps": [{"email": "thank_you"}, {"email": "what_we_showed"}]}},
        }
    )
    await town.start(second)
    lead = await enrolled(town, ada, first)
    await town.enroll(lead, "exhibition")

    await town.skip(days=6)
    assert len(await town.letters_to(lead)) == 2
    await town.skip(days=8)
    assert sorted(await town.letters_to(lead)) == ["hello", "planning_basics", "thank_you", "what_we_showed"]


async def test_two_years_of_weekly_letters_all_arrive_once(town: Town, ada: Person) -> None:
    """mautic#2004: a campaign of two years stopped after nine mails."""
    weekly = welcome(
        tracks={"educate": {"steps": [{"email": "hello"}, {"wait": "1 week"}, {"go": "again"}]}, "again": {"steps": [{"go": "educate"}]}},
        rules=[],
    )
    await enrolled(town, ada, weekly)

    await town.skip(days=728)

    letters = town.post.letters(to=ada.email)
    assert len(letters) == 104
    assert len({letter.message_id for letter in letters}) == 104


async def test_what_the_store_says_of_a_lead_is_what_its_workflow_says(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    for _ in range(3):
        await town.skip(days=9)
        await town.engage(lead, Downloaded(at=town.now, content="planning_guide"))

        async with town.database.transaction() as session:
            written = await standings.of_lead(session, lead)
        assert written == await town.gateway.standing(lead)


async def test_an_engagement_that_changes_nothing_leaves_the_timer_alone(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=5)
    before = await town.timers_of(lead)

    for _ in range(3):
        await town.engage(lead, Downloaded(at=town.now, content="planning_guide"))

    assert await town.timers_of(lead) == before


async def test_a_letter_is_not_sent_on_old_knowledge(town: Town, ada: Person) -> None:
    """What the store has and the workflow has not seen yet holds a letter back."""
    lead = await enrolled(town, ada)
    async with town.database.transaction() as session:
        await session.execute(text("UPDATE leads SET engagements = engagements + 1 WHERE id = :lead"), {"lead": lead})

    await town.skip(days=5)

    assert await town.letters_to(lead) == []


@pytest.mark.requirement("S1-40")
async def test_our_sending_moves_no_stage(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.skip(days=32)
    assert len(await town.letters_to(lead)) == 3

    async with town.database.transaction() as session:
        silent = await standings.of_lead(session, lead)
    await town.engage(lead, Downloaded(at=town.now, content="planning_guide"))
    async with town.database.transaction() as session:
        curious = await standings.of_lead(session, lead)

    assert silent is not None
    assert silent.stage == "unknown"
    assert curious is not None
    assert curious.stage == "interest"


async def test_contract_dates_are_days_in_the_customers_zone(town: Town) -> None:
    await town.start(Campaign.model_validate(CUSTOMER | {"window": {"always": True}}))
    lead = await town.register(Person(email="kiri@example.com", zone="Pacific/Kiritimati"), "customer")
    await town.enroll(lead, "customer")
    ends_on = date(2041, 6, 30)
    await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=ends_on)))

    standing = await town.gateway.standing(lead)
    while standing is not None and standing.next_at is not None and "renewal" not in standing.why:
        await town.skip_to(standing.next_at + timedelta(minutes=1))
        await town.settle([lead])
        standing = await town.gateway.standing(lead)

    assert standing is not None
    assert standing.next_at is not None
    assert standing.next_at.isoformat() == "2041-03-31T10:00:00+00:00"


async def test_a_flood_of_engagements_across_continue_as_new_loses_none(town: Town, ada: Person) -> None:
    """Engagements are folded without a gap, so that the last one can only be dealt with when every one before it was."""
    lead = await enrolled(town, ada)
    for _ in range(4):
        async with town.database.transaction() as session:
            for _ in range(75):
                await engagements.record(session, lead, Downloaded(at=town.now, content="planning_guide"))
        await town.engage(lead, Downloaded(at=town.now, content="planning_guide"))
    for _ in range(60):
        await town.engage(lead, Downloaded(at=town.now, content="planning_guide"))

    await town.engage(lead, DemoRequested(at=town.now))

    assert await reasons(town, lead) == ["demo"]
    assert len(await runs_of(town.client, lead)) > 1
