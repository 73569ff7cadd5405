"""Somebody who was erased comes back by a form, if that is what they want; nobody can find out by one who was erased."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from nurture.plan.campaign import Campaign
from settings import Settings
from store.database import Database
from store.erasing import erasure
from store.erasing.stubs import Reason
from store.leads import leads
from web.app import create_app

pytestmark = pytest.mark.anyio

ADA = {"email": "Ada@Example.com", "family_name": "Lovelace", "content": "sensor-guide"}


@pytest.fixture
async def visitor(settings: Settings, clock: Any, campaign: Campaign) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, on the site of a product that has erased Ada, who had been written to."""
    database = Database(settings.database_url, secret=settings.erasing_secret)
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com"), clock.now())
        await erasure.begin(session, lead, reason=Reason.ASKED, by="Operator", now=clock.now())
    async with database.transaction() as session:
        await erasure.forget(session, lead, clock.now())
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        yield client
    await database.close()


async def test_a_form_without_a_consent_brings_nobody_back_and_does_not_say_so(visitor: httpx.AsyncClient, kept: Any) -> None:
    answer = await visitor.post("/forms/download", data=ADA)
    to_somebody_else = await visitor.post("/forms/download", data=ADA | {"email": "eve@example.com"})

    assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/thanks", to_somebody_else.text)
    assert [lead.email for lead in await kept.leads()] == ["eve@example.com"]


@pytest.mark.parametrize(
    ("form", "fields"),
    [pytest.param("download", {"consent": "on"}, id="a consent"), pytest.param("demo", {}, id="a wish for an answer")],
)
async def test_who_consents_anew_or_wants_an_answer_is_another_lead(
    visitor: httpx.AsyncClient, kept: Any, form: str, fields: dict[str, str]
) -> None:
    await visitor.post(f"/forms/{form}", data=ADA | fields)

    assert [lead.email for lead in await kept.leads()] == ["ada@example.com"]
    assert await kept.suppressed_topics() == []
