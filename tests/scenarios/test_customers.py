"""After the order: customers are helped, watched and thanked, and what is sold to them is little and welcome."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from local.town import Town
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, Clicked, Rated, Replied, Visited
from nurture.ourside import Observed
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store.leads import contracts
from store.leads.persons import Person
from store.looks import timeline
from tests.scenarios.telling import answer, campaign, enrolled, letters_in, reasons, rule, said, stage, task, tracks

pytestmark = pytest.mark.anyio

LETTERS = "whats_new perk offer reward come_back up_sell down_sell cross_sell season_greeting limited_offer ask_for_a_case using_it_well"


@pytest.fixture
def town_settings(tmp_path: Path) -> dict[str, str]:
    letters_in(tmp_path, "customer", *LETTERS.split())
    letters_in(tmp_path, "product_b", "product_b", "product_b_case")
    return {"TEMPLATES_DIR": str(tmp_path)}


async def customer(town: Town, person: Person, *plans: Campaign) -> UUID:
    lead = await enrolled(town, person, *plans)
    async with town.database.transaction() as session:
        await contracts.change(session, lead, Contract(ends_on=None), town.now)
    await town.settle([lead])
    return lead


def milestone(town: Town) -> Observed:
    return Observed(at=town.now, kind=Kind.MILESTONE_REACHED, content="first_plan")


@pytest.mark.requirement("S1-45")
async def test_what_a_customer_feels_is_kept_and_an_unhappy_one_is_called_and_a_happy_one_asked(
    town: Town, ada: Person, hanako: Person
) -> None:
    plan = campaign(
        "customer",
        tracks={"steady": [{"wait": "90 days"}], "unhappy": [task("unhappy"), {"go": "steady"}], "happy": [{"email": "ask_for_a_case"}]},
        rules=[rule("unhappy", "rated", "unhappy", **{"if": "rating <= 6"}), rule("happy", "rated", "happy", **{"if": "rating >= 9"})],
    )
    happy, unhappy = await customer(town, hanako, plan), await customer(town, ada, plan)
    await town.engage(happy, Rated(at=town.now, rating=9))
    await town.engage(unhappy, Rated(at=town.now, rating=4), details={"text": "Support takes days"})

    assert (await reasons(town, happy), await reasons(town, unhappy)) == ([], ["unhappy"])
    await answer(town, unhappy, Outcome.NURTURE, notes="Calmer now")
    await town.skip(days=3)
    assert (await town.letters_to(happy), await town.letters_to(unhappy)) == (["ask_for_a_case"], [])
    assert await tracks(town, unhappy) == ["steady"]
    async with town.database.transaction() as session:
        told = "\n".join(f"{entry.what}: {entry.why}" for entry in await timeline.story(session, unhappy))
    assert "rated 4: from" in told
    assert "Calmer now" in told


@pytest.mark.requirement("S1-46", "S1-47")
async def test_cross_selling_is_a_journey_of_its_own_and_both_share_one_cap(town: Town, ada: Person) -> None:
    cap = {"touches": 1, "per": "7 days"}
    await town.start(campaign("product_b", tracks={"show": [{"email": "product_b"}, {"email": "product_b_case"}, task("talk")]}, cap=cap))
    plan = campaign(
        "customer",
        tracks={
            "steady": [{"email": "whats_new"}, {"email": "using_it_well"}, {"email": "perk"}, {"wait": "300 days"}],
            "has_a": [{"enroll": "product_b"}, {"go": "steady"}],
        },
        rules=[rule("uses_a", "milestone_reached", "has_a", **{"if": "is_customer"})],
        cap=cap,
    )
    lead = await customer(town, ada, plan)
    await town.engage(lead, milestone(town))

    await town.skip(days=45)

    assert await tracks(town, lead) == ["steady", "show"]
    assert sorted(await town.letters_to(lead)) == ["perk", "product_b", "product_b_case", "using_it_well", "whats_new"]
    days = [letter.at.date() for letter in town.post.letters(to=ada.email)]
    assert min(later - earlier for earlier, later in pairwise(days)) >= timedelta(days=7)
    assert await reasons(town, lead) == ["talk"]


@pytest.mark.requirement("S1-49")
async def test_falling_use_calls_a_human_before_the_customer_leaves(town: Town, ada: Person) -> None:
    plan = campaign(
        "customer",
        tracks={
            "steady": [{"wait": "30 days"}, {"email": "offer", "if": "not usage_fell"}, {"wait": "300 days"}],
            "at_risk": [task("at_risk", deadline="1 working day"), {"email": "using_it_well"}, {"wait": "60 days"}, {"go": "steady"}],
        },
        rules=[rule("at_risk", "usage_fell", "at_risk"), rule("recovered", "usage_recovered", "steady")],
    )
    lead = await customer(town, ada, plan)
    await town.engage(lead, Observed(at=town.now, kind=Kind.USAGE_FELL))
    assert await reasons(town, lead) == ["at_risk"]

    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=20)
    assert await town.letters_to(lead) == ["using_it_well"]
    await town.engage(lead, Observed(at=town.now, kind=Kind.USAGE_RECOVERED))
    assert await tracks(town, lead) == ["steady"]
    await town.skip(days=35)
    assert (await town.letters_to(lead))[-1] == "offer"


@pytest.mark.requirement("S2-70")
async def test_customers_get_updates_and_perks_all_year_and_hardly_an_offer(town: Town, ada: Person) -> None:
    news = [{"email": "whats_new"}, {"wait": "30 days"}, {"email": "perk"}, {"wait": "30 days"}, {"go": "news"}]
    plan = campaign("customer", tracks={"news": news})
    offers = campaign(
        "product_b",
        tracks={"offers": [{"email": "product_b"}, {"wait": "14 days"}, {"email": "product_b_case"}, {"go": "offers"}]},
        purposes={"product_b": "sales", "product_b_case": "sales"},
        sales_cap={"touches": 1, "per": "180 days"},
    )
    lead = await customer(town, ada, plan, offers)

    await town.skip(days=359)

    letters = await town.letters_to(lead)
    assert [name for name in letters if name.startswith("product_b")] == ["product_b", "product_b_case"]
    assert letters.count("whats_new") + letters.count("perk") >= 11


@pytest.mark.requirement("S2-71")
async def test_inactive_and_lost_customers_are_won_back_and_active_again_is_success(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(
        "customer",
        tracks={
            "active": [
                {"wait_for": {"any": ["visited", "clicked", "replied"], "at_most": "180 days", "then": "active", "silence": "win_back"}}
            ],
            "win_back": [
                {"email": "come_back"},
                {"wait_for": {"any": ["visited", "clicked", "replied"], "at_most": "30 days", "then": "again"}},
                task("win_back"),
                {"go": "far"},
            ],
            "again": [{"notify": {"say": "Active again: welcome them."}}, {"go": "active"}],
            "far": [{"wait": "365 days"}, {"go": "win_back"}],
            "renewal": [task("renewal"), {"go": "active"}],
        },
        rules=[rule("lost", {"outcome": "lost"}, "far"), rule("asked", "replied", "renewal", **{"in": ["active"]})],
    )
    inactive, lost = await customer(town, ada, plan), await customer(town, hanako, plan)
    await town.engage(lost, Replied(at=town.now))
    await answer(town, lost, Outcome.LOST)
    await town.skip(days=170)
    assert await town.letters_to(inactive) == []

    await town.skip(days=15)
    assert await town.letters_to(inactive) == ["come_back"]
    await town.engage(inactive, Clicked(at=town.now, letter="come_back"))
    assert await tracks(town, inactive) == ["active"]
    assert "Active again" in town.post.letters(to="reps@sodate.example.com")[-1].text
    async with town.database.transaction() as session:
        assert "told the reps" in [entry.what for entry in await timeline.story(session, inactive)]

    await town.skip(days=185)
    assert await town.letters_to(lost) == ["come_back"]
    await town.engage(lost, Visited(at=town.now, content="prices"))
    assert await tracks(town, lost) == ["active"]


@pytest.mark.requirement("S2-73")
async def test_every_milestone_is_rewarded_with_a_letter(town: Town, ada: Person) -> None:
    plan = campaign(
        "customer",
        tracks={"steady": [{"wait": "300 days"}], "reward": [{"email": "reward"}, {"go": "steady"}]},
        purposes={"reward": "reward"},
        rules=[rule("milestone", "milestone_reached", "reward")],
    )
    lead = await customer(town, ada, plan)
    for _ in range(2):
        await town.engage(lead, milestone(town))
        await town.skip(days=30)

    assert await town.letters_to(lead) == ["reward", "reward"]
    assert await stage(town, lead) == "repeat"


@pytest.mark.requirement("S2-74", "S2-77")
async def test_limited_offers_and_seasonal_letters_go_now_and_then_to_the_best_customers_only(
    town: Town, ada: Person, hanako: Person
) -> None:
    plan = campaign(
        "customer",
        fields={"season": "date"},
        tracks={
            "year": [
                {"set": {"season": "2040-12-03"}},
                {"wait": "100 days"},
                {"email": "limited_offer", "if": "rating >= 9 and milestones >= 1"},
                {"wait": {"until": "season"}},
                {"email": "season_greeting", "if": "rating >= 9 and milestones >= 1"},
            ]
        },
        purposes={"limited_offer": "sales"},
        sales_cap={"touches": 1, "per": "180 days"},
    )
    best, other = await customer(town, ada, plan), await customer(town, hanako, plan)
    await town.engage(best, milestone(town))
    for lead, rating in ((best, 10), (other, 7)):
        await town.engage(lead, Rated(at=town.now, rating=rating))

    await town.skip(days=300)

    assert await town.letters_to(best) == ["limited_offer", "season_greeting"]
    assert [f"{letter.at:%Y-%m-%d}" for letter in town.post.letters(to=ada.email)][-1] == "2040-12-03"
    assert await town.letters_to(other) == []


@pytest.mark.requirement("S2-75")
async def test_loyal_customers_are_offered_more_less_or_something_else_as_they_use_it(town: Town) -> None:
    plan = campaign(
        "customer",
        tracks={
            "steady": [
                {"wait": "60 days"},
                {
                    "branch": [
                        {"if": "rating < 8", "go": "rest"},
                        {"if": "usage_fell", "go": "less"},
                        {"if": "milestones >= 3", "go": "more"},
                    ]
                },
                {"email": "cross_sell"},
            ],
            "less": [{"email": "down_sell"}],
            "more": [{"email": "up_sell"}],
            "rest": [{"wait": "300 days"}],
        },
    )
    leads = {name: await customer(town, Person(email=f"{name}@example.com"), plan) for name in ("more", "less", "else", "cool")}
    for name, lead in leads.items():
        await town.engage(lead, Rated(at=town.now, rating=5 if name == "cool" else 9))
    await town.engage(leads["less"], Observed(at=town.now, kind=Kind.USAGE_FELL))
    for _ in range(3):
        await town.engage(leads["more"], milestone(town))

    await town.skip(days=65)

    letters = {name: await town.letters_to(lead) for name, lead in leads.items()}
    assert letters == {"more": ["up_sell"], "less": ["down_sell"], "else": ["cross_sell"], "cool": []}


@pytest.mark.requirement("S3-101")
async def test_satisfied_customers_are_asked_for_cases_and_praise_and_what_they_give_is_kept(
    town: Town, ada: Person, hanako: Person
) -> None:
    plan = campaign(
        "customer",
        stages="cloud",
        tracks={
            "steady": {"stage": "expand", "steps": [{"wait": "300 days"}]},
            "advocate": {"stage": "advocate", "steps": [{"email": "ask_for_a_case"}, {"wait": "300 days"}]},
            "thanks": {"stage": "advocate", "steps": [task("thank_them"), {"go": "steady"}]},
        },
        rules=[
            rule("satisfied", "rated", "advocate", **{"if": "rating >= 9"}),
            rule("case", {"engagement": "praised", "content": "case"}, "thanks"),
            rule("recommended", "referred", "thanks", **{"if": "referrals >= 1 and praises >= 2"}),
        ],
    )
    satisfied, other = await customer(town, ada, plan), await customer(town, hanako, plan)
    for lead, rating in ((satisfied, 9), (other, 6)):
        await town.engage(lead, Rated(at=town.now, rating=rating))
    await town.skip(days=3)
    assert (await town.letters_to(satisfied), await town.letters_to(other)) == (["ask_for_a_case"], [])

    await town.engage(satisfied, Acted(at=town.now, kind=Kind.PRAISED, content="post", medium="linkedin"))
    assert await stage(town, satisfied) == "advocate"
    await town.engage(satisfied, Acted(at=town.now, kind=Kind.PRAISED, content="case"))
    assert await reasons(town, satisfied) == ["thank_them"]
    await answer(town, satisfied, Outcome.NURTURE)
    await town.engage(satisfied, Acted(at=town.now, kind=Kind.REFERRED))
    assert await reasons(town, satisfied) == ["thank_them"]
    assert "rule 'recommended': referred" in await said(town, satisfied)
