"""A town for each scenario, with people in it; when the scenario is over, its histories are read for anything personal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from local.histories import as_bytes, keep, runs_of
from local.town import Town
from local.town import town as a_town
from nurture.kinds import Fit
from store import tables
from store.persons import Person

HISTORIES = Path(__file__).parents[1] / "workflows" / "histories"


@pytest.fixture
async def town(database_url: str, request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Town]:
    """The production code with time skipped. Run pytest with ``--record`` to keep the histories of every scenario for replay."""
    async with a_town(database_url) as here:
        yield here
        async with here.database.transaction() as session:
            leads = list(await session.scalars(select(tables.Lead)))
            accounts = list(await session.scalars(select(tables.Account.name)))
            free_text = [text for task in await session.scalars(select(tables.Task)) if (text := task.notes)]
        for lead in leads:
            runs = await runs_of(here.client, lead.id)
            personal = {lead.email, lead.given_name, lead.family_name, lead.title, lead.phone, *accounts, *free_text} - {""}
            for run in runs:
                written = as_bytes(run)
                found = [word for word in personal if word.encode() in written or word.encode("ascii", "backslashreplace") in written]
                assert not found, f"personal data in a history of {lead.id}: {found}"
            if request.config.getoption("--record"):
                name = request.node.name.removeprefix("test_")
                keep(HISTORIES, f"{name}-{lead.given_name.lower()}", runs, dict(here.library))


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
