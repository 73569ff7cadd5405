"""The page on which people who manage people say who else is told of what happens, and send again what could not be told."""

import re

import httpx
import pytest

from store.database import Database
from store.machines import outbox, receivers
from tests.web.conftest import Clock, Kept

pytestmark = pytest.mark.anyio


def seal_of(page: httpx.Response) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_receiver_is_added_with_a_secret_that_is_shown_once(operator: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    seal = seal_of(await operator.get("/webhooks"))

    made = await operator.post("/webhooks", data={"seal": seal, "url": "https://crm.example.com/hooks", "letter": "yes", "task": "yes"})
    listed = await operator.get("/webhooks")

    async with database.transaction() as session:
        (one,) = await receivers.every(session)
    secret = one.secrets("only-for-tests-0123456789", clock.now())[0]
    assert (made.status_code, secret in made.text, secret in listed.text) == (200, True, False)
    assert (one.kinds, one.with_person, one.made_by) == (("letter", "task"), False, "Mika")
    assert "crm.example.com" in listed.text
    assert "nothing was sent to it yet" in listed.text


async def test_a_receiver_says_why_it_fails_and_that_it_is_well_once_it_took_something(
    operator: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    await operator.post(
        "/webhooks", data={"seal": seal_of(await operator.get("/webhooks")), "url": "https://crm.example.com/hooks", "letter": "yes"}
    )
    now = clock.now()
    async with database.transaction() as session:
        (one,) = await receivers.every(session)
        await outbox.test(session, one.id, now)
        (sent,) = await outbox.take(session, one.id, 1, now, now)
        await outbox.settle(session, [outbox.Outcome(id=sent.id, problem="it answered 500", due_at=now)], now)
        await receivers.failed(session, one.id, now, 0.5, rests=True)
    failing = (await operator.get("/webhooks")).text
    async with database.transaction() as session:
        await outbox.settle(session, [outbox.Outcome(id=sent.id)], now)
        await receivers.took(session, one.id)
    well = (await operator.get("/webhooks")).text

    assert "it answered 500" in failing
    assert ("takes everything" in well, "it answered 500" in well) == (True, False)


@pytest.mark.parametrize(
    ("url", "why"), [("http://crm.example.com/", "https://"), ("crm", "without user"), ("https://127.0.0.1/", "our own network")]
)
async def test_an_address_that_cannot_be_right_is_said_beside_its_field(operator: httpx.AsyncClient, url: str, why: str) -> None:
    seal = seal_of(await operator.get("/webhooks"))

    refused = await operator.post("/webhooks", data={"seal": seal, "url": url, "letter": "yes"})

    assert refused.status_code == 422
    assert why in refused.text
    assert f'value="{url}"' in refused.text
    assert re.search(r'name="letter" value="yes" checked', refused.text)


async def test_what_is_dead_is_listed_and_sent_again_and_every_deed_is_in_the_audit_log(
    operator: httpx.AsyncClient, database: Database, clock: Clock, kept: Kept
) -> None:
    seal = seal_of(await operator.get("/webhooks"))
    await operator.post("/webhooks", data={"seal": seal, "url": "https://crm.example.com/hooks"})
    async with database.transaction() as session:
        (one,) = await receivers.every(session)

    async def do(deed: str) -> tuple[int, str]:
        answer = await operator.post(f"/webhooks/{one.id}/{deed}", data={"seal": seal})
        return answer.status_code, answer.text

    tested = await operator.post(f"/webhooks/{one.id}/test", data={"seal": seal})
    assert tested.status_code == 303
    assert "A test is on its way to crm.example.com" in (await operator.get(tested.headers["location"])).text
    assert (await do("off"))[0] == 303
    async with database.transaction() as session:
        (dead,) = await outbox.dead(session, 10)
    assert (await operator.post("/webhooks/again", data={"seal": seal, "message": str(dead.id)})).status_code == 409
    assert (await do("on"))[0] == 303
    assert (await operator.post("/webhooks/again", data={"seal": seal, "message": str(dead.id)})).status_code == 303
    status, shown = await do("rotate")
    assert (status, "whsec_" in shown) == (200, True)
    assert (await do("paint"))[0] == 404
    assert (await do("remove"))[0] == 303
    assert (await do("remove"))[0] == 404

    log = (await operator.get("/audit")).text
    assert [log.count(did) > 0 for did in ("added a webhook", "changed a webhook", "had a delivery tried again", "removed a webhook")] == [
        True
    ] * 4


async def test_a_form_of_another_page_changes_nothing(operator: httpx.AsyncClient, database: Database) -> None:
    answer = await operator.post("/webhooks", data={"seal": "1.2", "url": "https://crm.example.com/hooks"})

    async with database.transaction() as session:
        assert (answer.status_code, await receivers.every(session)) == (403, [])
