"""Contracts: ends that can be meant, and changes that wait for one another instead of blocking each other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from nurture.profile import Contract
from store.database import Database
from store.leads import contracts
from store.leads.contracts import WrongContract

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]
TODAY = date(2027, 3, 1)


@pytest.mark.parametrize("ends_on", [None, TODAY, date(2028, 3, 31), date(2077, 12, 31)])
def test_an_end_from_today_on_can_be_meant(ends_on: date | None) -> None:
    contracts.check(Contract(ends_on=ends_on), TODAY)


@pytest.mark.parametrize(
    ("ends_on", "code"), [(date(1, 1, 1), "ended"), (date(2027, 2, 28), "ended"), (date(2078, 1, 1), "end_far"), (date.max, "end_far")]
)
def test_an_end_that_is_over_or_beyond_all_contracts_is_refused(ends_on: date, code: str) -> None:
    with pytest.raises(WrongContract) as wrong:
        contracts.check(Contract(ends_on=ends_on), TODAY)

    assert wrong.value.code == code


async def test_today_is_the_customers(database: Database, registered: Registered, now: datetime) -> None:
    tokyo, utc = await registered("tokyo", zone="Asia/Tokyo"), await registered("utc")
    late = now.replace(hour=20)
    async with database.transaction() as session:
        assert await contracts.change(session, utc, Contract(ends_on=late.date()), late) == 1
        with pytest.raises(WrongContract):
            await contracts.change(session, tokyo, Contract(ends_on=late.date()), late)


async def test_many_changes_of_one_contract_at_once_all_count_and_the_last_one_stands(
    database: Database, registered: Registered, now: datetime
) -> None:
    ada = await registered("ada")

    async def change(days: int) -> int | None:
        async with database.transaction() as session:
            return await contracts.change(session, ada, Contract(ends_on=TODAY + timedelta(days=days)), now)

    numbers = await asyncio.gather(*(change(days) for days in range(8)))

    assert sorted(number or 0 for number in numbers) == list(range(1, 9))
    async with database.transaction() as session:
        assert await contracts.of_lead(session, ada) == Contract(ends_on=TODAY + timedelta(days=numbers.index(8)))
