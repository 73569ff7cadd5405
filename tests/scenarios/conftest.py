"""A town for each scenario, with people in it; when the scenario is over, its histories are read for anything personal."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from temporalio.client import Client, WorkflowHistory

from local.histories import keep
from local.town import Town
from local.town import town as a_town
from nurture.kinds import Fit
from store import tables
from store.database import Database
from store.leads.persons import Person

NothingPersonal = Callable[[Client, Database], Awaitable[dict[UUID, list[WorkflowHistory]]]]

HISTORIES = Path(__file__).parents[1] / "workflows" / "histories"


@pytest.fixture
def town_settings() -> dict[str, Any]:
    """Settings of the town; a file of scenarios may have others."""
    return {}


@pytest.fixture
async def town(
    database_url: str,
    town_settings: dict[str, Any],
    request: pytest.FixtureRequest,
    nothing_personal: NothingPersonal,
    anyio_backend: str,
) -> AsyncIterator[Town]:
    """The production code with time skipped. Run pytest with ``--record`` to keep the histories of every scenario for replay."""
    async with a_town(database_url, **town_settings) as here:
        yield here
        runs = await nothing_personal(here.client, here.database)
        if request.config.getoption("--record"):
            async with here.database.transaction() as session:
                leads = list(await session.scalars(select(tables.Lead)))
            for lead in leads:
                name = request.node.name.removeprefix("test_")
                keep(HISTORIES, f"{name}-{lead.given_name.lower()}", runs[lead.id], dict(here.library))


@pytest.fixture
def ada() -> Person:
    return Person(
        email="ada.quillfeather@example.com",
        given_name="Ada",
        family_name="Quillfeather",
        company="Quillfeather Pumps Ltd",
        title="Head of Maintenance",
        phone="+44 20 7946 0958",
        language="en",
        country="GB",
        zone="Europe/London",
        fit=Fit.GOOD,
    )


@pytest.fixture
def hanako() -> Person:
    return Person(
        email="hanako.mizusawa@example.co.jp",
        given_name="Hanako",
        family_name="水沢",
        company="水沢ポンプ製作所株式会社",
        title="保全課長",
        language="ja",
        country="JP",
        zone="Asia/Tokyo",
    )
