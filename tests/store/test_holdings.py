"""Every table and every column is known to be about people or not: nothing that is added later is forgotten when somebody is erased."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from store.database import Database
from store.erasing.holdings import HOLDINGS, NOT_PERSONAL, REFUSALS, Subject
from store.tables import Table

PERSONAL = {holding.name: holding for holding in (*HOLDINGS, REFUSALS)}


def test_every_table_is_about_people_or_says_why_not() -> None:
    assert set(Table.metadata.tables) == set(PERSONAL) | set(NOT_PERSONAL)
    assert set(PERSONAL) & set(NOT_PERSONAL) == set()


@pytest.mark.parametrize("name", sorted(NOT_PERSONAL))
def test_a_column_of_a_table_that_is_not_about_people_is_named_as_such(name: str) -> None:
    assert set(Table.metadata.tables[name].columns.keys()) == set(NOT_PERSONAL[name].columns)
    assert NOT_PERSONAL[name].reason


@pytest.mark.parametrize("name", sorted(name for name, holding in PERSONAL.items() if holding.cleared))
def test_of_rows_that_stay_every_column_is_cleared_or_says_why_it_stays(name: str) -> None:
    holding = PERSONAL[name]

    assert set(Table.metadata.tables[name].columns.keys()) == set(holding.cleared) | set(holding.stays)
    assert set(holding.cleared) & set(holding.stays) == set()
    assert all(holding.stays.values())


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(PERSONAL))
async def test_of_somebody_who_is_not_known_there_are_no_rows(database: Database, name: str) -> None:
    holding = PERSONAL[name]
    nobody = Subject(lead_id=uuid4(), account_id=None, addresses=("nobody@example.com",))

    async with database.transaction() as session:
        rows = (await session.execute(select(Table.metadata.tables[name]).where(holding.rows(nobody)))).all()

    assert rows == []


def test_rows_go_before_those_that_they_stand_on() -> None:
    order = {holding.name: place for place, holding in enumerate(HOLDINGS)}
    wrong = [
        (name, key.column.table.name)
        for name in order
        for key in Table.metadata.tables[name].foreign_keys
        if key.column.table.name in order and name != key.column.table.name and order[name] > order[key.column.table.name]
    ]

    assert wrong == []
