"""The starter on receivers of webhooks."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from store.database import Database
from store.machines import outbox, receivers

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
URL = "https://crm.example.com/hooks"


@pytest.fixture
def environment(environment: dict[str, str | None]) -> dict[str, str | None]:
    return environment | {"LINK_SECRET": "only-for-tests-0123456789", "WEBHOOKS_INSIDE": "false"}


async def test_a_receiver_is_added_listed_given_another_secret_and_removed(starter: Starter) -> None:
    added = (await starter("webhooks", "add", URL, "--of", "letter", "--of", "engagement.downloaded", "--json")).json
    listed = (await starter("webhooks", "list", "--json")).json
    rotated = (await starter("webhooks", "rotate", added["id"][:8], "--json")).json
    removed = await starter("webhooks", "remove", added["id"])
    none_left = (await starter("webhooks", "list", "--json")).json

    assert [one["kinds"] for one in listed] == [["letter", "engagement.downloaded"]]
    assert added["secret"].startswith("whsec_")
    assert rotated["secret"] not in (added["secret"], "")
    assert all("secret" not in one for one in listed)
    assert (removed.code, none_left) == (0, [])


async def test_receivers_made_at_one_time_are_told_apart_by_the_ends_of_their_ids(starter: Starter) -> None:
    one, other = [(await starter("webhooks", "add", f"{URL}/{name}", "--json")).json["id"] for name in ("a", "b")]
    listed = (await starter("webhooks", "list")).out
    removed = await starter("webhooks", "remove", one[-8:])

    assert (one[-8:] in listed, other[-8:] in listed, "nothing sent yet" in listed) == (True, True, True)
    assert removed.code == 0
    assert [left["id"] for left in (await starter("webhooks", "list", "--json")).json] == [other]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "http://crm.example.com/"], "URL: begins with https://"),
        (["add", "https://localhost/"], "URL: is on this machine or in our own network"),
        (["add", URL, "--of", "letter.opened"], "--of: names what nobody can be told of: letter.opened; there is: lead, letter"),
        (["remove", "xyz"], "no receiver begins or ends with 'xyz'"),
        (["again"], "say which message"),
        (["again", "abc"], "nothing there is dead"),
    ],
)
async def test_what_is_wrong_is_said_with_its_fix(starter: Starter, words: list[str], said: str) -> None:
    refused = await starter("webhooks", *words)

    assert refused.code == 1
    assert said in refused.err


async def test_what_is_dead_is_listed_and_goes_again_once_its_receiver_is_on(starter: Starter, database: Database, now: datetime) -> None:
    id = (await starter("webhooks", "add", URL, "--json")).json["id"]
    async with database.transaction() as session:
        (one,) = await receivers.every(session)
        await outbox.test(session, one.id, now)

    off = await starter("webhooks", "off", id)
    (dead,) = (await starter("webhooks", "dead", "--json")).json
    too_early = await starter("webhooks", "again", dead["id"])
    await starter("webhooks", "on", id)
    again = await starter("webhooks", "again", "--to", id[:8], "--json")

    assert (off.code, dead["type"], too_early.code) == (0, "test", 1)
    assert again.json == {"again": 1}
