"""What other sites may do with our forms, and what keeps programs from filling them in without annoying people."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from nurture.plan.campaign import Campaign
from settings import Settings, SettingsError, read_settings
from store.campaigns import campaigns
from store.database import Database
from tests.conftest import OWN
from web.app import create_app
from web.sites import INTEGRITY

pytestmark = pytest.mark.anyio

ADA = {"email": "ada@example.com", "content": "sensor-guide"}
JSON = {"Accept": "application/json"}
SITE, OTHER = "https://www.example.com", "https://www.example.net"


@pytest.fixture
def settings(database_url: str) -> Settings:
    own = {"database_url": database_url, "form_posts_per_minute": 3, "site_origins": f"{SITE} https://shop.example.com:8443"}
    return Settings.model_validate(OWN | own)


@pytest.fixture
async def open_to_all(settings: Settings, database: Database, clock: Any, campaign: Campaign) -> AsyncIterator[httpx.AsyncClient]:
    """A product that names no sites."""
    app = create_app(settings.model_copy(update={"site_origins": ""}), database, clock.now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://letters.example.com") as client:
        yield client


async def test_a_site_that_is_named_may_post_and_read_the_answer_and_another_may_neither(visitor: httpx.AsyncClient, kept: Any) -> None:
    refused = [
        await visitor.post("/forms/download", data=ADA, headers=JSON | {"Origin": origin})
        for origin in (OTHER, f"{SITE}.example.net", f"{SITE}:8443", "http://www.example.com", "https://shop.example.com")
    ]
    assert [(answer.status_code, answer.headers.get("access-control-allow-origin")) for answer in refused] == [(403, None)] * 5
    assert await kept.leads() == []

    taken = await visitor.post("/forms/download", data=ADA, headers=JSON | {"Origin": SITE})
    assert (taken.status_code, taken.headers["access-control-allow-origin"], taken.headers["vary"]) == (202, SITE, "Origin")
    assert "access-control-allow-credentials" not in taken.headers
    assert "not one of ours" in (await visitor.post("/forms/download", data=ADA, headers={"Origin": OTHER})).text


async def test_a_page_that_does_not_say_where_it_is_may_post_but_not_read(visitor: httpx.AsyncClient) -> None:
    for headers in ({"Origin": "null"}, dict[str, str]()):
        answer = await visitor.post("/forms/download", data=ADA, headers=headers)
        assert (answer.status_code, answer.headers.get("access-control-allow-origin")) == (303, None)


async def test_while_no_site_is_named_forms_come_from_everywhere_and_no_other_site_reads_what_is_answered(
    open_to_all: httpx.AsyncClient,
) -> None:
    answer = await open_to_all.post("/forms/download", data=ADA, headers=JSON | {"Origin": OTHER})

    assert (answer.status_code, answer.headers.get("access-control-allow-origin")) == (202, None)
    assert (await open_to_all.post("/visits", data={"visitor": uuid4().hex, "content": "x"}, headers={"Origin": OTHER})).status_code == 403


async def test_a_browser_that_asks_beforehand_is_told_what_a_site_may_and_of_forms_and_visits_alone(visitor: httpx.AsyncClient) -> None:
    async def asked(path: str, origin: str) -> httpx.Response:
        asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        return await visitor.options(path, headers=asks)

    for path in ("/forms/download", "/forms/download/opened", "/visits", "/visits/forget"):
        allowed = await asked(path, SITE)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, SITE)
        assert "access-control-allow-origin" not in (await asked(path, OTHER)).headers
    assert "access-control-allow-origin" not in (await asked("/inbox", SITE)).headers


async def test_what_is_wrong_is_told_to_the_script_of_a_site_in_the_language_of_its_page(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/forms/download", data=ADA | {"email": "ada", "language": "ja"}, headers=JSON | {"Origin": SITE})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (422, SITE)
    assert "メールアドレスとして使えません" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "wrong", ["www.example.com", "https://www.example.com/", "https://", "https://WWW.example.com", "ftp://example.com", "*"]
)
def test_a_site_that_no_browser_would_name_so_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="SITE_ORIGINS is wrong"):
        read_settings({name.upper(): value for name, value in OWN.items()} | {"SITE_ORIGINS": f"{SITE} {wrong}"})


async def test_the_script_may_be_loaded_by_every_site_and_is_what_its_integrity_says(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/static/sodate-site.js", headers={"Origin": OTHER})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert INTEGRITY in (await visitor.get("/")).text


async def opened(browser: httpx.AsyncClient, form: str = "download", **fields: str) -> dict[str, Any]:
    answer = await browser.post(f"/forms/{form}/opened", data={"language": "en"} | fields, headers=JSON)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


async def test_a_form_that_is_sent_faster_than_a_person_types_is_sent_once_more_and_taken_then(
    visitor: httpx.AsyncClient, kept: Any, clock: Any
) -> None:
    hidden = (await opened(visitor))["hidden"]
    clock.at += timedelta(seconds=1.9)
    fast = await visitor.post("/forms/download", data=ADA | hidden, headers=JSON)
    assert (fast.status_code, [error["code"] for error in fast.json()["errors"]]) == (422, ["too_fast"])
    assert await kept.leads() == []

    again = await visitor.post("/forms/download", data=ADA | hidden | {"opened": fast.json()["opened"]}, headers=JSON)

    assert again.status_code == 202
    assert await kept.kinds() == ["enrolled", "downloaded"]


async def test_a_form_of_the_day_before_yesterday_is_shown_again_with_what_was_typed(
    visitor: httpx.AsyncClient, kept: Any, clock: Any
) -> None:
    hidden = (await opened(visitor))["hidden"]
    clock.at += timedelta(days=2)
    late = await visitor.post("/forms/download", data=ADA | hidden | {"company": "Engines"})
    assert (late.status_code, await kept.leads()) == (422, [])
    assert "Please send it once more" in late.text
    assert 'value="Engines"' in late.text

    filled = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', late.text)) | {"content": "checklist"}
    assert (await visitor.post("/forms/download", data=filled)).status_code == 303
    assert await kept.kinds() == ["enrolled", "downloaded"]


async def test_a_time_that_was_forged_or_is_of_another_form_counts_for_nothing_and_none_is_needed(
    visitor: httpx.AsyncClient, clock: Any
) -> None:
    of_demo = (await opened(visitor, "demo"))["hidden"]["opened"]
    clock.at += timedelta(minutes=1)
    for made_up in (of_demo, (await opened(visitor))["hidden"]["opened"][:-2], "é"):
        answer = await visitor.post("/forms/download", data=ADA | {"opened": made_up}, headers=JSON)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_old")
        clock.at += timedelta(minutes=1)


async def test_the_limit_is_of_one_form_by_one_address(visitor: httpx.AsyncClient) -> None:
    answers = [(await visitor.post("/forms/download", data=ADA, headers=JSON)).status_code for _ in range(4)]
    assert answers == [202, 202, 202, 429]
    assert (await visitor.post("/forms/demo", data=ADA, headers=JSON)).status_code == 202

    unknown = [(await visitor.post(f"/forms/none_{number}", data=ADA, headers=JSON)).status_code for number in range(4)]
    assert unknown == [404, 404, 404, 429]


PROFILING = {
    "campaign": "profiling",
    "topic": "insights",
    "start": "rest",
    "fields": {"size": ["small", "large"], "machines": "number", "has_plan": "yes_no"},
    "forms": {"news": {"engagement": "subscribed", "asks": ["company", "size", "machines", "has_plan", "title"]}},
    "tracks": {"rest": {"steps": [{"wait": "1 day"}]}},
}


async def test_a_form_asks_a_few_fields_at_a_time_and_never_for_what_is_known(
    visitor: httpx.AsyncClient, kept: Any, database: Database, clock: Any
) -> None:
    async with database.transaction() as session:
        await campaigns.keep(session, Campaign.model_validate(PROFILING), "", clock.now())
    number = uuid4().hex

    async def asked() -> list[str]:
        return [field["name"] for field in (await opened(visitor, "news", visitor=number))["fields"]]

    assert await asked() == ["email", "company", "size", "machines"]
    first = {"email": "ada@example.com", "visitor": number, "company": "Engines", "size": "large", "machines": ""}
    assert (await visitor.post("/forms/news", data=first)).status_code == 303
    assert await asked() == ["email", "machines", "has_plan", "title"]
    second = {"email": "ada@example.com", "visitor": number, "machines": "1,200", "has_plan": "no", "title": "Head", "submission": "2"}
    assert (await visitor.post("/forms/news", data=second)).status_code == 303
    assert await asked() == ["email"]

    assert [row.facts["learned"] for row in await kept.engagements() if row.kind == "facts_learned"] == [
        [["size", "large"]],
        [["has_plan", False], ["machines", 1200]],
    ]
    assert [field["name"] for field in (await opened(visitor, "news", visitor=uuid4().hex))["fields"]] == [
        *("email", "company", "size", "machines")
    ]


async def test_a_field_of_the_campaign_that_cannot_be_right_is_named(
    visitor: httpx.AsyncClient, kept: Any, database: Database, clock: Any
) -> None:
    async with database.transaction() as session:
        await campaigns.keep(session, Campaign.model_validate(PROFILING), "", clock.now())
    sent = {"email": "ada@example.com", "size": "huge", "machines": "many", "has_plan": "perhaps"}

    wrong = (await visitor.post("/forms/news", data=sent, headers=JSON)).json()["errors"]
    page = (await visitor.post("/forms/news", data=sent)).text

    assert [(error["field"], error["code"]) for error in wrong] == [("size", "choice"), ("machines", "number"), ("has_plan", "yes_no")]
    assert [f'name="{name}"' in page for name in ("size", "machines", "has_plan", "title")] == [True, True, True, False]
    assert await kept.leads() == []
