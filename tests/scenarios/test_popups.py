"""Popups on the real site: who comes back or asks itself the same again and again is offered something, once, and nobody else is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from local.town import Town
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.popups import read_popups
from nurture.plan.problems import CampaignError
from nurture.reading.language import read_campaign
from store import tables
from web.app import create_app
from web.popups import popups_of

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
WELCOME = (ROOT / "campaigns" / "welcome.yaml").read_text(encoding="utf-8")
SITE = "https://sodate.example.com"


@dataclass(kw_only=True)
class Browser:
    """A browser whose owner agreed to be known again, on a site with the sample popups."""

    http: httpx.AsyncClient
    town: Town
    number: str = field(default_factory=lambda: uuid4().hex)

    async def look(self, content: str, language: str = "en", headers: dict[str, str] | None = None) -> tuple[str, str]:
        """The text and the form of the popup that a page shows; both empty where it shows none."""
        said = {"visitor": self.number, "content": content, "language": language}
        answer = await self.http.post("/visits", data=said, headers=headers)
        if answer.status_code == 204:
            return "", ""
        offer: dict[str, Any] = answer.json()
        return offer["text"], offer["form"]["name"]

    async def come_back(self, headers: dict[str, str] | None = None) -> list[str]:
        """The forms that are offered to who reads a guide on four days in a row."""
        offered = []
        for guide in ("planning", "spare-parts", "right-time", "planning-board"):
            offered.append((await self.look(guide, headers=headers))[1])
            await self.town.skip(days=1)
        return offered


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[Browser]:
    await town.start(read_campaign(WELCOME, "welcome.yaml"))
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
        yield Browser(http=http, town=town)


@pytest.mark.requirement("S4-113")
async def test_a_visitor_who_returns_several_times_within_a_few_days_is_offered_documents(town: Town, browser: Browser) -> None:
    assert await browser.come_back() == ["", "", "", "download"]

    assert await browser.look("planning") == ("", "")
    sent = {"email": "ada@example.com", "content": "planning_guide", "consent": "yes", "medium": "popup", "visitor": browser.number}
    assert (await browser.http.post("/forms/download", data=sent)).status_code == 303

    async with town.database.transaction() as session:
        engagements = list(await session.scalars(select(tables.Engagement).order_by(tables.Engagement.seq)))
    assert [engagement.kind for engagement in engagements] == [*[Kind.VISITED] * 5, Kind.ENROLLED, Kind.DOWNLOADED]
    assert engagements[-1].details["medium"] == "popup"


async def test_pages_read_in_one_go_or_far_apart_are_no_returning(town: Town, browser: Browser) -> None:
    for minutes in (0, 10, 20, 29):
        await town.skip_to(town.now + timedelta(minutes=minutes))
        assert await browser.look("planning") == ("", "")
    for _ in range(4):
        await town.skip(days=3)
        assert await browser.look("spare-parts") == ("", "")


@pytest.mark.requirement("S4-114")
async def test_a_visitor_who_looks_at_answers_and_prices_repeatedly_is_offered_the_seminar(town: Town, browser: Browser) -> None:
    shown = []
    for content in ("help", "pricing", "help", "pricing"):
        shown.append(await browser.look(content))
        await town.skip_to(town.now + timedelta(minutes=20))

    assert shown[:3] == [("", "")] * 3
    assert shown[3] == ("Still have questions? Ask them at our free online session.", "seminar")


async def test_looking_only_at_prices_or_at_both_only_once_is_not_enough(town: Town, browser: Browser) -> None:
    for content in ("pricing", "pricing", "pricing", "help"):
        assert await browser.look(content) == ("", "")
        await town.skip_to(town.now + timedelta(minutes=20))


async def test_a_popup_is_shown_once_in_thirty_days_and_in_the_language_of_the_page(town: Town, browser: Browser) -> None:
    assert (await browser.come_back())[-1] == "download"
    assert await browser.come_back() == [""] * 4
    await town.skip(days=21)
    assert await browser.come_back() == [""] * 4
    assert (await browser.look("webinar", language="ja")) == ("ご検討中の方へ。資料をお持ち帰りください。", "download")


async def test_who_has_said_who_they_are_is_never_bothered_nor_who_does_not_want_to_be_noticed(town: Town, browser: Browser) -> None:
    for refusal in ({"DNT": "1"}, {"Sec-GPC": "1"}):
        assert await browser.come_back(refusal) == [""] * 4

    await browser.look("pricing")
    await browser.http.post("/forms/demo", data={"email": "ada@example.com", "consent": "yes", "visitor": browser.number})
    await town.skip(days=2)

    assert await browser.come_back() == [""] * 4


async def test_a_page_is_told_which_popup_to_show_and_all_that_its_form_needs(town: Town, browser: Browser) -> None:
    answers = []
    for content in ("help", "pricing", "help", "pricing", "pricing"):
        answers.append(await browser.http.post("/visits", json={"content": content, "visitor": browser.number}))
        await town.skip_to(town.now + timedelta(minutes=20))

    assert [answer.status_code for answer in answers] == [204, 204, 204, 200, 204]
    said: dict[str, Any] = answers[3].json()
    form = said["form"]
    assert (said["popup"], form["action"], form["contents"]) == ("online_seminar", "/forms/seminar", [["webinar", "Webinar"]])
    assert form["consent"] == read_campaign(WELCOME, "welcome.yaml").forms["seminar"].consent
    assert [field["name"] for field in form["fields"] if field["required"]] == ["email"]
    sent = form["hidden"] | {"email": "ada@example.com", "content": "webinar"}
    assert (await browser.http.post(form["action"], data=sent)).status_code == 303


async def test_nothing_is_shown_whose_form_no_campaign_has(town: Town) -> None:
    bare: dict[str, Any] = {"campaign": "welcome", "topic": "insights", "start": "rest", "tracks": {"rest": {"steps": []}}}
    await town.start(Campaign.model_validate(bare))
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
        assert await Browser(http=http, town=town).come_back() == [""] * 4


RIGHT = (ROOT / "campaigns" / "site" / "popups.yaml").read_text(encoding="utf-8")
WRONG = {
    "a misspelt key": ("    form: download", "    from: download", "'from' is not known here; did you mean 'form'?"),
    "no form": ("    form: download\n", "", "'form' is missing here; add 'form: …'"),
    "no length of time": ("within: 5 days", "within: soon", "'soon' is not such a length of time; write it like '5 days'"),
    "a time that is too long": ("within: 5 days", "within: 120 days", "'120 days' is not such a length of time; "),
    "working days of nobody": ("within: 5 days", "within: 5 working days", "'5 working days' is not such a length of time; "),
    "how often in words": ("returns: 3", "returns: often", "'often' is not how often; a whole number from 1 to 20"),
    "two reasons": ("returns: 3", "returns: 3\n    views: {help: 1}", "a popup has one reason to be shown; write either"),
    "no reason": ("    returns: 3\n", "", "a popup has one reason to be shown; write either"),
    "a text that is not translated": (
        "      ja: ご検討中の方へ。資料をお持ち帰りください。\n",
        "",
        "there is no text in the language 'ja'",
    ),
    "a name that comes twice": ("name: online_seminar", "name: document_request", "there is a popup 'document_request' already"),
    "a form that is no name": ("form: seminar", "form: Our seminar", "'Our seminar' is not a name"),
    "views of nothing": ("views: {help: 2, pricing: 2}", "views: {}", "'views' names no content"),
    "no list": ("popups:\n", "popup:\n", "'popup' is not known here; did you mean 'popups'?"),
}
"""What stands in the right file, what is written instead, and what is said."""


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_of_popups_is_refused_with_line_and_fix(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in RIGHT
    file = tmp_path / "popups.yaml"
    file.write_text(RIGHT.replace(right, wrong), encoding="utf-8")

    with pytest.raises(CampaignError) as refused:
        popups_of(str(file))

    assert said in str(refused.value)
    assert all(problem.line for problem in refused.value.problems)


def test_the_line_of_a_wrong_word_is_the_one_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "popups.yaml"
    file.write_text(RIGHT.replace("within: 14 days", "within: soon"), encoding="utf-8")

    with pytest.raises(CampaignError) as refused:
        popups_of(str(file))

    [problem] = refused.value.problems
    assert problem.line == RIGHT[: RIGHT.index("within: 14 days")].count("\n") + 1


def test_the_popups_of_the_guide_are_right() -> None:
    guide = (ROOT / "docs" / "marketing.md").read_text(encoding="utf-8")
    written = guide.partition("```yaml popups\n")[2].partition("```")[0]

    assert [popup.form for popup in read_popups(written, "popups.yaml")] == ["guide", "seminar"]


def test_a_site_without_a_file_has_no_popups_and_the_sample_has_two() -> None:
    assert popups_of("") == ()
    assert [popup.name for popup in popups_of(str(ROOT / "campaigns" / "site" / "popups.yaml"))] == ["document_request", "online_seminar"]
