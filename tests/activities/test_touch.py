"""A send keeps its promises on a real mail server and a real ledger: once, the same bytes, and nobody's while the sender is refused."""

import base64
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import dkim
import pytest
from sqlalchemy import func, select
from temporalio.exceptions import ApplicationError

from activities.gate import LOOK_AGAIN
from local.catcher import Catcher, catcher
from nurture.actions import Receipt, Status
from nurture.kinds import Refusal
from settings import SettingsError
from store import tables
from store.consent import consents
from store.mail import blocks, deliveries
from store.mail.deliveries import Fact
from tests.activities.conftest import NOW
from tests.mail.keys import rsa_key

pytestmark = pytest.mark.anyio


async def test_the_first_attempt_freezes_the_letter_and_the_next_sends_the_same_bytes(open_post_office: Any, open_desk: Any) -> None:
    office = await open_post_office(answers={"receipt": "451 4.3.0 later"})
    desk = await open_desk(office.url)
    ada = await desk.lead("ada")
    with pytest.raises(ApplicationError, match="patience"):
        await desk.send(ada)
    office.answers.clear()

    assert await desk.send(ada, later=timedelta(hours=2)) == Receipt()
    assert await desk.send(ada, later=timedelta(hours=3)) == Receipt()

    first, second = office.received
    row = await desk.row(ada)
    assert first.content == second.content == row.message
    assert (row.attempts, row.claimed_at, row.attempted_at, row.sent_at) == (
        2,
        NOW,
        NOW + timedelta(hours=2, seconds=1),
        NOW + timedelta(hours=2, seconds=1),
    )


async def test_a_letter_is_signed_once_and_every_attempt_sends_that_signature(open_post_office: Any, open_desk: Any) -> None:
    office = await open_post_office(answers={"receipt": "451 4.3.0 later"})
    desk = await open_desk(office.url, DKIM_SELECTOR="letters", DKIM_KEY=rsa_key().pem)
    ada = await desk.lead("ada")
    with suppress(ApplicationError):
        await desk.send(ada)
    office.answers.clear()
    await desk.send(ada)

    first, second = office.received
    published = b"v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_key().public)
    assert first.content == second.content
    assert dkim.verify(second.content, dnsfunc=lambda name, timeout: published)
    assert b"d=sodate.example.com;" in second.content


@pytest.mark.parametrize("key", [{"DKIM_KEY": "secret"}, {"DKIM_KEY_FILE": "/nowhere/letters.pem"}])
async def test_a_key_that_cannot_sign_is_a_wrong_setting(post_office: Any, open_desk: Any, key: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="DKIM_KEY or DKIM_KEY_FILE is wrong"):
        await open_desk(post_office.url, DKIM_SELECTOR="letters", **key)


async def test_what_came_back_of_a_letter_in_doubt_keeps_it_from_going_again(post_office: Any, open_desk: Any) -> None:
    """The worker was killed between the server's yes and our commit, and an event was faster than the next attempt."""

    desk = await open_desk(post_office.url)
    ada = await desk.lead("ada")
    await desk.send(ada)
    async with desk.database.transaction() as session:
        row = await session.get_one(tables.Touch, (await desk.row(ada)).key)
        row.sent_at = None
    async with desk.database.transaction() as session:
        await deliveries.told(session, row.key, Fact.DELIVERED, NOW + timedelta(minutes=1))

    assert await desk.send(ada, later=timedelta(minutes=2)) == Receipt()
    assert len(post_office.received) == 1


async def test_a_refused_recipient_stops_nobody_else(open_post_office: Any, open_desk: Any) -> None:
    office = await open_post_office(answers={"gone@example.com": "554 5.1.1 gone"})
    desk = await open_desk(office.url)
    gone, ada = await desk.lead("gone"), await desk.lead("ada")

    assert await desk.send(gone) == Receipt(status=Status.REFUSED, reason=Refusal.REJECTED)
    assert await desk.send(ada) == Receipt()
    assert await desk.blocks() == []


async def test_a_refused_sender_stops_everybody_and_the_letters_go_later_once_each(open_post_office: Any, open_desk: Any) -> None:
    office = await open_post_office(answers={"RCPT": "550 5.7.1 not allowed"})
    desk = await open_desk(office.url)
    people = [await desk.lead(name) for name in ("ada", "bob", "eve")]
    for minute, lead in enumerate(people):
        with pytest.raises(ApplicationError) as waits:
            await desk.send(lead, later=timedelta(minutes=minute))
        assert (waits.value.type, waits.value.next_retry_delay) == ("SenderBlocked", LOOK_AGAIN)

    # Ada met it, Bob was let through to find out, and Eve waited: her letter is not even claimed.
    async with desk.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(tables.Touch)) == 2
    [block] = await desk.blocks()
    assert (block.transport, block.code, block.status, block.lifted_at) == ("smtp", 550, "5.7.1", None)

    async with desk.database.transaction() as session:
        await blocks.lift(session, NOW + timedelta(minutes=5), by=blocks.BY_OPERATOR)
    office.answers.clear()
    for lead in people:
        assert await desk.send(lead, later=timedelta(minutes=12)) == Receipt()
    assert [envelope.rcpt_tos[0] for envelope in office.received] == ["ada@example.com", "bob@example.com", "eve@example.com"]


