"""Tasks that ask for more, from the command line; reps who are away; and the list of leads by likelihood."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.kinds import Audience, Outcome
from nurture.leadside import Downloaded
from nurture.plan.campaign import Campaign
from nurture.standing import Record, Standing
from store.campaigns import campaigns
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, standings
from store.leads import engagements, leads
from store.team import people

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

TASK = UUID("d0000000-0000-5000-8000-000000000001")
LATER = UUID("e0000000-0000-5000-8000-000000000002")


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead with a task that asks for two lines, two fields and a link, and names the lead's owner."""
    campaign = Campaign.model_validate(
        {
            "campaign": "deal",
            "topic": "news",
            "start": "talk",
            "fields": {"size": ["small", "large"], "decides": "yes_no"},
            "tracks": {"talk": {"steps": [{"wait": "1 day"}]}},
        }
    )
    async with database.transaction() as session:
        for started in (campaign, campaign.model_copy(update={"campaign": "second"})):
            await campaigns.keep(session, Campaign.model_validate(started.model_dump(by_alias=True)), "", now)
        await people.take_in(session, "Mori", "mori@team.example.com", {people.Role.REP}, now)
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com"), now)
        await enrollments.enroll(session, lead, campaign, now)
    await opened(
        database,
        lead,
        TASK,
        now,
        checklist=("Who decides?", "What matters?"),
        asks=("size", "decides"),
        outcomes=(Outcome.MEETING_SET, Outcome.DECLINED, Outcome.OTHER_PROJECT),
        artefact=True,
        named=True,
    )
    return lead


async def opened(database: Database, lead: UUID, id: UUID, now: datetime, **wants: Any) -> None:
    async with database.transaction() as session:
        await tasks.open_task(
            session,
            id=id,
            lead_id=lead,
            enrollment=1,
            campaign="deal",
            reason="size",
            why="'deal' asks for a human here",
            at=now,
            deadline_at=now + timedelta(hours=4),
            **wants,
        )


RIGHT = (
    "--check",
    "The board",
    "--check",
    "Price",
    "--set",
    "size=large",
    "--set",
    "decides=no",
    "--artefact",
    "https://files.example.com/a",
)


def completing(*options: str, outcome: str = "meeting_set") -> tuple[object, ...]:
    return ("tasks", "complete", TASK, "--as", "Mori", "--outcome", outcome, *options)


async def test_a_task_says_what_its_answer_needs(starter: Starter, ada: UUID) -> None:
    shown = await starter("tasks", "show", "d000")

    for line in (
        "--outcome meeting_set|declined|other_project",
        "1. Who decides?",
        "--set size=small|large",
        "--set decides=yes_no",
        "--artefact",
        str(ada),
    ):
        assert line in shown.out


