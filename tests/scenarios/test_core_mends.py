"""What is easily overlooked: holds, beginnings, caps side by side, what was shown meanwhile, consents and letters that come late."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from commands.files.rows import COLUMNS
from commands.files.sheet import opened
from commands.leads.importing import import_leads
from local.catcher import catcher
from local.processes import free_port
from local.town import Town
from nurture.kinds import Outcome
from nurture.leadside import DemoRequested, Downloaded, IssueOpened
from nurture.ourside import Held, IssueClosed, Released
from store.leads.persons import Person
from store.tables import Touch
from tests.scenarios.telling import answer, campaign, enrolled, reasons, rule, said, stage, standing, task, tracks

pytestmark = pytest.mark.anyio

REPS = "reps@sodate.example.com"


@pytest.fixture
def mail_port() -> int:
    """Where the mail server will be, and is not yet."""
    return free_port()


@pytest.fixture
def town_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    waits_for_mail = "mail_port" in request.fixturenames
    return {"MAIL_URL": f"smtp://127.0.0.1:{request.getfixturevalue('mail_port')}"} if waits_for_mail else {}


async def test_a_lead_on_hold_is_left_alone_and_its_reps_are_told_only_when_it_has_been_over_for_long(
    town: Town, ada: Person, hanako: Person
) -> None:
    plan = campaign(tracks={"learn": [{"wait": "400 days"}]}, least="30 days")
    paused, released = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    for lead in (paused, released):
        await town.engage(lead, Held(at=town.now, until=(town.now + timedelta(days=100)).date()))

    await town.skip(days=60)
    await town.engage(released, Released(at=town.now))
    await town.skip(days=29)
    assert town.post.letters(to=REPS) == []
    await town.skip(days=2)
    assert len(town.post.letters(to=REPS)) == 1
    await town.skip(days=38)
    assert len(town.post.letters(to=REPS)) == 1
    await town.skip(days=3)

    assert len(town.post.letters(to=REPS)) == 2


async def test_a_rule_about_coming_into_a_track_sees_the_beginning_too(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(
        tracks={"learn": [{"email": "hello"}], "by_hand": [task("knows_us_already")], "never": [task("never")]},
        rules=[
            rule("known", {"enters": "learn"}, "by_hand", **{"if": "fit == 'good'"}),
            rule("and_no_further", {"enters": "by_hand"}, "never"),
        ],
    )
    good, other = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)

    await town.skip(days=3)

    assert (await town.letters_to(good), await reasons(town, good)) == ([], ["knows_us_already"])
    assert (await town.letters_to(other), await reasons(town, other)) == (["hello"], [])
    assert "welcome: learn → by_hand: rule 'known': came into 'learn'" in await said(town, good)


async def test_a_sales_letter_that_waits_for_its_cap_holds_its_own_track_and_no_other_campaign(town: Town, ada: Person) -> None:
    selling = campaign(
        tracks={
            "choose": {"stage": "consideration", "steps": [{"email": "pricing_explained"}, {"email": "example_week"}, {"email": "webinar"}]}
        },
        purposes={"pricing_explained": "sales", "example_week": "sales"},
        sales_cap={"touches": 1, "per": "30 days"},
        cap={"touches": 0},
        priority=9,
    )
    using = campaign(
        "customer", tracks={"use": [{"wait": "5 days"}, {"email": "using_it_well"}, {"email": "whats_new"}]}, cap={"touches": 0}
    )
    lead = await enrolled(town, ada, selling, using)

    await town.skip(days=12)

    assert await town.letters_to(lead) == ["pricing_explained", "using_it_well", "whats_new"]
    assert "'example_week' goes on" in (why := (await standing(town, lead)).why)
    assert "the sales cap of 1 letter in 30 days is full until Wed 04 Apr 2040" in why
    await town.skip(days=30)
    assert (await town.letters_to(lead))[3:] == ["example_week", "webinar"]


async def test_what_was_shown_while_a_problem_was_open_counts_once_it_is_settled(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(
        tracks={
            "learn": [task("look_after_it"), {"wait": "300 days"}],
            "compare": [{"email": "example_week"}],
            "lost": [{"wait": "90 days"}],
        },
        rules=[rule("compares", {"reaches": "consideration"}, "compare"), rule("no", {"outcome": "lost"}, "lost")],
    )
    keen, lost = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)
    problems = {keen: uuid4(), lost: uuid4()}
    for lead, problem in problems.items():
        await town.engage(lead, IssueOpened(at=town.now, issue=problem))
        await town.engage(lead, DemoRequested(at=town.now))
        await town.engage(lead, Downloaded(at=town.now, content="guide"))
        assert await stage(town, lead) == "unknown"
    await answer(town, keen, Outcome.NURTURE)
    await answer(town, lost, Outcome.LOST)

    for lead, problem in problems.items():
        await town.engage(lead, IssueClosed(at=town.now, issue=problem))

    assert (await stage(town, keen), await tracks(town, keen)) == ("consideration", ["compare"])
    assert (await stage(town, lost), await tracks(town, lost)) == ("aware", ["lost"])
    assert "stage consideration: shown while something was open, which is settled" in await said(town, keen)


async def test_a_consent_that_comes_later_lets_a_campaign_go_on_by_itself(town: Town, ada: Person, tmp_path: Path) -> None:
    plan = await town.start(
        campaign(
            tracks={
                "learn": [{"email": "hello"}, {"wait": "10 days"}, {"email": "example_week"}, {"wait": "10 days"}, {"email": "webinar"}]
            }
        )
    )
    lead = await town.register(ada)
    await town.enroll(lead, plan.name)
    await town.skip(days=3)
    assert await reasons(town, lead) == ["unreachable"]
    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=14)
    assert await reasons(town, lead) == []

    file = tmp_path / "consents.csv"
    file.write_text(f"email,consent_basis,consent_at,consent_topic\n{ada.email},opt_in,2040-03-20,welcome\n", encoding="utf-8")
    for _ in range(2):
        with opened(file, COLUMNS) as sheet:
            await import_leads(town.database, sheet, town.now)
        await town.settle([lead])
    await town.skip(days=14)

    assert (await town.letters_to(lead))[-1:] == ["webinar"]


async def test_a_letter_that_was_held_up_past_its_half_of_the_day_waits_for_the_next_one(
    town: Town, hanako: Person, mail_port: int
) -> None:
    lead = await enrolled(town, hanako, campaign(tracks={"learn": [{"hours": "early"}, {"email": "hello"}]}))
    monday_at_three = datetime(2040, 3, 5, 15 - 9, tzinfo=UTC)
    await town.skip_to(monday_at_three)

    async with catcher(port=mail_port) as post:
        await town.skip(hours=3)
        assert post.letters() == []
        await town.skip(days=1)

        assert [letter.subject for letter in post.letters(to=hanako.email)] != []
    async with town.database.transaction() as session:
        [sent_at] = await session.scalars(select(Touch.sent_at).where(Touch.lead_id == lead))
    assert sent_at is not None
    assert datetime(2040, 3, 6, 0, tzinfo=UTC) <= sent_at < datetime(2040, 3, 6, 4, tzinfo=UTC)
