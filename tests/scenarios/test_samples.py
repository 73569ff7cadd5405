"""The sample campaigns at work, as they come with the project: with their letters, and with what their comments promise."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from local.town import Town
from nurture.kinds import Fit, Kind, Outcome
from nurture.leadside import Acted, DemoRequested, IssueOpened, Rated, Replied
from nurture.ourside import ContractChanged, IssueClosed, Observed
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store.campaigns.files import read_campaign_file
from store.leads.persons import Person
from tests.scenarios.telling import answer, enrolled, reasons, tracks

pytestmark = pytest.mark.anyio

CAMPAIGNS = Path(__file__).resolve().parents[2] / "campaigns"


def sample(name: str) -> Campaign:
    return read_campaign_file(CAMPAIGNS / f"{name}.yaml")[0]


async def customer(town: Town, person: Person, ends_on: date, *more: Campaign) -> UUID:
    """A customer who has been through the onboarding."""
    lead = await enrolled(town, person, sample("customer"), *more)
    await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=ends_on)))
    await town.skip(days=60)
    await answer(town, lead, Outcome.DONE, checks=("The day shift.", "Nothing."))
    return lead


async def test_each_lead_sees_a_case_of_its_own_work_in_its_own_language(town: Town, ada: Person, hanako: Person) -> None:
    in_a_plant = await enrolled(town, hanako, sample("welcome"))
    on_the_road = await enrolled(town, replace(ada, segment="building_services"), sample("welcome"))

    await town.skip(days=20)

    assert await town.letters_to(in_a_plant) == ["hello", "planning_basics", "example_week"]
    assert await town.letters_to(on_the_road) == ["hello", "planning_basics", "example_route"]
    assert str(town.post.letters(to=hanako.email)[-1].subject).startswith("ある工場の1週間")
    assert str(town.post.letters(to=ada.email)[-1].subject) == "One week on the road, visit by visit"


async def test_who_asks_out_of_nowhere_and_who_is_known_are_answered_in_their_own_ways(town: Town, ada: Person, hanako: Person) -> None:
    stranger, known = await enrolled(town, ada, sample("welcome")), await enrolled(town, hanako, sample("welcome"))
    for content in ("webinar", "user_meeting", "fair"):
        await town.engage(known, Acted(at=town.now, kind=Kind.ATTENDED, content=content))

    for lead in (stranger, known):
        await town.engage(lead, DemoRequested(at=town.now))
        await town.engage(lead, Replied(at=town.now))

    assert (await reasons(town, stranger), await reasons(town, known)) == (["out_of_nowhere"], ["demo"])
    await answer(town, known, Outcome.NURTURE)
    await town.skip(days=4)
    assert await town.letters_to(known) == ["after_talk"]


async def test_a_poor_fit_that_falls_silent_is_not_called(town: Town, ada: Person, hanako: Person) -> None:
    good = await enrolled(town, hanako, sample("welcome"))
    poor = await enrolled(town, replace(ada, fit=Fit.POOR), sample("welcome"))

    await town.skip(days=30)

    assert (await reasons(town, good), await reasons(town, poor)) == (["everybody_gone"], [])
    assert (await tracks(town, good), await tracks(town, poor)) == (["everybody_gone"], ["long_hold"])


async def test_a_customer_who_stands_well_is_helped_to_grow_and_only_then_offered_more(town: Town, ada: Person, hanako: Person) -> None:
    ends_on = town.now.date() + timedelta(days=720)
    good, troubled = await customer(town, ada, ends_on), await customer(town, hanako, ends_on)
    before = await town.letters_to(good)
    for lead in (good, troubled):
        await town.engage(lead, Observed(at=town.now, kind=Kind.MILESTONE_REACHED, content="first_thousand"))
        await town.skip(days=5)
        await town.engage(lead, Rated(at=town.now, rating=8))
    await town.skip(days=20)
    await town.engage(troubled, Observed(at=town.now, kind=Kind.USAGE_FELL))

    await town.skip(days=30)

    assert (await town.letters_to(good))[len(before) :] == ["milestone", "wider_use", "next_part"]
    assert "next_part" not in await town.letters_to(troubled)
    assert (await reasons(town, good), await reasons(town, troubled)) == (["expansion"], ["usage_fell"])


async def test_who_got_real_value_is_asked_to_tell_and_thanked_before_anything_is_offered(town: Town, ada: Person) -> None:
    lead = await customer(town, ada, town.now.date() + timedelta(days=720))
    await town.engage(lead, Rated(at=town.now, rating=10))
    await town.skip(days=5)
    assert await tracks(town, lead) == ["steady"], "a good mark alone is no real value"
    await town.engage(lead, Observed(at=town.now, kind=Kind.MILESTONE_REACHED, content="first_thousand"))
    await town.skip(days=10)
    assert (await town.letters_to(lead))[2:] == ["milestone", "would_you_tell"]

    await town.engage(lead, Acted(at=town.now, kind=Kind.PRAISED, content="quote"))
    assert await reasons(town, lead) == ["thanks"]
    await answer(town, lead, Outcome.DONE)
    await town.skip(days=8)

    assert (await town.letters_to(lead))[4:] == ["wider_use"]


async def test_the_renewal_opens_ninety_days_ahead_and_what_is_open_is_settled_before_a_word_of_it(town: Town, ada: Person) -> None:
    ends_on = town.now.date() + timedelta(days=200)
    lead = await customer(town, ada, ends_on)
    issue = uuid4()
    await town.engage(lead, IssueOpened(at=town.now, issue=issue))
    await answer(town, lead, Outcome.DONE)
    await town.skip(days=52)
    assert await reasons(town, lead) == ["open_issues"]
    assert "renewal_ahead" not in await town.letters_to(lead)

    await answer(town, lead, Outcome.DONE)
    await town.engage(lead, IssueClosed(at=town.now, issue=issue))
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["welcome_aboard", "first_month", "renewal_ahead"]
    await town.skip(days=5)
    assert await reasons(town, lead) == ["renewal"]
    again = Contract(ends_on=ends_on + timedelta(days=365))
    await answer(town, lead, Outcome.WON, contract=again, checks=("Yes.", "The reports.", "More."), learned={"next_period": "more_people"})

    assert await tracks(town, lead) == ["steady"]


async def test_twice_a_year_a_customer_is_asked_whether_all_is_still_right_and_an_unhappy_one_is_called(town: Town, ada: Person) -> None:
    lead = await customer(town, ada, town.now.date() + timedelta(days=900))

    await town.skip(days=300)
    days = [letter.at.date() for letter in town.post.letters(to=ada.email) if "still right" in str(letter.subject)]
    assert len(days) == 2
    assert days[1] - days[0] <= timedelta(days=190)
    await town.engage(lead, Rated(at=town.now, rating=4))

    assert await reasons(town, lead) == ["unhappy"]


async def test_the_seasons_greeting_goes_to_the_best_customers_only_and_its_answer_to_a_person(
    town: Town, ada: Person, hanako: Person
) -> None:
    ends_on = town.now.date() + timedelta(days=900)
    best, other = await customer(town, ada, ends_on), await customer(town, hanako, ends_on)
    for lead, rating in ((best, 9), (other, 8)):
        await town.engage(lead, Rated(at=town.now, rating=rating))
    await town.start(sample("season"))
    for lead in (best, other):
        await town.enroll(lead, "season")

    await town.skip(days=4)
    assert (await town.letters_to(best))[-1] == "year_end"
    assert "year_end" not in await town.letters_to(other)
    assert await tracks(town, other) == ["steady"]
    await town.engage(best, Replied(at=town.now))

    assert await reasons(town, best) == ["present"]


async def test_a_customer_who_had_left_is_asked_why_and_comes_back_as_a_customer(town: Town, ada: Person) -> None:
    await town.start(sample("customer"))
    lead = await enrolled(town, ada, sample("win_back"))
    await town.skip(days=65)
    assert await town.letters_to(lead) == ["how_do_you_plan", "what_has_changed"]
    assert await reasons(town, lead) == ["win_back"]
    said = {"checks": ("The price.", "No."), "learned": {"why_they_left": "price"}}
    await answer(town, lead, Outcome.NO_ANSWER, **said)
    await town.skip(days=370)
    assert (await town.letters_to(lead))[-1] == "once_a_year"

    await town.engage(lead, Replied(at=town.now))
    assert await reasons(town, lead) == ["former_customer_wrote"]
    await answer(town, lead, Outcome.WON, contract=Contract(ends_on=town.now.date() + timedelta(days=365)))

    assert await tracks(town, lead) == ["onboarding"]