async def test_one_letter_every_quarter_of_an_hour_finds_out_and_its_success_lets_the_others_go(
    open_post_office: Any, open_desk: Any
) -> None:
    office = await open_post_office(answers={"MAIL": "535 5.7.8 wrong password"})
    desk = await open_desk(office.url)
    ada, bob, eve = [await desk.lead(name) for name in ("ada", "bob", "eve")]

    async def waits(lead: UUID, minute: int) -> None:
        with pytest.raises(ApplicationError):
            await desk.send(lead, later=timedelta(minutes=minute))

    await waits(ada, 0)
    await waits(bob, 1)
    office.answers.clear()
    await waits(eve, 2)
    await waits(eve, 15)
    assert office.received == []

    assert await desk.send(eve, later=timedelta(minutes=16)) == Receipt()
    assert await desk.send(ada, later=timedelta(minutes=16)) == Receipt()
    [block] = await desk.blocks()
    assert (block.lifted_at, block.lifted_by) == (NOW + timedelta(minutes=16), blocks.BY_PROBE)


async def test_who_is_refused_while_others_are_taken_is_refused_alone(open_post_office: Any, open_desk: Any) -> None:
    """Some servers say 5.7.1 of one recipient: his letter does not stop everybody again and again."""
    office = await open_post_office(answers={"strict@example.com": "550 5.7.1 policy of this mailbox"})
    desk = await open_desk(office.url)
    strict, ada = await desk.lead("strict"), await desk.lead("ada")
    with pytest.raises(ApplicationError):
        await desk.send(strict)
    assert await desk.send(ada, later=timedelta(seconds=1)) == Receipt()

    assert await desk.send(strict, later=LOOK_AGAIN) == Receipt(status=Status.REFUSED, reason=Refusal.REJECTED)
    assert [block.lifted_by for block in await desk.blocks()] == [blocks.BY_PROBE]


@pytest.fixture
async def operators(anyio_backend: str) -> Any:
    async with catcher() as box:
        yield box


async def test_operators_are_told_once_of_each_block(
    open_post_office: Any, open_desk: Any, operators: Catcher, caplog: pytest.LogCaptureFixture
) -> None:
    office = await open_post_office(answers={"MAIL": "535 5.7.8 wrong password"})
    url = f"{operators.url.replace('smtp:', 'mailto:')}?from=a@example.com&to=operators@example.com&mode=insecure"
    desk = await open_desk(office.url, NOTIFY_OPERATOR_URL=url)
    ada, bob = await desk.lead("ada"), await desk.lead("bob")
    for lead, minute in ((ada, 0), (bob, 1), (ada, 30)):
        with pytest.raises(ApplicationError):
            await desk.send(lead, later=timedelta(minutes=minute))

    [told] = operators.letters()
    assert told.subject == "Letters have stopped"
    assert "smtp refuses us as a sender since 2027-03-02 02:00 UTC (535 5.7.8)" in told.text
    assert "starter.py mail resume" in told.text
    assert "example.com" not in caplog.text


async def test_operators_who_could_not_be_told_are_told_by_the_next_letter_that_meets_the_block(
    open_post_office: Any, open_desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    office = await open_post_office(answers={"MAIL": "535 5.7.8 wrong password"})
    desk = await open_desk(office.url, NOTIFY_OPERATOR_URL="mailto://127.0.0.1:1?from=a@example.com&to=b@example.com&mode=insecure")
    ada = await desk.lead("ada")
    with pytest.raises(ApplicationError):
        await desk.send(ada)

    assert "operators do not know that letters wait" in caplog.text
    assert [block.told_at for block in await desk.blocks()] == [None]


async def test_a_refusal_that_came_while_everybody_waited_is_kept(open_post_office: Any, open_desk: Any) -> None:
    office = await open_post_office(answers={"MAIL": "535 5.7.8 wrong password"})
    desk = await open_desk(office.url)
    ada, bob = await desk.lead("ada"), await desk.lead("bob")
    with pytest.raises(ApplicationError):
        await desk.send(ada)
    office.answers.clear()
    async with desk.database.transaction() as session:
        await consents.suppress(session, "bob@example.com", "news", "unsubscribed", NOW)

    assert await desk.send(bob, later=timedelta(minutes=1)) == Receipt(status=Status.REFUSED, reason=Refusal.SUPPRESSED)
    assert office.received == []
