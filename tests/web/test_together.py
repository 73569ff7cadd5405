"""What comes in at the same time is stored together, and read once: nobody is kept back by another, and nobody reads what is old."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from store.database import Database
from web.together import Shared, Together

pytestmark = pytest.mark.anyio


class Shelf:
    """Stores words, but never the word ``poison``; each transaction waits until it is let go on."""

    def __init__(self) -> None:
        self.stored: list[list[str]] = []
        self.go_on = asyncio.Event()

    async def store(self, words: Sequence[str]) -> None:
        await self.go_on.wait()
        if "poison" in words:
            raise IntegrityError("poison", None, Exception())
        self.stored.append(list(words))


async def test_what_comes_while_another_is_stored_goes_together_with_the_next() -> None:
    shelf = Shelf()
    together = Together(shelf.store)
    waiting = [asyncio.create_task(together.add(word)) for word in ("a", "b", "c", "d")]
    await asyncio.sleep(0)
    shelf.go_on.set()

    await asyncio.gather(*waiting)

    assert sorted(word for words in shelf.stored for word in words) == ["a", "b", "c", "d"]
    assert len(shelf.stored) < 4


async def test_what_cannot_be_stored_keeps_nobody_else_back() -> None:
    shelf = Shelf()
    together = Together(shelf.store)
    waiting = [asyncio.create_task(together.add(word)) for word in ("a", "b", "poison", "c")]
    await asyncio.sleep(0)
    shelf.go_on.set()

    ended = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(one) for one in ended] == [type(None), type(None), IntegrityError, type(None)]
    assert sorted(word for words in shelf.stored for word in words) == ["a", "b", "c"]


async def test_two_of_one_key_are_never_in_one_transaction_and_keep_their_order() -> None:
    shelf = Shelf()
    together = Together(shelf.store, key=lambda word: word[0])
    waiting = [asyncio.create_task(together.add(word)) for word in ("a1", "b1", "a2", "b2", "a3")]
    await asyncio.sleep(0)
    shelf.go_on.set()

    await asyncio.gather(*waiting)

    assert all(len({word[0] for word in words}) == len(words) for words in shelf.stored)
    assert [word for words in shelf.stored for word in words if word[0] == "a"] == ["a1", "a2", "a3"]


async def test_who_asks_while_it_is_read_gets_what_was_read_afterwards() -> None:
    now, read = ["old"], list[str]()
    go_on = asyncio.Event()

    async def look() -> str:
        found = now[0]
        await go_on.wait()
        read.append(found)
        return found

    shared = Shared(look)
    first = asyncio.create_task(shared.get())
    await asyncio.sleep(0)
    now[0] = "new"
    others = [asyncio.create_task(shared.get()) for _ in range(5)]
    await asyncio.sleep(0)
    go_on.set()

    assert [await first, *await asyncio.gather(*others)] == ["old", *["new"] * 5]
    assert read == ["old", "new"]


async def test_of_many_forms_at_once_each_is_stored_with_its_own_and_one_that_fails_harms_no_other(
    visitor: httpx.AsyncClient, kept: Any, database: Database
) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE leads ADD CONSTRAINT trap CHECK (family_name <> 'Trap')")

    async def send(number: int) -> int:
        form, content = ("download", "checklist") if number % 2 else ("demo", "")
        sent = {"email": f"visitor{number}@example.com", "family_name": "Trap" if number == 5 else "Free", "content": content}
        return (await visitor.post(f"/forms/{form}", data=sent | {"company": "Engines", "consent": "on"})).status_code

    answers = await asyncio.gather(*map(send, range(12)))

    assert answers == [500 if number == 5 else 303 for number in range(12)]
    assert len(await kept.leads()) == len(await kept.consents()) == 11
    assert sorted(await kept.kinds()) == [*["demo_requested"] * 6, *["downloaded"] * 5, *["enrolled"] * 11]
    assert {row.seq for row in await kept.engagements()} == {1, 2}
    assert all(not row.bulk for row in await kept.engagements()), "what a single lead does goes before what happens to very many"
