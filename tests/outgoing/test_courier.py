"""Webhooks on their way: again until they are taken, in order, proven by their library, and no receiver waits for another."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from nurture.events import ATTEMPTS, GIVEN_UP_AFTER
from nurture.leadside import DemoRequested
from store.database import Database
from store.leads import engagements
from store.machines import outbox, receivers
from store.machines.receiver import BOTH_SECRETS, BY_HAND, Receiver
from tests.outgoing.conftest import KEY, Clock, OpenShop, Shop, until
from workflows.courier import HELD_FOR, Courier
from workflows.posting import Post

pytestmark = pytest.mark.anyio
Registered = Callable[..., Awaitable[UUID]]


async def asks_for_a_demo(database: Database, lead: UUID, clock: Clock, times: int = 1) -> None:
    async with database.transaction() as session:
        for _ in range(times):
            await engagements.record(session, lead, DemoRequested(at=clock.now()))


async def state_of(database: Database, shop: Shop) -> Receiver:
    async with database.transaction() as session:
        return next(one for one in await receivers.every(session) if one.id == shop.id)


async def test_what_fails_goes_again_later_with_the_same_id_and_once_taken_never_again(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    crm.says = lambda _: (500, {})
    await registered("ada")

    assert await courier.serve(crm.id) == 1
    assert await courier.serve(crm.id) == 0
    clock.at += timedelta(seconds=6)
    crm.says = lambda _: (204, {})
    assert await courier.serve(crm.id) == 1
    clock.at += timedelta(days=1)
    assert await courier.serve(crm.id) == 0

    (first, _), (second, _) = crm.got
    assert first == second


async def test_what_fails_for_three_days_is_dead_is_listed_and_goes_again_by_hand(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("lead")
    crm.says = lambda _: (422, {})
    lead, began = await registered("ada"), clock.at
    while clock.at - began < timedelta(days=5):
        await courier.serve(crm.id)
        clock.at += timedelta(hours=1)

    assert len(crm.got) == ATTEMPTS
    async with database.transaction() as session:
        (given_up,) = await outbox.dead(session, 10)
        assert (given_up.lead_id, given_up.attempts, given_up.problem) == (lead, ATTEMPTS, "it answered 422")
        assert timedelta(days=3) < given_up.dead_at - began < timedelta(days=4)
        assert await outbox.again(session, clock.now(), start=str(given_up.id)[:8]) == 1

    crm.says = lambda _: (204, {})
    assert await courier.serve(crm.id) == 1
    assert {id for id, _ in crm.got} == {str(given_up.id)}
    assert (await state_of(database, crm)).dead == 0


async def test_of_one_lead_all_comes_in_order_and_others_do_not_wait_for_it(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    ada, grace = await registered("ada"), await registered("grace")
    await asks_for_a_demo(database, ada, clock, times=2)
    await asks_for_a_demo(database, grace, clock)
    crm.says = lambda said: (400 if said["data"]["lead_id"] == str(ada) else 204, {})

    await courier.serve(crm.id)
    assert (crm.about(ada), crm.about(grace)) == (["lead.created"], ["lead.created", "engagement.demo_requested"])
    crm.says = lambda _: (204, {})
    clock.at += timedelta(seconds=6)
    await courier.serve(crm.id)

    assert [said["data"].get("seq") for _, said in crm.got if said["data"]["lead_id"] == str(ada)] == [None, None, 1, 2]


async def test_a_receiver_that_asks_to_wait_is_left_alone_for_so_long(
    courier: Courier, shop: OpenShop, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    crm.says = lambda _: (429, {"Retry-After": "3600"})
    await registered("ada")
    await courier.serve(crm.id)
    await registered("grace")

    clock.at += timedelta(minutes=59)
    assert await courier.serve(crm.id) == 0
    crm.says = lambda _: (204, {})
    clock.at += timedelta(minutes=2)
    assert await courier.serve(crm.id) == 2


async def test_a_receiver_that_says_it_is_gone_is_switched_off_and_operators_hear_of_it_once(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, told: list[str]
) -> None:
    crm = await shop()
    crm.says = lambda _: (410, {})
    await registered("ada")
    await courier.serve(crm.id)
    await registered("grace")

    for _ in range(2):
        await courier.keep_house()

    assert await courier.serve(crm.id) == 0
    assert told == [f"Webhooks to {crm.url.removeprefix('http://')} are switched off: it answered that it is gone"]
    assert (await state_of(database, crm)).off_because == "gone"


async def test_a_receiver_that_takes_nothing_for_days_is_switched_off_and_what_waited_can_go_again(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock, told: list[str]
) -> None:
    crm, began = await shop(), clock.at
    crm.says = lambda _: (503, {})
    while (seen := await state_of(database, crm)).off_at is None:
        await registered(f"lead-{(clock.at - began).total_seconds():.0f}")
        await courier.serve(crm.id)
        clock.at += timedelta(hours=8)
    await courier.keep_house()

    assert GIVEN_UP_AFTER <= clock.at - began < GIVEN_UP_AFTER + timedelta(days=1)
    assert (seen.waiting, len(told)) == (0, 1)
    crm.says = lambda _: (204, {})
    async with database.transaction() as session:
        assert await outbox.again(session, clock.now(), receiver_id=crm.id) == 0
        await receivers.switch_on(session, crm.id)
        assert await outbox.again(session, clock.now(), receiver_id=crm.id) == seen.dead
    crm.got.clear()
    await courier.serve(crm.id)

    assert len(crm.got) == seen.dead


async def test_after_a_rotation_both_secrets_prove_a_message_for_a_day(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    former = crm.secret
    async with database.transaction() as session:
        renewed = await receivers.rotate(session, await state_of(database, crm), KEY, clock.now())
    assert renewed != former

    for secret in (former, renewed):
        crm.secret = secret
        await registered(f"by-{secret[6:12].lower()}")
        assert await courier.serve(crm.id) == 1

    assert len(crm.got) == 2
    state = await state_of(database, crm)
    assert state.secrets(KEY, clock.now()) == [renewed, former]
    assert state.secrets(KEY, clock.now() + BOTH_SECRETS) == [renewed]


async def test_a_receiver_in_our_own_network_is_refused_unless_operators_allow_it(
    shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    async def tell(title: str, body: str) -> bool:
        return True

    crm = await shop()
    await registered("ada")
    outside = Courier(database, Post(inside=False), KEY, tell, clock.now)

    assert await outside.serve(crm.id) == 1
    assert crm.got == []
    async with database.transaction() as session:
        await receivers.switch_off(session, crm.id, BY_HAND, clock.now())
        assert [one.problem for one in await outbox.dead(session, 10)] == ["its name leads into our own network"]


async def test_no_redirect_is_followed(courier: Courier, shop: OpenShop, registered: Registered) -> None:
    elsewhere, crm = await shop("task"), await shop("lead")
    crm.says = lambda _: (307, {"Location": f"{elsewhere.url}/hooks"})
    await registered("ada")

    await courier.serve(crm.id)

    assert (len(crm.got), elsewhere.got) == (1, [])


async def test_a_receiver_that_does_not_answer_holds_up_no_other(courier: Courier, shop: OpenShop, registered: Registered) -> None:
    slow, quick = await shop(), await shop()
    answers = asyncio.Event()
    slow.waits = answers.wait
    await registered("ada")

    carrying = asyncio.create_task(courier.run())
    try:
        await until(lambda: bool(slow.got and quick.got))
        await registered("grace")
        await until(lambda: len(quick.got) == 2)
        assert len(slow.got) == 1
        answers.set()
        await until(lambda: len(slow.got) == 2)
    finally:
        answers.set()
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying


async def test_a_worker_killed_in_the_middle_loses_nothing_and_the_id_says_that_it_is_the_same(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    answers = asyncio.Event()
    crm.waits = answers.wait
    await registered("ada")
    here = Path(__file__).parent
    given = {"PYTHONPATH": str(here.parents[1]), "DATABASE_URL": database.url, "KEY": KEY, "AT": str(clock.at.timestamp())}
    worker = await asyncio.create_subprocess_exec(sys.executable, str(here / "carry.py"), env=os.environ | given)
    try:
        await until(lambda: len(crm.got) == 1)
    finally:
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    answers.set()

    assert await courier.serve(crm.id) == 0
    clock.at += HELD_FOR
    assert await courier.serve(crm.id) == 1
    assert crm.got[0] == crm.got[1]
