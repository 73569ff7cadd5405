"""Programs get in by tokens: each to what its scopes are good for, as long as it stands, and so often in a minute."""

import logging
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text

from settings import Settings
from store.database import Database
from store.tables import ApiToken
from store.team import tokens
from store.team.tokens import Scope
from tests.api.conftest import Program, kind_of
from tests.web.conftest import Clock

pytestmark = pytest.mark.anyio


async def test_without_a_token_nobody_gets_in_and_is_told_how(crm: httpx.AsyncClient) -> None:
    for sent in ("", "Bearer", "Bearer sodate_guess", "Basic bWlrYTpvcGVuLXNlc2FtZQ==", f"Bearer sodate_{'A' * 43}"):
        answer = await crm.get("leads", headers={"Authorization": sent})

        assert kind_of(answer) == (401, "no-token")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_token_is_good_for_its_scopes_and_for_nothing_else(program: Program) -> None:
    forms = await program("forms", Scope.LEADS_WRITE)
    reader = await program("warehouse", Scope.LEADS_READ, Scope.CAMPAIGNS_READ)

    assert (await forms.post("leads", json={"email": "grace@example.com"})).status_code == 201
    assert kind_of(await forms.get("leads")) == (403, "no-scope")
    assert len((await reader.get("leads")).json()["items"]) == 1
    refused = await reader.post("leads", json={"email": "mary@example.com"})
    assert kind_of(refused) == (403, "no-scope")
    assert 'scope="leads:write"' in refused.headers["www-authenticate"]


async def test_who_may_not_look_is_not_told_what_there_is(program: Program) -> None:
    forms = await program("forms", Scope.LEADS_WRITE)
    id = (await forms.post("leads", json={"email": "grace@example.com"})).json()["lead"]["id"]

    there, not_there = await forms.get(f"leads/{id}"), await forms.get("leads/01a202e3-012a-75ab-a94b-62cf02522d49")

    assert kind_of(there) == kind_of(not_there) == (403, "no-scope")


async def test_a_revoked_token_is_refused_at_once(crm: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    assert (await crm.get("leads")).status_code == 200

    async with database.transaction() as session:
        assert await tokens.revoke(session, "crm", "Mika", clock.now())

    assert kind_of(await crm.get("leads")) == (401, "no-token")


async def test_a_token_that_ends_is_refused_from_that_moment_on(program: Program, clock: Clock) -> None:
    visiting = await program("visiting", ends_at=clock.now() + timedelta(days=1))
    clock.at += timedelta(days=1) - timedelta(seconds=1)
    assert (await visiting.get("leads")).status_code == 200

    clock.at += timedelta(seconds=1)

    assert kind_of(await visiting.get("leads")) == (401, "no-token")


async def test_of_a_token_only_a_hash_is_kept_and_its_first_letters(crm: httpx.AsyncClient, database: Database) -> None:
    plain = crm.headers["authorization"].removeprefix("Bearer ")

    async with database.transaction() as session:
        token = (await session.execute(text("SELECT to_jsonb(api_tokens) AS row, prefix FROM api_tokens"))).one()

    assert plain not in str(token.row)
    assert plain.startswith(token.prefix)
    assert len(token.prefix) < len(plain) - 32


async def test_when_a_token_was_last_used_is_known_to_the_minute(crm: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    first = clock.at
    for _ in range(2):
        await crm.get("leads")
        clock.at += timedelta(seconds=59)
    async with database.transaction() as session:
        used_first = await session.scalar(select(ApiToken.used_at))

    await crm.get("leads")

    async with database.transaction() as session:
        used_then = await session.scalar(select(ApiToken.used_at))
    assert (used_first, used_then) == (first, clock.at)


async def test_a_name_stands_once_and_can_be_taken_again_after_it_was_revoked(
    crm: httpx.AsyncClient, program: Program, database: Database, clock: Clock
) -> None:
    with pytest.raises(tokens.WrongToken, match="stands already"):
        await program("crm")

    async with database.transaction() as session:
        await tokens.revoke(session, "crm", "Mika", clock.now())

    assert (await (await program("crm")).get("leads")).status_code == 200
    assert (await crm.get("leads")).status_code == 401


class TestOften:
    """A program that asks too often waits, and the others do not."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"api_requests_per_minute": 3})

    async def test_it_is_told_how_often_it_may_still_ask(self, program: Program) -> None:
        crm, other = await program("crm"), await program("other")

        answers = [await crm.get("leads") for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers] == [f'"token";r={left}' for left in (2, 1, 0, 0)]
        assert answers[0].headers["ratelimit-policy"] == '"token";q=3;w=60'
        assert kind_of(answers[3]) == (429, "too-many")
        assert 0 < int(answers[3].headers["retry-after"]) <= 60
        assert (await other.get("leads")).status_code == 200


async def test_nothing_personal_and_no_token_is_ever_logged(crm: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = crm.headers["authorization"].removeprefix("Bearer ")
    person = {"email": "grace@example.com", "family_name": "Hopper", "phone": "+81 3 1234 5678", "company": "Cobol KK"}
    id = (await crm.post("leads", json=person, headers={"Idempotency-Key": "k"})).json()["lead"]["id"]
    await crm.post("leads", json=person | {"country": "Hopperland"})
    await crm.post("leads/search", json={"email": "grace@example.com"})
    await crm.patch(f"leads/{id}", json={"title": "Hopper \x00"})
    await crm.post("engagements", json={"engagements": [{"lead": "grace@example.com", "kind": "replied"}]})

    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.partition(".")[0] not in ("httpx", "httpcore"))
    for word in (token, "grace@example.com", "Hopper", "1234", "Cobol"):
        assert word not in ours
