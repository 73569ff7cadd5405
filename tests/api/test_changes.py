"""Programs change leads, contracts, tasks and campaigns by the same ways as people, and everything is in the log of changes."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from nurture.kinds import Outcome
from nurture.profile import Contract
from settings import Settings
from store.database import Database
from store.erasing import erasure
from store.erasing.stubs import Reason
from store.leads import contracts, leads
from store.team import tokens
from tests.api.conftest import Program, kind_of, wrong_fields
from tests.web.conftest import Clock
from web.api.faults import PATTERNS
from web.app import create_app

pytestmark = pytest.mark.anyio

Audited = Callable[[], Awaitable[list[tuple[str, str]]]]
OpenTask = Callable[..., Awaitable[UUID]]
NOBODY = "01a202e3-012a-75ab-a94b-62cf02522d49"


async def test_a_lead_comes_with_its_consent_and_is_in_the_log_by_the_name_of_the_token(
    crm: httpx.AsyncClient, kept: Any, audited: Audited
) -> None:
    consent = {"topic": "maintenance", "basis": "opt_in", "text": "Yes, write to me.", "page": "https://www.example.com/fair"}
    person = {"email": "Grace@Example.com", "company": "Cobol KK", "country": "jp", "consent": consent}

    new, again = await crm.post("leads", json=person), await crm.post("leads", json=person | {"title": "Admiral"})

    assert (new.status_code, new.json()["new"], new.json()["consent_kept"]) == (201, True, True)
    assert (again.status_code, again.json()["new"], again.json()["consent_kept"]) == (200, False, False)
    lead = again.json()["lead"]
    assert [lead[name] for name in ("email", "company", "country", "zone", "title")] == [
        "grace@example.com",
        "Cobol KK",
        "JP",
        "Asia/Tokyo",
        "Admiral",
    ]
    assert new.headers["location"] == f"/api/v1/leads/{lead['id']}"
    (grant,) = await kept.consents()
    assert grant.evidence == {"text": "Yes, write to me.", "page": "https://www.example.com/fair", "by": "token crm"}
    assert ("token crm", "leads_imported") in await audited()


async def test_what_is_wrong_with_a_person_is_said_field_by_field_and_nothing_is_kept(crm: httpx.AsyncClient, kept: Any) -> None:
    slips = {"emial": "x", "email": 3, "consent": {"topic": "No Topic", "given_at": "yesterday"}, "fit": "great"}
    found = wrong_fields(await crm.post("leads", json=slips))
    assert set(found) == {"#/emial", "#/email", "#/consent/topic", "#/consent/basis", "#/consent/given_at", "#/fit"}
    assert found["#/emial"] == "is not known here"

    unlikely = await crm.post("leads", json={"email": "grace@example.com", "country": "XX"})
    assert "there is no country 'XX'" in wrong_fields(unlikely)["#/country"]
    tomorrow = {"topic": "maintenance", "basis": "opt_in", "given_at": "2025-03-04T00:00:00Z"}
    early = await crm.post("leads", json={"email": "grace@example.com", "consent": tomorrow})
    assert "in the future" in wrong_fields(early)["#/consent/given_at"]
    assert await kept.leads() == []


async def test_every_wrong_field_is_said_at_once_in_words(crm: httpx.AsyncClient, kept: Any) -> None:
    lead = {"email": "ada at example.com", "country": "Japan", "zone": "Tokyo", "fit": "fine", "title": 7, "consent": {"topic": "No topic"}}
    found = wrong_fields(await crm.post("leads", json=lead))

    assert found["#/email"] == "is a mail address, like ada@example.com"
    assert "write 'JP'" in found["#/country"]
    assert "write 'Asia/Tokyo'" in found["#/zone"]
    assert found["#/fit"] == "is one of 'unknown', 'good' or 'poor'"
    assert found["#/title"] == "is a text, in quotation marks"
    assert found["#/consent/topic"].startswith("is a name")
    assert found["#/consent/basis"] == "is missing"
    assert wrong_fields(await crm.post("leads", json={"email": "ada@example"}))["#/email"] == "is not a mail address"
    assert await kept.leads() == []


async def test_every_pattern_of_the_description_is_said_in_words(crm: httpx.AsyncClient) -> None:
    described = re.findall(r'"pattern":\s*("(?:[^"\\]|\\.)*")', (await crm.get("openapi.json")).text)

    assert {*map(json.loads, described)} == {*PATTERNS}


async def test_whoever_was_erased_is_not_brought_back_by_a_program(settings: Settings, clock: Clock, program: Program, ada: UUID) -> None:
    token = (await program()).headers["authorization"]
    database = Database(settings.database_url, secret=settings.erasing_secret)
    async with database.transaction() as session:
        await erasure.begin(session, ada, reason=Reason.ASKED, by="Mika", now=clock.now())
    async with database.transaction() as session:
        await erasure.forget(session, ada, clock.now())
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com/api/v1/") as client:
        refused = await client.post("leads", json={"email": "ada@example.com"}, headers={"Authorization": token})
        told = {"engagements": [{"lead": "ada@example.com", "kind": "replied"}]}
        unknown = await client.post("engagements", json=told, headers={"Authorization": token})
        gone = await client.get(f"leads/{ada}", headers={"Authorization": token})
    await database.close()

    assert "asked to be erased" in wrong_fields(refused)["#/email"]
    assert [one["status"] for one in unknown.json()["results"]] == [404]
    assert kind_of(gone) == (404, "not-found")


async def test_a_lead_is_found_by_its_address_without_naming_it_in_an_address(crm: httpx.AsyncClient, ada: UUID) -> None:
    found = (await crm.post("leads/search", json={"email": "ADA@example.com"})).json()
    nobody = (await crm.post("leads/search", json={"email": "nobody@example.com"})).json()

    assert ([lead["id"] for lead in found["items"]], nobody["items"]) == ([str(ada)], [])


async def test_a_lead_is_put_right_only_as_long_as_nobody_else_changed_it(crm: httpx.AsyncClient, ada: UUID, audited: Audited) -> None:
    read = await crm.get(f"leads/{ada}")
    seen = {"If-Match": read.headers["etag"]}
    assert (await crm.get(f"leads/{ada}", headers={"If-None-Match": read.headers["etag"]})).status_code == 304

    first = await crm.patch(f"leads/{ada}", json={"title": "Countess", "company": ""}, headers=seen)
    second = await crm.patch(f"leads/{ada}", json={"title": "Programmer"}, headers=seen)

    assert (first.json()["title"], first.json()["company"], first.json()["family_name"]) == ("Countess", "", "Byron")
    assert kind_of(second) == (412, "changed")
    assert (await crm.patch(f"leads/{ada}", json={"title": "Programmer"}, headers={"If-Match": first.headers["etag"]})).status_code == 200
    assert set(wrong_fields(await crm.patch(f"leads/{ada}", json={"email": "other@example.com"}))) == {"#/email"}
    assert (await audited()).count(("token crm", "lead_changed")) == 2


async def test_a_contract_is_written_and_its_workflow_hears_of_it(
    crm: httpx.AsyncClient, ada: UUID, database: Database, kept: Any, audited: Audited
) -> None:
    assert kind_of(await crm.get(f"leads/{ada}/contract")) == (404, "not-found")

    signed = await crm.put(f"leads/{ada}/contract", json={"ends_on": "2026-03-31", "auto_renews": True})
    same = await crm.put(f"leads/{ada}/contract", json={"ends_on": "2026-03-31", "auto_renews": True})

    assert signed.json()["ends_on"] == "2026-03-31"
    assert same.headers["etag"] == signed.headers["etag"]
    async with database.transaction() as session:
        assert await contracts.of_lead(session, ada) == Contract(ends_on=date(2026, 3, 31), auto_renews=True)
    assert await kept.kinds() == ["contract_changed"]
    assert (await audited()).count(("token crm", "contract_changed")) == 1
    late = await crm.put(f"leads/{ada}/contract", json={"ends_on": None}, headers={"If-Match": '"as-it-was"'})
    assert kind_of(late) == (412, "changed")


@pytest.mark.parametrize(
    ("contract", "field", "reason"),
    [
        ({"ends_on": "2025-03-02"}, "#/ends_on", "must not have ended already"),
        ({"ends_on": "2099-01-01"}, "#/ends_on", "within 50 years"),
        ({"ends_on": "31.3.2026"}, "#/ends_on", "a day is written like 2027-03-01"),
        ({"ends_on": None, "auto_renews": True}, "#/auto_renews", "nothing to renew"),
        ({"auto_renews": True}, "#/ends_on", "is missing"),
        ({"ends_on": None, "auto_renews": "yes"}, "#/auto_renews", "is true or false"),
    ],
)
async def test_a_contract_that_cannot_be_is_refused(
    crm: httpx.AsyncClient, ada: UUID, contract: dict[str, Any], field: str, reason: str, kept: Any
) -> None:
    found = wrong_fields(await crm.put(f"leads/{ada}/contract", json=contract))

    assert list(found) == [field]
    assert reason in found[field]
    assert await kept.kinds() == []


async def test_contracts_are_listed_by_when_they_end(crm: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    async with database.transaction() as session:
        for n, ends_on in enumerate((date(2025, 6, 30), date(2025, 9, 30), None)):
            lead_id, _ = await leads.register(session, leads.Person(email=f"customer{n}@example.com"), clock.now())
            await contracts.write(session, lead_id, Contract(ends_on=ends_on), clock.now())

    async def ends(**query: str) -> list[str | None]:
        return [contract["ends_on"] for contract in (await crm.get("contracts", params=query)).json()["items"]]

    assert await ends() == ["2025-06-30", "2025-09-30", None]
    assert await ends(ends_before="2025-09-30") == ["2025-06-30"]
    assert await ends(ends_from="2025-07-01", ends_before="2026-01-01") == ["2025-09-30"]


async def test_of_two_reps_who_take_a_task_at_once_one_gets_it_and_the_other_is_told(
    crm: httpx.AsyncClient, open_task: OpenTask, audited: Audited
) -> None:
    task = await open_task()

    answers = await asyncio.gather(*(crm.post(f"tasks/{task}/claim", json={"by": name}) for name in ("Sato", "Mori")))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    got, told = sorted(answers, key=lambda answer: answer.status_code)
    assert kind_of(told) == (409, "taken")
    assert told.json()["detail"] == f"{got.json()['claimed_by']} has it."
    assert (await audited()).count(("token crm", "task_claimed")) == 1


async def test_a_name_that_is_nobody_neither_takes_nor_answers_a_task(
    crm: httpx.AsyncClient, open_task: OpenTask, audited: Audited
) -> None:
    task = await open_task()

    claimed = await crm.post(f"tasks/{task}/claim", json={"by": "Satoo"})
    answered = await crm.post(f"tasks/{task}/complete", json={"by": "Satoo", "outcome": "lost"})

    assert wrong_fields(claimed) == wrong_fields(answered) == {"#/by": "is nobody of the team who works tasks"}
    assert not {"task_claimed", "task_answered"} & {what for _, what in await audited()}


async def test_a_task_is_answered_once_and_the_same_answer_again_changes_nothing(
    crm: httpx.AsyncClient, open_task: OpenTask, kept: Any, audited: Audited
) -> None:
    task = await open_task()
    answer = {"by": "Sato", "outcome": "not_now", "until": "2025-06-01", "notes": "after the summer"}
    seen = (await crm.get(f"tasks/{task}")).headers["etag"]

    first = await crm.post(f"tasks/{task}/complete", json=answer, headers={"If-Match": seen})
    again = await crm.post(f"tasks/{task}/complete", json=answer)
    other = await crm.post(f"tasks/{task}/complete", json=answer | {"outcome": "lost", "until": None})
    late = await crm.post(f"tasks/{task}/claim", json={"by": "Mori"})

    assert (first.status_code, first.json()["outcome"], again.status_code) == (200, "not_now", 200)
    assert kind_of(other) == kind_of(late) == (409, "closed")
    assert await kept.kinds() == ["task_completed"]
    assert (await audited()).count(("token crm", "task_answered")) == 1
    assert [task["id"] for task in (await crm.get("tasks")).json()["items"]] == []
    assert [task["completed_by"] for task in (await crm.get("tasks", params={"state": "closed"})).json()["items"]] == ["Sato"]


async def test_what_an_answer_lacks_is_said_where_it_belongs(crm: httpx.AsyncClient, open_task: OpenTask) -> None:
    task = await open_task(checklist=["Who decides?", "By when?"], outcomes=[Outcome.WON, Outcome.OTHER_CONTACT], artefact=True)
    won = {"by": "Sato", "outcome": "won", "checks": ["she does"], "learned": {"budget": True}}

    found = wrong_fields(await crm.post(f"tasks/{task}/complete", json=won))
    contact = {"by": "Sato", "outcome": "other_contact", "other_contact": {"email": "not-an-address"}}
    wrong_contact = wrong_fields(await crm.post(f"tasks/{task}/complete", json=contact))

    assert set(found) == {"#/checks/1", "#/learned/budget", "#/contract", "#/artefact"}
    assert set(wrong_contact) == {"#/other_contact/email"}


async def test_a_rep_wins_a_customer_and_the_contract_stands(crm: httpx.AsyncClient, open_task: OpenTask, ada: UUID) -> None:
    task = await open_task()

    won = {"by": "Sato", "outcome": "won", "contract": {"ends_on": "2026-02-28", "auto_renews": False}}
    assert (await crm.post(f"tasks/{task}/complete", json=won)).status_code == 200

    assert (await crm.get(f"leads/{ada}/contract")).json()["ends_on"] == "2026-02-28"


async def test_leads_begin_a_campaign_and_its_letters_can_be_stopped(
    crm: httpx.AsyncClient, ada: UUID, kept: Any, audited: Audited
) -> None:
    came_in = (await crm.post("campaigns/welcome/leads", json={"lead_ids": [str(ada), NOBODY]})).json()
    again = (await crm.post("campaigns/welcome/leads", json={"lead_ids": [str(ada)]})).json()
    assert (came_in, again) == ({"enrolled": 1, "unknown": [NOBODY]}, {"enrolled": 0, "unknown": []})
    assert await kept.kinds() == ["enrolled"]

    stopped = [(await crm.post("campaigns/welcome/stop", json={"because": "a fair"})).json() for _ in range(2)]
    seen = (await crm.get("campaigns")).json()["items"]
    resumed = [(await crm.post("campaigns/welcome/resume")).json() for _ in range(2)]

    assert [one["changed"] for one in stopped + resumed] == [True, False, True, False]
    assert [(one["name"], one["leads"], one["stopped"]) for one in seen] == [("welcome", 1, True)]
    one = (await crm.get("campaigns/welcome")).json()
    assert (one["tracks"], one["stopped"], [place["leads"] for place in one["under_way"]]) == (["hello"], False, [1])
    assert {what for _, what in await audited()} >= {"lead_enrolled", "campaign_held", "campaign_resumed"}


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("GET", f"leads/{NOBODY}", None),
        ("GET", "leads/nobody", None),
        ("GET", f"leads/{NOBODY}/engagements", None),
        ("PATCH", f"leads/{NOBODY}", {"title": "x"}),
        ("PUT", f"leads/{NOBODY}/contract", {"ends_on": None}),
        ("GET", f"tasks/{NOBODY}", None),
        ("POST", f"tasks/{NOBODY}/claim", {"by": "Sato"}),
        ("POST", f"tasks/{NOBODY}/complete", {"by": "Sato", "outcome": "lost"}),
        ("GET", "campaigns/nothing", None),
        ("GET", "campaigns/%00", None),
        ("POST", "campaigns/nothing/leads", {"lead_ids": [NOBODY]}),
        ("GET", "nothing", None),
    ],
)
async def test_what_is_not_there_is_not_found(crm: httpx.AsyncClient, verb: str, path: str, body: Any) -> None:
    assert kind_of(await crm.request(verb, path, json=body)) == (404, "not-found")


async def test_bodies_that_cannot_be_read_are_told_apart(crm: httpx.AsyncClient) -> None:
    json = {"Content-Type": "application/json"}

    assert kind_of(await crm.post("leads", content=b"{", headers=json)) == (400, "unreadable")
    assert kind_of(await crm.post("leads", content=b"email=a@example.com", headers={"Content-Type": "text/plain"})) == (415, "not-json")
    assert kind_of(await crm.post("leads", content=b" " * 1_048_577, headers=json)) == (413, "too-large")
    wrong_verb = await crm.delete("leads")
    assert kind_of(wrong_verb) == (405, "not-allowed")
    assert set(wrong_verb.headers["allow"].replace(" ", "").split(",")) & {"GET", "POST"}


async def test_while_the_database_is_away_programs_are_told_to_come_again(settings: Settings, clock: Clock) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    transport = httpx.ASGITransport(create_app(settings, away, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com/api/v1/") as client:
        answer = await client.get("leads", headers={"Authorization": f"Bearer {tokens.SIGN}{'A' * 43}"})
    await away.close()

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
