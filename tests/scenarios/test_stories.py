"""The five stories of leads that do not walk the funnel, each with its detector and its plan, on the real thing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from local.town import Town
from nurture.kinds import Kind, Outcome
from nurture.leadside import Absent, Acted, ActedKind, Clicked, DemoRequested, Downloaded, Permitted, Replied
from nurture.ourside import Observed
from nurture.plan.campaign import Campaign
from nurture.plan.plots import with_stories
from store import tables
from store.desk.tasks import Answer
from store.leads.persons import Person
from store.team import people

pytestmark = pytest.mark.anyio

TRACKS: dict[str, Any] = {
    "educate": {
        "stage": "interest",
        "steps": [
            {"email": "hello"},
            {"wait": "7 days"},
            {"email": "planning_basics"},
            {"wait": "14 days"},
            {"email": "example_week"},
            {"wait": "60 days"},
            {"email": "check_in"},
            {"wait": "60 days"},
            {"go": "educate"},
        ],
    },
    "lost": {"stage": "aware", "steps": [{"end": "lost"}]},
}
ANSWERS = ("The budget moved to spring", "A figure for two plants", "Yes, a second site")


def campaign(stories: Mapping[str, Any], **changes: Any) -> Campaign:
    data = {"campaign": "welcome", "topic": "insights", "start": "educate", "tracks": TRACKS, "stories": stories} | changes
    return Campaign.model_validate(with_stories(data))


async def enrolled(town: Town, person: Person, stories: Mapping[str, Any], **changes: Any) -> UUID:
    started = await town.start(campaign(stories, **changes))
    lead = await town.register(person, started.topic)
    await town.enroll(lead, started.name)
    return lead


async def tasks(town: Town, lead: UUID) -> list[str]:
    return [task.reason for task in await town.tasks_of(lead)]


async def where(town: Town, lead: UUID) -> list[str]:
    """The tracks that a lead is in."""
    standing = await town.gateway.standing(lead)
    return [position.track for position in standing.positions] if standing else []


async def answer(town: Town, lead: UUID, outcome: Outcome, **words: Any) -> None:
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=outcome, **words))


async def fields(town: Town, lead: UUID) -> dict[str, Any]:
    async with town.database.transaction() as session:
        done = await session.scalars(
            select(tables.Task).where(tables.Task.lead_id == lead, tables.Task.completed_at.is_not(None)).order_by(tables.Task.completed_at)
        )
        return {task.reason: (task.answers, task.learned, task.artefact) for task in done}


async def after_a_proposal(town: Town, lead: UUID) -> None:
    """Guides, a demo and a proposal within a week."""
    for content in ("planning_guide", "spare_parts_sheet"):
        await town.engage(lead, Downloaded(at=town.now, content=content))
    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=3)
    await town.engage(lead, Observed(at=town.now, kind=Kind.PROPOSAL_SENT))


@pytest.mark.requirement("S0-2", "S0-4")
async def test_silence_after_a_proposal_calls_a_human_before_any_further_letter(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"stalled_after_proposal": {}})
    await town.skip(days=2)
    await after_a_proposal(town, lead)

    await town.skip(days=6, hours=20)
    assert await tasks(town, lead) == []
    await town.skip(days=1)

    assert await tasks(town, lead) == ["stalled_after_proposal"]
    before = await town.letters_to(lead)
    await town.skip(days=60)
    assert await town.letters_to(lead) == before


async def test_an_answer_after_a_proposal_is_no_stall(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"stalled_after_proposal": {}})
    await after_a_proposal(town, lead)
    await town.skip(days=2)
    await town.engage(lead, Replied(at=town.now))

    await town.skip(days=10)

    assert await tasks(town, lead) == []


@pytest.mark.requirement("S0-5", "S0-6", "S0-7", "S0-8", "S0-9")
async def test_a_stalled_lead_is_reminded_only_with_its_leave_and_never_sold_to(town: Town, ada: Person, hanako: Person) -> None:
    story = {"stalled_after_proposal": {"letters": ["shutdown_checklist", "handover_notes"], "every": "60 days"}}
    willing, unwilling = await enrolled(town, ada, story), await enrolled(town, hanako, story)
    for lead, may in ((willing, True), (unwilling, False)):
        await after_a_proposal(town, lead)
        await town.skip(days=8)
        [task] = await town.tasks_of(lead)
        assert len(task.checklist) == 3
        await town.answer(task, Answer(outcome=Outcome.NURTURE, checks=ANSWERS, learned={"may_remind": may}))
        assert await tasks(town, lead) == ["linkedin"]
        await answer(town, lead, Outcome.DONE)
    sent = [len(await town.letters_to(lead)) for lead in (willing, unwilling)]

    await town.skip(days=130)

    assert (await town.letters_to(willing))[sent[0] :] == ["shutdown_checklist", "handover_notes"]
    assert (await town.letters_to(unwilling))[sent[1] :] == []
    assert await tasks(town, willing) == ["follow_up_after_proposal"]
    kept = await fields(town, willing)
    assert tuple(kept["stalled_after_proposal"][0]) == ANSWERS
    assert kept["stalled_after_proposal"][1]["may_remind"] is True


@pytest.mark.requirement("S0-6")
async def test_nobody_is_reminded_more_often_than_it_said(town: Town, ada: Person, hanako: Person) -> None:
    story = {"stalled_after_proposal": {"letters": ["shutdown_checklist", "handover_notes"], "every": "60 days"}}
    often, seldom = await enrolled(town, ada, story), await enrolled(town, hanako, story)
    for lead in (often, seldom):
        await after_a_proposal(town, lead)
    await town.skip(days=8)
    for lead, days in ((often, 60), (seldom, 110)):
        await answer(town, lead, Outcome.NURTURE, checks=ANSWERS, learned={"may_remind": False})
        await answer(town, lead, Outcome.DONE)
        permitted = Permitted(at=town.now, allowed=True, every_days=days)
        await town.engage(lead, permitted, details={"text": "Yes, gladly, but not every week"})

    await town.skip(days=130)

    assert (await town.letters_to(often))[-2:] == ["shutdown_checklist", "handover_notes"]
    assert [letter for letter in await town.letters_to(seldom) if letter in ("shutdown_checklist", "handover_notes")] == ["handover_notes"]


@pytest.mark.requirement("S0-10")
async def test_another_project_begins_beside_the_stalled_one(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"stalled_after_proposal": {}})
    second = {"campaign": "exhibition", "topic": "insights", "start": "first", "tracks": {"first": {"steps": [{"email": "thank_you"}]}}}
    await town.start(Campaign.model_validate(second))
    await after_a_proposal(town, lead)
    await town.skip(days=8)

    await answer(town, lead, Outcome.OTHER_PROJECT, checks=ANSWERS, learned={"may_remind": False}, campaign="exhibition")
    await answer(town, lead, Outcome.DONE)
    await town.skip(days=5)

    assert (await town.letters_to(lead))[-1] == "thank_you"
    assert set(await where(town, lead)) == {"long_hold_after_proposal", "first"}


@pytest.mark.requirement("S0-12", "S0-17")
async def test_after_silence_letters_go_in_the_other_half_of_the_day_and_nobody_is_closed(town: Town, hanako: Person) -> None:
    lead = await enrolled(town, hanako, {"everybody_gone": {"letters": ["shutdown_checklist", "handover_notes"]}})
    await town.skip(days=40)
    first = {letter.at.astimezone().hour + 9 for letter in town.post.letters(to=hanako.email)}
    assert await tasks(town, lead) == ["everybody_gone"]

    await answer(town, lead, Outcome.NO_ANSWER, learned={"relationship": 0})
    assert await tasks(town, lead) == ["ask_a_colleague"]
    await answer(town, lead, Outcome.DONE)
    await town.skip(days=200)

    letters = town.post.letters(to=hanako.email)[3:]
    assert [hour < 13 for hour in first] != [letter.at.hour + 9 < 13 for letter in letters[:1]]
    assert (await town.letters_to(lead))[3:] == ["shutdown_checklist", "handover_notes"]
    assert await tasks(town, lead) == ["low_frequency"]
    await answer(town, lead, Outcome.NO_ANSWER)
    assert await town.gateway.is_open(lead)


@pytest.mark.requirement("S0-11")
async def test_only_a_missed_call_and_unanswered_letters_without_an_absence_note_are_nobody_there(
    town: Town, ada: Person, hanako: Person
) -> None:
    away, silent = await enrolled(town, ada, {"everybody_gone": {}}), await enrolled(town, hanako, {"everybody_gone": {}})
    await town.skip(days=20)
    await town.engage(away, Absent(at=town.now, until=town.now.date() + timedelta(days=30)))
    await town.skip(days=20)

    assert await tasks(town, silent) == ["everybody_gone"]
    assert await tasks(town, away) == []
    assert await where(town, silent) == ["everybody_gone"]
    await answer(town, silent, Outcome.NO_ANSWER, learned={"relationship": 1})
    assert await tasks(town, silent) == ["ask_a_colleague"]


@pytest.mark.requirement("S0-15")
async def test_another_channel_is_tried_only_where_the_relationship_is_close(town: Town, ada: Person, hanako: Person) -> None:
    close, distant = await enrolled(town, ada, {"everybody_gone": {}}), await enrolled(town, hanako, {"everybody_gone": {}})
    await town.skip(days=40)
    for lead, relationship in ((close, 3), (distant, 1)):
        await answer(town, lead, Outcome.NO_ANSWER, learned={"relationship": relationship})
        await answer(town, lead, Outcome.DONE)

    assert await tasks(town, close) == ["handwritten_note"]
    assert await tasks(town, distant) == []


@pytest.mark.requirement("S0-18", "S0-19", "S0-22", "S0-23")
async def test_a_request_out_of_nowhere_is_answered_in_minutes_with_a_checklist_and_research(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"out_of_nowhere": {}})
    await town.skip(days=3, hours=22)
    before = await town.letters_to(lead)
    await town.engage(lead, DemoRequested(at=town.now))

    [task] = await town.tasks_of(lead)
    assert task.reason == "out_of_nowhere"
    assert timedelta(minutes=30) <= task.deadline_at - task.opened_at <= timedelta(minutes=30, seconds=1)
    await town.skip(minutes=40)
    assert [task.owner for task in await town.tasks_of(lead)] == ["leader"]
    await town.skip(days=2)
    assert await town.letters_to(lead) == before

    with pytest.raises(ValueError, match="check"):
        await answer(town, lead, Outcome.NURTURE, learned={"size": "medium"})
    found = ("A pump maker, wants planning", "Two rivals", "Unplanned stops", "Proof from the same trade")
    await answer(town, lead, Outcome.NURTURE, learned={"size": "medium"}, checks=found)

    assert await tasks(town, lead) == ["research"]
    await answer(town, lead, Outcome.DONE, checks=("Two rivals", "Unplanned stops", "The plant manager, by May"))
    assert tuple((await fields(town, lead))["research"][0]) == ("Two rivals", "Unplanned stops", "The plant manager, by May")


@pytest.mark.requirement("S0-21", "S0-24")
async def test_the_size_of_an_opportunity_decides_who_takes_care_how_soon_and_a_large_one_is_the_leaders_to_acknowledge(
    town: Town, ada: Person, hanako: Person
) -> None:
    kenji = replace(hanako, email="kenji@example.co.jp", given_name="Kenji")
    large, medium, small = [await enrolled(town, person, {"out_of_nowhere": {}}) for person in (ada, hanako, kenji)]
    for lead, size in ((large, "large"), (medium, "medium"), (small, "small")):
        await town.engage(lead, DemoRequested(at=town.now))
        await answer(town, lead, Outcome.NURTURE, learned={"size": size}, checks=("a", "b", "c", "d"))

    [thorough], [short] = await town.tasks_of(medium), await town.tasks_of(small)
    assert (thorough.reason, len(thorough.checklist)) == ("research", 3)
    assert (short.reason, len(short.checklist)) == ("small_opportunity", 0)
    assert thorough.deadline_at < short.deadline_at
    [task] = await town.tasks_of(large)
    assert (task.reason, task.owner) == ("large_opportunity", "leader")
    assert [letter.subject for letter in town.post.letters(to="leader@sodate.example.com")]
    await town.skip(days=1)
    assert await tasks(town, large) == ["large_opportunity"]
    await answer(town, large, Outcome.DONE)
    assert await tasks(town, large) == ["research"]


async def test_a_demo_request_of_somebody_known_is_not_out_of_nowhere(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"out_of_nowhere": {}})
    for content in ("planning_guide", "spare_parts_sheet", "shutdown_checklist"):
        await town.engage(lead, Downloaded(at=town.now, content=content))
    await town.engage(lead, DemoRequested(at=town.now))

    assert await tasks(town, lead) == []


@pytest.mark.parametrize("act", [Kind.QUOTE_REQUESTED, Kind.TRIAL_STARTED, Kind.MEETING_BOOKED])
async def test_who_asks_for_a_price_a_trial_or_a_meeting_is_not_stuck_at_the_top(town: Town, ada: Person, act: ActedKind) -> None:
    lead = await enrolled(town, ada, {"stuck_at_the_top": {}}, **STUCK)
    await town.engage(lead, Acted(at=town.now, kind=act, content="planner"))

    await reads_only_about_the_problem(town, lead)

    assert await tasks(town, lead) == []


async def test_a_look_at_the_price_long_ago_does_not_hide_that_a_lead_is_stuck(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"stuck_at_the_top": {}}, **STUCK)
    await town.engage(lead, Downloaded(at=town.now, content="pricing_guide"))
    await town.skip(days=170)
    await reads_only_about_the_problem(town, lead)
    assert await tasks(town, lead) == []
    await town.skip(days=20)
    for content in ("planning_guide", "spare_parts_sheet", "shutdown_checklist"):
        await town.engage(lead, Downloaded(at=town.now, content=content))

    assert await tasks(town, lead) == ["stuck_at_the_top"]


STUCK = {"contents": {"planning_guide": "top", "spare_parts_sheet": "top", "shutdown_checklist": "top", "pricing_guide": "bottom"}}


async def reads_only_about_the_problem(town: Town, lead: UUID) -> None:
    for content in ("planning_guide", "spare_parts_sheet", "shutdown_checklist"):
        await town.engage(lead, Downloaded(at=town.now, content=content))
    await town.engage(lead, Acted(at=town.now, kind=Kind.SUBSCRIBED, content="blog"))
    await town.engage(lead, Acted(at=town.now, kind=Kind.FOLLOWED, medium="linkedin"))


@pytest.mark.requirement("S0-25", "S0-26", "S0-36")
async def test_a_good_fit_that_reads_only_about_the_problem_gets_a_named_owner_for_good(town: Town, ada: Person, hanako: Person) -> None:
    good = await enrolled(town, ada, {"stuck_at_the_top": {}}, **STUCK)
    unknown = await enrolled(town, hanako, {"stuck_at_the_top": {}}, **STUCK)
    for lead in (good, unknown):
        await reads_only_about_the_problem(town, lead)

    assert await tasks(town, unknown) == []
    [task] = await town.tasks_of(good)
    assert task.reason == "stuck_at_the_top"
    await town.answer(task, Answer(outcome=Outcome.DONE, learned={"why_stuck": "specific_need"}), by="Mori")
    [task] = await town.tasks_of(good)
    assert (task.reason, task.owner) == ("specific_need", "Mori")
    await town.answer(task, Answer(outcome=Outcome.NURTURE), by="Somebody else")
    async with town.database.transaction() as session:
        assert (await session.get_one(tables.Lead, good)).owner == "Mori"


@pytest.mark.requirement("S0-27")
async def test_the_owner_writes_as_a_person_whom_the_lead_can_answer(town: Town, ada: Person) -> None:
    steps = [{"email": "check_in", "from": "owner"}, {"wait": "30 days"}, {"email": "still_helpful"}]
    tracks = TRACKS | {"personal": {"stage": "interest", "steps": steps}}
    rules = [{"name": "personal", "when": {"outcome": "done"}, "in": ["stuck_at_the_top", "why_stuck"], "go": "personal"}]
    lead = await enrolled(town, ada, {"stuck_at_the_top": {}}, **STUCK, tracks=tracks, rules=rules)
    async with town.database.transaction() as session:
        await people.take_in(session, "Mori", "mori@sodate.example.com", {people.Role.REP}, town.now)
    await reads_only_about_the_problem(town, lead)
    [task] = await town.tasks_of(lead)
    assert "Write or call as a person" in task.say
    await town.answer(task, Answer(outcome=Outcome.DONE, learned={"why_stuck": "timing"}), by="Mori")

    await town.skip(days=60)

    personal, general = [letter.message for letter in town.post.letters(to=ada.email)][-2:]
    assert (str(personal["From"]), str(personal["Reply-To"])) == ("Mori <mori@sodate.example.com>", "mori@sodate.example.com")
    assert town.settings.sender_address in str(general["From"])


@pytest.mark.requirement("S0-28")
@pytest.mark.parametrize(
    ("why", "track"), [("specific_need", "why_stuck"), ("timing", "educate"), ("window_shopper", None)], ids=["need", "timing", "shopper"]
)
async def test_why_a_lead_does_not_go_on_decides_where_it_goes(town: Town, ada: Person, why: str, track: str | None) -> None:
    lead = await enrolled(town, ada, {"stuck_at_the_top": {}}, **STUCK)
    await reads_only_about_the_problem(town, lead)

    await answer(town, lead, Outcome.DONE, learned={"why_stuck": why})

    if track is None:
        assert not await town.gateway.is_open(lead)
    else:
        assert await where(town, lead) == [track]


async def test_who_takes_nothing_of_what_we_send_is_not_beyond_the_machine_but_silent(town: Town, ada: Person, hanako: Person) -> None:
    story = {"beyond_the_machine": {"touches": 3}}
    silent, reads = await enrolled(town, ada, story, **STUCK), await enrolled(town, hanako, story, **STUCK)
    for content in ("planning_guide", "shutdown_checklist"):
        await town.engage(silent, Downloaded(at=town.now, content=content))
    await town.skip(days=60)
    await town.engage(reads, Clicked(at=town.now, letter="example_week"))
    assert await tasks(town, reads) == []
    await town.engage(reads, Downloaded(at=town.now, content="pricing_guide"))

    assert (await tasks(town, silent), await tasks(town, reads)) == ([], ["beyond_the_machine"])


@pytest.mark.requirement("S0-29", "S0-31", "S0-32")
async def test_letters_that_are_taken_gladly_and_lead_to_no_talk_call_a_human_who_makes_something_for_them(
    town: Town, ada: Person, hanako: Person
) -> None:
    kenji = replace(hanako, email="kenji@example.co.jp", given_name="Kenji")
    leads = [
        await enrolled(town, person, {"beyond_the_machine": {"touches": 4}}, cap={"touches": 0, "per": "7 days"})
        for person in (ada, hanako, kenji)
    ]
    lead, declines, silent = leads
    for _ in range(4):
        await town.skip(days=8)
        for one in leads:
            await town.engage(one, Clicked(at=town.now, letter="hello"))
    for one in leads:
        await town.engage(one, Downloaded(at=town.now, content="example_case"))
    await town.skip(days=60)

    assert await tasks(town, lead) == ["beyond_the_machine"]
    with pytest.raises(ValueError, match="artefact"):
        await answer(town, lead, Outcome.DONE)
    await answer(town, lead, Outcome.DONE, artefact="https://files.example.com/sample-plan.pdf")
    assert (await fields(town, lead))["beyond_the_machine"][2] == "https://files.example.com/sample-plan.pdf"

    [task] = await town.tasks_of(lead)
    assert task.reason == "propose_a_meeting"
    assert task.deadline_at > town.now
    await answer(town, lead, Outcome.MEETING_SET)
    assert await tasks(town, lead) == ["meeting"]

    for one in (declines, silent):
        await answer(town, one, Outcome.DONE, artefact="https://files.example.com/sample-plan.pdf")
    await answer(town, declines, Outcome.DECLINED)
    assert (await tasks(town, declines), await where(town, declines)) == ([], ["educate"])
    await town.skip(days=8)
    [late] = await town.tasks_of(silent)
    assert (late.reason, late.owner) == ("propose_a_meeting", "leader")
    await answer(town, silent, Outcome.NO_ANSWER)
    assert await where(town, silent) == ["educate"]


async def test_a_content_is_never_the_end_of_automation(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, {"beyond_the_machine": {"touches": 3, "reactions": 1}})
    await town.skip(days=1)
    await town.engage(lead, Downloaded(at=town.now, content="pricing_guide"))

    await town.skip(days=40)

    assert len(await town.letters_to(lead)) == 3
    assert await tasks(town, lead) == ["beyond_the_machine"]
