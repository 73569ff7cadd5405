"""Managers read figures of a period and a campaign that they choose, and take them along as files."""

import csv
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from store import tables
from store.database import Database
from store.team.people import Role
from tests.web.conftest import cookie, signed_in

pytestmark = pytest.mark.anyio

MIKA = cookie("Mika")


@pytest.fixture(autouse=True)
async def manager(database: Database, clock: Any) -> None:
    await signed_in(database, clock, "Mika", roles={Role.MARKETING})


async def contract_of(database: Database, clock: Any, company: str) -> None:
    account, lead = uuid4(), uuid4()
    async with database.transaction() as session:
        session.add(tables.Account(id=account, name=company, created_at=clock.at))
        await session.flush()
        session.add(tables.Lead(id=lead, account_id=account, email=f"{lead}@example.com", created_at=clock.at))
        await session.flush()
        session.add(tables.Contract(lead_id=lead, ends_on=date(2025, 3, 20), changed_at=clock.at - timedelta(days=1)))


async def rows_of(visitor: httpx.AsyncClient, name: str) -> list[list[str]]:
    answer = await visitor.get(f"/figures/{name}.csv", headers=MIKA)
    assert answer.status_code == 200
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


async def test_only_who_may_see_figures_sees_them(visitor: httpx.AsyncClient, database: Database, clock: Any) -> None:
    rep = await signed_in(database, clock, "Jon", roles={Role.REP})

    assert [(await visitor.get(path, headers=rep)).status_code for path in ("/figures", "/figures/renewals.csv")] == [403, 403]
    assert (await visitor.get("/figures", headers=MIKA)).status_code == 200


@pytest.mark.parametrize("asked", ["from=2025-02-30", "from=2025-03-02&to=2025-03-01", "from=2020-01-01&to=2025-01-01", "to=x"])
async def test_days_that_make_no_period_are_said_and_the_last_month_is_shown(visitor: httpx.AsyncClient, asked: str) -> None:
    page = (await visitor.get(f"/figures?{asked}", headers=MIKA)).text

    assert "These days make no period" in page
    assert 'value="2025-02-02"' in page
    assert 'value="2025-03-03"' in page


async def test_a_period_is_kept_in_every_link(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/figures?from=2025-01-01&to=2025-02-01&campaign=welcome", headers=MIKA)).text

    assert "These days make no period" not in page
    assert "/figures/funnel.csv?from=2025-01-01&amp;to=2025-02-01&amp;campaign=welcome" in page
    assert "/figures?days=90&amp;campaign=welcome" in page


async def test_there_are_figures_only_of_campaigns_and_tables_that_there_are(visitor: httpx.AsyncClient) -> None:
    paths = ("/figures?campaign=nothing", "/figures/funnel.csv?campaign=nothing", "/figures/nothing.csv")

    assert [(await visitor.get(path, headers=MIKA)).status_code for path in paths] == [404, 404, 404]


async def test_a_file_names_companies_as_they_are_and_carries_out_nothing(
    visitor: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    await contract_of(database, clock, "水沢ポンプ製作所")
    await contract_of(database, clock, '=HYPERLINK("https://example.net")')

    rows = await rows_of(visitor, "renewals")

    assert rows[0] == ["lead", "company", "ends_on", "auto_renews", "state", "owner", "deadline_at"]
    assert {row[1] for row in rows[1:]} == {"水沢ポンプ製作所", '\'=HYPERLINK("https://example.net")'}
    assert {tuple(row[2:5]) for row in rows[1:]} == {("2025-03-20", "False", "unwatched")}


async def test_every_picture_has_its_numbers_as_a_file(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/figures", headers=MIKA)).text

    assert (await rows_of(visitor, "funnel"))[1][:3] == ["unknown", "0", "0"]
    for name in ("funnel", "stays", "handoffs", "renewals", "days", "domains"):
        assert f"/figures/{name}.csv?" in page
        assert len(await rows_of(visitor, name)) >= 1
