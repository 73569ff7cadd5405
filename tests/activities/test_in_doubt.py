"""A letter of which nobody knows whether it went is sent again, or a human says so first: whichever the settings ask for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.exceptions import ApplicationError

from mail.providers.resend import Resend
from nurture.actions import Receipt, Status
from nurture.kinds import Outcome
from tests.activities.conftest import NOW
from web.server import serve

pytestmark = pytest.mark.anyio

IN_DOUBT = Receipt(status=Status.IN_DOUBT)
MINUTE = timedelta(minutes=1)


async def in_doubt(open_post_office: Any, open_desk: Any, policy: str) -> tuple[Any, Any, UUID]:
    """The server took Ada's letter, and its yes was lost."""
    office = await open_post_office(cut="after the message")
    desk = await open_desk(office.url, MAIL_IN_DOUBT=policy)
    ada = await desk.lead("ada")
    with pytest.raises(ApplicationError, match="no answer came"):
        await desk.send(ada)
    office.cut = ""
    return office, desk, ada


async def test_a_letter_in_doubt_goes_again_with_the_same_message_id(open_post_office: Any, open_desk: Any) -> None:
    office, desk, ada = await in_doubt(open_post_office, open_desk, "resend")

    assert await desk.send(ada, later=MINUTE) == Receipt()
    first, second = office.received
    assert first.content == second.content


async def test_a_letter_in_doubt_waits_for_a_human_where_the_settings_say_so(open_post_office: Any, open_desk: Any) -> None:
    office, desk, ada = await in_doubt(open_post_office, open_desk, "ask")

    assert [await desk.send(ada, later=later) for later in (MINUTE, 3 * timedelta(hours=1))] == [IN_DOUBT, IN_DOUBT]
    assert len(office.received) == 1
    row = await desk.row(ada)
    assert (row.sent_at, row.refused_at, row.attempts, row.not_taken) == (None, None, 1, 0)


async def test_a_letter_that_went_as_a_human_says_is_booked_and_not_sent_again(open_post_office: Any, open_desk: Any) -> None:
    office, desk, ada = await in_doubt(open_post_office, open_desk, "ask")

    assert await desk.send(ada, later=timedelta(days=1), doubts=1, said=Outcome.SENT) == Receipt()
    assert len(office.received) == 1
    assert (await desk.row(ada)).sent_at == NOW


async def test_a_letter_that_a_human_wants_sent_again_goes_however_often_the_server_is_away(open_post_office: Any, open_desk: Any) -> None:
    office, desk, ada = await in_doubt(open_post_office, open_desk, "ask")
    again = {"doubts": 1, "said": Outcome.SEND}
    office.answers["DATA"] = "451 4.3.0 later"
    for hour in (1, 2):
        with pytest.raises(ApplicationError, match="patience"):
            await desk.send(ada, later=timedelta(hours=hour), **again)
    office.answers.clear()

    assert await desk.send(ada, later=timedelta(hours=3), **again) == Receipt()
    assert len(office.received) == 2


async def test_each_doubt_is_asked_about(open_post_office: Any, open_desk: Any) -> None:
    office, desk, ada = await in_doubt(open_post_office, open_desk, "ask")
    again = {"doubts": 1, "said": Outcome.SEND}
    office.cut = "after the message"
    with pytest.raises(ApplicationError):
        await desk.send(ada, later=MINUTE, **again)

    assert await desk.send(ada, later=2 * MINUTE, **again) == IN_DOUBT


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "451 4.7.1 greylisted", "454 4.7.0 slower", "452 4.2.2 full"])
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "receipt"])
async def test_a_letter_that_was_not_taken_is_in_no_doubt(open_post_office: Any, open_desk: Any, command: str, answer: str) -> None:
    office = await open_post_office(answers={command: answer})
    desk = await open_desk(office.url, MAIL_IN_DOUBT="ask")
    ada = await desk.lead("ada")
    for minute in range(3):
        with pytest.raises(ApplicationError, match="patience"):
            await desk.send(ada, later=minute * MINUTE)
    office.answers.clear()
    office.received.clear()

    assert await desk.send(ada, later=4 * MINUTE) == Receipt()
    assert len(office.received) == 1
    row = await desk.row(ada)
    assert (row.attempts, row.not_taken) == (4, 3)


@pytest.mark.parametrize(("hours", "receipt", "sent"), [(1, Receipt(), 2), (24, IN_DOUBT, 1)])
async def test_nobody_is_asked_while_the_provider_itself_knows_a_repetition(
    open_desk: Any, hours: int, receipt: Receipt, sent: int
) -> None:
    """The double takes every letter, and loses its first answer."""
    keys: list[str] = []

    async def take(request: Request) -> Response:
        keys.append(request.headers["Idempotency-Key"])
        return JSONResponse({"id": "1"}, status_code=500 if len(keys) == 1 else 200)

    async with serve(FastAPI(routes=[Route("/emails", take, methods=["POST"])])) as endpoint:
        transport = Resend(key="re_1", endpoint=endpoint)
        desk = await open_desk("smtp://127.0.0.1:1", transport=transport, MAIL_IN_DOUBT="ask")
        ada = await desk.lead("ada")
        with pytest.raises(ApplicationError):
            await desk.send(ada)

        assert await desk.send(ada, later=timedelta(hours=hours)) == receipt
        await transport.close()
    assert keys == [str((await desk.row(ada)).key)] * sent


async def test_a_letter_that_is_too_late_is_decided_anew_instead_of_sent(post_office: Any, open_desk: Any) -> None:
    desk = await open_desk(post_office.url)
    ada = await desk.lead("ada")
    late = {"too_late_at": NOW + timedelta(days=2)}

    receipt = await desk.send(ada, later=timedelta(days=2, hours=1), **late)

    assert (receipt.status, receipt.until) == (Status.SUPERSEDED, NOW + timedelta(days=2, hours=1, seconds=1))
    assert post_office.received == []
    assert await desk.send(ada, later=timedelta(days=1), **late) == Receipt()
