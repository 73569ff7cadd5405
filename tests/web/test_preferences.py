"""People choose themselves what they get and how often; only saving changes anything, and what is saved holds at once."""

import asyncio
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from mail.links import preferences_token, unsubscribe_token
from nurture.kinds import Frequency, Refusal
from nurture.plan.campaign import Campaign
from nurture.wishes import AS_USUAL, Wish
from store.campaigns import campaigns
from store.consent import consents, preferences
from store.consent.consents import EVERYTHING
from store.database import Database
from store.leads import leads

pytestmark = pytest.mark.anyio

SATO = "sato@example.co.jp"
TOPICS = ("events", "maintenance")
AS_IT_IS = {"topic.events": "yes", "topic.maintenance": "yes", "frequency": "usual"}


@pytest.fixture
async def lead_id(database: Database, clock: Any) -> UUID:
    """A lead that speaks Japanese and agreed to two topics."""
    async with database.transaction() as session:
        id, _ = await leads.register(session, leads.Person(email=SATO, language="ja", country="JP"), clock.now())
        for topic in TOPICS:
            await consents.give(session, SATO, topic, consents.Basis.BUSINESS_CARD, {"text": "card"}, clock.now())
    return id


@pytest.fixture
def link(settings: Any, lead_id: UUID) -> str:
    return f"/preferences/{preferences_token(settings.link_secret, lead_id, 'maintenance')}"


async def refusals(database: Database) -> list[Refusal | None]:
    async with database.transaction() as session:
        return [await consents.refusal(session, SATO, topic) for topic in TOPICS]


async def wish(database: Database, lead_id: UUID) -> Wish:
    async with database.transaction() as session:
        return await preferences.wish_of(session, lead_id)


async def suppress(database: Database, clock: Any, topic: str, reason: str) -> None:
    async with database.transaction() as session:
        await consents.suppress(session, SATO, topic, reason, clock.now())


def checked(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="radio" name="([\w.-]+)" value="(\w+)" checked>', html))


async def test_looking_at_the_page_changes_nothing(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, lead_id: UUID
) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = await visitor.request(method, link)
        assert answer.status_code == 200

    assert "配信内容と頻度の設定" in answer.text
    assert (answer.headers["content-language"], answer.headers["referrer-policy"]) == ("ja", "no-referrer")
    assert checked(answer.text) == AS_IT_IS
    assert (await refusals(database), await wish(database, lead_id), await kept.kinds()) == ([None, None], AS_USUAL, [])


async def test_saving_the_page_as_it_is_changes_nothing(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, lead_id: UUID
) -> None:
    assert (await visitor.post(link, follow_redirects=True, data=AS_IT_IS)).status_code == 200

    assert (await refusals(database), await wish(database, lead_id), await kept.kinds()) == ([None, None], AS_USUAL, [])


async def test_a_topic_is_refused_alone_however_often_it_is_saved(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str
) -> None:
    said = AS_IT_IS | {"topic.events": "no"}
    first = await visitor.post(link, follow_redirects=True, data=said)
    others = await asyncio.gather(*(visitor.post(link, follow_redirects=True, data=said) for _ in range(4)))

    assert {(answer.status_code, answer.text) for answer in others} == {(200, first.text)}
    assert "「Events」のメールはお届けしません。" in first.text
    assert await refusals(database) == [Refusal.SUPPRESSED, None]
    assert [(e.kind, e.facts.get("topic")) for e in await kept.engagements()] == [("opted_out", "events")]


async def test_the_person_takes_its_own_refusal_back_and_a_new_proof_is_kept(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, settings: Any, lead_id: UUID
) -> None:
    await visitor.post(f"/u/{unsubscribe_token(settings.link_secret, lead_id, 'events')}", data={"List-Unsubscribe": "One-Click"})
    await visitor.post(link, follow_redirects=True, data=AS_IT_IS, headers={"User-Agent": "A Browser"})
    await visitor.post(link, follow_redirects=True, data=AS_IT_IS)

    assert await refusals(database) == [None, None]
    assert [(e.kind, e.facts.get("topic")) for e in await kept.engagements()] == [("opted_out", "events"), ("opted_in", "events")]
    old, new = sorted((c for c in await kept.consents() if c.topic == "events"), key=lambda c: c.withdrawn_at is None)
    assert (old.basis, new.basis) == ("business_card", "opt_in")
    assert (new.evidence["text"], new.evidence["page"], new.evidence["user_agent"]) == ("Events: 受け取る", "/preferences", "A Browser")
    assert [(back["topic"], back["reason"]) for back in new.evidence["taken_back"]] == [("events", "unsubscribed")]


async def test_who_refused_a_second_time_is_heard_a_second_time(visitor: httpx.AsyncClient, kept: Any, link: str) -> None:
    for choice in ("no", "yes", "no"):
        await visitor.post(link, follow_redirects=True, data=AS_IT_IS | {"topic.events": choice})

    assert await kept.kinds() == ["opted_out", "opted_in", "opted_out"]


async def test_everything_can_be_stopped_and_one_topic_alone_be_taken_up_again(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, clock: Any
) -> None:
    stopped = await visitor.post(link, follow_redirects=True, data={"scope": "everything"})
    assert "当社からのメールは、ただいまから一切お送りしません。" in stopped.text
    assert await refusals(database) == [Refusal.SUPPRESSED, Refusal.SUPPRESSED]

    await visitor.post(link, follow_redirects=True, data={"topic.events": "yes", "topic.maintenance": "no"})

    assert await refusals(database) == [None, Refusal.SUPPRESSED]
    async with database.transaction() as session:
        card = consents.Grant(address=SATO, topic="maintenance", basis=consents.Basis.BUSINESS_CARD, evidence={"text": "card"})
        assert await consents.give_all(session, [card], clock.now()) == 0, "a file brings back nobody who stopped everything"


@pytest.mark.parametrize(("topic", "reason"), [(EVERYTHING, "complained"), (EVERYTHING, "bounced")])
async def test_a_complaint_and_a_dead_address_are_for_good_even_after_a_refusal(
    visitor: httpx.AsyncClient, database: Database, link: str, clock: Any, topic: str, reason: str
) -> None:
    await suppress(database, clock, topic, "unsubscribed")
    await suppress(database, clock, topic, reason)

    answer = await visitor.post(link, follow_redirects=True, data=AS_IT_IS)

    assert "このページでは再開できません" in answer.text
    assert "hello@example.com" in answer.text
    assert await refusals(database) == [Refusal.SUPPRESSED, Refusal.SUPPRESSED]


async def test_how_often_is_kept_and_told_once(visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, lead_id: UUID) -> None:
    for _ in range(2):
        answer = await visitor.post(link, follow_redirects=True, data=AS_IT_IS | {"frequency": "monthly"})

    assert "お届けは月に1通までです。" in answer.text
    assert await wish(database, lead_id) == Wish(frequency=Frequency.MONTHLY)
    assert [(e.kind, e.facts["wish"]) for e in await kept.engagements()] == [("frequency_chosen", {"frequency": "monthly"})]


async def test_a_pause_ends_and_then_it_goes_on_as_before(
    visitor: httpx.AsyncClient, database: Database, link: str, lead_id: UUID, clock: Any
) -> None:
    await visitor.post(link, follow_redirects=True, data={"frequency": "monthly"})
    paused = await visitor.post(link, follow_redirects=True, data={"frequency": "pause", "until": "2025-06-02"})

    assert "2025年6月2日(月)より前にはお届けしません。" in paused.text
    assert await wish(database, lead_id) == Wish(frequency=Frequency.MONTHLY, paused_until=date(2025, 6, 2))
    assert checked((await visitor.get(link)).text)["frequency"] == "pause"
    clock.at += timedelta(days=91)
    assert checked((await visitor.get(link)).text)["frequency"] == "monthly"


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("", "配信を再開する日を入力してください。"),
        ("soon", "配信を再開する日を入力してください。"),
        ("2025-03-03", "明日以降の日付を入力してください。"),
        ("2026-03-05", "1年以内の日付を入力してください。"),
    ],
)
async def test_a_pause_without_a_day_that_is_right_changes_nothing_and_says_so(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, until: str, says: str
) -> None:
    answer = await visitor.post(link, follow_redirects=True, data={"topic.events": "no", "frequency": "pause", "until": until})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{until}" aria-invalid="true" aria-describedby="until-wrong"' in answer.text
    assert checked(answer.text) == {"topic.events": "no", "topic.maintenance": "yes", "frequency": "pause"}, (
        "what was chosen is still there"
    )
    assert (await refusals(database), await kept.kinds()) == ([None, None], [])


