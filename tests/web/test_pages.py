"""The pages that visitors see: in their language, usable without a script, and with nothing from anywhere else."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from settings import Settings
from store.database import Database
from web.app import create_app
from web.formanswers import safe_target
from web.words.english import WORDS as ENGLISH
from web.words.japanese import WORDS as JAPANESE

pytestmark = pytest.mark.anyio


async def test_the_example_page_can_be_filled_in_and_sent(visitor: httpx.AsyncClient, kept: Any, campaign: Any, clock: Any) -> None:
    html = (await visitor.get("/")).text
    clock.at += timedelta(seconds=20)
    download = html[html.index('action="/forms/download"') :].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', download))

    assert campaign.forms["download"].consent in download
    assert "checked" not in download
    answer = await visitor.post("/forms/download", data=hidden | {"email": "ada@example.com", "content": "checklist", "website": ""})
    assert answer.headers["location"] == "/thanks"
    again = await visitor.post("/forms/download", data=hidden | {"email": "ada@example.com", "content": "checklist", "website": ""})
    assert again.status_code == 303
    assert await kept.kinds() == ["enrolled", "downloaded"]


async def test_every_field_that_a_visitor_sees_has_a_label(visitor: httpx.AsyncClient) -> None:
    html = (await visitor.get("/")).text
    seen = re.findall(r'<(?:input|select) id="([^"]+)"', html)

    assert len(seen) == len(set(seen)) == 14
    assert set(re.findall(r'<label for="([^"]+)"', html)) == set(seen)


async def test_pages_speak_the_visitors_language(visitor: httpx.AsyncClient) -> None:
    for accept, language in [("ja", "ja"), ("en-GB,ja;q=0.5", "en"), ("fr;q=1, ja;q=0.3, en;q=0.2", "ja"), ("ja;q=x", "en"), ("", "en")]:
        answer = await visitor.get("/thanks", headers={"Accept-Language": accept})
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["content-language"] == language


async def test_a_page_that_says_one_thing_leads_back(visitor: httpx.AsyncClient) -> None:
    assert '<a href="/">Back to the first page</a>' in (await visitor.get("/nothing")).text


async def test_in_japanese_the_family_name_comes_first(visitor: httpx.AsyncClient) -> None:
    html = (await visitor.get("/", headers={"Accept-Language": "ja"})).text

    assert html.index('id="demo-family_name"') < html.index('id="demo-given_name"')


async def test_nothing_on_a_page_comes_from_elsewhere_or_runs_but_the_script_that_sites_paste(visitor: httpx.AsyncClient) -> None:
    for path, scripts in (("/", 1), ("/guides/planning", 1), ("/thanks", 0), ("/u/x", 0), ("/nothing", 0)):
        html = (await visitor.get(path)).text
        assert not re.search(r'(?:src|href)="(?:https?:)?//|style="|\son\w+="', html)
        assert len(re.findall(r"<script", html)) == len(re.findall(r'<script src="/static/sodate-site.js" integrity="', html)) == scripts
    assert "://" not in (await visitor.get("/static/sodate.css")).text


async def test_the_policy_lets_a_form_go_on_to_the_thanks_page_of_its_campaign(visitor: httpx.AsyncClient) -> None:
    policy = (await visitor.get("/")).headers["content-security-policy"]

    assert "form-action 'self' https://www.example.com;" in policy


async def test_before_any_campaign_the_example_page_says_what_to_do(settings: Settings, database: Database, clock: Any) -> None:
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        answer = await client.get("/")

    assert answer.status_code == 200
    assert "No campaign with forms has been started yet" in answer.text


async def test_the_app_is_alive_while_its_database_is(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_what_is_not_there_is_said_to_programs_and_to_people(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "ja"})
    program = await visitor.get("/nothing", headers={"Accept": "application/json"})

    assert (page.status_code, program.status_code) == (404, 404)
    assert "ページがありません" in page.text
    assert program.json() == {"type": "about:blank", "title": "Not Found", "status": 404}


async def test_programs_can_read_how_forms_are_sent(visitor: httpx.AsyncClient) -> None:
    paths = (await visitor.get("/openapi.json")).json()["paths"]

    assert list(paths) == ["/forms/{form}", "/visits"]
    assert set(paths["/forms/{form}"]["post"]["requestBody"]["content"]) == {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json",
    }


@pytest.mark.parametrize(
    ("thanks", "target"),
    [
        ("", ""),
        ("/danke", "/danke"),
        ("https://www.example.com/thanks?x=1", "https://www.example.com/thanks?x=1"),
        ("http://www.example.com/", ""),
        ("//evil.example.net", ""),
        ("/\\evil.example.net", ""),
        ("javascript:alert(1)", ""),
        ("https:///evil", ""),
        ("/a\r\nSet-Cookie: x=1", ""),
        ("danke", ""),
    ],
)
def test_a_browser_is_sent_only_to_a_path_or_an_https_address(thanks: str, target: str) -> None:
    assert safe_target(thanks) == target


def test_both_languages_say_everything_with_the_same_values() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"{(\w+)}", text))

    assert list(ENGLISH) == list(JAPANESE)
    assert {code: values(text) for code, text in ENGLISH.items()} == {code: values(text) for code, text in JAPANESE.items()}
