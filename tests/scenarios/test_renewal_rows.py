"""What is sold and when: not to those who learn, at once to those who ask, and to customers only once everything is settled."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.town import Town
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, DemoRequested, Downloaded, IssueOpened, Rated
from nurture.ourside import ContractChanged, IssueClosed
from nurture.plan.problems import CampaignError
from nurture.profile import Contract
from nurture.reading.language import read_campaign
from store.leads.persons import Person
from tests.scenarios.telling import answer, campaign, enrolled, letters_in, reasons, rule, stage, task, the_task, tracks

pytestmark = pytest.mark.anyio

LETTERS = "thank_you guide how_others_do_it offer last_offer best_practices up_sell renewal_offer ask_for_a_review"
PROOF = ("testimonial", "roi_tool", "case_study")


@pytest.fixture
def town_settings(tmp_path: Path) -> dict[str, str]:
    letters_in(tmp_path, "welcome", *LETTERS.split(), *PROOF, "first_steps")
    return {"TEMPLATES_DIR": str(tmp_path)}


def refusals(**parts: Any) -> str:
    """Why the check does not take a campaign."""
    written = campaign(**parts).model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    with pytest.raises(CampaignError) as refused:
        read_campaign(json.dumps(written), "welcome.yaml")
    return str(refused.value)


@pytest.mark.requirement("S2-59")
async def test_a_download_is_thanked_for_and_followed_up_and_nobody_is_brought_on_board_who_has_not_bought(town: Town, ada: Person) -> None:
    steps = [{"email": "thank_you"}, {"wait": "7 days"}, {"email": "guide"}, {"wait": "14 days"}, {"email": "how_others_do_it"}]
    drip = {"stage": "interest", "steps": steps}
    parts: dict[str, Any] = {"rules": [rule("magnet", "downloaded", "drip")], "purposes": {"first_steps": "onboarding"}}
    too_early = {"stage": "interest", "steps": [*steps, {"wait": "1 day"}, {"email": "first_steps"}]}
    assert "onboarding begins in stage 'purchase'" in refusals(tracks={"wait": [], "drip": too_early}, **parts)
    assert "track 'drip' names no stage; say the stage of the track" in refusals(tracks={"wait": [], "drip": too_early["steps"]}, **parts)
    lead = await enrolled(town, ada, campaign(tracks={"wait": [], "drip": drip}, rules=parts["rules"]))

    await town.engage(lead, Downloaded(at=town.now, content="checklist"))
    await town.skip(days=2)
    assert await town.letters_to(lead) == ["thank_you"]
    await town.skip(days=60)

    assert await town.letters_to(lead) == ["thank_you", "guide", "how_others_do_it"]


@pytest.mark.requirement("S2-60")
async def test_nothing_is_sold_to_those_who_still_learn(town: Town, ada: Person) -> None:
    learn = {"stage": "educate", "steps": [{"email": "guide"}, {"wait": "30 days"}, {"email": "how_others_do_it"}]}
    sell = {"stage": "convert", "steps": [{"email": "offer"}]}
    parts: dict[str, Any] = {
        "stages": "lifecycle",
        "purposes": {"offer": "sales"},
        "rules": [rule("asks", "demo_requested", "sell")],
    }
    assert "selling begins in stage 'convert'" in refusals(tracks={"learn": sell | {"stage": "educate"}, "sell": sell}, **parts)
    assert "track 'learn' names no stage; say the stage of the track" in refusals(tracks={"learn": sell["steps"], "sell": sell}, **parts)
    lead = await enrolled(town, ada, campaign(tracks={"learn": learn, "sell": sell}, **parts))

    await town.skip(days=300)
    assert await town.letters_to(lead) == ["guide", "how_others_do_it"]
    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=3)

    assert (await town.letters_to(lead))[2:] == ["offer"]
    assert await stage(town, lead) == "convert"


@pytest.mark.requirement("S2-68")
async def test_a_booked_call_ends_nurture_and_begins_letters_of_its_own_towards_the_order(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(
        tracks={
            "learn": [{"email": "guide"}, {"wait": "20 days"}, {"email": "how_others_do_it"}],
            "sell": {
                "stage": "consideration",
                "steps": [{"email": "offer"}, {"wait": "5 days"}, {"email": "last_offer"}, {"wait": "2 days"}, task("close")],
            },
        },
        purposes={"offer": "sales", "last_offer": "sales"},
        rules=[rule("call", "meeting_booked", "sell"), rule("demo", "demo_requested", "sell")],
    )
    call, demo = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    await town.skip(days=3)

    await town.engage(call, Acted(at=town.now, kind=Kind.MEETING_BOOKED, content="call"))
    await town.engage(demo, DemoRequested(at=town.now))
    await town.skip(days=60)

    for lead in (call, demo):
        assert await town.letters_to(lead) == ["guide", "offer", "last_offer"]
        assert await reasons(town, lead) == ["close"]


@pytest.mark.requirement("S3-95")
async def test_who_is_about_to_buy_gets_testimonials_figures_and_cases(town: Town, ada: Person) -> None:
    proof = [step for letter in PROOF for step in ({"email": letter}, {"wait": "4 days"})]
    plan = campaign(
        stages="cloud",
        tracks={
            "explore": {"stage": "explore", "steps": [{"email": "guide"}]},
            "purchase": {"stage": "purchase", "steps": [*proof, task("close")]},
        },
        rules=[rule("chooses", "quote_requested", "purchase")],
    )
    lead = await enrolled(town, ada, plan)
    await town.engage(lead, Acted(at=town.now, kind=Kind.QUOTE_REQUESTED))

    await town.skip(days=30)

    assert await town.letters_to(lead) == [*PROOF]
    assert await reasons(town, lead) == ["close"]


@pytest.mark.requirement("S3-96")
async def test_a_pilot_is_helped_to_grow_and_only_customers_in_good_standing_are_sold_more(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(
        stages="cloud",
        tracks={
            "expand": {
                "stage": "expand",
                "steps": [
                    {"email": "best_practices"},
                    task("help_them_grow", to="service", outcomes=["done"], deadline="20 working days"),
                    {"notify": {"to": "marketing", "say": "Their success is worth a case."}},
                    {"notify": {"to": "owner", "say": "The pilot can grow now."}},
                    {"wait": "30 days"},
                    {"branch": [{"if": "issues > 0 or complaints > 0 or usage_fell", "go": "settle"}]},
                    {"email": "up_sell"},
                ],
            },
            "settle": {"stage": "expand", "steps": [task("settle", to="service", deadline="20 working days"), {"go": "expand"}]},
        },
        purposes={"up_sell": "sales"},
    )
    good, troubled = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    await town.engage(troubled, IssueOpened(at=town.now, issue=uuid4()))

    await town.skip(days=4)
    for lead in (good, troubled):
        assert await town.letters_to(lead) == ["best_practices"]
        assert [(row.reason, row.owner) for row in await town.tasks_of(lead)] == [("help_them_grow", "service")]
        await answer(town, lead, Outcome.DONE)
    await town.skip(days=40)

    assert (await town.letters_to(good), await town.letters_to(troubled)) == (["best_practices", "up_sell"], ["best_practices"])
    assert [(row.reason, row.owner) for row in await town.tasks_of(troubled)] == [("settle", "service")]
    assert told(town, "service", "help them grow") == told(town, "marketing", "worth a case") == told(town, "reps", "pilot can grow") == 2
    assert told(town, "service", "settle") == 1
    assert told(town, "reps", "worth a case") == 0


def told(town: Town, team: str, words: str) -> int:
    """How often a team was told this."""
    letters = town.post.letters(to=f"{team}@sodate.example.com")
    return sum(words in f"{letter.subject}\n{letter.text}" for letter in letters)


RENEWAL: dict[str, Any] = {
    "fields": {"more": ["users", "reports"]},
    "tracks": {
        "steady": [{"wait": "30 days"}, {"email": "guide"}],
        "renewal": [
            {"branch": [{"if": "issues > 0", "go": "settle"}, {"go": "prepare"}]},
        ],
        "settle": [task("settle_issues", outcomes=["done"]), {"wait_for": {"if": "issues == 0", "at_most": "60 days"}}, {"go": "prepare"}],
        "prepare": [task("prepare_offer", asks=["more"], outcomes=["done"]), {"go": "offer"}],
        "offer": [{"email": "renewal_offer"}, {"email": "up_sell", "if": "more == 'users'"}, {"wait": "5 days"}, task("renewal")],
    },
    "purposes": {"renewal_offer": "sales", "up_sell": "sales"},
    "rules": [rule("renewed", {"outcome": "won"}, "steady"), rule("opens", {"contract_ends_in": "90 days"}, "renewal")],
}


@pytest.mark.requirement("S3-98")
async def test_before_a_renewal_is_offered_everything_that_is_open_is_settled(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(**RENEWAL))
    await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=town.now.date() + timedelta(days=95))))
    first, second = uuid4(), uuid4()
    for issue in (first, second):
        await town.engage(lead, IssueOpened(at=town.now, issue=issue))
    await town.skip(days=7)
    assert await reasons(town, lead) == ["settle_issues"]

    await answer(town, lead, Outcome.DONE)
    await town.engage(lead, IssueClosed(at=town.now, issue=first))
    await town.skip(days=20)
    assert (await reasons(town, lead), await town.letters_to(lead)) == ([], [])
    await town.engage(lead, IssueClosed(at=town.now, issue=second))
    assert await reasons(town, lead) == ["prepare_offer"]

    late = uuid4()
    await town.engage(lead, IssueOpened(at=town.now, issue=late))
    await answer(town, lead, Outcome.DONE)
    await town.skip(days=10)
    assert await town.letters_to(lead) == []
    await town.engage(lead, IssueClosed(at=town.now, issue=late))
    await town.skip(days=4)
    assert await town.letters_to(lead) == ["renewal_offer"]


@pytest.mark.requirement("S3-99")
async def test_more_is_prepared_by_a_human_and_offered_while_the_renewal_is_open(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(**RENEWAL))
    ends_on = town.now.date() + timedelta(days=120)
    await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=ends_on)))

    await town.skip_to(town.now.replace(hour=0) + timedelta(days=30))
    assert await reasons(town, lead) == []
    await town.skip(days=1)
    assert (await the_task(town, lead)).reason == "prepare_offer"
    await answer(town, lead, Outcome.DONE, learned={"more": "users"})
    await town.skip(days=4)

    assert (await town.letters_to(lead))[-2:] == ["renewal_offer", "up_sell"]
    assert town.post.letters(to=ada.email)[-1].at.date() < ends_on
    await town.skip(days=7)
    assert await reasons(town, lead) == ["renewal"]


@pytest.mark.requirement("S3-104")
async def test_every_half_year_what_we_know_and_show_is_refreshed_and_good_customers_are_asked_for_reviews(
    town: Town, ada: Person, hanako: Person
) -> None:
    steps = [{"wait": "26 weeks"}, {"email": "ask_for_a_review", "if": "is_customer and rating >= 9"}, task("refresh", outcomes=["done"])]
    plan = campaign(tracks={"steady": [*steps, {"go": "steady"}]})
    good, other = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    for lead, rating in ((good, 9), (other, 5)):
        await town.engage(lead, ContractChanged(at=town.now, contract=Contract(ends_on=None)))
        await town.engage(lead, Rated(at=town.now, rating=rating))

    for half_year in (1, 2):
        await town.skip(days=181)
        assert [await reasons(town, lead) for lead in (good, other)] == [[], []]
        await town.skip(days=3)
        assert [await reasons(town, lead) for lead in (good, other)] == [["refresh"], ["refresh"]]
        for lead in (good, other):
            await answer(town, lead, Outcome.DONE)
        assert await town.letters_to(good) == ["ask_for_a_review"] * half_year

    assert await town.letters_to(other) == []


async def test_a_stage_that_a_reps_answer_reaches_sets_its_rule_off(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"sell": [task("close"), {"wait": "90 days"}], "bought": [{"email": "best_practices"}]},
        rules=[rule("bought", {"reaches": "purchase"}, "bought")],
    )
    lead = await enrolled(town, ada, plan)

    await answer(town, lead, Outcome.WON, contract=Contract(ends_on=None))

    assert await tracks(town, lead) == ["bought"]
