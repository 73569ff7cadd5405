"""The starter on what a site pastes, and on where its leads came from."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from nurture.plan.problems import CampaignError
from nurture.reading.language import read_campaign
from store.campaigns import campaigns
from store.database import Database
from store.leads import leads
from store.leads.persons import Person
from store.site import arrivals
from store.site.arrivals import Arrival
from tests.commands.conftest import Starter
from web.sites import INTEGRITY
from web.submissions import LONGEST

pytestmark = pytest.mark.anyio

SCRIPT = Path(__file__).parents[2] / "web" / "static" / "sodate-site.js"

CAMPAIGN = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "rest",
        "fields": {"size": ["small", "large"], "machines": "number", "has_plan": "yes_no"},
        "forms": {
            "guide": {
                "engagement": "downloaded",
                "contents": ["planning_guide", "checklist"],
                "consent": "Yes, write to me & mine.",
                "asks": ["company", "size", "has_plan", "machines"],
            },
            "demo": {"engagement": "demo_requested"},
        },
        "tracks": {"rest": {"steps": []}},
    }
)


async def test_the_few_lines_for_a_form_are_printed_as_they_are_pasted(starter: Starter, database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await campaigns.keep(session, CAMPAIGN, "", now)

    said = await starter("site", "snippet", "guide", "--json", BASE_URL="https://nurture.example.com/")
    form, script = said.json["form"], said.json["script"]

    assert '<form method="post" action="https://nurture.example.com/forms/guide" data-sodate="form" lang="en">' in form
    assert "Yes, write to me &amp; mine." in form
    assert 'name="website"' in form
    assert [name in form for name in ('name="company"', 'name="size"', 'name="has_plan"', 'name="machines"')] == [True, True, True, False]
    assert f'<script src="https://nurture.example.com/static/sodate-site.js" integrity="{INTEGRITY}" crossorigin="anonymous"' in script
    assert "style" not in form + script
    assert said.json["policy"].startswith("script-src https://nurture.example.com; ")
    japanese = await starter("site", "snippet", "demo", "--language", "ja", BASE_URL="https://nurture.example.com")
    assert "会社のメールアドレス" in japanese.out
    assert "checked" not in japanese.out


def test_the_page_for_sites_shows_lines_that_work() -> None:
    page = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    form, policy = page.partition("```html form\n")[2].partition("```")[0], page.partition("```text\n")[2].partition("\n")[0]
    plan = YAML(typ="safe").load(page.partition("```yaml forms\n")[2].partition("```")[0])

    assert set(re.findall(r'name="(\w+)"', form)) <= {*LONGEST, "consent", "website"}
    assert set(re.findall(r'data-sodate="(\w+)"', page)) == set(re.findall(r'data-sodate="(\w+)"', SCRIPT.read_text(encoding="utf-8")))
    assert policy == "; ".join(f"{part} https://nurture.example.com" for part in ("script-src", "connect-src", "form-action"))
    assert Form.model_validate(plan["forms"]["guide"]).asks_for({"size"}) == ("company", "title", "machines")


def test_a_form_that_asks_for_what_nobody_has_planned_is_refused_with_its_line_and_the_fix() -> None:
    file = (
        "campaign: welcome\ntopic: insights\nstart: rest\nfields: {size: [small, large], content: yes_no}\n"
        "forms:\n  news:\n    engagement: subscribed\n    asks: [company, sise, content]\n"
        "tracks:\n  rest:\n    steps:\n      - wait: 1 day\n"
    )

    with pytest.raises(CampaignError) as refused:
        read_campaign(file, "welcome.yaml")

    assert [str(problem) for problem in refused.value.problems] == [
        "welcome.yaml:8: a form cannot ask for 'sise'; did you mean 'size'?",
        "welcome.yaml:8: a form cannot ask for 'content'; it asks for family_name, given_name, company, title, phone, country, size",
    ]


async def test_a_form_that_nobody_has_and_a_site_that_is_nowhere_are_refused(starter: Starter, database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await campaigns.keep(session, CAMPAIGN, "", now)

    unknown = await starter("site", "snippet", "gide", BASE_URL="https://nurture.example.com")
    nowhere = await starter("site", "snippet", "guide", BASE_URL=None)

    assert (unknown.code, nowhere.code) == (1, 1)
    assert "there are: demo, guide" in unknown.err
    assert "BASE_URL is missing" in nowhere.err


async def test_where_leads_came_from_is_counted_first_and_last(starter: Starter, database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        for name in ("ada", "grace", "mary"):
            lead, _ = await leads.register(session, Person(email=f"{name}@example.com"), now)
            if name != "mary":
                fair, news = (Arrival(at=now + timedelta(days=day), source=source).row() for day, source in ((0, "fair"), (1, name)))
                await arrivals.note(session, {lead: (fair, news)})

    assert (await starter("site", "sources", "--json")).json == [
        {"name": "fair", "first": 2, "last": 0, "customers": 0},
        {"name": "", "first": 1, "last": 1, "customers": 0},
        {"name": "ada", "first": 0, "last": 1, "customers": 0},
        {"name": "grace", "first": 0, "last": 1, "customers": 0},
    ]
    assert "fair" in (await starter("site", "sources", "--by", "source")).out
    later = await starter("site", "sources", "--days", "1", clock=lambda: now + timedelta(days=9))
    assert "No lead was taken in" in later.out
