"""Takes what mail providers tell of letters: proven, stored, answered, and only then taken into account."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mail.webhooks import mailgun, postmark, resend, sendgrid
from mail.webhooks.reading import Forged, Unreadable
from mail.webhooks.ses import Sns
from store.database import Database
from store.mail.reports import Report
from web.bodies import UnreadableBody, read_body
from web.front import Front
from web.intake import Intake

router = APIRouter()

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a body: some providers tell of hundreds of letters at once."""

_log = logging.getLogger(__name__)

Reader = Callable[[bytes, Mapping[str, str], str, datetime], Awaitable[Sequence[Report]]]
"""Checks that it is the provider who speaks, by the secret of ``WEBHOOK_SECRETS``, and reads what it says. Raises Forged, Unreadable."""


def readers() -> dict[str, Reader]:
    """A reader for each provider, by its name in the URL."""
    return {"ses": Sns().read, "sendgrid": sendgrid.read, "postmark": postmark.read, "mailgun": mailgun.read, "resend": resend.read}


def intakes(database: Database, now: Callable[[], datetime]) -> dict[str, Intake]:
    """What stores and takes in the events of each provider."""
    return {provider: Intake(database, provider, now) for provider in readers()}


async def take(request: Request) -> Response:
    """Answers 204 once everything is stored. 404 for a provider without a secret, 401 without proof, 400 for what cannot be read."""
    front: Front = request.app.state.front
    provider = request.path_params["provider"]
    secret = front.settings.webhook_secret_of.get(provider)
    if secret is None:
        raise HTTPException(404)
    reader, intake = request.app.state.readers[provider], request.app.state.intakes[provider]
    try:
        told = await reader(await read_body(request, LARGEST), request.headers, secret, front.now())
    except Forged as forged:
        _log.warning("a webhook in the name of %s is refused: %s", provider, forged)
        raise HTTPException(401) from None
    except Unreadable as unreadable:
        _log.error("a webhook of %s cannot be read: %s", provider, unreadable)
        raise HTTPException(400) from None
    except UnreadableBody as unreadable:
        raise HTTPException(unreadable.status) from None
    await intake.store(told)
    return Response(status_code=204, background=BackgroundTask(intake.take_in))


router.add_route("/webhooks/{provider}", take, methods=["POST"], include_in_schema=False)
