"""Lists come page by page: every row once, whatever comes in meanwhile, and nothing is read row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from nurture.standing import Record, Standing
from store.database import Database
from store.journeys import standings
from store.leads import leads
from tests.api.conftest import kind_of
from tests.web.conftest import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def many(database: Database, clock: Clock) -> list[UUID]:
    async with database.transaction() as session:
        people = [leads.Person(email=f"lead{n:02}@example.com", company=f"Company {n % 3}", segment="odd" * (n % 2)) for n in range(25)]
        return [id for id, _ in await leads.register_all(session, people, clock.now())]


async def pages(client: httpx.AsyncClient, path: str, **query: str) -> list[list[dict[str, str]]]:
    """All pages of a list, by the header that leads from one to the next."""
    answer = await client.get(path, params=query)
    found = [answer.json()["items"]]
    while "next" in answer.links:
        answer = await client.get(f"https://letters.example.com{answer.links['next']['url']}")
        found.append(answer.json()["items"])
    assert answer.json()["next"] is None
    return found


async def test_pages_show_every_lead_once_while_new_ones_come_in(crm: httpx.AsyncClient, many: list[UUID]) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    place = 0
    while cursor is not None:
        page = (await crm.get("leads", params={"limit": 10, "cursor": cursor})).json()
        seen += [lead["id"] for lead in page["items"]]
        cursor = page["next"]
        if place < 2:
            await crm.post("leads", json={"email": f"late{place}@example.com"})
        place += 1

    assert seen[:25] == [str(id) for id in sorted(many)]
    assert len(seen) == len(set(seen)) == 27


async def test_the_last_page_that_is_full_is_the_last(crm: httpx.AsyncClient, many: list[UUID]) -> None:
    assert [len(page) for page in await pages(crm, "leads", limit="5")] == [5] * 5
    assert [len(page) for page in await pages(crm, "leads", limit="10")] == [10, 10, 5]


async def test_filters_go_on_from_page_to_page(crm: httpx.AsyncClient, many: list[UUID], database: Database) -> None:
    async with database.transaction() as session:
        for id in many[:7]:
            await standings.write(session, id, Record(no=1, standing=Standing(stage="interest", next_at=None, why="it waits")))

    interested = await pages(crm, "leads", stage="interest", limit="3")
    odd = await pages(crm, "leads", segment="odd", limit="5")

    assert [len(page) for page in interested] == [3, 3, 1]
    assert {lead["id"] for page in interested for lead in page} == {str(id) for id in many[:7]}
    assert {lead["stage"] for page in interested for lead in page} == {"interest"}
    assert [len(page) for page in odd] == [5, 5, 2]


async def test_a_cursor_is_for_its_own_list_and_cannot_be_made_up(crm: httpx.AsyncClient, many: list[UUID]) -> None:
    cursor = (await crm.get("leads", params={"limit": 10})).json()["next"]
    other = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]

    for path, query in [("leads", {"cursor": cursor, "segment": "odd"}), ("contracts", {"cursor": cursor}), ("leads", {"cursor": other})]:
        assert kind_of(await crm.get(path, params=query)) == (400, "wrong-cursor")


async def test_a_page_of_many_costs_as_few_queries_as_a_page_of_one(crm: httpx.AsyncClient, many: list[UUID]) -> None:
    await crm.get("leads", params={"limit": 1})  # the first request of a minute also notes that the token was used
    with counted() as one:
        await crm.get("leads", params={"limit": 1})
    with counted() as all_of_them:
        await crm.get("leads", params={"limit": 200})

    assert len(one) == len(all_of_them)


async def test_what_a_list_does_not_know_is_refused(crm: httpx.AsyncClient) -> None:
    answer = await crm.get("leads", params={"limit": 201, "stgae": "interest"})

    assert answer.status_code == 422
    assert {error["parameter"] for error in answer.json()["errors"]} == {"limit", "stgae"}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
