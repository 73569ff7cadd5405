"""A task that asks for more: a checklist, fields, a link and outcomes of its own, on the page and beside what is wrong."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from nurture.kinds import Audience, Outcome
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments
from store.leads import leads
from store.team.people import Role
from tests.web.conftest import cookie, signed_in

pytestmark = pytest.mark.anyio

MIKA = cookie("Mika")


@pytest.fixture(autouse=True)
async def team(database: Database, clock: Any) -> None:
    await signed_in(database, clock, roles={Role.REP})


SIZING = {"budget": ["small", "large"], "seats": "number", "decides": "yes_no", "starts_on": "date"}


@pytest.fixture
async def task_id(database: Database, clock: Any, campaign: Campaign) -> UUID:
    """A task with a checklist of two lines and four fields, in a campaign that knows these fields."""
    plain: dict[str, Any] = {**campaign.model_dump(by_alias=True), "forms": {}}
    sizing = Campaign.model_validate({**plain, "campaign": "sizing", "fields": SIZING})
    second = Campaign.model_validate({**plain, "campaign": "second"})
    id = uuid4()
    async with database.transaction() as session:
        for started in (sizing, second):
            await campaigns.keep(session, started, "", clock.now())
        lead, _ = await leads.register(
            session, leads.Person(email="sato@example.co.jp", family_name="Sato", company="Sato Pumps"), clock.now()
        )
        await enrollments.enroll(session, lead, sizing, clock.now())
        await tasks.open_task(
            session,
            id=id,
            lead_id=lead,
            enrollment=1,
            campaign="sizing",
            reason="size",
            why="'deal' asks for a human here",
            at=clock.now(),
            deadline_at=clock.now() + timedelta(hours=4),
            to=Audience.LEADER,
            checklist=("Has anything changed?", "What would help?"),
            asks=tuple(SIZING),
            outcomes=(Outcome.MEETING_SET, Outcome.NO_ANSWER, Outcome.OTHER_PROJECT),
            artefact=True,
            named=True,
        )
    return id


ALL = {
    "outcome": "meeting_set",
    "check-1": "A new plant",
    "check-2": "A reference",
    "set-budget": "large",
    "set-seats": "1,200",
    "set-decides": "yes",
    "set-starts_on": "2025-06-01",
    "artefact": "https://files.example.com/case",
}


async def post(visitor: httpx.AsyncClient, task_id: UUID, fields: dict[str, str]) -> httpx.Response:
    page = await visitor.get(f"/inbox/{task_id}", headers=MIKA)
    seal = re.findall(r'name="seal" value="([^"]+)"', page.text)[0]
    parts = {name: (None, value) for name, value in ({"seal": seal} | fields).items()}
    return await visitor.post(f"/inbox/{task_id}/outcome", files=parts, headers=MIKA)


async def test_the_page_asks_for_what_the_task_wants_and_for_nothing_else(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    page = (await visitor.get(f"/inbox/{task_id}", headers=MIKA)).text

    assert re.findall(r'name="outcome" value="(\w+)"', page) == ["meeting_set", "no_answer", "other_project"]
    assert "Has anything changed?" in page
    assert re.search(r'<select id="set-budget" name="set-budget".*?value="large"', page, re.DOTALL)
    assert re.search(r'name="set-seats" type="number"', page)
    assert re.search(r'type="checkbox" name="set-decides"', page)
    assert re.search(r'name="set-starts_on" type="date"', page)
    assert re.search(r'name="artefact" type="url"', page)
    assert re.findall(r'<option value="(second|sizing|welcome)"', page) == ["second", "welcome"], "it is in 'sizing' already"
    assert "leader" in page


async def test_what_was_learned_travels_and_what_was_said_stays(
    visitor: httpx.AsyncClient, database: Database, kept: Any, task_id: UUID
) -> None:
    assert (await post(visitor, task_id, ALL)).status_code == 303

    facts = (await kept.engagements())[-1].facts
    assert facts["learned"] == [["budget", "large"], ["seats", 1200], ["decides", True], ["starts_on", "2025-06-01"]]
    assert not {"A new plant", "A reference", "https://files.example.com/case", "Mika"} & set(map(str, facts.values()))
    (lead,) = await kept.leads()
    assert lead.owner == "Mika"
    page = (await visitor.get(f"/inbox/{task_id}", headers=MIKA)).text
    assert all(said in page for said in ("A new plant", "A reference", 'href="https://files.example.com/case"', "1200"))


@pytest.mark.parametrize(
    ("changed", "field", "text"),
    [
        ({"check-2": " "}, "check-2", "Please answer this line"),
        ({"check-1": "x" * 1001}, "check-1", "at most 1000"),
        ({"set-budget": "huge"}, "set-budget", "small, large"),
        ({"set-seats": "many"}, "set-seats", "whole number"),
        ({"set-starts_on": "soon"}, "set-starts_on", "Please give a date"),
        ({"artefact": ""}, "artefact", "Please give a link"),
        ({"artefact": "javascript:alert(1)"}, "artefact", "begins with https://"),
        ({"outcome": "lost"}, "outcome", "Please choose what came of it"),
        ({"outcome": "other_project", "campaign": "nowhere"}, "campaign", "has not been started"),
        ({"outcome": "other_project", "campaign": "sizing"}, "campaign", "has this lead already"),
    ],
)
async def test_what_is_missing_or_wrong_is_shown_beside_it_and_nothing_is_recorded(
    visitor: httpx.AsyncClient, kept: Any, task_id: UUID, changed: dict[str, str], field: str, text: str
) -> None:
    answer = await post(visitor, task_id, ALL | changed)

    assert answer.status_code == 422
    (beside,) = re.findall(rf'<p class="wrong" id="{field}-wrong">([^<]*)</p>', answer.text)
    assert text in html.unescape(beside)
    assert "A reference" in answer.text or "check-2" in changed, "what was typed is still there"
    assert await kept.kinds() == ["enrolled"]


async def test_everything_that_is_wrong_is_shown_at_once(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    answer = await post(visitor, task_id, {"outcome": "meeting_set", "set-seats": "many"})

    assert re.findall(r'<p class="wrong" id="([\w-]+)-wrong">', answer.text) == ["check-1", "check-2", "set-seats", "artefact"]


async def test_a_box_without_a_tick_says_no_only_where_somebody_answered(visitor: httpx.AsyncClient, kept: Any, task_id: UUID) -> None:
    await post(visitor, task_id, {"outcome": "no_answer", "check-1": "-", "check-2": "-"})

    assert "learned" not in (await kept.engagements())[-1].facts


async def test_another_project_begins_the_campaign_that_is_named(visitor: httpx.AsyncClient, kept: Any, task_id: UUID) -> None:
    answer = await post(visitor, task_id, ALL | {"outcome": "other_project", "campaign": "second", "artefact": ""})

    assert answer.status_code == 303
    assert await kept.kinds() == ["enrolled", "task_completed", "enrolled"]
    assert (await kept.engagements())[-1].facts["campaign"].startswith("second@")
