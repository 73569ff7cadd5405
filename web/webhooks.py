"""Takes what mail providers tell of letters: proven, stored, answered, and only then taken into account."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter, BackgroundTasks, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mail.webhooks import mailgun, postmark, resend, sendgrid
from mail.webhooks.reading import Forged, Unreadable
from mail.webhooks.ses import Sns
from store import reports
from store.reports import Report
from web.bodies import UnreadableBody, read_body
from web.front import Front, FrontOf

router = APIRouter()

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a body: some providers tell of hundreds of letters at once."""

_log = logging.getLogger(__name__)

Reader = Callable[[bytes, Mapping[str, str], str, datetime], Awaitable[Sequence[Report]]]
"""Checks that it is the provider who speaks, by the secret of ``WEBHOOK_SECRETS``, and reads what it says. Raises Forged, Unreadable."""


def readers() -> dict[str, Reader]:
    """A reader for each provider, by its name in the URL."""
    return {"ses": Sns().read, "sendgrid": sendgrid.read, "postmark": postmark.read, "mailgun": mailgun.read, "resend": resend.read}


@router.post("/webhooks/{provider}", include_in_schema=False)
async def take(provider: str, request: Request, front: FrontOf, later: BackgroundTasks) -> Response:
    """Answers 204 once everything is stored. 404 for a provider without a secret, 401 without proof, 400 for what cannot be read."""
    secret = front.settings.webhook_secret_of.get(provider)
    if secret is None:
        raise HTTPException(404)
    now, reader = front.now(), request.app.state.readers[provider]
    try:
        told = await reader(await read_body(request, LARGEST), request.headers, secret, now)
    except Forged as forged:
        _log.warning("a webhook in the name of %s is refused: %s", provider, forged)
        raise HTTPException(401) from None
    except Unreadable as unreadable:
        _log.error("a webhook of %s cannot be read: %s", provider, unreadable)
        raise HTTPException(400) from None
    except UnreadableBody as unreadable:
        raise HTTPException(unreadable.status) from None
    async with front.database.transaction() as session:
        new = await reports.keep(session, provider, told, now)
    if new:
        later.add_task(_take_in, front, provider, now)
    return Response(status_code=204, background=later)


async def _take_in(front: Front, provider: str, now: datetime) -> None:
    """What fails is taken back by itself, so that it keeps no other back; it is tried again with the next that comes."""
    async with front.database.transaction() as session:
        for report in await reports.waiting(session, provider, now):
            try:
                async with session.begin_nested():
                    await reports.take(session, provider, report, now)
            except SQLAlchemyError as failure:
                _log.error("the event %s of %s is not taken in: %s", report.id, provider, type(failure).__name__)
