"""Who is ready to talk: points for what leads do, criteria that marketing edits, and patience with everyone else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from local.town import Town
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, Clicked, Downloaded
from nurture.ourside import EditionChanged
from store import tables
from store.leads.persons import Person
from tests.scenarios.telling import answer, campaign, enrolled, reasons, rule, said, stage, task

pytestmark = pytest.mark.anyio

LEARN = [{"email": "hello"}, {"wait": "200 days"}]
AFTER: list[dict[str, Any]] = [{"email": "after_talk", "if": "opportunity"}, {"email": "hello", "if": "not opportunity"}]
HOT = {"learn": LEARN, "hot": [task("hot")]}


def subscribed(town: Town, content: str = "", medium: str = "") -> Acted:
    return Acted(at=town.now, kind=Kind.SUBSCRIBED, content=content, medium=medium)


@pytest.mark.requirement("S4-119")
async def test_a_document_is_worth_one_point_a_newsletter_two_and_they_add_up(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(tracks=HOT, rules=[rule("hot", {"becomes": "score >= 3"}, "hot")])
    two_documents, document_and_newsletter = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)

    for lead in (two_documents, document_and_newsletter):
        await town.engage(lead, Downloaded(at=town.now, content="guide"))
    await town.engage(two_documents, Downloaded(at=town.now, content="price_list"))
    await town.engage(document_and_newsletter, subscribed(town))

    assert await reasons(town, two_documents) == []
    assert await reasons(town, document_and_newsletter) == ["hot"]


@pytest.mark.requirement("S4-120")
async def test_the_points_of_the_last_weeks_and_not_the_total_say_that_it_is_time(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(tracks=HOT, scoring={"recent": "14 days"}, rules=[rule("hot", {"becomes": "score >= 4 and recent_score >= 4"}, "hot")])
    slow, quick = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)

    for content in ("a", "b", "c", "d"):
        await town.engage(slow, Downloaded(at=town.now, content=content))
        await town.skip(days=10)
    for content in ("a", "b", "c", "d"):
        await town.engage(quick, Downloaded(at=town.now, content=content))
        await town.skip(days=1)

    assert await reasons(town, slow) == []
    assert await reasons(town, quick) == ["hot"]


@pytest.mark.requirement("S2-81")
async def test_every_form_that_a_lead_fills_in_scores_and_a_hot_one_is_found_by_itself(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks=HOT,
        scoring={"points": {"downloaded": 2, "downloaded:price_list": 6}},
        rules=[rule("hot", {"becomes": "score >= 8"}, "hot")],
    )
    lead = await enrolled(town, ada, plan)

    await town.engage(lead, Downloaded(at=town.now, content="guide"))
    assert await reasons(town, lead) == []
    await town.engage(lead, Downloaded(at=town.now, content="price_list"))

    assert await reasons(town, lead) == ["hot"]
    assert "rule 'hot': score >= 8" in await said(town, lead)


@pytest.mark.requirement("S1-52")
async def test_one_content_on_several_media_counts_once_and_every_medium_is_kept(town: Town, ada: Person) -> None:
    plan = campaign(tracks=HOT, rules=[rule("hot", {"becomes": "score >= 4"}, "hot")])
    lead = await enrolled(town, ada, plan)

    for medium in ("video_site", "our_site", "fair"):
        await town.engage(lead, Acted(at=town.now, kind=Kind.ATTENDED, content="planning_webinar", medium=medium))
    assert await reasons(town, lead) == []
    await town.engage(lead, Acted(at=town.now, kind=Kind.ATTENDED, content="spare_parts_webinar", medium="our_site"))

    assert await reasons(town, lead) == ["hot"]
    async with town.database.transaction() as session:
        facts = list(await session.scalars(select(tables.Engagement.facts).order_by(tables.Engagement.seq)))
    assert [fact["medium"] for fact in facts if "medium" in fact] == ["video_site", "our_site", "fair", "our_site"]


@pytest.mark.requirement("S4-123")
async def test_the_criteria_of_qualification_have_a_name_and_marketing_edits_them_under_way(town: Town, ada: Person) -> None:
    strict = campaign(tracks=HOT, rules=[rule("qualified", {"becomes": "score >= 9 and fit == 'good'"}, "hot")])
    loose = campaign(tracks=HOT, rules=[rule("qualified", {"becomes": "score >= 2 and fit == 'good'"}, "hot")])
    lead = await enrolled(town, ada, strict)
    await town.engage(lead, subscribed(town))
    assert await reasons(town, lead) == []

    await town.start(loose)
    await town.engage(lead, EditionChanged(at=town.now, enrollment=1, campaign=loose))

    assert await reasons(town, lead) == ["hot"]
    assert "rule 'qualified': score >= 2 and fit == 'good'" in await said(town, lead)


@pytest.mark.requirement("S2-67")
async def test_a_warm_lead_is_handed_to_sales_and_marked_as_an_opportunity(town: Town, ada: Person) -> None:
    plan = campaign(
        fields={"opportunity": "yes_no"},
        tracks={"learn": LEARN, "warm": [{"set": {"opportunity": True}}, task("sales_opportunity"), {"go": "after"}], "after": AFTER},
        rules=[rule("warm", {"becomes": "recent_score >= 3"}, "warm")],
    )
    lead = await enrolled(town, ada, plan)

    await town.engage(lead, Acted(at=town.now, kind=Kind.ATTENDED, content="webinar"))

    assert await reasons(town, lead) == ["sales_opportunity"]
    assert "sets opportunity = True" in await said(town, lead)
    await town.skip(days=20)
    assert await town.letters_to(lead) == []
    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=3)
    assert await town.letters_to(lead) == ["after_talk"]


@pytest.mark.requirement("S4-122")
async def test_approaches_that_fit_the_situation_find_interest_and_bottleneck_and_keep_them(
    town: Town, ada: Person, hanako: Person
) -> None:
    plan = campaign(
        fields={"interest": ["low", "high"], "bottleneck": ["price", "time"]},
        tracks={
            "probe": [
                {"email": "planning_basics"},
                {"wait_for": {"any": ["clicked"], "at_most": "14 days", "then": "keen", "silence": "cool"}},
            ],
            "keen": [{"set": {"interest": "high"}}, task("bottleneck", asks=["bottleneck"]), {"go": "matched"}],
            "cool": [{"set": {"interest": "low"}}, {"wait": "30 days"}, {"go": "matched"}],
            "matched": [
                {"email": "pricing_explained", "if": "interest == 'high' and bottleneck == 'price'"},
                {"email": "no_time", "if": "bottleneck == 'time'"},
                {"email": "check_in", "if": "interest == 'low'"},
            ],
        },
    )
    keen, cool = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    await town.skip(days=3)
    await town.engage(keen, Clicked(at=town.now, letter="planning_basics"))
    await answer(town, keen, Outcome.NURTURE, learned={"bottleneck": "price"})

    await town.skip(days=60)

    assert await town.letters_to(keen) == ["planning_basics", "pricing_explained"]
    assert await town.letters_to(cool) == ["planning_basics", "check_in"]


@pytest.mark.requirement("S4-116")
async def test_a_researching_lead_is_neither_chased_nor_neglected(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"learn": [{"email": name} for name in ("hello", "planning_basics", "example_week", "webinar")]},
        cap={"touches": 2, "per": "14 days"},
        least="40 days",
    )
    lead = await enrolled(town, ada, plan)

    await town.skip(days=13)
    assert len(await town.letters_to(lead)) == 2
    await town.skip(days=40)
    assert len(await town.letters_to(lead)) == 4
    assert town.post.letters(to="reps@sodate.example.com") == []
    await town.skip(days=5)
    [word] = town.post.letters(to="reps@sodate.example.com")
    assert "Nobody has been in touch with this lead for 40 days" in word.text
    await town.skip(days=100)
    assert len(town.post.letters(to="reps@sodate.example.com")) == 1


@pytest.mark.requirement("S4-117", "S2-64")
async def test_the_connection_is_kept_for_two_years_and_then_a_human_decides(town: Town, ada: Person) -> None:
    plan = campaign(tracks={"learn": [{"email": "hello"}, {"wait": "30 days"}, {"go": "again"}], "again": [{"go": "learn"}]})
    lead = await enrolled(town, ada, plan)
    ends_at = town.now + timedelta(days=730)

    await town.skip_to(ends_at - timedelta(hours=1))
    assert len(await town.letters_to(lead)) == 24
    assert await reasons(town, lead) == []
    await town.skip(hours=2)
    assert await reasons(town, lead) == ["horizon"]

    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=30)
    assert len(await town.letters_to(lead)) > 24
    assert await town.gateway.is_open(lead)


@pytest.mark.requirement("S4-118")
async def test_a_lead_that_is_not_ready_is_approached_again_when_its_time_comes(town: Town, ada: Person) -> None:
    plan = campaign(
        fields={"decides_on": "date"},
        tracks={
            "talk": [task("talk", asks=["decides_on"]), {"go": "later"}],
            "later": [{"wait": {"until": "decides_on", "minus": "30 days"}}, {"email": "still_helpful"}, task("talk_again")],
        },
    )
    lead = await enrolled(town, ada, plan)
    decides_on = town.now.date() + timedelta(days=400)
    await answer(town, lead, Outcome.NURTURE, learned={"decides_on": decides_on.isoformat()})

    await town.skip(days=369)
    assert await town.letters_to(lead) == []
    await town.skip(days=4)

    assert await town.letters_to(lead) == ["still_helpful"]
    assert await reasons(town, lead) == ["talk_again"]


@pytest.mark.requirement("S4-115")
async def test_white_papers_newsletters_and_seminars_nurture_and_each_answer_is_followed(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={
            "papers": [{"email": "planning_basics"}, {"wait": "90 days"}],
            "news": [{"email": "yearly_review"}, {"wait": "90 days"}],
            "seminars": [{"email": "webinar"}, {"wait": "90 days"}],
            "seen": [{"email": "after_talk"}],
        },
        purposes={"webinar": "invitation"},
        rules=[
            rule("reader", "downloaded", "news"),
            rule("subscriber", "subscribed", "seminars"),
            rule("guest", "attended", "seen"),
        ],
    )
    lead = await enrolled(town, ada, plan)
    for what in (
        Downloaded(at=town.now, content="white_paper"),
        subscribed(town, "newsletter"),
        Acted(at=town.now, kind=Kind.ATTENDED, content="online_seminar"),
    ):
        await town.skip(days=8)
        await town.engage(lead, what)
    await town.skip(days=8)

    assert await town.letters_to(lead) == ["planning_basics", "yearly_review", "webinar", "after_talk"]
    assert await stage(town, lead) == "interest"
