"""The send itself asks for the ground to write, on every attempt, and nothing goes where it cannot be told that there is one."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from temporalio.exceptions import ApplicationError

from mail.templates import HOUSE
from nurture.actions import Receipt, Status
from nurture.confirming import CONFIRM
from nurture.kinds import Frequency, Refusal
from nurture.leadside import OptedIn
from nurture.plan.campaign import Campaign
from nurture.plan.spans import Span
from nurture.wishes import Wish
from store import tables
from store.campaigns import campaigns
from store.consent import confirmations, consents, preferences
from store.consent.consents import EVERYTHING
from store.leads import engagements, leads
from store.mail import touches
from tests.activities.conftest import CAMPAIGN, NOW, Desk

pytestmark = pytest.mark.anyio

TEMPLATES = Path(__file__).resolve().parents[2] / "email_templates"
CAREFUL = CAMPAIGN.model_copy(update={"double_opt_in": Span.parse("7 days")})
CAREFUL = Campaign.restore(f"welcome@{'c' * 16}", CAREFUL.to_json())


@pytest.fixture
async def office(open_post_office: Any) -> Any:
    return await open_post_office()


@pytest.fixture
async def desk(office: Any, open_desk: Any, folder: Path) -> Desk:
    shutil.copytree(TEMPLATES / HOUSE, folder / HOUSE)
    desk: Desk = await open_desk(office.url)
    async with desk.database.transaction() as session:
        await campaigns.keep(session, CAREFUL, "", NOW)
    return desk


def refused(reason: Refusal) -> Receipt:
    return Receipt(status=Status.REFUSED, reason=reason)


async def wishes(desk: Desk, lead: UUID, wish: Wish) -> None:
    async with desk.database.transaction() as session:
        row = await session.get_one(tables.Lead, lead)
        await preferences.choose(session, row, "news", {}, wish, lambda topic: {}, NOW)


@pytest.mark.parametrize("topic", ["news", EVERYTHING])
async def test_a_refusal_between_two_attempts_holds_for_the_second(open_post_office: Any, open_desk: Any, topic: str) -> None:
    office = await open_post_office(answers={"receipt": "451 4.3.0 later"})
    desk = await open_desk(office.url)
    ada = await desk.lead("ada")
    with pytest.raises(ApplicationError):
        await desk.send(ada)
    office.answers.clear()
    tried = len(office.received)
    async with desk.database.transaction() as session:
        await consents.suppress(session, "ada@example.com", topic, "unsubscribed", NOW)

    assert await desk.send(ada, later=timedelta(minutes=5)) == refused(Refusal.SUPPRESSED)
    assert len(office.received) == tried


async def test_a_refusal_of_one_topic_leaves_the_others_alone(desk: Desk, office: Any) -> None:
    ada = await desk.lead("ada")
    async with desk.database.transaction() as session:
        await consents.suppress(session, "ada@example.com", "offers", "unsubscribed", NOW)

    assert await desk.send(ada) == Receipt()
    assert len(office.received) == 1


@pytest.mark.parametrize("table", ["suppressions", "consents", "preferences"])
async def test_where_it_cannot_be_told_nothing_goes(desk: Desk, office: Any, table: str) -> None:
    ada = await desk.lead("ada")
    async with desk.database.transaction() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO gone"))

    with pytest.raises(ProgrammingError):
        await desk.send(ada)
    assert office.received == []
    async with desk.database.transaction() as session:
        await session.execute(text(f"ALTER TABLE gone RENAME TO {table}"))
    assert await desk.send(ada) == Receipt()


async def test_a_consent_belongs_to_the_address_and_two_people_of_one_name_stay_two(desk: Desk, office: Any) -> None:
    same: dict[str, Any] = {"family_name": "Sato", "given_name": "Hana", "company": "Sato Pumps", "title": "Head", "phone": "03-0000-0000"}
    async with desk.database.transaction() as session:
        people = [leads.Person(email=f"{name}@example.com", language="en", **same) for name in ("hana", "h.sato")]
        (one, _), (other, _) = await leads.register_all(session, people, NOW)
        for name in ("hana", "h.sato"):
            await consents.give(session, f"{name}@example.com", "news", consents.Basis.OPT_IN, {"text": "Yes."}, NOW)
        await consents.suppress(session, "h.sato@example.com", EVERYTHING, "unsubscribed", NOW)

    assert one != other
    assert await desk.send(other) == refused(Refusal.SUPPRESSED)
    assert await desk.send(one) == Receipt()
    assert [envelope.rcpt_tos for envelope in office.received] == [["hana@example.com"]]


@pytest.mark.parametrize(
    ("wish", "until"),
    [
        (Wish(paused_until=date(2027, 5, 1)), NOW.replace(month=5, day=1, hour=0)),
        (Wish(frequency=Frequency.MONTHLY), NOW + timedelta(days=20)),
    ],
    ids=["pause", "monthly"],
)
async def test_what_a_lead_chose_holds_inside_the_send_whatever_was_decided(desk: Desk, office: Any, wish: Wish, until: Any) -> None:
    ada = await desk.lead("ada")
    await wishes(desk, ada, wish)
    async with desk.database.transaction() as session:
        before: dict[str, Any] = {"lead_id": ada, "enrollment": 1, "campaign": CAMPAIGN.ref, "letter": "old", "topic": "news", "why": "due"}
        for number, days in ((1, 40), (2, 10)):
            await touches.claim(session, key=UUID(int=number), at=NOW, **before)
            await touches.sent(session, UUID(int=number), "", NOW - timedelta(days=days))
        seen = await engagements.latest_seq(session, ada)

    assert await desk.send(ada, seen=seen) == Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=until)
    assert office.received == []


class Asked:
    """Somebody who sent a form of a campaign that wants the consent confirmed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def ask(self) -> UUID:
        async with self.desk.database.transaction() as session:
            self.lead, _ = await leads.register(session, leads.Person(email="eve@example.com", language="ja"), NOW)
            assert await confirmations.ask(session, self.lead, CAREFUL, {"text": "Yes."}, NOW)
            return (await session.scalars(select(tables.Confirmation.id))).one()

    async def send(self, id: UUID, **otherwise: Any) -> Receipt:
        async with self.desk.database.transaction() as session:
            seen = await engagements.latest_seq(session, self.lead)
        said: dict[str, Any] = {
            "enrollment": 0,
            "visit": 0,
            "step": CONFIRM,
            "campaign": CAREFUL.ref,
            "letter": CONFIRM,
            "confirms": id,
            "seen": seen,
        }
        return await self.desk.send(self.lead, **(said | otherwise))


