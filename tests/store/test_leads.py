"""Who is registered: checked, found again, filled up and never overwritten."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.kinds import Fit
from nurture.ourside import ProfileChanged
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from store.database import Database
from store.journeys import enrollments
from store.leads import leads, relaying
from store.leads.leads import Person, WrongPerson
from store.tables import Account, Lead

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("email", "", "is missing"),
        ("email", "ada", "is not a mail address"),
        ("email", "ada@example.com, eve@example.com", "is not a mail address"),
        ("email", "ada@example.com\nBcc: eve@example.com", "has control characters or line breaks"),
        ("family_name", "Love\0lace", "has control characters or line breaks"),
        ("family_name", "Love\u202elace", "has control characters or line breaks"),
        ("company", "x" * 201, "is longer than 200 characters"),
        ("language", "Japanese", "is not a language of two letters like 'ja' or 'en'"),
        ("fit", "great", "is not one of unknown, good, poor"),
        ("segment", "über/alles", "is not one word of up to 48 letters a-z, digits, '-' or '_'"),
        ("country", "Atlantis", "there is no country"),
        ("zone", "Asia/Tokio", "there is no time zone 'Asia/Tokio': write 'Asia/Tokyo'"),
    ],
)
def test_a_wrong_field_is_refused_with_its_reason(field: str, value: str, reason: str) -> None:
    fields: dict[str, Any] = {"email": "ada@example.com", field: value}

    with pytest.raises(WrongPerson) as wrong:
        Person(**fields)

    assert wrong.value.field == field
    assert wrong.value.reason.startswith(reason)


def test_a_person_is_tidied() -> None:
    person = Person(
        email=" Ada@Example.COM ", company=" Analytical \u3000 Engines ", language="ja-JP", country="jp", segment="Large Accounts"
    )

    assert person == Person(email="ada@example.com", company="Analytical Engines", language="ja", country="JP", segment="large-accounts")


async def test_a_known_lead_is_filled_up_but_never_overwritten(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        first = await leads.register(session, Person(email="ada@example.com", family_name="Lovelace"), now)
        again = Person(email="ADA@example.com", family_name="King", given_name="Ada", company="Engines", fit=Fit.GOOD, zone="Asia/Tokyo")
        second = await leads.register(session, again, now)

    assert (first[1], second) == (True, (first[0], False))
    async with database.transaction() as session:
        lead = await leads.find(session, "Ada@Example.com")
        assert lead is not None
        assert (lead.family_name, lead.given_name) == ("Lovelace", "Ada")
        assert leads.profile_of(lead) == Profile(fit=Fit.GOOD, zone="Asia/Tokyo")
        assert leads.name_of(lead) == "Ada Lovelace"
        account = await session.get_one(Account, lead.account_id)
        assert account.name == "Engines"


async def test_a_lead_is_found_by_id_and_address_and_nothing_else(database: Database, registered: Registered) -> None:
    ada = await registered("ada")
    async with database.transaction() as session:
        found = [await leads.find(session, words) for words in (str(ada), "ADA@example.com", "eve@example.com", "ada", "")]

    assert [lead and lead.id for lead in found] == [ada, ada, None, None, None]


async def test_the_same_person_twenty_times_at_once_is_one_lead(database: Database, now: datetime) -> None:
    async def register(number: int) -> tuple[UUID, bool]:
        async with database.transaction() as session:
            return await leads.register(session, Person(email="ada@example.com", company=f"Engines {number % 2}"), now)

    registered = await asyncio.gather(*(register(number) for number in range(20)))

    assert len({lead_id for lead_id, _ in registered}) == 1
    assert sum(new for _, new in registered) == 1


async def test_two_imports_at_once_do_not_block_each_other(database: Database, now: datetime) -> None:
    persons = [Person(email=f"lead{number}@example.com") for number in range(3000)]

    async def load(rows: list[Person]) -> list[tuple[UUID, bool]]:
        async with database.transaction() as session:
            return await leads.register_all(session, rows, now)

    one, other = await asyncio.gather(load(persons), load(persons[::-1]))

    assert [lead_id for lead_id, _ in one] == [lead_id for lead_id, _ in other[::-1]]
    assert sum(new for _, new in one + other) == 3000


async def test_a_file_that_names_somebody_twice_makes_one_lead(database: Database, now: datetime) -> None:
    twice = [
        Person(email="ada@example.com", title="Countess"),
        Person(email="eve@example.com"),
        Person(email="Ada@example.com", given_name="Ada"),
    ]
    async with database.transaction() as session:
        (ada, new), (_, eve_new), (again, new_again) = await leads.register_all(session, twice, now)
        lead = await session.get_one(Lead, ada)

    assert (ada, new, eve_new, new_again) == (again, True, True, False)
    assert (lead.title, lead.given_name) == ("Countess", "Ada")


async def test_the_workflow_hears_of_a_profile_that_is_filled_up(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, eve = await registered("ada"), await registered("eve")
    async with database.transaction() as session:
        await enrollments.enroll(session, ada, welcome, now)
        for name in ("ada", "eve"):
            await leads.register(session, Person(email=f"{name}@example.com", zone="Asia/Tokyo", title="Countess"), now)
            await leads.register(session, Person(email=f"{name}@example.com", phone="+81 3 0000 0000"), now)

    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 10)

    assert eve not in waiting
    assert waiting[ada].engagements[1:] == (ProfileChanged(at=now, seq=2, profile=Profile(zone="Asia/Tokyo")),)


async def test_a_zone_that_only_follows_from_a_country_is_not_taken_without_it(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await leads.register(session, Person(email="ada@example.com", country="US"), now)
        await leads.register(session, Person(email="ada@example.com", country="JP"), now)
        lead = await leads.find(session, "ada@example.com")
        assert lead is not None
        american = (lead.country, lead.zone)
        await leads.register(session, Person(email="ada@example.com", country="JP", zone="America/New_York"), now)
        await session.refresh(lead)

    assert (american, lead.zone) == (("US", ""), "America/New_York")