async def test_what_is_not_said_or_not_theirs_stays_as_it_is(visitor: httpx.AsyncClient, database: Database, kept: Any, link: str) -> None:
    await visitor.post(link, follow_redirects=True, data={"topic.offers": "yes", "topic.events": "perhaps", "frequency": "hourly"})

    assert (await refusals(database), await kept.kinds()) == ([None, None], [])


async def test_topics_have_the_names_that_their_campaign_gives_them(
    visitor: httpx.AsyncClient, database: Database, link: str, clock: Any, campaign: Campaign
) -> None:
    named = campaign.model_copy(update={"topic_names": {"en": "Keeping machines running", "ja": "保全の<コツ>"}})
    named = Campaign.restore("welcome@newer", named.to_json())
    async with database.transaction() as session:
        await campaigns.keep(session, named, "", clock.now())

    assert "<legend>保全の&lt;コツ&gt;</legend>" in (await visitor.get(link)).text


async def test_every_choice_has_a_label_and_stands_under_what_it_is_about(visitor: httpx.AsyncClient, link: str) -> None:
    html = (await visitor.get(link)).text

    assert html.count("<fieldset") == html.count("<legend>") == 3
    assert len(re.findall(r'<label class="choice"><input type="radio"', html)) == html.count('type="radio"') == 7
    assert '<label for="until">' in html
    assert "<script" not in html


async def test_the_page_for_refusing_leads_there(visitor: httpx.AsyncClient, settings: Any, lead_id: UUID, link: str) -> None:
    page = await visitor.get(f"/u/{unsubscribe_token(settings.link_secret, lead_id, 'maintenance')}")

    assert link in page.text


async def test_a_link_of_another_kind_is_not_believed_and_somebody_erased_has_nothing_to_choose(
    visitor: httpx.AsyncClient, settings: Any, kept: Any, lead_id: UUID, link: str
) -> None:
    for token in (unsubscribe_token(settings.link_secret, lead_id, "maintenance"), link[13:-2], "x", "日本"):
        for answer in (
            await visitor.get(f"/preferences/{token}"),
            await visitor.post(f"/preferences/{token}", data={"scope": "everything"}),
        ):
            assert answer.status_code == 404
    gone = f"/preferences/{preferences_token(settings.link_secret, uuid4(), 'maintenance')}"
    for answer in (
        await visitor.get(gone),
        await visitor.post(gone, data=AS_IT_IS),
        await visitor.post(gone, follow_redirects=True, data={"scope": "everything"}),
    ):
        assert (answer.status_code, "There is nothing to choose" in answer.text) == (200, True)
    assert await kept.suppressed_topics() == []
