"""An operator sets how fast letters go while they go, and stops and resumes them; what is written wrongly is said with its fix."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.leads import leads
from store.leads.persons import Person
from tests.commands.conftest import Ask, Starter

pytestmark = pytest.mark.anyio

PLAN = {"campaign": "welcome", "topic": "news", "start": "one", "tracks": {"one": {"steps": [{"email": "hello"}, {"wait": "3 days"}]}}}


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead whose letter waits in the lane of our provider, in a campaign that was started."""
    campaign = Campaign.model_validate(PLAN)
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, "", now)
        lead, _ = await leads.register(session, Person(email="ada@example.com"), now)
    return lead


@pytest.fixture
async def waiting(ada: UUID, ask: Ask, database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        enrolled = text("INSERT INTO enrollments (lead_id, number, campaign, ref, enrolled_at) VALUES (:lead, 1, 'welcome', :ref, :now)")
        await session.execute(enrolled, {"lead": ada, "ref": Campaign.model_validate(PLAN).ref, "now": now})
        await session.execute(
            text(
                "INSERT INTO touches (key, lead_id, enrollment, campaign, letter, topic, why, claimed_at, lane, turn_at) "
                "VALUES (:lead, :lead, 1, 'welcome@1', 'hello', 'news', 'it is due', :now, 'by smtp', :turn)"
            ),
            {"lead": ada, "now": now - timedelta(hours=2), "turn": now + timedelta(days=2)},
        )
    return ada


async def test_limits_are_set_changed_and_taken_away_and_those_who_wait_ask_again(starter: Starter, waiting: UUID, ask: Ask) -> None:
    first = await starter("mail", "pace", "set", "--by", "smtp", "--per-hour", "100", "--per-day", "1000", "--json")
    assert first.json == {
        "lane": "by smtp",
        "changed": True,
        "per_hour": 100,
        "per_day": 1000,
        "warm_up": None,
        "asking_again": 1,
    }
    assert await ask("SELECT facts ->> 'goes_on' FROM engagements WHERE lead_id = :lead", lead=waiting) == ["true"]

    shown = (await starter("mail", "pace", "show", "--json")).json
    now = {"hour_at": "2027-03-01T09:00:00Z", "in_hour": 0, "day_at": "2027-03-01T00:00:00Z", "in_day": 0}
    assert shown["lanes"] == [{"lane": "by smtp", "per_hour": 100, "per_day": 1000, "warm_up": None, "now": now}]
    assert [(one["lane"], one["letters"]) for one in shown["waiting"]] == [("by smtp", 1)]
    assert "0 of 100" in (await starter("mail", "pace", "show")).out

    again = await starter("mail", "pace", "set", "--by", "smtp", "--per-hour", "100")
    assert (again.code, "Nothing changed" in again.out) == (0, True)
    await starter("mail", "pace", "set", "--by", "smtp", "--per-hour", "none", "--per-day", "none")
    assert "No lane has a limit" in (await starter("mail", "pace", "show")).out


async def test_a_domain_warms_up_from_the_day_that_is_said(starter: Starter) -> None:
    begun = await starter("mail", "warm-up", "start", "Example.com", "--first-day", "20", "--at-most", "500", "--json")
    plan = {"began_at": "2027-03-01T09:30:00Z", "first_day": 20, "doubles_in_days": 7.0, "at_most": 500}
    assert (begun.json["lane"], begun.json["warm_up"]) == ("from example.com", plan)
    assert "0 of 20" in (await starter("mail", "pace", "show")).out
    a_week_later = await starter("mail", "pace", "show", clock=lambda: datetime(2027, 3, 8, 1, tzinfo=UTC))
    assert "0 of 40" in a_week_later.out

    await starter("mail", "warm-up", "end", "example.com")
    assert (await starter("mail", "pace", "show", "--json")).json["lanes"] == []


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["mail", "pace", "set", "--by", "sess", "--per-hour", "1"], 1, "did you mean 'ses'"),
        (["mail", "pace", "set", "--to", "ada@example.com", "--per-hour", "1"], 1, "is no domain; write it like example.com"),
        (["mail", "pace", "set", "--to", "example.com", "--per-hour", "many"], 1, "'many' is not a number"),
        (["mail", "pace", "set", "--to", "example.com", "--per-hour", "0"], 1, "'none' takes the limit away"),
        (["mail", "pace", "set", "--to", "example.com", "--per-day", "1.5"], 1, "not a whole number"),
        (["mail", "pace", "set", "--per-day", "5"], 2, "say either --by PROVIDER or --to DOMAIN"),
        (["mail", "pace", "set", "--to", "example.com"], 2, "say --per-hour, --per-day, or both"),
        (["mail", "pace", "rate", "fast"], 1, "'fast' is not a number"),
        (["mail", "pace", "rate", "5"], 3, "Temporal cannot be reached"),
        (["mail", "pace", "share", "welcom", "2"], 1, "did you mean 'welcome'"),
        (["mail", "warm-up", "start", "example"], 1, "is no domain"),
        (["stop", "campaign", "welcom"], 1, "did you mean 'welcome'"),
        (["resume", "lead", "nobody@example.com"], 1, "there is no lead 'nobody@example.com'"),
    ],
)
async def test_what_is_written_wrongly_is_said_and_changes_nothing(
    starter: Starter, ada: UUID, ask: Ask, command: list[str], code: int, said: str
) -> None:
    answer = await starter(*command)

    assert (answer.code, said in " ".join(answer.err.split())) == (code, True), answer.err
    assert await ask("SELECT lane FROM paces UNION ALL SELECT campaign FROM stops") == []


@pytest.mark.parametrize(("what", "named"), [(["all"], "all"), (["campaign", "welcome"], "welcome")])
async def test_letters_are_stopped_once_and_resumed_once(starter: Starter, ada: UUID, now: datetime, what: list[str], named: str) -> None:
    assert (await starter("stop", *what, "--because", "wrong price", "--json")).json == {"stopped": named, "changed": True}
    assert (await starter("stop", *what, "--json")).json == {"stopped": named, "changed": False}

    for asked in (["mail", "status"], ["doctor"]):
        shown = " ".join((await starter(*asked, clock=lambda: now + timedelta(hours=3))).out.split())
        assert "are stopped since 2027-03-01 09:30 UTC, 3 hours ago: wrong price" in shown
        assert f"resume {' '.join(what)}" in shown

    assert (await starter("resume", *what, "--json")).json == {"resumed": named, "changed": True, "letters": 0}
    assert (await starter("resume", *what, "--json")).json == {"resumed": named, "changed": False, "letters": 0}
    assert (await starter("mail", "status", "--json")).json == []


async def test_a_lead_is_stopped_by_a_hold_and_resumed_by_its_end(starter: Starter, ada: UUID, ask: Ask) -> None:
    assert (await starter("stop", "lead", "ada@example.com", "--json")).json == {"lead": str(ada), "seq": 1, "changed": True}
    assert (await starter("resume", "lead", ada, "--json")).json["seq"] == 2

    assert await ask("SELECT kind, facts ->> 'until' FROM engagements ORDER BY seq") == [("held", "2037-02-28"), ("released", None)]
