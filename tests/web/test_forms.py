"""What visitors send arrives: once, whole, with its consent, and whatever else they send does no harm."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from web.words.english import WORDS

pytestmark = pytest.mark.anyio

ADA = {"email": "Ada@Example.com", "family_name": "Lovelace", "given_name": "Ada", "company": "Engines", "content": "sensor-guide"}
JSON = {"Accept": "application/json"}


async def test_a_download_enrolls_the_visitor_and_is_recorded(visitor: httpx.AsyncClient, kept: Any) -> None:
    answer = await visitor.post("/forms/download", data=ADA)

    assert (answer.status_code, answer.headers["location"]) == (303, "/thanks")
    (lead,) = await kept.leads()
    assert (lead.email, lead.family_name, lead.source) == ("ada@example.com", "Lovelace", "form:download")
    assert await kept.kinds() == ["enrolled", "downloaded"]
    assert (await kept.engagements())[1].facts["content"] == "sensor-guide"


async def test_a_demo_request_is_recorded_and_goes_to_the_thanks_page_of_the_campaign(visitor: httpx.AsyncClient, kept: Any) -> None:
    answer = await visitor.post("/forms/demo", data={"email": "ada@example.com", "thanks": "https://evil.example.net"})

    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.example.com/thanks")
    assert await kept.kinds() == ["enrolled", "demo_requested"]


@pytest.mark.requirement("S4-109")
async def test_a_document_a_seminar_and_a_quote_are_taken_each_with_where_the_visitor_came_from(
    visitor: httpx.AsyncClient, kept: Any, database: Database, clock: Any
) -> None:
    forms = {
        "paper": {"engagement": "downloaded", "contents": ["sensor-guide"]},
        "seminar": {"engagement": "attended", "contents": ["spring-seminar", "autumn-seminar"]},
        "quote": {"engagement": "quote_requested", "contents": ["pump"]},
        "newsletter": {"engagement": "subscribed"},
        "trial": {"engagement": "trial_started"},
        "meeting": {"engagement": "meeting_booked"},
    }
    tracks = {"hello": {"steps": [{"wait": "1 day"}]}}
    plan = Campaign.model_validate({"campaign": "site", "topic": "site", "start": "hello", "forms": forms, "tracks": tracks})
    async with database.transaction() as session:
        await campaigns.keep(session, plan, "", clock.now())

    sent: list[tuple[str, dict[str, str]]] = [
        ("paper", {"medium": "fair"}),
        ("seminar", {"content": "spring-seminar", "utm_source": "Trade News"}),
        ("quote", {"utm_source": "network", "medium": "search"}),
        ("newsletter", {"utm_source": "reader@example.com"}),
        ("trial", {"medium": "x" * 300}),
        ("meeting", {}),
    ]
    for form, fields in sent:
        assert (await visitor.post(f"/forms/{form}", data={"email": "ada@example.com"} | fields)).status_code == 303
    assert (await visitor.post("/forms/seminar", json={"email": "ada@example.com"})).status_code == 422

    _, *told = await kept.engagements()
    assert [(row.kind, row.facts.get("content", ""), row.facts.get("medium", ""), row.details.get("medium", "")) for row in told] == [
        ("downloaded", "sensor-guide", "", "fair"),
        ("attended", "spring-seminar", "trade_news", "trade_news"),
        ("quote_requested", "pump", "search", "search"),
        ("subscribed", "", "", ""),
        ("trial_started", "", "", ""),
        ("meeting_booked", "", "", ""),
    ]


async def test_the_medium_of_a_link_stays_while_a_visitor_corrects_the_form(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/forms/download", data=ADA | {"email": "ada", "utm_source": "Trade.News"})

    assert (answer.status_code, 'name="medium" value="trade_news"' in answer.text) == (422, True)


async def test_a_thanks_page_on_a_nameless_scheme_is_not_followed(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/forms/odd", data={"email": "ada@example.com"})).headers["location"] == "/thanks?next=answer"


@pytest.mark.parametrize(
    ("form", "fields", "where", "said"),
    [
        ("download", {"content": "sensor-guide", "consent": "on"}, "/thanks?next=mail", "thanks_mail"),
        ("download", {"content": "sensor-guide"}, "/thanks", "thanks"),
        ("odd", {}, "/thanks?next=answer", "thanks_answer"),
    ],
)
async def test_the_thanks_promise_a_letter_only_where_one_may_go(
    visitor: httpx.AsyncClient, form: str, fields: dict[str, str], where: str, said: str
) -> None:
    browser = await visitor.post(f"/forms/{form}", data={"email": "ada@example.com"} | fields)
    program = await visitor.post(f"/forms/{form}", json={"email": "bob@example.com"} | fields)

    assert (browser.headers["location"], program.json()["text"]) == (where, WORDS[said])
    assert WORDS[said] in (await visitor.get(where)).text


async def test_multipart_and_json_say_the_same_as_a_plain_form(visitor: httpx.AsyncClient, kept: Any) -> None:
    multipart = await visitor.post("/forms/download", files={name: (None, value) for name, value in ADA.items()})
    program = await visitor.post("/forms/download", json=ADA | {"email": "bob@example.com", "consent": True, "phone": None})

    assert multipart.status_code == 303
    assert (program.status_code, program.json()) == (202, {"status": "received", "form": "download", "text": WORDS["thanks_mail"]})
    assert [lead.email for lead in await kept.leads()] == ["ada@example.com", "bob@example.com"]
    assert await kept.kinds() == ["enrolled", "downloaded"] * 2


async def test_a_program_cannot_tell_whether_an_address_is_known(visitor: httpx.AsyncClient, clock: Any) -> None:
    first = await visitor.post("/forms/download", data=ADA, headers=JSON)
    clock.at += timedelta(hours=1)
    again = await visitor.post("/forms/download", data=ADA, headers=JSON)

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (first.status_code, first.json()["status"]) == (202, "received")


async def test_consent_is_kept_with_its_proof_only_when_ticked(visitor: httpx.AsyncClient, kept: Any, campaign: Any) -> None:
    await visitor.post("/forms/download", data=ADA)
    assert await kept.consents() == []

    headers = {"Referer": "https://www.example.com/guide", "User-Agent": "Browser/1"}
    await visitor.post("/forms/download", data=ADA | {"consent": "on"}, headers=headers)

    (consent,) = await kept.consents()
    assert (consent.address, consent.topic, consent.basis) == ("ada@example.com", "maintenance", "opt_in")
    assert consent.evidence == {
        "text": campaign.forms["download"].consent,
        "form": "download",
        "campaign": campaign.ref,
        "page": "https://www.example.com/guide",
        "ip": "127.0.0.1",
        "user_agent": "Browser/1",
    }


async def test_a_form_that_shows_no_text_gives_no_consent(visitor: httpx.AsyncClient, kept: Any) -> None:
    await visitor.post("/forms/odd", data={"email": "ada@example.com", "consent": "yes"})

    assert await kept.consents() == []


async def test_a_submission_with_an_id_counts_once_however_often_it_comes(visitor: httpx.AsyncClient, kept: Any, clock: Any) -> None:
    for _ in range(3):
        answer = await visitor.post("/forms/download", data=ADA | {"submission": "page-1", "consent": "on"})
        assert answer.status_code == 303
        clock.at += timedelta(days=1)

    assert await kept.kinds() == ["enrolled", "downloaded"]
    assert len(await kept.consents()) == 1


async def test_an_id_that_two_visitors_share_hides_neither(visitor: httpx.AsyncClient, kept: Any) -> None:
    for email in ("ada@example.com", "bob@example.com"):
        await visitor.post("/forms/download", data=ADA | {"email": email, "submission": "copied-page"})

    assert await kept.kinds() == ["enrolled", "downloaded"] * 2


async def test_a_double_click_without_an_id_counts_once_across_the_minute(visitor: httpx.AsyncClient, kept: Any, clock: Any) -> None:
    clock.at = clock.at.replace(second=59)
    await visitor.post("/forms/download", data=ADA)
    clock.at += timedelta(seconds=2)
    await visitor.post("/forms/download", data=ADA)
    assert await kept.kinds() == ["enrolled", "downloaded"]

    clock.at += timedelta(hours=1)
    await visitor.post("/forms/download", data=ADA)
    assert await kept.kinds() == ["enrolled", "downloaded", "downloaded"]


async def test_the_same_submission_ten_times_at_once_counts_once(visitor: httpx.AsyncClient, kept: Any) -> None:
    answers = await asyncio.gather(*(visitor.post("/forms/download", data=ADA | {"consent": "on"}) for _ in range(10)))

    assert {answer.status_code for answer in answers} == {303}
    assert await kept.kinds() == ["enrolled", "downloaded"]
    assert len(await kept.leads()) == len(await kept.consents()) == 1


async def test_another_document_in_the_same_minute_counts(visitor: httpx.AsyncClient, kept: Any) -> None:
    for content in ("sensor-guide", "checklist"):
        await visitor.post("/forms/download", data=ADA | {"content": content, "submission": "page-1"})

    assert await kept.kinds() == ["enrolled", "downloaded", "downloaded"]


async def test_bait_that_is_taken_looks_like_success_and_stores_nothing(visitor: httpx.AsyncClient, kept: Any) -> None:
    page = await visitor.post("/forms/download", data=ADA | {"website": "https://spam.example.net"})
    program = await visitor.post("/forms/download", json=ADA | {"website": "x"})

    assert (page.status_code, page.headers["location"], program.status_code) == (303, "/thanks", 202)
    assert await kept.leads() == []


async def test_a_name_in_full_width_signs_and_a_zone_from_the_country_are_understood(visitor: httpx.AsyncClient, kept: Any) -> None:
    sato = ADA | {"email": "ｓａｔｏ＠example.co.jp", "family_name": "佐藤", "country": "jp"}
    await visitor.post("/forms/download", data=sato, headers={"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.5"})

    (lead,) = await kept.leads()
    assert (lead.email, lead.family_name) == ("sato@example.co.jp", "佐藤")
    assert (lead.country, lead.zone, lead.language) == ("JP", "Asia/Tokyo", "ja")


async def test_an_unknown_form_is_said_to_be_unknown(visitor: httpx.AsyncClient, kept: Any) -> None:
    for form in ("nothing", "%00", "../demo", "x" * 200):
        answer = await visitor.post(f"/forms/{form}", data=ADA, headers=JSON)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert await kept.leads() == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "", "missing"),
        ("email", "ada at example.com", "email"),
        ("email", "ada@example.com\r\nBcc: bob@example.com", "control"),
        ("email", ["ada@example.com"], "not_text"),
        ("email", "a" * 300 + "@example.com", "too_long"),
        ("family_name", "Love\x00lace", "control"),
        ("family_name", "Love\nlace", "control"),
        ("family_name", "\ud800", "control"),
        ("family_name", "\u202eecalevoL", "control"),
        ("family_name", "x" * 101, "too_long"),
        ("company", 5, "not_text"),
        ("company", {"a": 1}, "not_text"),
        ("content", "secret-plans", "choice"),
        ("content", "", "choice"),
        ("country", "Japan", "country"),
        ("country", "ZZ", "country"),
        ("language", "日本", "language"),
        ("zone", "Mars/Olympus", "zone"),
        ("submission", "a b", "submission"),
    ],
)
async def test_a_wrong_field_is_refused_by_name_and_stores_nothing(
    visitor: httpx.AsyncClient, kept: Any, field: str, value: Any, code: str
) -> None:
    body = json.dumps(ADA | {field: value})
    answer = await visitor.post("/forms/download", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert await kept.leads() == []


async def test_all_wrong_fields_are_named_at_once(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/forms/download", json={"email": "x", "country": "ZZ"})

    assert [error["field"] for error in answer.json()["errors"]] == ["email", "country", "content"]


async def test_a_browser_gets_the_form_back_with_what_was_typed_and_what_is_wrong(visitor: httpx.AsyncClient) -> None:
    wrong = ADA | {"email": "ada", "family_name": "<script>alert(1)</script>", "consent": "on", "phone": "03", "country": "BR"}
    answer = await visitor.post("/forms/download", data=wrong, headers={"Accept-Language": "ja"})

    assert answer.status_code == 422
    assert "メールアドレスとして使えません" in answer.text
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'aria-describedby="download-email-wrong"' in answer.text
    for kept_of_it in ('value="03"', '<option value="BR" selected>', 'name="consent" value="yes" checked>'):
        assert kept_of_it in answer.text


async def test_a_script_in_a_name_is_kept_as_text(visitor: httpx.AsyncClient, kept: Any) -> None:
    name = '"><script>alert(1)</script>'
    await visitor.post("/forms/download", data=ADA | {"family_name": name})

    assert [lead.family_name for lead in await kept.leads()] == [name]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"email=ada@example.com", 415),
        ("", b"email=ada@example.com", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"[" * 60_000, 400),
        ("application/json", b'{"email": ' + b"9" * 50_000 + b"}", 400),
        ("application/json", b"\xff", 400),
        ("application/x-www-form-urlencoded", b"email=%ff", 400),
        ("application/x-www-form-urlencoded", b"email=\xe4", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 200, 400),
        ("multipart/form-data", b"email", 400),
        ("multipart/form-data; boundary=x", b"junk", 400),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n--x--\r\n', 400),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\xfe\r\n--x--\r\n', 400),
    ],
)
async def test_junk_gets_a_clear_answer(visitor: httpx.AsyncClient, kept: Any, kind: str, body: bytes, status: int) -> None:
    for accept in ("application/json", "text/html"):
        answer = await visitor.post("/forms/download", content=body, headers={"Content-Type": kind, "Accept": accept})
        assert answer.status_code == status
    assert await kept.leads() == []


async def test_looking_at_a_form_address_is_not_a_failure(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/forms/download")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
