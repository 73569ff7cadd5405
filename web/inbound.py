"""Takes raw messages from whoever gets mail for us: a mail server's pipe, or a provider that passes mail on."""

import asyncio
import hashlib
import hmac
from base64 import b64decode
from collections.abc import AsyncGenerator
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import JSONResponse

from mail.links import inbound_token
from mail.reading.reader import read
from store.mail import inbound
from web.bodies import MULTIPART, UnreadableBody, read_body
from web.front import FrontOf
from web.visitors import media_type

router = APIRouter()

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a request."""

_RAW: Final = ("message/rfc822", "application/octet-stream", "text/plain", "")
_FIELDS: Final = ("message", "email", "body-mime")
"""The fields in which senders of forms have the message."""


@router.post("/inbound/mail", include_in_schema=False)
async def take(request: Request, front: FrontOf) -> JSONResponse:
    """Answers 202 once the message is taken; the same one again is answered alike and counts once.

    404 without ``INBOUND_SECRET``, 401 without proof, 413 for what is too large, 400 and 415 for what holds no message.
    """
    secret = front.settings.inbound_secret
    if not secret:
        raise HTTPException(404)
    try:
        body = await read_body(request, LARGEST)
    except UnreadableBody as unreadable:
        raise HTTPException(unreadable.status) from None
    if not _is_proven(request, body, secret):
        raise HTTPException(401)
    message, now = await _message(request, body), front.now()
    verdict = await asyncio.to_thread(read, message, now)
    async with front.database.transaction() as session:
        ours = {str(front.settings.sender_address).lower()}
        await inbound.take(session, verdict, message, now, source="webhook", ours=ours)
    return JSONResponse({"accepted": True}, status_code=202)


def _is_proven(request: Request, body: bytes, secret: str) -> bool:
    """A signature of the body, or the token: as bearer, as password, or in the query, as whoever sends can give it."""
    if said := request.headers.get("x-signature-256"):
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(signed.encode(), said.removeprefix("sha256=").encode())
    token = inbound_token(secret).encode()
    return any(hmac.compare_digest(token, given.encode()) for given in _tokens(request) if given)


def _tokens(request: Request) -> tuple[str, str]:
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            said = b64decode(said, validate=True).decode().partition(":")[2]
        except ValueError:
            said = ""
    return said, request.query_params.get("token", "")


async def _message(request: Request, body: bytes) -> bytes:
    kind = media_type(request)
    if kind in _RAW:
        message = body
    elif kind == MULTIPART:
        message = await _from_form(request, body)
    else:
        raise HTTPException(415)
    if not message.strip():
        raise HTTPException(400)
    return message


async def _from_form(request: Request, body: bytes) -> bytes:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(request.headers, whole(), max_files=20, max_fields=100, max_part_size=LARGEST).parse()
    except (MultiPartException, ValueError, KeyError):
        raise HTTPException(400) from None
    try:
        field = next((form[name] for name in _FIELDS if name in form), "")
        return await field.read() if isinstance(field, UploadFile) else field.encode()
    finally:
        await form.close()