async def test_what_is_missing_is_named_all_at_once_and_nothing_is_recorded(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter(*completing("--check", "The board", "--set", "size=huge", "--set", "colour=red"))

    assert done.code == 1
    assert done.err.splitlines() == [
        "--check: line 2 is not answered: What matters?",
        "--set colour: is not asked for; asked for are size, decides",
        "--set size: is one of small, large",
        "--artefact: is needed: a link to what was made for this lead",
    ]
    assert await ask("SELECT count(*) FROM tasks WHERE completed_at IS NOT NULL") == [0]


async def test_what_was_learned_travels_and_whoever_completes_it_owns_the_lead(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter(*completing(*RIGHT))

    assert done.code == 0, done.err
    (facts,) = await ask("SELECT facts FROM engagements WHERE kind = 'task_completed'")
    assert facts["learned"] == [["size", "large"], ["decides", False]]
    assert await ask("SELECT answers, artefact FROM tasks") == [(["The board", "Price"], "https://files.example.com/a")]
    assert await ask("SELECT owner FROM leads") == ["Mori"]
    for command in (("tasks", "show", TASK), ("lead", "show", "ada@example.com")):
        assert "Who decides? The board" in " ".join((await starter(*command)).out.split())


async def test_nothing_needs_to_be_made_for_a_lead_that_declined(starter: Starter, ada: UUID) -> None:
    assert (await starter(*completing("--check", "The board", "--check", "Price", outcome="declined"))).code == 0


async def test_another_project_begins_its_campaign_or_nothing_happens(starter: Starter, ask: Ask, ada: UUID) -> None:
    checks = ("--check", "a", "--check", "b")

    for name, said in (("deal", "has this lead already"), ("nowhere", "has not been started")):
        refused = await starter(*completing(*checks, "--campaign", name, outcome="other_project"))
        assert (refused.code, said in refused.err) == (1, True)
    assert await ask("SELECT kind FROM engagements") == ["enrolled"]

    done = await starter(*completing(*checks, "--campaign", "second", outcome="other_project"))
    assert done.code == 0, done.err
    assert await ask("SELECT campaign FROM enrollments ORDER BY number") == ["deal", "second"]


async def test_tasks_for_the_owner_go_to_sales_while_that_rep_is_away(
    starter: Starter, ask: Ask, database: Database, ada: UUID, now: datetime
) -> None:
    owner_is = "SELECT owner FROM tasks WHERE id = :id"
    await starter(*completing(*RIGHT))
    await opened(database, ada, LATER, now, to=Audience.OWNER)
    assert await ask(owner_is, id=LATER) == ["Mori"]

    away = await starter("reps", "away", "Mori", "--until", "2027-03-10", "--json")
    assert away.json == {"rep": "Mori", "until": "2027-03-10", "handed_over": 1}
    assert await ask(owner_is, id=LATER) == ["sales"]
    assert (await starter("reps", "list")).out == "Mori is away until 2027-03-10.\n"

    for number, (days, owner) in enumerate([(8, "sales"), (9, "Mori")]):
        await opened(database, ada, UUID(int=number), now + timedelta(days=days), to=Audience.OWNER)
        assert await ask(owner_is, id=UUID(int=number)) == [owner]

    assert (await starter("reps", "back", "Mori")).out == "Mori is back.\n"
    assert (await starter("reps", "back", "Mori")).out == "Nothing changed: Mori was not away.\n"
    await opened(database, ada, UUID(int=7), now, to=Audience.OWNER)
    assert await ask(owner_is, id=UUID(int=7)) == ["Mori"]


async def test_an_absence_that_cannot_be_right_is_refused(starter: Starter, ask: Ask) -> None:
    for options, said in ((["Mori", "--until", "2027-03-01"], "is not ahead"), ([" ", "--until", "2027-04-01"], "NAME: is a name")):
        done = await starter("reps", "away", *options)
        assert (done.code, said in done.err) == (1, True)
    assert await ask("SELECT count(*) FROM people WHERE away_until IS NOT NULL") == [0]
    assert "knows a rep 'Nobody'" in (await starter("reps", "away", "Nobody", "--until", "2027-04-01")).err


async def test_leads_are_ranked_for_reps_to_work_from_the_top(starter: Starter, database: Database, now: datetime) -> None:
    for name, stage, recent, score in (("ada", "interest", 3, 5), ("bob", "consideration", 9, 9), ("eve", "aware", 0, 12)):
        async with database.transaction() as session:
            lead, _ = await leads.register(session, leads.Person(email=f"{name}@example.com", company=f"{name} Ltd"), now)
            standing = Standing(stage=stage, next_at=now + timedelta(days=3), why="'hello' goes")
            await standings.write(session, lead, Record(no=1, standing=standing))
            for n in range(score):
                at = now - timedelta(days=1 if n < recent else 90)
                await engagements.record(session, lead, Downloaded(at=at, content=f"guide_{n}"))

    shown, as_json = await starter("leads", "rank"), await starter("leads", "rank", "--stages", "interest..consideration", "--json")
    wrong = await starter("leads", "rank", "--stages", "intrest..")

    assert shown.out.index("bob Ltd") < shown.out.index("ada Ltd") < shown.out.index("eve Ltd")
    assert "'hello' goes (in 3 days)" in " ".join(shown.out.split())
    assert [(row["email"], row["recent_score"], row["score"], row["fit"]) for row in as_json.json] == [
        ("bob@example.com", 9, 9, "unknown"),
        ("ada@example.com", 3, 5, "unknown"),
    ]
    assert (wrong.code, wrong.err) == (1, "--stages: there is no stage 'intrest'; did you mean 'interest'?\n")
    assert (await starter("leads", "rank", "--most", "1")).out.endswith("These are the first 1; --most shows more.\n")
