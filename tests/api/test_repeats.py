"""A change that is sent again under the same key is done once, and answered the same."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from store.database import Database
from store.erasing.holdings import HOLDINGS, subject_of
from store.machines import repeats
from store.tables import ApiAnswer, ApiToken, Lead
from tests.api.conftest import Program, kind_of
from tests.web.conftest import Clock

pytestmark = pytest.mark.anyio

GRACE = {"email": "grace@example.com", "family_name": "Hopper"}


async def test_a_key_used_twice_creates_one_lead_and_answers_the_same(crm: httpx.AsyncClient, kept: Any) -> None:
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}

    first, second = [await crm.post("leads", json=GRACE, headers=key) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(await kept.leads()) == 1


async def test_a_key_is_the_same_with_and_without_quotation_marks(crm: httpx.AsyncClient, ada: UUID, kept: Any) -> None:
    for key in ("k1", '"k1"'):
        await crm.post("engagements", json={"engagements": [{"lead": str(ada), "kind": "replied"}]}, headers={"Idempotency-Key": key})

    assert await kept.kinds() == ["replied"]


async def test_another_request_under_the_same_key_is_a_mistake(crm: httpx.AsyncClient, kept: Any) -> None:
    await crm.post("leads", json=GRACE, headers={"Idempotency-Key": "k1"})

    other = await crm.post("leads", json=GRACE | {"email": "mary@example.com"}, headers={"Idempotency-Key": "k1"})

    assert kind_of(other) == (422, "key-reused")
    assert len(await kept.leads()) == 1


async def test_a_key_that_is_under_way_is_asked_for_again_later(crm: httpx.AsyncClient, database: Database, kept: Any) -> None:
    async with database.transaction() as session:
        token_id = (await session.execute(text("SELECT id FROM api_tokens"))).scalar_one()
        assert await repeats.hold(session, token_id, "k1")

        assert kind_of(await crm.post("leads", json=GRACE, headers={"Idempotency-Key": "k1"})) == (409, "under-way")

    assert (await crm.post("leads", json=GRACE, headers={"Idempotency-Key": "k1"})).status_code == 201


async def test_of_many_at_the_same_time_one_is_done(crm: httpx.AsyncClient, ada: UUID, kept: Any) -> None:
    told = {"engagements": [{"lead": str(ada), "kind": "replied"}]}

    answers = await asyncio.gather(*(crm.post("engagements", json=told, headers={"Idempotency-Key": "k1"}) for _ in range(8)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert await kept.kinds() == ["replied"]


async def test_what_was_refused_leaves_its_key_free(crm: httpx.AsyncClient) -> None:
    refused = await crm.post("leads", json=GRACE | {"country": "XX"}, headers={"Idempotency-Key": "k1"})
    corrected = await crm.post("leads", json=GRACE | {"country": "JP"}, headers={"Idempotency-Key": "k1"})

    assert (refused.status_code, corrected.status_code) == (422, 201)


async def test_a_key_is_a_programs_own(program: Program, ada: UUID, kept: Any) -> None:
    told = {"engagements": [{"lead": str(ada), "kind": "replied"}]}
    for name in ("crm", "shop"):
        await (await program(name)).post("engagements", json=told, headers={"Idempotency-Key": "k1"})

    assert await kept.kinds() == ["replied", "replied"]


async def test_a_key_is_remembered_for_a_day_and_then_swept(
    crm: httpx.AsyncClient, ada: UUID, database: Database, clock: Clock, kept: Any
) -> None:
    told = {"engagements": [{"lead": str(ada), "kind": "replied"}]}
    await crm.post("engagements", json=told, headers={"Idempotency-Key": "k1"})
    clock.at += timedelta(hours=23, minutes=59)
    await crm.post("engagements", json=told, headers={"Idempotency-Key": "k1"})
    assert await kept.kinds() == ["replied"]

    clock.at += timedelta(minutes=1)
    await crm.post("engagements", json=told, headers={"Idempotency-Key": "k1"})
    assert await kept.kinds() == ["replied", "replied"]

    async with database.transaction() as session:
        assert await repeats.sweep(session, clock.now(), 10) == 0
        assert await repeats.sweep(session, clock.now() + repeats.KEPT, 10) == 1


async def test_an_answer_that_is_kept_goes_with_the_person_it_names(crm: httpx.AsyncClient, database: Database) -> None:
    for n, person in enumerate((GRACE, {"email": "mary@example.com"})):
        await crm.post("leads", json=person, headers={"Idempotency-Key": f"k{n}"})
    held = next(holding for holding in HOLDINGS if holding.table is ApiAnswer)

    async with database.transaction() as session:
        grace = (await session.execute(text("SELECT id FROM leads WHERE email = 'grace@example.com'"))).scalar_one()
        subject = await subject_of(session, await session.get_one(Lead, grace))
        rows = list(await session.scalars(ApiAnswer.__table__.select().where(held.rows(subject)).with_only_columns(ApiAnswer.body)))
        tokens = (await session.execute(ApiToken.__table__.select())).all()

    assert len(tokens) == 1
    assert len(rows) == 1
    assert b"grace@example.com" in rows[0]
