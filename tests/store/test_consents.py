"""Nobody is written to without a ground, and nothing outranks a refusal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from nurture.kinds import Kind, Refusal
from nurture.plan.campaign import Campaign
from store.consent import consents
from store.consent.consents import EVERYTHING, Basis, Grant
from store.database import Database
from store.journeys import enrollments
from store.mail import touches
from store.tables import Consent, Engagement, Suppression

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]

PROOF: dict[str, Any] = {"form": "guide", "text": "Yes, send me news."}


async def test_without_a_consent_nothing_is_sent(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await consents.give(session, "ada@example.com", "news", Basis.OPT_IN, PROOF, now)

        assert await consents.refusal(session, "Ada@Example.com", "news") is None
        assert await consents.refusal(session, "ada@example.com", "offers") is Refusal.NO_CONSENT
        assert await consents.refusal(session, "eve@example.com", "news") is Refusal.NO_CONSENT
        assert await consents.refusal(session, "", "news") is Refusal.NO_ADDRESS


async def test_a_refusal_is_for_its_topic_and_a_complaint_for_all(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        for topic in ("news", "offers"):
            await consents.give(session, "ada@example.com", topic, Basis.OPT_IN, PROOF, now)
        await consents.suppress(session, "ADA@example.com", "news", "unsubscribed", now)
        after_one = [await consents.refusal(session, "ada@example.com", topic) for topic in ("news", "offers")]
        await consents.suppress(session, "ada@example.com", EVERYTHING, "complained", now)
        after_all = [await consents.refusal(session, "ada@example.com", topic) for topic in ("news", "offers", "anything")]

    assert after_one == [Refusal.SUPPRESSED, None]
    assert after_all == [Refusal.SUPPRESSED] * 3


@pytest.mark.parametrize("topic", ["news", EVERYTHING])
async def test_an_import_never_resurrects_a_suppressed_address(database: Database, now: datetime, topic: str) -> None:
    async with database.transaction() as session:
        await consents.suppress(session, "ada@example.com", topic, "unsubscribed", now)
        grants = [Grant(address=f"{n}@example.com", topic="news", basis=Basis.BUSINESS_CARD, evidence=PROOF) for n in ("Ada", "eve")]

        assert await consents.give_all(session, grants, now) == 1
        assert await consents.refusal(session, "ada@example.com", "news") is Refusal.SUPPRESSED
        assert await consents.refusal(session, "eve@example.com", "news") is None
        assert not await consents.give(session, "ada@example.com", "news", Basis.OPT_IN, PROOF, now)


async def test_a_consent_that_was_withdrawn_stays_as_proof(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await consents.give(session, "ada@example.com", "news", Basis.OPT_IN, PROOF, now)
        await consents.suppress(session, "ada@example.com", "news", "unsubscribed", now)
        kept = (await session.scalars(select(Consent))).one()

    assert (kept.evidence, kept.given_at, kept.withdrawn_at) == (PROOF, now, now)


async def test_the_first_proof_counts_and_giving_twice_at_once_keeps_one(database: Database, now: datetime) -> None:
    async def give() -> bool:
        async with database.transaction() as session:
            return await consents.give(session, "ada@example.com", "news", Basis.OPT_IN, PROOF, now)

    assert sum(await asyncio.gather(*(give() for _ in range(8)))) == 1


async def test_a_complaint_takes_the_place_of_the_persons_own_refusal_and_never_the_other_way_round(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        told = [await consents.suppress(session, "ada@example.com", EVERYTHING, reason, now) for reason in ("unsubscribed", "complained")]
        told.append(await consents.suppress(session, "ada@example.com", EVERYTHING, "opted_out", now))
        kept = (await session.scalars(select(Suppression))).one()

    assert (told, kept.reason) == ([True, False, False], "complained")


async def test_whoever_a_letter_was_refused_to_hears_of_a_consent_once_and_only_while_a_campaign_is_under_way(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    waits, over, sent = [await registered(name) for name in ("waits", "over", "sent")]
    async with database.transaction() as session:
        for number, (lead, refusal) in enumerate([(waits, Refusal.NO_CONSENT), (over, Refusal.NO_CONSENT), (sent, Refusal.REJECTED)]):
            await enrollments.enroll(session, lead, welcome, now)
            key = UUID(int=number)
            await touches.claim(
                session, key=key, lead_id=lead, enrollment=1, campaign=welcome.ref, letter="hello", topic="product-news", why="due", at=now
            )
            await touches.refused(session, key, refusal, now)
        await enrollments.keep_endings(session, over, [], 1, now)

    for topic in ("offers", "product-news", "product-news"):
        grants = [Grant(address=f"{n}@example.com", topic=topic, basis=Basis.OPT_IN, evidence=PROOF) for n in ("Waits", "over", "sent")]
        async with database.transaction() as session:
            await consents.give_all(session, grants, now)

    async with database.transaction() as session:
        told = list(await session.scalars(select(Engagement).where(Engagement.kind == Kind.OPTED_IN)))
    assert [(row.lead_id, row.facts["topic"]) for row in told] == [(waits, "product-news")]


async def test_a_suppression_knows_no_address(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await consents.suppress(session, "ada@example.com", EVERYTHING, "bounced", now)
        kept = (await session.scalars(select(Suppression))).one()

    assert "ada" not in f"{kept.address_hash}{kept.topic}{kept.reason}"
    assert kept.address_hash == consents.address_hash(" ADA@example.com")
