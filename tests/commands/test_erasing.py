"""What a person may ask of us: a copy of everything, and that nothing is kept; and who is due to go by itself."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from nurture.profile import Contract
from store.database import Database
from store.erasing import erasure
from store.erasing.stubs import Reason
from store.leads import contracts, leads

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]
SECRET = {"LINK_SECRET": "only for these tests"}


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com", family_name="Lovelace", company="Engines"), now)
    return lead


@pytest.fixture
async def erased(database_url: str, ada: UUID, now: datetime) -> UUID:
    """Ada, whose rows are gone."""
    database = Database(database_url, secret=SECRET["LINK_SECRET"])
    async with database.transaction() as session:
        await erasure.begin(session, ada, reason=Reason.ASKED, by="Operator", now=now)
    async with database.transaction() as session:
        await erasure.forget(session, ada, now)
    await database.close()
    return ada


async def test_everything_that_is_known_goes_into_a_file_that_only_we_may_read(starter: Starter, ada: UUID, tmp_path: Path) -> None:
    file = tmp_path / "ada.json"

    done = await starter("lead", "export", "ada@example.com", "--file", file)
    printed = await starter("lead", "export", ada, "--json")

    assert (done.code, done.out) == (0, f"{file}: 2 rows of 2 tables\n")
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_bytes()) == printed.json
    assert (printed.json["leads"][0]["email"], printed.json["accounts"][0]["name"]) == ("ada@example.com", "Engines")


async def test_an_erasure_is_shown_and_asked_for_before_anything_goes(starter: Starter, ask: Ask, ada: UUID, database: Database) -> None:
    done = await starter("lead", "erase", ada, "--by", "Operator", **SECRET)

    assert done.code == 1
    assert "What will go" in done.out
    assert "leads" in done.out
    assert "Erase this person for good?" in done.err
    assert await ask("SELECT lead_id FROM erasures") == []


async def test_a_contract_is_pointed_out_before_a_customer_goes(starter: Starter, ada: UUID, database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await contracts.write(session, ada, Contract(ends_on=now.date() + timedelta(days=90)), now)

    done = await starter("lead", "erase", ada, "--by", "Operator", **SECRET)

    assert "This is a customer, whose contract ends on 2027-05-30" in done.err


@pytest.mark.parametrize(
    ("words", "changes", "said"),
    [
        (("--by", "Operator", "--json"), SECRET, "with --json nobody can be asked: say --yes"),
        (("--yes",), SECRET | {"USER": None}, "say who does this: --by NAME"),
        (("--yes", "--by", "Operator"), {}, "set ERASURE_SECRET or LINK_SECRET as the worker has it"),
    ],
)
async def test_nobody_is_erased_by_half_a_command(
    starter: Starter, ask: Ask, ada: UUID, words: tuple[str, ...], changes: dict[str, str | None], said: str
) -> None:
    done = await starter("lead", "erase", ada, *words, **({"LINK_SECRET": None} | changes))

    assert done.code != 0
    assert said in " ".join(done.err.split())
    assert await ask("SELECT lead_id FROM erasures") == []


async def test_while_temporal_is_away_an_erasure_begins_and_letters_stop(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter("lead", "erase", "ada@example.com", "--yes", "--by", "Operator", **SECRET)

    assert done.code == 3
    assert "The erasure has begun, and no letter goes any more; a worker finishes it, or run this again." in done.err
    assert await ask("SELECT lead_id FROM erasures WHERE finished_at IS NULL") == [ada]
    assert await ask("SELECT reason FROM suppressions WHERE topic = '*'") == ["erased"]


async def test_what_is_left_is_found_by_the_id_and_by_the_address(starter: Starter, erased: UUID) -> None:
    by_id = await starter("lead", "erased", erased, "--json", **SECRET)
    by_address = await starter("lead", "erased", "Ada@example.com", "--verify", "--json", **SECRET)
    nobody = await starter("lead", "erased", "eve@example.com", **SECRET)

    [stub] = by_id.json["stubs"]
    assert (stub["lead_id"], stub["by"], stub["reason"], stub["went"]) == (str(erased), "Operator", "asked", {"leads": 1, "accounts": 1})
    assert by_address.json == {"stubs": [stub], "named_in": []}
    assert "known" not in stub
    assert (nobody.code, "nobody who was erased had 'eve@example.com'" in nobody.err) == (1, True)


async def test_an_address_that_came_back_by_another_way_is_found(starter: Starter, erased: UUID, ask: Ask, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO people (name, address) VALUES ('Ada', 'ada@example.com')"))

    done = await starter("lead", "erased", "ada@example.com", "--verify", "--json", **SECRET)

    assert (done.code, done.json["named_in"]) == (1, ["people.address"])


async def test_an_import_refuses_the_row_of_somebody_who_was_erased_and_takes_the_others(
    starter: Starter, ask: Ask, erased: UUID, csv: Callable[..., Path]
) -> None:
    file = csv("email,company\nada@example.com,Engines\neve@example.com,Engines\n")

    done = await starter("leads", "import", file, "--json", **SECRET)
    without_secret = await starter("leads", "import", file, LINK_SECRET=None)

    assert (done.json["new"], done.json["refused"]) == (1, 1)
    assert "belongs to somebody who asked to be erased" in done.out
    assert await ask("SELECT email FROM leads") == ["eve@example.com"]
    assert (without_secret.code, "set ERASURE_SECRET or LINK_SECRET" in without_secret.err) == (1, True)


async def test_who_is_due_is_listed_with_the_day_and_nobody_goes(starter: Starter, ask: Ask, ada: UUID, now: datetime) -> None:
    soon = now.replace(year=2030) - timedelta(days=30)

    listed = await starter("retention", "--dry-run", "--json", clock=lambda: soon)
    nobody = await starter("retention", "--dry-run", "--within", "29", clock=lambda: soon)
    longer = await starter("retention", "--dry-run", clock=lambda: soon, RETENTION_YEARS="4")
    wrong = await starter("retention", "--dry-run", RETENTION_YEARS="0")

    [due] = listed.json
    assert (due["lead_id"], due["due_at"]) == (str(ada), "2030-03-01T09:30:00Z")
    assert "Nobody is due within 29 days." in nobody.out
    assert "Nobody is due" in longer.out
    assert (wrong.code, "RETENTION_YEARS is wrong" in wrong.err) == (1, True)
    assert await ask("SELECT count(*) FROM leads") == [1]