@pytest.fixture
def asked(desk: Desk) -> Asked:
    return Asked(desk)


async def test_the_letter_that_asks_goes_without_a_consent_once_and_in_the_leads_language(asked: Asked, office: Any, desk: Desk) -> None:
    id = await asked.ask()

    assert [await asked.send(id), await asked.send(id)] == [Receipt(), Receipt()]
    [envelope] = office.received
    row = await desk.row(asked.lead)
    assert (envelope.rcpt_tos, row.language, row.letter, row.confirms) == (["eve@example.com"], "ja", CONFIRM, id)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in envelope.content
    async with desk.database.transaction() as session:
        assert await touches.latest_sent(session, asked.lead, 5) == [], "no cap counts it"


async def test_the_letter_that_asks_does_not_open_the_way_for_another(asked: Asked, desk: Desk, office: Any) -> None:
    id = await asked.ask()
    await asked.send(id)

    assert await asked.send(id, enrollment=1, visit=1, step="1", letter="hello", confirms=None) == refused(Refusal.NO_CONSENT)
    assert len(office.received) == 1


@pytest.mark.parametrize("meanwhile", ["refused", "confirmed", "too late", "moved", "unknown"])
async def test_it_does_not_go_where_there_is_nothing_to_ask_any_more(asked: Asked, desk: Desk, office: Any, meanwhile: str) -> None:
    id = await asked.ask()
    async with desk.database.transaction() as session:
        match meanwhile:
            case "refused":
                await consents.suppress(session, "eve@example.com", EVERYTHING, "unsubscribed", NOW)
            case "confirmed":
                await confirmations.confirm(session, id, {}, NOW)
            case "too late":
                await session.execute(text("UPDATE confirmations SET expires_at = :at"), {"at": NOW})
            case "moved":
                await session.execute(text("UPDATE leads SET email = 'other@example.com'"))
            case _:
                id = UUID(int=5)

    expected = Refusal.SUPPRESSED if meanwhile == "refused" else Refusal.NO_CONSENT
    assert await asked.send(id) == refused(expected)
    assert office.received == []


async def test_nobody_is_asked_who_has_a_consent_in_force_by_now(asked: Asked, desk: Desk, office: Any) -> None:
    id = await asked.ask()
    async with desk.database.transaction() as session:
        await consents.give(session, "eve@example.com", "news", consents.Basis.BUSINESS_CARD, {"text": "card"}, NOW)
        await engagements.record(session, asked.lead, OptedIn(at=NOW, topic="news"))

    assert await asked.send(id) == refused(Refusal.NO_CONSENT)
    assert office.received == []
